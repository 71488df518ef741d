//! The file `did-witness.json` as its DID's controller keeps it (section "The Witness Proofs File").

use super::{DidHistory, WebvhError, proof::named_key};
use crate::encoding::{
    jcs,
    strict_json::{self, Limits, Value},
};

/// The witnesses' proofs that are published beside a log. None of them is verified here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WitnessFile(Vec<(String, Value<'static>)>);

impl WitnessFile {
    /// A file without proofs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`WebvhError`] when it is not strict JSON, or a record has not its two members.
    pub fn parse(json: &[u8]) -> Result<Self, WebvhError> {
        let read = strict_json::parse(json, &Limits::small())?;
        let mut file = Self::new();
        for (version_id, proof) in records(&read)? {
            file.0
                .push((version_id.to_owned(), proof.clone().into_owned()));
        }
        Ok(file)
    }

    /// Puts in a proof by a witness for this version. It has to stand there before the entry is
    /// published.
    pub fn add(&mut self, version_id: &str, proof: Value<'static>) {
        let new = (version_id.to_owned(), proof);
        if !self.0.contains(&new) {
            self.0.push(new);
        }
    }

    /// Takes out every proof that a later one by the same witness makes needless; those for entries that
    /// are still to be published stay.
    pub fn prune(&mut self, published: &DidHistory) {
        let number = |id: &str| published.version(id).map(|version| version.number);
        let witness = |proof: &Value<'_>| {
            let method = proof.get("verificationMethod").and_then(Value::as_str);
            method.and_then(named_key).map(str::to_owned)
        };
        let known: Vec<_> = self
            .0
            .iter()
            .map(|(id, proof)| (number(id), witness(proof)))
            .collect();
        let mut nth = 0;
        self.0.retain(|_| {
            let (own, by) = &known[nth];
            nth += 1;
            own.is_none() || !known.iter().any(|(other, who)| who == by && other > own)
        });
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`WebvhError`] when a proof cannot be written.
    pub fn to_json(&self) -> Result<String, WebvhError> {
        let mut records: Vec<(&str, Vec<Value<'static>>)> = Vec::new();
        for (id, proof) in &self.0 {
            match records.iter_mut().find(|(known, _)| known == id) {
                Some((_, proofs)) => proofs.push(proof.clone()),
                None => records.push((id, vec![proof.clone()])),
            }
        }
        let records = records.into_iter().map(|(id, proofs)| {
            Value::object([
                ("versionId", Value::from(id.to_owned())),
                ("proof", Value::Array(proofs)),
            ])
        });
        let json = jcs::canonicalize(&Value::array(records))?;
        String::from_utf8(json).map_err(|_| WebvhError::malformed("a proof is not UTF-8"))
    }
}

/// Returns the proofs of the file, each with the `versionId` of its record.
pub(super) fn records<'v, 'a>(
    file: &'v Value<'a>,
) -> Result<Vec<(&'v str, &'v Value<'a>)>, WebvhError> {
    let malformed = WebvhError::malformed;
    let listed = file.as_array();
    let listed = listed.ok_or_else(|| malformed("the witnesses' file is no array"))?;
    let mut found = Vec::new();
    for record in listed {
        let id = record.get("versionId").and_then(Value::as_str);
        let id = id.ok_or_else(|| malformed("a record of the witnesses' file has no versionId"))?;
        let proofs = match record.get("proof") {
            None => &[],
            Some(proofs) => proofs
                .as_array()
                .ok_or_else(|| malformed("the proofs of a witness are no array"))?,
        };
        found.extend(proofs.iter().map(|proof| (id, proof)));
    }
    Ok(found)
}
