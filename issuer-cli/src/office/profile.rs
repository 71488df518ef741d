//! Who the issuer is: settled once, by `init`.

use identity_core::{credential::is_displayable, did::Did};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{OfficeCode, Refusal, cadence::LONGEST};

/// The issuer's profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Profile {
    /// `mandate.issuer-profile/1`.
    pub schema: String,
    /// The issuer's DID.
    pub did: Did,
    /// What it calls itself.
    pub name: String,
    /// The chamber's code, opaque.
    pub chamber: String,
    /// The country, ISO 3166-1 alpha-2.
    pub country: String,
    /// The chamber's time zone, by its IANA name.
    pub time_zone: String,
    /// Longest validity of a mandate whose end is not known, in days.
    pub max_term_days: u32,
    /// Whether periods of suspension are published.
    pub publish_suspensions: bool,
    /// How many minutes lie between two regular publications, where the parliament chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publish_every_minutes: Option<u32>,
    /// The statement that names the status key; empty where the DID's document does.
    pub status_key: String,
    /// The statement of the DID that this one succeeds, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predecessor: Option<String>,
}

impl Profile {
    /// The `schema` of a profile.
    pub const SCHEMA: &'static str = "mandate.issuer-profile/1";

    /// Returns the time zone.
    ///
    /// # Errors
    /// `profile.invalid` when no zone is called so.
    pub fn zone(&self) -> Result<TimeZone, Refusal> {
        TimeZone::get(&self.time_zone).map_err(|_| {
            let message = format!("no time zone is called {}", self.time_zone);
            Refusal::new(OfficeCode::ProfileInvalid, message)
                .hint("name one such as Europe/Madrid, Africa/Nairobi or UTC")
        })
    }

    /// Checks what a person typed.
    ///
    /// # Errors
    /// `profile.invalid`.
    pub fn check(&self) -> Result<(), Refusal> {
        self.zone()?;
        let invalid = |message: &str| Err(Refusal::new(OfficeCode::ProfileInvalid, message));
        if !is_displayable(&self.name) || !is_displayable(&self.chamber) {
            return invalid("the name and the chamber's code are texts of 1 to 500 characters");
        }
        if self.country.len() != 2 || !self.country.bytes().all(|b| b.is_ascii_uppercase()) {
            return invalid("the country is two capital letters, ISO 3166-1 alpha-2, such as ES");
        }
        if self.max_term_days == 0 || self.max_term_days > 36_600 {
            return invalid("the longest term lasts between a day and a hundred years");
        }
        let every = self.publish_every_minutes;
        if every.is_some_and(|minutes| minutes == 0 || minutes > LONGEST) {
            return invalid(
                "publications lie between a minute and 12 hours apart: a bundle is fresh for 24 hours, \
                 and one publication may fail",
            );
        }
        Ok(())
    }
}
