//! The verification of a whole log (section "Read (Resolve)").

use jiff::Timestamp;

use super::{
    DidHistory, Log, Version, WebvhError,
    entry::{Entry, Line},
    reader::Reader,
    witness,
};
use crate::{did::Did, verify::Budget};

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
        let mut reader = Reader::new(now, budget);
        let lines = self.lines();
        let mut versions: Vec<Version> = Vec::with_capacity(lines.len());
        let mut needed = Vec::with_capacity(lines.len());
        for (number, text) in (1..).zip(lines.iter().copied()) {
            let before = versions.last();
            let whole = Line::whole(text);
            let line = match before {
                Some(before) => Line::shortened(text, &before.document_json),
                None => Line::whole(text),
            };
            let mut entry = Entry::read(number, &line)?;
            if line.lost_another(&entry) {
                entry = Entry::read(number, &whole)?;
            }
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
        DidHistory::of_verified(reader.scid, versions)
            .ok_or(WebvhError::malformed("it has no entry"))
    }
}
