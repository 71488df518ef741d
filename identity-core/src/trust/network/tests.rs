use core::num::NonZeroUsize;

use super::*;
use crate::{
    encoding::strict_json::{Limits, Value, parse},
    testing::{
        network::{House, PUBLISHER, UNION, Union, did_of, hours},
        people::officer,
        world::World,
    },
    trust::{Added, Bundle, BundleError, Evidence, TrustSet, officers::PolicyDraft},
    verify::Budget,
};

mod containers;
mod logs;
mod memory;
mod moves;
mod standing;
mod updates;

fn open(file: &[u8]) -> Result<Network, Code> {
    Network::open(file, &mut Budget::network()).map_err(|error| error.code())
}

/// Two houses that are accredited.
fn union() -> (Union, [House; 2]) {
    let houses = [House::new(10), House::new(20)];
    let mut union = Union::new();
    for house in &houses {
        union.accredit(house);
    }
    (union, houses)
}

fn bundles(houses: &[House]) -> Vec<String> {
    houses.iter().map(|house| house.bundle(|_| ())).collect()
}

#[test]
fn a_trust_bundle_comes_back() {
    let (union, houses) = union();
    let network = open(&union.file(&bundles(&houses))).unwrap();
    assert_eq!(*network.accreditor(), did_of(UNION));
    assert_eq!(network.list().parliaments().len(), 2);
    assert_eq!(network.bundles().len(), 2);
    assert!(network.bundles().values().all(Result::is_ok));
    assert_eq!(network.policies().latest().threshold(), 3);
}

#[test]
fn a_bundle_that_is_refused_takes_nobody_else_out() {
    let (union, houses) = union();
    let foreign = houses[1].bundle(|content| content.did_log = Some(houses[0].log.clone()));
    let network = open(&union.file(&[houses[0].bundle(|_| ()), foreign])).unwrap();
    let refused = network.bundles()[&houses[1].did].as_ref().unwrap_err();
    assert_eq!(refused.code(), Code::DidLogOther);
    assert!(network.bundles()[&houses[0].did].is_ok());
}

#[test]
fn several_threads_find_what_one_finds() {
    let (union, houses) = union();
    let houses = [houses, [House::new(30), House::new(40)]].concat();
    let mut all = bundles(&houses);
    all[1] = houses[1].bundle(|content| content.did_log = Some(houses[0].log.clone()));
    let told = |network: Network| -> Vec<_> {
        let each = network.bundles().iter();
        each.map(|(did, opened)| {
            (
                did.clone(),
                opened.as_ref().map(Bundle::seq).map_err(BundleError::code),
            )
        })
        .collect()
    };
    let parts = union.parts(&all, |_| ());
    let file = parts.to_bytes();
    let with = |file: &[u8], threads, budget: &mut Budget| {
        Network::open_with(file, NonZeroUsize::new(threads).unwrap(), budget)
    };
    let one = told(open(&file).unwrap());
    for threads in [2, 3, 4, 9] {
        let several = with(&file, threads, &mut Budget::network()).unwrap();
        assert_eq!(told(several), one, "{threads}");
    }
    let mut mixed = parts;
    mixed.bundles.swap(2, 3);
    let refused = with(&mixed.to_bytes(), 4, &mut Budget::network());
    assert_eq!(refused.unwrap_err().code(), Code::NetworkMixed);
    // Together they spend no more than one would.
    let mut little = Budget::presentation();
    for _ in 0..50 {
        little.spend_signature().unwrap();
    }
    let network = with(&file, 4, &mut little).unwrap();
    let mut codes = network
        .bundles()
        .values()
        .map(|opened| opened.as_ref().map_err(BundleError::code));
    assert!(codes.any(|found| found.is_err_and(|code| code == Code::BudgetExhausted)));
}

#[test]
fn the_snapshot_is_signed_by_the_key_that_the_officers_named() {
    let (mut union, houses) = union();
    union.publisher = 211;
    assert_eq!(
        open(&union.file(&bundles(&houses))).unwrap_err(),
        Code::NetworkPublishingKey
    );
    // Not even an officer's, and not the accreditor's own.
    for seed in [201, UNION] {
        union.publisher = seed;
        assert_eq!(
            open(&union.file(&bundles(&houses))).unwrap_err(),
            Code::NetworkPublishingKey
        );
    }
    // Nor a key that they named before.
    union.publisher = PUBLISHER;
    let next = PolicyDraft {
        version: 2,
        publishing: vec![did_of(212)],
        ..Union::policy()
    };
    union.next_policy(&next, &[201, 202, 203]);
    assert_eq!(
        open(&union.file(&bundles(&houses))).unwrap_err(),
        Code::NetworkPublishingKey
    );
    union.publisher = 212;
    assert!(open(&union.file(&bundles(&houses))).is_ok());
}

#[test]
fn a_list_is_signed_by_the_officers_and_not_by_who_publishes() {
    let (union, houses) = union();
    let mut parts = union.parts(&bundles(&houses), |_| ());
    let Ok(Value::Object(mut list)) = parse(parts.list.as_bytes(), &Limits::large()) else {
        unreachable!()
    };
    // One more parliament, slipped in.
    list.insert("seq", 9_u64.into());
    parts.list =
        String::from_utf8(crate::encoding::jcs::canonicalize(&list.into()).unwrap()).unwrap();
    assert_eq!(
        open(&parts.to_bytes()).unwrap_err(),
        Code::AccreditationSignature
    );
}

#[test]
fn files_of_two_days_do_not_mix() {
    let (union, houses) = union();
    let all = bundles(&houses);
    let mixed = |change: &dyn Fn(&mut Parts)| {
        let mut parts = union.parts(&all, |_| ());
        change(&mut parts);
        open(&parts.to_bytes()).map(|_| ()).unwrap_err()
    };
    let newer =
        SignedBundle::from_json(houses[0].bundle(|content| content.seq = 6).as_bytes()).unwrap();
    let at = |parts: &Parts, house: &House| {
        let is = |bundle: &SignedBundle| bundle.payload.contains(house.did.as_str());
        parts.bundles.iter().position(is).unwrap()
    };
    assert_eq!(
        mixed(&|parts| {
            let at = at(parts, &houses[0]);
            parts.bundles[at] = newer.clone();
        }),
        Code::NetworkMixed
    );
    assert_eq!(
        mixed(&|parts| drop(parts.bundles.pop())),
        Code::NetworkMixed
    );
    assert_eq!(
        mixed(&|parts| parts.bundles.push(newer.clone())),
        Code::NetworkMixed
    );
    assert_eq!(mixed(&|parts| parts.bundles.swap(0, 1)), Code::NetworkMixed);
    // An older list, well signed.
    let mut other = union.clone();
    other.list_seq = 1;
    let list = other.parts(&all, |_| ()).list;
    assert_eq!(
        mixed(&|parts| parts.list.clone_from(&list)),
        Code::NetworkMixed
    );
    // A snapshot that says other numbers than the bundles do.
    let wrong = union.parts(&all, |content| content.bundles[0].seq += 1);
    assert_eq!(open(&wrong.to_bytes()).unwrap_err(), Code::NetworkMixed);
    let wrong = union.parts(&all, |content| content.policy_version = 2);
    assert_eq!(open(&wrong.to_bytes()).unwrap_err(), Code::NetworkMixed);
    let wrong = union.parts(&all, |content| content.epoch = 1);
    assert_eq!(open(&wrong.to_bytes()).unwrap_err(), Code::NetworkMixed);
    // One member at a time: neither a number nor a digest alone will do.
    let other = || crate::encoding::base64url::encode(&[7; 32]);
    let changes: [&dyn Fn(&mut SnapshotContent); 4] = [
        &|content| content.policy_digest = other(),
        &|content| content.list.digest = other(),
        &|content| content.list.seq += 1,
        &|content| content.bundles[1].digest = other(),
    ];
    for (at, change) in changes.into_iter().enumerate() {
        let wrong = union.parts(&all, change);
        assert_eq!(
            open(&wrong.to_bytes()).unwrap_err(),
            Code::NetworkMixed,
            "{at}"
        );
    }
}

/// What one thread opens is spent of the budget it was given.
#[test]
fn opening_costs_what_the_bundles_cost() {
    let (union, houses) = union();
    let cost = |bundles: &[String]| {
        let mut budget = Budget::presentation();
        Network::open(&union.file(bundles), &mut budget).unwrap();
        64 - core::iter::from_fn(|| budget.spend_signature().ok()).count()
    };
    let all = bundles(&houses);
    let (none, one, two) = (cost(&[]), cost(&all[..1]), cost(&all));
    assert!(none > 0);
    assert_eq!(one - none, two - one);
    // The entry of its log, and itself.
    assert_eq!(one - none, 2);
    let several = NonZeroUsize::new(3).unwrap();
    let nobody = Network::open_with(&union.file(&[]), several, &mut Budget::network());
    assert_eq!(nobody.unwrap().bundles().len(), 0);
}

#[test]
fn snapshots_are_well_formed() {
    let (union, houses) = union();
    let all = bundles(&houses);
    let last_day = union.parts(&all, |content| content.expires = content.next_update);
    assert!(open(&last_day.to_bytes()).is_ok());
    let twice = [all[0].clone(), all[0].clone()];
    let twice = union.parts(&twice, |_| ()).to_bytes();
    assert_eq!(open(&twice).unwrap_err(), Code::NetworkMalformed);
    let changes: [fn(&mut SnapshotContent); 5] = [
        |content| content.schema.push('x'),
        |content| content.expires = content.issued_at,
        |content| content.next_update = content.issued_at,
        |content| content.seq = 1 << 53,
        |content| content.bundles.reverse(),
    ];
    for (at, change) in changes.into_iter().enumerate() {
        let parts = union.parts(&all, change);
        assert_eq!(
            open(&parts.to_bytes()).unwrap_err(),
            Code::NetworkMalformed,
            "{at}"
        );
    }
}

#[test]
fn nobody_is_believed_who_is_no_anchor() {
    let (union, houses) = union();
    let network = open(&union.file(&bundles(&houses))).unwrap();
    let mut trust = TrustSet::new([did_of(9).as_str().parse().unwrap()]).unwrap();
    assert_eq!(trust.add_network(network), Added::NotAnchored);
    assert!(matches!(
        trust.evidence_of(&houses[0].did),
        Evidence::NotAnchored
    ));
}

#[test]
fn who_is_not_on_the_list_is_not_believed_though_the_bundle_is_there() {
    let (union, houses) = union();
    let rogue = House::new(30);
    let all = [houses[0].bundle(|_| ()), rogue.bundle(|_| ())];
    let network = open(&union.file(&all)).unwrap();
    let mut trust = TrustSet::new([did_of(UNION).as_str().parse().unwrap()]).unwrap();
    assert_eq!(trust.add_network(network), Added::Used);
    assert!(matches!(
        trust.evidence_of(&houses[0].did),
        Evidence::Held { .. }
    ));
    // Accredited, and no bundle in the file.
    assert!(matches!(
        trust.evidence_of(&houses[1].did),
        Evidence::Missing {
            code: Code::BundleMissing,
            ..
        }
    ));
    assert!(matches!(
        trust.evidence_of(&rogue.did),
        Evidence::NotAnchored
    ));
    let added = trust.add(rogue.opened(|_| ()));
    assert_eq!(added, Added::NotAnchored);
}

fn freshness(hours_later: i64) -> crate::trust::Freshness {
    let (union, houses) = union();
    let network = open(&union.file(&bundles(&houses))).unwrap();
    network
        .snapshot()
        .times()
        .freshness(hours(hours_later), None)
}

#[test]
fn a_snapshot_grows_old() {
    use crate::trust::Freshness;
    assert_eq!(freshness(0), Freshness::Fresh);
    assert_eq!(freshness(23), Freshness::Stale);
    assert_eq!(freshness(24 * 7 - 1), Freshness::Expired);
    assert_eq!(freshness(-2), Freshness::NotYetIssued);
    assert_eq!(World::now(), hours(0).timestamp());
    assert_eq!(officer(201).id, "o201");
}
