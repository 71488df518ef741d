//! What the status and the term of a credential are at one instant.

use super::{DecisionDigest, Instant};
use crate::Code;

/// The status of one credential at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a verdict must name every case")]
pub enum StatusOutcome {
    /// Nothing speaks against it.
    Valid,
    /// Not valid when the list was signed; the issuer does not say whether revoked or suspended.
    NotValid,
    /// Revoked.
    Revoked {
        /// Since when; `None` when the list alone says so, and when it was never valid.
        since: Option<Instant>,
        /// It was issued in error or its key was stolen, so it is not valid at any instant.
        void: bool,
        /// The digest of the decision behind it; `None` when none is published, which makes it contested.
        decision: Option<DecisionDigest>,
    },
    /// Suspended.
    Suspended {
        /// Since when; `None` when the list alone says so.
        since: Option<Instant>,
    },
    /// The evidence does not say.
    Unknown(UnknownStatus),
}

/// Why a status cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownStatus {
    /// The credential names a list that is not its issuer's.
    ForeignList,
    /// Not valid when the list was signed, but nothing says since when, and an earlier instant is asked about.
    HistoryMissing,
    /// The list has no slot of that index.
    IndexOutOfRange,
    /// The bundle does not hold the list.
    ListMissing,
}

/// What ended a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a verdict must name every case")]
pub enum Ender {
    /// The calendar.
    Calendar,
    /// The parliament, early, by the decision of this digest.
    Decision(DecisionDigest),
    /// The parliament, early, and no decision is published for it: the ending is contested.
    Nobody,
    /// The parliament, early; the ending was annulled later, and the bundle holds the decision to annul it.
    Annulled,
}

/// What the term does to one credential at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a verdict must name every case")]
pub enum TermOutcome {
    /// The term is running, or the credential is an exception to its end.
    Running,
    /// The term has ended.
    Ended {
        /// Since when.
        since: Instant,
        /// Who ended it.
        by: Ender,
    },
    /// The term has not begun.
    NotBegun {
        /// When it begins.
        start: Instant,
    },
    /// The bundle does not hold the term.
    Missing,
}

impl StatusOutcome {
    /// Returns the code of the failed or undecided check, `None` when valid.
    pub const fn code(self) -> Option<Code> {
        match self {
            Self::Valid => None,
            Self::NotValid => Some(Code::StatusNotValid),
            Self::Revoked { .. } => Some(Code::StatusRevoked),
            Self::Suspended { .. } => Some(Code::StatusSuspended),
            Self::Unknown(why) => Some(why.code()),
        }
    }
}

impl UnknownStatus {
    /// Returns the code of the undecided check.
    pub const fn code(self) -> Code {
        match self {
            Self::ForeignList => Code::StatusListForeign,
            Self::HistoryMissing => Code::StatusHistoryMissing,
            Self::IndexOutOfRange => Code::StatusIndexOutOfRange,
            Self::ListMissing => Code::StatusListMissing,
        }
    }
}

impl TermOutcome {
    /// Returns the code of the failed or undecided check, `None` while the term is running.
    pub const fn code(self) -> Option<Code> {
        match self {
            Self::Running => None,
            Self::Ended { .. } => Some(Code::TermEnded),
            Self::NotBegun { .. } => Some(Code::TermNotBegun),
            Self::Missing => Some(Code::TermMissing),
        }
    }
}
