//! The status of a credential (VC Data Model 2.0 section 4.10; Bitstring Status List 1.0).

use super::{AtHand, IssuerPolicy, Problem, Question, StatusPolicy, problem::Findings};
use crate::{
    Code,
    credential::data_model::Place,
    encoding::strict_json::{Object, Value},
    proof::SignerDid,
    status::{
        Instant,
        w3c::{Effect, EntryStatus, StatusEntry, StatusError, evaluate},
    },
};

/// Looks every status entry up, and returns what the lists say.
///
/// `issuer` is whose key signed the credential; without one it was refused already.
pub(super) fn check(
    document: &Object<'_>,
    issuer: Option<&SignerDid>,
    question: &Question<'_>,
    at_hand: &AtHand<'_>,
    at: &Place<'_>,
    found: &mut Findings,
) -> Vec<EntryStatus> {
    let here = at.member("credentialStatus");
    let mut statuses = Vec::new();
    let mut look_up = |value: &Value<'_>, at: &Place<'_>| {
        let Some(issuer) = issuer else {
            // Whoever is named is not who signed: that was refused, or the question let it be.
            if question.issuer == IssuerPolicy::Report {
                let detail = "nobody who signed it is its issuer, whose list it would be";
                unknown(detail, question.status, at, found);
            }
            return;
        };
        match status_of(value, issuer, question, at_hand) {
            Ok(Some(status)) => {
                judge(&status, question.status, at, found);
                statuses.push(status);
            }
            Ok(None) => unknown("its status was not looked up", question.status, at, found),
            Err(StatusError::EntryType { .. } | StatusError::ListMissing { .. })
                if question.status != StatusPolicy::Demand =>
            {
                let detail = "its status list is not at hand, or of a kind not used here";
                unknown(detail, question.status, at, found);
            }
            Err(error) => found.refuse(Problem::of_status(&error, at)),
        }
    };
    match document.get("credentialStatus") {
        None => {}
        Some(Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                look_up(item, &here.element(index));
            }
        }
        Some(one) => look_up(one, &here),
    }
    statuses
}

fn status_of(
    value: &Value<'_>,
    issuer: &SignerDid,
    question: &Question<'_>,
    at_hand: &AtHand<'_>,
) -> Result<Option<EntryStatus>, StatusError> {
    let entry = StatusEntry::read(value)?;
    if question.status == StatusPolicy::Ignore {
        return Ok(None);
    }
    let list = at_hand.status_lists.list(entry.list())?;
    let now = Instant::floor(question.now);
    evaluate(&entry, &list, issuer, &at_hand.list_issuers, now).map(Some)
}

fn judge(status: &EntryStatus, policy: StatusPolicy, at: &Place<'_>, found: &mut Findings) {
    match status.effect() {
        Effect::Informs | Effect::None => {}
        Effect::Revoked => {
            found.refuse(Problem::new(Code::StatusRevoked, at, "it is revoked"));
        }
        Effect::Suspended => {
            found.refuse(Problem::new(Code::StatusSuspended, at, "it is suspended"));
        }
        Effect::Unknown => {
            let detail = "its status list says something whose meaning is not known here";
            unknown(detail, policy, at, found);
        }
    }
}

fn unknown(detail: &str, policy: StatusPolicy, at: &Place<'_>, found: &mut Findings) {
    let problem = Problem::new(Code::VcStatusUnchecked, at, detail);
    match policy {
        StatusPolicy::Demand => found.refuse(problem),
        StatusPolicy::Ignore | StatusPolicy::WhereAtHand => found.warn(problem),
    }
}
