//! Life after a disk is lost: what a restored issuer does, and what verifiers make of it.

use crate::world::*;

#[test]
fn a_restored_issuer_goes_on_where_the_backup_was_made() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    world.ask("ana", "MemberMandate:name");
    world.check(&[]).ends(0);
    let backup = ["backup", "create", "--out", "b.mandate"];
    world.issuer(&backup).ends(0);
    // Published once more after the backup, and seen by the verifier: the restored one must go past it.
    let later = world.issuer(&["publish", "--out", "site"]).ends(0).json();
    world.check(&["--recheck"]).ends(0);

    let restored = |words: &[&str]| {
        let words = [words, &["--format", "json"]].concat();
        world.place.run(&world.issuer, "restored", &words)
    };
    restored(&["backup", "restore", "b.mandate"]).ends(0);
    restored(&["audit", "verify"]).ends(0);
    let issue = [
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "ana.enrolment",
        "--out",
        "again",
    ];
    let issued = restored(&issue).ends(0).json();
    assert_eq!(issued["new"], false);
    let read = |name: &str| std::fs::read(world.place.path(name)).unwrap();
    assert_eq!(read("again"), read("ana.txt"));
    let published = restored(&["publish", "--out", "site"]).ends(0).json();
    assert!(
        published["seq"].as_u64() > later["seq"].as_u64(),
        "{published} {later}"
    );
    world.check(&["--recheck"]).ends(0);
}

#[test]
fn a_backup_opens_with_its_own_passphrase_only() {
    let Some(world) = World::new() else { return };
    let secret = |name: &str, text: &str| {
        let path = world.place.path(name);
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    };
    secret("own", "of the backup alone\n");
    secret("other", "something else\n");
    let with = |file: &'static str| ["--backup-passphrase-file", file];
    let create = ["backup", "create", "--out", "b.mandate"];
    world.issuer(&[&create[..], &with("own")].concat()).ends(0);
    let restore = |more: &[&str]| {
        let words = [
            &["backup", "restore", "b.mandate", "--format", "json"],
            more,
        ]
        .concat();
        world.place.run(&world.issuer, "second", &words)
    };
    for more in [&with("other")[..], &[]] {
        assert_eq!(restore(more).ends(1).code(), "passphrase.wrong");
        assert!(!world.place.path("second").exists());
    }
    restore(&with("own")).ends(0);
    let audit = ["audit", "verify"];
    world.place.run(&world.issuer, "second", &audit).ends(0);
    // It is not written over another file.
    let again = world.issuer(&create).ends(1);
    assert_eq!(again.code(), "file.exists");
}

#[test]
fn a_mistyped_passphrase_seals_no_backup() {
    let Some(world) = World::new() else { return };
    let mistyped = world.place.path("mistyped");
    std::fs::write(&mistyped, "correct hoarse\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&mistyped, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let mut command = std::process::Command::new(&world.issuer);
    command.current_dir(world.place.folder.path()).args([
        "--home",
        "issuer",
        "--passphrase-file",
        "mistyped",
        "--format",
        "json",
        "backup",
        "create",
        "--out",
        "b.mandate",
    ]);
    let refused = Ran::from(command.output().unwrap()).ends(1);
    assert_eq!(refused.code(), "passphrase.wrong");
    assert!(!world.place.path("b.mandate").exists());
    for verb in ["create", "restore"] {
        let help = world.issuer(&["backup", verb, "--help"]).ends(0).out;
        assert!(help.contains("that of the issuing key"), "{help}");
    }
}

#[test]
fn whoever_restores_is_told_what_the_backup_does_not_know() {
    let Some(world) = World::new() else { return };
    world
        .issuer(&["backup", "create", "--out", "b.mandate"])
        .ends(0);
    let words = ["backup", "restore", "b.mandate"];
    let restored = world.place.run(&world.issuer, "restored", &words).ends(0);
    for said in [
        "from its first publication on, the old home must never publish again",
        "verifiers would call its bundles rolled back",
        "for a drill, do not publish",
        "issued and revocations recorded after this backup",
    ] {
        assert!(restored.err.contains(said), "{said}: {}", restored.err);
    }
    // The instant of the backup, in this century.
    assert!(restored.err.contains("made at 20"), "{}", restored.err);
}

#[test]
fn what_was_revoked_after_a_backup_stays_so_by_the_last_bundle() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world
        .issuer(&["backup", "create", "--out", "b.mandate"])
        .ends(0);
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
    world.publish();
    world.ask("ana", "MemberMandate:name");
    assert_eq!(
        codes(&world.check(&["--recheck"]).ends(11)),
        ["status.revoked"]
    );

    let restore = |home: &str, more: &[&str]| {
        let words = [
            &["backup", "restore", "b.mandate", "--format", "json"],
            more,
        ]
        .concat();
        world.place.run(&world.issuer, home, &words)
    };
    let taken = restore("again", &["--published", "site/bundle.json"])
        .ends(0)
        .json();
    assert_eq!(taken["takenOver"]["credentials"], 1);
    let publish = ["publish", "--out", "site", "--format", "json"];
    world.place.run(&world.issuer, "again", &publish).ends(0);
    assert_eq!(
        codes(&world.check(&["--recheck"]).ends(11)),
        ["status.revoked"]
    );
    let verify = ["audit", "verify", "--format", "json"];
    world.place.run(&world.issuer, "again", &verify).ends(0);

    // Without the bundle it says what is not known; with another's it does not begin.
    let without = restore("without", &[]).ends(0);
    assert!(
        without.err.contains("would be published as valid"),
        "{}",
        without.err
    );
    assert_eq!(without.json()["takenOver"], serde_json::Value::Null);
    let init = [
        "init",
        "--name",
        "Other",
        "--chamber",
        "O",
        "--country",
        "XX",
    ];
    world.place.run(&world.issuer, "other", &init).ends(0);
    world
        .place
        .run(&world.issuer, "other", &["publish", "--out", "foreign"])
        .ends(0);
    let refused = restore("third", &["--published", "foreign/bundle.json"]).ends(1);
    assert_eq!(refused.code(), "backup.foreign_bundle");
    assert!(!world.place.path("third/issuer.json").exists());
}

#[test]
fn who_kept_the_bundle_is_told_what_an_older_home_is_silent_about() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    let updated = |told: usize, bundle: &str| {
        let ran = world.verifier(&["trust", "update", bundle]).ends(0);
        let said = format!("it is silent about {told}");
        assert_eq!(ran.err.contains(&said), told > 0, "{}", ran.err);
    };
    updated(0, "site/bundle.json");
    let backup = ["backup", "create", "--out", "b.mandate"];
    world.issuer(&backup).ends(0);
    let id = world.credential("m-001");
    let revoke = [
        "credential",
        "revoke",
        &id,
        "--reason",
        "lost-seat",
        "--yes",
    ];
    world.issuer(&revoke).ends(0);
    world.publish();
    updated(0, "site/bundle.json");
    // Without what was published since: the credential is valid again, under a higher number.
    let restored = |words: &[&str]| world.place.run(&world.issuer, "older", words).ends(0);
    restored(&["backup", "restore", "b.mandate"]);
    restored(&["audit", "verify"]);
    restored(&["publish", "--out", "elsewhere"]);
    updated(1, "elsewhere/bundle.json");
}

#[test]
fn a_home_does_not_publish_over_what_it_does_not_know() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    let backup = ["backup", "create", "--out", "b.mandate"];
    world.issuer(&backup).ends(0);
    let id = world.credential("m-001");
    let revoke = [
        "credential",
        "revoke",
        &id,
        "--reason",
        "lost-seat",
        "--yes",
    ];
    world.issuer(&revoke).ends(0);
    world.publish();
    let bundle = || std::fs::read(world.place.path("site/bundle.json")).unwrap();
    let last = bundle();
    let run = |home: &str, words: &[&str]| world.place.run(&world.issuer, home, words);
    let publish = ["publish", "--out", "site", "--format", "json"];
    // What was revoked after the backup would be valid again, under a higher number.
    run("older", &["backup", "restore", "b.mandate"]).ends(0);
    let refused = run("older", &publish).ends(1);
    assert_eq!(refused.code(), "publish.forgotten");
    assert_eq!(bundle(), last);
    // With what was published it goes on; the home of before does not, from then on.
    let published = ["--published", "site/bundle.json"];
    let restore = [&["backup", "restore", "b.mandate"][..], &published].concat();
    run("again", &restore).ends(0);
    run("again", &publish).ends(0);
    let later = bundle();
    let refused = world.issuer(&["publish", "--out", "site"]).ends(1);
    assert_eq!(refused.code(), "publish.rolled_back");
    assert_eq!(bundle(), later);
    run("again", &publish).ends(0);
}
