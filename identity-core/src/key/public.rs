//! Public keys and signatures.

use p256::ecdsa::signature::Verifier as _;

use super::Algorithm;
use crate::Code;

/// A public key that has been found to be a good one: on its curve and not of small order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(pub(super) Inner);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Inner {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(p256::ecdsa::VerifyingKey),
}

/// A signature: 64 bytes for both algorithms (RFC 8032 section 5.1.6; RFC 7518 section 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature([u8; 64]);

/// Reports a key that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The bytes or the text are not a key of this form.
    #[error("not a well-formed {form}")]
    Malformed {
        /// The form expected, such as `multikey`.
        form: &'static str,
    },
    /// The key carries secret parts where a public key is expected.
    #[error("this is a secret key: keep it to yourself, and give the public key")]
    Secret,
    /// The key is of a kind not used here.
    #[error("neither an Ed25519 nor a P-256 key")]
    Unsupported,
    /// The key is a point of small order, with which one signature fits many messages.
    #[error("a weak Ed25519 key: a point of small order")]
    Weak,
}

/// Reports a signature that does not verify; it says no more, on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not match")]
#[non_exhaustive]
pub struct SignatureError;

impl KeyError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Malformed { .. } => Code::KeyMalformed,
            Self::Secret => Code::KeySecret,
            Self::Unsupported => Code::KeyUnsupported,
            Self::Weak => Code::KeyWeak,
        }
    }
}

impl SignatureError {
    /// Returns [`Code::SignatureInvalid`].
    pub const fn code(&self) -> Code {
        Code::SignatureInvalid
    }
}

impl Signature {
    /// Takes 64 bytes: `R ‖ S` for Ed25519, `r ‖ s` for P-256.
    ///
    /// # Errors
    /// [`SignatureError`] for any other length.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, SignatureError> {
        bytes.try_into().map(Self).map_err(|_| SignatureError)
    }

    /// Returns the 64 bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl PublicKey {
    /// Takes the raw bytes of a key: 32 for Ed25519, a compressed point of 33 for P-256.
    ///
    /// # Errors
    /// [`KeyError`] when they are not the canonical bytes of a usable key.
    pub fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        let malformed = KeyError::Malformed { form: "public key" };
        match algorithm {
            Algorithm::EdDsa => {
                let bytes: &[u8; 32] = bytes.try_into().map_err(|_| malformed)?;
                // A point has two encodings when its y coordinate is not reduced; only one is a key.
                if !is_reduced(bytes) {
                    return Err(malformed);
                }
                let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| malformed)?;
                if key.is_weak() {
                    return Err(KeyError::Weak);
                }
                Ok(Self(Inner::Ed25519(key)))
            }
            Algorithm::Es256 => {
                // SEC 1 section 2.3.3: compressed, and no other form of the same point.
                if bytes.len() != 33 || !matches!(bytes[0], 2 | 3) {
                    return Err(malformed);
                }
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes);
                key.map(|key| Self(Inner::P256(key))).map_err(|_| malformed)
            }
        }
    }

    /// Takes an uncompressed point of P-256, as certificates and JWKs hold it: 65 bytes (SEC 1 section
    /// 2.3.3).
    pub(crate) fn from_uncompressed(point: &[u8]) -> Result<Self, KeyError> {
        let malformed = KeyError::Malformed { form: "public key" };
        if point.len() != 65 || point[0] != 4 {
            return Err(malformed);
        }
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point);
        key.map(|key| Self(Inner::P256(key))).map_err(|_| malformed)
    }

    /// Returns the raw bytes: 32 for Ed25519, a compressed point of 33 for P-256.
    pub fn to_bytes(&self) -> Vec<u8> {
        match &self.0 {
            Inner::Ed25519(key) => key.as_bytes().to_vec(),
            Inner::P256(key) => key.to_sec1_point(true).as_bytes().to_vec(),
        }
    }

    /// Returns the key's one algorithm.
    pub const fn algorithm(&self) -> Algorithm {
        match self.0 {
            Inner::Ed25519(_) => Algorithm::EdDsa,
            Inner::P256(_) => Algorithm::Es256,
        }
    }

    /// Checks a signature over a message.
    ///
    /// Ed25519 is checked strictly: no small-order key or commitment, a canonical `S`, and the
    /// equation without cofactor, so that implementations cannot disagree about it. P-256 takes
    /// both `s` and its negative, as RFC 7518 does.
    ///
    /// # Errors
    /// [`SignatureError`] when it does not match.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        match &self.0 {
            Inner::Ed25519(key) => {
                let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
                key.verify_strict(message, &signature)
                    .map_err(|_| SignatureError)
            }
            Inner::P256(key) => {
                let signature = p256::ecdsa::Signature::from_slice(&signature.0);
                let signature = signature.map_err(|_| SignatureError)?;
                key.verify(message, &signature).map_err(|_| SignatureError)
            }
        }
    }
}

/// Tells whether the y coordinate lies below 2^255 - 19 (RFC 8032 section 5.1.3).
///
/// The other freedom of the encoding, a sign for x = 0, belongs to points of small order only.
fn is_reduced(bytes: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = bytes;
    *low < 0xed || high & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff)
}

impl From<[u8; 64]> for Signature {
    fn from(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }
}
