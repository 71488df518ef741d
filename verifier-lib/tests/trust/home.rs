//! A verifier's home, and the program run in it.

use std::{fs, process::Command};

use identity_core::{
    presentation::{Shown, answer, request::Request},
    status::{Instant, Term},
    trust::Content,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tempfile::TempDir;
use testkit::{
    network::Union,
    world::{World, key},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_mandate-verifier");

pub(crate) struct Home(pub(crate) TempDir);

pub(crate) fn now() -> Timestamp {
    cli_kit::run::now()
}

pub(crate) fn hours(hours: i64) -> Timestamp {
    now() + SignedDuration::from_hours(hours)
}

/// A bundle of today with this number.
pub(crate) fn bundle(seq: u64, change: impl FnOnce(&mut Content)) -> String {
    World::new().bundle(|content| {
        content.seq = seq;
        content.issued_at = Instant::floor(now());
        content.next_update = Instant::floor(hours(24));
        content.expires = Instant::floor(hours(24 * 7));
        content.terms = vec![Term::new("10", "Tenth term", hours(-24 * 400), None)];
        change(content);
    })
}

/// A trust bundle of today with this number, and in it a bundle whose number is two more.
pub(crate) fn network(seq: u64, change: impl FnOnce(&mut Union)) -> Vec<u8> {
    let mut union = Union::new(now());
    union.seq = seq;
    change(&mut union);
    union.file(&[bundle(seq + 2, |_| ())])
}

impl Home {
    pub(crate) fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        assert_eq!(home.run(&["init", "--name", "Gate"]).0, 0);
        home
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.path().join(name)).unwrap()
    }

    /// Runs the program to its end: exit code and what it says in JSON.
    pub(crate) fn run(&self, words: &[&str]) -> (i32, Value) {
        let (exit, out, err) = self.said(&[words, &["--format", "json"]].concat());
        let text = if out.is_empty() { &err } else { &out };
        let said: Value = serde_json::from_str(text).unwrap_or(Value::Null);
        let failure = said.get("error").cloned();
        (exit, failure.unwrap_or(said))
    }

    /// Runs it for people.
    pub(crate) fn said(&self, words: &[&str]) -> (i32, String, String) {
        let ran = Command::new(PROGRAM)
            .args(words)
            .arg("--home")
            .arg(self.0.path().join("home"))
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (
            ran.status.code().unwrap(),
            text(&ran.stdout),
            text(&ran.stderr),
        )
    }

    /// Makes a request and the member's answer to it.
    pub(crate) fn ask(&self) {
        let words = ["request", "create", "--claims", "MemberMandate:name"];
        let out = ["--purpose", "a vote", "--out", "request.jwt"];
        assert_eq!(self.run(&[&words[..], &out].concat()).0, 0);
        let request = String::from_utf8(self.read("request.jwt")).unwrap();
        let request = Request::open(&request).unwrap();
        let credential = World::new().issue(|draft| {
            draft.issued_at = hours(-48);
            draft.valid_from = hours(-72);
            draft.valid_until = hours(24 * 100);
        });
        let shown = Shown {
            credential: &credential,
            disclose: &["name".to_owned()],
            signer: &key(3),
            in_office: None,
        };
        self.write("answer.txt", answer(&request, &[shown], now()).unwrap());
    }

    /// Checks the answer, again and again, trusting the accreditor.
    pub(crate) fn check(&self, more: &[&str]) -> (i32, Value) {
        let anchor = format!("{}=Union", Union::did());
        let words = [
            "check",
            "answer.txt",
            "--request",
            "request.jwt",
            "--recheck",
            "--anchor",
            &anchor,
        ];
        self.run(&[&words[..], more].concat())
    }
}

/// The code of a check of the first credential.
pub(crate) fn code<'v>(verdict: &'v Value, of: &str) -> Option<&'v str> {
    let checks = verdict["credentials"][0]["checks"].as_array()?;
    checks.iter().find(|check| check["check"] == of)?["code"].as_str()
}
