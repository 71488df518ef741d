//! From when until when a credential is valid: the mandate it rests on, and its own dates within that.

use core::str::FromStr as _;

use identity_core::{
    Code,
    encoding::strict_json::{Object, Value},
    status::Instant,
};
use jiff::{SignedDuration, Timestamp};

use super::{Office, OfficeCode, Refusal};
use crate::{
    records::{Mandate, PartialDate},
    store::Store,
};

impl<S: Store> Office<S> {
    /// Returns `[from, until)`: that of the mandate, of an open one until the chamber's longest term is
    /// over, and within it from the first to the last day (`start`, `end`) of an office, a seat on a
    /// committee or a delegation.
    ///
    /// # Errors
    /// `credential.claim_invalid` when nothing is left, or a date is none.
    pub(super) fn validity(
        &self,
        mandate: Option<&Mandate>,
        claims: &Object<'_>,
        now: Instant,
    ) -> Result<(Timestamp, Timestamp), Refusal> {
        let days = i64::from(self.profile.max_term_days);
        let latest = now
            .timestamp()
            .checked_add(SignedDuration::from_hours(24 * days));
        let latest = latest.map_err(|_| {
            Refusal::new(
                OfficeCode::InstantInvalid,
                "the longest term reaches beyond the calendar",
            )
        })?;
        let (mut from, mut until) = match mandate {
            None => (now.timestamp(), latest),
            Some(mandate) => (
                mandate.start.begins(&self.zone),
                mandate.ends(&self.zone).unwrap_or(latest),
            ),
        };
        if let Some(start) = date(claims, "start")? {
            from = from.max(start.begins(&self.zone));
        }
        if let Some(end) = date(claims, "end")? {
            until = until.min(end.ends(&self.zone));
        }
        if until <= from {
            return Err(Refusal {
                code: Code::CredentialClaimInvalid.as_str(),
                message: format!("it would end at {until}, before it begins at {from}"),
                hint: Some(
                    "correct the claims start and end: both lie within the mandate".to_owned(),
                ),
            });
        }
        if until <= now.timestamp() {
            return Err(Refusal {
                code: Code::CredentialClaimInvalid.as_str(),
                message: format!("it was over at {until}: there is nothing to show any more"),
                hint: Some("correct the claim end, or leave this credential out".to_owned()),
            });
        }
        Ok((from, until))
    }
}

fn date(claims: &Object<'_>, name: &str) -> Result<Option<PartialDate>, Refusal> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let date = value.as_str().map(PartialDate::from_str);
    match date {
        Some(Ok(date)) => Ok(Some(date)),
        _ => Err(Refusal {
            code: Code::CredentialClaimInvalid.as_str(),
            message: format!("the claim {name} must be a date: {}", shown(value)),
            hint: Some("write YYYY-MM-DD, YYYY-MM or YYYY".to_owned()),
        }),
    }
}

fn shown(value: &Value<'_>) -> String {
    let text = value.as_str().unwrap_or("something else");
    text.chars().take(40).filter(|c| !c.is_control()).collect()
}
