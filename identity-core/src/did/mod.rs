//! Decentralised identifiers: DIDs, DID URLs, DID documents and the methods resolved without a
//! network (W3C DID Core 1.0).

mod document;
mod identifier;
pub mod jwk;
pub mod key;
mod pinned;
mod resolve;
pub mod web;
pub mod webvh;

#[cfg(test)]
mod tests;

pub(crate) use document::is_for_verifying;
pub use document::{DidDocument, Relationship, VerificationMethod};
pub use identifier::{Did, DidUrl};
pub use pinned::{PinnedDocuments, PinnedResolver};
pub use resolve::{LocalResolver, Resolver};

use jiff::Timestamp;

use crate::{Code, key::KeyError};

/// Reports why a DID, a DID URL or a DID document cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DidError {
    /// The DID document is not well formed.
    #[error("not a well-formed DID document: {reason}")]
    Document {
        /// What is wrong.
        reason: &'static str,
    },
    /// The key inside the DID or its document cannot be used.
    #[error("the DID's key cannot be used: {0}")]
    Key(KeyError),
    /// The text is not a DID, or not a DID URL.
    #[error("not a well-formed DID: {text:?}")]
    Malformed {
        /// The text, cut to 128 characters.
        text: String,
    },
    /// The document does not name this verification method for this purpose.
    #[error("{method} is not a verification method for {purpose} of its DID")]
    NoSuchMethod {
        /// The verification method asked for.
        method: String,
        /// The purpose asked for, such as `assertionMethod`.
        purpose: &'static str,
    },
    /// The DID's document has to be fetched, and nobody has handed it in.
    #[error("the document of {did} is not at hand")]
    NotHeld {
        /// The DID.
        did: Did,
    },
    /// The DID's document is at hand, but too old, or fetched later than now.
    #[error(
        "the document of {did} was fetched at {fetched_at}, which is too long ago or still to come"
    )]
    Stale {
        /// The DID.
        did: Did,
        /// When it was fetched.
        fetched_at: Timestamp,
    },
    /// The DID's method is not one that is resolved here.
    #[error("DIDs of method {method:?} are not resolved here")]
    UnsupportedMethod {
        /// The method's name.
        method: String,
    },
    /// The DID leads to no address on the web, or the address to no DID.
    #[error("no address on the web: {reason}")]
    WebAddress {
        /// What is wrong.
        reason: &'static str,
    },
}

impl DidError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Document { .. } => Code::DidDocument,
            Self::Key(error) => error.code(),
            Self::Malformed { .. } => Code::DidMalformed,
            Self::NoSuchMethod { .. } => Code::DidNoSuchMethod,
            Self::NotHeld { .. } => Code::DidDocumentMissing,
            Self::Stale { .. } => Code::DidDocumentStale,
            Self::UnsupportedMethod { .. } => Code::DidUnsupportedMethod,
            Self::WebAddress { .. } => Code::DidWebAddress,
        }
    }

    /// Returns whether evidence that is not at hand could give another answer: what depends on it is
    /// then not refused but undecided.
    pub const fn is_undecided(&self) -> bool {
        matches!(self, Self::NotHeld { .. } | Self::Stale { .. })
    }

    fn malformed(text: &str) -> Self {
        Self::Malformed {
            text: text.chars().take(128).collect(),
        }
    }
}

impl From<KeyError> for DidError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}
