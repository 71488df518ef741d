//! Without the feature `pkcs11`: every token is out of reach, and said to be.

use identity_core::key::Algorithm;

use super::{Pin, TokenError, TokenUri};
use crate::keys::KeyHandle;

/// A session that cannot be opened.
#[derive(Debug)]
pub(super) enum Session {}

impl Session {
    pub(super) fn open(_: &TokenUri, _: Pin<'_>) -> Result<Self, TokenError> {
        Err(TokenError::Unsupported)
    }

    pub(super) fn has_key(&self) -> Result<bool, TokenError> {
        match *self {}
    }

    pub(super) fn key(self) -> Result<KeyHandle, TokenError> {
        match self {}
    }

    pub(super) fn generate(self, _: Algorithm) -> Result<KeyHandle, TokenError> {
        match self {}
    }
}

pub(super) fn look(_: &TokenUri) -> Result<bool, TokenError> {
    Err(TokenError::Unsupported)
}
