//! What one credential costs by its number of claims, in each way of securing it: as a call of the library,
//! and as a request to the sidecar over one open connection on this machine. Both in one run, in turns.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

mod common;
#[path = "../tests/serve/http.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod http;
#[path = "../tests/serve/sidecar.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod sidecar;

use std::{
    hint::black_box,
    io::BufReader,
    time::{Duration, Instant},
};

use identity_core::{
    did::{self, DidUrl, Relationship},
    encoding::strict_json::{self, Limits, Object, Value},
    key::Signer as _,
    proof::{
        data_integrity::{self, Cryptosuite, ProofOptions},
        enveloping::{self, Kind, MediaType},
    },
    verify::{
        Budget,
        w3c::{AtHand, Question, Secured, verify_credential},
    },
};
use serde_json::json;
use sidecar::{Sidecar, home, now};
use testkit::world::key;

/// How many claims a credential has.
const CLAIMS: [usize; 4] = [1, 10, 100, 1000];

const TURNS: usize = 101;

fn main() {
    let sidecar = Sidecar::start_in(home(), &[]);
    let stream = http::connect(sidecar.address);
    stream.set_nodelay(true).unwrap();
    let mut stream = BufReader::new(stream);
    println!(
        "{:>16} {:>7} {:>9} {:>10} {:>10}",
        "secured by", "claims", "bytes", "library", "sidecar"
    );
    for claims in CLAIMS {
        for (name, text) in credentials(claims) {
            let request = request(&text);
            let (mut calls, mut requests) = (Vec::new(), Vec::new());
            for _ in 0..TURNS {
                calls.push(time(|| library(black_box(&text))));
                requests.push(time(|| {
                    common::exchange(&mut stream, &request) == Some(200)
                }));
            }
            println!(
                "{name:>16} {claims:>7} {:>9} {:>10.1?} {:>10.1?}",
                text.len(),
                median(calls),
                median(requests)
            );
        }
    }
}

fn method() -> DidUrl {
    let did = did::key::create(key(1).public_key());
    did.with_fragment(did.specific_id()).unwrap()
}

fn draft(claims: usize) -> Object<'static> {
    let mut subject = Object::default();
    subject.insert("id", "did:example:member".into());
    for at in 0..claims {
        subject.insert(format!("claim{at}"), format!("value of claim {at}").into());
    }
    let contexts = [
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/examples/v2",
    ];
    let mut document = Object::default();
    document.insert("@context", Value::array(contexts));
    document.insert("type", Value::array(["VerifiableCredential"]));
    document.insert("issuer", method().did().to_string().into());
    document.insert("credentialSubject", subject.into());
    document
}

/// The same credential, secured in three ways.
fn credentials(claims: usize) -> Vec<(&'static str, String)> {
    let embedded = |suite| {
        let options = ProofOptions::new(suite, method(), Relationship::AssertionMethod, now());
        let signed = data_integrity::sign(draft(claims), &options, &key(1)).unwrap();
        Value::Object(signed).to_serde().to_string()
    };
    let kid = method().to_string();
    let enveloped = enveloping::sign(&draft(claims), Kind::Credential, &key(1), Some(&kid));
    vec![
        ("eddsa-jcs-2022", embedded(Cryptosuite::EddsaJcs2022)),
        ("eddsa-rdfc-2022", embedded(Cryptosuite::EddsaRdfc2022)),
        ("vc+jwt", enveloped.unwrap()),
    ]
}

/// Reads and verifies, as the sidecar does.
fn library(text: &str) -> bool {
    let (question, at_hand) = (Question::at(now()), AtHand::nothing());
    let mut budget = Budget::presentation();
    let parsed;
    let secured = if text.starts_with('{') {
        parsed = strict_json::parse(text.as_bytes(), &Limits::large()).unwrap();
        Secured::Object(parsed.as_object().unwrap())
    } else {
        Secured::Text {
            media_type: MediaType::VcJwt,
            text,
        }
    };
    verify_credential(secured, &question, &at_hand, &mut budget).is_ok()
}

fn request(text: &str) -> Vec<u8> {
    let credential = serde_json::from_str(text).unwrap_or_else(|_| text.into());
    let credential: serde_json::Value = credential;
    let body = json!({"verifiableCredential": credential}).to_string();
    let head = "POST /credentials/verify HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json";
    format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn time(mut run: impl FnMut() -> bool) -> Duration {
    let start = Instant::now();
    assert!(run(), "it was refused");
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
