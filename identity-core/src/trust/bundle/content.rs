//! What a bundle says, as its issuer writes it.

use serde::{Deserialize, Serialize};

use super::BundleError;
use crate::{
    did::Did,
    key::Signer,
    proof::jose::{Header, Unsigned, flattened},
    status::{Instant, ListUri, Revocation, Suspension, Term},
    trust::electoral::PublishedPeriod,
};

/// The `schema` of a bundle's payload.
pub const SCHEMA: &str = "mandate.bundle/1";

/// The `typ` of a bundle.
pub const TYP: &str = "mandate-bundle+jwt";

/// What a bundle says: the payload of the signature, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::exhaustive_structs,
    reason = "an issuer that leaves a member out must not compile"
)]
pub struct Content {
    /// [`SCHEMA`].
    pub schema: String,
    /// The issuer's DID.
    pub issuer: Did,
    /// What the issuer calls itself.
    pub name: String,
    /// The code of its chamber.
    pub chamber: String,
    /// Its country, ISO 3166-1 alpha-2.
    pub country: String,
    /// Whether its DID is one for trials, whose key can never be replaced.
    pub trial: bool,
    /// Raised with each publication; below 2^53.
    pub seq: u64,
    /// When it was signed.
    pub issued_at: Instant,
    /// When the next one is due.
    pub next_update: Instant,
    /// From when nobody may use it.
    pub expires: Instant,
    /// The issuer's DID document, for people: a verifier derives did:key documents itself.
    pub did_document: serde_json::Value,
    /// The [statement](super::super::status_key) that names the key of this bundle; empty for a
    /// did:webvh, whose document names it (`capabilityInvocation`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status_key: String,
    /// The log of its DID (`did.jsonl`), for a did:webvh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did_log: Option<String>,
    /// The witnesses' proofs of that log (`did-witness.json`), where there are witnesses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did_witness: Option<String>,
    /// The versions of its officer policy, the first one first; none where there are no officers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub officers: Vec<serde_json::Value>,
    /// What it delegates to units of its house.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delegations: Vec<PublishedDelegation>,
    /// Electoral periods, announced before they begin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub electoral_periods: Vec<PublishedPeriod>,
    /// The status lists.
    pub status_lists: Vec<PublishedList>,
    /// Since when credentials are revoked.
    #[serde(default)]
    pub revocations: Vec<Revocation>,
    /// Periods of suspension, where the issuer publishes them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspensions: Vec<Suspension>,
    /// The terms.
    #[serde(default)]
    pub terms: Vec<Term>,
    /// The credential types that it issues.
    #[serde(default)]
    pub types: Vec<String>,
}

/// A delegation as it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::exhaustive_structs, reason = "two members, complete")]
pub struct PublishedDelegation {
    /// The signed [delegation](crate::trust::accreditation::Delegation).
    pub credential: serde_json::Value,
    /// From when it is over, before its own end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Instant>,
}

/// One status list as it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "complete by the format")]
pub struct PublishedList {
    /// Its name.
    pub uri: ListUri,
    /// Bits of one slot: 1 or 2.
    pub bits: u64,
    /// The list: zlib in base64url, first slot least significant.
    pub lst: String,
    /// How long a copy may be kept, in seconds.
    pub ttl: u64,
}

impl Content {
    /// Signs with the status key and returns the file.
    ///
    /// # Errors
    /// [`BundleError`] when the key could not sign.
    pub fn sign(&self, status_key: &impl Signer) -> Result<String, BundleError> {
        let payload =
            serde_json::to_vec(self).map_err(|error| BundleError::malformed(error.to_string()))?;
        let key = status_key.public_key();
        let named_by = match self.issuer.method() {
            "webvh" => self.issuer.clone(),
            _ => crate::did::key::create(key),
        };
        let kid = named_by
            .with_fragment(&key.to_multikey())
            .map_err(|_| BundleError::malformed("the status key has no name"))?;
        let header = Header::with_kid(status_key.public_key().algorithm(), TYP, &kid);
        Ok(flattened::sign(
            Unsigned::new(&header, &payload),
            status_key,
        )?)
    }
}
