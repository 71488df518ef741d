//! How an anchor and whoever it vouches for stand, and under which names they are known.

use super::{
    updates::{numbered, trust, why},
    *,
};
use crate::trust::{Authority, Freshness};

#[test]
fn an_accreditor_stands_by_its_trust_bundle_where_it_has_no_other() {
    let (union, houses) = union();
    let mut trust = trust();
    let standing = |trust: &TrustSet, day| {
        let found = trust.standing(World::days(day)).next().unwrap();
        assert_eq!(*found.anchor.did(), did_of(UNION));
        (
            found.number(),
            found.times().map(|times| times.issued_at),
            found.code,
        )
    };
    let missing = Some(Code::BundleMissing);
    assert_eq!(standing(&trust, 0), (None, None, missing));
    assert!(trust.network(&did_of(UNION)).is_none());
    trust.add_network(numbered(&union, &houses, 3, 2));
    let issued = Some(hours(-1));
    for (day, code) in [
        (0, None),
        (1, Some(Code::NetworkStale)),
        (7, Some(Code::NetworkExpired)),
    ] {
        assert_eq!(standing(&trust, day), (Some(3), issued, code), "{day}");
    }
    let network = trust.network(&did_of(UNION)).unwrap();
    assert_eq!(network.snapshot().content().seq, 3);
    assert!(trust.network(&houses[0].did).is_none());
}

#[test]
fn an_anchor_with_a_bundle_stands_by_that() {
    let house = House::new(10);
    let mut trust = TrustSet::new([house.did.as_str().parse().unwrap()]).unwrap();
    trust.add(house.opened(|content| content.seq = 8));
    let found = trust.standing(World::now()).next().unwrap();
    assert_eq!(found.number(), Some(8));
    let times = found.times().unwrap();
    assert_eq!(times.freshness(World::now(), None), Freshness::Fresh);
    assert_eq!((times.issued_at, found.code), (hours(-1), None));
}

#[test]
fn a_bundle_is_vouched_for_by_an_anchor_or_not_at_all() {
    let (union, houses) = union();
    let (house, rogue) = (houses[0].opened(|_| ()), House::new(30).opened(|_| ()));
    let mut trust = trust();
    assert!(!trust.vouches_for(&house));
    trust.add_network(numbered(&union, &houses, 3, 2));
    assert!(trust.vouches_for(&house));
    assert!(!trust.vouches_for(&rogue));
}

/// A parliament is accredited, or pinned, under the name it has now or under one it had; it is one issuer.
#[test]
fn whoever_moved_is_known_under_every_name_they_had() {
    let mut house = House::new(10);
    let before = house.clone();
    let former = house.move_to("moved10.example", -50);
    for pinned in [&former, &house.did] {
        let mut trust = TrustSet::new([pinned.as_str().parse().unwrap()]).unwrap();
        assert_eq!(trust.add(house.opened(|_| ())), Added::Used, "{pinned}");
        assert_eq!(trust.seen(World::now()).count(), 1);
        for asked in [&former, &house.did] {
            let found = trust.evidence_of(asked);
            let Evidence::Held {
                bundle, authority, ..
            } = found
            else {
                panic!("{pinned} {asked} {found:?}")
            };
            assert_eq!(*bundle.signer().did(), house.did);
            assert!(matches!(authority, Authority::Anchor), "{pinned} {asked}");
        }
    }
    // Two names of one that are both pinned are one.
    let anchors = [&former, &house.did].map(|did| did.as_str().parse().unwrap());
    let mut trust = TrustSet::new(anchors).unwrap();
    trust.add(house.opened(|_| ()));
    let held = |trust: &TrustSet, did| matches!(trust.evidence_of(did), Evidence::Held { .. });
    assert!(held(&trust, &former) && held(&trust, &house.did));
    // By a bundle that is too old to be used its names are known all the same, for its log holds.
    let mut trust = TrustSet::new([house.did.as_str().parse().unwrap()]).unwrap();
    trust.add(house.opened(|content| content.seq = 9));
    let (_, seen) = trust.seen(World::now()).next().unwrap();
    let mut after = TrustSet::new([house.did.as_str().parse().unwrap()]).unwrap();
    after.remember(&house.did, seen);
    let older = house.opened(|content| content.seq = 8);
    assert_eq!(after.add(older), Added::Older);
    assert_eq!(why(&after, &before), Some(Code::BundleRollback));
}
