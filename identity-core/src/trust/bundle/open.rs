//! Opening a bundle: whose it is, and what it holds.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{
    Bundle, BundleError, BundleTimes, Content, Delegation, DidDocument, DidHistory, HeldList,
    ListHistory, MOST_SEQ, PolicyChain, PublishedDelegation, RefusedDelegation, SCHEMA, SignerDid,
    StatusList, TYP,
};
use crate::{
    did::{self, DidUrl, Relationship, webvh},
    encoding::strict_json::{self, Limits, Object, Value},
    key::PublicKey,
    proof::{
        data_integrity::ProofError,
        jose::{Jws, flattened},
    },
    status::{Instant, token_list},
    trust::{
        accreditation::AccreditationError,
        electoral::{Announced, ElectoralPeriod, PublishedPeriod},
        officers::Refounding,
        status_key,
    },
    verify::Budget,
};

impl Bundle {
    /// Opens a bundle: verifies that the issuer it names has named its key, and that this key signed.
    ///
    /// # Errors
    /// [`BundleError`] when a signature is refused or a part is not well formed.
    pub fn open(json: &[u8], budget: &mut Budget) -> Result<Self, BundleError> {
        budget.spend_bytes(json.len())?;
        Self::open_compact(&flattened::to_compact(json)?, budget)
    }

    /// Opens the compact form of a bundle.
    pub(in crate::trust) fn open_compact(
        compact: &str,
        budget: &mut Budget,
    ) -> Result<Self, BundleError> {
        let jws = Jws::parse(compact)?;
        jws.expect_type(TYP)?;
        // Read before it is verified, to learn which key to verify with; used for nothing else
        // until every signature has passed.
        let content: Content = strict_json::from_slice(jws.unverified_payload(), &Limits::large())?;
        if content.schema != SCHEMA {
            return Err(BundleError::malformed(format!(
                "its schema is not {SCHEMA}"
            )));
        }
        let (signer, history) = if content.issuer.method() == "webvh" {
            let (signer, history) = signed_by_document(&jws, &content, budget)?;
            ((signer.clone(), signer.key().clone()), Some(history))
        } else {
            (signed_by_statement(&jws, &content, budget)?, None)
        };
        let digest = signed_digest(compact);
        Self::read(content, signer, history, digest, budget)
    }

    /// Returns whether a DID in a list's name or a credential is the issuer's: its DID, or one that it
    /// had before it moved.
    pub(crate) fn is_issuer(&self, did: &str) -> bool {
        is_named(&self.signer, self.history(), did)
    }

    fn read(
        content: Content,
        (signer, status_key): (SignerDid, PublicKey),
        history: Option<DidHistory>,
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
            if !is_named(&signer, history.as_ref(), published.uri.issuer()) {
                return Err(BundleError::malformed("it holds another issuer's list"));
            }
            let list = token_list::decode(&published.lst, published.bits.try_into()?, budget)?;
            let list = list.thin();
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
        let authority = Authority {
            signer: &signer,
            history: history.as_ref(),
        };
        let officers = authority.officers(&content.officers, budget)?;
        let (delegations, refused_delegations) =
            authority.delegations(content.delegations, officers.as_ref(), budget)?;
        let electoral_periods =
            authority.electoral_periods(content.electoral_periods, officers.as_ref(), budget)?;
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
            history: history.map(|history| {
                let document = history.union_document();
                (history, document)
            }),
            officers,
            delegations,
            refused_delegations,
            electoral_periods,
            digest,
        })
    }
}

/// Digests what was signed of a compact text: an ECDSA signature has a second form that anybody can make
/// of it, and that must not pass for a second bundle of one number.
pub(in crate::trust) fn signed_digest(compact: &str) -> [u8; 32] {
    let (covered, _) = compact.rsplit_once('.').unwrap_or((compact, ""));
    Sha256::digest(covered).into()
}

fn is_named(signer: &SignerDid, history: Option<&DidHistory>, did: &str) -> bool {
    signer.did().as_str() == did
        || history.is_some_and(|history| history.dids().iter().any(|d| d.as_str() == did))
}

/// A did:key has one key, which says in a statement what the key of its bundles is.
fn signed_by_statement(
    jws: &Jws<'_>,
    content: &Content,
    budget: &mut Budget,
) -> Result<(SignerDid, PublicKey), BundleError> {
    let refused = |reason| Err(BundleError::StatusKey { reason });
    budget.spend_signature()?;
    let (signer, key) = status_key::verify(&content.status_key)?;
    if *signer.did() != content.issuer {
        return refused("its statement is another issuer's");
    }
    let did = did::key::create(&key);
    let kid = format!("{did}#{}", did.specific_id());
    let header = jws.unverified_header();
    if header.kid.as_deref() != Some(&kid) || header.jwk.is_some() {
        return refused("it is signed by another key than its statement names");
    }
    budget.spend_signature()?;
    jws.verify_with_key(&key)?;
    Ok((signer, key))
}

/// The document of a did:webvh names the key itself, for this and for nothing else.
fn signed_by_document(
    jws: &Jws<'_>,
    content: &Content,
    budget: &mut Budget,
) -> Result<(SignerDid, DidHistory), BundleError> {
    let refused = |reason| BundleError::StatusKey { reason };
    let log = content.did_log.as_deref();
    let log = log.ok_or_else(|| refused("the log of its DID is missing"))?;
    let witness = content.did_witness.as_deref().map(str::as_bytes);
    // No entry may be later than the bundle that carries it; how old the bundle is, is asked elsewhere.
    let now = content.issued_at.timestamp();
    let history = webvh::Log::parse(log.as_bytes(), budget)?.verify(
        Some(&content.issuer),
        witness,
        now,
        budget,
    )?;
    if *history.did() != content.issuer {
        return Err(refused("its DID has moved on"));
    }
    let kid = jws.unverified_header().kid.as_deref().unwrap_or_default();
    let method: DidUrl = kid.parse().map_err(|_| refused("it names no key"))?;
    if jws.unverified_header().jwk.is_some() {
        return Err(refused("it brings its key along"));
    }
    let document = document_in_force(&history).ok_or_else(|| refused("its DID has ended"))?;
    let key = document
        .method(&method, Relationship::CapabilityInvocation)
        .map_err(|_| refused("the document of its DID does not name its key for bundles"))?
        .clone();
    budget.spend_signature()?;
    jws.verify_with_key(&key)?;
    Ok((SignerDid::assertion(method, key), history))
}

/// Returns the newest document, or the last one before the DID was ended: its last bundle says so.
fn document_in_force(history: &DidHistory) -> Option<&DidDocument> {
    let mut versions = history.versions().rev();
    let version = versions.find(|version| !version.parameters.deactivated);
    version.map(|version| &version.document)
}

/// Whose word counts inside a bundle, once its signature has passed.
struct Authority<'a> {
    signer: &'a SignerDid,
    history: Option<&'a DidHistory>,
}

impl Authority<'_> {
    fn controls(&self, key: &PublicKey, at: Instant) -> bool {
        match self.history {
            None => key == self.signer.key(),
            Some(history) => history
                .update_keys_at(at.timestamp())
                .is_some_and(|keys| keys.contains(key)),
        }
    }

    fn officers(
        &self,
        documents: &[serde_json::Value],
        budget: &mut Budget,
    ) -> Result<Option<PolicyChain>, BundleError> {
        if documents.is_empty() {
            return Ok(None);
        }
        let documents = documents.iter().map(object);
        let documents = documents.collect::<Result<Vec<_>, _>>()?;
        let controls = |key: &PublicKey, at| self.controls(key, at);
        let issuer = self.signer.did();
        // The key of a did:key issues credentials: with it in hand nobody may choose who approves them.
        let by = match issuer.method() {
            "key" => Refounding::Never,
            _ => Refounding::ByControlKey,
        };
        Ok(Some(PolicyChain::verify(
            &documents, issuer, by, controls, budget,
        )?))
    }

    /// Reads the delegations; one that is refused takes itself out and nothing else.
    fn delegations(
        &self,
        published: Vec<PublishedDelegation>,
        officers: Option<&PolicyChain>,
        budget: &mut Budget,
    ) -> Result<(Vec<Delegation>, Vec<RefusedDelegation>), BundleError> {
        let (mut sound, mut refused) = (Vec::new(), Vec::new());
        for PublishedDelegation { credential, ended } in published {
            let by = (officers, self.history);
            let verified = match Value::from_serde(&credential) {
                Value::Object(document) => {
                    Delegation::verify(&document, self.signer.did(), by, ended, budget)
                }
                _ => Err(AccreditationError::malformed(
                    "delegation",
                    "it is no object",
                )),
            };
            match verified {
                Ok(delegation) => sound.push(delegation),
                // What was left of the budget says nothing about it.
                Err(AccreditationError::Proof(ProofError::Budget(error))) => {
                    return Err(error.into());
                }
                Err(error) => refused.push(RefusedDelegation {
                    unit: credential["credentialSubject"]["id"]
                        .as_str()
                        .and_then(|unit| unit.parse().ok()),
                    error,
                }),
            }
        }
        Ok((sound, refused))
    }
}

impl Authority<'_> {
    /// Whether a key may issue at an instant: of a did:key its only one.
    fn issues(&self, key: &PublicKey, at: Instant) -> bool {
        let Some(history) = self.history else {
            return key == self.signer.key();
        };
        let Some(version) = history.at(at.timestamp()) else {
            return false;
        };
        // Under the name that it had then.
        let method = version.document.id().with_fragment(&key.to_multikey());
        let purpose = Relationship::AssertionMethod;
        method.is_ok_and(|method| version.document.method(&method, purpose) == Ok(key))
    }

    fn electoral_periods(
        &self,
        published: Vec<PublishedPeriod>,
        officers: Option<&PolicyChain>,
        budget: &mut Budget,
    ) -> Result<Vec<ElectoralPeriod>, BundleError> {
        let read = published.into_iter().map(|published| {
            let document = object(&published.document)?;
            let policy_at = |at| {
                let policy = officers?.at(at)?;
                Some((policy.officers(), policy.threshold()))
            };
            let may_issue = |key: &PublicKey, at| self.issues(key, at);
            let issuer = self.signer.did();
            let announced = Announced::verify(&document, issuer, policy_at, may_issue, budget)?;
            let bulk = published.bulk_changes;
            Ok(ElectoralPeriod::new(&announced, published.published, bulk)?)
        });
        read.collect()
    }
}

fn object(json: &serde_json::Value) -> Result<Object<'static>, BundleError> {
    match Value::from_serde(json) {
        Value::Object(object) => Ok(object),
        _ => Err(BundleError::malformed("a document in it is no object")),
    }
}
