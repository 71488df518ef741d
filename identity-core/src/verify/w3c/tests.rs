//! Documents that are authentic, and changes of them that are not.

use jiff::Timestamp;

use super::*;
use crate::{
    Code,
    did::{Did, DidUrl, Relationship},
    encoding::strict_json::{Limits, Object, Value, parse},
    key::{Algorithm, SecretKey, Signer as _},
    proof::data_integrity::{ProofOptions, sign},
    verify::Budget,
};

/// Two years after the credential begins.
fn now() -> Timestamp {
    "2026-02-02T00:00:00Z".parse().unwrap()
}

/// The key of a number, and its name.
fn key(number: u8) -> (SecretKey, DidUrl) {
    let key = SecretKey::from_secret_bytes(Algorithm::EdDsa, &[number; 32]).unwrap();
    let multikey = key.public_key().to_multikey();
    let method = format!("did:key:{multikey}#{multikey}").parse().unwrap();
    (key, method)
}

fn did(number: u8) -> Did {
    key(number).1.did().clone()
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
        did(1)
    ))
}

fn signed_by(number: u8, document: Object<'static>, purpose: Relationship) -> Object<'static> {
    let (key, method) = key(number);
    let options = ProofOptions::new(method, purpose, "2024-02-02T00:00:00Z".parse().unwrap());
    sign(document, &options, &key).unwrap()
}

fn issued(document: Object<'static>) -> Object<'static> {
    signed_by(1, document, Relationship::AssertionMethod)
}

fn ask(
    document: &Object<'_>,
    question: &Question<'_>,
) -> Result<Authentic<Credential>, NotAuthentic> {
    let budget = &mut Budget::presentation();
    verify_credential(
        Secured::Object(document),
        question,
        &AtHand::nothing(),
        budget,
    )
}

fn problems(result: Result<Authentic<Credential>, NotAuthentic>) -> Vec<(Code, String)> {
    let refused = result
        .err()
        .map(|e| e.problems().to_vec())
        .unwrap_or_default();
    refused.into_iter().map(|p| (p.code, p.at)).collect()
}

#[test]
fn a_credential_that_its_issuer_signed_is_authentic() {
    let credential = ask(&issued(draft()), &Question::at(now())).unwrap();
    assert_eq!(credential.get().signers()[0].did(), &did(1));
    assert_eq!(credential.get().document(), &draft());
    assert_eq!(credential.warnings(), []);
}

#[test]
fn a_credential_that_another_signed_is_not() {
    let document = signed_by(2, draft(), Relationship::AssertionMethod);
    let expected = vec![(Code::IssuerMismatch, "/issuer".to_owned())];
    assert_eq!(problems(ask(&document, &Question::at(now()))), expected);
}

#[test]
fn a_changed_credential_is_not() {
    let mut document = issued(draft());
    document.insert("name", "other".into());
    let expected = vec![(Code::SignatureInvalid, "/proof".to_owned())];
    assert_eq!(problems(ask(&document, &Question::at(now()))), expected);
}
