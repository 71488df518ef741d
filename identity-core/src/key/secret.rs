//! Secret keys, and who can sign.

use core::fmt;

use p256::ecdsa::signature::Signer as _;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{Algorithm, KeyError, PublicKey, Signature, public::Inner};
use crate::Code;

/// Whoever can sign with one key: software here, a token or a remote signer elsewhere.
pub trait Signer {
    /// Returns the public half.
    fn public_key(&self) -> &PublicKey;

    /// Signs a message.
    ///
    /// # Errors
    /// [`SigningError`] when the key cannot be used now.
    fn try_sign(&self, message: &[u8]) -> Result<Signature, SigningError>;
}

/// Reports that a key could not sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("the key could not sign")]
#[non_exhaustive]
pub struct SigningError;

impl SigningError {
    /// Returns [`Code::KeyCannotSign`].
    pub const fn code(&self) -> Code {
        Code::KeyCannotSign
    }
}

/// A secret key: not cloned, not printed, wiped when dropped.
pub struct SecretKey {
    secret: Secret,
    public: PublicKey,
}

enum Secret {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    P256(Box<p256::ecdsa::SigningKey>),
}

impl SecretKey {
    /// Makes a new key.
    pub fn generate(algorithm: Algorithm, rng: &mut impl CryptoRng) -> Self {
        loop {
            let mut seed = Zeroizing::new([0; 32]);
            rng.fill_bytes(seed.as_mut_slice());
            // For P-256 about one seed in 2^32 lies outside the group's order.
            if let Ok(key) = Self::from_secret_bytes(algorithm, &seed) {
                return key;
            }
        }
    }

    /// Takes the 32 secret bytes: the seed for Ed25519, the scalar for P-256.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] when a P-256 scalar is zero or not below the group's order.
    pub fn from_secret_bytes(algorithm: Algorithm, bytes: &[u8; 32]) -> Result<Self, KeyError> {
        match algorithm {
            Algorithm::EdDsa => {
                let secret = Box::new(ed25519_dalek::SigningKey::from_bytes(bytes));
                let public = PublicKey(Inner::Ed25519(secret.verifying_key()));
                Ok(Self {
                    secret: Secret::Ed25519(secret),
                    public,
                })
            }
            Algorithm::Es256 => {
                let secret = p256::ecdsa::SigningKey::from_slice(bytes)
                    .map_err(|_| KeyError::Malformed { form: "secret key" })?;
                let public = PublicKey(Inner::P256(*secret.verifying_key()));
                Ok(Self {
                    secret: Secret::P256(Box::new(secret)),
                    public,
                })
            }
        }
    }

    /// Returns the 32 secret bytes, to be stored encrypted and nowhere else.
    pub fn secret_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(match &self.secret {
            Secret::Ed25519(key) => key.to_bytes(),
            Secret::P256(key) => key.to_bytes().into(),
        })
    }

    /// Returns the algorithm.
    pub const fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }
}

impl Signer for SecretKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs; the same message always gives the same signature (RFC 8032; RFC 6979).
    fn try_sign(&self, message: &[u8]) -> Result<Signature, SigningError> {
        match &self.secret {
            Secret::Ed25519(key) => {
                let signature = key.try_sign(message).map_err(|_| SigningError)?;
                Ok(Signature::from(signature.to_bytes()))
            }
            Secret::P256(key) => {
                let signature: p256::ecdsa::Signature =
                    key.try_sign(message).map_err(|_| SigningError)?;
                let bytes: [u8; 64] = signature.to_bytes().into();
                Ok(Signature::from(bytes))
            }
        }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey")
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}
