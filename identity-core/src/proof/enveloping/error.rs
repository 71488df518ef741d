//! Why an envelope is refused.

use crate::{
    Code,
    did::DidError,
    encoding::{jcs::JcsError, strict_json::JsonError},
    key::{KeyError, SignatureError, SigningError},
    proof::{jose::JwsError, sd_jwt::SdJwtError},
    verify::BudgetExhausted,
};

/// Reports why a secured document is refused, or cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// There is too much of it.
    #[error(transparent)]
    Budget(#[from] BudgetExhausted),
    /// A JWT claim contradicts a member of the document, or another claim.
    #[error("the claim {claim:?} contradicts {other:?}")]
    ClaimConflict {
        /// The claim.
        claim: &'static str,
        /// What it contradicts.
        other: &'static str,
    },
    /// The claims `vc` and `vp` belong to an older mapping, and must not stand there.
    #[error("the claim {name:?} must not be there")]
    ClaimForbidden {
        /// The claim's name.
        name: &'static str,
    },
    /// A JWT claim has not the form its specification gives it.
    #[error("the claim {name:?} is not well formed")]
    ClaimMalformed {
        /// The claim's name.
        name: &'static str,
    },
    /// A member may not be concealed, or nothing in it.
    #[error("the member {name:?} may not be concealed, nor anything in it")]
    Concealed {
        /// The member's name.
        name: String,
    },
    /// The `cty` names another kind of document.
    #[error("expected cty {expected:?}, found {found:?}")]
    ContentType {
        /// The `cty` expected.
        expected: &'static str,
        /// The `cty` found.
        found: String,
    },
    /// The text is no `data:` URL of a secured document.
    #[error("not a data: URL with a media type and a secured document")]
    DataUrl,
    /// The key's DID cannot be used.
    #[error(transparent)]
    Did(#[from] DidError),
    /// The signature's `exp` has come.
    #[error("the signature has expired")]
    Expired,
    /// The presentation names another holder than the one whose key signed it.
    #[error("signed by {signer}, but its holder is {claimed:?}")]
    HolderMismatch {
        /// The holder claimed, cut to 256 characters.
        claimed: String,
        /// Who signed.
        signer: String,
    },
    /// The credential names another issuer than the one whose key signed it.
    #[error("signed by {signer}, but its issuer is {claimed:?}")]
    IssuerMismatch {
        /// The issuer claimed, cut to 256 characters.
        claimed: String,
        /// Who signed.
        signer: String,
    },
    /// A part is not strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The JWS is refused.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// The holder's key inside the document cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The media type is not one that is read here.
    #[error("documents of type {found:?} are not read here")]
    MediaType {
        /// The media type.
        found: String,
    },
    /// The signature is not in force yet.
    #[error("the signature is not in force yet")]
    NotYetValid,
    /// A number of the document cannot be signed.
    #[error(transparent)]
    Number(#[from] JcsError),
    /// The selective disclosure is refused.
    #[error(transparent)]
    SdJwt(#[from] SdJwtError),
}

impl EnvelopeError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Budget(error) => error.code(),
            Self::ClaimConflict { .. } => Code::EnvelopeClaimConflict,
            Self::ClaimForbidden { .. } => Code::EnvelopeClaimForbidden,
            Self::ClaimMalformed { .. } => Code::EnvelopeClaimMalformed,
            Self::Concealed { .. } => Code::EnvelopeConcealed,
            Self::ContentType { .. } => Code::EnvelopeContentType,
            Self::DataUrl => Code::EnvelopeDataUrl,
            Self::Did(error) => error.code(),
            Self::Expired => Code::EnvelopeExpired,
            Self::HolderMismatch { .. } => Code::VcHolderMismatch,
            Self::IssuerMismatch { .. } => Code::IssuerMismatch,
            Self::Json(error) => error.code(),
            Self::Jws(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::MediaType { .. } => Code::VcMediaType,
            Self::NotYetValid => Code::EnvelopeNotYetValid,
            Self::Number(error) => error.code(),
            Self::SdJwt(error) => error.code(),
        }
    }
}

impl From<SignatureError> for EnvelopeError {
    fn from(error: SignatureError) -> Self {
        Self::Jws(JwsError::Signature(error))
    }
}

impl From<SigningError> for EnvelopeError {
    fn from(error: SigningError) -> Self {
        Self::Jws(JwsError::Signing(error))
    }
}
