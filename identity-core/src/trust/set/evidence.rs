//! What a verifier has at hand about the issuer whose key signed, and who vouches for it.

use jiff::Timestamp;

use crate::{
    Code,
    did::Did,
    proof::SignerDid,
    status::{Instant, LEEWAY},
    trust::{
        Anchor, Bundle, BundleTimes, RefusedDelegation, TrustSet,
        accreditation::{Delegation, Listed},
        network::Network,
    },
};

use super::{Held, HeldNetwork};

/// What a verifier has from the issuer whose key signed.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a verdict must name every case")]
pub enum Evidence<'t> {
    /// The issuer is no anchor, and nobody who is vouches for it.
    NotAnchored,
    /// The issuer is known, but there is no bundle to rely on.
    Missing {
        /// The name to show for the issuer.
        name: Option<&'t str>,
        /// Why.
        code: Code,
        /// Why, in words.
        detail: String,
        /// Who vouches for it.
        authority: Authority<'t>,
    },
    /// The issuer is known, and this is its newest bundle.
    Held {
        /// The name to show for the issuer.
        name: Option<&'t str>,
        /// The bundle.
        bundle: &'t Bundle,
        /// Who vouches for it.
        authority: Authority<'t>,
    },
}

/// Who vouches for an issuer.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a verdict must name every case")]
pub enum Authority<'t> {
    /// The verifier itself: it is an anchor. No accreditor switches a house's own doors off.
    Anchor,
    /// Others, each on its way.
    Others(Vec<Path<'t>>),
}

/// The way from an anchor to an issuer.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Path<'t> {
    /// The accreditor's trust bundle and the parliament in it; `None` where the parliament is an anchor.
    pub accredited: Option<(&'t Network, &'t Listed)>,
    /// The delegation by which the parliament let the issuer issue, and the parliament's bundle that holds it;
    /// `None` where the issuer is the parliament.
    pub delegated: Option<(&'t Delegation, &'t Bundle)>,
}

/// What is at hand from one anchor, for whoever watches over a verifier.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Standing<'t> {
    /// The anchor.
    pub anchor: &'t Anchor,
    /// Its newest bundle, were it usable or not.
    pub bundle: Option<&'t Bundle>,
    /// Its newest trust bundle, for an accreditor.
    pub network: Option<&'t Network>,
    /// Why nothing that rests on it can be valid now; `None` when its bundle is fresh.
    pub code: Option<Code>,
}

impl Standing<'_> {
    /// Returns the number of its newest bundle, or of the trust bundle of one that has no bundle of its own.
    pub fn number(&self) -> Option<u64> {
        let of_network = || Some(self.network?.snapshot().content().seq);
        self.bundle.map(Bundle::seq).or_else(of_network)
    }

    /// Returns how old that one is.
    pub fn times(&self) -> Option<BundleTimes> {
        let of_network = || Some(self.network?.snapshot().times());
        self.bundle
            .map(|bundle| *bundle.times())
            .or_else(of_network)
    }
}

impl TrustSet {
    /// Returns how each anchor stands at `now`, judged by what its bundles say of themselves.
    pub fn standing(&self, now: Timestamp) -> impl Iterator<Item = Standing<'_>> {
        self.anchors.values().map(move |anchor| {
            let held = self.issuer(anchor.did());
            let network = self.network(anchor.did());
            let bundle = held.and_then(|held| held.bundle.as_deref());
            let code = match (network, bundle) {
                (Some(network), None) => network
                    .snapshot()
                    .times()
                    .freshness(now, None)
                    .network_code(),
                _ => match self.usable(held) {
                    Err((code, _)) => Some(code),
                    Ok(bundle) => bundle.times().freshness(now, None).code(),
                },
            };
            Standing {
                anchor,
                bundle,
                network,
                code,
            }
        })
    }

    /// Returns the latest instant that an accreditor's snapshot has shown before, where `now` lies more than
    /// the leeway of two clocks before it: then this machine's clock was set back, and no question about time
    /// can be answered with it.
    ///
    /// What is remembered was not ahead of the clock when it was seen ([`TrustSet::networks_seen`]).
    pub fn clock_set_back(&self, now: Timestamp) -> Option<Instant> {
        let remembered = self.networks.values().filter_map(|held| held.seen);
        let latest = remembered.map(|seen| seen.issued_at).max()?;
        (latest.seconds_since(Instant::floor(now)) > LEEWAY.as_secs()).then_some(latest)
    }

    /// Returns what is at hand from the issuer whose key signed; a claimed issuer does not do.
    pub fn evidence(&self, signer: &SignerDid) -> Evidence<'_> {
        self.evidence_of(signer.did())
    }

    /// Returns the same for a DID of which no signature was verified: to say why none could be.
    pub(crate) fn evidence_of(&self, signer: &Did) -> Evidence<'_> {
        let did = self.canonical(signer);
        let (name, authority) = if let Some(anchor) = self.anchors.get(did) {
            (anchor.name(), Authority::Anchor)
        } else {
            let paths = self.paths(did);
            let Some(first) = paths.first() else {
                return self.unvouched();
            };
            (first.name(), Authority::Others(paths))
        };
        match self.usable(self.issuer(did)) {
            Ok(bundle) => Evidence::Held {
                name,
                bundle,
                authority,
            },
            Err((code, detail)) => Evidence::Missing {
                name,
                code,
                detail,
                authority,
            },
        }
    }

    /// Returns the delegation to this unit that a known parliament's bundle holds and that is refused: why
    /// nobody vouches for it.
    pub(crate) fn refused_delegation(&self, unit: &Did) -> Option<&RefusedDelegation> {
        let bundles = self.issuers.values().filter_map(|held| held.usable()?.ok());
        let mut refused = bundles.flat_map(Bundle::refused_delegations);
        refused.find(|refused| refused.unit.as_ref() == Some(unit))
    }

    /// Nobody at hand vouches for it. Where an accreditor of ours has fallen silent it might have.
    fn unvouched(&self) -> Evidence<'_> {
        let silent = self.networks.values().find_map(HeldNetwork::problem);
        // A file that could not be read says more than that there is none.
        let silent = match (silent, &self.unreadable_network) {
            (None | Some((Code::BundleMissing, _)), Some(unreadable)) => Some(unreadable.clone()),
            (silent, _) => silent,
        };
        match silent {
            None => Evidence::NotAnchored,
            Some((code, detail)) => Evidence::Missing {
                name: None,
                code,
                detail,
                authority: Authority::Others(Vec::new()),
            },
        }
    }

    /// Returns every way that leads from an anchor to this issuer.
    fn paths(&self, did: &Did) -> Vec<Path<'_>> {
        let listed = |did: &Did| {
            let networks = self
                .networks
                .values()
                .filter_map(|held| held.network.as_deref());
            let found =
                networks.filter_map(|network| Some((network, network.list().parliament(did)?)));
            found.collect::<Vec<_>>()
        };
        let mut paths: Vec<Path<'_>> = listed(did)
            .into_iter()
            .map(|accredited| Path {
                accredited: Some(accredited),
                delegated: None,
            })
            .collect();
        let is_its = |delegated: &&Delegation| delegated.unit().subject() == did.subject();
        for parliament in self.delegates.get(did.subject()).into_iter().flatten() {
            let Ok(bundle) = self.usable(self.issuer(parliament)) else {
                continue;
            };
            // One step from an anchor or an accredited parliament, and no further.
            let mut above: Vec<_> = listed(parliament).into_iter().map(Some).collect();
            if self.anchors.contains_key(parliament) {
                above.push(None);
            }
            for delegated in bundle.delegations().iter().filter(is_its) {
                paths.extend(above.iter().map(|accredited| Path {
                    accredited: *accredited,
                    delegated: Some((delegated, bundle)),
                }));
            }
        }
        paths
    }

    /// Returns the bundle to rely on, or why there is none.
    fn usable<'t>(&'t self, held: Option<&'t Held>) -> Result<&'t Bundle, (Code, String)> {
        let missing = || {
            let missing = "no bundle of this issuer is at hand".to_owned();
            let noted = self.unreadable.clone();
            Err(noted.unwrap_or((Code::BundleMissing, missing)))
        };
        let Some(held) = held else { return missing() };
        held.usable().unwrap_or_else(missing)
    }
}

impl<'t> Path<'t> {
    /// Returns the name that the accreditor or the parliament gives the issuer.
    pub fn name(&self) -> Option<&'t str> {
        if let Some((delegated, _)) = self.delegated {
            return Some(delegated.display_name());
        }
        let (_, listed) = self.accredited?;
        listed
            .latest()
            .map(|version| version.parliament.display_name())
    }
}
