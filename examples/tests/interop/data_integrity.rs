//! Data Integrity beside the W3C editors' own JavaScript libraries, in all four cryptosuites.

use identity_core::{
    credential::Securing,
    did::{self, DidUrl, LocalResolver, Relationship},
    encoding::strict_json::{Limits, Object, Value as Strict, parse},
    key::{SecretKey, Signer as _},
    proof::{
        SignerDid,
        data_integrity::{self, Cryptosuite, Expected, ProofError, ProofOptions, Strictness},
    },
    verify::Budget,
};
use serde_json::{Value, json};
use testkit::world::{self, World};

use crate::{generate, peer::Peer};

/// How many credentials each direction has in each cryptosuite.
const MANY: u64 = 60;

pub(crate) fn key(suite: Cryptosuite) -> (SecretKey, DidUrl) {
    let key = SecretKey::from_secret_bytes(suite.algorithm(), &[7; 32]).unwrap();
    let did = did::key::create(key.public_key());
    let method = did.with_fragment(did.specific_id()).unwrap();
    (key, method)
}

pub(crate) fn strict(value: &Value) -> Strict<'static> {
    let text = value.to_string();
    parse(text.as_bytes(), &Limits::large())
        .unwrap()
        .into_owned()
}

pub(crate) fn object(value: &Value) -> Object<'static> {
    match strict(value) {
        Strict::Object(object) => object,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn expected(purpose: Relationship) -> Expected<'static> {
    Expected {
        strictness: Strictness::W3c,
        ..Expected::mandate(purpose, world::days(1))
    }
}

pub(crate) fn sign(suite: Cryptosuite, mut credential: Value) -> Value {
    let (key, method) = key(suite);
    credential["issuer"] = method.did().as_str().into();
    let options = ProofOptions::new(suite, method, Relationship::AssertionMethod, world::now());
    let signed = data_integrity::sign(object(&credential), &options, &key);
    Strict::Object(signed.unwrap()).to_serde()
}

fn verify(credential: &Value) -> Result<Vec<SignerDid>, ProofError> {
    let expected = expected(Relationship::AssertionMethod);
    let (resolver, mut budget) = (LocalResolver::new(), Budget::presentation());
    data_integrity::verify(&object(credential), &expected, &resolver, &mut budget)
}

/// Changes one leaf of the subject, so that it says something else.
fn tampered(mut credential: Value, number: u64) -> Value {
    let mut subject = &mut credential["credentialSubject"];
    if subject.is_array() {
        subject = &mut subject[0];
    }
    subject["id"] = format!("urn:example:tampered:{number}").into();
    credential
}

#[test]
fn they_sign_and_we_verify() {
    let Some(mut peer) = Peer::node() else { return };
    for suite in Cryptosuite::ALL {
        for number in 0..MANY {
            let credential = generate::credential(number);
            let asked = json!({"suite": suite.as_str(), "credential": credential});
            let signed = peer.ask("di.sign", asked).unwrap();
            let signers =
                verify(&signed).unwrap_or_else(|error| panic!("{suite:?}: {error}\n{signed}"));
            assert_eq!(signers[0].did().as_str(), signed["issuer"]);
            assert!(verify(&tampered(signed, number)).is_err());
        }
    }
}

#[test]
fn we_sign_and_they_verify() {
    let Some(mut peer) = Peer::node() else { return };
    for suite in Cryptosuite::ALL {
        for number in 0..MANY {
            let signed = sign(suite, generate::credential(number));
            verify(&signed).unwrap();
            let asked = json!({"credential": signed, "now": "2027-01-15T08:00:00Z"});
            let said = peer.ask("di.verify", asked);
            said.unwrap_or_else(|error| panic!("{suite:?}: {error}\n{signed}"));
            let asked =
                json!({"credential": tampered(signed, number), "now": "2027-01-15T08:00:00Z"});
            peer.ask("di.verify", asked).unwrap_err();
        }
    }
}

#[test]
fn they_verify_the_mandates_that_our_issuer_makes() {
    let Some(mut peer) = Peer::node() else { return };
    for number in 0..20 {
        let text = World::new().issue(|draft| {
            draft.securing = Securing::DataIntegrity;
            draft.slot.index = number;
            draft.claims = only_open(&draft.claims);
        });
        let mandate: Value = serde_json::from_str(&text).unwrap();
        let asked = json!({"credential": mandate, "now": "2027-01-15T08:00:00Z"});
        peer.ask("di.verify", asked).unwrap();
        let mut changed = mandate;
        changed["credentialSubject"]["chamber"] = "XX-2".into();
        let asked = json!({"credential": changed, "now": "2027-01-15T08:00:00Z"});
        peer.ask("di.verify", asked).unwrap_err();
    }
}

/// A mandate that everybody sees whole has these claims alone.
fn only_open(claims: &Object<'static>) -> Object<'static> {
    let mut open = Object::default();
    for name in ["name", "role", "mandateStart", "mandateEnd"] {
        open.insert(name, claims.get(name).unwrap().clone());
    }
    open
}
