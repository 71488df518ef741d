//! An entry that is ready to be signed, and the line that it becomes.

use jiff::Timestamp;

use super::{
    Version, WebvhError, Witnesses,
    canonical::Canonical,
    entry::{Entry, Line},
    proof::Unproven,
    reader::Reader,
};
use crate::{
    did::Did,
    encoding::{jcs, strict_json::Value},
    key::{PublicKey, Signature, Signer},
    verify::Budget,
};

/// An entry that lacks its signature.
#[derive(Debug)]
#[must_use]
pub struct Unsigned {
    pub(super) number: u64,
    pub(super) version_id: String,
    pub(super) did: Did,
    pub(super) controlled_by: Vec<String>,
    pub(super) witnesses: Option<Witnesses>,
    pub(super) time: String,
    pub(super) canonical: Canonical,
    pub(super) scid: String,
    pub(super) before: Option<Version>,
}

/// An entry that is ready to be witnessed, if it has to be, and to be published.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Signed {
    /// The line to append to `did.jsonl`, with its newline.
    pub line: String,
    /// What it says, as a reader of the log will find it.
    pub version: Version,
    /// Who must witness it before it is published.
    pub witnesses: Option<Witnesses>,
}

impl Unsigned {
    /// Returns the DID behind this entry.
    pub const fn did(&self) -> &Did {
        &self.did
    }

    /// Returns the number of the entry, from 1.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Returns the `versionId` of the entry.
    pub fn version_id(&self) -> &str {
        &self.version_id
    }

    /// Returns the multikeys of those keys of which one must sign.
    pub fn controlled_by(&self) -> &[String] {
        &self.controlled_by
    }

    /// Returns the state: the document in canonical JSON.
    pub fn document_json(&self) -> &str {
        self.canonical.state()
    }

    /// Returns the bytes that this key has to sign, for a key that is kept elsewhere.
    ///
    /// # Errors
    /// [`WebvhError`] when the key is no Ed25519 key.
    pub fn to_be_signed(
        &self,
        key: &PublicKey,
        created: Timestamp,
    ) -> Result<[u8; 64], WebvhError> {
        self.unproven(key, created)?.to_be_signed()
    }

    /// Signs.
    ///
    /// # Errors
    /// [`WebvhError::Unauthorised`] when the key does not control the DID, and [`WebvhError`] when it
    /// could not sign or a reader would refuse the entry.
    pub fn sign(
        self,
        signer: &(impl Signer + ?Sized),
        created: Timestamp,
    ) -> Result<Signed, WebvhError> {
        let key = signer.public_key();
        if !self.controlled_by.contains(&key.to_multikey()) {
            return Err(WebvhError::Unauthorised { entry: self.number });
        }
        let proof = self.unproven(key, created)?.sign(signer)?;
        self.with_proof(proof)
    }

    /// Puts in a signature over [`Self::to_be_signed`] that was made elsewhere, with the same key and
    /// instant.
    ///
    /// # Errors
    /// [`WebvhError`] when the signature does not match, or a reader would refuse the entry.
    pub fn complete(
        self,
        key: &PublicKey,
        created: Timestamp,
        signature: &Signature,
    ) -> Result<Signed, WebvhError> {
        let proof = self.unproven(key, created)?.complete(signature);
        self.with_proof(proof)
    }

    fn unproven(&self, key: &PublicKey, created: Timestamp) -> Result<Unproven, WebvhError> {
        Unproven::new(self.canonical.hash(&self.version_id), key, created)
    }

    /// Writes the line, and reads it as every reader will: what is refused is not published.
    fn with_proof(self, proof: Value<'static>) -> Result<Signed, WebvhError> {
        let proof = jcs::canonicalize(&Value::array([proof]))?;
        let proof =
            String::from_utf8(proof).map_err(|_| WebvhError::malformed("a proof is not UTF-8"))?;
        let line = format!(
            "{{\"versionId\":\"{}\",\"versionTime\":\"{}\",\"parameters\":{},\"state\":{},\"proof\":{proof}}}",
            self.version_id,
            self.time,
            self.canonical.parameters(),
            self.canonical.state(),
        );
        let read = Line::whole(&line);
        let entry = Entry::read(self.number, &read)?;
        let mut budget = Budget::did_log();
        let mut reader = Reader::new(entry.time, &mut budget);
        self.scid.clone_into(&mut reader.scid);
        let version = reader.read(self.number, entry, self.before.as_ref())?;
        Ok(Signed {
            line: line + "\n",
            version,
            witnesses: self.witnesses,
        })
    }
}
