//! Mandate credentials: their types, their way from draft to issued, and how a reader sees them.
//!
//! [`Kind`] is the catalogue. A [`Draft`] becomes [`Checked`], then [`Recorded`] (the journal knows
//! of it before there is a signature), then [`Issued`]; each step takes the one before by value. A
//! reader sees an [`Envelope`], the same for both ways of securing. [`data_model`] says what VC Data Model
//! 2.0 demands of anybody's credential.

mod approved;
mod claims;
pub mod data_model;
mod draft;
mod envelope;
#[cfg(feature = "json-schema")]
pub mod json_schema;
mod kind;
mod schema;
mod type_metadata;

#[cfg(test)]
mod tests;

pub use approved::{approved_claims, approved_document};
pub use claims::{ClaimForm, ClaimSpec, is_displayable};
pub(crate) use draft::based_on_digest;
pub use draft::{Checked, Draft, Intent, Issued, Journal, Recorded, Securing, based_on};
pub use envelope::Envelope;
pub use kind::Kind;
pub use schema::{CONTEXT_DOCUMENT, schema};
pub use type_metadata::type_metadata;

use crate::{
    Code, key::SigningError, proof::data_integrity::ProofError, proof::sd_jwt::SdJwtError,
};

/// The one context beside that of VC 2.0; its document is `spec/contexts/mandate-1.jsonld`, and it is
/// compared by name, never fetched.
pub const CONTEXT: &str = "urn:mandate:context:1";

/// The context that every VC 2.0 credential begins with (VC Data Model 2.0 section 4.3).
pub const CONTEXT_V2: &str = "https://www.w3.org/ns/credentials/v2";

/// Reports why a credential cannot be made or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// A claim has a value that its type does not allow.
    #[error("the claim {name} must be {expected}")]
    ClaimInvalid {
        /// The claim.
        name: String,
        /// What it must be.
        expected: &'static str,
    },
    /// A required claim is missing.
    #[error("the claim {name} is missing")]
    ClaimMissing {
        /// The claim.
        name: &'static str,
    },
    /// The type has no such claim.
    #[error("a {kind} has no claim {name:?}")]
    ClaimUnknown {
        /// The credential type.
        kind: Kind,
        /// The claim.
        name: String,
    },
    /// The credential is not well formed.
    #[error("not a well-formed credential: {reason}")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
    /// The proof could not be made.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The SD-JWT could not be made.
    #[error(transparent)]
    SdJwt(#[from] SdJwtError),
    /// The key could not sign.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The credential is of a type not known here.
    #[error("credentials of type {found:?} are not known here")]
    TypeUnknown {
        /// The type named.
        found: String,
    },
}

impl CredentialError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::ClaimInvalid { .. } => Code::CredentialClaimInvalid,
            Self::ClaimMissing { .. } => Code::CredentialClaimMissing,
            Self::ClaimUnknown { .. } => Code::CredentialClaimUnknown,
            Self::Malformed { .. } => Code::CredentialMalformed,
            Self::Proof(error) => error.code(),
            Self::SdJwt(error) => error.code(),
            Self::Signing(error) => error.code(),
            Self::TypeUnknown { .. } => Code::CredentialTypeUnknown,
        }
    }
}
