//! A store that somebody laid hands on: what was taken away or rewritten is found.

use std::path::Path;

use cli_kit::{
    passphrase::Passphrase,
    sealed::{self, Cost},
};
use issuer_cli::{
    office::CredentialRecord,
    store::{Batch, Family, RocksStore, Store as _, read},
};

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

#[test]
fn a_backup_without_the_head_is_none() {
    let Some(world) = World::new() else { return };
    let create = ["backup", "create", "--out", "b.mandate"];
    world.issuer(&create).ends(0);
    let pass = Passphrase::new("correct horse".to_owned().into()).unwrap();
    let file = world.place.path("b.mandate");
    let plain = sealed::open(&std::fs::read(&file).unwrap(), &pass).unwrap();
    let mut contents: serde_json::Value = serde_json::from_slice(&plain).unwrap();
    let files = contents["files"].as_array_mut().unwrap();
    files.retain(|file| file[0] != "journal.head");
    let plain = serde_json::to_vec(&contents).unwrap();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let sealed = sealed::seal(&plain, &pass, Cost::STANDARD, &mut rng).unwrap();
    let restore = |home: &str| {
        let words = ["backup", "restore", "b.mandate", "--format", "json"];
        world.place.run(&world.issuer, home, &words)
    };
    restore("whole").ends(0);
    assert!(world.place.path("whole/journal.head").exists());
    std::fs::write(&file, sealed).unwrap();
    assert_eq!(restore("headless").ends(1).code(), "backup.damaged");
    assert!(!world.place.path("headless").exists());
}

#[test]
fn a_revocation_taken_out_of_its_record_is_found() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    let list = world.issuer(&["credential", "list"]).ends(0).json();
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    let revoke = ["credential", "revoke", &id, "--reason", "court", "--yes"];
    world.issuer(&revoke).ends(0);
    world.publish();
    let sound = world.issuer(&["audit", "verify"]).ends(0).json();
    assert_eq!(sound["differences"], serde_json::json!([]));
    world.issuer(&["doctor"]).ends(0);

    let mut store = RocksStore::open(&world.place.path("issuer/db")).unwrap();
    let mut record: CredentialRecord = read(&store, Family::Credentials, &id).unwrap().unwrap();
    record.revocations.clear();
    let mut batch = Batch::default();
    batch.put(Family::Credentials, &id, &record).unwrap();
    store.write(batch).unwrap();
    drop(store);

    let found = world.issuer(&["audit", "verify"]).ends(1).json();
    assert_eq!(found["verified"], false);
    let differences = found["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 1, "{found:#}");
    let named = &differences[0];
    assert_eq!(named["code"], "journal.record_differs");
    assert_eq!(named["record"]["id"], id.as_str());
    let journal = world.issuer(&["audit", "list"]).ends(0).json();
    let entry = usize::try_from(named["entry"].as_u64().unwrap()).unwrap();
    assert_eq!(journal["items"][entry - 1]["kind"], "credential.revoked");
    let doctor = world.issuer(&["doctor"]).ends(1).json();
    assert_eq!(doctor["items"][0]["id"], "journal.record_differs");
    let told = world
        .place
        .run(&world.issuer, "issuer", &["audit", "verify"]);
    let told = told.ends(1);
    assert!(told.out.contains(&id) && told.out.contains("journal.record_differs"));
}
