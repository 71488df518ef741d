//! SD-JWT VC as others issue it (draft-ietf-oauth-sd-jwt-vc-19, whose section numbers are given here; RFC 9901).
//!
//! A mandate is read by [`verify_vc`](super::SdJwt::verify_vc), under stricter rules; this room is for
//! credentials of any type by any issuer. It stands beside the proofs because it ends where they do: it
//! says whose key signed what, and whether that is what its type's metadata allows. Whether that issuer
//! counts is for the caller to decide, on [`IssuerKey`].
//!
//! Nothing is fetched: issuers' metadata, DID documents, type metadata and trust anchors are handed in.

#[cfg(feature = "x5c")]
mod certificate;
mod claims;
mod integrity;
mod issuer;
mod metadata;
pub mod types;
mod verify;

#[cfg(test)]
mod tests;

#[cfg(feature = "x5c")]
pub use certificate::{Certificate, TrustAnchors};
pub use claims::{Claims, Confirmation};
pub use integrity::Integrity;
pub use issuer::{IssuerKey, MetadataKey};
pub use metadata::{IssuerMetadata, metadata_url};
pub use types::TypeError;
#[cfg(feature = "x5c")]
pub use verify::CertificateNames;
pub use verify::{Binding, MediaType, Policy, VerifiedVc, verify};

use jiff::Timestamp;

use crate::{
    Code,
    proof::{jose::JwsError, sd_jwt::SdJwtError},
};

/// Reports why an SD-JWT VC is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VcError {
    /// The key binding was made for another verifier.
    #[error("the presentation was made for {found:?}")]
    Audience {
        /// For whom it was made.
        found: String,
    },
    /// The certificates in the header do not show whose key signed.
    #[error("the issuer's certificate is refused: {reason}")]
    Certificate {
        /// What is wrong.
        reason: &'static str,
    },
    /// A registered claim is missing or not well formed.
    #[error("the claim {name}: {reason}")]
    Claim {
        /// The claim.
        name: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
    /// It has expired.
    #[error("it was valid until {until}")]
    Expired {
        /// From when it is no longer valid.
        until: Timestamp,
    },
    /// The holder's key cannot be used to check a proof.
    #[error("it is bound to no key that a proof could be checked with")]
    HolderKey,
    /// Nothing that the policy accepts says which key the issuer signs with.
    #[error("the issuer's key cannot be found: {reason}")]
    IssuerKey {
        /// What is missing.
        reason: &'static str,
    },
    /// It names another issuer than the one whose key signed.
    #[error("it names the issuer {claimed:?}, whose key did not sign")]
    IssuerMismatch {
        /// The issuer named.
        claimed: String,
    },
    /// The issuer's metadata is not well formed, or that of another issuer.
    #[error("the issuer's metadata: {reason}")]
    Metadata {
        /// What is wrong.
        reason: &'static str,
    },
    /// The issuer's metadata or keys are not at hand, or not recent enough.
    #[error("the metadata of {issuer} is not at hand, or not recent enough")]
    MetadataMissing {
        /// The issuer.
        issuer: String,
    },
    /// The key binding answers another request.
    #[error("the presentation answers another request")]
    Nonce,
    /// It is not valid yet.
    #[error("it is valid from {from}")]
    NotYetValid {
        /// From when.
        from: Timestamp,
    },
    /// The key binding was made too long ago, or after now.
    #[error("the presentation says it was made at {made_at}")]
    PresentedAt {
        /// When it says it was made.
        made_at: Timestamp,
    },
    /// The SD-JWT is refused.
    #[error(transparent)]
    SdJwt(SdJwtError),
}

impl VcError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Audience { .. } => Code::PresentationAudience,
            Self::Certificate { .. } => Code::SdJwtVcCertificate,
            Self::Claim { .. } => Code::SdJwtVcClaim,
            Self::Expired { .. } => Code::CredentialExpired,
            Self::HolderKey => Code::HolderProof,
            Self::IssuerKey { .. } => Code::SdJwtVcIssuerKey,
            Self::IssuerMismatch { .. } => Code::IssuerMismatch,
            Self::Metadata { .. } => Code::SdJwtVcMetadata,
            Self::MetadataMissing { .. } => Code::SdJwtVcMetadataMissing,
            Self::Nonce => Code::PresentationNonce,
            Self::NotYetValid { .. } => Code::CredentialNotYetValid,
            Self::PresentedAt { .. } => Code::PresentationTime,
            Self::SdJwt(error) => error.code(),
        }
    }

    /// Returns whether evidence that is not at hand could give another answer: it is then not refused
    /// but undecided.
    pub const fn is_undecided(&self) -> bool {
        match self {
            Self::MetadataMissing { .. } => true,
            Self::SdJwt(SdJwtError::Jws(JwsError::Did(error))) => error.is_undecided(),
            _ => false,
        }
    }

    const fn claim(name: &'static str, reason: &'static str) -> Self {
        Self::Claim { name, reason }
    }
}

impl<E: Into<SdJwtError>> From<E> for VcError {
    fn from(error: E) -> Self {
        Self::SdJwt(error.into())
    }
}
