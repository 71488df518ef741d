//! The manifest: what officers read, as a list of items under one digest.

use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};

use crate::encoding::{
    jcs::{self, JcsError},
    merkle::{self, Hash},
    strict_json::Value,
};

/// What is mixed into an item's hash, so that nobody can guess the item from it.
pub type Salt = [u8; 32];

/// What keeps these leaves apart from those of every other tree.
const DOMAIN: &[u8] = b"mandate/manifest/1";

/// Items with their salts, under one digest: the root of a Merkle tree (RFC 9162 section 2.1).
///
/// One item can be shown to belong without showing another.
#[derive(Clone, Debug)]
pub struct Manifest {
    leaves: Vec<Hash>,
    salts: Vec<Salt>,
}

impl Manifest {
    /// Takes the items in their order, with the salts they were given.
    ///
    /// # Errors
    /// [`JcsError`] when an item cannot be written canonically.
    pub fn new<'v>(
        items: impl IntoIterator<Item = (&'v Value<'v>, Salt)>,
    ) -> Result<Self, JcsError> {
        let mut manifest = Self {
            leaves: Vec::new(),
            salts: Vec::new(),
        };
        for (item, salt) in items {
            manifest.leaves.push(leaf(item, &salt)?);
            manifest.salts.push(salt);
        }
        Ok(manifest)
    }

    /// Makes a salt for a new item.
    pub fn salt(rng: &mut impl CryptoRng) -> Salt {
        let mut salt = [0; 32];
        rng.fill_bytes(&mut salt);
        salt
    }

    /// Returns the digest over all items.
    pub fn digest(&self) -> Hash {
        merkle::root(&self.leaves)
    }

    /// Returns how many items there are.
    pub const fn len(&self) -> usize {
        self.leaves.len()
    }

    /// Returns whether there is no item.
    pub const fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// Returns an item's salt and its way to the digest.
    pub fn proof(&self, index: usize) -> Option<(Salt, Vec<Hash>)> {
        let path = merkle::inclusion(&self.leaves, index)?;
        Some((*self.salts.get(index)?, path))
    }
}

/// Hashes an item: SHA-256 over the domain, the salt and the SHA-256 of its canonical form, as a leaf.
pub(super) fn leaf(item: &Value<'_>, salt: &Salt) -> Result<Hash, JcsError> {
    let item: Hash = Sha256::digest(jcs::canonicalize(item)?).into();
    Ok(merkle::leaf(&[DOMAIN, salt, &item].concat()))
}
