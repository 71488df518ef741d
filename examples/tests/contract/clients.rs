//! The clients in Python, Java and Node against a sidecar.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::world::{Ran, World};

/// A sidecar over a world's verifier and what its issuer published.
struct Sidecar {
    url: String,
    child: Child,
}

impl Sidecar {
    fn start(world: &World, more: &[&str]) -> Self {
        let anchor = format!("{}=House", world.did());
        let words = [
            &[
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--anchor",
                &anchor,
                "--format",
                "json",
            ],
            more,
        ]
        .concat();
        let mut child = world
            .place
            .command(&world.verifier, "verifier", &words)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        while !said.contains('}') && out.read_line(&mut said).unwrap() > 0 {}
        let ran = Ran {
            exit: 0,
            out: said,
            err: String::new(),
        };
        let url = ran.json()["url"].as_str().unwrap().to_owned();
        Self { url, child }
    }
}

impl Drop for Sidecar {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How each client is run, those left out whose language is not installed.
fn clients() -> Vec<Vec<String>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/clients");
    let all = [
        ["python3", "python/verify.py"],
        ["java", "java/Verify.java"],
        ["node", "node/verify.mjs"],
    ];
    let installed = |program: &str| {
        let asked = Command::new(program).arg("--version").output();
        let is_there = asked.is_ok_and(|asked| asked.status.success());
        assert!(
            is_there || std::env::var_os("MANDATE_REQUIRE_CLIENTS").is_none(),
            "{program} is not installed"
        );
        if !is_there {
            eprintln!("SKIPPED: {program} is not installed");
        }
        is_there
    };
    all.into_iter()
        .filter(|[program, _]| installed(program))
        .map(|[program, file]| vec![program.to_owned(), format!("{folder}/{file}")])
        .collect()
}

fn ask(world: &World, client: &[String], words: &[&str]) -> Ran {
    let mut command = Command::new(&client[0]);
    command.args(&client[1..]).args(words);
    let ran: Ran = command
        .current_dir(world.place.folder.path())
        .output()
        .unwrap()
        .into();
    ran
}

#[test]
fn every_client_says_what_the_command_line_says() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    let sidecar = Sidecar::start(&world, &["--trust", "site"]);
    let verdict = ["verdict", "answer.txt", "request.jwt"];
    let mut spoken = Vec::new();
    for client in clients() {
        world.ask("ana", "MemberMandate:name");
        let words = [&[sidecar.url.as_str()], &verdict[..]].concat();
        let valid = ask(&world, &client, &words).ends(0);
        assert!(valid.out.starts_with("valid\n"), "{}", valid.out);
        assert!(
            valid.out.contains("\nMemberMandate\n  signature: pass\n"),
            "{}",
            valid.out
        );
        let used = ask(&world, &client, &words).ends(10);
        assert!(used.out.contains("(request.already_used)"), "{}", used.out);
        ask(&world, &client, &[&sidecar.url, "verdict", "answer.txt"]).ends(2);
        ask(
            &world,
            &client,
            &[&sidecar.url, "verdict", "none.txt", "request.jwt"],
        )
        .ends(1);
        ask(
            &world,
            &client,
            &["http://127.0.0.1:1", "verdict", "answer.txt", "request.jwt"],
        )
        .ends(1);
        spoken.push((valid.out, used.out));
    }
    // In one and the same words.
    assert!(
        spoken.windows(2).all(|pair| pair[0] == pair[1]),
        "{spoken:#?}"
    );
}

#[test]
fn what_a_member_sends_is_never_part_of_the_question() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    world.ask("ana", "MemberMandate:name");
    let sidecar = Sidecar::start(&world, &["--trust", "site"]);
    // Past instants and rechecks are the verifier's to ask for, or a revoked mandate would be valid.
    let hostile = r#"{"vp_token":{}},"recheck":true,"at":"2020-01-01T00:00:00Z""#;
    let repeated = r#"{"vp_token":{"a":["x"]},"vp_token":{"a":["x"]}}"#;
    for text in [hostile, repeated] {
        std::fs::write(world.place.path("hostile.txt"), text).unwrap();
        for client in clients() {
            let words = [
                sidecar.url.as_str(),
                "verdict",
                "hostile.txt",
                "request.jwt",
            ];
            let refused = ask(&world, &client, &words).ends(10);
            assert!(
                refused.out.contains("(presentation.malformed)"),
                "{}",
                refused.out
            );
        }
    }
}

#[test]
fn every_client_tells_ended_from_undecided() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    world.ask("ana", "MemberMandate:name");
    let without = Sidecar::start(&world, &[]);
    let id = world.credential("m-001");
    for client in clients() {
        let words = [without.url.as_str(), "verdict", "answer.txt", "request.jwt"];
        let undecided = ask(&world, &client, &words).ends(12);
        assert!(
            undecided.out.contains("(bundle.missing)"),
            "{}",
            undecided.out
        );
    }
    world.issuer(&["credential", "suspend", &id]).ends(0);
    world.publish();
    let sidecar = Sidecar::start(&world, &["--trust", "site"]);
    for client in clients() {
        let words = [sidecar.url.as_str(), "verdict", "answer.txt", "request.jwt"];
        ask(&world, &client, &words).ends(11);
    }
}

#[test]
fn every_client_asks_whether_a_credential_is_authentic() {
    let Some(world) = World::new() else { return };
    world.enrol("m-001", "ana", "invite");
    let issue = [
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "ana.enrolment",
    ];
    let flags = ["--securing", "data-integrity", "--out", "vc.json"];
    world.issuer(&[&issue[..], &flags].concat()).ends(0);
    let text = std::fs::read_to_string(world.place.path("vc.json")).unwrap();
    let mut changed: Value = serde_json::from_str(&text).unwrap();
    changed["credentialSubject"]["role"] = "speaker".into();
    std::fs::write(world.place.path("changed.json"), changed.to_string()).unwrap();
    let sidecar = Sidecar::start(&world, &[]);
    for client in clients() {
        let good = ask(&world, &client, &[&sidecar.url, "credential", "vc.json"]).ends(0);
        assert!(good.out.starts_with("authentic\n"), "{}", good.out);
        let bad = ask(
            &world,
            &client,
            &[&sidecar.url, "credential", "changed.json"],
        )
        .ends(10);
        assert!(bad.out.contains("(signature.invalid)"), "{}", bad.out);
        let words = [
            sidecar.url.as_str(),
            "presentation",
            "vc.json",
            "n-1",
            "example.org",
        ];
        ask(&world, &client, &words).ends(10);
    }
}
