//! The verification of a whole log (section "Read (Resolve)").

use jiff::Timestamp;

use super::{DidHistory, Log, Version, WebvhError, hash, reader::Reader, witness};
use crate::{did::Did, encoding::strict_json::Value, verify::Budget};

impl Log<'_> {
    /// Verifies the log as a whole: identifier, hashes, times, parameters, announced keys, signatures,
    /// moves, deactivation and witnesses.
    ///
    /// `did` is the DID that was asked for: the log's own, or one that it had before it moved. `now` is
    /// the clock of whoever reads; no entry may be later than five minutes behind it.
    ///
    /// # Errors
    /// [`WebvhError`] for the first entry that is refused. There is no verifying up to there: what a
    /// reader has seen once, a shorter log must not take away.
    pub fn verify(
        &self,
        did: Option<&Did>,
        witness_file: Option<&[u8]>,
        now: Timestamp,
        budget: &mut Budget,
    ) -> Result<DidHistory, WebvhError> {
        let first = self.entries.first();
        let first = first.ok_or(WebvhError::malformed("it has no entry"))?;
        let scid = first.parameters.get("scid").and_then(Value::as_str);
        let scid = scid.filter(|scid| hash::is_hash(scid));
        let scid = scid.ok_or(WebvhError::Scid)?;
        let mut reader = Reader::new(scid, now, budget);
        let mut versions: Vec<Version> = Vec::with_capacity(self.entries.len());
        let mut needed = Vec::with_capacity(self.entries.len());
        for (number, entry) in (1..).zip(&self.entries) {
            let before = versions.last();
            let version = reader.read(number, entry, before)?;
            // A new list takes effect behind the entry that brings it, unless there was none.
            let in_force = before.and_then(|before| before.parameters.witness.as_ref());
            needed.push(in_force.or(version.parameters.witness.as_ref()).cloned());
            versions.push(version);
        }
        witness::check(&versions, &needed, witness_file, &mut reader)?;
        if did.is_some_and(|did| versions.iter().all(|version| version.document.id() != did)) {
            return Err(WebvhError::Other);
        }
        DidHistory::of_verified(scid.to_owned(), versions)
            .ok_or(WebvhError::malformed("it has no entry"))
    }
}
