//! Proofs: JOSE, SD-JWT and Data Integrity, and the enveloping proofs of the W3C.

pub mod data_integrity;
pub mod enveloping;
pub mod jose;
pub mod sd_jwt;

use crate::{
    did::{Did, DidUrl},
    key::PublicKey,
};

/// The DID whose key made a signature that verified.
///
/// Trust is decided on this and never on a claimed `iss` or `issuer`: only the verification of a
/// signature makes one, so whoever holds one need not ask whether it was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignerDid {
    method: DidUrl,
    key: PublicKey,
}

impl SignerDid {
    /// States that a signature by this key was verified.
    ///
    /// To be called in the line after the verification, and nowhere else: searching for this name
    /// finds every place where such a claim is made.
    pub(crate) const fn assertion(method: DidUrl, key: PublicKey) -> Self {
        Self { method, key }
    }

    /// Returns the DID.
    pub const fn did(&self) -> &Did {
        self.method.did()
    }

    /// Returns the verification method.
    pub const fn method(&self) -> &DidUrl {
        &self.method
    }

    /// Returns the key.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }
}
