//! What a draft writes, and whose signature it then wants.

use serde_json::{Value as Json, json};

use super::*;

fn content() -> Content {
    let purposes = vec![Relationship::AssertionMethod, Relationship::Authentication];
    Content {
        methods: vec![(p256(21), purposes)],
        ..Content::default()
    }
}

fn genesis() -> Draft<'static> {
    Draft::genesis("chamber.example", &[public(1)], content()).unwrap()
}

fn day(number: u8) -> Timestamp {
    at(&format!("2026-01-{number:02}T00:00:00Z"))
}

fn parameters(line: &str) -> Json {
    let entry: Json = serde_json::from_str(line).unwrap();
    entry["parameters"].clone()
}

/// Profile B says in its first entry what it does not have; nobody says it again.
#[test]
fn only_profile_b_says_what_there_is_not_and_only_once() {
    let (nobody, nothing) = (json!({}), json!([]));
    let first = |profile, draft: Draft<'_>| {
        let unsigned = draft.prepare(profile, day(1)).unwrap();
        unsigned.sign(&key(1), day(1)).unwrap().line
    };
    let line = first(Profile::B, genesis());
    let written = parameters(&line);
    assert_eq!(
        (&written["witness"], &written["watchers"]),
        (&nobody, &nothing)
    );
    assert_eq!(written["portable"], json!(false));
    let history = verify(&line).unwrap();
    let again = Draft::update(&history).unwrap().prepare(Profile::B, day(2));
    let again = again.unwrap().sign(&key(1), day(2)).unwrap();
    assert_eq!(parameters(&again.line), json!({}));
    let ours = first(
        Profile::A,
        genesis().announce(&[public(2)]).content(Content {
            methods: vec![(public(21), vec![Relationship::AssertionMethod])],
            ..Content::default()
        }),
    );
    let written = parameters(&ours);
    assert_eq!(
        (&written["witness"], &written["watchers"]),
        (&Json::Null, &Json::Null)
    );
}

/// Where no keys were announced, those in force hand over; the new ones cannot take.
#[test]
fn without_announced_keys_the_old_ones_sign_the_change() {
    let unsigned = genesis().prepare(Profile::B, day(1)).unwrap();
    let first = unsigned.sign(&key(1), day(1)).unwrap().line;
    let history = verify(&first).unwrap();
    let change = || {
        let draft = Draft::update(&history).unwrap().control(&[public(2)]);
        draft.prepare(Profile::B, day(2)).unwrap()
    };
    assert_eq!(change().controlled_by(), [multikey(1)]);
    let taken = change().sign(&key(2), day(2)).map_err(|e| e.code());
    assert_eq!(taken.map(drop), Err(Code::DidLogUnauthorised));
    let handed = change().sign(&key(1), day(2)).unwrap().line;
    let history = verify(&(first.clone() + &handed)).unwrap();
    assert_eq!(history.latest().parameters.update_keys, [multikey(2)]);
}

#[test]
fn a_move_that_may_not_be_names_the_entry_it_would_be_in() {
    let moved = |draft: Draft<'_>| draft.move_to("x.example").map(drop).unwrap_err();
    let refused = |entry| WebvhError::Moved {
        entry,
        reason: "it is not portable",
    };
    assert_eq!(moved(genesis()), refused(1));
    let unsigned = genesis().prepare(Profile::B, day(1)).unwrap();
    let mut log = unsigned.sign(&key(1), day(1)).unwrap().line;
    for entry in 2..4 {
        let history = verify(&log).unwrap();
        let update = || Draft::update(&history).unwrap();
        assert_eq!(moved(update()), refused(entry.into()));
        let next = update().prepare(Profile::B, day(entry)).unwrap();
        log.push_str(&next.sign(&key(1), day(entry)).unwrap().line);
    }
}

#[test]
fn witnesses_are_named_with_how_many_of_them_must_sign() {
    let keys: Vec<String> = (1..=64).map(multikey).collect();
    let named = Witnesses::new(3, keys.clone()).unwrap();
    assert_eq!((named.threshold(), named.keys()), (3, keys.as_slice()));
    let many: Vec<String> = (1..=65).map(multikey).collect();
    for (threshold, keys) in [(0, keys.clone()), (65, keys.clone()), (3, many)] {
        let refused = Witnesses::new(threshold, keys).map_err(|e| e.code());
        assert_eq!(refused.map(drop), Err(Code::DidLogParameter), "{threshold}");
    }
}
