//! A store that somebody laid hands on: what was taken away or rewritten is found.

use std::path::Path;

use crate::world::*;

/// Puts a copy of a folder where there is none.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_journal_cut_short_is_found_also_without_its_head() {
    let Some(world) = World::new() else { return };
    let (db, before) = (world.place.path("issuer/db"), world.place.path("before"));
    let head = world.place.path("issuer/journal.head");
    copy(&db, &before);
    world.enrol("m-001", "ana", "invite");
    let signed = std::fs::read(&head).unwrap();

    // Without its head a whole journal proves nothing either, and nothing is written after it.
    let missing = |words: &[&str]| {
        let failed = world.issuer(words).ends(1);
        assert_eq!(failed.code(), "journal.truncated", "{words:?}");
        assert!(failed.err.contains("signed head is missing"), "{words:?}");
    };
    std::fs::remove_file(&head).unwrap();
    let backup = ["backup", "create", "--out", "b.mandate"];
    let publish = ["publish", "--out", "site"];
    for words in [&["audit", "verify"][..], &["doctor"], &backup, &publish] {
        missing(words);
        assert!(!head.exists());
    }

    std::fs::remove_dir_all(&db).unwrap();
    copy(&before, &db);
    for words in [["audit", "verify"].as_slice(), &["doctor"]] {
        missing(words);
    }
    std::fs::write(&head, signed).unwrap();
    for words in [["audit", "verify"].as_slice(), &["doctor"]] {
        assert_eq!(world.issuer(words).ends(1).code(), "journal.truncated");
    }
}

#[test]
fn an_issuer_has_a_head_from_its_making_on() {
    let Some(world) = World::new() else { return };
    let fresh = |words: &[&str]| {
        let words = [words, &["--format", "json"]].concat();
        world.place.run(&world.issuer, "fresh", &words)
    };
    let init = ["init", "--name", "H", "--chamber", "X", "--country", "XX"];
    fresh(&init).ends(0);
    let head = world.place.path("fresh/journal.head");
    let first = std::fs::read(&head).unwrap();
    fresh(&["audit", "verify"]).ends(0);
    let roster = concat!(env!("CARGO_MANIFEST_DIR"), "/parliament/lower-house.csv");
    fresh(&["roster", "import", roster]).ends(0);
    assert_ne!(std::fs::read(&head).unwrap(), first);
    // A kill between the first write and its head.
    std::fs::write(&head, &first).unwrap();
    fresh(&["audit", "verify"]).ends(0);
    fresh(&["enrol", "invite", "m-001", "--out", "code"]).ends(0);
    assert_ne!(std::fs::read(&head).unwrap(), first);
}
