//! Officers: who speaks for a body, and how many of them it takes.
//!
//! An [`OfficerPolicy`] lists officers, each with a key of their own, and a threshold. It is the same
//! for a parliament's secretariat and for an accreditor, and comes in versions: the first is signed by
//! whoever controls the body's DID, each later one by enough officers of the version before *and* enough
//! of its own (The Update Framework 1.0.34 section 5.3.4). Format: `spec/100-officers.md`.
//!
//! A policy is a JSON document with a set of Data Integrity proofs, so that officers can sign it apart
//! from each other. Officers count, proofs do not: who signed twice is one.

mod chain;
mod document;
mod tally;

#[cfg(test)]
mod tests;

pub use chain::{OfficerPolicy, PolicyChain, Refounding};
pub use document::{Officer, PolicyDraft, sign};
pub(crate) use tally::{Signers, add_proof};

use crate::{Code, did::DidError, encoding::jcs::JcsError, proof::data_integrity::ProofError};

/// Most officers of one policy.
pub const MOST_OFFICERS: usize = 32;

/// Most versions of one policy that are read.
pub const MOST_VERSIONS: usize = 1024;

/// Reports why a policy is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// It cannot be written canonically.
    #[error(transparent)]
    Canonical(#[from] JcsError),
    /// A DID in it cannot be used.
    #[error(transparent)]
    Did(#[from] DidError),
    /// It is not of the shape of a policy.
    #[error("not a well-formed officer policy: {reason}")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
    /// A proof is refused.
    #[error("a signature of officer policy {version} is refused: {error}")]
    Proof {
        /// The version.
        version: u64,
        /// Why.
        error: ProofError,
    },
    /// Somebody signed it who has no say in it.
    #[error("officer policy {version} is signed by {signer}, who has no say in it")]
    Stranger {
        /// The version.
        version: u64,
        /// The DID of the key.
        signer: String,
    },
    /// Too few of those signed it who have to.
    #[error("officer policy {version} is signed by {found} of the {needed} {who} it needs")]
    TooFew {
        /// The version.
        version: u64,
        /// Who has to.
        who: &'static str,
        /// How many did.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// It does not follow the version before it.
    #[error("officer policy {found} does not follow: {reason}")]
    Version {
        /// The version that stands there.
        found: u64,
        /// What is wrong.
        reason: &'static str,
    },
}

impl PolicyError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Canonical(_) | Self::Did(_) | Self::Malformed { .. } => Code::PolicyMalformed,
            Self::Proof { .. } => Code::PolicySignature,
            Self::Stranger { .. } => Code::PolicyStranger,
            Self::TooFew { .. } => Code::PolicyTooFew,
            Self::Version { .. } => Code::PolicyVersion,
        }
    }
}
