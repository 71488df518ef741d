//! The member's program, command by command: every output fits its schema, and standard error holds
//! an error object or nothing.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::world::*;

mod answers;
mod backups;

/// A wallet's command, whose output fits its schema.
#[track_caller]
fn done(world: &World, home: &str, words: &[&str]) -> Value {
    world.wallet(home, words).ends(0).json()
}

/// The code of a wallet's failure with exit 1, whose standard error is one error object.
#[track_caller]
fn fails(world: &World, home: &str, words: &[&str]) -> String {
    let ran = world.wallet(home, words).ends(1);
    assert_eq!(ran.out, "", "{words:?}");
    ran.code()
}

/// A wallet's command as people see it.
fn human(world: &World, home: &str, words: &[&str]) -> Ran {
    world.place.run(&world.wallet, home, words)
}

/// Runs a program without the usual passphrase file, and this text on standard input.
fn fed(world: &World, program: &Path, home: &str, words: &[&str], input: &str) -> Ran {
    let mut command = Command::new(program);
    command.args(["--home", home]).args(words);
    feed(world, command, input)
}

fn feed(world: &World, mut command: Command, input: &str) -> Ran {
    let mut child = command
        .args(["--no-input", "--format", "json"])
        .current_dir(world.place.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    child.wait_with_output().unwrap().into()
}

fn request(world: &World, claims: &str, more: &[&str]) {
    let create = [
        "request",
        "create",
        "--claims",
        claims,
        "--purpose",
        "a vote",
    ];
    let out = ["--out", "request.jwt"];
    world.verifier(&[&create, &out[..], more].concat()).ends(0);
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn every_command_prints_what_its_schema_says() {
    let Some(world) = World::new() else { return };
    world.enrol("m-001", "ana", "invite");
    let issue = [
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "ana.enrolment",
    ];
    world
        .issuer(&[&issue[..], &["--out", "ana.txt"]].concat())
        .ends(0);

    let ids = done(&world, "ana", &["id"]);
    assert_eq!(ids["items"][0]["issuer"], world.did());
    let add = ["credential", "add", "ana.txt"];
    let added = done(&world, "ana", &add);
    assert_eq!(
        (&added["new"], &added["issuer"]),
        (&true.into(), &world.did().into())
    );
    assert_eq!(added["issuerName"], "Lower House");
    assert_eq!(done(&world, "ana", &add)["new"], false);
    let id = text(&added["id"]);
    let list = done(&world, "ana", &["credential", "list"]);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    for name in ["id", "type", "issuer", "issuerName"] {
        assert_eq!(list["items"][0][name], added[name], "{name}");
    }
    let shown = done(&world, "ana", &["credential", "show", id]);
    assert_eq!(shown["claims"]["name"]["display"], "Ana Example");
    assert_eq!(
        done(&world, "ana", &["credential", "check", id])["sound"],
        true
    );
    let doctor = done(&world, "ana", &["doctor"]);
    assert_eq!(doctor["problems"], Value::Array(Vec::new()));
    let script = world.wallet("ana", &["completions", "bash"]).ends(0);
    assert!(script.out.contains("mandate-wallet"), "{}", script.out);

    for verb in ["show", "check", "remove"] {
        let found = fails(
            &world,
            "ana",
            &["credential", verb, "0123456789abcdef", "--yes"],
        );
        assert_eq!(found, "credential.unknown", "{verb}");
    }
    assert_eq!(fails(&world, "nobody", &["id"]), "vault.missing");
    assert_eq!(fails(&world, "ana", &["init"]), "vault.exists");
}

#[test]
fn a_credential_is_removed_only_with_a_yes() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    let count = || {
        let list = done(&world, "ana", &["credential", "list"]);
        list["items"].as_array().unwrap().len()
    };
    let list = done(&world, "ana", &["credential", "list"]);
    let remove = ["credential", "remove", text(&list["items"][0]["id"])];
    let asked = world.wallet("ana", &remove).ends(2);
    assert_eq!(asked.code(), "input.needed");
    // A rehearsal asks nobody, and removes nothing.
    done(&world, "ana", &[&remove[..], &["--dry-run"]].concat());
    assert_eq!(count(), 1);
    done(&world, "ana", &[&remove[..], &["--yes"]].concat());
    assert_eq!(count(), 0);
    // Its key stays: the secretariat can hand it out again.
    let added = done(&world, "ana", &["credential", "add", "ana.txt"]);
    assert_eq!(added["new"], true);
}

#[test]
fn a_verifier_is_answered_as_long_as_it_is_trusted() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    request(&world, "MemberMandate:name", &[]);
    let list = done(&world, "ana", &["verifier", "list"]);
    assert_eq!(list["items"][0]["name"], "Gate");
    let again = done(&world, "ana", &["verifier", "trust", "verifier.json"]);
    assert_eq!(
        (&again["new"], &again["id"]),
        (&false.into(), &list["items"][0]["id"])
    );
    let present = ["present", "request.jwt", "--out", "answer.txt"];
    assert_eq!(done(&world, "ana", &present)["knownAs"], "Gate");
    let id = text(&list["items"][0]["id"]);
    assert_eq!(done(&world, "ana", &["verifier", "remove", id])["id"], id);
    assert_eq!(fails(&world, "ana", &present), "verifier.unknown");
    assert_eq!(
        fails(&world, "ana", &["verifier", "remove", id]),
        "verifier.unknown"
    );
    let list = done(&world, "ana", &["verifier", "list"]);
    assert_eq!(list["items"], Value::Array(Vec::new()));
    assert_eq!(
        fails(&world, "ana", &["verifier", "trust", "issuer.json"]),
        "card.malformed"
    );
}

/// Issues a mandate for the enrolment of `ana`, and returns its id in the wallet and at the issuer.
fn issue_more(world: &World, out: &str, more: &[&str]) -> (String, String) {
    let issue = [
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "ana.enrolment",
    ];
    let issued = world.issuer(&[&issue[..], &["--out", out], more].concat());
    let issued = issued.ends(0).json();
    let added = done(world, "ana", &["credential", "add", out]);
    assert_eq!(added["new"], true);
    (
        text(&added["id"]).to_owned(),
        text(&issued["id"]).to_owned(),
    )
}

#[test]
fn a_code_comes_from_standard_input_or_a_person_and_for_its_own_issuer() {
    let Some(world) = World::new() else { return };
    world
        .issuer(&["enrol", "invite", "m-001", "--out", "ana.code"])
        .ends(0);
    let line = std::fs::read_to_string(world.place.path("ana.code")).unwrap();
    let invitation: Value = serde_json::from_str(&line).unwrap();
    let code = text(&invitation["code"]);
    done(&world, "ana", &["init"]);
    let card = ["--issuer", "issuer.json", "--out", "ana.enrolment"];
    // Nobody can be asked here.
    let asked = world
        .wallet("ana", &[&["enrol"], &card[..]].concat())
        .ends(2);
    assert_eq!(asked.code(), "input.needed");
    assert!(asked.err.contains("--code-file"), "{}", asked.err);
    assert!(!world.place.path("ana.enrolment").exists());

    let from_stdin = |code: &str, card: &[&str]| {
        let words = ["enrol", "--code-file", "-", "--passphrase-file", "pass"];
        fed(
            &world,
            &world.wallet,
            "ana",
            &[&words[..], card].concat(),
            code,
        )
    };
    let init = [
        "init",
        "--name",
        "Other",
        "--chamber",
        "O",
        "--country",
        "YY",
    ];
    world.place.run(&world.issuer, "other", &init).ends(0);
    let id = ["id", "--out", "other.json"];
    world.place.run(&world.issuer, "other", &id).ends(0);
    let other = ["--issuer", "other.json", "--out", "ana.enrolment"];
    for said in [code, &line] {
        let found = from_stdin(said, &other).ends(1);
        assert_eq!(found.code(), "issuer.card_mismatch");
    }
    let mistyped = from_stdin("0123-4567", &card).ends(1);
    assert_eq!(mistyped.code(), "enrolment.code_mistyped");
    assert!(!world.place.path("ana.enrolment").exists());
    assert_eq!(
        done(&world, "ana", &["id"])["items"],
        Value::Array(Vec::new())
    );
    // As a person writes it.
    let written = format!(" {} \n", code.to_lowercase());
    let enrolled = from_stdin(&written, &card).ends(0).json();
    assert_eq!(enrolled["issuer"], world.did());
    issue_more(&world, "ana.txt", &[]);
    // Standard input cannot be the code and the passphrase.
    let twice = ["enrol", "--code-file", "-", "--passphrase-fd", "0"];
    let words = [&twice[..], &card].concat();
    assert_eq!(
        fed(&world, &world.wallet, "ana", &words, code)
            .ends(2)
            .code(),
        "usage.invalid"
    );
}
