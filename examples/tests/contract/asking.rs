//! Which commands ask a person, which never do, and what each change ends with.

use crate::world::*;

/// Two members with credentials.
fn seated() -> Option<World> {
    let world = World::new()?;
    world.seat("m-001", "ana");
    world.seat("m-002", "bilal");
    Some(world)
}

#[test]
fn what_cannot_be_taken_back_is_asked_first() {
    let Some(world) = seated() else { return };
    let (id, at) = (world.credential("m-001"), instant(0));
    world.enrol("m-001", "ana2", "reinvite");
    let revoke = ["credential", "revoke", &id, "--reason", "compromise"];
    let replace = [
        "credential",
        "replace",
        "m-001",
        "--enrolment",
        "ana2.enrolment",
    ];
    let mandate = ["mandate", "end", "m-002", "--at", &at, "--reason", "death"];
    let term = ["term", "end", "current", "--at", &at];
    let journal = || world.issuer(&["audit", "export"]).ends(0).out;
    let before = journal();
    for words in [&revoke[..], &replace, &mandate, &term] {
        let needed = world.issuer(words).ends(2);
        assert_eq!(needed.code(), "input.needed", "{words:?}");
        assert!(needed.err.contains("--yes"), "{}", needed.err);
    }
    // A rehearsal changes nothing, and so asks nothing.
    for words in [&revoke[..], &replace, &mandate, &term] {
        world.issuer(&[words, &["--dry-run"]].concat()).ends(0);
    }
    assert_eq!(journal(), before);
    for words in [&replace[..], &mandate, &term] {
        world.issuer(&[words, &["--yes"]].concat()).ends(0);
    }
    let id = world.credential("m-001");
    let revoke = [
        "credential",
        "revoke",
        &id,
        "--reason",
        "compromise",
        "--yes",
    ];
    world.issuer(&revoke).ends(0);
}

#[test]
fn what_can_be_taken_back_is_done_at_once_and_counts_once_published() {
    let Some(world) = seated() else { return };
    let (id, at) = (world.credential("m-001"), instant(0));
    world.enrol("m-003", "chiara", "invite");
    let lower = concat!(env!("CARGO_MANIFEST_DIR"), "/parliament/lower-house.csv");
    let people = |words: &[&str]| world.place.run(&world.issuer, "issuer", words).ends(0);
    people(&["roster", "import", lower]);
    people(&["publish", "--out", "site"]);
    let end = ["term", "end", "current", "--at", &at, "--yes"];
    for words in [
        &["credential", "suspend", &id][..],
        &["credential", "reinstate", &id],
        &[
            "credential",
            "issue",
            "m-003",
            "--enrolment",
            "chiara.enrolment",
            "--out",
            "c",
        ],
        &["credential", "revoke", &id, "--reason", "death", "--yes"],
        &[
            "mandate", "end", "m-002", "--at", &at, "--reason", "death", "--yes",
        ],
        &end,
        &[
            "term",
            "reinstate",
            "current",
            "--decision",
            "Official Journal 12",
        ],
    ] {
        let said = people(words).err;
        let end =
            "not in force until published\nhint: publish with: mandate-issuer publish --out DIR\n";
        assert!(said.ends_with(end), "{words:?}\n{said}");
    }
    let said = world.issuer(&end).ends(0).json();
    let next = "not in force until published: mandate-issuer publish --out DIR";
    assert_eq!(said["next"], next);
    let reinstate = ["term", "reinstate", "current", "--decision", "12"];
    assert_eq!(world.issuer(&reinstate).ends(0).json()["next"], next);
}

#[test]
fn an_instant_has_an_offset() {
    let Some(world) = seated() else { return };
    for at in ["2026-03-12T10:00:00", "2026-03-12", "tomorrow", ""] {
        let mandate = [
            "mandate", "end", "m-001", "--at", at, "--reason", "death", "--yes",
        ];
        assert_eq!(
            world.issuer(&mandate).ends(2).code(),
            "usage.invalid",
            "{at}"
        );
        let term = ["term", "end", "current", "--at", at, "--yes"];
        assert_eq!(world.issuer(&term).ends(2).code(), "usage.invalid", "{at}");
        let id = world.credential("m-001");
        let revoke = [
            "credential",
            "revoke",
            &id,
            "--reason",
            "death",
            "--effective",
            at,
            "--yes",
        ];
        assert_eq!(
            world.issuer(&revoke).ends(2).code(),
            "usage.invalid",
            "{at}"
        );
    }
}

#[test]
fn publishing_needs_no_passphrase() {
    let Some(world) = seated() else { return };
    let unattended = |words: &[&str]| {
        let mut command = std::process::Command::new(&world.issuer);
        command
            .current_dir(world.place.folder.path())
            .args(["--home", "issuer", "--no-input", "--format", "json"])
            .args(words);
        Ran::from(command.output().unwrap())
    };
    let published = unattended(&["publish", "--out", "site"]).ends(0).json();
    assert_eq!(published["seq"], 1);
    assert!(world.place.path("site/bundle.json").exists());
    // Issuing does need it.
    world.enrol("m-003", "chiara", "invite");
    let issue = [
        "credential",
        "issue",
        "m-003",
        "--enrolment",
        "chiara.enrolment",
    ];
    assert_eq!(unattended(&issue).ends(1).code(), "passphrase.missing");
}
