//! Our own vectors, `spec/vectors/`: valid presentations, and one named fault each with the code it must
//! be refused with. `MANDATE_BLESS=1` writes them anew; everything in them is made from known keys.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cases;

use std::{collections::BTreeSet, path::PathBuf};

use identity_core::{
    presentation::request::Request,
    trust::{Bundle, Policy, Seen, TrustSet},
    verify::{Budget, Question, Recheck, Report, Unverified, VerifyError},
};
use serde_json::{Value as Json, json};

/// One vector: all that a verifier is given, and what it must find.
#[derive(Clone, Debug)]
struct Vector {
    name: &'static str,
    /// What is wrong with it, or what it shows.
    about: &'static str,
    now: i64,
    at: Option<i64>,
    max_age: Option<u64>,
    /// The number of a bundle seen before.
    seen: Option<u64>,
    anchor: String,
    request: String,
    bundle: Option<String>,
    presentation: String,
    exit: u8,
    /// The code that must be among those of the verdict; none for a valid one.
    code: Option<&'static str>,
}

impl Vector {
    fn to_json(&self) -> Json {
        json!({
            "schema": "mandate.vector/1",
            "about": self.about,
            "now": self.now,
            "at": self.at,
            "maxAge": self.max_age,
            "seen": self.seen,
            "anchor": self.anchor,
            "request": self.request,
            "bundle": self.bundle,
            "presentation": self.presentation,
            "expected": { "exit": self.exit, "code": self.code },
        })
    }
}

/// Reads a vector as anybody would, and returns the exit code with every code of the verdict.
fn verdict(vector: &Json) -> (u8, BTreeSet<String>) {
    let text = |name: &str| vector[name].as_str().unwrap();
    let instant = |name: &str| {
        let second = vector[name].as_i64()?;
        Some(jiff::Timestamp::from_second(second).unwrap())
    };
    let now = instant("now").unwrap();
    let mut trust = TrustSet::new([text("anchor").parse().unwrap()]).unwrap();
    if let Some(seq) = vector["seen"].as_u64() {
        let did = text("anchor").split('=').next().unwrap().parse().unwrap();
        let digest = [0; 32];
        trust.remember(
            &did,
            Seen {
                epoch: 0,
                seq,
                digest,
                conflict: false,
                log: None,
                policy: None,
            },
        );
    }
    if let Some(bundle) = vector["bundle"].as_str() {
        match Bundle::open(bundle.as_bytes(), &mut Budget::bundle()) {
            Ok(bundle) => drop(trust.add(bundle)),
            Err(error) => trust.add_unreadable(&error),
        }
    }
    let at = instant("at");
    let report = match Request::open(text("request")) {
        Err(error) => Report::of_refused_request(now, at.unwrap_or(now), &error),
        Ok(request) => {
            let question = Question {
                verifier: &request.verifier.clone(),
                request: &request,
                trust: &trust,
                now,
                at,
                policy: Policy::as_published().with_status_max_age(
                    vector["maxAge"]
                        .as_u64()
                        .map(std::time::Duration::from_secs),
                ),
            };
            match Unverified::new(text("presentation").as_bytes()).verify(&question, &mut Recheck) {
                Ok(verified) => verified.report().clone(),
                Err(VerifyError::Refused(report)) => *report,
                Err(other) => panic!("{other}"),
            }
        }
    };
    let json = report.to_json();
    let lists =
        std::iter::once(&json["presentation"]).chain(json["credentials"].as_array().unwrap());
    let codes = lists.flat_map(|list| list["checks"].as_array().unwrap());
    let codes = codes.filter_map(|check| check["code"].as_str().map(str::to_owned));
    (report.verdict().exit_code(), codes.collect())
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../spec/vectors")
}

#[test]
fn every_vector_is_judged_as_it_says() {
    let vectors = cases::all();
    if std::env::var_os("MANDATE_BLESS").is_some() {
        let _ = std::fs::remove_dir_all(folder());
        std::fs::create_dir_all(folder()).unwrap();
        for vector in &vectors {
            let json = serde_json::to_string_pretty(&vector.to_json()).unwrap() + "\n";
            std::fs::write(folder().join(format!("{}.json", vector.name)), json).unwrap();
        }
    }
    let mut wrong = Vec::new();
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let vector: Json = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let (exit, codes) = verdict(&vector);
        let expected = &vector["expected"];
        let code_fits = match expected["code"].as_str() {
            Some(code) => codes.contains(code),
            None => exit == 0,
        };
        if expected["exit"] != exit || !code_fits {
            wrong.push(format!("{name}: exit {exit}, {codes:?}, but {expected}"));
        }
        files.insert(name);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let made: BTreeSet<String> = vectors
        .iter()
        .map(|vector| vector.name.to_owned())
        .collect();
    assert_eq!(files, made, "run with MANDATE_BLESS=1");
}

#[test]
fn a_fault_is_what_the_valid_vector_lacks() {
    // Without the fault each of them would pass: they differ from a valid one in little more.
    let vectors = cases::all();
    let valid = vectors.iter().filter(|vector| vector.exit == 0).count();
    assert!(
        valid >= 5 && vectors.len() >= 45,
        "{valid} of {}",
        vectors.len()
    );
    let names: BTreeSet<&str> = vectors.iter().map(|vector| vector.name).collect();
    assert_eq!(names.len(), vectors.len());
}
