//! The example programs that embed the library, with real wallets in front of them.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
};

use crate::world::*;

struct Talk {
    child: Child,
    said: BufReader<std::process::ChildStdout>,
}

impl Talk {
    fn with(world: &World, name: &str) -> Option<Self> {
        let anchor = format!("{}=House", world.did());
        let mut child = Command::new(program(name)?)
            .current_dir(world.place.path(""))
            .args(["site/bundle.json", &anchor])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Some(Self { child, said })
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    fn say(&mut self, line: &str) -> String {
        let stdin = self.child.stdin.as_mut().unwrap();
        writeln!(stdin, "{line}").unwrap();
        self.hear()
    }
}

fn answer(world: &World, home: &str) {
    let present = [
        "present",
        "request.jwt",
        "--allow-unknown-verifier",
        "--out",
        "answer.txt",
    ];
    world.wallet(home, &present).ends(0);
}

#[test]
fn thirty_lines_are_a_verifier() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    let Some(mut talk) = Talk::with(&world, "embed-verifier") else {
        return;
    };
    std::fs::write(world.place.path("request.jwt"), talk.hear()).unwrap();
    answer(&world, "ana");
    assert_eq!(talk.say("answer.txt"), "welcome, Ana Example");
    assert!(talk.child.wait().unwrap().success());
}

#[test]
fn what_goes_wrong_in_an_embedded_verifier_is_a_sentence() {
    let Some(name) = program("embed-verifier") else {
        return;
    };
    let ran = |words: &[&str]| Ran::from(Command::new(&name).args(words).output().unwrap());
    let usage = ran(&[]).ends(1);
    assert_eq!(usage.err, "error: usage: embed-verifier BUNDLE ANCHOR\n");
    let none = ran(&["no/bundle.json", "did:web:example.org"]).ends(1);
    assert!(
        !none.err.contains('{') && none.err.starts_with("error: "),
        "{}",
        none.err
    );
}

#[test]
fn a_gate_opens_once_and_not_for_who_is_suspended() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    let Some(mut gate) = Talk::with(&world, "offline-gate") else {
        return;
    };
    assert!(gate.say("answer answer.txt").starts_with("shut: "));
    assert_eq!(gate.say("ask request.jwt"), "asked: request.jwt");
    answer(&world, "ana");
    assert_eq!(gate.say("answer answer.txt"), "open: Ana Example");
    assert_eq!(gate.say("answer answer.txt"), "shut: request.already_used");
    gate.say("ask request.jwt");
    assert!(gate.say("answer answer.txt").contains("presentation.nonce"));

    let id = world.credential("m-001");
    std::fs::copy(
        world.place.path("site/bundle.json"),
        world.place.path("old.json"),
    )
    .unwrap();
    world.issuer(&["credential", "suspend", &id]).ends(0);
    world.publish();
    assert_eq!(gate.say("bundle site/bundle.json"), "bundle: taken");
    assert!(gate.say("bundle old.json").starts_with("bundle: not taken"));
    answer(&world, "ana");
    assert_eq!(gate.say("answer answer.txt"), "shut: status.not_valid");
    assert!(gate.say("dance").starts_with("shut: "));
}
