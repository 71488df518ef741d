//! The trust bundle of many parliaments: everything a verifier needs, in one file.
//!
//! An accreditor publishes it: its officer policies, the trust list that its officers signed, the newest
//! bundle of every parliament and unit, and a snapshot with the digest of each, signed by the key that
//! publishes unattended. Nothing in it is believed because it stands there: the policies rest on the
//! accreditor's DID, the list on the officers, each parliament's bundle on that parliament's DID. The
//! snapshot says that they belong together and how old they are.
//!
//! The rules are those of The Update Framework 1.0.34 section 5, over these files: a new root by two
//! thresholds, no rollback, no freeze, no mixing, recovery from a counter that was run up. Format:
//! `spec/120-trust.md`.

mod container;
mod history;
mod open;
mod snapshot;

#[cfg(test)]
mod tests;

pub use container::{Parts, SignedBundle};
pub use history::History;
pub use open::Network;
pub use snapshot::{Entry, ListEntry, Snapshot, SnapshotContent, TYP};

use crate::{
    Code,
    did::webvh::WebvhError,
    encoding::strict_json::JsonError,
    proof::jose::JwsError,
    trust::{accreditation::AccreditationError, officers::PolicyError},
    verify::BudgetExhausted,
};

/// Reports why a trust bundle is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// The trust list is refused.
    #[error(transparent)]
    Accreditation(#[from] AccreditationError),
    /// It is too large.
    #[error(transparent)]
    Budget(#[from] BudgetExhausted),
    /// The accreditor's DID does not show who controls it.
    #[error("the accreditor's DID cannot be followed: {0}")]
    Log(#[from] WebvhError),
    /// It is not of the shape of a trust bundle.
    #[error("not a well-formed trust bundle: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// Its files do not belong together.
    #[error("the files of the trust bundle do not belong together: {reason}")]
    Mixed {
        /// What is wrong.
        reason: String,
    },
    /// The officer policies are refused.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The snapshot's key is none that the accreditor's officers named.
    #[error("the snapshot is signed by a key that the accreditor's officers did not name")]
    PublishingKey,
    /// The snapshot's signature is refused.
    #[error("the snapshot's signature is refused: {0}")]
    Signature(#[from] JwsError),
}

impl NetworkError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Accreditation(error) => error.code(),
            Self::Budget(error) => error.code(),
            Self::Log(error) => error.code(),
            Self::Signature(JwsError::Signature(_)) => Code::NetworkSignature,
            Self::Malformed { .. } | Self::Signature(_) => Code::NetworkMalformed,
            Self::Mixed { .. } => Code::NetworkMixed,
            Self::Policy(error) => error.code(),
            Self::PublishingKey => Code::NetworkPublishingKey,
        }
    }

    pub(super) fn malformed(reason: impl Into<String>) -> Self {
        Self::Malformed {
            reason: reason.into(),
        }
    }
}

impl From<JsonError> for NetworkError {
    fn from(error: JsonError) -> Self {
        Self::malformed(error.to_string())
    }
}
