//! Approvals: several officers said yes to one manifest, and the one who drew it up is none of them.
//!
//! What officers read is the *manifest*, in clear and at home. What they sign is an [`ApprovalDraft`]'s
//! document: the digest of the manifest with its home, the version of the
//! [officer policy](super::officers), who prepared it and until when it counts. It holds no personal data,
//! so it can travel: a credential issued under it carries [`Evidence`] that it was in the manifest.
//! Format: `spec/100-officers.md`.

mod document;
mod evidence;
mod manifest;

#[cfg(test)]
mod tests;

pub use document::{Approval, ApprovalDraft, approve, prepared_message, verify};
pub use evidence::{Evidence, issue_item};
pub use manifest::{Manifest, Salt};

use crate::{Code, did::DidError, encoding::jcs::JcsError, proof::data_integrity::ProofError};

/// Reports why approvals are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApprovalError {
    /// It cannot be written canonically.
    #[error(transparent)]
    Canonical(#[from] JcsError),
    /// A DID in it cannot be used.
    #[error(transparent)]
    Did(#[from] DidError),
    /// Its time is over, or has not begun.
    #[error("the approvals count from {from} to {to}")]
    Expired {
        /// From when.
        from: String,
        /// Until when.
        to: String,
    },
    /// It was made for another body.
    #[error("the approvals were given in another house: {home}")]
    Foreign {
        /// The DID of that body.
        home: String,
    },
    /// It is not of the shape of approvals.
    #[error("not well-formed approvals: {reason}")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
    /// What was approved is something else.
    #[error("what was approved is something else: {reason}")]
    Manifest {
        /// What is wrong.
        reason: &'static str,
    },
    /// They were given under another version of the officer policy.
    #[error("the approvals were given under officer policy {found}, which was not in force then")]
    PolicyVersion {
        /// The version they name.
        found: u64,
    },
    /// Whoever prepared it approved it too.
    #[error("{preparer} prepared it and approved it too")]
    Preparer {
        /// The officer.
        preparer: String,
    },
    /// A proof is refused.
    #[error("a signature of the approvals is refused: {0}")]
    Proof(#[from] ProofError),
    /// Somebody signed who is no officer.
    #[error("the approvals are signed by {signer}, who is no officer")]
    Stranger {
        /// The DID of the key.
        signer: String,
    },
    /// The officer who is named did not prepare it.
    #[error("{preparer}, who is named as its preparer, did not prepare it")]
    Unprepared {
        /// The officer.
        preparer: String,
    },
    /// Too few officers approved.
    #[error("{found} of the {needed} officers it takes have approved")]
    TooFew {
        /// How many did.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
}

impl ApprovalError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Canonical(_) | Self::Did(_) | Self::Malformed { .. } => Code::ApprovalMalformed,
            Self::Expired { .. } => Code::ApprovalExpired,
            Self::Foreign { .. } => Code::ApprovalForeign,
            Self::Manifest { .. } => Code::ApprovalManifest,
            Self::PolicyVersion { .. } => Code::ApprovalPolicyVersion,
            Self::Preparer { .. } => Code::ApprovalPreparer,
            Self::Proof(_) => Code::ApprovalSignature,
            Self::Stranger { .. } => Code::ApprovalStranger,
            Self::TooFew { .. } => Code::ApprovalTooFew,
            Self::Unprepared { .. } => Code::ApprovalUnprepared,
        }
    }
}
