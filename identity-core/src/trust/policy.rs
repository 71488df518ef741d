//! How old evidence may be, and what else a verifier demands: presets by what is at stake.

use core::{fmt, str::FromStr, time::Duration};

/// What a verifier demands beyond what its evidence says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Policy {
    /// How old an issuer's bundle may be; `None` for until its next one is due.
    pub status_max_age: Option<Duration>,
    /// How old an accreditor's trust bundle may be; `None` for until its next one is due.
    pub list_max_age: Option<Duration>,
    /// How old anything may be, whatever it says of itself; `None` for no bound of the verifier's own.
    pub hard_max_age: Option<Duration>,
    /// How many officers must have approved a credential, where the accreditation asks for fewer.
    pub approvals: u32,
    /// Whether a suspended accreditation is only said and decides nothing.
    pub accept_suspended: bool,
}

impl Policy {
    /// Takes evidence for as long as it says itself that it is good, and demands nothing more.
    pub const fn as_published() -> Self {
        Self {
            status_max_age: None,
            list_max_age: None,
            hard_max_age: None,
            approvals: 0,
            accept_suspended: false,
        }
    }

    /// Bounds the age of an issuer's bundle; `None` leaves it as it is.
    #[must_use]
    pub fn with_status_max_age(mut self, age: Option<Duration>) -> Self {
        self.status_max_age = age.or(self.status_max_age);
        self
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::as_published()
    }
}

/// A use, with the policy that fits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Preset {
    /// Voting in the chamber: status of five minutes, from the house's own mirror.
    ChamberVote,
    /// Committees and documents: status of a day.
    Documents,
    /// A gate that is often offline: status of three days.
    Gate,
    /// A signature, looked at for the instant at which it was made.
    Signature,
    /// A public statement.
    Public,
    /// Anything in the weeks before an election: documents, halved.
    ElectoralPeriod,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

impl Preset {
    /// Every preset, in the order in which help texts list them.
    pub const ALL: [Self; 6] = [
        Self::ChamberVote,
        Self::Documents,
        Self::Gate,
        Self::Signature,
        Self::Public,
        Self::ElectoralPeriod,
    ];

    /// Returns the word used on the command line and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChamberVote => "chamber-vote",
            Self::Documents => "documents",
            Self::Gate => "gate",
            Self::Signature => "signature",
            Self::Public => "public",
            Self::ElectoralPeriod => "electoral-period",
        }
    }

    /// Returns what it is for, for people.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::ChamberVote => "voting in the chamber: status of five minutes at most",
            Self::Documents => "committees and documents: status of a day at most",
            Self::Gate => "a gate that is often offline: status of three days at most",
            Self::Signature => "a signature, judged for the instant at which it was made",
            Self::Public => "a public statement: status of a week at most",
            Self::ElectoralPeriod => "the weeks before an election: half of what documents allow",
        }
    }

    /// Returns the policy.
    ///
    /// | preset | status | trust list | anything |
    /// |---|---|---|---|
    /// | `chamber-vote` | 5 min | 24 h | 7 d |
    /// | `documents` | 24 h | 7 d | 30 d |
    /// | `gate` | 72 h | 30 d | 90 d |
    /// | `signature` | as the bundle says | as the bundle says | none |
    /// | `public` | 7 d | 7 d | 30 d |
    /// | `electoral-period` | 12 h | 1 h | 72 h |
    pub const fn policy(self) -> Policy {
        let (status, list, hard) = match self {
            Self::ChamberVote => (5 * MINUTE, DAY, 7 * DAY),
            Self::Documents => (DAY, 7 * DAY, 30 * DAY),
            Self::Gate => (3 * DAY, 30 * DAY, 90 * DAY),
            Self::Public => (7 * DAY, 7 * DAY, 30 * DAY),
            Self::ElectoralPeriod => (12 * HOUR, HOUR, 3 * DAY),
            Self::Signature => return Policy::as_published(),
        };
        Policy {
            status_max_age: Some(Duration::from_secs(status)),
            list_max_age: Some(Duration::from_secs(list)),
            hard_max_age: Some(Duration::from_secs(hard)),
            approvals: 0,
            accept_suspended: false,
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Reports text that names no preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of chamber-vote, documents, gate, signature, public, electoral-period")]
#[non_exhaustive]
pub struct ParsePresetError;

impl FromStr for Preset {
    type Err = ParsePresetError;

    fn from_str(text: &str) -> Result<Self, ParsePresetError> {
        let named = Self::ALL.into_iter().find(|preset| preset.as_str() == text);
        named.ok_or(ParsePresetError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of [`Preset::policy`], in minutes.
    #[test]
    fn every_preset_has_the_ages_of_the_table() {
        let days = |days: u64| days * 24 * 60;
        let table = [
            ("chamber-vote", Some((5, days(1), days(7)))),
            ("documents", Some((days(1), days(7), days(30)))),
            ("gate", Some((days(3), days(30), days(90)))),
            ("signature", None),
            ("public", Some((days(7), days(7), days(30)))),
            ("electoral-period", Some((12 * 60, 60, days(3)))),
        ];
        for (preset, (word, ages)) in Preset::ALL.into_iter().zip(table) {
            assert_eq!(word.parse(), Ok(preset));
            assert_eq!(preset.to_string(), word);
            let age = |minutes: u64| Some(Duration::from_secs(minutes * 60));
            let expected = match ages {
                None => Policy::as_published(),
                Some((status, list, hard)) => Policy {
                    status_max_age: age(status),
                    list_max_age: age(list),
                    hard_max_age: age(hard),
                    approvals: 0,
                    accept_suspended: false,
                },
            };
            assert_eq!(preset.policy(), expected, "{word}");
        }
        for word in ["", "Gate", "gate ", "vote"] {
            assert_eq!(word.parse::<Preset>(), Err(ParsePresetError), "{word}");
        }
        let meanings: std::collections::BTreeSet<_> =
            Preset::ALL.into_iter().map(Preset::meaning).collect();
        assert_eq!(meanings.len(), table.len());
        assert!(meanings.iter().all(|meaning| meaning.len() > 20));
    }
}
