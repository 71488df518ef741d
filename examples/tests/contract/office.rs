//! The secretariat's everyday: rosters, rehearsals, backups, and a store that is busy.

use crate::world::*;

#[test]
fn what_cannot_be_done_says_why_and_what_to_do() {
    let Some(world) = World::new() else { return };
    assert_eq!(
        world.issuer(&["key", "rotate"]).ends(1).code(),
        "key.did_key_cannot_rotate"
    );
    assert_eq!(
        world.issuer(&["roster", "show", "m-404"]).ends(1).code(),
        "member.unknown"
    );
    assert_eq!(
        world
            .issuer(&["roster", "import", "nowhere.csv"])
            .ends(1)
            .code(),
        "file.unreadable"
    );
    world
        .issuer(&[
            "mandate", "end", "m-001", "--at", "tomorrow", "--reason", "death",
        ])
        .ends(2);
    world
        .issuer(&[
            "mandate",
            "end",
            "m-001",
            "--at",
            &instant(0),
            "--reason",
            "whim",
        ])
        .ends(2);
    let again = world.issuer(&[
        "roster",
        "import",
        concat!(env!("CARGO_MANIFEST_DIR"), "/parliament/lower-house.csv"),
    ]);
    let report = again.ends(0).json();
    assert_eq!(report["imported"], report["unchanged"]);
    assert_eq!(report["imported"], 6);
    assert_eq!(
        world.issuer(&["doctor"]).ends(1).json()["items"][0]["id"],
        "status.unpublished"
    );
    world.publish();
    world.issuer(&["doctor"]).ends(0);
    world
        .issuer(&["backup", "create", "--out", "b.mandate"])
        .ends(0);
    world
        .place
        .run(&world.issuer, "second", &["backup", "restore", "b.mandate"])
        .ends(0);
    world
        .place
        .run(&world.issuer, "second", &["audit", "verify"])
        .ends(0);
    let taken = world.issuer(&["backup", "restore", "b.mandate"]).ends(1);
    assert_eq!(taken.code(), "issuer.exists");
}

#[test]
fn a_rehearsal_changes_nothing() {
    let Some(world) = World::new() else { return };
    world.enrol("m-001", "ana", "invite");
    let journal = |world: &World| {
        let export = world.issuer(&["audit", "export", "--out", "-"]).ends(0);
        (export.out, folder(&world.place.path("issuer")))
    };
    let before = journal(&world);
    let dry = |words: &[&str]| {
        let ran = world.issuer(&[words, &["--dry-run", "--yes"]].concat());
        ran.ends(0)
    };
    std::fs::write(
        world.place.path("more.csv"),
        "id,name,start_date\nm-900,Nova,2026-01-01\n",
    )
    .unwrap();
    assert_eq!(dry(&["roster", "import", "more.csv"]).json()["imported"], 1);
    dry(&["enrol", "invite", "--all", "--out", "no.jsonl"]);
    dry(&[
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "ana.enrolment",
        "--out",
        "no.txt",
    ]);
    let now = instant(0);
    dry(&["mandate", "end", "m-002", "--at", &now, "--reason", "death"]);
    dry(&["term", "end", "current", "--at", &now]);
    dry(&["publish", "--out", "no-site"]);
    dry(&["backup", "create", "--out", "no-backup"]);
    assert_eq!(journal(&world), before);
    for name in ["no.jsonl", "no.txt", "no-site", "no-backup"] {
        assert!(!world.place.path(name).exists(), "{name}");
    }
    // The real thing still works afterwards, and a wallet can rehearse too.
    world.seat("m-003", "carla");
    let vault = || std::fs::read(world.place.path("carla/vault.mandate")).unwrap();
    let (before, id) = (vault(), {
        let list = world
            .wallet("carla", &["credential", "list"])
            .ends(0)
            .json();
        list["items"][0]["id"].as_str().unwrap().to_owned()
    });
    let remove = ["credential", "remove", &id, "--yes", "--dry-run"];
    world.wallet("carla", &remove).ends(0);
    assert_eq!(vault(), before);
    world.wallet("new", &["init", "--dry-run"]).ends(0);
    assert!(!world.place.path("new").exists());
}

/// Every file below a folder with its bytes; what only says who looked last is left out.
fn folder(path: &std::path::Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(folder(&path));
        } else if !name.starts_with("LOG") {
            found.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn a_store_that_is_busy_says_with_whom() {
    let Some(world) = World::new() else { return };
    let lock = std::fs::File::create(world.place.path("issuer/store.lock")).unwrap();
    lock.lock().unwrap();
    std::fs::write(
        world.place.path("issuer/store.owner"),
        "process 4711 (batch)",
    )
    .unwrap();
    let invite = ["enrol", "invite", "m-001", "--out", "x.jsonl"];
    let busy = world.issuer(&invite).ends(1);
    assert_eq!(busy.code(), "store.busy");
    assert!(busy.err.contains("4711"), "{}", busy.err);
    // Reading waits for nobody.
    world.issuer(&["roster", "list"]).ends(0);
    drop(lock);
    world.issuer(&invite).ends(0);
}

#[test]
fn a_mandate_without_an_end_lasts_the_chambers_longest_term_from_its_issue() {
    let until = |more: &[&str]| {
        let world = World::with(more)?;
        world.seat("m-001", "ana");
        let id = world.credential("m-001");
        let shown = world.issuer(&["credential", "show", &id]).ends(0).json();
        let instant = |name: &str| {
            let text = shown[name].as_str().unwrap();
            text.parse::<jiff::Timestamp>().unwrap().as_second()
        };
        Some(instant("validUntil") - instant("issued"))
    };
    let Some(default) = until(&[]) else { return };
    // Five years, one leap day among them.
    assert_eq!(default, 1826 * 86_400);
    assert_eq!(until(&["--max-term", "240h"]), Some(10 * 86_400));
}
