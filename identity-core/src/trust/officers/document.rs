//! A policy as it is written: drawn up, signed, and read again.

use jiff::Timestamp;

use super::{MOST_OFFICERS, PolicyError, add_proof};
use crate::{
    did::{self, Did},
    encoding::{
        jcs,
        strict_json::{Object, Value},
    },
    key::{PublicKey, Signer},
    proof::data_integrity::ProofError,
    status::Instant,
};

/// The `schema` of a policy.
pub(super) const SCHEMA: &str = "mandate.officer-policy/1";

/// A person who may sign for the body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "three members, complete")]
pub struct Officer {
    /// The officer's short name in journals: 1 to 32 of `a-z`, `0-9`, `-` and `_`, not beginning with `-`.
    pub id: String,
    /// The officer's key, as a did:key.
    pub did: Did,
    /// What the officer is, such as `registrar`; of the same letters.
    pub roles: Vec<String>,
}

/// What a version of a policy says, before anybody has signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct PolicyDraft {
    /// The DID of the body.
    pub issuer: Did,
    /// 1, and one more with each change.
    pub version: u64,
    /// Raised by one when every sequence number of the body's publications begins anew.
    pub epoch: u64,
    /// How many officers it takes.
    pub threshold: usize,
    /// The officers.
    pub officers: Vec<Officer>,
    /// The keys that may publish without an officer, as did:keys; none for a secretariat, whose DID
    /// document names its status key.
    pub publishing: Vec<Did>,
    /// When it was drawn up; from then on it is in force, until the next one is.
    pub issued_at: Instant,
}

impl PolicyDraft {
    /// Checks what can be checked without a signature.
    ///
    /// # Errors
    /// [`PolicyError::Malformed`].
    pub fn check(&self) -> Result<(), PolicyError> {
        let malformed = |reason| Err(PolicyError::Malformed { reason });
        if self.version == 0 {
            return malformed("versions begin at 1");
        }
        if self.officers.is_empty() || self.officers.len() > MOST_OFFICERS {
            return malformed("it lists no officer, or more than 32");
        }
        if self.publishing.len() > MOST_OFFICERS {
            return malformed("more than 32 keys publish unattended");
        }
        if self.threshold == 0 || self.threshold > self.officers.len() {
            return malformed("its threshold is none that its officers can reach");
        }
        for (at, officer) in self.officers.iter().enumerate() {
            let words = officer.roles.iter().chain([&officer.id]);
            if !words.into_iter().all(|word| is_word(word)) {
                return malformed("an officer's id or role is not of a-z, 0-9, - and _");
            }
            let earlier = &self.officers[..at];
            if earlier.iter().any(|other| other.id == officer.id) {
                return malformed("two officers have one id");
            }
            // By the key, for one key has one did:key: two officers are then two keys.
            if earlier.iter().any(|other| other.did == officer.did) {
                return malformed("two officers have one key");
            }
        }
        for did in self
            .publishing
            .iter()
            .chain(self.officers.iter().map(|o| &o.did))
        {
            key_of(did)?;
        }
        if self
            .officers
            .iter()
            .any(|o| self.publishing.contains(&o.did))
        {
            return malformed("a key that publishes unattended is an officer's");
        }
        Ok(())
    }

    /// Returns the document to be signed.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn document(&self) -> Result<Object<'static>, PolicyError> {
        self.check()?;
        let officers = self.officers.iter().map(|officer| {
            Value::object([
                ("id", Value::from(officer.id.clone())),
                ("did", officer.did.to_string().into()),
                ("roles", Value::array(officer.roles.iter().cloned())),
            ])
        });
        let threshold = u64::try_from(self.threshold).unwrap_or(u64::MAX);
        let mut members = vec![
            ("schema", Value::from(SCHEMA)),
            ("issuer", self.issuer.to_string().into()),
            ("version", self.version.into()),
            ("epoch", self.epoch.into()),
            ("threshold", threshold.into()),
            ("officers", Value::array(officers)),
            ("issuedAt", self.issued_at.to_string().into()),
        ];
        if !self.publishing.is_empty() {
            let publishing = self.publishing.iter().map(Did::to_string);
            members.push(("publishing", Value::array(publishing)));
        }
        match Value::object(members) {
            Value::Object(object) => Ok(object),
            _ => Err(PolicyError::Malformed {
                reason: "it is no object",
            }),
        }
    }

    /// Reads a document, signed or not; its proofs are looked at by [`PolicyChain`](super::PolicyChain)
    /// alone.
    ///
    /// # Errors
    /// [`PolicyError::Malformed`].
    pub fn read(document: &Object<'_>) -> Result<Self, PolicyError> {
        const MEMBERS: [&str; 9] = [
            "schema",
            "issuer",
            "version",
            "epoch",
            "threshold",
            "officers",
            "issuedAt",
            "publishing",
            "proof",
        ];
        let malformed = |reason| PolicyError::Malformed { reason };
        if document.iter().any(|(name, _)| !MEMBERS.contains(&name)) {
            return Err(malformed("it has a member that no policy has"));
        }
        let text = |name| document.get(name).and_then(Value::as_str);
        let number = |name| document.get(name).and_then(Value::as_u64);
        if text("schema") != Some(SCHEMA) {
            return Err(malformed("its schema is not mandate.officer-policy/1"));
        }
        let officers = document.get("officers").and_then(Value::as_array);
        let officers = officers.ok_or_else(|| malformed("it lists no officers"))?;
        let officers = officers.iter().map(read_officer);
        let publishing = match document.get("publishing") {
            None => Vec::new(),
            Some(listed) => texts(listed)
                .filter(|listed| !listed.is_empty())
                .ok_or_else(|| malformed("publishing is no list of DIDs"))?,
        };
        let publishing = publishing.into_iter().map(|did| Ok(did.parse()?));
        let draft = Self {
            issuer: text("issuer")
                .ok_or_else(|| malformed("it names no issuer"))?
                .parse()?,
            version: number("version").ok_or_else(|| malformed("it has no version"))?,
            epoch: number("epoch").ok_or_else(|| malformed("it has no epoch"))?,
            threshold: number("threshold")
                .and_then(|n| usize::try_from(n).ok())
                .ok_or_else(|| malformed("it has no threshold"))?,
            officers: officers.collect::<Result<_, PolicyError>>()?,
            publishing: publishing.collect::<Result<_, PolicyError>>()?,
            issued_at: text("issuedAt")
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| malformed("its issuedAt is no instant"))?,
        };
        draft.check()?;
        Ok(draft)
    }
}

/// Adds an officer's signature, or that of whoever controls the DID; under the key's did:key.
///
/// # Errors
/// [`ProofError`] when the key could not sign.
pub fn sign(
    document: Object<'static>,
    signer: &impl Signer,
    now: Timestamp,
) -> Result<Object<'static>, ProofError> {
    add_proof(document, signer, now, None)
}

/// Returns the key of a did:key.
pub(super) fn key_of(did: &Did) -> Result<PublicKey, PolicyError> {
    if did.method() != "key" {
        return Err(PolicyError::Malformed {
            reason: "a key is not named by a did:key",
        });
    }
    let document = did::key::resolve(did)?;
    let method = document.methods().first().ok_or(PolicyError::Malformed {
        reason: "a did:key is not for signing",
    })?;
    Ok(method.key().clone())
}

/// Returns the digest of a document with its proofs, over its canonical form.
pub(super) fn digest(document: &Object<'_>) -> Result<[u8; 32], PolicyError> {
    use sha2::{Digest as _, Sha256};

    let canonical = jcs::canonicalize(&Value::Object(document.clone()))?;
    Ok(Sha256::digest(&canonical).into())
}

fn read_officer(value: &Value<'_>) -> Result<Officer, PolicyError> {
    let malformed = |reason| PolicyError::Malformed { reason };
    let object = value.as_object();
    let object = object.ok_or_else(|| malformed("an officer is no object"))?;
    if object
        .iter()
        .any(|(name, _)| !["id", "did", "roles"].contains(&name))
    {
        return Err(malformed("an officer has a member that no officer has"));
    }
    let text = |name| object.get(name).and_then(Value::as_str);
    let roles = object.get("roles").and_then(texts);
    Ok(Officer {
        id: text("id")
            .ok_or_else(|| malformed("an officer has no id"))?
            .to_owned(),
        did: text("did")
            .ok_or_else(|| malformed("an officer has no DID"))?
            .parse()?,
        roles: roles.ok_or_else(|| malformed("an officer's roles are no list of words"))?,
    })
}

fn texts(value: &Value<'_>) -> Option<Vec<String>> {
    let items = value.as_array()?.iter();
    items.map(|item| item.as_str().map(str::to_owned)).collect()
}

fn is_word(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    (1..=32).contains(&text.len()) && !text.starts_with('-') && text.bytes().all(fits)
}
