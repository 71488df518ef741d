//! base64url without padding (RFC 4648 section 5; RFC 7515 section 2), in its canonical form only.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::Code;

/// Reports text that is not canonical base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not canonical base64url without padding")]
#[non_exhaustive]
pub struct Base64UrlError;

impl Base64UrlError {
    /// Returns [`Code::EncodingBase64Url`].
    pub const fn code(&self) -> Code {
        Code::EncodingBase64Url
    }
}

/// Encodes bytes as base64url without padding.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes canonical base64url without padding.
///
/// Two texts never decode to the same bytes: padding, white space, the other alphabet and set
/// trailing bits are refused, so that every character of a signed text counts.
///
/// # Errors
/// [`Base64UrlError`] when the text is anything but the one encoding of some bytes.
pub fn decode(text: &str) -> Result<Vec<u8>, Base64UrlError> {
    // This engine refuses padding and trailing bits that are set.
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Base64UrlError)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_canonical_form_is_read() {
        // RFC 4648 section 10, without padding.
        assert_eq!(decode("Zm9vYg"), Ok(b"foob".to_vec()));
        for wrong in [
            "Zm9vYg==", "Zm9vYh", "Zm9v Yg", "Zm9vYg\n", "Z", "+/8", "Zm9vYé",
        ] {
            assert_eq!(decode(wrong), Err(Base64UrlError), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_comes_back(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn what_decodes_is_the_encoding(text in "[A-Za-z0-9_=-]{0,12}") {
            if let Ok(bytes) = decode(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
