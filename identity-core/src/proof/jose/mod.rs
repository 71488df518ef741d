//! JSON Web Signatures with strict headers (RFC 7515, RFC 8725).
//!
//! One signature, its payload inside, its key named by the caller or by a DID: everything else that
//! RFC 7515 allows (`jku`, `x5u`, `crit`, several signatures, an algorithm by choice of the sender)
//! has been an attack somewhere and is refused here.

pub mod flattened;
mod header;
mod jws;

#[cfg(test)]
mod tests;

pub use header::Header;
pub use jws::{Jws, Unsigned};

use crate::{
    Code,
    did::DidError,
    encoding::strict_json::JsonError,
    key::{KeyError, SignatureError, SigningError},
    verify::BudgetExhausted,
};

/// Reports why a JWS is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwsError {
    /// The header's `alg` is not one that is used here, or not that of the key.
    #[error("the algorithm {alg:?} is not accepted for this key")]
    Algorithm {
        /// The algorithm named.
        alg: String,
    },
    /// There are too many keys to try.
    #[error(transparent)]
    Budget(#[from] BudgetExhausted),
    /// The verification method could not be found.
    #[error(transparent)]
    Did(#[from] DidError),
    /// The header has a member that would change what is verified or with which key.
    #[error("the header member {name:?} is not accepted")]
    Header {
        /// The member's name.
        name: String,
    },
    /// The header is not strict JSON.
    #[error("the header is {0}")]
    Json(#[from] JsonError),
    /// The key inside the header cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The text is not a JWS in compact form.
    #[error("not a compact JWS: {reason}")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
    /// The signature does not match.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The key could not sign.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The header's `typ` is another one: this is a document of another kind.
    #[error("expected typ {expected:?}, found {found:?}")]
    Type {
        /// The `typ` expected.
        expected: &'static str,
        /// The `typ` found.
        found: String,
    },
}

impl JwsError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Algorithm { .. } => Code::JwsAlgorithm,
            Self::Budget(error) => error.code(),
            Self::Did(error) => error.code(),
            Self::Header { .. } => Code::JwsHeader,
            Self::Json(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Malformed { .. } => Code::JwsMalformed,
            Self::Signature(error) => error.code(),
            Self::Signing(error) => error.code(),
            Self::Type { .. } => Code::JwsType,
        }
    }
}
