//! Anchors: whom this verifier trusts, by their DIDs, with the evidence at hand from each.

use std::{borrow::Cow, collections::BTreeMap, str::FromStr};

use jiff::Timestamp;

use super::{Bundle, BundleError, Freshness};
use crate::{
    Code,
    did::{Did, DidDocument, DidError, LocalResolver, Resolver},
    proof::SignerDid,
};

/// One issuer that a verifier trusts, under the verifier's own name for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    did: Did,
    name: Option<String>,
    document: DidDocument,
}

/// The highest sequence number seen from an issuer, and of which bundle it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "three members, complete")]
pub struct Seen {
    /// The sequence number.
    pub seq: u64,
    /// The digest of the bundle.
    pub digest: [u8; 32],
    /// Whether another bundle of this number was seen: then neither counts, until a higher one comes.
    pub conflict: bool,
}

/// The anchors of a verifier with the newest bundle from each.
#[derive(Clone, Debug)]
pub struct TrustSet {
    anchors: BTreeMap<Did, Held>,
    unreadable: Option<BundleError>,
}

#[derive(Clone, Debug)]
struct Held {
    anchor: Anchor,
    bundle: Option<Box<Bundle>>,
    /// The number of which two different bundles are known.
    conflict: Option<u64>,
    seen: Option<Seen>,
}

/// What became of a bundle that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Added {
    /// Another bundle has the same sequence number: neither is used.
    Conflict,
    /// Its issuer is no anchor: it is not used.
    NotAnchored,
    /// A newer one is there, or was seen before: it is not used.
    Older,
    /// It is the newest.
    Used,
}

/// Reports that nobody would be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The anchor is not a DID, or not one that can be resolved here.
    #[error("not an anchor: {0}")]
    Did(#[from] DidError),
    /// Two anchors have one DID.
    #[error("{did} is named twice")]
    Repeated {
        /// The DID.
        did: Did,
    },
    /// No anchor is named.
    #[error("no anchor is named, so nobody is trusted")]
    NoAnchor,
}

/// What a verifier has from the issuer whose key signed.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a verdict must name every case")]
pub enum Evidence<'t> {
    /// The issuer is no anchor.
    NotAnchored,
    /// The issuer is an anchor, but there is no bundle to rely on.
    Missing {
        /// The verifier's name for the issuer.
        name: Option<&'t str>,
        /// Why.
        code: Code,
        /// Why, in words.
        detail: String,
    },
    /// The issuer is an anchor, and this is its newest bundle.
    Held {
        /// The verifier's name for the issuer.
        name: Option<&'t str>,
        /// The bundle.
        bundle: &'t Bundle,
    },
}

/// What is at hand from one anchor, for whoever watches over a verifier.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Standing<'t> {
    /// The anchor.
    pub anchor: &'t Anchor,
    /// Its newest bundle, were it usable or not.
    pub bundle: Option<&'t Bundle>,
    /// Why nothing of this issuer can be valid now; `None` when its bundle is fresh.
    pub code: Option<Code>,
}

impl TrustError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Did(error) => error.code(),
            Self::Repeated { .. } | Self::NoAnchor => Code::TrustNoAnchor,
        }
    }
}

impl Anchor {
    /// Trusts the issuer of this DID, under a name.
    ///
    /// # Errors
    /// [`TrustError::Did`] when the DID's method is not resolved here.
    pub fn new(did: Did, name: Option<String>) -> Result<Self, TrustError> {
        let document = LocalResolver::new().resolve(&did)?.into_owned();
        Ok(Self {
            did,
            name,
            document,
        })
    }

    /// Returns the DID.
    pub const fn did(&self) -> &Did {
        &self.did
    }

    /// Returns the name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl FromStr for Anchor {
    type Err = TrustError;

    /// Reads `DID` or `DID=NAME`.
    fn from_str(text: &str) -> Result<Self, TrustError> {
        let (did, name) = match text.split_once('=') {
            Some((did, name)) => (did, Some(name.trim()).filter(|name| !name.is_empty())),
            None => (text, None),
        };
        Self::new(did.trim().parse()?, name.map(str::to_owned))
    }
}

impl TrustSet {
    /// Makes the set.
    ///
    /// # Errors
    /// [`TrustError`] when there is no anchor, or one stands twice.
    pub fn new(anchors: impl IntoIterator<Item = Anchor>) -> Result<Self, TrustError> {
        let mut set = BTreeMap::new();
        for anchor in anchors {
            let did = anchor.did.clone();
            let held = Held {
                anchor,
                bundle: None,
                conflict: None,
                seen: None,
            };
            if set.insert(did.clone(), held).is_some() {
                return Err(TrustError::Repeated { did });
            }
        }
        if set.is_empty() {
            return Err(TrustError::NoAnchor);
        }
        Ok(Self {
            anchors: set,
            unreadable: None,
        })
    }

    /// Says what was seen of an issuer before, so that an older bundle is not taken for its newest.
    pub fn remember(&mut self, did: &Did, seen: Seen) {
        if let Some(held) = self.anchors.get_mut(did)
            && held.seen.is_none_or(|before| before.seq < seen.seq)
        {
            held.seen = Some(seen);
            if seen.conflict {
                held.conflict = held.conflict.max(Some(seen.seq));
            }
        }
    }

    /// Adds a bundle; of each anchor the one with the highest sequence number is used, however old
    /// it is, for otherwise whoever withholds the newest could choose.
    pub fn add(&mut self, bundle: Bundle) -> Added {
        let Some(held) = self.anchors.get_mut(bundle.signer().did()) else {
            return Added::NotAnchored;
        };
        let (seq, digest) = (bundle.seq(), *bundle.digest());
        let known = held.bundle.as_ref().map(|b| (b.seq(), *b.digest()));
        let seen = held.seen.map(|seen| (seen.seq, seen.digest));
        let others = known.into_iter().chain(seen);
        if others
            .clone()
            .any(|other| other.0 == seq && other.1 != digest)
        {
            held.conflict = held.conflict.max(Some(seq));
        }
        if known.is_some_and(|(newer, _)| newer > seq) {
            return Added::Older;
        }
        let is_old = seen.is_some_and(|(newer, _)| newer > seq);
        // Two bundles of one number: which of them is kept does not matter, for neither is used.
        held.bundle = Some(Box::new(bundle));
        match held.conflict {
            Some(of) if of >= seq && !is_old => Added::Conflict,
            _ if is_old => Added::Older,
            _ => Added::Used,
        }
    }

    /// Notes that a file was no usable bundle, so that a verdict can say so instead of "missing".
    pub fn add_unreadable(&mut self, error: BundleError) {
        self.unreadable = Some(error);
    }

    /// Forgets what [`TrustSet::add_unreadable`] noted, before the files are read again.
    pub fn forget_unreadable(&mut self) {
        self.unreadable = None;
    }

    /// Returns how each anchor stands at `now`, judged by what its bundles say of themselves.
    pub fn standing(&self, now: Timestamp) -> impl Iterator<Item = Standing<'_>> {
        self.anchors.values().map(move |held| Standing {
            anchor: &held.anchor,
            bundle: held.bundle.as_deref(),
            code: match self.evidence_of(held) {
                Evidence::NotAnchored => None,
                Evidence::Missing { code, .. } => Some(code),
                Evidence::Held { bundle, .. } => bundle.times().freshness(now, None).code(),
            },
        })
    }

    /// Returns what is to be remembered of each anchor, at `now`. A bundle that says it was signed later
    /// is not: one day in a wrong future would refuse every bundle of the days until then.
    pub fn seen(&self, now: Timestamp) -> impl Iterator<Item = (&Did, Seen)> {
        self.anchors.iter().filter_map(move |(did, held)| {
            let here = held
                .bundle
                .as_ref()
                .filter(|bundle| bundle.times().freshness(now, None) != Freshness::NotYetIssued);
            let here = here.map(|bundle| Seen {
                seq: bundle.seq(),
                digest: *bundle.digest(),
                conflict: held.conflict == Some(bundle.seq()),
            });
            let newest = match (here, held.seen) {
                (Some(here), Some(seen)) if seen.seq > here.seq || seen == here => Some(seen),
                (Some(here), Some(seen)) if seen.seq == here.seq => Some(Seen {
                    conflict: here.conflict || seen.conflict,
                    ..seen
                }),
                (here, seen) => here.or(seen),
            };
            newest.map(|seen| (did, seen))
        })
    }

    /// Returns what is at hand from the issuer whose key signed; a claimed issuer does not do.
    pub fn evidence(&self, signer: &SignerDid) -> Evidence<'_> {
        let held = self.anchors.get(signer.did());
        held.map_or(Evidence::NotAnchored, |held| self.evidence_of(held))
    }

    fn evidence_of<'t>(&'t self, held: &'t Held) -> Evidence<'t> {
        let name = held.anchor.name();
        let missing = |code: Code, detail: String| Evidence::Missing { name, code, detail };
        let newest = held.bundle.as_ref().map(|bundle| bundle.seq());
        let newest = newest.max(held.seen.map(|seen| seen.seq));
        if held.conflict.is_some() && held.conflict >= newest {
            return missing(
                Code::BundleConflict,
                "two different bundles have one sequence number".to_owned(),
            );
        }
        let Some(bundle) = &held.bundle else {
            return match &self.unreadable {
                Some(error) => missing(error.code(), error.to_string()),
                None => missing(
                    Code::BundleMissing,
                    "no bundle of this issuer is at hand".to_owned(),
                ),
            };
        };
        if let Some(seen) = held.seen
            && bundle.seq() < seen.seq
        {
            let detail = format!(
                "the bundle has number {}, but number {} was seen before",
                bundle.seq(),
                seen.seq
            );
            return missing(Code::BundleRollback, detail);
        }
        Evidence::Held { name, bundle }
    }
}

impl Resolver for TrustSet {
    /// Returns the document read with the anchor, or resolves a DID that holds its own key.
    fn resolve(&self, did: &Did) -> Result<Cow<'_, DidDocument>, DidError> {
        match self.anchors.get(did) {
            Some(held) => Ok(Cow::Borrowed(&held.anchor.document)),
            None => match LocalResolver::new().resolve(did)? {
                Cow::Owned(document) => Ok(Cow::Owned(document)),
                Cow::Borrowed(document) => Ok(Cow::Owned(document.clone())),
            },
        }
    }
}
