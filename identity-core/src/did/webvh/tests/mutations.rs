//! A log that is changed anywhere is refused.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Five entries: keys are announced and taken over, and the DID moves.
fn log() -> Vec<String> {
    let hash = |seed| key_hash(&multikey(seed));
    let next =
        |seed: u8| json!({"updateKeys": [multikey(seed)], "nextKeyHashes": [hash(seed + 1)]});
    let first = json!({"portable": true, "nextKeyHashes": [hash(2)]});
    Forge::genesis(first)
        .update(2, next(2))
        .update(3, next(3))
        .update(4, next(4))
        .with(|step| {
            step.state = forged::state("chamber.example");
            step.state["alsoKnownAs"] = json!(["did:webvh:{SCID}:parliament.example"]);
        })
        .update(5, next(5))
        .lines()
}

fn joined(lines: &[String]) -> String {
    lines.join("\n") + "\n"
}

#[test]
fn no_line_can_be_taken_out_but_the_last_ones() {
    let lines = log();
    assert_eq!(refusal(&joined(&lines)), None);
    for nth in 0..lines.len() - 1 {
        let mut fewer = lines.clone();
        fewer.remove(nth);
        assert!(
            refusal(&joined(&fewer)).is_some(),
            "without entry {}",
            nth + 1
        );
    }
}

/// One of the defects of other resolvers: nobody notices that a log was cut off. Its reader remembers
/// how far it went.
#[test]
fn a_log_that_was_cut_off_is_noticed_by_whoever_remembers_its_head() {
    let lines = log();
    let whole = verify(&joined(&lines)).unwrap();
    let (number, hash) = whole.head();
    assert_eq!(number, 5);
    for kept in 1..=lines.len() {
        let history = verify(&joined(&lines[..kept])).unwrap();
        let found = history.extends(number, hash).map_err(|e| e.code());
        let expected = if kept == 5 {
            Ok(())
        } else {
            Err(Code::DidLogRollback)
        };
        assert_eq!(found, expected, "{kept}");
        // Whoever remembers a shorter one finds the longer one good.
        let (number, hash) = history.head();
        assert_eq!(whole.extends(number, hash), Ok(()));
    }
}

#[test]
fn another_history_is_noticed_by_whoever_remembers_the_head() {
    let one = Forge::genesis(json!({})).update(1, json!({"ttl": 1}));
    let other = Forge::genesis(json!({}))
        .update(1, json!({"ttl": 2}))
        .update(1, json!({}));
    let [one, other] = [one, other].map(|forge| verify(&forge.log()).unwrap());
    assert_eq!(one.did(), other.did());
    let (number, hash) = one.head();
    let found = other.extends(number, hash);
    assert_eq!(found.map_err(|e| e.code()), Err(Code::DidLogFork));
    assert!(other.extends(0, hash).is_err());
}

#[test]
fn no_lines_can_change_places_or_stand_there_twice() {
    let lines = log();
    for a in 0..lines.len() {
        for b in 0..lines.len() {
            let mut twice = lines.clone();
            twice.insert(b, lines[a].clone());
            assert!(
                refusal(&joined(&twice)).is_some(),
                "{} again before {}",
                a + 1,
                b + 1
            );
            if a < b {
                let mut swapped = lines.clone();
                swapped.swap(a, b);
                assert!(
                    refusal(&joined(&swapped)).is_some(),
                    "{} and {}",
                    a + 1,
                    b + 1
                );
            }
        }
        let mut twice = lines.clone();
        twice.push(lines[a].clone());
        assert!(
            refusal(&joined(&twice)).is_some(),
            "{} again at the end",
            a + 1
        );
    }
}

#[test]
fn no_line_can_come_from_another_log() {
    let lines = log();
    let other = Forge::genesis(json!({"portable": true, "ttl": 7}))
        .update(1, json!({}))
        .lines();
    for (nth, line) in other.iter().enumerate() {
        let mut mixed = lines.clone();
        mixed[nth] = line.clone();
        assert!(refusal(&joined(&mixed)).is_some(), "{}", nth + 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_byte_can_be_changed(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = joined(&log()).into_bytes();
        let at = place.index(bytes.len());
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        let mut budget = Budget::did_log();
        let found = Log::parse(&bytes, &mut budget)
            .and_then(|log| log.verify(None, None, now(), &mut budget));
        prop_assert!(found.is_err(), "{at} {byte}");
    }

    #[test]
    fn no_bytes_can_be_taken_out(place in any::<prop::sample::Index>(), many in 1_usize..200) {
        let text = joined(&log());
        let mut bytes = text.clone().into_bytes();
        let at = place.index(bytes.len());
        let end = (at + many).min(bytes.len());
        bytes.drain(at..end);
        let mut budget = Budget::did_log();
        let found = Log::parse(&bytes, &mut budget)
            .and_then(|log| log.verify(None, None, now(), &mut budget));
        // What ends with a whole entry is a log that was cut off.
        let is_whole = text.as_bytes().starts_with(&bytes)
            && (bytes.ends_with(b"\n") || text.as_bytes()[bytes.len()] == b'\n');
        prop_assert_eq!(found.is_ok(), is_whole && !bytes.is_empty());
    }
}
