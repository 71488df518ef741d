//! What a verifier remembers of what it has seen, so that nobody can show it something older.

use core::cmp::max_by_key;

use sha2::{Digest as _, Sha256};

use crate::{
    did::webvh::DidHistory,
    status::Instant,
    trust::{Bundle, network::Network},
};

/// The highest sequence number seen from an issuer, and of which bundle it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "complete")]
pub struct Seen {
    /// The epoch of the number.
    pub epoch: u64,
    /// The sequence number.
    pub seq: u64,
    /// The digest of the bundle.
    pub digest: [u8; 32],
    /// Whether another bundle of this number was seen: then neither counts, until a higher one comes.
    pub conflict: bool,
    /// How far the log of its DID had come, where it has one.
    pub log: Option<LogHead>,
    /// The newest version of its officer policy, where it has officers.
    pub policy: Option<PolicySeen>,
}

/// A version of an officer policy that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "two members, complete")]
pub struct PolicySeen {
    /// Its number.
    pub version: u64,
    /// Its digest.
    pub digest: [u8; 32],
}

/// How far a DID's log had come: the number of its last entry, and a digest of that entry's hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "two members, complete")]
pub struct LogHead {
    /// The number of the entry.
    pub number: u64,
    /// The SHA-256 digest of its hash's text.
    pub digest: [u8; 32],
}

/// What was seen of an accreditor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "complete")]
pub struct NetworkSeen {
    /// The newest version of its officer policy.
    pub policy_version: u64,
    /// That version's digest.
    pub policy_digest: [u8; 32],
    /// The epoch of the numbers.
    pub epoch: u64,
    /// The number of the snapshot.
    pub seq: u64,
    /// The snapshot's digest.
    pub digest: [u8; 32],
    /// Whether another snapshot of this number was seen.
    pub conflict: bool,
    /// The number of the trust list.
    pub list_seq: u64,
    /// When the snapshot was signed.
    pub issued_at: Instant,
    /// How far the log of its DID had come, where it has one.
    pub log: Option<LogHead>,
}

/// How something stands to what was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// It is newer, or the same.
    Onward,
    /// It is older.
    Back,
    /// It has the same number and is another.
    Conflict,
    /// Its history is another than the one seen.
    Fork,
}

impl LogHead {
    pub(super) fn of(history: &DidHistory) -> Self {
        let (number, hash) = history.head();
        Self {
            number,
            digest: Sha256::digest(hash).into(),
        }
    }

    /// Says whether a history goes on from here.
    pub(super) fn order(&self, history: &DidHistory) -> Order {
        match history.version_number(self.number) {
            None => Order::Back,
            Some(version) => {
                let digest: [u8; 32] = Sha256::digest(version.entry_hash()).into();
                if digest == self.digest {
                    Order::Onward
                } else {
                    Order::Fork
                }
            }
        }
    }
}

impl Seen {
    pub(super) fn of(bundle: &Bundle) -> Self {
        Self {
            epoch: bundle.epoch(),
            seq: bundle.seq(),
            digest: *bundle.digest(),
            conflict: false,
            log: bundle.history().map(LogHead::of),
            policy: bundle.officers().map(|chain| PolicySeen {
                version: chain.latest().version(),
                digest: *chain.latest().digest(),
            }),
        }
    }

    /// Returns what numbers are compared by: of a later epoch every one is newer.
    pub(super) const fn number(&self) -> (u64, u64) {
        (self.epoch, self.seq)
    }

    /// Returns the one with the higher number; of one number the second.
    pub(super) fn newest(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        max_by_key(one, other, |seen| seen.map(|seen| seen.number()))
    }

    /// Says how a bundle stands to what was seen.
    pub(super) fn order(&self, bundle: &Bundle) -> Order {
        if let (Some(log), Some(history)) = (&self.log, bundle.history()) {
            match log.order(history) {
                Order::Onward => {}
                other => return other,
            }
        }
        // Whoever publishes unattended must not bring officers back who have left, or do without any.
        if let Some(policy) = &self.policy {
            let found = bundle
                .officers()
                .and_then(|chain| chain.version(policy.version));
            match found {
                None => return Order::Back,
                Some(version) if *version.digest() != policy.digest => return Order::Fork,
                Some(_) => {}
            }
        }
        let number = (bundle.epoch(), bundle.seq());
        if number < self.number() {
            Order::Back
        } else if number == self.number() && *bundle.digest() != self.digest {
            Order::Conflict
        } else {
            Order::Onward
        }
    }
}

impl NetworkSeen {
    pub(super) fn of(network: &Network) -> Self {
        let (snapshot, latest) = (network.snapshot(), network.policies().latest());
        Self {
            policy_version: latest.version(),
            policy_digest: *latest.digest(),
            epoch: latest.epoch(),
            seq: snapshot.content().seq,
            digest: *snapshot.digest(),
            conflict: false,
            list_seq: network.list().seq(),
            issued_at: snapshot.content().issued_at,
            log: network.history().map(LogHead::of),
        }
    }

    pub(super) const fn number(&self) -> (u64, u64) {
        (self.epoch, self.seq)
    }

    /// Returns the one with the higher number; of one number the second.
    pub(super) fn newest(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        max_by_key(one, other, |seen| seen.map(|seen| seen.number()))
    }

    /// Says how a trust bundle stands to what was seen (TUF 1.0.34 sections 5.3.5, 5.4.3 and 5.5.5).
    pub(super) fn order(&self, network: &Network) -> Order {
        if let (Some(log), Some(history)) = (&self.log, network.history()) {
            match log.order(history) {
                Order::Onward => {}
                other => return other,
            }
        }
        // The officers that were seen have to be in its history: numbers may begin anew, officers not.
        match network.policies().version(self.policy_version) {
            None => return Order::Back,
            Some(policy) if *policy.digest() != self.policy_digest => return Order::Fork,
            Some(_) => {}
        }
        let number = (
            network.policies().latest().epoch(),
            network.snapshot().content().seq,
        );
        if number < self.number() {
            return Order::Back;
        }
        if number == self.number() && *network.snapshot().digest() != self.digest {
            return Order::Conflict;
        }
        // A newer snapshot may not bring back an older list.
        if number.0 == self.epoch && network.list().seq() < self.list_seq {
            return Order::Back;
        }
        Order::Onward
    }
}
