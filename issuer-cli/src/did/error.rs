//! What can be wrong with the issuer's own DID.

use identity_core::{did::webvh::WebvhError, key::KeyError};

identity_core::codes! {
    /// A stable code of the issuer's own DID.
    pub enum DidCode {
        /// The DID has ended: nothing can be issued in its name any more.
        DidDeactivated = "did.deactivated",
        /// What is published of the DID is not what the home has.
        DidDiffers = "did.differs",
        /// The DID's document does not name the key that would sign.
        DidKeyNotNamed = "did.key_not_named",
        /// The DID's log is not in the home, or is not the log of its DID.
        DidLogDamaged = "did.log_damaged",
        /// The DID has no history: it is its key.
        DidNoHistory = "did.no_history",
        /// The DID is not one for trials: it need not be left.
        DidNotTrial = "did.not_trial",
        /// There is nothing to be finished.
        DidNothingPending = "did.nothing_pending",
        /// A change of the DID was begun and not finished.
        DidPending = "did.pending",
        /// The address of a DID is no host name, with a path if need be.
        DidPlaceInvalid = "did.place_invalid",
        /// What is published of the DID cannot be fetched.
        DidUnreachable = "did.unreachable",
        /// The answer is not to the request that is open, or says something else than was asked for.
        RequestAnswer = "request.answer",
        /// The file is no request of a change of the DID, or no answer to one.
        RequestMalformed = "request.file",
        /// The control key is not there, or is not the one that was announced.
        ControlKeyMissing = "control.key_missing",
    }
}

/// Reports that the issuer's own DID cannot be used or changed so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DidError {
    /// The answer of another machine is not what was asked for.
    #[error("the answer is refused: {0}")]
    Answer(&'static str),
    /// It has ended.
    #[error("the DID was ended at {at}")]
    Deactivated {
        /// When.
        at: jiff::Timestamp,
    },
    /// A key is not in the document.
    #[error("the DID's document does not name the key {key} for {purpose}")]
    KeyNotNamed {
        /// The key, as a multikey.
        key: String,
        /// What it would be used for.
        purpose: &'static str,
    },
    /// The log cannot be read.
    #[error("the DID's log is not usable: {0}")]
    Log(#[from] WebvhError),
    /// The log is another DID's.
    #[error("the log is not that of {0}")]
    Other(String),
    /// The address is none.
    #[error("no address of a DID: {0}")]
    Place(String),
    /// An entry cannot be made.
    #[error("the entry cannot be made: {0}")]
    Entry(String),
}

impl DidError {
    /// Returns the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Answer(_) => DidCode::RequestAnswer.as_str(),
            Self::Deactivated { .. } => DidCode::DidDeactivated.as_str(),
            Self::KeyNotNamed { .. } => DidCode::DidKeyNotNamed.as_str(),
            Self::Log(_) | Self::Other(_) | Self::Entry(_) => DidCode::DidLogDamaged.as_str(),
            Self::Place(_) => DidCode::DidPlaceInvalid.as_str(),
        }
    }

    /// Returns what to do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Answer(_) => "take the answer to the request that was made last",
            Self::Deactivated { .. } => "an ended DID cannot be brought back: make a new issuer",
            Self::KeyNotNamed { .. } => "look at the keys: mandate-issuer did show",
            Self::Log(_) | Self::Other(_) | Self::Entry(_) => {
                "put back did.jsonl of the home from the published site or a backup"
            }
            Self::Place(_) => {
                "write it as webvh:id.parliament.example or webvh:parliament.example/id"
            }
        }
    }
}

impl From<KeyError> for DidError {
    fn from(error: KeyError) -> Self {
        Self::Entry(error.to_string())
    }
}
