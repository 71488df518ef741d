//! Type metadata of SD-JWT VCs (draft-ietf-oauth-sd-jwt-vc section 5).
//!
//! A document is [read](TypeMetadata::parse), handed to [`TypeDocuments`], which follows `extends`; the
//! [`ResolvedType`] says whether a credential is as its type allows.

mod check;
mod document;
mod extend;
mod path;

pub use check::Shown;
pub use document::{ClaimDisplay, ClaimMetadata, Disclosability, Display, TypeMetadata};
pub use extend::{ResolvedType, TypeDocuments};
pub use path::{ClaimPath, PathPart};

use crate::{Code, encoding::strict_json::JsonError};

/// Reports why type metadata cannot be used, or why a credential is not as its type allows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TypeError {
    /// A claim that its type requires was not issued.
    #[error("the type requires the claim {path:?}")]
    ClaimMissing {
        /// Its path.
        path: String,
    },
    /// A claim is selectively disclosable and may not be, or is not and has to be.
    #[error(
        "the type does not allow the claim {path:?} to be selectively disclosable, or requires it"
    )]
    Disclosability {
        /// Its path.
        path: String,
    },
    /// A document does not have the digest it was referred to by.
    #[error("a document is not the one that was referred to")]
    Integrity,
    /// A document is not strict JSON.
    #[error("type metadata is {0}")]
    Json(#[from] JsonError),
    /// Types extend one another in a circle, or in too long a chain.
    #[error("the type {vct:?} extends itself, or too many others")]
    Loop {
        /// The type that comes round.
        vct: String,
    },
    /// A document is not well formed.
    #[error("type metadata is not well formed: {reason}")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
    /// The document of a type is not at hand.
    #[error("the document of the type {vct:?} is not at hand")]
    Missing {
        /// The type.
        vct: String,
    },
    /// A path leads through something that is no object or no array.
    #[error("the path {path:?} does not fit the credential")]
    Path {
        /// The path.
        path: String,
    },
    /// A type takes back what the type it extends demands.
    #[error("the type {vct:?} changes what the type it extends demands of {path:?}")]
    Relaxed {
        /// The extending type.
        vct: String,
        /// The path of the claim.
        path: String,
    },
    /// The paths lead to more parts of the credential than are looked at.
    #[error("the type's paths lead to too many parts of the credential")]
    TooMuch,
    /// The credential is of another type.
    #[error("the credential is of another type than {vct:?}")]
    Type {
        /// The type that was resolved.
        vct: String,
    },
}

impl TypeError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::ClaimMissing { .. }
            | Self::Disclosability { .. }
            | Self::Path { .. }
            | Self::Type { .. } => Code::SdJwtVcTypeRules,
            Self::Integrity | Self::Loop { .. } | Self::Malformed { .. } | Self::Relaxed { .. } => {
                Code::SdJwtVcType
            }
            Self::Json(error) => error.code(),
            Self::Missing { .. } => Code::SdJwtVcTypeMissing,
            Self::TooMuch => Code::BudgetExhausted,
        }
    }

    /// Returns whether a document that is not at hand could give another answer.
    pub const fn is_undecided(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }
}
