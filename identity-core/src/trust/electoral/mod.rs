//! Electoral periods: weeks in which a parliament binds its own hands, announced before they begin.
//!
//! During one its programs take one approval more, revoke only for death, resignation, a court's judgment or a stolen
//! key, and then by a decision, announce changes in bulk a day ahead, and publish every hour. Whoever abuses
//! the office before an election has to do so in the open. Verifiers show the period.
//! Format: `spec/20-status-and-bundle.md`, section 10.

mod document;
mod published;

#[cfg(test)]
mod tests;

pub use document::{Announced, PeriodDraft, sign};
pub use published::{BulkChange, ElectoralPeriod, PublishedPeriod};

use jiff::SignedDuration;

use crate::{Code, encoding::jcs::JcsError, proof::data_integrity::ProofError};

/// The longest period that can be announced.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 366);

/// How long ahead a change in bulk is announced.
pub const BULK_NOTICE: SignedDuration = SignedDuration::from_hours(24);

/// Reports why a period counts for nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ElectoralError {
    /// It cannot be written canonically.
    #[error(transparent)]
    Canonical(#[from] JcsError),
    /// It was made public when it had begun, so that nobody could know the rules beforehand.
    #[error("the electoral period had begun when it was announced")]
    Late,
    /// It is not of the shape of a period.
    #[error("not a well-formed electoral period: {reason}")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
    /// A proof is refused.
    #[error("a signature of the electoral period is refused: {0}")]
    Proof(#[from] ProofError),
    /// Those who signed are not those who may.
    #[error("the electoral period is signed by {found} of the {needed} that it takes")]
    TooFew {
        /// How many signed.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
}

impl ElectoralError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Canonical(error) => error.code(),
            Self::Late => Code::ElectoralLate,
            Self::Malformed { .. } => Code::ElectoralMalformed,
            Self::Proof(error) => error.code(),
            Self::TooFew { .. } => Code::ElectoralTooFew,
        }
    }
}
