//! Hashes as the log writes them: base58btc of a SHA-256 multihash (section "SCID Generation and
//! Verification").

use sha2::{Digest as _, Sha256};

use crate::encoding::multibase;

/// Length of such a hash in characters.
pub(super) const LENGTH: usize = 46;

/// Writes a SHA-256 digest as a multihash (code 0x12, 32 bytes) in base58btc, without a prefix.
pub(super) fn multihash(digest: &[u8; 32]) -> String {
    let mut bytes = [0; 34];
    bytes[0] = 0x12;
    bytes[1] = 0x20;
    bytes[2..].copy_from_slice(digest);
    multibase::encode_base58(&bytes)
}

/// Hashes bytes.
pub(super) fn of(bytes: &[u8]) -> String {
    multihash(&Sha256::digest(bytes).into())
}

/// Returns the hash by which `nextKeyHashes` announces a key, from its multikey (section "Pre-Rotation
/// Key Hash Generation and Verification").
pub fn key_hash(multikey: &str) -> String {
    of(multikey.as_bytes())
}

/// Tells whether text could be such a hash: 46 characters of base58btc.
pub(super) fn is_hash(text: &str) -> bool {
    let is_base58 = |b: u8| b.is_ascii_alphanumeric() && !b"0OIl".contains(&b);
    text.len() == LENGTH && text.bytes().all(is_base58)
}
