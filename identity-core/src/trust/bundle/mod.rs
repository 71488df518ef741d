//! The trust bundle: everything a verifier needs from one issuer, in one signed file
//! (`spec/20-status-and-bundle.md`).

mod content;
mod error;
mod open;

pub use content::{Content, PublishedDelegation, PublishedList, SCHEMA, TYP};
pub use error::BundleError;
pub(super) use open::signed_digest;

use std::collections::BTreeMap;

use super::{
    BundleTimes,
    accreditation::{AccreditationError, Delegation},
    electoral::ElectoralPeriod,
    officers::{OfficerPolicy, PolicyChain},
};
use crate::{
    did::{Did, DidDocument, webvh::DidHistory},
    key::PublicKey,
    proof::SignerDid,
    status::{Instant, ListHistory, ListUri, StatusList, Term, values},
};

/// Numbers lie below this: one at the end of what JSON can count would be the last.
const MOST_SEQ: u64 = 1 << 53;

/// A status list with its history, ready for look-ups.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HeldList {
    /// The list.
    pub list: StatusList,
    /// What was published about its slots.
    pub history: ListHistory,
}

/// A delegation in a bundle that counts for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedDelegation {
    /// The unit that it names, where it names one.
    pub unit: Option<Did>,
    /// Why it is refused.
    pub error: AccreditationError,
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
    /// Where the DID has a history, and the document with every key there ever was.
    history: Option<(DidHistory, DidDocument)>,
    officers: Option<PolicyChain>,
    delegations: Vec<Delegation>,
    refused_delegations: Vec<RefusedDelegation>,
    electoral_periods: Vec<ElectoralPeriod>,
    digest: [u8; 32],
}

impl Bundle {
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

    /// Returns the history of the issuer's DID, where it has one.
    pub fn history(&self) -> Option<&DidHistory> {
        self.history.as_ref().map(|(history, _)| history)
    }

    /// Returns the document with every key that the DID ever had, where it has a history.
    pub(super) fn union_document(&self) -> Option<&DidDocument> {
        self.history.as_ref().map(|(_, document)| document)
    }

    /// Returns the issuer's officer policies, where it has officers.
    pub const fn officers(&self) -> Option<&PolicyChain> {
        self.officers.as_ref()
    }

    /// Returns the epoch of its numbers: those of another are not compared.
    pub fn epoch(&self) -> u64 {
        let latest = self.officers.as_ref().map(PolicyChain::latest);
        latest.map_or(0, OfficerPolicy::epoch)
    }

    /// Returns the electoral period that covers an instant.
    pub fn electoral_period(&self, at: Instant) -> Option<&ElectoralPeriod> {
        let mut periods = self.electoral_periods.iter();
        periods.find(|period| period.covers(at, &self.chamber))
    }

    /// Returns the electoral periods, past and to come.
    pub fn electoral_periods(&self) -> &[ElectoralPeriod] {
        &self.electoral_periods
    }

    /// Returns what the issuer delegates.
    pub fn delegations(&self) -> &[Delegation] {
        &self.delegations
    }

    /// Returns the delegations in it that are refused, and count for nothing.
    pub fn refused_delegations(&self) -> &[RefusedDelegation] {
        &self.refused_delegations
    }

    /// Returns how many revoked credentials and ended terms this one is silent about, though an earlier bundle
    /// told of them: neither is ever taken back, so that the office forgot them, or somebody made it.
    pub fn silent_about(&self, earlier: &Self) -> usize {
        let revoked = earlier.lists().map(|(uri, held)| {
            let slots = held.history.last_index().map_or(0..0, |last| 0..last + 1);
            let of = |index: u64| !held.history.slot(index).revocations.is_empty();
            let told = |index: u64| {
                self.list(uri).is_some_and(|now| {
                    let is_set = now.list.get(index).is_some_and(|v| v != values::VALID);
                    is_set || !now.history.slot(index).revocations.is_empty()
                })
            };
            slots.filter(|index| of(*index) && !told(*index)).count()
        });
        let told = |term: &Term| {
            self.term(&term.id)
                .is_some_and(|now| !now.endings.is_empty())
        };
        let ended = earlier
            .terms()
            .filter(|term| !term.endings.is_empty() && !told(term));
        revoked.sum::<usize>() + ended.count()
    }
}
