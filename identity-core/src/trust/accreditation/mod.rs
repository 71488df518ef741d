//! Accreditation: an accreditor says which parliaments may issue what, for which chambers, since when.
//!
//! Officers of the accreditor sign [statements](statement): that a parliament is accredited, and what
//! became of that. Everybody can [`compile`] the same statements into the same [`TrustList`],
//! which the officers sign again, so that a verifier checks one set of signatures for all parliaments.
//! A parliament may hand a part of its own grant to a unit of its house by a [`Delegation`], and that
//! unit to nobody. Formats: `spec/120-trust.md`.
//!
//! Nothing here knows any accreditor by name: the Inter-Parliamentary Union is one like others.

pub mod compile;
mod delegation;
mod grant;
mod list;
mod scope;
mod standing;
pub mod statement;

#[cfg(test)]
mod tests;

pub use delegation::{Delegation, DelegationDraft};
pub use grant::{Csirt, Grant, Parliament};
pub use list::{Judgement, ListDraft, Listed, ListedVersion, TrustList, digest};
pub use scope::{Act, ScopeError};
pub use standing::{Standing, State, StateChange};

use crate::{
    Code, did::DidError, encoding::jcs::JcsError, proof::data_integrity::ProofError,
    trust::officers::PolicyError,
};

/// Reports why a statement, a delegation or a list is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccreditationError {
    /// It cannot be written canonically.
    #[error(transparent)]
    Canonical(#[from] JcsError),
    /// A DID in it cannot be used.
    #[error(transparent)]
    Did(#[from] DidError),
    /// It is another body's.
    #[error("{what} is {found}'s")]
    Foreign {
        /// What it is.
        what: &'static str,
        /// Whose it is.
        found: String,
    },
    /// It is not of the shape it should have.
    #[error("not a well-formed {what}: {reason}")]
    Malformed {
        /// What it should be.
        what: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// No version of the officer policy was in force when it was made.
    #[error("no officer policy was in force when {what} was made")]
    NoPolicy {
        /// What was made.
        what: &'static str,
    },
    /// The officer policy is refused.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A proof is refused.
    #[error("a signature is refused: {0}")]
    Proof(#[from] ProofError),
    /// Somebody signed who has no say in it.
    #[error("{what} is signed by {signer}, who has no say in it")]
    Stranger {
        /// What was signed.
        what: &'static str,
        /// The DID of the key.
        signer: String,
    },
    /// Too few officers signed.
    #[error("{what} is signed by {found} of the {needed} officers it takes")]
    TooFew {
        /// What was signed.
        what: &'static str,
        /// How many signed.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
}

impl AccreditationError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Canonical(_) | Self::Did(_) | Self::Malformed { .. } => {
                Code::AccreditationMalformed
            }
            Self::Foreign { .. } => Code::AccreditationForeign,
            Self::NoPolicy { .. } => Code::AccreditationNoPolicy,
            Self::Policy(error) => error.code(),
            Self::Proof(_) => Code::AccreditationSignature,
            Self::Stranger { .. } => Code::AccreditationStranger,
            Self::TooFew { .. } => Code::AccreditationTooFew,
        }
    }

    pub(in crate::trust) fn malformed(what: &'static str, reason: impl core::fmt::Display) -> Self {
        Self::Malformed {
            what,
            reason: reason.to_string().chars().take(200).collect(),
        }
    }
}
