//! Whom a verifier trusts, with the newest evidence from each.

mod evidence;
mod seen;

pub use evidence::{Authority, Evidence, Path, Standing};
pub use seen::{LogHead, NetworkSeen, PolicySeen, Seen};

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;

use super::{
    Anchor, Bundle, BundleError, BundleTimes, Freshness, TrustError,
    network::{Network, NetworkError},
};
use crate::{
    Code,
    did::{Did, DidDocument, DidError, LocalResolver, Resolver, webvh::DidHistory},
};
use seen::Order;

/// The anchors of a verifier with the newest bundle from each, and from everybody they vouch for.
#[derive(Clone, Debug)]
pub struct TrustSet {
    anchors: BTreeMap<Did, Anchor>,
    /// Anchors, and issuers that the trust bundle of an anchor vouches for; by what stays of a DID that moves
    /// ([`Did::subject`]).
    issuers: BTreeMap<String, Held>,
    /// Accreditors, by what stays of a DID that moves.
    networks: BTreeMap<String, HeldNetwork>,
    /// The parliaments that delegate to a unit, by what stays of its DID.
    delegates: BTreeMap<String, Vec<Did>>,
    /// What was seen of issuers of whom nothing is at hand yet, by the same.
    remembered: BTreeMap<String, Held>,
    unreadable: Option<(Code, String)>,
    unreadable_network: Option<(Code, String)>,
}

#[derive(Clone, Debug)]
struct Held {
    /// The DID it is known by: the anchor's, or that of its bundle.
    did: Did,
    bundle: Option<Box<Bundle>>,
    /// The number of which two different bundles are known.
    conflict: Option<(u64, u64)>,
    /// Whether its history is another than the one seen before.
    fork: bool,
    seen: Option<Seen>,
    /// Why the bundle that an accreditor handed on is refused.
    refused: Option<BundleError>,
}

#[derive(Clone, Debug)]
struct HeldNetwork {
    /// The anchor by which it is known.
    did: Did,
    network: Option<Box<Network>>,
    /// What was used until another one of its number came.
    ousted: Option<(NetworkSeen, BundleTimes)>,
    conflict: Option<(u64, u64)>,
    seen: Option<NetworkSeen>,
    /// Why none of those that were added is used.
    problem: Option<Added>,
}

/// What became of a bundle that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Added {
    /// Another bundle has the same sequence number: neither is used.
    Conflict,
    /// The history behind it is another than the one seen before: it is not used.
    Fork,
    /// Its issuer is no anchor, and no anchor vouches for it: it is not used.
    NotAnchored,
    /// A newer one is there, or was seen before: it is not used.
    Older,
    /// It is the newest.
    Used,
}

impl TrustSet {
    /// Makes the set.
    ///
    /// # Errors
    /// [`TrustError`] when there is no anchor, or one stands twice.
    pub fn new(anchors: impl IntoIterator<Item = Anchor>) -> Result<Self, TrustError> {
        let mut set = BTreeMap::new();
        let mut issuers = BTreeMap::new();
        for anchor in anchors {
            let did = anchor.did().clone();
            // Two names of one that moved may both be pinned: they are one.
            let held = issuers.entry(did.subject().to_owned());
            held.or_insert_with(|| Held::new(did.clone()));
            if set.insert(did.clone(), anchor).is_some() {
                return Err(TrustError::Repeated { did });
            }
        }
        if set.is_empty() {
            return Err(TrustError::NoAnchor);
        }
        Ok(Self {
            issuers,
            anchors: set,
            networks: BTreeMap::new(),
            delegates: BTreeMap::new(),
            remembered: BTreeMap::new(),
            unreadable: None,
            unreadable_network: None,
        })
    }

    /// Says what was seen of an issuer before, so that an older bundle is not taken for its newest.
    pub fn remember(&mut self, did: &Did, seen: Seen) {
        let subject = did.subject();
        let held = match self.issuers.get_mut(subject) {
            Some(held) => held,
            None => self
                .remembered
                .entry(subject.to_owned())
                .or_insert_with(|| Held::new(did.clone())),
        };
        held.remember(seen);
    }

    /// Says what was seen of an accreditor before.
    pub fn remember_network(&mut self, accreditor: &Did, seen: NetworkSeen) {
        // Under whichever of its names it is an anchor: what was seen under another is seen of it.
        let names = |anchor: &&Did| anchor.subject() == accreditor.subject();
        if let Some(anchor) = self.anchors.keys().find(names).cloned() {
            self.held_network(&anchor).remember(seen);
        }
    }

    /// Adds a bundle; of each issuer the one with the highest sequence number is used, however old
    /// it is, for otherwise whoever withholds the newest could choose.
    ///
    /// The bundle of an issuer that is no anchor is used when an anchor's trust bundle vouches for it: that
    /// one is to be added first.
    pub fn add(&mut self, bundle: Bundle) -> Added {
        let did = self.name_of(&bundle);
        if !self.is_known(&did) {
            return Added::NotAnchored;
        }
        let units: Vec<Did> = bundle
            .delegations()
            .iter()
            .map(|d| d.unit().clone())
            .collect();
        let held = self.held(&did);
        let added = held.add(bundle);
        if added == Added::Used {
            held.did.clone_from(&did);
        }
        for unit in units {
            let parliaments = self.delegates.entry(unit.subject().to_owned()).or_default();
            if !parliaments.contains(&did) {
                parliaments.push(did.clone());
            }
        }
        added
    }

    /// Adds the trust bundle of an accreditor, and with it the bundles of everybody it vouches for.
    ///
    /// The newest is used, as for the bundle of one issuer.
    pub fn add_network(&mut self, mut network: Network) -> Added {
        let accreditor = self.known_as(network.accreditor(), network.history());
        if !self.anchors.contains_key(&accreditor) {
            return Added::NotAnchored;
        }
        let bundles = network.take_bundles();
        let added = self.held_network(&accreditor).add(network);
        if added != Added::Used {
            return added;
        }
        // Parliaments first: who their units are stands in their bundles.
        let mut later = Vec::new();
        for (did, opened) in bundles {
            if self.is_known(&did) {
                self.add_from_network(&did, opened);
            } else {
                later.push((did, opened));
            }
        }
        for (did, opened) in later {
            if self.is_known(&did) {
                self.add_from_network(&did, opened);
            }
        }
        Added::Used
    }

    fn held_network(&mut self, accreditor: &Did) -> &mut HeldNetwork {
        let held = self.networks.entry(accreditor.subject().to_owned());
        held.or_insert_with(|| HeldNetwork::new(accreditor.clone()))
    }

    fn add_from_network(&mut self, did: &Did, opened: Result<Bundle, BundleError>) {
        match opened {
            Ok(bundle) => {
                self.add(bundle);
            }
            Err(error) => self.held(did).refused = Some(error),
        }
    }

    /// Returns what is held of an issuer that is known, with what was remembered of it before that.
    fn held(&mut self, did: &Did) -> &mut Held {
        let (subject, remembered) = (did.subject(), &mut self.remembered);
        let held = self.issuers.entry(subject.to_owned());
        held.or_insert_with(|| {
            let held = remembered.remove(subject);
            held.unwrap_or_else(|| Held::new(did.clone()))
        })
    }

    /// Notes that a file was no usable bundle, so that a verdict can say so instead of "missing".
    pub fn add_unreadable(&mut self, error: &BundleError) {
        self.unreadable = Some((error.code(), error.to_string()));
    }

    /// Notes that a file was no usable trust bundle: whom it would have vouched for is then not known.
    pub fn add_unreadable_network(&mut self, error: &NetworkError) {
        self.unreadable_network = Some((error.code(), error.to_string()));
    }

    /// Forgets what was noted of files, before they are read again.
    pub fn forget_unreadable(&mut self) {
        self.unreadable = None;
        self.unreadable_network = None;
    }

    /// Returns what is to be remembered of each issuer, at `now`. A bundle that says it was signed later
    /// is not: one day in a wrong future would refuse every bundle of the days until then.
    pub fn seen(&self, now: Timestamp) -> impl Iterator<Item = (&Did, Seen)> {
        let held = self.issuers.values();
        held.filter_map(move |held| Some((&held.did, held.seen_at(now)?)))
    }

    /// Returns what is to be remembered of each accreditor, at `now`.
    pub fn networks_seen(&self, now: Timestamp) -> impl Iterator<Item = (&Did, NetworkSeen)> {
        let held = self.networks.values();
        held.filter_map(move |held| Some((&held.did, held.seen_at(now)?)))
    }

    /// Returns an accreditor's newest trust bundle, by the DID that it has or one that its log says it had.
    pub fn network(&self, accreditor: &Did) -> Option<&Network> {
        let held = self.networks.get(accreditor.subject())?;
        let network = held.network.as_deref()?;
        let had = |history: &DidHistory| history.dids().contains(&accreditor);
        let is_its = network.accreditor() == accreditor || network.history().is_some_and(had);
        is_its.then_some(network)
    }

    /// Returns the DID under which an issuer is known: the anchor's or its present one, where its history has
    /// the one asked for.
    fn canonical<'d>(&'d self, did: &'d Did) -> &'d Did {
        self.issuer(did).map_or(did, |held| &held.did)
    }

    /// Returns what is at hand of an issuer: under the DID that it is known by, or another that its history
    /// has. A name that its log does not know is nobody's.
    fn issuer(&self, did: &Did) -> Option<&Held> {
        let held = self.issuers.get(did.subject())?;
        let names = |bundle: &Bundle| {
            let history = bundle.history();
            history.is_some_and(|history| history.dids().contains(&did))
        };
        // Without a bundle there is nothing to be had under any name, but the reason why.
        let is_its = held.did == *did || held.bundle.as_deref().is_none_or(names);
        is_its.then_some(held)
    }

    /// Returns the DID under which a bundle's issuer is known.
    fn name_of(&self, bundle: &Bundle) -> Did {
        self.known_as(bundle.signer().did(), bundle.history())
    }

    /// Returns the DID under which somebody is known: the anchor's, where that is one they had before they
    /// moved, and else their own.
    fn known_as(&self, own: &Did, history: Option<&DidHistory>) -> Did {
        let dids = history.map_or_else(Vec::new, DidHistory::dids);
        let known = dids.into_iter().find(|did| self.anchors.contains_key(did));
        known.unwrap_or(own).clone()
    }

    /// Returns whether the bundle of this issuer would be used: it is an anchor, or an anchor vouches for it.
    pub fn vouches_for(&self, bundle: &Bundle) -> bool {
        self.is_known(&self.name_of(bundle))
    }

    /// Returns whether this DID is an anchor, or an anchor vouches for it.
    fn is_known(&self, did: &Did) -> bool {
        let mut networks = self
            .networks
            .values()
            .filter_map(|held| held.network.as_deref());
        self.anchors.contains_key(did)
            || networks.any(|network| network.list().parliament(did).is_some())
            || self.delegates.contains_key(did.subject())
    }
}

impl Held {
    const fn new(did: Did) -> Self {
        Self {
            did,
            bundle: None,
            conflict: None,
            fork: false,
            seen: None,
            refused: None,
        }
    }

    fn remember(&mut self, seen: Seen) {
        if seen.conflict {
            self.conflict = self.conflict.max(Some(seen.number()));
        }
        self.seen = Seen::newest(Some(seen), self.seen);
    }

    fn add(&mut self, bundle: Bundle) -> Added {
        let number = (bundle.epoch(), bundle.seq());
        let order = self.seen.map_or(Order::Onward, |seen| seen.order(&bundle));
        let known = self.bundle.as_deref().map(Seen::of);
        let beside = known.map_or(Order::Onward, |known| known.order(&bundle));
        if order == Order::Fork || beside == Order::Fork {
            self.fork = true;
            return Added::Fork;
        }
        if order == Order::Conflict || beside == Order::Conflict {
            self.conflict = self.conflict.max(Some(number));
        }
        if beside == Order::Back {
            return Added::Older;
        }
        // Two bundles of one number: which of them is kept does not matter, for neither is used.
        self.bundle = Some(Box::new(bundle));
        self.refused = None;
        match self.conflict {
            Some(of) if of >= number && order != Order::Back => Added::Conflict,
            _ if order == Order::Back => Added::Older,
            _ => Added::Used,
        }
    }

    fn seen_at(&self, now: Timestamp) -> Option<Seen> {
        let here = self
            .bundle
            .as_ref()
            .filter(|bundle| bundle.times().freshness(now, None) != Freshness::NotYetIssued)
            .map(|bundle| Seen::of(bundle));
        let newest = Seen::newest(here, self.seen)?;
        let conflict = newest.conflict || self.conflict == Some(newest.number());
        Some(Seen { conflict, ..newest })
    }

    /// Returns the bundle to rely on, why there is none, or `None` when there is simply none.
    fn usable(&self) -> Option<Result<&Bundle, (Code, String)>> {
        let refuse = |code: Code, detail: String| Some(Err((code, detail)));
        if self.fork {
            let detail = "its DID has another history than the one seen before";
            return refuse(Code::DidLogFork, detail.to_owned());
        }
        let newest = self
            .bundle
            .as_ref()
            .map(|bundle| (bundle.epoch(), bundle.seq()));
        let newest = newest.max(self.seen.map(|seen| seen.number()));
        if self.conflict.is_some() && self.conflict >= newest {
            let detail = "two different bundles have one sequence number";
            return refuse(Code::BundleConflict, detail.to_owned());
        }
        let Some(bundle) = self.bundle.as_deref() else {
            let refused = self.refused.as_ref()?;
            return refuse(refused.code(), refused.to_string());
        };
        match self.seen.map(|seen| (seen, seen.order(bundle))) {
            Some((seen, Order::Back)) => {
                let detail = format!(
                    "the bundle has number {}, but number {} was seen before",
                    bundle.seq(),
                    seen.seq
                );
                refuse(Code::BundleRollback, detail)
            }
            _ => Some(Ok(bundle)),
        }
    }
}

impl HeldNetwork {
    const fn new(did: Did) -> Self {
        Self {
            did,
            network: None,
            conflict: None,
            seen: None,
            ousted: None,
            problem: None,
        }
    }

    fn remember(&mut self, seen: NetworkSeen) {
        if seen.conflict {
            self.conflict = self.conflict.max(Some(seen.number()));
        }
        self.seen = NetworkSeen::newest(Some(seen), self.seen);
    }

    fn add(&mut self, network: Network) -> Added {
        let added = self.compare(&network);
        if added == Added::Used {
            self.network = Some(Box::new(network));
            self.problem = None;
            return added;
        }
        if matches!(added, Added::Conflict | Added::Fork) {
            // Neither of the two says any more who is accredited; what was seen stays seen.
            self.ousted = self.used().or(self.ousted);
            self.network = None;
        }
        if self.network.is_none() {
            self.problem = Some(added);
        }
        added
    }

    /// Returns what is to be remembered of the one that is used, were the clock not behind it.
    fn used(&self) -> Option<(NetworkSeen, BundleTimes)> {
        let network = self.network.as_deref()?;
        Some((NetworkSeen::of(network), network.snapshot().times()))
    }

    fn compare(&mut self, network: &Network) -> Added {
        let latest = network.policies().latest();
        let number = (latest.epoch(), network.snapshot().content().seq);
        let here = self.used().into_iter().chain(self.ousted);
        let here = here.map(|(seen, _)| seen);
        for before in self.seen.into_iter().chain(here) {
            match before.order(network) {
                Order::Onward => {}
                Order::Back => return Added::Older,
                Order::Fork => return Added::Fork,
                Order::Conflict => {
                    self.conflict = self.conflict.max(Some(number));
                    return Added::Conflict;
                }
            }
        }
        if self.conflict.is_some_and(|of| of >= number) {
            return Added::Conflict;
        }
        Added::Used
    }

    /// Returns why this accreditor, of whom something is known, says nothing.
    fn problem(&self) -> Option<(Code, String)> {
        if self.network.is_some() {
            return None;
        }
        let (code, detail) = match self.problem {
            Some(Added::Conflict) => (
                Code::NetworkConflict,
                "two different trust bundles have one number",
            ),
            Some(Added::Fork) => (
                Code::NetworkFork,
                "the trust bundle holds another history of the accreditor's officers or DID than before",
            ),
            Some(_) => (
                Code::NetworkRollback,
                "the trust bundle is older than one seen before",
            ),
            None => (
                Code::BundleMissing,
                "the accreditor's trust bundle is not at hand",
            ),
        };
        Some((code, detail.to_owned()))
    }

    fn seen_at(&self, now: Timestamp) -> Option<NetworkSeen> {
        let here = self.used().into_iter().chain(self.ousted);
        let here = here.filter(|(_, times)| times.freshness(now, None) != Freshness::NotYetIssued);
        let known = here.map(|(seen, _)| seen).chain(self.seen);
        let newest = known.max_by_key(NetworkSeen::number)?;
        let conflict = newest.conflict || self.conflict == Some(newest.number());
        Some(NetworkSeen { conflict, ..newest })
    }
}

impl Resolver for TrustSet {
    /// Returns the document at hand: every key that an anchor or an accredited issuer ever had. A DID that
    /// holds its own key is resolved from itself.
    fn resolve(&self, did: &Did) -> Result<Cow<'_, DidDocument>, DidError> {
        let known = self.canonical(did);
        if let Some(document) = self.anchors.get(known).and_then(Anchor::document) {
            return Ok(Cow::Borrowed(document));
        }
        if did.method() == "webvh" {
            let bundle = self.issuer(did).and_then(|held| held.bundle.as_deref());
            let document = bundle.and_then(Bundle::union_document);
            let missing = || DidError::NotHeld { did: did.clone() };
            return document.map(Cow::Borrowed).ok_or_else(missing);
        }
        match LocalResolver::new().resolve(did)? {
            Cow::Owned(document) => Ok(Cow::Owned(document)),
            Cow::Borrowed(document) => Ok(Cow::Owned(document.clone())),
        }
    }
}
