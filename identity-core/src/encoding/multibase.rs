//! Multibase (W3C Controlled Identifiers 1.0 section 2.4): `z` base58btc and `u` base64url, no other.

use super::{base58, base64url};
use crate::Code;

/// Reports text that is not multibase of an accepted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not multibase: expected `z` (base58btc) or `u` (base64url without padding)")]
#[non_exhaustive]
pub struct MultibaseError;

impl MultibaseError {
    /// Returns [`Code::EncodingMultibase`].
    pub const fn code(&self) -> Code {
        Code::EncodingMultibase
    }
}

/// Longest base58 text that is decoded: the conversion takes quadratic time.
const BASE58_MAX: usize = 512;

/// Encodes bytes as base58btc with its prefix `z`.
pub fn encode_z(bytes: &[u8]) -> String {
    format!("z{}", base58::encode(bytes))
}

/// Encodes bytes as base58btc without a prefix, as multihashes have it.
pub(crate) fn encode_base58(bytes: &[u8]) -> String {
    base58::encode(bytes)
}

/// Encodes bytes as base64url without padding, with its prefix `u`.
pub fn encode_u(bytes: &[u8]) -> String {
    format!("u{}", base64url::encode(bytes))
}

/// Decodes multibase text of prefix `z` or `u`.
///
/// # Errors
/// [`MultibaseError`] for another prefix, a character outside the alphabet, non-canonical
/// base64url, and base58 longer than 512 characters.
pub fn decode(text: &str) -> Result<Vec<u8>, MultibaseError> {
    if let Some(rest) = text.strip_prefix('u') {
        return base64url::decode(rest).map_err(|_| MultibaseError);
    }
    let digits = text.strip_prefix('z').filter(|_| text.len() <= BASE58_MAX);
    digits.and_then(base58::decode).ok_or(MultibaseError)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn other_bases_are_refused() {
        assert_eq!(decode("zStV1DL6CwTryKyV"), Ok(b"hello world".to_vec()));
        for wrong in [
            "",
            "z0",
            "f68656c6c6f",
            "mZm9v",
            "uZm9vYg==",
            "Uaaaa",
            "StV1DL6CwTryKyV",
        ] {
            assert_eq!(decode(wrong), Err(MultibaseError), "{wrong:?}");
        }
        assert_eq!(
            decode(&format!("z{}", "1".repeat(600))),
            Err(MultibaseError)
        );
    }

    proptest! {
        #[test]
        fn both_bases_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(decode(&encode_z(&bytes)), Ok(bytes.clone()));
            prop_assert_eq!(decode(&encode_u(&bytes)), Ok(bytes));
        }
    }
}
