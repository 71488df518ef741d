//! Two officers, and a clerk who has the machine: his own passphrase, every file of the home, our programs
//! and his own, and not the other's passphrase. Nothing that he does alone issues, revokes or ends.

use std::process::Command;

use issuer_cli::store::{Batch, Family, RocksStore, Store as _};
use serde_json::{Value, json};

use crate::world::*;

/// Anna is the clerk, with the passphrase that the home was made with; Bo's is his own.
struct Office(World);

impl Office {
    fn new() -> Option<Self> {
        Some(Self::over(World::new()?, &[]))
    }

    /// The same under a DID with a history, whose control keys lie elsewhere.
    fn with_history() -> Option<Self> {
        let world = World::prepared(|place| {
            write_secret(place, "control-pass", "only in the safe");
            let safe = place.path("safe").display().to_string();
            let more = [
                "--did",
                "webvh:id.parliament.example",
                "--control-keys",
                &safe,
                "--control-passphrase-file",
                "control-pass",
            ];
            more.map(str::to_owned).to_vec()
        })?;
        let control = ["--control-passphrase-file", "control-pass"];
        Some(Self::over(world, &control))
    }

    fn over(world: World, control: &[&str]) -> Self {
        let office = Self(world);
        for (file, text) in [("bo.pass", "of bo alone"), ("cleo.pass", "of cleo alone")] {
            office.secret(file, text);
        }
        let first = ["officer", "add", "anna", "--name", "Anna"];
        office.by("anna", &[&first[..], control].concat()).ends(0);
        let second = ["officer", "add", "bo", "--new-passphrase-file", "bo.pass"];
        office.by("anna", &second).ends(0);
        office
    }

    fn secret(&self, name: &str, text: &str) {
        write_secret(&self.0.place, name, text);
    }

    /// Runs the issuer as an officer, with that officer's passphrase.
    fn by(&self, who: &str, words: &[&str]) -> Ran {
        let pass = match who {
            "anna" => "pass".to_owned(),
            other => format!("{other}.pass"),
        };
        self.with(who, &pass, words)
    }

    fn with(&self, who: &str, pass: &str, words: &[&str]) -> Ran {
        let flags = [
            "--home",
            "issuer",
            "--no-input",
            "--yes",
            "--format",
            "json",
        ];
        let mut command = Command::new(&self.0.issuer);
        command
            .current_dir(self.0.place.path("."))
            .args(flags)
            .args(["--passphrase-file", pass])
            .args(words);
        if who != "anna" || !words.starts_with(&["officer", "add"]) {
            command.args(["--officer", who]);
        }
        command.output().unwrap().into()
    }

    /// Lets a member's wallet enrol.
    fn enrol(&self, member: &str, wallet: &str) {
        let code = format!("{wallet}.code");
        self.by("anna", &["enrol", "invite", member, "--out", &code])
            .ends(0);
        self.0.wallet(wallet, &["init"]).ends(0);
        let out = format!("{wallet}.enrolment");
        let enrol = [
            "enrol",
            "--code-file",
            &code,
            "--issuer",
            "issuer.json",
            "--out",
            &out,
        ];
        self.0.wallet(wallet, &enrol).ends(0);
    }

    /// Anna prepares to issue to a member; returns the action's id.
    fn prepare_issue(&self, member: &str, wallet: &str) -> String {
        self.enrol(member, wallet);
        let enrolment = format!("{wallet}.enrolment");
        let issue = ["credential", "issue", member, "--enrolment", &enrolment];
        let pending = self.by("anna", &issue).ends(0).json();
        assert_eq!(pending["code"], "approval.pending");
        pending["id"].as_str().unwrap().to_owned()
    }

    fn prepare_end(&self, member: &str) -> String {
        let end = [
            "mandate",
            "end",
            member,
            "--at",
            "2026-06-01T00:00:00Z",
            "--reason",
            "resignation",
        ];
        let pending = self.by("anna", &end).ends(0).json();
        pending["id"].as_str().unwrap().to_owned()
    }

    fn sign(&self, who: &str, id: &str) -> Ran {
        self.by(who, &["approve", "sign", id])
    }

    fn credentials(&self) -> usize {
        let list = self.by("anna", &["credential", "list"]).ends(0).json();
        list["items"].as_array().unwrap().len()
    }

    /// Reads a record past the program.
    fn record(&self, key: &str) -> Value {
        let store = RocksStore::open_read_only(&self.0.place.path("issuer/db")).unwrap();
        let bytes = store.get(Family::Meta, key.as_bytes()).unwrap().unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Writes a record past the program.
    fn overwrite(&self, key: &str, value: &Value) {
        let mut store = RocksStore::open(&self.0.place.path("issuer/db")).unwrap();
        let mut batch = Batch::default();
        batch.put(Family::Meta, key, value).unwrap();
        store.write(batch).unwrap();
    }

    fn edit(&self, key: &str, change: impl FnOnce(&mut Value)) {
        let mut value = self.record(key);
        change(&mut value);
        self.overwrite(key, &value);
    }
}

fn write_secret(place: &Place, name: &str, text: &str) {
    let path = place.path(name);
    std::fs::write(&path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

fn approval(id: &str) -> String {
    format!("approval/{id}")
}

#[test]
fn what_one_prepares_the_other_carries_out_and_all_of_it_is_signed() {
    let Some(office) = Office::new() else { return };
    let id = office.prepare_issue("m-001", "ana");
    assert_eq!(office.credentials(), 0);
    let listed = office.by("bo", &["approve", "list"]).ends(0).json();
    assert_eq!(listed["items"][0]["preparer"], "anna");
    let shown = office.by("bo", &["approve", "show", &id]).ends(0).json();
    assert_eq!(shown["contents"][0]["member"], "m-001");
    let done = office
        .by("bo", &["approve", "sign", &id, "--out", "issued"])
        .ends(0)
        .json();
    assert_eq!((&done["state"], office.credentials()), (&json!("done"), 1));
    let file = format!(
        "issued/{}",
        done["credentials"][0]["file"].as_str().unwrap()
    );
    office
        .0
        .wallet("ana", &["credential", "add", &file])
        .ends(0);
    // The same enrolment again brings the same credential, to whoever asks.
    let again = [
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "ana.enrolment",
        "--out",
        "again",
    ];
    assert_eq!(office.by("anna", &again).ends(0).json()["new"], false);
    // Publishing goes on unattended; suspending is urgent and stays with one.
    office.0.publish();
    office
        .0
        .wallet("ana", &["verifier", "trust", "verifier.json"])
        .ends(0);
    office.0.ask("ana", "MemberMandate:name");
    office.0.check(&[]).ends(0);
    let credential = done["credentials"][0]["credential"].as_str().unwrap();
    office
        .by("anna", &["credential", "suspend", credential])
        .ends(0);
    let ended = office.prepare_end("m-001");
    office.sign("bo", &ended).ends(0);
    let audit = office.by("bo", &["audit", "verify"]).ends(0).json();
    assert_eq!(audit["verified"], true);
    let entries = office.by("bo", &["audit", "list"]).ends(0).json();
    let by = |entry: &Value| entry["by"].as_str().map(str::to_owned);
    let entries = entries["items"].as_array().unwrap();
    assert!(entries[2..].iter().all(|entry| by(entry).is_some()));
    let ended = entries
        .iter()
        .find(|entry| entry["kind"] == "mandate.ended");
    assert_eq!(ended.and_then(by).as_deref(), Some("bo"));
}

#[test]
fn a_batch_waits_as_one() {
    let Some(office) = Office::new() else { return };
    let mut lines = String::new();
    for (member, wallet) in [("m-001", "one"), ("m-002", "two"), ("m-003", "three")] {
        office.enrol(member, wallet);
        let text = std::fs::read_to_string(office.0.place.path(&format!("{wallet}.enrolment")));
        lines.push_str(text.unwrap().trim());
        lines.push('\n');
    }
    std::fs::write(office.0.place.path("all.jsonl"), lines + "nonsense\n").unwrap();
    let batch = [
        "batch",
        "issue",
        "--enrolments",
        "all.jsonl",
        "--out",
        "out",
    ];
    let pending = office.by("anna", &batch).ends(0).json();
    assert_eq!(pending["items"], 3);
    let id = pending["id"].as_str().unwrap();
    let rows = std::fs::read_to_string(office.0.place.path("out/results.jsonl")).unwrap();
    assert_eq!(rows.matches("approval.pending").count(), 3);
    assert_eq!(rows.lines().count(), 4);
    let all = ["approve", "show", id, "--out", "contents.jsonl"];
    office.by("bo", &all).ends(0);
    let contents = std::fs::read_to_string(office.0.place.path("contents.jsonl")).unwrap();
    assert_eq!(contents.lines().count(), 3);
    office.sign("bo", id).ends(0);
    assert_eq!(office.credentials(), 3);
    let handed = office.by("anna", &batch).ends(0).json();
    assert_eq!(
        (&handed["issuedBefore"], &handed["failed"]),
        (&json!(3), &json!(1))
    );
    office.by("bo", &["audit", "verify"]).ends(0);
}

#[test]
fn no_single_passphrase_opens_the_issuing_key() {
    let Some(office) = Office::new() else { return };
    let secrets = office.0.place.path("issuer/secrets");
    assert!(!secrets.join("issuing.key").exists());
    let shared = &office.record("officers")["shared"];
    assert_eq!(
        (&shared["size"], &shared["subsets"][0]["officers"]),
        (&json!(2), &json!(["anna", "bo"]))
    );
    // Nor does a backup of now: restored elsewhere it is the same office, with the same two.
    office
        .by("anna", &["backup", "create", "--out", "b.mandate"])
        .ends(0);
    let restore = ["backup", "restore", "b.mandate"];
    office
        .0
        .place
        .run(&office.0.issuer, "elsewhere", &restore)
        .ends(0);
    office.enrol("m-001", "ana");
    let issue = [
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "ana.enrolment",
        "--officer",
        "anna",
        "--format",
        "json",
    ];
    let elsewhere = office.0.place.run(&office.0.issuer, "elsewhere", &issue);
    assert!(
        elsewhere.out.contains("approval.pending") || elsewhere.exit == 1,
        "{elsewhere:?}"
    );
    assert!(
        !elsewhere.out.contains("mandate.credential-issued/1"),
        "{elsewhere:?}"
    );
}

/// What he changes in the home, after preparing the end of a mandate and an issue.
type Attack = fn(&Office, &str, &str);

#[test]
fn the_clerk_alone_gets_nothing_done() {
    let attacks: [(&str, &str, Attack); 12] = [
        (
            "approves what he prepared",
            "approval.own_action",
            |_, _, _| {},
        ),
        (
            "says that the other prepared it",
            "approval.unsigned",
            |office, end, _| {
                office.edit(&approval(end), |value| {
                    let document = value["document"].as_str().unwrap();
                    value["document"] = document.replace("\"anna\"", "\"bo\"").into();
                });
            },
        ),
        (
            "puts his own slot in the other's place",
            "officer.slot",
            |office, _, _| {
                // With a card that says bo: made on another machine, with his passphrase.
                let card = ["officer", "card", "bo", "--out", "forged.slot"];
                office
                    .0
                    .place
                    .run(&office.0.issuer, "nowhere", &card)
                    .ends(0);
                let forged = office.0.place.path("forged.slot");
                std::fs::copy(
                    forged,
                    office.0.place.path("issuer/secrets/officers/bo.slot"),
                )
                .unwrap();
                std::fs::copy(office.0.place.path("pass"), office.0.place.path("bo.pass")).unwrap();
            },
        ),
        (
            "guesses the other's passphrase",
            "passphrase.wrong",
            |office, _, _| {
                office.secret("bo.pass", "a guess");
            },
        ),
        (
            "shortens the policy to himself",
            "policy.missing",
            |office, _, _| {
                office.edit("officers", |value| {
                    value["policies"].as_array_mut().unwrap().pop();
                    value["cards"].as_array_mut().unwrap().pop();
                });
            },
        ),
        ("rewrites the policy", "policy.signature", |office, _, _| {
            office.edit("officers", |value| {
                let policy = value["policies"][1].as_str().unwrap();
                let renamed = policy.replace("\"id\":\"bo\"", "\"id\":\"bo2\"");
                value["policies"][1] = renamed.into();
            });
        }),
        (
            "puts his sealing key on the other's card",
            "officer.card",
            |office, _, _| {
                office.edit("officers", |value| {
                    value["cards"][1]["sealingKey"] = value["cards"][0]["sealingKey"].clone();
                });
            },
        ),
        (
            "takes the officers' folder away",
            "officer.needed",
            |office, _, _| {
                std::fs::remove_dir_all(office.0.place.path("issuer/secrets/officers")).unwrap();
            },
        ),
        (
            "changes what will be done",
            "approval.changed",
            |office, end, _| {
                office.edit(&approval(end), |value| {
                    value["action"]["member"] = "m-003".into();
                });
            },
        ),
        (
            "changes what is shown and what is done",
            "approval.changed",
            |office, end, _| {
                office.edit(&approval(end), |value| {
                    value["action"]["reason"] = "death".into();
                    value["contents"][0]["reason"] = "death".into();
                });
            },
        ),
        (
            "gives an action the id of another",
            "approval.changed",
            |office, end, issue| {
                let mut other = office.record(&approval(issue));
                other["id"] = end.into();
                office.overwrite(&approval(end), &other);
            },
        ),
        (
            "makes it last longer",
            "approval.unsigned",
            |office, end, _| {
                office.edit(&approval(end), |value| {
                    let document = value["document"].as_str().unwrap();
                    let (before, after) = document.split_once("\"expires\":\"20").unwrap();
                    value["document"] = format!("{before}\"expires\":\"21{after}").into();
                });
            },
        ),
    ];
    for (what, wanted, attack) in attacks {
        let Some(office) = Office::new() else { return };
        let issue = office.prepare_issue("m-001", "ana");
        let end = office.prepare_end("m-002");
        attack(&office, &end, &issue);
        // As himself, and as the other with what he has; and past the approvals.
        let tries: [(&str, Vec<&str>); 3] = [
            ("anna", vec!["approve", "sign", &end]),
            ("bo", vec!["approve", "sign", &end]),
            ("anna", vec!["approve", "sign", &issue]),
        ];
        let mut codes = Vec::new();
        for (who, words) in tries {
            // Bo himself is honest, and does approve what is as it was prepared.
            if who == "bo" && ["approval.own_action"].contains(&wanted) {
                continue;
            }
            let ran = office.by(who, &words);
            assert_ne!(ran.exit, 0, "{what}: {who} {words:?}: {}", ran.out);
            codes.push(ran.code());
        }
        assert!(codes.iter().any(|code| code == wanted), "{what}: {codes:?}");
        let store = RocksStore::open_read_only(&office.0.place.path("issuer/db")).unwrap();
        let mut issued = 0;
        store
            .visit(Family::Credentials, &mut |_, _| {
                issued += 1;
                Ok(())
            })
            .unwrap();
        assert_eq!(issued, 0, "{what}");
        let mut ended = false;
        store
            .visit(Family::Mandates, &mut |_, value| {
                let mandate: Value = serde_json::from_slice(value).unwrap();
                ended |= !mandate["ended"].is_null();
                Ok(())
            })
            .unwrap();
        assert!(!ended, "{what}");
    }
}

#[test]
fn what_he_writes_past_the_programs_shows() {
    let Some(office) = Office::new() else { return };
    let end = office.prepare_end("m-002");
    office.sign("bo", &end).ends(0);
    office.by("bo", &["audit", "verify"]).ends(0);
    // The approvals edited after the fact: who, what, or gone.
    let kept = office.record(&approval(&end));
    for change in [
        |value: &mut Value| value["contents"][0]["member"] = "m-003".into(),
        |value: &mut Value| {
            let document = value["document"].as_str().unwrap();
            value["document"] = document.replace("\"anna\"", "\"bo\"").into();
        },
        |value: &mut Value| *value = json!({}),
    ] {
        office.edit(&approval(&end), change);
        let audit = office.by("bo", &["audit", "verify"]).ends(1).json();
        assert_eq!(audit["verified"], false);
        office.overwrite(&approval(&end), &kept);
    }
    // An entry's author changed breaks the chain itself.
    let mut store = RocksStore::open(&office.0.place.path("issuer/db")).unwrap();
    let (key, entry) = store.last(Family::Journal).unwrap().unwrap();
    let text = String::from_utf8(entry)
        .unwrap()
        .replace("\"by\":\"bo\"", "\"by\":\"anna\"");
    let mut batch = Batch::default();
    batch.put_bytes(Family::Journal, &key, text.into_bytes());
    store.write(batch).unwrap();
    drop(store);
    office.by("bo", &["audit", "verify"]).ends(1);
}

#[test]
fn a_record_that_no_entry_tells_of_is_not_published() {
    let Some(office) = Office::new() else { return };
    let site = ["publish", "--out", "site"];
    office.by("bo", &site).ends(0);
    // By a program of his own: a term ended in the store, for the timer to publish.
    let db = office.0.place.path("issuer/db");
    let mut store = RocksStore::open(&db).unwrap();
    let (key, sound) = store.last(Family::Terms).unwrap().unwrap();
    let mut term: Value = serde_json::from_slice(&sound).unwrap();
    let at = "2026-01-01T00:00:00Z";
    term["endings"] = json!([{ "at": at, "recorded": at }]);
    let mut batch = Batch::default();
    batch.put_bytes(Family::Terms, &key, serde_json::to_vec(&term).unwrap());
    store.write(batch).unwrap();
    drop(store);
    let before = std::fs::read(office.0.place.path("site/bundle.json")).unwrap();
    let refused = office.by("bo", &site).ends(1);
    assert_eq!(refused.code(), "journal.record_differs");
    let after = std::fs::read(office.0.place.path("site/bundle.json")).unwrap();
    assert_eq!(before, after);
    let mut store = RocksStore::open(&db).unwrap();
    let mut batch = Batch::default();
    batch.put_bytes(Family::Terms, &key, sound);
    store.write(batch).unwrap();
    drop(store);
    office.by("bo", &site).ends(0);
}

#[test]
fn officers_change_by_approval_and_a_card_keeps_passphrases_apart() {
    let Some(office) = Office::new() else { return };
    // Cleo makes her keys in a folder of her own.
    let mut command = Command::new(&office.0.issuer);
    command
        .current_dir(office.0.place.path("."))
        .args([
            "--passphrase-file",
            "cleo.pass",
            "--no-input",
            "--format",
            "json",
        ])
        .args([
            "officer",
            "card",
            "cleo",
            "--name",
            "Cleo",
            "--out",
            "cleo.slot",
        ]);
    Ran::from(command.output().unwrap()).ends(0).json();
    let add = [
        "officer",
        "add",
        "cleo",
        "--card",
        "cleo.slot",
        "--threshold",
        "1",
    ];
    let pending = office.by("bo", &add).ends(0).json();
    let id = pending["id"].as_str().unwrap();
    // Not an officer yet.
    assert_eq!(
        office.by("cleo", &["approve", "sign", id]).code(),
        "officer.unknown"
    );
    assert_eq!(office.sign("bo", id).code(), "approval.own_action");
    office.sign("anna", id).ends(0);
    let end = office.prepare_end("m-002");
    office.sign("cleo", &end).ends(0);
    // And out again, with a word of her own.
    let remove = office
        .by("anna", &["officer", "remove", "cleo"])
        .ends(0)
        .json();
    office.sign("cleo", remove["id"].as_str().unwrap()).ends(0);
    assert_eq!(
        office.by("cleo", &["approve", "sign", id]).code(),
        "officer.unknown"
    );
    let two = office.by("anna", &["officer", "remove", "bo"]);
    assert_eq!(two.code(), "officer.threshold");
    office.by("bo", &["audit", "verify"]).ends(0);
    office.prepare_issue("m-001", "ana");
}

#[test]
fn without_an_officer_named_nothing_is_changed_and_a_rejection_is_for_good() {
    let Some(office) = Office::new() else { return };
    let end = office.prepare_end("m-002");
    let nobody = office.0.issuer(&["enrol", "invite", "m-001", "--out", "x"]);
    assert_eq!(nobody.code(), "officer.needed");
    office
        .by("bo", &["approve", "sign", &end, "--reject"])
        .ends(0);
    assert_eq!(office.sign("bo", &end).code(), "approval.closed");
    assert_eq!(
        office.sign("bo", "a000000000000").code(),
        "approval.unknown"
    );
    assert_eq!(
        office
            .with("dora", "pass", &["approve", "sign", &end])
            .code(),
        "officer.unknown"
    );
    let card = [
        "officer",
        "add",
        "../evil",
        "--new-passphrase-file",
        "cleo.pass",
    ];
    assert_eq!(office.by("bo", &card).code(), "officer.card");
}

#[test]
fn the_did_and_its_keys_change_by_approval() {
    let Some(office) = Office::with_history() else {
        return;
    };
    let control = ["--control-passphrase-file", "control-pass"];
    let rotate = [&["key", "rotate", "issuing"][..], &control].concat();
    let versions = || {
        let log = std::fs::read_to_string(office.0.place.path("issuer/did.jsonl"));
        log.unwrap().lines().count()
    };
    // A mandate that the first key signs.
    let id = office.prepare_issue("m-001", "ana");
    office.sign("bo", &id).ends(0);
    let out = [
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "ana.enrolment",
        "--out",
        "ana.txt",
    ];
    office.by("anna", &out).ends(0);
    office
        .0
        .wallet("ana", &["credential", "add", "ana.txt"])
        .ends(0);
    office
        .0
        .wallet("ana", &["verifier", "trust", "verifier.json"])
        .ends(0);
    let pending = office.by("anna", &rotate).ends(0).json();
    let id = pending["id"].as_str().unwrap();
    // Though he has the control keys, he does not go on alone, nor with another change.
    assert_eq!(
        office.by("anna", &rotate).ends(0).json()["code"],
        "approval.pending"
    );
    assert_eq!(versions(), 1);
    office.sign("bo", id).ends(0);
    assert_eq!(office.by("anna", &rotate).code(), "approval.own_action");
    let end = [&["did", "deactivate"][..], &control].concat();
    assert_eq!(
        office.by("bo", &end).ends(0).json()["code"],
        "approval.pending"
    );
    assert_eq!(versions(), 1);
    office.by("bo", &rotate).ends(0);
    assert_eq!(versions(), 2);
    let officers = office.record("officers");
    assert_eq!(
        (&officers["wasAlone"], &officers["next"]),
        (&json!(false), &Value::Null)
    );
    // One approval is for one change.
    let again = office.by("bo", &rotate).ends(0).json();
    assert_eq!(
        (&again["code"], versions()),
        (&json!("approval.pending"), 2)
    );
    // What the old key signed stays, and the new one signs.
    let id = office.prepare_issue("m-002", "ben");
    office.sign("bo", &id).ends(0);
    office.0.publish();
    office.0.ask("ana", "MemberMandate:name");
    office.0.check(&[]).ends(0);
    office.by("bo", &["audit", "verify"]).ends(0);
}
