//! A parliament whose DID moves stays the parliament it was, for those who list it and for memory.

use super::*;
use crate::{
    did::{Did, Resolver as _},
    trust::{
        Authority,
        accreditation::{Standing, State, statement::Body},
    },
};

const NEW: &str = "new.example";

/// A house that was accredited, and the same after it moved 100 days ago.
fn moved() -> (House, House) {
    let before = House::new(10);
    let mut after = before.clone();
    let former = after.move_to(NEW, -100);
    assert!(former == before.did && former != after.did);
    (before, after)
}

fn trust_in(union: &Union, house: &House) -> TrustSet {
    let mut trust = TrustSet::new([did_of(UNION).as_str().parse().unwrap()]).unwrap();
    let network = open(&union.file(&[house.bundle(|_| ())])).unwrap();
    assert_eq!(trust.add_network(network), Added::Used);
    trust
}

/// The state of the accreditation as the list has it for each DID, and whether a bundle is at hand.
fn found(trust: &TrustSet, did: &Did) -> Option<(State, usize)> {
    let Evidence::Held { authority, .. } = trust.evidence_of(did) else {
        return None;
    };
    let Authority::Others(paths) = authority else {
        panic!("nobody's anchor")
    };
    let [path] = paths.as_slice() else {
        panic!("one way")
    };
    let (_, listed) = path.accredited.unwrap();
    let Standing::In { state, .. } = listed.standing(hours(0)) else {
        panic!("it began")
    };
    Some((state, listed.versions.len()))
}

#[test]
fn who_moved_is_listed_under_either_name() {
    let (before, after) = moved();
    let mut union = Union::new();
    union.accredit(&before);
    let both = |trust: &TrustSet| [&before.did, &after.did].map(|did| found(trust, did));
    // Not heard of yet where the list is made.
    let active = Some((State::Active, 1));
    assert_eq!(both(&trust_in(&union, &after)), [active, active]);
    // Accredited anew under the name it has now: one parliament, with two versions.
    union.say(-50, Body::Accredits(Union::parliament(&after)));
    let trust = trust_in(&union, &after);
    let active = Some((State::Active, 2));
    assert_eq!(both(&trust), [active, active]);
    let network = trust.network(&did_of(UNION)).unwrap();
    let listed: Vec<_> = network.list().parliaments().collect();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].id, after.did);
    // What was issued before is judged by what was granted then.
    assert_eq!(
        listed[0].version_at(hours(-24 * 60)).unwrap().parliament.id,
        before.did
    );
    // What is said of one name is said of the parliament.
    for name in [&before, &after] {
        let mut union = union.clone();
        union.change(name, State::Withdrawn, -10);
        let withdrawn = Some((State::Withdrawn, 2));
        assert_eq!(both(&trust_in(&union, &after)), [withdrawn, withdrawn]);
    }
}

#[test]
fn a_list_holds_a_parliament_once() {
    let (before, after) = moved();
    let mut union = Union::new();
    union.accredit(&before);
    let mut list = union.list();
    let mut again = list.parliaments[0].clone();
    again.id.clone_from(&after.did);
    again.versions[0].parliament.id.clone_from(&after.did);
    list.parliaments.push(again);
    list.parliaments.sort_by(|a, b| a.id.cmp(&b.id));
    let refused = list.document().unwrap_err();
    assert!(refused.to_string().contains("under two DIDs"), "{refused}");
    // A version of somebody else is none of its.
    let mut list = union.list();
    list.parliaments[0].versions[0].parliament.id = did_of(9);
    assert!(list.document().is_err());
}

#[test]
fn a_name_that_the_log_does_not_know_is_nobodys() {
    let (before, after) = moved();
    let mut union = Union::new();
    union.accredit(&before);
    let trust = trust_in(&union, &after);
    let scid = after.did.specific_id().split(':').next().unwrap();
    let other: Did = format!("did:webvh:{scid}:evil.example").parse().unwrap();
    assert_eq!(other.subject(), after.did.subject());
    assert_eq!(found(&trust, &other), None);
    assert!(trust.resolve(&other).is_err());
    assert!(trust.resolve(&before.did).is_ok() && trust.resolve(&after.did).is_ok());
    // Before it moved nothing is known under the name to come.
    let trust = trust_in(&union, &before);
    assert_eq!(found(&trust, &after.did), None);
}

/// A set that remembers what another has seen, and has nothing else.
fn restarted(union: &Union, house: &House, seen: &TrustSet) -> TrustSet {
    let mut after = TrustSet::new([did_of(UNION).as_str().parse().unwrap()]).unwrap();
    for (did, seen) in seen.seen(World::now()) {
        after.remember(did, seen);
    }
    let network = open(&union.file(&[house.bundle(|_| ())])).unwrap();
    after.add_network(network);
    after
}

fn why(trust: &TrustSet, house: &House) -> Option<Code> {
    match trust.evidence_of(&house.did) {
        Evidence::Held { .. } => None,
        Evidence::Missing { code, .. } => Some(code),
        Evidence::NotAnchored => Some(Code::IssuerNotTrusted),
    }
}

#[test]
fn what_was_seen_before_a_move_counts_behind_it() {
    let (before, after) = moved();
    let mut union = Union::new();
    union.accredit(&before);
    // The same number under the new name is another bundle of one number.
    let seen = trust_in(&union, &before);
    assert_eq!(
        why(&restarted(&union, &after, &seen), &after),
        Some(Code::BundleConflict)
    );
    // Who has seen the new name is not shown the old one again.
    let seen = trust_in(&union, &after);
    assert_eq!(
        why(&restarted(&union, &before, &seen), &before),
        Some(Code::BundleRollback)
    );
    // Nor a log that branches off before the move, by whoever has the keys of then.
    let mut fork = before.clone();
    fork.rotate(-100);
    let fork = restarted(&union, &fork, &seen);
    assert_eq!(why(&fork, &before), Some(Code::DidLogFork));
    // In one set, without a restart.
    let mut trust = trust_in(&union, &after);
    assert_eq!(trust.add(before.opened(|c| c.seq = 9)), Added::Older);
    assert_eq!(why(&trust, &after), None);
}

/// What is remembered goes by the name of the newest bundle, and of an older one it takes no other.
#[test]
fn memory_goes_by_the_name_there_is_now() {
    let (before, after) = moved();
    let mut union = Union::new();
    union.accredit(&before);
    let remembered = |seen: &House, then: &House, seq| {
        let mut trust = TrustSet::new([did_of(UNION).as_str().parse().unwrap()]).unwrap();
        for (did, seen) in trust_in(&union, seen).seen(World::now()) {
            trust.remember(did, seen);
        }
        let bundle = then.bundle(|content| content.seq = seq);
        trust.add_network(open(&union.file(&[bundle])).unwrap());
        let mut seen = trust.seen(World::now());
        seen.next().map(|(did, seen)| (did.clone(), seen.seq))
    };
    let now = |seq| Some((after.did.clone(), seq));
    assert_eq!(remembered(&before, &after, 6), now(6));
    assert_eq!(remembered(&after, &before, 4), now(5));
}

#[test]
fn a_file_finds_the_bundle_of_whoever_moved() {
    let (before, after) = moved();
    let union = Union::new();
    let other = House::new(20);
    let file = union.file(&[after.bundle(|_| ()), other.bundle(|_| ())]);
    let network = open(&file).unwrap();
    let signer = |did: &Did| {
        let bundle = network.bundle(did)?.as_ref().unwrap();
        Some(bundle.signer().did().clone())
    };
    for (asked, found) in [
        (&before.did, Some(&after.did)),
        (&after.did, Some(&after.did)),
        (&other.did, Some(&other.did)),
        (&did_of(9), None),
    ] {
        assert_eq!(signer(asked).as_ref(), found, "{asked}");
    }
}

#[test]
fn an_anchor_that_moved_is_known_by_its_former_name() {
    let (before, after) = moved();
    let anchor = || format!("{}=Home", before.did).parse().unwrap();
    let mut trust = TrustSet::new([anchor()]).unwrap();
    assert_eq!(trust.add(after.opened(|_| ())), Added::Used);
    let of = |bundle: Bundle| {
        let mut restarted = TrustSet::new([anchor()]).unwrap();
        for (did, seen) in trust.seen(World::now()) {
            assert_eq!(*did, before.did);
            restarted.remember(did, seen);
        }
        restarted.add(bundle)
    };
    assert_eq!(of(after.opened(|_| ())), Added::Used);
    assert_eq!(of(before.opened(|content| content.seq = 9)), Added::Older);
}

/// Its officers, what they signed, and what was seen of it go with it, under whichever name it is an anchor.
#[test]
fn an_accreditor_that_moved_is_who_it_was() {
    let (mut seat, house) = (House::new(220), House::new(10));
    let mut union = Union::with_log(&seat);
    union.accredit(&house);
    let (before, mut fork) = (union.clone(), seat.clone());
    let former = seat.move_to(NEW, -100);
    fork.rotate(-100);
    let fork = Union {
        log: Some(fork.log),
        ..before.clone()
    };
    union.did = seat.did.clone();
    union.log = Some(seat.log.clone());
    let bundles = [house.bundle(|_| ())];
    let numbered = |union: &Union, seq| {
        let union = Union {
            seq,
            ..union.clone()
        };
        open(&union.file(&bundles)).unwrap()
    };
    let anchored = |did: &Did| TrustSet::new([did.as_str().parse().unwrap()]).unwrap();
    let other: Did = format!("{}:evil.example", former.subject())
        .parse()
        .unwrap();
    for name in [&former, &seat.did] {
        let mut trust = anchored(name);
        assert_eq!(trust.add_network(numbered(&union, 4)), Added::Used);
        assert_eq!(found(&trust, &house.did), Some((State::Active, 1)));
        assert!(trust.network(&former).is_some() && trust.network(&seat.did).is_some());
        assert!(trust.network(&other).is_none());
        for again in [&former, &seat.did] {
            let remembering = || {
                let mut after = anchored(again);
                for (did, seen) in trust.networks_seen(World::now()) {
                    // By what stays of it, as a home keeps it.
                    after.remember_network(&did.subject().parse().unwrap(), seen);
                }
                after
            };
            let mut after = remembering();
            assert_eq!(after.add_network(numbered(&union, 3)), Added::Older);
            let (old, forked) = if again == &former {
                (Added::Older, Added::Fork)
            } else {
                (Added::NotAnchored, Added::NotAnchored)
            };
            assert_eq!(after.add_network(numbered(&before, 9)), old);
            assert_eq!(after.add_network(numbered(&fork, 9)), forked);
            let mut after = remembering();
            assert_eq!(after.add_network(numbered(&union, 5)), Added::Used);
        }
    }
    // A name that its log does not know is no way to it.
    let mut trust = anchored(&other);
    assert_eq!(trust.add_network(numbered(&union, 4)), Added::NotAnchored);
}
