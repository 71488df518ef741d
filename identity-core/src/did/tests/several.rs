//! Documents in which one id names several keys, as those that unite the versions of a DID.

use super::*;
use crate::{
    encoding::strict_json::Object,
    proof::{
        data_integrity::{self, Cryptosuite, Expected, ProofOptions},
        enveloping::{self, MediaType, SignatureLife},
        jose::{Header, Jws, Unsigned},
    },
    verify::Budget,
};

const DID: &str = "did:web:a.example";

fn secret(seed: u8) -> SecretKey {
    let algorithm = if seed == 100 {
        Algorithm::Es256
    } else {
        Algorithm::EdDsa
    };
    SecretKey::from_secret_bytes(algorithm, &[seed; 32]).unwrap()
}

fn version(seed: u8) -> DidDocument {
    let key = secret(seed).public_key().to_multikey();
    document(&format!(
        r##"{{"id":"{DID}","verificationMethod":[{{"id":"#k","type":"Multikey",
        "controller":"{DID}","publicKeyMultibase":"{key}"}}],"assertionMethod":["#k"]}}"##
    ))
    .unwrap()
}

struct Held(DidDocument);

impl Resolver for Held {
    fn resolve(&self, _: &Did) -> Result<std::borrow::Cow<'_, DidDocument>, DidError> {
        Ok(std::borrow::Cow::Borrowed(&self.0))
    }
}

/// The versions with these keys, the latest first.
fn union(seeds: &[u8]) -> Held {
    let versions: Vec<_> = seeds.iter().map(|seed| version(*seed)).collect();
    Held(DidDocument::of_versions(
        DID.parse().unwrap(),
        versions.iter(),
    ))
}

fn method() -> DidUrl {
    format!("{DID}#k").parse().unwrap()
}

fn budget(signatures: usize) -> Budget {
    let mut budget = Budget::presentation();
    for _ in signatures..64 {
        budget.spend_signature().unwrap();
    }
    budget
}

/// Verifies a signature of this seed's key in every form that finds keys by DID: in a JWS of our own,
/// in an enveloping JWS, and in a Data Integrity proof.
fn verify(signer: u8, held: &Held, signatures: usize) -> [Result<u8, Code>; 3] {
    let key = secret(signer);
    let seed_of = |found: &crate::key::PublicKey| {
        let all = (0..=100).find(|seed| *seed > 0 && secret(*seed).public_key() == found);
        all.unwrap()
    };
    let purpose = Relationship::AssertionMethod;
    let header = Header::with_kid(key.algorithm(), "x", &method());
    let text = Unsigned::new(&header, b"{}").sign(&key).unwrap();
    let jws = Jws::parse(&text).unwrap();
    let compact = jws.verify_any(held, purpose, &mut budget(signatures));
    let compact = compact.map(|(signer, _)| seed_of(signer.key()));

    let header = Header::with_kid(key.algorithm(), "vc+jwt", &method());
    let payload = format!(
        r#"{{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],
        "issuer":"{DID}","credentialSubject":{{"a":"b"}}}}"#
    );
    let text = Unsigned::new(&header, payload.as_bytes())
        .sign(&key)
        .unwrap();
    let expected = enveloping::Expected {
        media_type: MediaType::VcJwt,
        life: SignatureLife::Ignore,
    };
    let enveloped = enveloping::verify(&text, expected, held, &mut budget(signatures));
    let enveloped = enveloped.map(|(signer, _)| seed_of(signer.key()));

    let options = ProofOptions::new(
        Cryptosuite::jcs(key.algorithm()),
        method(),
        purpose,
        Timestamp::UNIX_EPOCH,
    );
    let mut object = Object::default();
    object.insert("a", "b".into());
    let proven = data_integrity::sign(object, &options, &key).unwrap();
    let expected = Expected::mandate(purpose, Timestamp::UNIX_EPOCH);
    let proof = data_integrity::verify(&proven, &expected, held, &mut budget(signatures));
    let proof = proof.map(|signers| seed_of(signers[0].key()));
    [
        compact.map_err(|e| e.code()),
        enveloped.map_err(|e| e.code()),
        proof.map_err(|e| e.code()),
    ]
}

#[test]
fn each_key_that_an_id_has_named_verifies_what_it_signed() {
    let held = union(&[3, 2, 100, 1]);
    for signer in [1, 2, 3, 100] {
        assert_eq!(verify(signer, &held, 8), [Ok(signer); 3]);
    }
    // Only its own: the key of another is none of the DID.
    let refused = Err(Code::SignatureInvalid);
    assert_eq!(verify(4, &held, 8), [refused; 3]);
}

#[test]
fn every_key_that_is_tried_is_paid_for() {
    let held = union(&[3, 2, 1]);
    assert_eq!(verify(1, &held, 3), [Ok(1); 3]);
    assert_eq!(verify(1, &held, 2), [Err(Code::BudgetExhausted); 3]);
    // A key of the other algorithm cannot have made it, and costs nothing.
    assert_eq!(verify(1, &union(&[100, 1]), 1), [Ok(1); 3]);
}

#[test]
fn the_eight_latest_keys_of_an_id_are_tried_and_no_more() {
    let held = union(&[9, 8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(verify(2, &held, 64), [Ok(2); 3]);
    assert_eq!(verify(1, &held, 64), [Err(Code::SignatureInvalid); 3]);
}

#[test]
fn a_key_counts_for_the_purposes_that_it_had_and_no_others() {
    let held = union(&[2, 1]);
    let purpose = Relationship::CapabilityInvocation;
    let found = held.0.candidates(&method(), purpose).map_err(|e| e.code());
    assert_eq!(found, Err(Code::DidNoSuchMethod));
    // Whoever wants the one key does not get either of two.
    let one = held.0.method(&method(), Relationship::AssertionMethod);
    assert_eq!(one.map_err(|e| e.code()), Err(Code::DidDocument));
    // The same key in several versions stands there once, for all that it was used for.
    let held = union(&[1, 1]);
    assert_eq!(held.0.methods().len(), 1);
    assert!(
        held.0
            .method(&method(), Relationship::AssertionMethod)
            .is_ok()
    );
}

#[test]
fn a_key_for_invoking_capabilities_is_read_and_written_and_only_then() {
    let key = secret(1).public_key().to_multikey();
    let text = format!(
        r##"{{"id":"{DID}","verificationMethod":[{{"id":"#k","type":"Multikey",
        "controller":"{DID}","publicKeyMultibase":"{key}"}}],"capabilityInvocation":["#k"]}}"##
    );
    let read = document(&text).unwrap();
    assert!(
        read.method(&method(), Relationship::CapabilityInvocation)
            .is_ok()
    );
    assert!(
        read.method(&method(), Relationship::AssertionMethod)
            .is_err()
    );
    let written = read.to_value();
    let named = written
        .get("capabilityInvocation")
        .and_then(Value::as_array);
    assert_eq!(named.map(<[_]>::len), Some(1));
    assert_eq!(DidDocument::from_value(&written), Ok(read));
    assert!(version(1).to_value().get("capabilityInvocation").is_none());
    let own = key::resolve(&key::create(secret(1).public_key())).unwrap();
    assert_eq!(own.methods()[0].purposes().len(), 2);
    assert!(own.to_value().get("capabilityInvocation").is_none());
}
