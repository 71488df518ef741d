//! The seam at which a key comes in: what it accepts as `alg`, and whether a signature is its own.
//!
//! The core brings Ed25519 and P-256. A program that must read other curves brings them through
//! these two traits, and every check but the curve's arithmetic stays here; ADR 14 says why.

use crate::key::{PublicKey, Signature, SignatureError, Signer, SigningError};

/// A key that can tell whether it made a JWS.
pub trait JoseKey {
    /// Returns whether signatures of this key carry this `alg`.
    ///
    /// A key knows its algorithm: an implementation compares, and never lets the header choose.
    fn accepts(&self, alg: &str) -> bool;

    /// Checks a signature over a message.
    ///
    /// # Errors
    /// [`SignatureError`] when it does not match.
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError>;
}

/// A key that can make a JWS.
pub trait JoseSigner {
    /// Returns the `alg` of its signatures.
    fn alg(&self) -> &'static str;

    /// Signs a message.
    ///
    /// # Errors
    /// [`SigningError`] when the key cannot be used now.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError>;
}

impl JoseKey for PublicKey {
    fn accepts(&self, alg: &str) -> bool {
        self.algorithm().jose_names().contains(&alg)
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        Self::verify(self, message, &Signature::from_slice(signature)?)
    }
}

impl<S: Signer> JoseSigner for S {
    /// Returns `EdDSA` for Ed25519: every reader knows that name, few know `Ed25519`.
    fn alg(&self) -> &'static str {
        self.public_key().algorithm().as_jose()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        Ok(self.try_sign(message)?.as_bytes().to_vec())
    }
}
