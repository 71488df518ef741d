//! Keys on PKCS #11 tokens (OASIS PKCS #11 v3.0): they sign there and never leave.
//!
//! A key's place is written as RFC 7512 has it, such as
//! `pkcs11:token=Cortes;object=issuing?module-path=/usr/lib/softhsm/libsofthsm2.so`. The PIN is asked for,
//! or stands in a file; it is never part of the place.

#[cfg(not(feature = "pkcs11"))]
mod absent;
mod error;
#[cfg(any(feature = "pkcs11", test))]
mod point;
#[cfg(feature = "pkcs11")]
mod session;
mod uri;

#[cfg(test)]
#[cfg(feature = "pkcs11")]
mod tests;

#[cfg(not(feature = "pkcs11"))]
use absent as session;

use identity_core::key::{Algorithm, PublicKey};
use serde::{Deserialize, Serialize};

pub use error::{TokenCode, TokenError};
pub use uri::TokenUri;

use super::KeyHandle;

/// How a token is opened.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "PKCS #11 knows these two")]
pub enum Pin<'p> {
    /// With these bytes.
    Bytes(&'p [u8]),
    /// At the token's own keypad (`CKF_PROTECTED_AUTHENTICATION_PATH`).
    Keypad,
}

/// What a home remembers of a key on a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct TokenRecord {
    /// `mandate.token-key/1`.
    pub schema: String,
    /// Where the key is.
    pub uri: TokenUri,
    /// Its public half, as a multikey: another key in that place is refused.
    pub public_key_multibase: String,
}

impl TokenRecord {
    /// The `schema` of a record.
    pub const SCHEMA: &'static str = "mandate.token-key/1";

    /// Remembers a key.
    pub fn new(uri: TokenUri, key: &PublicKey) -> Self {
        Self {
            schema: Self::SCHEMA.to_owned(),
            uri,
            public_key_multibase: key.to_multikey(),
        }
    }

    /// Opens the key that was remembered.
    ///
    /// # Errors
    /// `token.key_differs` when another key has taken its place; else as [`open`].
    pub fn open(&self, pin: Pin<'_>) -> Result<KeyHandle, TokenError> {
        use identity_core::key::Signer as _;

        let key = open(&self.uri, pin)?;
        if key.public_key().to_multikey() == self.public_key_multibase {
            Ok(key)
        } else {
            Err(TokenError::KeyDiffers)
        }
    }
}

/// Opens the one key that the place names.
///
/// # Errors
/// [`TokenError`] when token or key are not there, are not the only ones that fit, or the PIN is wrong;
/// `token.key_extractable` for a key that could be taken off the token.
pub fn open(uri: &TokenUri, pin: Pin<'_>) -> Result<KeyHandle, TokenError> {
    session::Session::open(uri, pin)?.key()
}

/// Opens the key that the place names, or makes it where there is none: sensitive, and never to be taken
/// off the token. Tells whether it was made.
///
/// # Errors
/// As [`open`]; `token.key_unnamed` when one is to be made and the place has no `object`.
pub fn open_or_generate(
    uri: &TokenUri,
    algorithm: Algorithm,
    pin: Pin<'_>,
) -> Result<(KeyHandle, bool), TokenError> {
    let session = session::Session::open(uri, pin)?;
    if session.has_key()? {
        Ok((session.key()?, false))
    } else {
        Ok((session.generate(algorithm)?, true))
    }
}

/// Looks whether the token is there, without a PIN; tells whether it has a keypad of its own.
///
/// # Errors
/// [`TokenError`] when module or token are missing, or several tokens fit.
pub fn look(uri: &TokenUri) -> Result<bool, TokenError> {
    session::look(uri)
}
