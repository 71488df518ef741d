//! Keys that are read once, however many entries name them.

use std::collections::HashMap;

use crate::key::{Algorithm, KeyError, PublicKey};

/// The keys read so far, by their multikeys: a key is a point of a curve, and finding it takes about a
/// tenth of the time of a signature check.
#[derive(Debug, Default)]
pub(super) struct Keys(HashMap<String, Result<PublicKey, KeyError>>);

impl Keys {
    /// Reads a multikey.
    pub(super) fn read(&mut self, multikey: &str) -> Result<PublicKey, KeyError> {
        if let Some(known) = self.0.get(multikey) {
            return known.clone();
        }
        let read = PublicKey::from_multikey(multikey);
        self.0.insert(multikey.to_owned(), read.clone());
        read
    }

    /// Reads a multikey that signs in `eddsa-jcs-2022`, the one suite of this version of the method.
    pub(super) fn read_ed25519(&mut self, multikey: &str) -> Option<PublicKey> {
        let key = self.read(multikey).ok()?;
        (key.algorithm() == Algorithm::EdDsa).then_some(key)
    }
}
