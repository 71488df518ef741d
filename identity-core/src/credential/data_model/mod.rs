//! What VC Data Model 2.0 demands of a credential or presentation, before any signature is looked at.
//!
//! The same checks are made before signing and when verifying. They look at JSON alone: whether a
//! term is defined by a context that is named is for JSON-LD to say, and whether a digest or a schema
//! fits for whoever has the resource at hand.
//!
//! Everything found is reported with its place, up to a bound. Reading order for an auditor:
//! `credential.rs` and `presentation.rs` (which members, in the order of the Recommendation), then
//! the members' own files.

mod context;
mod credential;
mod error;
mod identifier;
mod language;
mod place;
mod presentation;
mod related;
mod stamp;
mod url;

#[cfg(test)]
mod tests;

pub use context::{is_base_context, urls as context_urls};
pub(crate) use credential::check_credential_at;
pub use credential::{check_credential, issuer};
use error::Findings;
pub use error::{Fault, ModelError, ModelErrors};
pub(crate) use place::Place;
pub use presentation::{check_envelope, check_presentation, holder};
pub use related::{RelatedOutcome, related_resource, states_digest};
pub(crate) use stamp::Stamp;
pub(crate) use url::is_url;

/// What a document says it is, by its `type` (sections 4.2, 4.13, 4.13.1 and 4.13.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "complete by VC Data Model 2.0; another kind must be weighed at every match"
)]
pub enum DocumentKind {
    /// `VerifiableCredential`
    Credential,
    /// `EnvelopedVerifiableCredential`
    EnvelopedCredential,
    /// `EnvelopedVerifiablePresentation`
    EnvelopedPresentation,
    /// `VerifiablePresentation`
    Presentation,
}

impl DocumentKind {
    /// Returns the type that such a document names.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "VerifiableCredential",
            Self::EnvelopedCredential => "EnvelopedVerifiableCredential",
            Self::EnvelopedPresentation => "EnvelopedVerifiablePresentation",
            Self::Presentation => "VerifiablePresentation",
        }
    }

    /// Tells whether the document names this type.
    pub fn is_named_by(self, document: &crate::encoding::strict_json::Object<'_>) -> bool {
        identifier::types(document).any(|name| name == self.as_str())
    }
}
