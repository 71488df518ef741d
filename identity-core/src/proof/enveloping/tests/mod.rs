//! What the tests share: two issuers, a small credential, and headers written by hand.

mod claims;
mod keys;
mod made;
mod media;
mod selective;

use super::*;
use crate::{
    Code,
    did::{self, LocalResolver},
    encoding::{
        base64url, jcs,
        strict_json::{Limits, parse},
    },
    key::{Algorithm, SecretKey, Signer as _},
    proof::sd_jwt::Step,
};

/// An instant within the life of everything here.
fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn expected(media_type: MediaType) -> Expected {
    Expected {
        media_type,
        life: SignatureLife::JudgeAt(now()),
    }
}

fn key(algorithm: Algorithm, seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(algorithm, &[seed; 32]).unwrap()
}

fn did_of(key: &SecretKey) -> did::Did {
    did::key::create(key.public_key())
}

fn kid_of(key: &SecretKey) -> String {
    let did = did_of(key);
    did.with_fragment(did.specific_id()).unwrap().to_string()
}

fn object(text: &str) -> Object<'static> {
    match parse(text.as_bytes(), &Limits::small())
        .unwrap()
        .into_owned()
    {
        Value::Object(object) => object,
        other => panic!("{other:?}"),
    }
}

/// A credential by this key, with more members.
fn credential(issuer: &SecretKey, more: &str) -> Object<'static> {
    object(&format!(
        r#"{{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],
            "issuer":"{}","credentialSubject":{{"id":"did:example:ana","name":"Ana"}}{more}}}"#,
        did_of(issuer)
    ))
}

fn presentation(more: &str) -> Object<'static> {
    object(&format!(
        r#"{{"@context":["https://www.w3.org/ns/credentials/v2"],"type":"VerifiablePresentation"{more}}}"#
    ))
}

/// Signs any payload under any header.
fn by_hand(header: &str, payload: &Object<'_>, key: &SecretKey) -> String {
    let input = format!(
        "{}.{}",
        base64url::encode(header.as_bytes()),
        base64url::encode(&jcs::canonicalize_object(payload, None).unwrap())
    );
    let signature = key.try_sign(input.as_bytes()).unwrap();
    format!("{input}.{}", base64url::encode(signature.as_bytes()))
}

/// A credential with members added, as other software might sign it.
fn with_claims(more: &str) -> String {
    let issuer = key(Algorithm::EdDsa, 1);
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, kid_of(&issuer));
    by_hand(&header, &credential(&issuer, more), &issuer)
}

/// The same credential with members added to the header.
fn with_header(more: &str) -> String {
    let issuer = key(Algorithm::EdDsa, 1);
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}"{more}}}"#, kid_of(&issuer));
    by_hand(&header, &credential(&issuer, ""), &issuer)
}

fn read_as(media_type: MediaType, text: &str) -> Result<Secured, EnvelopeError> {
    let mut budget = Budget::presentation();
    let found = verify(
        text,
        expected(media_type),
        &LocalResolver::new(),
        &mut budget,
    );
    found.map(|(_, secured)| secured)
}

/// Why a text is refused as `vc+jwt`, or nothing.
fn refusal(text: &str) -> Option<Code> {
    read_as(MediaType::VcJwt, text).err().map(|e| e.code())
}
