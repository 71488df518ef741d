//! Base64url without padding, canonical only (RFC 4648 section 5).

use base64ct::{Base64UrlUnpadded, Encoding};

pub(super) fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}
