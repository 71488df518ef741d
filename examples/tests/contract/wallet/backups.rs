//! Vault and backups: passphrases from files and pipes, wrong ones, and damage.

use std::process::Command;

use super::{done, fails, fed, feed};
use crate::world::*;

#[test]
fn a_backup_needs_its_passphrase_once_also_from_a_pipe() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    let held = done(&world, "ana", &["credential", "list"]);
    let same = |home: &str| assert_eq!(done(&world, home, &["credential", "list"]), held);
    done(&world, "ana", &["backup", "create", "--out", "0.backup"]);
    done(&world, "home-0", &["backup", "restore", "0.backup"]);
    same("home-0");
    let again = fails(&world, "home-0", &["backup", "restore", "0.backup"]);
    assert_eq!(again, "vault.exists");
    let again = fails(&world, "ana", &["backup", "create", "--out", "0.backup"]);
    assert_eq!(again, "file.exists");

    // From standard input by number and by name, and from another descriptor.
    let pipes: [&[&str]; 2] = [
        &["--passphrase-fd", "0"],
        &["--passphrase-file", "/dev/stdin"],
    ];
    for (at, pipe) in pipes.into_iter().enumerate() {
        let (file, home) = (format!("pipe-{at}.backup"), format!("pipe-{at}"));
        let create = ["backup", "create", "--out", &file];
        let words = [&create[..], pipe].concat();
        fed(&world, &world.wallet, "ana", &words, "correct horse\n")
            .ends(0)
            .json();
        let words = [&["backup", "restore", &file], pipe].concat();
        fed(&world, &world.wallet, &home, &words, "correct horse\n")
            .ends(0)
            .json();
        same(&home);
    }
    let third = |home: &str, words: &[&str]| {
        let mut command = Command::new("sh");
        command
            .args(["-c", "exec 3<&0 </dev/null; exec \"$0\" \"$@\""])
            .arg(&world.wallet)
            .args(["--home", home, "--passphrase-fd", "3"])
            .args(words);
        feed(&world, command, "correct horse\n")
    };
    third("ana", &["backup", "create", "--out", "3.backup"])
        .ends(0)
        .json();
    third("home-3", &["backup", "restore", "3.backup"])
        .ends(0)
        .json();
    same("home-3");

    // The secretariat's backups read theirs by the same rules.
    let create = [
        "backup",
        "create",
        "--out",
        "issuer.backup",
        "--passphrase-fd",
        "0",
    ];
    fed(&world, &world.issuer, "issuer", &create, "correct horse\n")
        .ends(0)
        .json();
    let restore = ["backup", "restore", "issuer.backup", "--passphrase-fd", "0"];
    fed(&world, &world.issuer, "second", &restore, "correct horse\n")
        .ends(0)
        .json();
}

#[test]
fn a_wrong_passphrase_and_a_damaged_file_are_told_apart() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    let wrong = |home: &str, words: &[&str]| {
        let words = [words, &["--passphrase-fd", "0"]].concat();
        let ran = fed(&world, &world.wallet, home, &words, "wrong horse\n").ends(1);
        ran.code()
    };
    assert_eq!(wrong("ana", &["id"]), "vault.wrong_passphrase");
    // A backup with a passphrase of its own.
    std::fs::copy(world.place.path("pass"), world.place.path("own")).unwrap();
    std::fs::write(world.place.path("own"), "battery staple").unwrap();
    let own = ["--backup-passphrase-file", "own"];
    let create = ["backup", "create", "--out", "own.backup"];
    done(&world, "ana", &[&create[..], &own].concat());
    let restore = ["backup", "restore", "own.backup"];
    assert_eq!(fails(&world, "home-1", &restore), "vault.wrong_passphrase");
    assert!(!world.place.path("home-1/vault.mandate").exists());
    done(&world, "home-1", &[&restore[..], &own].concat());

    let spoil = |name: &str| {
        let path = world.place.path(name);
        let mut bytes = std::fs::read(&path).unwrap();
        let last = bytes.len() - 20;
        bytes[last] ^= 1;
        std::fs::write(path, bytes).unwrap();
    };
    spoil("own.backup");
    let damaged = fails(&world, "home-2", &[&restore[..], &own].concat());
    assert_eq!(damaged, "vault.backup_damaged");
    spoil("ana/vault.mandate");
    let damaged = world.wallet("ana", &["credential", "list"]).ends(1);
    assert_eq!(damaged.code(), "vault.damaged");
    assert!(damaged.err.contains("ana/vault.mandate"), "{}", damaged.err);
}
