//! Several commands at once: who reads is never told of damage that is none, and what is urgent gets
//! through.

use std::{
    process::Stdio,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use crate::world::*;

#[test]
fn whoever_reads_while_others_write_finds_a_whole_store() {
    let Some(world) = World::new() else { return };
    let end = Instant::now() + Duration::from_secs(4);
    let (read, written) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let again = |words: &[&str], count: &AtomicUsize| {
        while Instant::now() < end {
            world.issuer(words).ends(0);
            count.fetch_add(1, Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        for member in ["m-001", "m-002"] {
            let invite = ["enrol", "invite", member, "--out", member];
            let (again, written) = (&again, &written);
            scope.spawn(move || again(&invite, written));
        }
        for words in [["roster", "list"], ["audit", "verify"]] {
            let (again, read) = (&again, &read);
            scope.spawn(move || again(&words, read));
        }
    });
    let (read, written) = (read.into_inner(), written.into_inner());
    assert!(read > 3 && written > 3, "{read} read, {written} written");
    // Nothing that was acknowledged is missing, and what is left is no more than was there before.
    let invited = world.issuer(&["enrol", "list"]).ends(0).json();
    assert_eq!(invited["items"].as_array().unwrap().len(), written);
    assert!(!world.place.path("issuer/journal.head.next").exists());
}

#[test]
fn damage_is_still_called_damage() {
    let Some(world) = World::new() else { return };
    // A head from later than the store: what a journal that was cut short looks like.
    let before = world.place.path("before");
    copy(&world.place.path("issuer/db"), &before);
    world
        .issuer(&["enrol", "invite", "m-001", "--out", "codes"])
        .ends(0);
    std::fs::remove_dir_all(world.place.path("issuer/db")).unwrap();
    copy(&before, &world.place.path("issuer/db"));
    for words in [&["audit", "verify"][..], &["roster", "list"]] {
        assert_eq!(world.issuer(words).ends(1).code(), "journal.truncated");
    }
    let invite = world.issuer(&["enrol", "invite", "m-001", "--out", "codes"]);
    assert_eq!(invite.ends(1).code(), "journal.truncated");
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn an_urgent_suspension_gets_through_in_the_middle_of_a_batch() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    let id = world.credential("m-001");
    let rows = (0..2_500).map(|n| format!("x{n},Member {n},2026-01-01\n"));
    let roster: String = std::iter::once("id,name,start_date\n".to_owned())
        .chain(rows)
        .collect();
    std::fs::write(world.place.path("many.csv"), roster).unwrap();
    world.issuer(&["roster", "import", "many.csv"]).ends(0);
    world.enrol_all("enrolments.jsonl");
    let words = [
        "batch",
        "issue",
        "--enrolments",
        "enrolments.jsonl",
        "--out",
        "out",
    ];
    let mut batch = world
        .place
        .command(&world.issuer, "issuer", &words)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // As soon as the first group is acknowledged.
    let results = world.place.path("out/results.jsonl");
    while std::fs::metadata(&results).map_or(0, |file| file.len()) == 0 {
        assert!(batch.try_wait().unwrap().is_none(), "it ended too early");
        std::thread::sleep(Duration::from_millis(2));
    }
    // Whoever had to wait would be told by whom.
    let owner = std::fs::read_to_string(world.place.path("issuer/store.owner")).unwrap();
    let named = format!("mandate-issuer batch issue (process {})", batch.id());
    assert_eq!(owner, named);
    world.issuer(&["credential", "suspend", &id]).ends(0);
    assert!(batch.wait().unwrap().success());
    let journal = world.issuer(&["audit", "list"]).ends(0).json();
    let seq_of = |kind: &str| -> Vec<u64> {
        let items = journal["items"].as_array().unwrap().iter();
        let of_kind = items.filter(|item| item["kind"] == kind);
        of_kind.map(|item| item["seq"].as_u64().unwrap()).collect()
    };
    let (issued, suspended) = (seq_of("credential.issued"), seq_of("credential.suspended"));
    // The first was issued before the batch.
    assert!(issued[1] < suspended[0] && suspended[0] < *issued.last().unwrap());
    assert_eq!(issued.len(), 2_506);
}

#[cfg(unix)]
#[test]
fn an_interrupted_program_ends_with_130() {
    let Some(world) = World::new() else { return };
    let lock = std::fs::File::create(world.place.path("issuer/store.lock")).unwrap();
    lock.lock().unwrap();
    let words = ["enrol", "invite", "m-001", "--out", "codes"];
    let mut waiting = world
        .place
        .command(&world.issuer, "issuer", &words)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = waiting.id().to_string();
    let sign = world.place.path("issuer/waiting").join(&pid);
    while !sign.exists() {
        assert!(waiting.try_wait().unwrap().is_none(), "it did not wait");
        std::thread::sleep(Duration::from_millis(5));
    }
    let kill = std::process::Command::new("kill")
        .args(["-INT", &pid])
        .status();
    assert!(kill.unwrap().success());
    let ended = waiting.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    drop(lock);
    assert!(!world.place.path("codes").exists());
    let invited = world.issuer(&["enrol", "list"]).ends(0).json();
    assert_eq!(invited["items"], serde_json::json!([]));
}
