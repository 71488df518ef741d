//! Public and secret keys as different types, and their multikey and JWK forms.
//!
//! Two algorithms: Ed25519 (RFC 8032), checked with `verify_strict` only, and ECDSA over P-256 with
//! SHA-256 (FIPS 186-5). A key knows its algorithm; no header can choose another for it.

mod jwk;
mod multikey;
mod public;
mod secret;

#[cfg(test)]
mod tests;

pub use public::{KeyError, PublicKey, Signature, SignatureError};
pub use secret::{SecretKey, Signer, SigningError};

/// A signature algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new algorithm must be weighed at every match"
)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032 section 5.1).
    EdDsa,
    /// ECDSA over P-256 with SHA-256 (RFC 7518 section 3.4).
    Es256,
}

impl Algorithm {
    /// Returns the JOSE name: `EdDSA` (RFC 8037 section 3.1) or `ES256` (RFC 7518 section 3.1).
    pub const fn as_jose(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
        }
    }

    /// Returns every name that JOSE has for it: RFC 9864 section 2.2 calls what RFC 8037 calls `EdDSA`
    /// with this curve `Ed25519`.
    pub(crate) const fn jose_names(self) -> &'static [&'static str] {
        match self {
            Self::EdDsa => &["EdDSA", "Ed25519"],
            Self::Es256 => &["ES256"],
        }
    }

    /// Reads a JOSE name; `none`, the symmetric algorithms and all others are no algorithm here.
    pub fn from_jose(name: &str) -> Option<Self> {
        [Self::EdDsa, Self::Es256]
            .into_iter()
            .find(|algorithm| algorithm.as_jose() == name)
    }
}
