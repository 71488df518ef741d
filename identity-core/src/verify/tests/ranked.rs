//! Two accreditors that say different things of one house: the better word counts, whichever comes first.

use super::{
    vouched::{accredited, judged},
    *,
};
use crate::{
    testing::network::{House, UNION, Union, did_of, hours},
    trust::{
        accreditation::{State, statement::Body},
        network::{Network, SnapshotContent},
    },
};

/// What an accreditor can say of a house, the best first, with what follows from it alone.
const WORDS: [(&str, u8, Option<&str>); 5] = [
    ("granted", 0, None),
    ("granted, in an old bundle", 12, Some("network.stale")),
    ("suspended", 12, Some("accreditation.suspended")),
    ("dissolved", 11, Some("accreditation.dissolved")),
    ("withdrawn", 10, Some("accreditation.withdrawn")),
];

fn old(content: &mut SnapshotContent) {
    content.issued_at = hours(-30);
    content.next_update = hours(-6);
}

/// The trust bundle of an accreditor that says this.
fn says(mut union: Union, word: usize, house: &House) -> Network {
    union.say(-300, Body::Accredits(Union::parliament(house)));
    let state = match word {
        2 => Some(State::Suspended),
        3 => Some(State::Dissolved),
        4 => Some(State::Withdrawn),
        _ => None,
    };
    if let Some(state) = state {
        union.change(house, state, -20);
    }
    let change = if word == 1 { old } else { |_: &mut _| () };
    let parts = union.parts(&[house.bundle(|_| ())], change);
    Network::open(&parts.to_bytes(), &mut Budget::network()).unwrap()
}

#[test]
fn the_better_of_two_words_counts() {
    let (house, seat) = (House::new(10), House::new(220));
    let credential = house.issue(|_| ());
    let anchors = [did_of(UNION), seat.did.clone()];
    for (one, _, _) in WORDS {
        for (other, _, _) in WORDS {
            let at = |word| WORDS.iter().position(|(name, _, _)| *name == word).unwrap();
            let mut check = Check::new();
            let anchors = anchors.iter().map(|did| did.as_str().parse().unwrap());
            check.trust = TrustSet::new(anchors).unwrap();
            let networks = [
                says(Union::new(), at(one), &house),
                says(Union::with_log(&seat), at(other), &house),
            ];
            for network in networks {
                check.trust.add_network(network);
            }
            let (_, exit, code) = WORDS[at(one).min(at(other))];
            let expected = (exit, code.into_iter().collect());
            assert_eq!(judged(&check, &credential), expected, "{one}; {other}");
            // And what the other says against the house is said beside it.
            let (_, _, against) = WORDS[at(one).max(at(other))];
            let against = against.filter(|code| code.starts_with("accreditation."));
            let told: Vec<_> = remarks(&check, &credential);
            assert_eq!(told, against.as_slice(), "{one}; {other}");
        }
    }
}

/// The codes of the remarks beside the check, each of which names whose word it is.
fn remarks(check: &Check, credential: &str) -> Vec<&'static str> {
    let report = check.run(&World::present(&check.request, credential, &["name"]));
    let finding = report.credentials[0].finding(CredentialCheck::Accreditation);
    let notes = finding.notes.iter();
    let remarks = notes.map(|note| {
        assert!(note.detail.starts_with("did:"), "{note:?}");
        note.code.as_str()
    });
    remarks.collect()
}

/// Stolen keys are no matter of opinion: who has not heard of it yet vouches for nobody.
#[test]
fn a_theft_that_one_accreditor_tells_of_stands_against_the_others() {
    let (house, seat) = (House::new(10), House::new(220));
    let anchors = [did_of(UNION), seat.did.clone()];
    let mut told = Union::with_log(&seat);
    told.say(-300, Body::Accredits(Union::parliament(&house)));
    told.change(&house, State::KeyCompromised, -20);
    let told = told.file(&[house.bundle(|_| ())]);
    for (word, (name, _, _)) in WORDS.iter().enumerate() {
        let mut check = Check::new();
        let anchors = anchors.iter().map(|did| did.as_str().parse().unwrap());
        check.trust = TrustSet::new(anchors).unwrap();
        check.trust.add_network(says(Union::new(), word, &house));
        let theft = Network::open(&told, &mut Budget::network()).unwrap();
        check.trust.add_network(theft);
        for (day, exit) in [(-21, 12), (-20, 10)] {
            let credential = house.issue(|draft| draft.issued_at = World::days(day));
            let expected = (exit, vec!["accreditation.key_compromised"]);
            assert_eq!(judged(&check, &credential), expected, "{name}, {day}");
        }
    }
}

/// A parliament that was dissolved had mandates that ended; what it issues afterwards was never one.
#[test]
fn what_was_issued_behind_a_dissolution_is_refused_and_not_ended() {
    let house = House::new(10);
    let mut union = accredited(&house, |_| ());
    union.change(&house, State::Dissolved, -20);
    let check = vouched::abroad(&union, &[house.bundle(|_| ())]);
    for (day, exit, which) in [
        (-21, 11, CredentialCheck::Term),
        (-20, 10, CredentialCheck::Accreditation),
    ] {
        let credential = house.issue(|draft| draft.issued_at = World::days(day));
        let report = check.run(&World::present(&check.request, &credential, &["name"]));
        assert_eq!(report.verdict().exit_code(), exit, "{day}");
        let finding = report.credentials[0].finding(which);
        assert_eq!(finding.code, Some(Code::AccreditationDissolved), "{day}");
    }
}
