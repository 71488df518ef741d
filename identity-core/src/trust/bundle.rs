//! The trust bundle: everything a verifier needs from one issuer, in one signed file
//! (`spec/20-status-and-bundle.md`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{BundleTimes, status_key};
use crate::{
    Code,
    did::Did,
    encoding::strict_json::{self, JsonError, Limits},
    key::{PublicKey, Signer},
    proof::{
        SignerDid,
        jose::{Header, Jws, JwsError, Unsigned, flattened},
    },
    status::{
        Instant, ListHistory, ListUri, Revocation, StatusList, StatusListError, Suspension, Term,
        token_list,
    },
    verify::{Budget, BudgetExhausted},
};

/// The `schema` of a bundle's payload.
pub const SCHEMA: &str = "mandate.bundle/1";

/// The `typ` of a bundle.
pub const TYP: &str = "mandate-bundle+jwt";

/// Numbers lie below this: one at the end of what JSON can count would be the last.
const MOST_SEQ: u64 = 1 << 53;

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
    /// The [statement](status_key) that names the key of this bundle.
    pub status_key: String,
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

/// A status list with its history, ready for look-ups.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HeldList {
    /// The list.
    pub list: StatusList,
    /// What was published about its slots.
    pub history: ListHistory,
}

/// A bundle whose signature and status key have been verified.
///
/// That says whose it is. Whether that issuer is trusted, and whether the bundle is fresh and not
/// rolled back, a [`TrustSet`](super::TrustSet) and the verifier's clock say.
#[derive(Clone, Debug)]
pub struct Bundle {
    signer: SignerDid,
    status_key: PublicKey,
    name: String,
    chamber: String,
    trial: bool,
    seq: u64,
    times: BundleTimes,
    lists: BTreeMap<ListUri, HeldList>,
    terms: BTreeMap<String, Term>,
    types: Vec<String>,
    digest: [u8; 32],
}

/// Reports why a bundle is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// It is too large.
    #[error(transparent)]
    Budget(#[from] BudgetExhausted),
    /// A status list is not well formed.
    #[error(transparent)]
    List(#[from] StatusListError),
    /// It is not of the shape of a bundle.
    #[error("not a well-formed bundle: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// Its signature is refused.
    #[error("the bundle's signature is refused: {0}")]
    Signature(#[from] JwsError),
    /// The key that signed it is not one that the issuer's DID names.
    #[error("the bundle's key is not the issuer's: {reason}")]
    StatusKey {
        /// What is wrong.
        reason: &'static str,
    },
}

impl BundleError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Budget(error) => error.code(),
            Self::Signature(JwsError::Signature(_)) => Code::BundleSignature,
            Self::List(_) | Self::Malformed { .. } | Self::Signature(_) => Code::BundleMalformed,
            Self::StatusKey { .. } => Code::BundleStatusKey,
        }
    }

    pub(super) fn malformed(reason: impl Into<String>) -> Self {
        Self::Malformed {
            reason: reason.into(),
        }
    }
}

impl From<JsonError> for BundleError {
    fn from(error: JsonError) -> Self {
        Self::malformed(error.to_string())
    }
}

impl Content {
    /// Signs with the status key and returns the file.
    ///
    /// # Errors
    /// [`BundleError`] when the key could not sign.
    pub fn sign(&self, status_key: &impl Signer) -> Result<String, BundleError> {
        let payload =
            serde_json::to_vec(self).map_err(|error| BundleError::malformed(error.to_string()))?;
        let did = crate::did::key::create(status_key.public_key());
        let kid = did
            .with_fragment(did.specific_id())
            .map_err(|_| BundleError::malformed("the status key has no name"))?;
        let header = Header::with_kid(status_key.public_key().algorithm(), TYP, &kid);
        Ok(flattened::sign(
            Unsigned::new(&header, &payload),
            status_key,
        )?)
    }
}

impl Bundle {
    /// Opens a bundle: verifies that the issuer it names has named its key, and that this key signed.
    ///
    /// # Errors
    /// [`BundleError`] when a signature is refused or a part is not well formed.
    pub fn open(json: &[u8], budget: &mut Budget) -> Result<Self, BundleError> {
        budget.spend_bytes(json.len())?;
        let compact = flattened::to_compact(json)?;
        let jws = Jws::parse(&compact)?;
        jws.expect_type(TYP)?;
        // Read before it is verified, to learn which key to verify with; used for nothing else
        // until both signatures have passed.
        let content: Content = strict_json::from_slice(jws.unverified_payload(), &Limits::large())?;
        if content.schema != SCHEMA {
            return Err(BundleError::malformed(format!(
                "its schema is not {SCHEMA}"
            )));
        }
        budget.spend_signature()?;
        let (signer, key) = status_key::verify(&content.status_key)?;
        if *signer.did() != content.issuer {
            return Err(BundleError::StatusKey {
                reason: "its statement is another issuer's",
            });
        }
        let did = crate::did::key::create(&key);
        let kid = format!("{did}#{}", did.specific_id());
        if jws.unverified_header().kid.as_deref() != Some(&kid)
            || jws.unverified_header().jwk.is_some()
        {
            return Err(BundleError::StatusKey {
                reason: "it is signed by another key than its statement names",
            });
        }
        budget.spend_signature()?;
        jws.verify_with_key(&key)?;
        // Over what was signed: an ECDSA signature has a second form that anybody can make of it, and
        // that must not pass for a second bundle of one number.
        let (covered, _) = compact.rsplit_once('.').unwrap_or((&compact, ""));
        let digest = Sha256::digest(covered).into();
        Self::read(content, (signer, key), digest, budget)
    }

    fn read(
        content: Content,
        (signer, status_key): (SignerDid, PublicKey),
        digest: [u8; 32],
        budget: &mut Budget,
    ) -> Result<Self, BundleError> {
        if content.next_update <= content.issued_at || content.expires < content.next_update {
            return Err(BundleError::malformed("its instants are out of order"));
        }
        if content.seq >= MOST_SEQ {
            return Err(BundleError::malformed("its number leaves none above it"));
        }
        let mut lists = BTreeMap::new();
        for published in content.status_lists {
            if published.uri.issuer() != signer.did().as_str() {
                return Err(BundleError::malformed("it holds another issuer's list"));
            }
            let list = token_list::decode(&published.lst, published.bits.try_into()?, budget)?;
            if lists
                .insert(published.uri, (list, Vec::new(), Vec::new()))
                .is_some()
            {
                return Err(BundleError::malformed("it holds a list twice"));
            }
        }
        let missing = || BundleError::malformed("its history names a slot that is not there");
        let has = |list: &StatusList, index| list.slots() > index;
        for entry in content.revocations {
            let (list, revocations, _) = lists.get_mut(&entry.list).ok_or_else(missing)?;
            if !has(list, entry.index) {
                return Err(missing());
            }
            revocations.push(entry);
        }
        for entry in content.suspensions {
            let (list, _, suspensions) = lists.get_mut(&entry.list).ok_or_else(missing)?;
            if !has(list, entry.index) {
                return Err(missing());
            }
            suspensions.push(entry);
        }
        let mut terms = BTreeMap::new();
        for term in content.terms {
            if terms.insert(term.id.clone(), term).is_some() {
                return Err(BundleError::malformed("it holds a term twice"));
            }
        }
        let held = |(list, revocations, suspensions)| HeldList {
            list,
            history: ListHistory::new(revocations, suspensions),
        };
        Ok(Self {
            signer,
            status_key,
            name: content.name,
            chamber: content.chamber,
            trial: content.trial,
            seq: content.seq,
            times: BundleTimes {
                issued_at: content.issued_at,
                next_update: content.next_update,
                expires: content.expires,
            },
            lists: lists
                .into_iter()
                .map(|(uri, parts)| (uri, held(parts)))
                .collect(),
            terms,
            types: content.types,
            digest,
        })
    }

    /// Returns the DID whose key stands behind it.
    pub const fn signer(&self) -> &SignerDid {
        &self.signer
    }

    /// Returns the key that signed it: the issuer's DID names it for what changes from day to day.
    pub const fn status_key(&self) -> &PublicKey {
        &self.status_key
    }

    /// Returns what the issuer calls itself; not a name to show as if it were known.
    pub fn claimed_name(&self) -> &str {
        &self.name
    }

    /// Returns the code of the chamber.
    pub fn chamber(&self) -> &str {
        &self.chamber
    }

    /// Returns whether the issuer's DID is one for trials.
    pub const fn is_trial(&self) -> bool {
        self.trial
    }

    /// Returns its sequence number.
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// Returns its three instants.
    pub const fn times(&self) -> &BundleTimes {
        &self.times
    }

    /// Returns a status list.
    pub fn list(&self, uri: &ListUri) -> Option<&HeldList> {
        self.lists.get(uri)
    }

    /// Returns the status lists with their names.
    pub fn lists(&self) -> impl Iterator<Item = (&ListUri, &HeldList)> {
        self.lists.iter()
    }

    /// Returns a term.
    pub fn term(&self, id: &str) -> Option<&Term> {
        self.terms.get(id)
    }

    /// Returns the terms.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.terms.values()
    }

    /// Returns the credential types that the issuer says it issues.
    pub fn types(&self) -> &[String] {
        &self.types
    }

    /// Returns the SHA-256 digest of what was signed: header and payload.
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }
}
