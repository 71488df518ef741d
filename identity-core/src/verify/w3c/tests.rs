//! Documents that are authentic, and small changes of them that are not, each with its code and place.

mod credential;
mod enveloped;
mod presentation;
mod problem;
mod schema;
mod status;
mod terms;

use jiff::Timestamp;

use super::*;
use crate::{
    Code,
    did::{DidUrl, Relationship},
    encoding::strict_json::{Limits, Object, Value, parse},
    proof::data_integrity::{Cryptosuite, ProofOptions, sign},
    testing::world::{did_of, key},
    verify::Budget,
};

/// An instant within the credential's period.
fn now() -> Timestamp {
    "2026-02-02T00:00:00Z".parse().unwrap()
}

fn method(seed: u8) -> DidUrl {
    let did = did_of(seed);
    did.with_fragment(did.specific_id()).unwrap()
}

fn object(json: &str) -> Object<'static> {
    match parse(json.as_bytes(), &Limits::small())
        .unwrap()
        .into_owned()
    {
        Value::Object(object) => object,
        other => panic!("{other:?}"),
    }
}

/// A credential of the first key, not signed yet.
fn draft() -> Object<'static> {
    object(&format!(
        r#"{{
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiableCredential"],
            "issuer": "{}",
            "validFrom": "2024-02-02T00:00:00Z",
            "validUntil": "2027-02-02T00:00:00Z",
            "credentialSubject": {{ "id": "did:example:subject", "name": "Ada" }}
        }}"#,
        did_of(1)
    ))
}

/// The credential with a member set.
fn with(name: &'static str, json: &str) -> Object<'static> {
    let mut document = draft();
    document.insert(
        name,
        parse(json.as_bytes(), &Limits::small())
            .unwrap()
            .into_owned(),
    );
    document
}

fn options(seed: u8, purpose: Relationship) -> ProofOptions {
    ProofOptions::new(
        Cryptosuite::EddsaJcs2022,
        method(seed),
        purpose,
        "2024-02-02T00:00:00Z".parse().unwrap(),
    )
}

fn issued_by(seed: u8, document: Object<'static>) -> Object<'static> {
    let options = options(seed, Relationship::AssertionMethod);
    sign(document, &options, &key(seed)).unwrap()
}

fn issued(document: Object<'static>) -> Object<'static> {
    issued_by(1, document)
}

fn ask_with(
    document: &Object<'_>,
    question: &Question<'_>,
    at_hand: &AtHand<'_>,
) -> Result<Authentic<Credential>, NotAuthentic> {
    let budget = &mut Budget::presentation();
    verify_credential(Secured::Object(document), question, at_hand, budget)
}

fn ask(document: &Object<'_>) -> Result<Authentic<Credential>, NotAuthentic> {
    ask_with(document, &Question::at(now()), &AtHand::nothing())
}

/// The codes and places of a refusal; none when there is no refusal.
fn refusal<T>(result: Result<T, NotAuthentic>) -> Vec<(Code, String)> {
    let problems = result.err().map(|error| error.problems().to_vec());
    places(&problems.unwrap_or_default())
}

fn warnings<T>(result: Result<Authentic<T>, NotAuthentic>) -> Vec<(Code, String)> {
    places(result.unwrap().warnings())
}

fn places(problems: &[Problem]) -> Vec<(Code, String)> {
    problems.iter().map(|p| (p.code, p.at.clone())).collect()
}

fn one(code: Code, at: &str) -> Vec<(Code, String)> {
    vec![(code, at.to_owned())]
}
