//! The snapshot: which files belong together, and how old they are.

use serde::{Deserialize, Serialize};

use super::NetworkError;
use crate::{
    did::{self, Did},
    encoding::{
        base64url,
        strict_json::{self, Limits},
    },
    key::{PublicKey, Signer},
    proof::jose::{Header, Jws, Unsigned},
    status::Instant,
    trust::{BundleTimes, bundle::signed_digest},
};

/// The `typ` of a snapshot.
pub const TYP: &str = "mandate-snapshot+jwt";

const SCHEMA: &str = "mandate.snapshot/1";

/// What a snapshot says: the payload of the signature, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::exhaustive_structs,
    reason = "an accreditor that leaves a member out must not compile"
)]
pub struct SnapshotContent {
    /// `mandate.snapshot/1`.
    pub schema: String,
    /// The accreditor.
    pub accreditor: Did,
    /// The newest version of its officer policy.
    pub policy_version: u64,
    /// That version's digest, base64url.
    pub policy_digest: String,
    /// That version's epoch: numbers of another are not compared.
    pub epoch: u64,
    /// Raised with each snapshot of one epoch.
    pub seq: u64,
    /// When it was signed.
    pub issued_at: Instant,
    /// When the next one is due.
    pub next_update: Instant,
    /// From when nobody may use it.
    pub expires: Instant,
    /// The trust list.
    pub list: ListEntry,
    /// The bundles, in the order of their issuers.
    pub bundles: Vec<Entry>,
}

/// A file of the trust bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "two members, complete")]
pub struct ListEntry {
    /// Its number.
    pub seq: u64,
    /// Its digest, base64url.
    pub digest: String,
}

/// A parliament's bundle, or a unit's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "three members, complete")]
pub struct Entry {
    /// Whose it is.
    pub issuer: Did,
    /// Its number.
    pub seq: u64,
    /// The digest of what is signed of it, base64url.
    pub digest: String,
}

/// A snapshot whose signature was verified with the key it names; whose key that is, the officer policy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    content: SnapshotContent,
    key: PublicKey,
    digest: [u8; 32],
}

impl SnapshotContent {
    /// The `schema` of a snapshot.
    pub const SCHEMA: &'static str = SCHEMA;

    /// Signs with the key that publishes unattended, and returns the compact text.
    ///
    /// # Errors
    /// [`NetworkError`] when the key could not sign.
    pub fn sign(&self, publishing: &impl Signer) -> Result<String, NetworkError> {
        let payload =
            serde_json::to_vec(self).map_err(|e| NetworkError::malformed(e.to_string()))?;
        let did = did::key::create(publishing.public_key());
        let kid = did
            .with_fragment(did.specific_id())
            .map_err(|e| NetworkError::malformed(e.to_string()))?;
        let header = Header::with_kid(publishing.public_key().algorithm(), TYP, &kid);
        Ok(Unsigned::new(&header, &payload).sign(publishing)?)
    }
}

impl Snapshot {
    /// Opens a snapshot.
    ///
    /// # Errors
    /// [`NetworkError`] when it is not well formed or the signature does not match.
    pub fn open(text: &str) -> Result<Self, NetworkError> {
        let jws = Jws::parse(text)?;
        let resolver = did::LocalResolver::new();
        let (signer, payload) = jws
            .expect_type(TYP)?
            .verify(&resolver, did::Relationship::AssertionMethod)?;
        let content: SnapshotContent = strict_json::from_slice(payload, &Limits::large())?;
        let wrong = |reason: &str| Err(NetworkError::malformed(reason));
        if content.schema != SCHEMA {
            return wrong("the snapshot's schema is not mandate.snapshot/1");
        }
        if content.next_update <= content.issued_at || content.expires < content.next_update {
            return wrong("the snapshot's instants are out of order");
        }
        if content.seq >= 1 << 53 {
            return wrong("the snapshot's number leaves none above it");
        }
        if !content.bundles.is_sorted_by(|a, b| a.issuer < b.issuer) {
            return wrong("the snapshot's bundles are out of order, or one stands twice");
        }
        Ok(Self {
            digest: signed_digest(text),
            key: signer.key().clone(),
            content,
        })
    }

    /// Returns what it says.
    pub const fn content(&self) -> &SnapshotContent {
        &self.content
    }

    /// Returns the key that signed.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Returns its three instants.
    pub const fn times(&self) -> BundleTimes {
        BundleTimes {
            issued_at: self.content.issued_at,
            next_update: self.content.next_update,
            expires: self.content.expires,
        }
    }

    /// Returns the SHA-256 digest of what was signed: header and payload.
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    pub(super) fn is_digest(text: &str, digest: &[u8; 32]) -> bool {
        base64url::encode(digest) == text
    }
}
