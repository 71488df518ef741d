//! Multikey (W3C Controlled Identifiers 1.0 section 2.2.2).

use super::{Algorithm, KeyError, PublicKey};
use crate::encoding::multibase;

/// Multicodec prefixes as unsigned varints: `ed25519-pub` (0xed) and `p256-pub` (0x1200).
const PREFIXES: [(Algorithm, [u8; 2]); 2] = [
    (Algorithm::EdDsa, [0xed, 0x01]),
    (Algorithm::Es256, [0x80, 0x24]),
];

impl PublicKey {
    /// Reads a multikey such as `z6Mk…` or `zDn…`, in base58btc only.
    ///
    /// # Errors
    /// [`KeyError`] when the text is not multibase `z`, or not a usable key of a known kind.
    pub fn from_multikey(text: &str) -> Result<Self, KeyError> {
        let malformed = KeyError::Malformed { form: "multikey" };
        if !text.starts_with('z') {
            return Err(malformed);
        }
        let bytes = multibase::decode(text).map_err(|_| malformed)?;
        let (prefix, key) = bytes.split_first_chunk().ok_or(malformed)?;
        let known = PREFIXES.iter().find(|(_, known)| known == prefix);
        let (algorithm, _) = known.ok_or(KeyError::Unsupported)?;
        Self::from_bytes(*algorithm, key)
    }

    /// Writes the multikey.
    pub fn to_multikey(&self) -> String {
        let mut bytes = Vec::with_capacity(35);
        for (algorithm, prefix) in PREFIXES {
            if algorithm == self.algorithm() {
                bytes.extend(prefix);
            }
        }
        bytes.extend(self.to_bytes());
        multibase::encode_z(&bytes)
    }
}
