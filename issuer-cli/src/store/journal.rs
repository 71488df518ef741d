//! The journal: a chain of hashes over everything that was done, with a signed head beside the store.
//!
//! Each entry names the hash of the one before. The head says how far the journal had come when the
//! last change was acknowledged, so that a journal cut short shows (`journal.truncated`).

use identity_core::{
    did::{self, Did, LocalResolver, Relationship},
    encoding::{
        base64url, jcs,
        strict_json::{self, Limits, Value},
    },
    key::{PublicKey, Signer},
    proof::jose::{Header, Jws, Unsigned},
    status::Instant,
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{Batch, Family, Store, StoreError};

const TYP: &str = "mandate-journal-head+jwt";

/// One entry, as it is listed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// Its number, from 1.
    pub seq: u64,
    /// When.
    pub at: String,
    /// What was done, such as `credential.issued`.
    pub kind: String,
    /// To what; no personal data beyond ids.
    pub body: serde_json::Value,
    /// The hash of the entry before, base64url.
    pub prev: String,
    /// Who did it: an officer's id, or `machine`; absent while there are no officers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The version of the officer policy in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<u64>,
    /// The signature of who did it, base64url, on the last entry of what was written together: the
    /// chain covers the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// The hash of this entry, base64url.
    pub hash: String,
}

/// How far the journal has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a number and a hash, complete")]
pub struct Head {
    /// The number of the last entry; 0 before the first.
    pub seq: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// Who writes, where there are officers.
#[derive(Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "complete")]
#[expect(missing_debug_implementations, reason = "it borrows a key")]
pub struct Author<'a> {
    /// An officer's id, or [`MACHINE`].
    pub by: &'a str,
    /// The version of the officer policy in force.
    pub policy: u64,
    /// The DID of the issuer: what is signed counts in its house alone.
    pub home: &'a Did,
    /// The key.
    pub signer: &'a dyn Signer,
}

/// Who publishes unattended.
pub const MACHINE: &str = "machine";

/// What keeps these signatures apart from every other of the same key.
const DOMAIN: &str = "mandate-journal-entry/1";

/// What verifying a journal found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// How many entries there are.
    pub entries: u64,
}

/// The end of the journal, to which entries are added.
#[derive(Clone, Copy, Debug)]
pub struct Journal(Head);

impl Journal {
    /// Finds the end of the journal in a store.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read, or ends before the acknowledged head.
    pub fn open(store: &impl Store, acknowledged: Option<Head>) -> Result<Self, StoreError> {
        let head = match store.last(Family::Journal)? {
            None => Head::BEGINNING,
            Some((key, value)) => Head {
                seq: number(&key)?,
                hash: Sha256::digest(&value).into(),
            },
        };
        if let Some(expected) = acknowledged {
            check_head(store, head, expected)?;
        }
        Ok(Self(head))
    }

    /// Adds an entry to the changes about to be written.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the body cannot be written canonically.
    pub fn append(
        &mut self,
        batch: &mut Batch,
        at: Instant,
        kind: &str,
        body: &serde_json::Value,
    ) -> Result<(), StoreError> {
        let entry = self.next(at, kind, body);
        self.put(batch, &entry)
    }

    /// Adds entries that one author writes together; the last of them is signed.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when a body cannot be written canonically, or the key could not sign.
    pub fn append_signed(
        &mut self,
        batch: &mut Batch,
        at: Instant,
        entries: &[(&str, &serde_json::Value)],
        author: &Author<'_>,
    ) -> Result<(), StoreError> {
        for (number, (kind, body)) in entries.iter().enumerate() {
            let mut entry = self.next(at, kind, body);
            entry.by = Some(author.by.to_owned());
            entry.policy = Some(author.policy);
            if number + 1 == entries.len() {
                let message = entry.message(author.home)?;
                let signature = author.signer.try_sign(&message);
                let signature = signature.map_err(StoreError::failed)?;
                entry.signature = Some(base64url::encode(signature.as_bytes()));
            }
            self.put(batch, &entry)?;
        }
        Ok(())
    }

    fn next(&self, at: Instant, kind: &str, body: &serde_json::Value) -> Entry {
        Entry {
            seq: self.0.seq + 1,
            at: at.to_string(),
            kind: kind.to_owned(),
            body: body.clone(),
            prev: base64url::encode(&self.0.hash),
            by: None,
            policy: None,
            signature: None,
            hash: String::new(),
        }
    }

    fn put(&mut self, batch: &mut Batch, entry: &Entry) -> Result<(), StoreError> {
        let bytes = jcs::canonicalize(&entry.to_value()).map_err(StoreError::failed)?;
        let hash = Sha256::digest(&bytes).into();
        batch.put_bytes(Family::Journal, &entry.seq.to_be_bytes(), bytes);
        self.0 = Head {
            seq: entry.seq,
            hash,
        };
        Ok(())
    }

    /// Returns the end.
    pub const fn head(&self) -> Head {
        self.0
    }
}

impl Entry {
    fn to_value(&self) -> Value<'static> {
        let mut members = vec![
            ("seq", Value::from(self.seq)),
            ("at", self.at.clone().into()),
            ("kind", self.kind.clone().into()),
            ("body", Value::from_serde(&self.body)),
            ("prev", self.prev.clone().into()),
        ];
        members.extend(self.by.clone().map(|by| ("by", by.into())));
        members.extend(self.policy.map(|policy| ("policy", policy.into())));
        let signature = self.signature.clone();
        members.extend(signature.map(|signature| ("signature", signature.into())));
        Value::object(members)
    }

    /// Returns the bytes that its author signs.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when it cannot be written canonically.
    pub fn message(&self, home: &Did) -> Result<Vec<u8>, StoreError> {
        let mut unsigned = self.clone();
        unsigned.signature = None;
        let bytes = jcs::canonicalize(&unsigned.to_value()).map_err(StoreError::failed)?;
        Ok([format!("{DOMAIN}\n{home}\n").as_bytes(), &bytes].concat())
    }
}

/// Returns the last entry.
///
/// # Errors
/// [`StoreError`] when the store cannot be read, or the entry is not what was written.
pub fn last_entry(store: &impl Store) -> Result<Option<Entry>, StoreError> {
    let Some((key, value)) = store.last(Family::Journal)? else {
        return Ok(None);
    };
    let seq = number(&key)?;
    let entry = read_entry(&value).filter(|entry| entry.seq == seq);
    entry.map(Some).ok_or(StoreError::Journal {
        seq,
        reason: "it is not what was written",
    })
}

impl Head {
    /// Where a journal without entries stands.
    pub const BEGINNING: Self = Self {
        seq: 0,
        hash: [0; 32],
    };

    /// Signs the head.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the key could not sign.
    pub fn sign(&self, signer: &impl Signer) -> Result<String, StoreError> {
        let payload = Value::object([
            ("seq", Value::from(self.seq)),
            ("hash", base64url::encode(&self.hash).into()),
        ]);
        let payload = jcs::canonicalize(&payload).map_err(StoreError::failed)?;
        let did = did::key::create(signer.public_key());
        let kid = did
            .with_fragment(did.specific_id())
            .map_err(StoreError::failed)?;
        let header = Header::with_kid(signer.public_key().algorithm(), TYP, &kid);
        Unsigned::new(&header, &payload)
            .sign(signer)
            .map_err(StoreError::failed)
    }

    /// Opens a signed head.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it was not signed by this key.
    pub fn open(text: &str, key: &PublicKey) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged {
            what: "the journal's head is not the one that was signed".to_owned(),
        };
        let jws = Jws::parse(text.trim_end()).map_err(|_| damaged())?;
        let (signer, payload) = jws
            .expect_type(TYP)
            .and_then(|jws| jws.verify(&LocalResolver::new(), Relationship::AssertionMethod))
            .map_err(|_| damaged())?;
        if signer.key() != key {
            return Err(damaged());
        }
        let payload = strict_json::parse(payload, &Limits::small()).map_err(|_| damaged())?;
        let seq = payload.get("seq").and_then(Value::as_u64);
        let hash = payload.get("hash").and_then(Value::as_str);
        let hash = hash.and_then(|hash| base64url::decode(hash).ok());
        let hash = hash.and_then(|hash| hash.as_slice().try_into().ok());
        Ok(Self {
            seq: seq.ok_or_else(damaged)?,
            hash: hash.ok_or_else(damaged)?,
        })
    }
}

/// Recomputes the whole chain and visits each entry.
///
/// # Errors
/// [`StoreError::Journal`] at the first entry that does not fit, [`StoreError::Truncated`] when the
/// journal ends before the acknowledged head.
pub fn verify(
    store: &impl Store,
    acknowledged: Option<Head>,
    mut visit: impl FnMut(&Entry) -> Result<(), StoreError>,
) -> Result<Summary, StoreError> {
    let mut last = Head::BEGINNING;
    store.visit(Family::Journal, &mut |key, value| {
        let seq = number(key)?;
        let refused = |reason| StoreError::Journal { seq, reason };
        if seq != last.seq + 1 {
            return Err(refused("an entry is missing before it"));
        }
        let entry = read_entry(value).ok_or_else(|| refused("it is not what was written"))?;
        if entry.seq != seq {
            return Err(refused("its number is another"));
        }
        if entry.prev != base64url::encode(&last.hash) {
            return Err(refused("the entry before it was changed"));
        }
        last = Head {
            seq,
            hash: Sha256::digest(value).into(),
        };
        visit(&entry)
    })?;
    if let Some(expected) = acknowledged {
        check_head(store, last, expected)?;
    }
    Ok(Summary { entries: last.seq })
}

fn check_head(store: &impl Store, last: Head, expected: Head) -> Result<(), StoreError> {
    if last.seq < expected.seq {
        return Err(StoreError::Truncated {
            found: last.seq,
            expected: expected.seq,
        });
    }
    if expected.seq == 0 {
        return Ok(());
    }
    let entry = store.get(Family::Journal, &expected.seq.to_be_bytes())?;
    let hash = entry.map(|entry| <[u8; 32]>::from(Sha256::digest(&entry)));
    if hash == Some(expected.hash) {
        return Ok(());
    }
    Err(StoreError::Journal {
        seq: expected.seq,
        reason: "it is not the entry that was acknowledged",
    })
}

fn read_entry(bytes: &[u8]) -> Option<Entry> {
    let value = strict_json::parse(bytes, &Limits::small()).ok()?;
    let text = |name| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let canonical = jcs::canonicalize(&value).ok()?;
    (canonical == bytes).then_some(())?;
    Some(Entry {
        seq: value.get("seq")?.as_u64()?,
        at: text("at")?,
        kind: text("kind")?,
        body: value.get("body")?.to_serde(),
        prev: text("prev")?,
        by: text("by"),
        policy: value.get("policy").and_then(Value::as_u64),
        signature: text("signature"),
        hash: base64url::encode(&Sha256::digest(bytes)),
    })
}

fn number(key: &[u8]) -> Result<u64, StoreError> {
    let bytes = key.try_into().map_err(|_| StoreError::Damaged {
        what: "a number in the journal".to_owned(),
    })?;
    Ok(u64::from_be_bytes(bytes))
}
