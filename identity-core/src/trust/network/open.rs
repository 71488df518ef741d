//! Opening a trust bundle: what belongs together, and whose word it is.

use core::num::NonZeroUsize;
use std::{collections::BTreeMap, panic::resume_unwind, thread};

use super::{Entry, NetworkError, Parts, SignedBundle, Snapshot};
use crate::{
    did::{
        Did,
        webvh::{self, DidHistory},
    },
    encoding::strict_json::{self, Limits, Object, Value},
    key::PublicKey,
    status::Instant,
    trust::{
        Bundle, BundleError,
        accreditation::TrustList,
        bundle::signed_digest,
        officers::{PolicyChain, Refounding},
    },
    verify::Budget,
};

/// A trust bundle whose signatures were verified.
///
/// That says whose it is and that its files belong together. Whether that accreditor is trusted, and whether
/// the bundle is fresh and not rolled back, a [`TrustSet`](crate::trust::TrustSet) and the verifier's clock say.
#[derive(Clone, Debug)]
pub struct Network {
    accreditor: Did,
    policies: PolicyChain,
    history: Option<DidHistory>,
    snapshot: Snapshot,
    list: TrustList,
    bundles: BTreeMap<Did, Result<Bundle, BundleError>>,
}

impl Network {
    /// Opens a trust bundle.
    ///
    /// A parliament's bundle that is refused takes that parliament out and nobody else.
    ///
    /// # Errors
    /// [`NetworkError`] when what holds for all is refused, or the files do not belong together.
    pub fn open(bytes: &[u8], budget: &mut Budget) -> Result<Self, NetworkError> {
        Self::open_with(bytes, NonZeroUsize::MIN, budget)
    }

    /// Opens a trust bundle with several threads, each with an equal share of the budget: most of the work
    /// is signatures, and no parliament's depend on another's.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(
        bytes: &[u8],
        threads: NonZeroUsize,
        budget: &mut Budget,
    ) -> Result<Self, NetworkError> {
        let parts = Parts::from_bytes(bytes, budget)?;
        let snapshot = Snapshot::open(&parts.snapshot)?;
        budget.spend_signature()?;
        let content = snapshot.content();
        let accreditor = content.accreditor.clone();
        let history = history(&parts, &accreditor, content.issued_at, budget)?;
        let controls = |key: &PublicKey, at: Instant| match &history {
            Some(history) => history
                .update_keys_at(at.timestamp())
                .is_some_and(|keys| keys.contains(key)),
            None => crate::did::key::create(key) == accreditor,
        };
        let documents = parts.policies.iter().map(|text| object(text));
        let documents = documents.collect::<Result<Vec<_>, _>>()?;
        let never = Refounding::Never;
        let policies = PolicyChain::verify(&documents, &accreditor, never, controls, budget)?;
        let latest = policies.latest();
        if !latest.may_publish(snapshot.key()) {
            return Err(NetworkError::PublishingKey);
        }
        if content.policy_version != latest.version()
            || content.epoch != latest.epoch()
            || !Snapshot::is_digest(&content.policy_digest, latest.digest())
        {
            return Err(mixed("the snapshot names another officer policy"));
        }
        let list = TrustList::verify(&object(&parts.list)?, &accreditor, &policies, budget)?;
        if list.seq() != content.list.seq
            || !Snapshot::is_digest(&content.list.digest, list.digest())
        {
            return Err(mixed("the snapshot names another trust list"));
        }
        let bundles = bundles(&parts, &snapshot, threads, budget)?;
        Ok(Self {
            accreditor,
            policies,
            history,
            snapshot,
            list,
            bundles,
        })
    }

    /// Returns the accreditor's DID.
    pub const fn accreditor(&self) -> &Did {
        &self.accreditor
    }

    /// Returns the accreditor's officer policies.
    pub const fn policies(&self) -> &PolicyChain {
        &self.policies
    }

    /// Returns the history of the accreditor's DID, where it has one.
    pub const fn history(&self) -> Option<&DidHistory> {
        self.history.as_ref()
    }

    /// Returns the snapshot.
    pub const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Returns the trust list.
    pub const fn list(&self) -> &TrustList {
        &self.list
    }

    /// Returns the bundles by their issuers, with the reason where one was refused.
    pub const fn bundles(&self) -> &BTreeMap<Did, Result<Bundle, BundleError>> {
        &self.bundles
    }

    /// Returns the bundle of an issuer, under this DID or one that it moved to or from.
    pub fn bundle(&self, did: &Did) -> Option<&Result<Bundle, BundleError>> {
        let same = |(other, _): &(&Did, _)| other.subject() == did.subject();
        let moved = || self.bundles.iter().find(same).map(|(_, bundle)| bundle);
        self.bundles.get(did).or_else(moved)
    }

    /// Takes the bundles out.
    pub(in crate::trust) fn take_bundles(&mut self) -> BTreeMap<Did, Result<Bundle, BundleError>> {
        std::mem::take(&mut self.bundles)
    }
}

fn mixed(reason: impl Into<String>) -> NetworkError {
    NetworkError::Mixed {
        reason: reason.into(),
    }
}

fn object(json: &str) -> Result<Object<'_>, NetworkError> {
    match strict_json::parse(json.as_bytes(), &Limits::large())? {
        Value::Object(object) => Ok(object),
        _ => Err(NetworkError::malformed("a document in it is no object")),
    }
}

fn history(
    parts: &Parts,
    accreditor: &Did,
    now: Instant,
    budget: &mut Budget,
) -> Result<Option<DidHistory>, NetworkError> {
    match (accreditor.method(), &parts.did_log) {
        ("key", None) => Ok(None),
        ("webvh", Some(log)) => {
            let witness = parts.did_witness.as_deref().map(str::as_bytes);
            let log = webvh::Log::parse(log.as_bytes(), budget)?;
            let history = log.verify(Some(accreditor), witness, now.timestamp(), budget)?;
            if history.did() != accreditor || history.is_deactivated() {
                return Err(mixed("the accreditor's DID has moved on or ended"));
            }
            Ok(Some(history))
        }
        ("webvh", None) => Err(mixed("the log of the accreditor's DID is missing")),
        _ => Err(mixed(
            "a log stands beside a DID that has none, or the DID is of another method",
        )),
    }
}

type Opened = (Did, Result<Bundle, BundleError>);

/// Opens the bundles, each held against its line of the snapshot.
fn bundles(
    parts: &Parts,
    snapshot: &Snapshot,
    threads: NonZeroUsize,
    budget: &mut Budget,
) -> Result<BTreeMap<Did, Result<Bundle, BundleError>>, NetworkError> {
    let entries = &snapshot.content().bundles;
    if entries.len() != parts.bundles.len() {
        return Err(mixed(
            "there are more bundles than the snapshot names, or fewer",
        ));
    }
    let all: Vec<(&Entry, &SignedBundle)> = entries.iter().zip(&parts.bundles).collect();
    let each = |(entry, signed): &(&Entry, &SignedBundle), budget: &mut Budget| {
        open_one(entry, signed, budget)
    };
    if threads.get() == 1 {
        return all.iter().map(|one| each(one, budget)).collect();
    }
    let share = all.len().div_ceil(threads.get()).max(1);
    thread::scope(|scope| {
        let running: Vec<_> = all
            .chunks(share)
            .map(|chunk| {
                let mut budget = budget.share(threads);
                scope.spawn(move || {
                    let opened = chunk.iter().map(|one| each(one, &mut budget));
                    opened.collect::<Result<Vec<Opened>, NetworkError>>()
                })
            })
            .collect();
        let mut bundles = BTreeMap::new();
        for thread in running {
            let opened = thread.join().unwrap_or_else(|panic| resume_unwind(panic));
            bundles.extend(opened?);
        }
        Ok(bundles)
    })
}

fn open_one(
    entry: &Entry,
    signed: &SignedBundle,
    budget: &mut Budget,
) -> Result<Opened, NetworkError> {
    let issuer = &entry.issuer;
    let compact = signed.to_compact();
    if !Snapshot::is_digest(&entry.digest, &signed_digest(&compact)) {
        return Err(mixed(format!(
            "the bundle of {issuer} is another than the snapshot names"
        )));
    }
    let opened = Bundle::open_compact(&compact, budget);
    if let Ok(bundle) = &opened
        && (bundle.signer().did() != issuer || bundle.seq() != entry.seq)
    {
        return Err(mixed(format!("the bundle under {issuer} is another's")));
    }
    Ok((issuer.clone(), opened))
}
