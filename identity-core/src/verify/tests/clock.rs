//! A clock that was set back decides nothing.

use super::*;
use crate::trust::{Bundle, NetworkSeen};

/// A verifier with a second anchor, an accreditor, whose snapshot of this minute it has seen.
fn seen(minutes: i64, change: impl FnOnce(&mut Content)) -> Check {
    let mut check = Check::new();
    let accreditor = did_of(9);
    let anchors = [check.world.issuer.clone(), accreditor.clone()];
    let anchors = anchors.map(|did| did.to_string().parse().unwrap());
    let mut trust = TrustSet::new(anchors).unwrap();
    let bundle = check.world.bundle(change);
    trust.add(Bundle::open(bundle.as_bytes(), &mut Budget::bundle()).unwrap());
    let seen = NetworkSeen {
        policy_version: 1,
        policy_digest: [1; 32],
        epoch: 0,
        seq: 1,
        digest: [2; 32],
        conflict: false,
        list_seq: 1,
        issued_at: Instant::floor(World::now() + jiff::SignedDuration::from_mins(minutes)),
        log: None,
    };
    trust.remember_network(&accreditor, seen);
    check.trust = trust;
    check
}

#[test]
fn a_clock_earlier_than_a_snapshot_seen_is_undecided() {
    assert_eq!(seen(0, |_| ()).mandate(), (0, vec![]));
    // Five minutes between two clocks are nobody's fault.
    assert_eq!(seen(5, |_| ()).mandate(), (0, vec![]));
    let clocks = vec!["clock.rollback"; 4];
    assert_eq!(seen(6, |_| ()).mandate(), (12, clocks));
}

#[test]
fn it_makes_nothing_valid_that_has_expired_and_nothing_invalid_that_may_have_begun() {
    let mut check = seen(60 * 24 * 900, |_| ());
    let credential = check.world.issue(|_| ());
    // Five hundred days before the credential began, by a clock that stopped then.
    check.now = World::days(-800);
    let file = World::present(&check.request, &credential, &["name"]);
    let (exit, codes) = check.outcome(&file);
    assert_eq!(exit, 12);
    assert!(
        codes.iter().all(|code| *code == "clock.rollback"),
        "{codes:?}"
    );
}

#[test]
fn what_needs_no_clock_stands() {
    let mut check = seen(60, revoke(-20, -20, |entry| entry));
    let (exit, codes) = check.mandate();
    assert_eq!(exit, 11);
    assert!(codes.contains(&"status.revoked"), "{codes:?}");
    // A past instant was not read off the clock; that it is past was.
    check = seen(60, |_| ()).at_day(-10);
    assert_eq!(check.mandate(), (12, vec!["clock.rollback"]));
}

/// That nobody was accredited for this is true by any clock; that somebody is suspended may be over.
#[test]
fn what_an_accreditor_never_granted_stands() {
    use super::vouched::{abroad, accredited, judged};
    use crate::{
        testing::network::{House, UNION},
        trust::accreditation::State,
    };

    let house = House::new(10);
    let behind = |union: &crate::testing::network::Union| {
        let mut check = abroad(union, &[house.bundle(|_| ())]);
        let (did, seen) = check.trust.networks_seen(check.now).next().unwrap();
        assert_eq!(*did, did_of(UNION));
        let later = NetworkSeen {
            issued_at: Instant::floor(World::days(100)),
            ..seen
        };
        check.trust.remember_network(&did_of(UNION), later);
        check
    };
    let elsewhere = house.issue(|draft| draft.chamber = "H11".to_owned());
    let mut union = accredited(&house, |_| ());
    let (exit, codes) = judged(&behind(&union), &elsewhere);
    assert_eq!((exit, codes[0]), (10, "accreditation.chamber"), "{codes:?}");
    union.change(&house, State::Suspended, -20);
    let check = behind(&union);
    let (exit, codes) = judged(&check, &house.issue(|_| ()));
    assert_eq!((exit, codes[0]), (12, "clock.rollback"), "{codes:?}");
    // Of a past instant it is known what was said.
    let (exit, codes) = judged(&check.at_day(-10), &house.issue(|_| ()));
    assert_eq!(exit, 12);
    assert_eq!(codes[0], "accreditation.suspended", "{codes:?}");
}

#[test]
fn only_an_accreditor_of_ours_says_what_time_it_was() {
    let mut check = seen(0, |_| ());
    let seen = NetworkSeen {
        issued_at: Instant::floor(World::days(100)),
        policy_version: 1,
        policy_digest: [1; 32],
        epoch: 0,
        seq: 9,
        digest: [2; 32],
        conflict: false,
        list_seq: 1,
        log: None,
    };
    check.trust.remember_network(&did_of(8), seen);
    assert_eq!(check.mandate(), (0, vec![]));
}
