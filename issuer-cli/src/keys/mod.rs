//! The issuer's own keys, wherever they are: in a sealed file of the home, or on a token.

pub mod token;

use core::fmt;

use identity_core::key::{PublicKey, SecretKey, Signature, Signer, SigningError};

/// A key that can sign, and does not say where it is kept. A batch signs with it on all cores at once.
pub struct KeyHandle(Box<dyn Signer + Send + Sync>);

impl KeyHandle {
    /// Takes whatever can sign.
    pub fn new(signer: impl Signer + Send + Sync + 'static) -> Self {
        Self(Box::new(signer))
    }
}

impl Signer for KeyHandle {
    fn public_key(&self) -> &PublicKey {
        self.0.public_key()
    }

    fn try_sign(&self, message: &[u8]) -> Result<Signature, SigningError> {
        self.0.try_sign(message)
    }
}

impl From<SecretKey> for KeyHandle {
    fn from(key: SecretKey) -> Self {
        Self::new(key)
    }
}

impl fmt::Debug for KeyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyHandle").field(self.public_key()).finish()
    }
}
