//! Witnesses and their proofs (section "DID Witnesses").

use std::collections::HashMap;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{
    Version, WebvhError,
    keys::Keys,
    proof::{Unproven, expected, named_key},
    reader::Reader,
    witness_file,
};
use crate::{
    encoding::strict_json::{self, Limits, Value},
    key::Signer,
    proof::data_integrity,
};

/// Most witnesses of one list.
const MOST: usize = 64;

/// Who witnesses entries, and how many of them must (section "The `witness` Parameter").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnesses {
    threshold: usize,
    keys: Vec<String>,
}

impl Witnesses {
    /// Names witnesses by the multikeys of their did:key DIDs.
    ///
    /// # Errors
    /// [`WebvhError::Parameter`] when a key stands there twice or is no Ed25519 key, or the threshold
    /// is zero or larger than their number.
    pub fn new(threshold: usize, keys: Vec<String>) -> Result<Self, WebvhError> {
        let named = Self { threshold, keys };
        let checked = named.check(&mut Keys::default());
        checked.map_err(|reason| WebvhError::Parameter {
            entry: 0,
            name: "witness",
            reason,
        })?;
        Ok(named)
    }

    /// Returns how many of them must sign.
    pub const fn threshold(&self) -> usize {
        self.threshold
    }

    /// Returns their multikeys.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Writes the parameter.
    pub(super) fn to_value(&self) -> Value<'static> {
        let threshold = u64::try_from(self.threshold).unwrap_or(u64::MAX);
        let named = self.keys.iter();
        let named = named.map(|key| Value::object([("id", format!("did:key:{key}"))]));
        Value::object([
            ("threshold", Value::from(threshold)),
            ("witnesses", Value::array(named)),
        ])
    }

    fn check(&self, keys: &mut Keys) -> Result<(), &'static str> {
        if self.keys.is_empty() || self.keys.len() > MOST {
            return Err("names no witness, or more than 64");
        }
        if self.threshold == 0 || self.threshold > self.keys.len() {
            return Err("has a threshold that is no number from 1 to that of its witnesses");
        }
        let is_twice = |(nth, key): (usize, &String)| self.keys[..nth].contains(key);
        if self.keys.iter().enumerate().any(is_twice) {
            return Err("names a witness twice");
        }
        if self.keys.iter().any(|key| keys.read_ed25519(key).is_none()) {
            return Err("names a witness that is no did:key of an Ed25519 key");
        }
        Ok(())
    }
}

/// Reads the parameter; an empty object is nobody.
///
/// A witness is named by its did:key. One writer leaves `did:key:` away; both forms name one key, and
/// so one witness.
pub(super) fn read_list(
    value: &Value<'_>,
    keys: &mut Keys,
) -> Result<Option<Witnesses>, &'static str> {
    let object = value.as_object().ok_or("is no object")?;
    if object.is_empty() {
        return Ok(None);
    }
    if object
        .iter()
        .any(|(name, _)| name != "threshold" && name != "witnesses")
    {
        return Err("has a member that is not its own");
    }
    let threshold = object.get("threshold").and_then(Value::as_u64);
    let threshold = threshold.and_then(|n| usize::try_from(n).ok());
    let listed = object.get("witnesses").and_then(Value::as_array);
    let listed = listed.ok_or("names no witnesses")?;
    let mut named = Vec::with_capacity(listed.len().min(MOST));
    for witness in listed {
        let witness = witness.as_object().ok_or("names a witness by no object")?;
        let id = witness.get("id").and_then(Value::as_str);
        let id = id.filter(|_| witness.len() == 1);
        let id = id.ok_or("names a witness by something other than an id")?;
        named.push(id.strip_prefix("did:key:").unwrap_or(id).to_owned());
    }
    let read = Witnesses {
        threshold: threshold.ok_or("has no threshold")?,
        keys: named,
    };
    read.check(keys)?;
    Ok(Some(read))
}

/// Checks that every entry that needs witnesses has enough of them.
///
/// `needed` has, for each version, the list that is in force for it. A proof counts for its own entry
/// and every earlier one, once it has been verified and its entry stands in this log; proofs of entries
/// that are still to be published, of strangers and those that do not verify count for nothing.
pub(super) fn check(
    versions: &[Version],
    needed: &[Option<Witnesses>],
    file: Option<&[u8]>,
    reader: &mut Reader<'_>,
) -> Result<(), WebvhError> {
    if needed.iter().all(Option::is_none) {
        return Ok(());
    }
    let latest = match file {
        Some(json) => latest_verified(versions, needed, json, reader)?,
        None => HashMap::new(),
    };
    for ((nth, version), list) in versions.iter().enumerate().zip(needed) {
        let Some(list) = list else { continue };
        let covers = |key: &&String| latest.get(key.as_str()).is_some_and(|last| *last >= nth);
        let found = list.keys.iter().filter(covers).count();
        if found < list.threshold {
            return Err(WebvhError::Witnesses {
                entry: version.number,
                found,
                needed: list.threshold,
            });
        }
    }
    Ok(())
}

/// Returns, for each witness, the place of the latest entry of this log that it has a good proof for.
fn latest_verified(
    versions: &[Version],
    needed: &[Option<Witnesses>],
    json: &[u8],
    reader: &mut Reader<'_>,
) -> Result<HashMap<String, usize>, WebvhError> {
    reader.budget.spend_bytes(json.len())?;
    let file = strict_json::parse(json, &Limits::large())?;
    let places: HashMap<&str, usize> = versions
        .iter()
        .enumerate()
        .map(|(nth, version)| (version.version_id.as_str(), nth))
        .collect();
    let found = witness_file::records(&file)?.into_iter();
    let published = found.filter_map(|(id, proof)| Some((*places.get(id)?, proof)));
    let mut found: Vec<(usize, &Value<'_>)> = published.collect();
    // The latest first: one good proof of a witness makes its earlier ones needless.
    found.sort_by(|(a, _), (b, _)| b.cmp(a));
    let mut latest: HashMap<String, usize> = HashMap::new();
    for (nth, proof) in found {
        let method = proof.get("verificationMethod").and_then(Value::as_str);
        let Some(witness) = method.and_then(named_key) else {
            continue;
        };
        let is_named = needed
            .iter()
            .flatten()
            .any(|list| list.keys.iter().any(|key| key == witness));
        let (Some(proof), true) = (proof.as_object(), is_named) else {
            continue;
        };
        if latest.contains_key(witness) {
            continue;
        }
        let Some(key) = reader.keys.read_ed25519(witness) else {
            continue;
        };
        reader.budget.spend_signature()?;
        let hash = signed_hash(&versions[nth].version_id);
        if data_integrity::verify_hashed(&hash, proof, &key, &expected(reader.now)).is_ok() {
            latest.insert(witness.to_owned(), nth);
        }
    }
    Ok(latest)
}

/// Signs an entry as a witness: a proof for `did-witness.json` that covers this entry and every
/// earlier one. What a witness must have checked before, [`Log::verify`](super::Log::verify) checks.
///
/// # Errors
/// [`WebvhError`] when the key is no Ed25519 key, or could not sign.
pub fn witness_proof(
    version_id: &str,
    signer: &(impl Signer + ?Sized),
    created: Timestamp,
) -> Result<Value<'static>, WebvhError> {
    Unproven::new(signed_hash(version_id), signer.public_key(), created)?.sign(signer)
}

/// Returns the hash of what a witness signs: an object with the `versionId` alone.
pub(super) fn signed_hash(version_id: &str) -> [u8; 32] {
    // A version id that has been verified has no character that JSON would escape.
    Sha256::digest(format!("{{\"versionId\":\"{version_id}\"}}")).into()
}
