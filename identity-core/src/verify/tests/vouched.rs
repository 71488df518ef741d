//! Who vouches for an issuer: every state of an accreditation, every bound of a grant, several accreditors,
//! and an accreditor that is silent.

use super::*;
use crate::{
    credential::Draft,
    testing::network::{House, UNION, Union, did_of, hours},
    trust::{
        Bundle,
        accreditation::{Parliament, State, statement::Body},
        network::{Network, Parts},
    },
};

fn trusting(anchors: &[String]) -> Check {
    let mut check = Check::new();
    check.trust = TrustSet::new(anchors.iter().map(|did| did.parse().unwrap())).unwrap();
    check
}

fn opened(file: &[u8]) -> Network {
    Network::open(file, &mut Budget::network()).unwrap()
}

/// A verifier that trusts the accreditor and has its trust bundle with these.
pub(super) fn abroad(union: &Union, bundles: &[String]) -> Check {
    let mut check = trusting(&[did_of(UNION).to_string()]);
    check.trust.add_network(opened(&union.file(bundles)));
    check
}

pub(super) fn judged(check: &Check, credential: &str) -> (u8, Vec<&'static str>) {
    check.outcome(&World::present(&check.request, credential, &["name"]))
}

/// The house is accredited on terms of its own.
pub(super) fn accredited(house: &House, change: impl FnOnce(&mut Parliament)) -> Union {
    let mut union = Union::new();
    let mut terms = Union::parliament(house);
    change(&mut terms);
    union.say(-300, Body::Accredits(terms));
    union
}

pub(super) fn are_claims_shown(check: &Check, credential: &str) -> bool {
    let file = World::present(&check.request, credential, &["name"]);
    let claims = check.run(&file).credentials[0].claims.clone();
    claims
        .as_object()
        .is_some_and(|claims| claims.get("name").is_some())
}

#[test]
fn each_state_has_an_answer_of_its_own() {
    let house = House::new(10);
    let credential = house.issue(|_| ());
    for (state, expected, is_shown) in [
        (State::Active, (0, vec![]), true),
        (
            State::Suspended,
            (12, vec!["accreditation.suspended"]),
            false,
        ),
        (
            State::Withdrawn,
            (10, vec!["accreditation.withdrawn"]),
            false,
        ),
        // Its mandates have ended: genuine, and over.
        (
            State::Dissolved,
            (11, vec!["accreditation.dissolved"]),
            true,
        ),
        // Issued long before by its own word, which a thief may have written.
        (
            State::KeyCompromised,
            (12, vec!["accreditation.key_compromised"]),
            false,
        ),
    ] {
        let mut union = accredited(&house, |_| ());
        union.change(&house, state, -20);
        let mut check = abroad(&union, &[house.bundle(|_| ())]);
        assert_eq!(judged(&check, &credential), expected, "{state:?}");
        assert_eq!(are_claims_shown(&check, &credential), is_shown, "{state:?}");
        // The day before, nothing of that had happened; a thief may write any date.
        check.at = Some(World::days(-21));
        let before = if state == State::KeyCompromised {
            expected
        } else {
            (0, vec![])
        };
        assert_eq!(judged(&check, &credential), before, "{state:?}");
    }
    let mut union = accredited(&house, |_| ());
    union.change(&house, State::KeyCompromised, -20);
    let check = abroad(&union, &[house.bundle(|_| ())]);
    let since = house.issue(|draft| draft.issued_at = World::days(-20));
    let refused = (10, vec!["accreditation.key_compromised"]);
    assert_eq!(judged(&check, &since), refused);
}

#[test]
fn what_was_issued_before_the_accreditation_or_beyond_it_is_not_valid() {
    let house = House::new(10);
    let issued = |change: fn(&mut Draft)| house.issue(change);
    let at_large = abroad(&accredited(&house, |_| ()), &[house.bundle(|_| ())]);
    let early = issued(|draft| draft.issued_at = World::days(-301));
    assert_eq!(
        judged(&at_large, &early),
        (10, vec!["accreditation.not_yet"])
    );
    let first = issued(|draft| draft.issued_at = World::days(-300));
    assert_eq!(judged(&at_large, &first), (0, vec![]));
    let elsewhere = issued(|draft| draft.chamber = "H11".to_owned());
    assert_eq!(
        judged(&at_large, &elsewhere),
        (10, vec!["accreditation.chamber"])
    );
    assert!(!are_claims_shown(&at_large, &elsewhere));
    let report = at_large.run(&World::present(&at_large.request, &elsewhere, &["name"]));
    let finding = report.credentials[0].finding(CredentialCheck::Accreditation);
    let told = finding.detail.as_deref();
    assert_eq!(told, Some(r#"nothing may be issued for chamber "H11""#));
    let long = issued(|draft| draft.valid_until = World::days(1_631));
    assert_eq!(
        judged(&at_large, &long),
        (10, vec!["accreditation.validity"])
    );
    let just = issued(|draft| draft.valid_until = World::days(1_630));
    assert_eq!(judged(&at_large, &just), (0, vec![]));
    let staff_only = accredited(&house, |terms| {
        terms.accredited_for.remove(0);
    });
    let check = abroad(&staff_only, &[house.bundle(|_| ())]);
    assert_eq!(
        judged(&check, &house.issue(|_| ())),
        (10, vec!["accreditation.type"])
    );
}

/// Issued afterwards for a mandate that had begun by then: valid, and said to be older than the accreditation.
#[test]
fn a_date_before_the_accreditation_is_said_beside_the_answer() {
    let house = House::new(10);
    let mut check = abroad(&accredited(&house, |_| ()), &[house.bundle(|_| ())]);
    let credential = house.issue(|draft| {
        draft.valid_from = World::days(-380);
        draft.issued_at = World::days(-100);
    });
    for (day, notes) in [
        (-301, vec![Code::AccreditationLater]),
        (-300, vec![]),
        (-299, vec![]),
    ] {
        check.at = Some(World::days(day));
        let report = check.run(&World::present(&check.request, &credential, &["name"]));
        assert_eq!(report.verdict().exit_code(), 0, "{day}");
        let finding = report.credentials[0].finding(CredentialCheck::Accreditation);
        let told: Vec<_> = finding.notes.iter().map(|note| note.code).collect();
        assert_eq!(told, notes, "{day}");
    }
}

#[test]
fn a_house_that_is_trusted_itself_needs_nobodys_word() {
    let house = House::new(10);
    let mut union = accredited(&house, |_| ());
    union.change(&house, State::Suspended, -20);
    let bundles = [house.bundle(|_| ())];
    // Abroad it is suspended; its own doors do not ask the accreditor.
    let mut home = trusting(&[did_of(UNION).to_string(), house.did.to_string()]);
    home.trust.add_network(opened(&union.file(&bundles)));
    assert_eq!(judged(&home, &house.issue(|_| ())), (0, vec![]));
    union.change(&house, State::Withdrawn, -10);
    let mut home = trusting(&[did_of(UNION).to_string(), house.did.to_string()]);
    home.trust.add_network(opened(&union.file(&bundles)));
    assert_eq!(judged(&home, &house.issue(|_| ())), (0, vec![]));
}

#[test]
fn of_several_accreditors_one_that_vouches_is_enough() {
    let (house, other) = (House::new(10), House::new(40));
    let bundles = [house.bundle(|_| ())];
    let mut first = accredited(&house, |_| ());
    first.change(&house, State::Withdrawn, -10);
    let second = Union {
        seq: 7,
        ..accredited(&house, |_| ())
    };
    let credential = house.issue(|_| ());
    assert_eq!(
        judged(&abroad(&first, &bundles), &credential),
        (10, vec!["accreditation.withdrawn"])
    );
    assert_eq!(judged(&abroad(&second, &bundles), &credential), (0, vec![]));
    // An accreditor of whom nothing is at hand makes a stranger undecided, and takes nothing from the word of one
    // who spoke.
    let mut check = trusting(&[did_of(UNION).to_string(), did_of(99).to_string()]);
    check.trust.add_network(opened(&second.file(&bundles)));
    assert_eq!(judged(&check, &credential), (0, vec![]));
    assert_eq!(judged(&check, &other.issue(|_| ())).0, 10);
}

/// A verifier that has seen number 4 of the accreditor, and is handed another file.
fn handed(file: &[u8], house: &House) -> (u8, Vec<&'static str>) {
    let mut union = accredited(house, |_| ());
    union.seq = 4;
    let mut before = abroad(&union, &[house.bundle(|_| ())]);
    let mut check = trusting(&[did_of(UNION).to_string()]);
    for (did, seen) in before.trust.networks_seen(World::now()) {
        check.trust.remember_network(did, seen);
    }
    before.trust = check.trust;
    match Network::open(file, &mut Budget::network()) {
        Ok(network) => {
            before.trust.add_network(network);
        }
        Err(error) => before.trust.add_unreadable_network(&error),
    }
    judged(&before, &house.issue(|_| ()))
}

#[test]
fn an_accreditor_that_is_silent_or_lies_leaves_it_open() {
    let house = House::new(10);
    let bundles = [house.bundle(|_| ())];
    let numbered = |seq, change: &dyn Fn(&mut Union)| {
        let mut union = accredited(&house, |_| ());
        union.seq = seq;
        change(&mut union);
        union.file(&bundles)
    };
    assert_eq!(handed(&numbered(4, &|_| ()), &house), (0, vec![]));
    let conflict = numbered(4, &|union| union.list_seq = 3);
    let fork = numbered(5, &|union| {
        let policy = crate::trust::officers::PolicyDraft {
            threshold: 2,
            ..Union::policy()
        };
        union.policies.clear();
        union.next_policy(&policy, &[UNION, 201, 202, 203]);
    });
    let mut tampered = Parts::from_bytes(&numbered(5, &|_| ()), &mut Budget::network()).unwrap();
    tampered.list = tampered.list.replace("Union", "Onion");
    for (what, file, code) in [
        ("rolled back", numbered(3, &|_| ()), "network.rollback"),
        ("two of one number", conflict, "network.conflict"),
        ("another root", fork, "network.fork"),
        (
            "tampered with",
            tampered.to_bytes(),
            "accreditation.signature",
        ),
        (
            "cut off",
            numbered(5, &|_| ())[..100].to_vec(),
            "network.malformed",
        ),
    ] {
        let (exit, codes) = handed(&file, &house);
        assert_eq!(exit, 12, "{what}: {codes:?}");
        assert!(codes.contains(&code), "{what}: {codes:?}");
    }
    // Nothing at all: remembered, and not here.
    let nothing = trusting(&[did_of(UNION).to_string()]);
    let (exit, codes) = judged(&nothing, &house.issue(|_| ()));
    assert_eq!((exit, codes.contains(&"issuer.not_trusted")), (10, true));
}

#[test]
fn the_age_of_the_accreditors_word_counts_beside_that_of_the_house() {
    let house = House::new(10);
    let union = accredited(&house, |_| ());
    let bundle = house.bundle(|content| {
        content.next_update = hours(24 * 20);
        content.expires = hours(24 * 20);
    });
    let mut check = abroad(&union, &[bundle]);
    for (day, expected) in [
        (0, (0, vec![])),
        (1, (12, vec!["network.stale"])),
        (7, (12, vec!["network.expired"])),
    ] {
        check.now = World::days(day);
        check.request.expires = World::days(100);
        let credential = house.issue(|_| ());
        let file = World::present(&check.request, &credential, &["name"]);
        assert_eq!(check.outcome(&file), expected, "{day}");
    }
    // What it says against the house counts, old as it is.
    let mut ended = union.clone();
    ended.change(&house, State::Dissolved, -3);
    let bundle = house.bundle(|content| {
        content.next_update = hours(24 * 20);
        content.expires = hours(24 * 20);
    });
    let mut check = abroad(&ended, &[bundle]);
    check.now = World::days(2);
    check.request.expires = World::days(100);
    let file = World::present(&check.request, &house.issue(|_| ()), &["name"]);
    assert_eq!(check.outcome(&file).0, 11);
}

#[test]
fn a_house_whose_bundle_is_refused_is_undecided_and_says_why() {
    let house = House::new(10);
    let other = House::new(20);
    let union = accredited(&house, |_| ());
    let broken = house.bundle(|content| content.did_log = Some(other.log.clone()));
    let (exit, codes) = judged(&abroad(&union, &[broken]), &house.issue(|_| ()));
    assert_eq!(exit, 12, "{codes:?}");
    assert!(codes.contains(&"did.log_other"), "{codes:?}");
    let (exit, codes) = judged(&abroad(&union, &[]), &house.issue(|_| ()));
    assert_eq!(exit, 12);
    assert!(codes.contains(&"bundle.missing"), "{codes:?}");
    // Its own newer bundle, from its own mirror, mends it.
    let mut check = abroad(&union, &[]);
    let bundle = house.bundle(|content| content.seq = 6);
    check
        .trust
        .add(Bundle::open(bundle.as_bytes(), &mut Budget::bundle()).unwrap());
    assert_eq!(judged(&check, &house.issue(|_| ())), (0, vec![]));
}
