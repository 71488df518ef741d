//! Records of the register: members, their mandates, and the terms these belong to.
//!
//! The store keeps them as JSON. Instants are whole seconds; dates keep the roster's precision.

use core::fmt;
use core::str::FromStr;
use std::collections::{BTreeMap, BTreeSet};

use identity_core::status::{DecisionDigest, Instant};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use crate::roster::dates::{ParseDateError, PartialDate};

/// A person of the roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Member {
    /// The roster's id, opaque.
    pub id: String,
    /// The name.
    pub name: Name,
    /// The name in other languages or spellings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_names: Vec<OtherName>,
    /// Where to write to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Languages, as BCP 47 tags, the preferred one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Address of a photograph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// What other registers call this person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Date of birth, in the roster's precision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<PartialDate>,
}

impl Member {
    /// Makes a member of whom only id and name are known.
    pub fn new(id: impl Into<String>, display: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: Name {
                display: display.into(),
                family: None,
                given: None,
                native: None,
                sort: None,
            },
            other_names: Vec::new(),
            email: None,
            languages: Vec::new(),
            image: None,
            identifiers: Vec::new(),
            birth_date: None,
        }
    }
}

/// A name in its forms; a form the roster does not give is absent, never guessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Name {
    /// As it is shown.
    pub display: String,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// In the person's own script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native: Option<String>,
    /// As it is sorted by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
}

/// A name in another language or spelling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct OtherName {
    /// The name.
    pub name: String,
    /// Its language, as the roster tags it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
}

/// What another register calls a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Identifier {
    /// The register.
    pub scheme: String,
    /// The identifier there.
    pub identifier: String,
}

/// Something with an id and a name: a constituency, a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Named {
    /// The roster's id.
    pub id: String,
    /// The name, or the id again where the roster has no name.
    pub name: String,
}

/// A person's seat in a chamber for a term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Mandate {
    /// `<member>@<term>`, with `~2` for a later separate seat in the same term.
    pub id: String,
    /// The member's id.
    pub member: String,
    /// The chamber's code, opaque.
    pub chamber: String,
    /// The term's id.
    pub term: String,
    /// The constituency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constituency: Option<Named>,
    /// The group, the latest one where it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Named>,
    /// The role, `member`.
    pub role: String,
    /// First day: the roster's own, or the term's.
    pub start: PartialDate,
    /// Last day: the roster's own, or the term's; absent when neither is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<PartialDate>,
    /// The early end, set by `mandate end` and never by an import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ending>,
}

impl Mandate {
    /// Returns the instant from which the mandate is over, if one is known: the roster's last day or
    /// the early end, whichever comes first. The term's own ending is not looked at.
    pub fn ends(&self, zone: &TimeZone) -> Option<Timestamp> {
        let rostered = self.end.map(|end| end.ends(zone));
        let ended = self.ended.as_ref().map(|ending| ending.at.timestamp());
        rostered.into_iter().chain(ended).min()
    }

    /// Says whether the seat is held at an instant; intervals are `[start, end)`.
    ///
    /// `term` is the mandate's term where it is known. Its end by the calendar is the mandate's own,
    /// unless the roster gave that one another; only that it was ended is looked up. A mandate among the
    /// exceptions to an ending goes on after it.
    pub fn sits_at(&self, term: Option<&Term>, zone: &TimeZone, at: Timestamp) -> bool {
        let over = |end: Option<Timestamp>| end.is_some_and(|end| end <= at);
        self.start.begins(zone) <= at
            && !over(self.ends(zone))
            && !term.is_some_and(|term| term.is_over_for(&self.id, at))
    }
}

/// How a mandate ended early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Ending {
    /// From when the mandate is over.
    pub at: Instant,
    /// Why; never published.
    pub reason: Reason,
    /// Digest of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionDigest>,
    /// When this was recorded.
    pub recorded: Instant,
}

impl Ending {
    /// Makes an ending without a decision.
    pub const fn new(at: Instant, reason: Reason, recorded: Instant) -> Self {
        Self {
            at,
            reason,
            decision: None,
            recorded,
        }
    }
}

/// Why a mandate or a credential was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// The holder's key is in other hands.
    Compromise,
    /// A court decided so.
    Court,
    /// The member died.
    Death,
    /// It should never have been issued.
    IssuedInError,
    /// The seat was lost by other means.
    LostSeat,
    /// The member resigned.
    Resignation,
    /// Another credential takes its place.
    Superseded,
}

impl Reason {
    /// Every reason, in the order in which help texts list them.
    pub const ALL: &'static [Self] = &[
        Self::Death,
        Self::Resignation,
        Self::Court,
        Self::LostSeat,
        Self::Compromise,
        Self::Superseded,
        Self::IssuedInError,
    ];

    /// Returns the text used on the command line and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compromise => "compromise",
            Self::Court => "court",
            Self::Death => "death",
            Self::IssuedInError => "issued-in-error",
            Self::LostSeat => "lost-seat",
            Self::Resignation => "resignation",
            Self::Superseded => "superseded",
        }
    }

    /// Says whether the credential is then valid at no instant at all.
    pub const fn voids(self) -> bool {
        matches!(self, Self::Compromise | Self::IssuedInError)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Reports text that names no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of death, resignation, court, lost-seat, compromise, superseded, issued-in-error")]
#[non_exhaustive]
pub struct ParseReasonError;

impl FromStr for Reason {
    type Err = ParseReasonError;

    fn from_str(text: &str) -> Result<Self, ParseReasonError> {
        let named = Self::ALL.iter().find(|reason| reason.as_str() == text);
        named.copied().ok_or(ParseReasonError)
    }
}

/// A legislative period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Term {
    /// The roster's id, opaque.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// First day.
    pub start: PartialDate,
    /// Last day, where it is known: what a mandate without an own end takes at import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<PartialDate>,
    /// The endings, set by `term end` and never by an import; the annulled ones stay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endings: Vec<TermEnding>,
}

impl Term {
    /// Makes a term without a known end.
    pub fn new(id: impl Into<String>, label: impl Into<String>, start: PartialDate) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
            start,
            end: None,
            endings: Vec::new(),
        }
    }

    /// Says whether an ending that counts at an instant ends this mandate.
    fn is_over_for(&self, mandate: &str, at: Timestamp) -> bool {
        let counts = |ending: &TermEnding| {
            let annulled = ending.annulled_at.map(Instant::timestamp);
            ending.at.timestamp() <= at && annulled.is_none_or(|annulled| at < annulled)
        };
        let mut counting = self.endings.iter().filter(|ending| counts(ending));
        counting.any(|ending| !ending.exceptions.contains(mandate))
    }
}

/// How a term ended for the whole chamber at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct TermEnding {
    /// From when the term is over.
    pub at: Instant,
    /// When the ending was annulled; the term runs again from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annulled_at: Option<Instant>,
    /// The decision behind the latest of the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionDigest>,
    /// Ids of mandates that go on.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub exceptions: BTreeSet<String>,
    /// When this was recorded.
    pub recorded: Instant,
}

impl TermEnding {
    /// Makes an ending without exceptions.
    pub const fn new(at: Instant, recorded: Instant) -> Self {
        Self {
            at,
            annulled_at: None,
            decision: None,
            exceptions: BTreeSet::new(),
            recorded,
        }
    }
}

/// The register as a whole, in memory: what an import is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Register {
    /// Members by id.
    pub members: BTreeMap<String, Member>,
    /// Mandates by id.
    pub mandates: BTreeMap<String, Mandate>,
    /// Terms by id.
    pub terms: BTreeMap<String, Term>,
}

impl Register {
    /// Returns the mandates held at an instant, in the order of their ids.
    pub fn sitting<'a>(
        &'a self,
        zone: &'a TimeZone,
        at: Timestamp,
    ) -> impl Iterator<Item = &'a Mandate> {
        self.mandates
            .values()
            .filter(move |mandate| mandate.sits_at(self.terms.get(&mandate.term), zone, at))
    }
}
