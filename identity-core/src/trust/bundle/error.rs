//! Why a bundle is refused.

use crate::{
    Code,
    did::webvh::WebvhError,
    encoding::strict_json::JsonError,
    proof::jose::JwsError,
    status::StatusListError,
    trust::{electoral::ElectoralError, officers::PolicyError},
    verify::BudgetExhausted,
};

/// Reports why a bundle is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// It is too large.
    #[error(transparent)]
    Budget(#[from] BudgetExhausted),
    /// A status list is not well formed.
    #[error(transparent)]
    List(#[from] StatusListError),
    /// An electoral period in it is refused.
    #[error(transparent)]
    Electoral(#[from] ElectoralError),
    /// The issuer's DID cannot be followed.
    #[error("the issuer's DID cannot be followed: {0}")]
    Log(#[from] WebvhError),
    /// It is not of the shape of a bundle.
    #[error("not a well-formed bundle: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// Its officer policies are refused.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Its signature is refused.
    #[error("the bundle's signature is refused: {0}")]
    Signature(#[from] JwsError),
    /// The key that signed it is not one that the issuer's DID names.
    #[error("the bundle's key is not the issuer's: {reason}")]
    StatusKey {
        /// What is wrong.
        reason: &'static str,
    },
}

impl BundleError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Budget(error) => error.code(),
            Self::Electoral(error) => error.code(),
            Self::Log(error) => error.code(),
            Self::Policy(error) => error.code(),
            Self::Signature(JwsError::Signature(_)) => Code::BundleSignature,
            Self::List(_) | Self::Malformed { .. } | Self::Signature(_) => Code::BundleMalformed,
            Self::StatusKey { .. } => Code::BundleStatusKey,
        }
    }

    pub(in crate::trust) fn malformed(reason: impl Into<String>) -> Self {
        Self::Malformed {
            reason: reason.into(),
        }
    }
}

impl From<JsonError> for BundleError {
    fn from(error: JsonError) -> Self {
        Self::malformed(error.to_string())
    }
}
