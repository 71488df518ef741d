//! The verification of a whole log (section "Read (Resolve)").

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{
    DidHistory, Log, PLACEHOLDER, Parameters, Version, WebvhError, address,
    entry::Entry,
    hash,
    keys::{self, Keys},
    witness,
};
use crate::{
    did::{Did, DidDocument, Relationship},
    encoding::{
        jcs,
        strict_json::{self, Limits, Value},
    },
    key::PublicKey,
    proof::data_integrity::{self, Expected, Strictness},
    status::LEEWAY,
    verify::Budget,
};

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
        let mut reader = Reader {
            scid,
            now,
            keys: Keys::default(),
            text: Vec::with_capacity(4096),
            budget,
        };
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
        let Reader {
            mut keys, budget, ..
        } = reader;
        witness::check(&versions, &needed, witness_file, now, &mut keys, budget)?;
        if did.is_some_and(|did| versions.iter().all(|version| version.document.id() != did)) {
            return Err(WebvhError::Other);
        }
        DidHistory::of_verified(scid.to_owned(), versions)
            .ok_or(WebvhError::malformed("it has no entry"))
    }
}

/// What is at hand while the entries are read one after another.
struct Reader<'r> {
    scid: &'r str,
    now: Timestamp,
    keys: Keys,
    /// The canonical text of the entry at hand; kept for its room.
    text: Vec<u8>,
    budget: &'r mut Budget,
}

impl Reader<'_> {
    fn read(
        &mut self,
        number: u64,
        entry: &Entry<'_>,
        before: Option<&Version>,
    ) -> Result<Version, WebvhError> {
        if before.is_some_and(|before| before.parameters.deactivated) {
            return Err(WebvhError::Deactivated { entry: number });
        }
        let entry_hash = check_version_id(number, &entry.version_id)?;
        self.check_time(number, entry, before)?;
        let parameters = Parameters::read(
            number,
            &entry.parameters,
            before.map(|before| &before.parameters),
            &mut self.keys,
        )?;
        // In the order of their names: parameters, state, versionId, versionTime (RFC 8785). What stands
        // before the version's id is hashed once for the three hashes in which only that id differs.
        self.text.clear();
        self.text.extend_from_slice(b"{\"parameters\":");
        jcs::append_object(&entry.parameters, &mut self.text)?;
        self.text.extend_from_slice(b",\"state\":");
        let state_from = self.text.len();
        jcs::append(&entry.state, &mut self.text)?;
        let state = self.text[state_from..].to_vec();
        self.text.extend_from_slice(b",\"versionId\":\"");
        let head = Sha256::new_with_prefix(&self.text);
        let tail = format!("\",\"versionTime\":\"{}\"}}", entry.time_text);
        let hash_with = |version_id: &str| -> [u8; 32] {
            let mut hash = head.clone();
            hash.update(version_id);
            hash.update(&tail);
            hash.finalize().into()
        };
        if before.is_none() {
            self.check_scid(&tail)?;
        }
        let previous_id = before.map_or(self.scid, |before| before.version_id.as_str());
        if hash::multihash(&hash_with(previous_id)) != entry_hash {
            return Err(WebvhError::EntryHash { entry: number });
        }
        let authority = match before {
            Some(before) if !before.parameters.has_pre_rotation() => &before.parameters,
            _ => &parameters,
        };
        self.check_proofs(number, entry, &hash_with(&entry.version_id), authority)?;
        let document = self.read_state(number, entry, before, &parameters)?;
        Ok(Version {
            number,
            version_id: entry.version_id.clone().into_owned(),
            version_time: entry.time,
            update_keys: self.control_keys(number, &parameters)?,
            parameters,
            document,
            // JSON is UTF-8, and its canonical form has been made from text.
            document_json: String::from_utf8(state)
                .map_err(|_| WebvhError::malformed("a state is not UTF-8"))?,
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
    fn check_scid(&self, tail: &str) -> Result<(), WebvhError> {
        let text = std::str::from_utf8(&self.text).map_err(|_| WebvhError::Scid)?;
        if text.contains(PLACEHOLDER) {
            return Err(WebvhError::Scid);
        }
        let text = format!("{text}{}{tail}", self.scid).replace(self.scid, PLACEHOLDER);
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
        authority: &Parameters,
    ) -> Result<(), WebvhError> {
        for proof in &entry.proofs {
            self.budget.spend_signature()?;
            let method = proof.get("verificationMethod").and_then(Value::as_str);
            let named = method.and_then(keys::of_method);
            let (Some(proof), Some(named)) = (proof.as_object(), named) else {
                return Err(WebvhError::Proof {
                    entry: number,
                    reason: "its verificationMethod is not did:key:X#X".to_owned(),
                });
            };
            let unauthorised = WebvhError::Unauthorised { entry: number };
            if !authority.update_keys.iter().any(|key| key == named) {
                return Err(unauthorised);
            }
            let key = self.keys.read_ed25519(named).ok_or(unauthorised)?;
            data_integrity::verify_hashed(signed, proof, &key, &expected(self.now))
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
        entry: &Entry<'_>,
        before: Option<&Version>,
        parameters: &Parameters,
    ) -> Result<DidDocument, WebvhError> {
        let document = DidDocument::read(&entry.state, &mut |key| self.keys.read(key))?;
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
            let known_as = entry.state.get("alsoKnownAs").and_then(Value::as_array);
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

/// What is expected of every proof of a log.
pub(super) const fn expected(now: Timestamp) -> Expected<'static> {
    Expected {
        strictness: Strictness::W3c,
        ..Expected::mandate(Relationship::AssertionMethod, now)
    }
}
