//! Which version a DID URL asks for, and what is said of it (sections "Reading did:webvh DID URLs" and
//! "Read (Resolve)").

use jiff::Timestamp;

use super::{DidHistory, Version, WebvhError, entry::read_time};
use crate::{
    did::DidUrl,
    encoding::strict_json::{Object, Value},
};

/// Which version of a DID is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete by the method")]
pub enum Query {
    /// The latest.
    Latest,
    /// The one with this `versionId`.
    VersionId(String),
    /// The one with this number.
    VersionNumber(u64),
    /// The one in force at this instant.
    VersionTime(Timestamp),
}

impl Query {
    /// Reads the query of a DID URL. Parameters that do not choose a version are left alone.
    ///
    /// # Errors
    /// [`WebvhError::Malformed`] when it chooses twice, or a number or time is none.
    pub fn of(url: &DidUrl) -> Result<Self, WebvhError> {
        let malformed = WebvhError::malformed;
        let mut chosen = Self::Latest;
        for parameter in url.query().unwrap_or_default().split('&') {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let query = match name {
                "versionId" => Self::VersionId(value.to_owned()),
                "versionNumber" => {
                    let number = value.parse().ok();
                    Self::VersionNumber(
                        number.ok_or_else(|| malformed("versionNumber is no number"))?,
                    )
                }
                "versionTime" => {
                    // A colon may come as an escape, and a plus sign has to.
                    let text = value.replace("%3A", ":").replace("%3a", ":");
                    let time = read_time(&text.replace("%2B", "+").replace("%2b", "+"));
                    Self::VersionTime(
                        time.ok_or_else(|| malformed("versionTime is no instant in UTC"))?,
                    )
                }
                _ => continue,
            };
            if chosen != Self::Latest {
                return Err(malformed("two parameters choose a version"));
            }
            chosen = query;
        }
        Ok(chosen)
    }
}

impl DidHistory {
    /// Finds the version that is asked for.
    ///
    /// A DID that has ended has no latest document, but former ones.
    ///
    /// # Errors
    /// [`WebvhError::Ended`] when the latest version is the one that ended the DID,
    /// [`WebvhError::NoVersion`] when there is no such version.
    pub fn resolve(&self, query: &Query) -> Result<&Version, WebvhError> {
        let found = match query {
            Query::Latest if self.is_deactivated() => return Err(WebvhError::Ended),
            Query::Latest => Some(self.latest()),
            Query::VersionId(id) => self.version(id),
            Query::VersionNumber(number) => self.version_number(*number),
            Query::VersionTime(at) => self.at(*at),
        };
        found.ok_or(WebvhError::NoVersion)
    }

    /// Returns the DID document metadata of a version. Numbers stand there as text (DID Resolution).
    pub fn metadata(&self, version: &Version) -> Value<'static> {
        let first = self.versions().next().unwrap_or_else(|| self.latest());
        let latest = &self.latest().parameters;
        let texts = |texts: &[String]| Value::array(texts.iter().cloned());
        let witness = latest.witness.as_ref().map(|witnesses| {
            let mut value = witnesses.to_value();
            if let Value::Object(object) = &mut value {
                object.insert("threshold", witnesses.threshold().to_string().into());
            }
            value
        });
        Value::object([
            ("versionId", Value::from(version.version_id.clone())),
            ("versionNumber", version.number.to_string().into()),
            ("versionTime", version.version_time.to_string().into()),
            ("created", first.version_time.to_string().into()),
            ("updated", self.latest().version_time.to_string().into()),
            ("scid", self.scid().to_owned().into()),
            ("portable", latest.portable.into()),
            ("deactivated", self.is_deactivated().into()),
            ("ttl", latest.ttl.to_string().into()),
            (
                "witness",
                witness.unwrap_or_else(|| Object::default().into()),
            ),
            ("watchers", texts(&latest.watchers)),
        ])
    }
}
