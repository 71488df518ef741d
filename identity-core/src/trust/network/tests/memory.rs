//! What is remembered from one start to the next, and what of two things of one number.

use super::{
    updates::{numbered, restarted, trust, why},
    *,
};
use crate::trust::{NetworkSeen, Seen};

/// What is remembered of the accreditor, and of one house.
fn memory(trust: &TrustSet, house: &House) -> (Option<NetworkSeen>, Option<Seen>) {
    let mut networks = trust.networks_seen(World::now());
    let mut issuers = trust.seen(World::now());
    let of_house = issuers.find(|(did, _)| **did == house.did);
    (
        networks.next().map(|(_, seen)| seen),
        of_house.map(|(_, seen)| seen),
    )
}

#[test]
fn the_highest_number_is_kept_and_of_one_number_what_was_seen_first() {
    let (union, houses) = union();
    let mut first = trust();
    first.add_network(numbered(&union, &houses, 3, 2));
    let (Some(network), Some(bundle)) = memory(&first, &houses[0]) else {
        unreachable!()
    };
    // Before anything is at hand of the house, and after.
    for known in [false, true] {
        let mut trust = trust();
        if known {
            trust.add_network(numbered(&union, &houses, 3, 2));
        }
        for (seq, digest) in [(5, 1), (7, 2), (7, 3), (6, 4)] {
            let digest = [digest; 32];
            let seen = NetworkSeen {
                seq,
                digest,
                ..network
            };
            trust.remember_network(&did_of(UNION), seen);
            let seen = Seen {
                seq,
                digest,
                ..bundle
            };
            trust.remember(&houses[0].did, seen);
        }
        let (network, _) = memory(&trust, &houses[0]);
        let kept = network.map(|seen| (seen.seq, seen.digest, seen.conflict));
        assert_eq!(kept, Some((7, [2; 32], false)), "{known}");
        trust.add_network(numbered(&union, &houses, 8, 2));
        assert_eq!(why(&trust, &houses[0]), Some(Code::BundleRollback));
        let (_, bundle) = memory(&trust, &houses[0]);
        let kept = bundle.map(|seen| (seen.seq, seen.digest, seen.conflict));
        assert_eq!(kept, Some((7, [2; 32], false)), "{known}");
    }
}

/// The memory is told in any order, and a conflict is never untold by what has the same number.
#[test]
fn a_conflict_that_was_remembered_stays_one() {
    let (union, houses) = union();
    let mut first = trust();
    first.add_network(numbered(&union, &houses, 3, 2));
    let (Some(network), Some(bundle)) = memory(&first, &houses[0]) else {
        unreachable!()
    };
    for order in [[false, true], [true, false]] {
        let mut trust = trust();
        for conflict in order {
            let told = NetworkSeen {
                conflict,
                ..network
            };
            trust.remember_network(&did_of(UNION), told);
            let told = Seen { conflict, ..bundle };
            trust.remember(&houses[0].did, told);
        }
        let again = trust.add_network(numbered(&union, &houses, 3, 2));
        assert_eq!(again, Added::Conflict, "{order:?}");
        assert_eq!(why(&trust, &houses[0]), Some(Code::NetworkConflict));
        trust.add_network(numbered(&union, &houses, 4, 2));
        assert_eq!(why(&trust, &houses[0]), Some(Code::BundleConflict));
        let (network, bundle) = memory(&trust, &houses[0]);
        assert_eq!(
            network.map(|seen| (seen.seq, seen.conflict)),
            Some((4, false))
        );
        assert_eq!(
            bundle.map(|seen| (seen.seq, seen.conflict)),
            Some((5, true))
        );
    }
}

#[test]
fn two_snapshots_of_one_number_are_a_conflict_behind_a_restart_too() {
    let (union, houses) = union();
    let mut other = union.clone();
    other.accredit(&House::new(30));
    let mut first = trust();
    first.add_network(numbered(&union, &houses, 3, 2));
    // The next day's, twice: what was seen rises with it.
    let mut trust = restarted(&first);
    trust.add_network(numbered(&union, &houses, 4, 2));
    let added = trust.add_network(numbered(&other, &houses, 4, 2));
    assert_eq!(added, Added::Conflict);
    let (seen, _) = memory(&trust, &houses[0]);
    assert_eq!(seen.map(|seen| (seen.seq, seen.conflict)), Some((4, true)));
    for who in [&union, &other] {
        let mut after = restarted(&trust);
        let added = after.add_network(numbered(who, &houses, 4, 2));
        assert_eq!(added, Added::Conflict);
        assert_eq!(why(&after, &houses[0]), Some(Code::NetworkConflict));
        let added = after.add_network(numbered(who, &houses, 3, 2));
        assert_eq!(added, Added::Older);
        let added = after.add_network(numbered(who, &houses, 5, 2));
        assert_eq!(added, Added::Used);
    }
}

/// What lies ahead of the clock is not remembered, and does not hide what is.
#[test]
fn a_conflict_in_the_future_does_not_undo_the_one_that_was_seen() {
    let (union, houses) = union();
    let mut first = trust();
    first.add_network(numbered(&union, &houses, 3, 2));
    let (Some(network), Some(bundle)) = memory(&first, &houses[0]) else {
        unreachable!()
    };
    let mut trust = TrustSet::new([
        did_of(UNION).as_str().parse().unwrap(),
        houses[0].did.as_str().parse().unwrap(),
    ])
    .unwrap();
    trust.remember_network(
        &did_of(UNION),
        NetworkSeen {
            conflict: true,
            ..network
        },
    );
    trust.remember(
        &houses[0].did,
        Seen {
            conflict: true,
            ..bundle
        },
    );
    for name in ["one", "another"] {
        let ahead = union.parts(&bundles(&houses[..1]), |content| {
            content.seq = 9;
            content.issued_at = hours(24);
            content.next_update = hours(if name == "one" { 25 } else { 26 });
        });
        trust.add_network(open(&ahead.to_bytes()).unwrap());
        trust.add(houses[0].opened(|content| {
            content.seq = 9;
            content.name = name.to_owned();
            content.issued_at = hours(24);
            content.next_update = hours(25);
        }));
    }
    let (network, bundle) = memory(&trust, &houses[0]);
    assert_eq!(
        network.map(|seen| (seen.seq, seen.conflict)),
        Some((3, true))
    );
    assert_eq!(
        bundle.map(|seen| (seen.seq, seen.conflict)),
        Some((5, true))
    );
}

/// A house of which nothing is at hand yet, and whose bundle is then refused.
#[test]
fn a_refused_bundle_does_not_make_forget_what_was_seen() {
    let (union, houses) = union();
    let mut first = trust();
    first.add_network(numbered(&union, &houses, 3, 2));
    let mut after = restarted(&first);
    let foreign = houses[0].bundle(|content| content.did_log = Some(houses[1].log.clone()));
    let union = Union { seq: 4, ..union };
    after.add_network(open(&union.file(&[foreign])).unwrap());
    assert_eq!(why(&after, &houses[0]), Some(Code::DidLogOther));
    let (_, seen) = memory(&after, &houses[0]);
    assert_eq!(seen.map(|seen| seen.seq), Some(5));
}
