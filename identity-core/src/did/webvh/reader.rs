//! The verification of one entry (section "Read (Resolve)", steps 1 to 8).

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    PLACEHOLDER, Parameters, Version, WebvhError, address,
    canonical::{self, Canonical},
    entry::Entry,
    hash,
    keys::Keys,
    proof::{expected, named_key},
};
use crate::{
    did::DidDocument,
    encoding::{
        jcs,
        strict_json::{self, Limits, Value},
    },
    key::PublicKey,
    proof::data_integrity,
    status::LEEWAY,
    verify::Budget,
};

/// The keys of which one must sign: their multikeys, and the keys themselves.
struct Authority<'k>(&'k [String], &'k [PublicKey]);

impl<'k> Authority<'k> {
    fn find(&self, multikey: &str) -> Option<&'k PublicKey> {
        let mut named = self.0.iter().zip(self.1);
        let (_, key) = named.find(|(name, _)| *name == multikey)?;
        Some(key)
    }
}

/// What is at hand while the entries are read one after another.
pub(super) struct Reader<'r> {
    /// The DID's identifier; the first entry says it.
    pub(super) scid: String,
    pub(super) now: Timestamp,
    pub(super) keys: Keys,
    pub(super) budget: &'r mut Budget,
}

impl<'r> Reader<'r> {
    pub(super) fn new(now: Timestamp, budget: &'r mut Budget) -> Self {
        Self {
            scid: String::new(),
            now,
            keys: Keys::default(),
            budget,
        }
    }

    /// Verifies one entry behind the version before it, all but its witnesses.
    pub(super) fn read(
        &mut self,
        number: u64,
        entry: Entry<'_>,
        before: Option<&Version>,
    ) -> Result<Version, WebvhError> {
        if before.is_none() {
            let scid = entry.parameters.get("scid").and_then(Value::as_str);
            let scid = scid.filter(|scid| hash::is_hash(scid));
            scid.ok_or(WebvhError::Scid)?.clone_into(&mut self.scid);
        }
        if before.is_some_and(|before| before.parameters.deactivated) {
            return Err(WebvhError::Deactivated { entry: number });
        }
        let entry_hash = check_version_id(number, &entry.version_id)?;
        self.check_time(number, &entry, before)?;
        let parameters = Parameters::read(
            number,
            &entry.parameters,
            before.map(|before| &before.parameters),
            &mut self.keys,
        )?;
        let document_json: Arc<str> = match (&entry.state, before) {
            (Some(state), _) => canonical::text(state)?.into(),
            (None, Some(before)) => Arc::clone(&before.document_json),
            (None, None) => return Err(WebvhError::malformed("an entry has no state")),
        };
        let canonical = Canonical::new(
            &entry.parameters,
            Arc::clone(&document_json),
            &entry.time_text,
        )?;
        if before.is_none() {
            self.check_scid(&canonical)?;
        }
        let previous_id = before.map_or(self.scid.as_str(), |before| before.version_id.as_str());
        if hash::multihash(&canonical.hash(previous_id)) != entry_hash {
            return Err(WebvhError::EntryHash { entry: number });
        }
        let update_keys = self.control_keys(number, &parameters)?;
        let authority = match before {
            Some(before) if !before.parameters.has_pre_rotation() => {
                Authority(&before.parameters.update_keys, &before.update_keys)
            }
            _ => Authority(&parameters.update_keys, &update_keys),
        };
        self.check_proofs(
            number,
            &entry,
            &canonical.hash(&entry.version_id),
            &authority,
        )?;
        let document = match (&entry.state, before) {
            (None, Some(before)) => before.document.clone(),
            (Some(state), _) => self.read_state(number, state, before, &parameters)?,
            (None, None) => return Err(WebvhError::malformed("an entry has no state")),
        };
        Ok(Version {
            number,
            version_id: entry.version_id.into_owned(),
            version_time: entry.time,
            update_keys,
            parameters,
            document,
            document_json,
        })
    }

    fn check_time(
        &self,
        number: u64,
        entry: &Entry<'_>,
        before: Option<&Version>,
    ) -> Result<(), WebvhError> {
        let bad = |reason| WebvhError::Time {
            entry: number,
            reason,
        };
        if before.is_some_and(|before| entry.time <= before.version_time) {
            return Err(bad("is not later than that of the entry before"));
        }
        if entry.time.duration_since(self.now) > LEEWAY {
            return Err(bad("lies in the future"));
        }
        Ok(())
    }

    /// Checks that the identifier is the hash of the first entry, in which it stands for itself by a
    /// placeholder (section "Verify SCID").
    ///
    /// The placeholder must not stand there from the start: two first entries would have one hash.
    fn check_scid(&self, canonical: &Canonical) -> Result<(), WebvhError> {
        let text = canonical.text(&self.scid);
        if text.contains(PLACEHOLDER) {
            return Err(WebvhError::Scid);
        }
        let text = text.replace(&self.scid, PLACEHOLDER);
        // With the placeholder in it, a member's name may belong elsewhere in the order.
        let entry = strict_json::parse(text.as_bytes(), &Limits::small())?;
        if hash::of(&jcs::canonicalize(&entry)?) == self.scid {
            Ok(())
        } else {
            Err(WebvhError::Scid)
        }
    }

    /// Checks every proof: each must be good, and made with a key that controls the DID.
    fn check_proofs(
        &mut self,
        number: u64,
        entry: &Entry<'_>,
        signed: &[u8; 32],
        authority: &Authority<'_>,
    ) -> Result<(), WebvhError> {
        for proof in &entry.proofs {
            self.budget.spend_signature()?;
            let method = proof.get("verificationMethod").and_then(Value::as_str);
            let named = method.and_then(named_key);
            let (Some(proof), Some(named)) = (proof.as_object(), named) else {
                return Err(WebvhError::Proof {
                    entry: number,
                    reason: "its verificationMethod is not did:key:X#X".to_owned(),
                });
            };
            let key = authority.find(named);
            let key = key.ok_or(WebvhError::Unauthorised { entry: number })?;
            data_integrity::verify_hashed(signed, proof, key, &expected(self.now))
                .map_err(|error| WebvhError::of_proof(number, &error))?;
        }
        Ok(())
    }

    fn control_keys(
        &mut self,
        number: u64,
        parameters: &Parameters,
    ) -> Result<Vec<PublicKey>, WebvhError> {
        let keys = parameters.update_keys.iter();
        let keys = keys.map(|key| self.keys.read_ed25519(key));
        keys.collect::<Option<_>>().ok_or(WebvhError::Parameter {
            entry: number,
            name: "updateKeys",
            reason: "names a key that is no Ed25519 multikey",
        })
    }

    /// Reads the document, and checks that it is this DID's and that it may stand at its address.
    fn read_state(
        &mut self,
        number: u64,
        state: &Value<'_>,
        before: Option<&Version>,
        parameters: &Parameters,
    ) -> Result<DidDocument, WebvhError> {
        let document = DidDocument::read(state, &mut |key| self.keys.read(key))?;
        let did = document.id();
        let former = before.map(|before| before.document.id());
        if former == Some(did) {
            return Ok(document);
        }
        if address::parts(did)?.0 != self.scid {
            return Err(WebvhError::Other);
        }
        address::url(did)?;
        if let Some(former) = former {
            let moved = |reason| WebvhError::Moved {
                entry: number,
                reason,
            };
            if !parameters.portable {
                return Err(moved("it is not portable"));
            }
            let known_as = state.get("alsoKnownAs").and_then(Value::as_array);
            let names = |name: &Value<'_>| name.as_str() == Some(former.as_str());
            if !known_as.is_some_and(|known_as| known_as.iter().any(names)) {
                return Err(moved("alsoKnownAs does not name the former DID"));
            }
        }
        Ok(document)
    }
}

/// Checks `N-hash` for this place, and returns the hash.
fn check_version_id(number: u64, id: &str) -> Result<&str, WebvhError> {
    let (written, entry_hash) = id
        .split_once('-')
        .ok_or(WebvhError::Version { entry: number })?;
    if written != number.to_string() {
        return Err(WebvhError::Version { entry: number });
    }
    if !hash::is_hash(entry_hash) {
        return Err(WebvhError::EntryHash { entry: number });
    }
    Ok(entry_hash)
}
