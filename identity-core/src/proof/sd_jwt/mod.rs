//! Selective disclosure for JWTs (RFC 9901) and SD-JWT VC, in the compact form.
//!
//! The issuer signs digests; the holder shows the disclosures they choose; a key binding says that
//! whoever presents holds the key in `cnf`. Nothing is readable before the issuer's signature passed.

mod disclosed;
mod holder;
mod issue;
pub mod json;
mod parse;
mod path;
mod process;
pub mod vc;

#[cfg(test)]
mod tests;

pub use disclosed::Disclosed;
pub use holder::{KeyBinding, bind, bind_with};
pub use issue::{Concealed, Step, conceal};
pub use parse::SdJwt;
pub use path::parse_path;
pub use process::VC_NEVER_CONCEALED;

pub(in crate::proof) use holder::read as read_key_binding;
pub(in crate::proof) use process::disclose;

use crate::{
    Code, encoding::strict_json::JsonError, proof::jose::JwsError, verify::BudgetExhausted,
};

/// The `typ` of an SD-JWT VC.
pub const TYP_VC: &str = "dc+sd-jwt";

/// The `typ` of a key binding (RFC 9901 section 4.3).
pub const TYP_KEY_BINDING: &str = "kb+jwt";

/// Reports why an SD-JWT is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SdJwtError {
    /// There is too much of it.
    #[error(transparent)]
    Budget(#[from] BudgetExhausted),
    /// A disclosed claim would replace one that is there already, or may never be concealed.
    #[error("the claim {name:?} may not be disclosed here")]
    ClaimConflict {
        /// The claim.
        name: String,
    },
    /// One digest stands twice, or one disclosure does.
    #[error("a digest stands twice")]
    DigestRepeated,
    /// A disclosure belongs to no digest.
    #[error("a disclosure belongs to nothing that was signed")]
    DisclosureUnreferenced,
    /// The digests are of another hash function.
    #[error("the hash function {name:?} is not used here")]
    HashAlgorithm {
        /// The function named by `_sd_alg`.
        name: String,
    },
    /// A part is not strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The issuer's signature, or the holder's, is refused.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// The key binding covers other bytes, or is missing.
    #[error("the key binding is for another presentation, or missing")]
    KeyBinding,
    /// The text is not an SD-JWT.
    #[error("not an SD-JWT: {reason}")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
}

impl SdJwtError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Budget(error) => error.code(),
            Self::ClaimConflict { .. } => Code::SdJwtClaimConflict,
            Self::DigestRepeated => Code::SdJwtDigestRepeated,
            Self::DisclosureUnreferenced => Code::SdJwtDisclosureUnreferenced,
            Self::HashAlgorithm { .. } => Code::SdJwtHashAlgorithm,
            Self::Json(error) => error.code(),
            Self::Jws(error) => error.code(),
            Self::KeyBinding => Code::SdJwtKeyBinding,
            Self::Malformed { .. } => Code::SdJwtMalformed,
        }
    }
}
