//! The journal: a chain of hashes over everything that was done, with a signed head beside the store.
//!
//! Each entry names the hash of the one before. The head says how far the journal had come when the
//! last change was acknowledged, so that a journal cut short shows (`journal.truncated`).

use identity_core::{
    did::{self, LocalResolver, Relationship},
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
        let seq = self.0.seq + 1;
        let entry = Value::object([
            ("seq", Value::from(seq)),
            ("at", at.to_string().into()),
            ("kind", kind.to_owned().into()),
            ("body", Value::from_serde(body)),
            ("prev", base64url::encode(&self.0.hash).into()),
        ]);
        let bytes = jcs::canonicalize(&entry).map_err(StoreError::failed)?;
        let hash = Sha256::digest(&bytes).into();
        batch.put_bytes(Family::Journal, &seq.to_be_bytes(), bytes);
        self.0 = Head { seq, hash };
        Ok(())
    }

    /// Returns the end.
    pub const fn head(&self) -> Head {
        self.0
    }
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
        hash: base64url::encode(&Sha256::digest(bytes)),
    })
}

fn number(key: &[u8]) -> Result<u64, StoreError> {
    let bytes = key.try_into().map_err(|_| StoreError::Damaged {
        what: "a number in the journal".to_owned(),
    })?;
    Ok(u64::from_be_bytes(bytes))
}
