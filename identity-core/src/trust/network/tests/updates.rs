//! What a verifier takes after what it has seen: TUF's rules, one by one.

use super::*;
use crate::{status::Instant, testing::people::signed, trust::NetworkSeen};

pub(super) fn trust() -> TrustSet {
    TrustSet::new([did_of(UNION).as_str().parse().unwrap()]).unwrap()
}

pub(super) fn numbered(union: &Union, houses: &[House], seq: u64, list_seq: u64) -> Network {
    let union = Union {
        seq,
        list_seq,
        ..union.clone()
    };
    open(&union.file(&bundles(houses))).unwrap()
}

/// Remembers what was seen, and forgets the rest, as a restart does.
pub(super) fn restarted(trust: &TrustSet) -> TrustSet {
    let mut after = self::trust();
    for (did, seen) in trust.networks_seen(World::now()) {
        after.remember_network(did, seen);
    }
    for (did, seen) in trust.seen(World::now()) {
        after.remember(did, seen);
    }
    after
}

pub(super) fn why(trust: &TrustSet, house: &House) -> Option<Code> {
    match trust.evidence_of(&house.did) {
        Evidence::Held { .. } => None,
        Evidence::Missing { code, .. } => Some(code),
        Evidence::NotAnchored => Some(Code::IssuerNotTrusted),
    }
}

#[test]
fn numbers_never_go_down() {
    let (union, houses) = union();
    let mut trust = trust();
    assert_eq!(
        trust.add_network(numbered(&union, &houses, 3, 2)),
        Added::Used
    );
    assert_eq!(
        trust.add_network(numbered(&union, &houses, 2, 2)),
        Added::Older
    );
    // A newer snapshot with an older list.
    assert_eq!(
        trust.add_network(numbered(&union, &houses, 4, 1)),
        Added::Older
    );
    assert_eq!(why(&trust, &houses[0]), None);
    assert_eq!(
        trust.add_network(numbered(&union, &houses, 4, 2)),
        Added::Used
    );
    let mut after = restarted(&trust);
    // Until the newest is there, nobody can say who is accredited.
    assert_eq!(why(&after, &houses[0]), Some(Code::BundleMissing));
    assert_eq!(
        after.add_network(numbered(&union, &houses, 3, 2)),
        Added::Older
    );
    assert_eq!(why(&after, &houses[0]), Some(Code::NetworkRollback));
    assert_eq!(
        after.add_network(numbered(&union, &houses, 4, 2)),
        Added::Used
    );
    assert_eq!(why(&after, &houses[0]), None);
}

#[test]
fn two_snapshots_of_one_number_are_a_conflict_until_a_higher_one_comes() {
    let (union, houses) = union();
    let other = {
        let mut other = union.clone();
        other.accredit(&House::new(30));
        other
    };
    let mut trust = trust();
    trust.add_network(numbered(&union, &houses, 3, 2));
    assert_eq!(
        trust.add_network(numbered(&other, &houses, 3, 2)),
        Added::Conflict
    );
    assert_eq!(why(&trust, &houses[0]), Some(Code::NetworkConflict));
    assert_eq!(
        trust.add_network(numbered(&union, &houses, 3, 2)),
        Added::Conflict
    );
    assert_eq!(
        trust.add_network(numbered(&union, &houses, 4, 2)),
        Added::Used
    );
    assert_eq!(why(&trust, &houses[0]), None);
}

#[test]
fn a_counter_that_was_run_up_begins_anew_with_a_new_epoch() {
    let (mut union, houses) = union();
    let mut trust = trust();
    trust.add_network(numbered(&union, &houses, (1 << 53) - 1, (1 << 53) - 1));
    assert_eq!(
        trust.add_network(numbered(&union, &houses, 4, 3)),
        Added::Older
    );
    let next = PolicyDraft {
        version: 2,
        epoch: 1,
        ..Union::policy()
    };
    union.next_policy(&next, &[201, 202, 203]);
    assert_eq!(
        trust.add_network(numbered(&union, &houses, 1, 1)),
        Added::Used
    );
    let mut after = restarted(&trust);
    assert_eq!(
        after.add_network(numbered(&union, &houses, 1, 1)),
        Added::Used
    );
}

#[test]
fn a_root_that_was_seen_does_not_come_off_again() {
    let (mut union, houses) = union();
    let before = union.clone();
    let next = PolicyDraft {
        version: 2,
        officers: (203..=207).map(officer).collect(),
        ..Union::policy()
    };
    union.next_policy(&next, &[201, 202, 203, 204, 205]);
    let mut trust = trust();
    trust.add_network(numbered(&union, &houses, 3, 2));
    // The officers who left publish on, with higher numbers.
    assert_eq!(
        trust.add_network(numbered(&before, &houses, 9, 9)),
        Added::Older
    );
    // Another second version, by officers of the first: each is well signed, both cannot be.
    let mut fork = before;
    let other = PolicyDraft {
        version: 2,
        issued_at: Instant::floor(World::days(-499)),
        ..Union::policy()
    };
    fork.next_policy(&other, &[201, 202, 203]);
    assert_eq!(
        trust.add_network(numbered(&fork, &houses, 9, 9)),
        Added::Fork
    );
    let mut after = restarted(&trust);
    assert_eq!(
        after.add_network(numbered(&fork, &houses, 9, 9)),
        Added::Fork
    );
    assert_eq!(why(&after, &houses[0]), Some(Code::NetworkFork));
}

#[test]
fn a_snapshot_from_the_future_is_not_remembered() {
    let (union, houses) = union();
    let parts = union.parts(&bundles(&houses), |content| {
        content.seq = 99;
        content.issued_at = hours(24);
        content.next_update = hours(48);
        content.expires = hours(72);
    });
    let mut trust = trust();
    assert_eq!(
        trust.add_network(open(&parts.to_bytes()).unwrap()),
        Added::Used
    );
    assert_eq!(trust.networks_seen(World::now()).count(), 0);
}

#[test]
fn a_parliament_cannot_be_rolled_back_inside_a_newer_snapshot() {
    let (union, houses) = union();
    let mut trust = trust();
    trust.add_network(numbered(&union, &houses, 3, 2));
    let mut after = restarted(&trust);
    let older = [
        houses[0].bundle(|content| content.seq = 4),
        houses[1].bundle(|_| ()),
    ];
    let newer = Union { seq: 4, ..union };
    assert_eq!(
        after.add_network(open(&newer.file(&older)).unwrap()),
        Added::Used
    );
    assert_eq!(why(&after, &houses[0]), Some(Code::BundleRollback));
    assert_eq!(why(&after, &houses[1]), None);
}

#[test]
fn the_log_of_a_did_cannot_be_cut_back_nor_forked() {
    let (union, mut houses) = union();
    let short = houses[0].clone();
    houses[0].rotate(-10);
    let mut trust = trust();
    trust.add_network(numbered(&union, &houses, 3, 2));
    assert_eq!(why(&trust, &houses[0]), None);
    // A higher number does not help the shorter log.
    let mut after = restarted(&trust);
    let cut = [
        short.bundle(|content| content.seq = 9),
        houses[1].bundle(|_| ()),
    ];
    let newer = Union { seq: 4, ..union };
    after.add_network(open(&newer.file(&cut)).unwrap());
    assert_eq!(why(&after, &houses[0]), Some(Code::BundleRollback));
    let mut fork = short;
    fork.rotate(-5);
    let mut after = restarted(&trust);
    let forked = [
        fork.bundle(|content| content.seq = 9),
        houses[1].bundle(|_| ()),
    ];
    after.add_network(open(&newer.file(&forked)).unwrap());
    assert_eq!(why(&after, &houses[0]), Some(Code::DidLogFork));
}

#[test]
fn what_is_remembered_is_the_highest() {
    let (union, houses) = union();
    let mut trust = trust();
    trust.add_network(numbered(&union, &houses, 3, 2));
    let seen: Vec<NetworkSeen> = trust
        .networks_seen(World::now())
        .map(|(_, seen)| seen)
        .collect();
    let [seen] = seen[..] else { panic!("{seen:?}") };
    assert_eq!(
        (seen.policy_version, seen.epoch, seen.seq, seen.list_seq),
        (1, 0, 3, 2)
    );
    let mut other = self::trust();
    other.remember_network(&did_of(UNION), NetworkSeen { seq: 7, ..seen });
    other.remember_network(&did_of(UNION), seen);
    // A stranger's numbers are nobody's.
    other.remember_network(&did_of(9), NetworkSeen { seq: 8, ..seen });
    let kept: Vec<_> = other
        .networks_seen(World::now())
        .map(|(_, seen)| seen.seq)
        .collect();
    assert_eq!(kept, [7]);
}

#[test]
fn officers_who_left_a_parliament_do_not_come_back_by_a_newer_bundle() {
    let house = House::new(10);
    let first = PolicyDraft {
        issuer: house.did.clone(),
        version: 1,
        epoch: 0,
        threshold: 2,
        officers: (150..=152).map(officer).collect(),
        publishing: Vec::new(),
        issued_at: Instant::floor(World::days(-390)),
    };
    let second = PolicyDraft {
        version: 2,
        officers: (151..=153).map(officer).collect(),
        issued_at: Instant::floor(World::days(-90)),
        ..first.clone()
    };
    let one = Value::Object(signed(&first, &[10, 150, 151])).to_serde();
    let two = Value::Object(signed(&second, &[151, 152])).to_serde();
    let with = |officers: &[&serde_json::Value], seq| {
        house.opened(|content| {
            content.officers = officers.iter().map(|&policy| policy.clone()).collect();
            content.seq = seq;
        })
    };
    let mut trust = TrustSet::new([house.did.as_str().parse().unwrap()]).unwrap();
    assert_eq!(trust.add(with(&[&one, &two], 5)), Added::Used);
    // The unattended status key signs bundles; who the officers are is not for it to say.
    assert_eq!(trust.add(with(&[&one], 6)), Added::Older);
    assert_eq!(trust.add(with(&[], 7)), Added::Older);
    let mut after = restarted_from(&trust, &house);
    assert_eq!(after.add(with(&[&one], 6)), Added::Older);
    assert_eq!(why(&after, &house), Some(Code::BundleRollback));
    assert_eq!(after.add(with(&[&one, &two], 8)), Added::Used);
    assert_eq!(why(&after, &house), None);
    let other = PolicyDraft {
        threshold: 1,
        ..second
    };
    let other = Value::Object(signed(&other, &[151, 152])).to_serde();
    assert_eq!(after.add(with(&[&one, &other], 9)), Added::Fork);
}

fn restarted_from(trust: &TrustSet, house: &House) -> TrustSet {
    let mut after = TrustSet::new([house.did.as_str().parse().unwrap()]).unwrap();
    for (did, seen) in trust.seen(World::now()) {
        after.remember(did, seen);
    }
    after
}
