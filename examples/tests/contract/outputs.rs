//! Where results go: a file, standard output, and nowhere when it cannot be written.

use std::{
    io::Write as _,
    process::{Output, Stdio},
};

use serde_json::json;

use crate::world::*;

impl World {
    /// Runs the issuer with bytes on its standard input.
    fn fed(&self, words: &[&str], input: &[u8]) -> Output {
        let words = [words, &["--format", "json"]].concat();
        let mut child = self
            .place
            .command(&self.issuer, "issuer", &words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.place.path(name)).unwrap()
    }

    /// The journal, which says whether anything was changed.
    fn journal(&self) -> String {
        self.issuer(&["audit", "export"]).ends(0).out
    }
}

#[test]
fn a_credential_goes_where_it_is_asked_for_and_is_always_the_same() {
    let Some(world) = World::new() else { return };
    world.enrol("m-001", "ana", "invite");
    let issue = [
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "ana.enrolment",
    ];
    let first = world.issuer(&issue).ends(0).json();
    let text = format!("{}\n", first["credential"].as_str().unwrap());
    assert_eq!(
        (&first["new"], &first["file"]),
        (&json!(true), &json!(null))
    );
    let again = world.issuer(&[&issue[..], &["--out", "a.txt"]].concat());
    let again = again.ends(0).json();
    assert_eq!(
        (&again["new"], &again["file"]),
        (&json!(false), &json!("a.txt"))
    );
    assert_eq!(again.get("credential"), None);
    assert_eq!(world.read("a.txt"), text);
    let dash = world.issuer(&[&issue[..], &["--out", "-"]].concat());
    assert_eq!(dash.ends(0).out, text);
    // People who name no file get the text alone on standard output.
    let people = world.place.run(&world.issuer, "issuer", &issue).ends(0);
    assert_eq!(people.out, text);

    let id = world.credential("m-001");
    let show = ["credential", "show", &id, "--out", "b.txt"];
    assert_eq!(world.issuer(&show).ends(0).json()["id"], id.as_str());
    assert_eq!(world.read("b.txt"), text);
    let show = ["credential", "show", &id, "--out", "-"];
    assert_eq!(world.issuer(&show).ends(0).out, text);
    let people = world.place.run(&world.issuer, "issuer", &show).ends(0);
    assert_eq!(people.out, text);
}

#[test]
fn what_is_data_goes_to_standard_output_unless_a_file_is_named() {
    let Some(world) = World::new() else { return };
    let exported = world.issuer(&["key", "export", "--out", "did.json"]);
    assert_eq!(exported.ends(0).json()["file"], "did.json");
    let document = world.issuer(&["key", "export"]).ends(0).out;
    assert_eq!(document, world.read("did.json"));
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["id"], world.did().as_str());

    let code = world.issuer(&["enrol", "reinvite", "m-001"]).ends(0).out;
    let code: serde_json::Value = serde_json::from_str(&code).unwrap();
    assert_eq!(code["member"], "m-001");
    // Codes for many are never shown by mistake.
    world.issuer(&["enrol", "invite", "--all"]).ends(2);

    // A backup is no text, and comes through as it is.
    let words = ["backup", "create", "--out", "-"];
    let backup = world.fed(&words, b"");
    assert!(backup.status.success(), "{backup:?}");
    assert!(!world.place.path("-").exists());
    std::fs::write(world.place.path("b.mandate"), backup.stdout).unwrap();
    let restore = ["backup", "restore", "b.mandate"];
    world.place.run(&world.issuer, "second", &restore).ends(0);
}

#[test]
fn a_dash_is_standard_input() {
    let Some(world) = World::new() else { return };
    let roster = b"id,name,start_date\nm-900,Nova,2026-01-01\n";
    let report = Ran::from(world.fed(&["roster", "import", "-"], roster)).ends(0);
    assert_eq!(report.json()["imported"], 1);
    world.enrol("m-900", "nova", "invite");
    let issue = ["credential", "issue", "m-900", "--enrolment", "-"];
    let enrolment = world.read("nova.enrolment");
    let issued = Ran::from(world.fed(&issue, enrolment.as_bytes())).ends(0);
    assert_eq!(issued.json()["member"], "m-900");
    world.enrol_all("enrolments.jsonl");
    let batch = ["batch", "issue", "--enrolments", "-", "--out", "out"];
    let enrolments = world.read("enrolments.jsonl");
    let issued = Ran::from(world.fed(&batch, enrolments.as_bytes())).ends(0);
    assert_eq!(issued.json()["issued"], 6);
}

#[test]
fn codes_that_cannot_be_written_do_not_count() {
    let Some(world) = World::new() else { return };
    let out = ["enrol", "invite", "m-002", "--out", "kept"];
    world.issuer(&out).ends(0);
    std::fs::create_dir(world.place.path("folder")).unwrap();
    let (kept, before) = (world.read("kept"), world.journal());
    for verb in ["invite", "reinvite"] {
        for out in ["nowhere/codes", "folder", "/dev/full"] {
            let refused = world
                .issuer(&["enrol", verb, "m-002", "--out", out])
                .ends(1);
            assert_eq!(refused.code(), "file.unwritable", "{verb} {out}");
        }
        let letters = [
            "enrol",
            verb,
            "m-002",
            "--out",
            "kept",
            "--letters",
            "kept/l",
        ];
        let refused = world.issuer(&letters).ends(1);
        assert_eq!(refused.code(), "file.exists", "{verb}");
    }
    assert_eq!((world.read("kept"), world.journal()), (kept, before));
    let home = std::fs::read_dir(world.place.path("issuer")).unwrap();
    let mut names = home.map(|entry| entry.unwrap().file_name());
    assert!(names.all(|name| name != "journal.head.next"));
    // The first code still works.
    world.wallet("bilal", &["init"]).ends(0);
    let enrol = [
        "enrol",
        "--code-file",
        "kept",
        "--issuer",
        "issuer.json",
        "--out",
        "e",
    ];
    world.wallet("bilal", &enrol).ends(0);
    let issue = ["credential", "issue", "m-002", "--enrolment", "e"];
    world.issuer(&issue).ends(0);
}

impl World {
    /// Every file of this place with its content: what a refused command leaves as it was.
    fn everything(&self) -> std::collections::BTreeMap<std::path::PathBuf, Vec<u8>> {
        let mut files = std::collections::BTreeMap::new();
        let mut folders = vec![self.place.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    files.insert(path.clone(), Vec::new());
                    folders.push(path);
                } else {
                    files.insert(path.clone(), std::fs::read(&path).unwrap());
                }
            }
        }
        files
    }

    #[track_caller]
    fn refuses(&self, ran: Ran, code: &str, before: &impl PartialEq<Files>) {
        let ran = ran.ends(2);
        assert_eq!(ran.code(), code);
        assert!(ran.err.contains("name another with --"), "{}", ran.err);
        let mut after = self.everything();
        // Who had the lock last, and files that opening a store renews, say nothing.
        after.retain(|path, _| is_result(path));
        assert!(*before == after, "something was changed");
    }
}

type Files = std::collections::BTreeMap<std::path::PathBuf, Vec<u8>>;

fn is_result(path: &std::path::Path) -> bool {
    let mut parts = path.components().map(std::path::Component::as_os_str);
    !parts.any(|part| {
        part == "db" || part == "store.lock" || part == "store.owner" || part == "waiting"
    })
}

#[test]
fn no_result_is_written_into_the_programs_own_home() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    world.ask("ana", "MemberMandate:name");
    let journal = world.journal();
    let mut before = world.everything();
    before.retain(|path, _| is_result(path));
    let id = world.credential("m-001");
    let own = |words: &[&str]| {
        world.refuses(world.issuer(words), "output.own_home", &before);
    };
    for out in [
        "issuer",
        "issuer/",
        "issuer/site",
        "./site/../issuer",
        "none/../issuer/x",
    ] {
        own(&["publish", "--out", out]);
    }
    let batch = ["batch", "issue", "--enrolments", "ana.enrolment", "--out"];
    own(&[&batch[..], &["issuer/secrets"]].concat());
    let key = "issuer/secrets/issuing.key";
    own(&["id", "--out", key]);
    own(&["key", "export", "--out", key]);
    own(&["audit", "export", "--out", key]);
    own(&["credential", "show", &id, "--out", key]);
    let issue = [
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "ana.enrolment",
    ];
    own(&[&issue[..], &["--out", key]].concat());
    let replace = [
        "credential",
        "replace",
        "m-001",
        "--enrolment",
        "ana.enrolment",
    ];
    own(&[&replace[..], &["--yes", "--out", key]].concat());
    for verb in ["invite", "reinvite"] {
        own(&["enrol", verb, "m-002", "--out", key]);
        own(&[
            "enrol",
            verb,
            "m-002",
            "--out",
            "codes",
            "--letters",
            "issuer/l",
        ]);
    }
    own(&["backup", "create", "--out", "issuer/b.mandate"]);
    // A rehearsal says the same.
    own(&["publish", "--out", "issuer", "--dry-run"]);

    let vault = ["present", "request.jwt", "--out", "ana/vault.mandate"];
    world.refuses(world.wallet("ana", &vault), "output.own_home", &before);
    let code = [
        "enrol",
        "--code-file",
        "ana.code",
        "--issuer",
        "issuer.json",
    ];
    let enrol = [&code[..], &["--out", "ana/vault.mandate"]].concat();
    world.refuses(world.wallet("ana", &enrol), "output.own_home", &before);
    let backup = ["backup", "create", "--out", "ana/b"];
    world.refuses(world.wallet("ana", &backup), "output.own_home", &before);
    let key = "verifier/secrets/verifier.key";
    let card = world.verifier(&["id", "--out", key]);
    world.refuses(card, "output.own_home", &before);
    let claims = ["request", "create", "--claims", "MemberMandate:name"];
    let create = [&claims[..], &["--purpose", "a", "--out", key]].concat();
    world.refuses(world.verifier(&create), "output.own_home", &before);
    assert_eq!(world.journal(), journal);

    // What is no part of the home stays allowed, also beside it.
    world.issuer(&["publish", "--out", "issuer-site"]).ends(0);
}

#[test]
fn no_result_is_written_over_what_the_command_reads() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.ask("ana", "MemberMandate:name");
    std::fs::create_dir(world.place.path("out")).unwrap();
    let (from, to) = (
        world.place.path("ana.enrolment"),
        world.place.path("out/results.jsonl"),
    );
    std::fs::copy(from, to).unwrap();
    let journal = world.journal();
    let mut before = world.everything();
    before.retain(|path, _| is_result(path));
    let input = |words: &[&str]| {
        world.refuses(world.issuer(words), "output.is_input", &before);
    };
    let issue = [
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "ana.enrolment",
    ];
    input(&[&issue[..], &["--out", "ana.enrolment"]].concat());
    input(&[&issue[..], &["--out", "./out/../ana.enrolment"]].concat());
    let replace = [
        "credential",
        "replace",
        "m-001",
        "--enrolment",
        "ana.enrolment",
    ];
    input(&[&replace[..], &["--yes", "--out", "ana.enrolment"]].concat());
    let batch = ["batch", "issue", "--enrolments", "out/results.jsonl"];
    input(&[&batch[..], &["--out", "out"]].concat());
    // The passphrase file, also where no passphrase is needed.
    input(&["enrol", "invite", "m-002", "--out", "pass"]);
    input(&["id", "--out", "pass"]);

    let code = [
        "enrol",
        "--code-file",
        "ana.code",
        "--issuer",
        "issuer.json",
    ];
    for out in ["ana.code", "issuer.json", "pass"] {
        let enrol = [&code[..], &["--out", out]].concat();
        world.refuses(world.wallet("ana", &enrol), "output.is_input", &before);
    }
    let present = ["present", "request.jwt", "--out", "request.jwt"];
    world.refuses(world.wallet("ana", &present), "output.is_input", &before);
    assert_eq!(world.journal(), journal);
    // The same credential may be written over its file, which is not read.
    world
        .issuer(&[&issue[..], &["--out", "ana.txt"]].concat())
        .ends(0);
}
