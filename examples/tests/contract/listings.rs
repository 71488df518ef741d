//! Everything that can be looked at, in the shape its schema promises.

use serde_json::{Value, json};

use crate::world::*;

/// One member with a mandate, one whose mandate has ended, one with an open code, one suspended.
fn lived_in() -> Option<World> {
    let world = World::new()?;
    world.seat("m-001", "ana");
    world.seat("m-002", "bilal");
    world.seat("m-003", "chiara");
    world.enrol("m-004", "darya", "invite");
    let id = world.credential("m-003");
    world.issuer(&["credential", "suspend", &id]).ends(0);
    let at = instant(0);
    let end = ["mandate", "end", "m-002", "--at", &at, "--reason", "death"];
    world.issuer(&[&end[..], &["--yes"]].concat()).ends(0);
    world.issuer(&["enrol", "cancel", "m-004"]).ends(0);
    let invite = ["enrol", "invite", "m-005", "--out", "code"];
    world.issuer(&invite).ends(0);
    Some(world)
}

#[test]
fn every_list_names_its_items_by_text_ids() {
    let Some(world) = lived_in() else { return };
    for (words, count) in [
        (["key", "list"], 2),
        (["roster", "list"], 6),
        (["enrol", "list"], 5),
        (["credential", "list"], 3),
        (["mandate", "list"], 6),
        (["term", "list"], 1),
    ] {
        let list = world.issuer(&words).ends(0).json();
        assert_eq!(list["items"].as_array().unwrap().len(), count, "{words:?}");
    }
    for words in [
        ["key", "list"],
        ["roster", "list"],
        ["enrol", "list"],
        ["credential", "list"],
        ["mandate", "list"],
        ["term", "list"],
        ["audit", "list"],
    ] {
        let list = world.issuer(&words).ends(0).json();
        for item in list["items"].as_array().unwrap() {
            assert!(item["id"].is_string(), "{words:?} {item}");
        }
        // People get a line for each.
        let people = world.place.run(&world.issuer, "issuer", &words).ends(0);
        let count = list["items"].as_array().unwrap().len();
        assert_eq!(people.out.lines().count(), count, "{words:?}");
    }
    let states = |words: &[&str]| -> Vec<Value> {
        let list = world.issuer(words).ends(0).json();
        let items = list["items"].as_array().unwrap().iter();
        let mut states: Vec<Value> = items.map(|item| item["state"].clone()).collect();
        states.sort_by_key(Value::to_string);
        states
    };
    let wanted = json!(["cancelled", "open", "used", "used", "used"]);
    assert_eq!(json!(states(&["enrol", "list"])), wanted);
    let wanted = json!(["revoked", "suspended", "valid"]);
    assert_eq!(json!(states(&["credential", "list"])), wanted);
}

#[test]
fn what_is_shown_is_what_the_list_names() {
    let Some(world) = lived_in() else { return };
    let member = world.issuer(&["roster", "show", "m-002"]).ends(0).json();
    assert_eq!(member["id"], "m-002");
    let mandates = world.issuer(&["mandate", "show", "m-002"]).ends(0).json();
    assert_eq!(mandates["items"][0]["ended"]["reason"], "death");
    for item in world.issuer(&["credential", "list"]).ends(0).json()["items"]
        .as_array()
        .unwrap()
    {
        let id = item["id"].as_str().unwrap();
        let shown = world.issuer(&["credential", "show", id]).ends(0).json();
        for name in ["id", "member", "type", "state", "validUntil"] {
            assert_eq!(shown[name], item[name], "{name}");
        }
    }
    let status = world.issuer(&["status", "show"]).ends(0).json();
    let counts = ["valid", "suspended", "revoked", "expired"].map(|state| status[state].clone());
    assert_eq!(json!(counts), json!([1, 1, 1, 0]));
    let config = world.issuer(&["config", "show"]).ends(0).json();
    assert_eq!(config["did"], world.did().as_str());
    assert_eq!(config["chamber"], "EX-1");
    let script = world.issuer(&["completions", "bash"]).ends(0);
    assert!(script.out.contains("mandate-issuer"), "{}", script.out);
}

#[test]
fn what_needs_attention_is_said_until_it_is_seen_to() {
    let Some(world) = lived_in() else { return };
    let check = world.issuer(&["status", "check"]).ends(1).json();
    assert_eq!(check["problems"].as_array().unwrap().len(), 1);
    let doctor = world.issuer(&["doctor"]).ends(1).json();
    assert_eq!(doctor["items"][0]["id"], "status.unpublished");
    world.publish();
    let check = world.issuer(&["status", "check"]).ends(0).json();
    assert_eq!(check["problems"], json!([]));
    let doctor = world.issuer(&["doctor"]).ends(0).json();
    assert_eq!(doctor["items"], json!([]));
    let status = world.issuer(&["status", "show"]).ends(0).json();
    assert_eq!(
        (&status["seq"], &status["unpublished"]),
        (&json!(1), &json!(0))
    );
}

#[test]
fn the_journal_can_be_listed_verified_and_taken_away() {
    let Some(world) = lived_in() else { return };
    let list = world.issuer(&["audit", "list"]).ends(0).json();
    let items = list["items"].as_array().unwrap();
    for (at, item) in items.iter().enumerate() {
        assert_eq!(item["id"], (at + 1).to_string().as_str());
    }
    let audit = world.issuer(&["audit", "verify"]).ends(0).json();
    assert_eq!(
        (&audit["verified"], &audit["entries"]),
        (&json!(true), &json!(items.len()))
    );
    let export = ["audit", "export", "--out", "journal.jsonl"];
    let exported = world.issuer(&export).ends(0).json();
    assert_eq!(exported["file"], "journal.jsonl");
    let mut lines = world.lines("journal.jsonl");
    for line in &mut lines {
        line["id"] = line["seq"].to_string().into();
    }
    assert_eq!(json!(lines), list["items"]);
    // Without a file it is the data and nothing else.
    let written = std::fs::read_to_string(world.place.path("journal.jsonl")).unwrap();
    assert_eq!(world.issuer(&["audit", "export"]).ends(0).out, written);
}
