//! What is wrong with a log.

use crate::{
    Code,
    did::DidError,
    encoding::{jcs::JcsError, strict_json::JsonError},
    key::SigningError,
    proof::data_integrity::ProofError,
    verify::BudgetExhausted,
};

/// Reports why a log is refused, or an entry cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebvhError {
    /// The DID leads to no address, or the document of a version is not well formed.
    #[error(transparent)]
    Did(#[from] DidError),
    /// The log is too long, or has too many proofs.
    #[error(transparent)]
    Budget(#[from] BudgetExhausted),
    /// A line is not strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A number cannot be written canonically.
    #[error(transparent)]
    Canonical(#[from] JcsError),
    /// The key could not sign.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// There is an entry behind the one that deactivated the DID.
    #[error("entry {entry} stands behind the one that deactivated the DID")]
    Deactivated {
        /// The number of the entry.
        entry: u64,
    },
    /// The DID has been deactivated.
    #[error("the DID is deactivated")]
    Ended,
    /// An entry has another content than its hash says.
    #[error("entry {entry} is not the one that its hash names")]
    EntryHash {
        /// The number of the entry.
        entry: u64,
    },
    /// The log has another entry in the place of one that is remembered.
    #[error("entry {entry} is not the one known before: this is another history")]
    Fork {
        /// The number of the entry.
        entry: u64,
    },
    /// The log, an entry or the witnesses' file is not well formed.
    #[error("not a well-formed DID log: {reason}")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
    /// The version of the method is not the one read here.
    #[error("entry {entry} is not made in did:webvh:1.0")]
    Method {
        /// The number of the entry.
        entry: u64,
    },
    /// The DID was moved although it may not, or without naming the former address.
    #[error("entry {entry} moves the DID: {reason}")]
    Moved {
        /// The number of the entry.
        entry: u64,
        /// What is wrong.
        reason: &'static str,
    },
    /// There is no such version.
    #[error("the DID has no such version")]
    NoVersion,
    /// No version is that of the DID asked for, or an entry names another identifier.
    #[error("the log is that of another DID")]
    Other,
    /// A parameter may not have this value there.
    #[error("entry {entry}: the parameter {name} {reason}")]
    Parameter {
        /// The number of the entry.
        entry: u64,
        /// The parameter.
        name: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
    /// A key was not announced by the entry before.
    #[error("entry {entry}: {reason}")]
    PreRotation {
        /// The number of the entry.
        entry: u64,
        /// What is wrong.
        reason: &'static str,
    },
    /// The profile is not kept.
    #[error("profile {profile}: {reason}")]
    Profile {
        /// `A` or `B`.
        profile: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
    /// A proof is not of the form accepted.
    #[error("entry {entry}: its proof is refused: {reason}")]
    Proof {
        /// The number of the entry.
        entry: u64,
        /// What is wrong.
        reason: String,
    },
    /// The log is shorter than it was.
    #[error("the log ends at entry {entry}, before one that is known")]
    Rollback {
        /// The number of the last entry.
        entry: u64,
    },
    /// The identifier is not the hash of the first entry.
    #[error("the DID's identifier is not the hash of its first entry")]
    Scid,
    /// A signature does not match.
    #[error("the signature of entry {entry} does not match")]
    Signature {
        /// The number of the entry.
        entry: u64,
    },
    /// A time is out of order or in the future.
    #[error("the time of entry {entry} {reason}")]
    Time {
        /// The number of the entry.
        entry: u64,
        /// What is wrong.
        reason: &'static str,
    },
    /// The key that signed did not control the DID.
    #[error("entry {entry} is signed by a key that did not control the DID")]
    Unauthorised {
        /// The number of the entry.
        entry: u64,
    },
    /// A version number is not the next one.
    #[error("entry {entry} has another number")]
    Version {
        /// The number that its place gives it.
        entry: u64,
    },
    /// Too few witnesses have signed.
    #[error("entry {entry} has the proofs of {found} of its witnesses and needs {needed}")]
    Witnesses {
        /// The number of the entry.
        entry: u64,
        /// How many distinct witnesses signed it or a later entry.
        found: usize,
        /// How many must.
        needed: usize,
    },
}

impl WebvhError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Did(error) => error.code(),
            Self::Budget(error) => error.code(),
            Self::Json(error) => error.code(),
            Self::Canonical(error) => error.code(),
            Self::Signing(error) => error.code(),
            Self::Deactivated { .. } => Code::DidLogDeactivated,
            Self::Ended => Code::DidDeactivated,
            Self::EntryHash { .. } => Code::DidLogEntryHash,
            Self::Fork { .. } => Code::DidLogFork,
            Self::Malformed { .. } => Code::DidLogMalformed,
            Self::Method { .. } => Code::DidLogMethod,
            Self::Moved { .. } => Code::DidLogMoved,
            Self::NoVersion => Code::DidLogNoVersion,
            Self::Other => Code::DidLogOther,
            Self::Parameter { .. } => Code::DidLogParameter,
            Self::PreRotation { .. } => Code::DidLogPreRotation,
            Self::Profile { .. } => Code::DidLogProfile,
            Self::Proof { .. } => Code::DidLogProof,
            Self::Rollback { .. } => Code::DidLogRollback,
            Self::Scid => Code::DidLogScid,
            Self::Signature { .. } => Code::DidLogSignature,
            Self::Time { .. } => Code::DidLogTime,
            Self::Unauthorised { .. } => Code::DidLogUnauthorised,
            Self::Version { .. } => Code::DidLogVersion,
            Self::Witnesses { .. } => Code::DidLogWitnesses,
        }
    }

    /// Says of a proof of this entry why it is refused.
    pub(super) fn of_proof(entry: u64, error: &ProofError) -> Self {
        match error {
            ProofError::Signature(_) => Self::Signature { entry },
            other => Self::Proof {
                entry,
                reason: other.to_string(),
            },
        }
    }

    pub(super) const fn malformed(reason: &'static str) -> Self {
        Self::Malformed { reason }
    }
}
