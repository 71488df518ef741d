//! The issuer of the W3C's suites: what it signs the sidecar verifies, and nobody's home but its own is used.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use identity_core::{
    encoding::strict_json::{Limits, parse},
    verify::{
        Budget,
        w3c::{AtHand, Question, Secured, verify_credential, verify_status_list},
    },
};
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_conformance-issuer");
const MOCK: &str = env!("CARGO_BIN_EXE_conformance-mock");

struct Running {
    child: Child,
    said: Value,
}

impl Running {
    fn start(program: &str, flags: &[&str]) -> Self {
        let mut child = Command::new(program)
            .args(["--format", "json"])
            .args(flags)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        while !said.ends_with("}\n") || serde_json::from_str::<Value>(&said).is_err() {
            assert!(out.read_line(&mut said).unwrap() > 0, "it did not start");
        }
        let said = serde_json::from_str(&said).unwrap();
        Self { child, said }
    }

    fn ask(&self, head: &str, body: &str) -> (u16, Value) {
        let address = self.said["url"]
            .as_str()
            .unwrap()
            .strip_prefix("http://")
            .unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let length = body.len();
        let text = format!(
            "{head} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap())
    }

    fn issue(&self, path: &str, credential: &Value) -> (u16, Value) {
        let body = json!({"credential": credential, "options": {}}).to_string();
        self.ask(&format!("POST {path}/credentials/issue"), &body)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn refused(flags: &[&str]) -> String {
    let ran = Command::new(PROGRAM)
        .args(["--format", "json"])
        .args(flags)
        .output()
        .unwrap();
    assert!(!ran.status.success());
    let error: Value = serde_json::from_slice(&ran.stderr).unwrap();
    error["error"]["code"].as_str().unwrap().to_owned()
}

fn draft() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "credentialSubject": {"id": "did:example:subject"},
    })
}

fn home(folder: &Path) -> String {
    folder.join("home").display().to_string()
}

#[test]
fn what_it_signs_in_every_suite_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    let issuer = Running::start(PROGRAM, &["--home", &home(folder.path())]);
    let question = Question::at(cli_kit::run::now());
    let verify = |value: &Value| {
        let text = value.to_string();
        let document = parse(text.as_bytes(), &Limits::small()).unwrap();
        let secured = Secured::Object(document.as_object().unwrap());
        let mut budget = Budget::presentation();
        verify_credential(secured, &question, &AtHand::nothing(), &mut budget).map(|_| ())
    };
    for (suite, did) in issuer.said["issuers"].as_object().unwrap() {
        let (status, said) = issuer.issue(&format!("/{suite}"), &draft());
        assert_eq!(status, 201, "{said:#}");
        let credential = &said["verifiableCredential"];
        assert_eq!(credential["proof"]["cryptosuite"], suite.as_str());
        assert_eq!(&credential["issuer"], did);
        verify(credential).unwrap();
        let mut tampered = credential.clone();
        tampered["credentialSubject"]["id"] = "did:example:other".into();
        assert!(verify(&tampered).is_err(), "{suite}");
    }
    // The list that an entry names is there, and authentic.
    let (status, said) = issuer.issue("/status", &draft());
    assert_eq!(status, 201, "{said:#}");
    let entry = &said["verifiableCredential"]["credentialStatus"];
    assert_eq!(entry["type"], "BitstringStatusListEntry");
    let (status, list) = issuer.ask("GET /status/1", "");
    assert_eq!((status, &list["id"]), (200, &entry["statusListCredential"]));
    let text = list.to_string();
    let document = parse(text.as_bytes(), &Limits::small()).unwrap();
    let secured = Secured::Object(document.as_object().unwrap());
    let at_hand = AtHand::nothing();
    verify_status_list(secured, &question, &at_hand, &mut Budget::bundle()).unwrap();
}

#[test]
fn what_does_not_conform_is_not_signed() {
    let folder = tempfile::tempdir().unwrap();
    let issuer = Running::start(PROGRAM, &["--home", &home(folder.path())]);
    let mut unknown = draft();
    unknown["credentialSubject"]["shoeSize"] = 41.into();
    let mut nobody = draft();
    nobody.as_object_mut().unwrap().remove("credentialSubject");
    let mut entry = draft();
    entry["credentialStatus"] =
        json!({"type": "BitstringStatusListEntry", "statusListIndex": true});
    for wrong in [unknown, nobody, entry, json!(7), json!({})] {
        for path in ["", "/eddsa-jcs-2022", "/status"] {
            let (status, said) = issuer.issue(path, &wrong);
            assert_eq!(status, 400, "{wrong} at {path}");
            assert!(
                said["type"].as_str().unwrap().starts_with("https://"),
                "{said}"
            );
        }
    }
    assert_eq!(issuer.issue("/none", &draft()).0, 400);
    assert_eq!(issuer.ask("POST /credentials/issue", "{").0, 400);
}

#[test]
fn it_uses_no_home_but_its_own_and_listens_to_this_machine_alone() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(folder.path());
    assert_eq!(
        refused(&["--home", &home, "--listen", "0.0.0.0:0"]),
        "usage.invalid"
    );
    assert_eq!(refused(&[]), "usage.invalid");
    // An issuer's home, or any folder with something in it.
    std::fs::create_dir(&home).unwrap();
    std::fs::write(folder.path().join("home/issuer.json"), "{}").unwrap();
    assert_eq!(refused(&["--home", &home]), "conformance.home");
    // Its own is opened again with the same keys.
    let home = folder.path().join("other").display().to_string();
    let dids = |_| Running::start(PROGRAM, &["--home", &home]).said["issuers"].clone();
    assert_eq!(dids(1), dids(2));
}

#[test]
fn the_mocks_say_one_thing() {
    let yes = Running::start(MOCK, &["--accept-all"]);
    assert_eq!(yes.issue("", &json!(7)).0, 201);
    assert_eq!(yes.ask("POST /credentials/verify", "{}").0, 200);
    let no = Running::start(MOCK, &["--reject-all"]);
    assert_eq!(no.issue("", &draft()).0, 400);
    assert_eq!(no.ask("POST /credentials/verify", "{}").0, 400);
}
