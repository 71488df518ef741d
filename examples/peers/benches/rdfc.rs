//! One `eddsa-rdfc-2022` credential with ten claims, verified by us and by `ssi`, in turns in one run.
//!
//! Both start at the bytes and end at the verdict over the signature; neither reaches for a network.
//! `cargo bench --bench rdfc`, or `make peers-bench` at the root.

use identity_core::{
    did::{self, LocalResolver, Relationship},
    encoding::strict_json::{self, Limits, Object, Value},
    key::{Algorithm, SecretKey, Signer as _},
    proof::data_integrity::{
        Binding, Cryptosuite, Expected, ProofOptions, Strictness, sign, verify,
    },
    verify::Budget,
};
use mandate_peers::{at_once, compare};
use ssi::{
    claims::{data_integrity::from_json_str, vc::v2::JsonCredential},
    dids::{DIDKey, DIDResolver as _},
    prelude::{AnySuite, VerificationParameters},
};

fn main() {
    let text = credential();
    let expected = Expected {
        purpose: Relationship::AssertionMethod,
        challenge: Binding::Absent,
        domain: Binding::Absent,
        now: now(),
        strictness: Strictness::W3c,
    };
    let ours = |text: &str| {
        let value = strict_json::parse(text.as_bytes(), &Limits::small()).unwrap();
        let document = value.as_object().unwrap();
        let mut budget = Budget::presentation();
        verify(document, &expected, &LocalResolver::new(), &mut budget).is_ok()
    };
    let parameters = VerificationParameters::from_resolver(DIDKey.into_vm_resolver());
    let theirs = |text: &str| {
        let parsed = from_json_str::<JsonCredential, AnySuite>(text);
        let credential = parsed.unwrap();
        at_once(credential.verify(&parameters)).is_ok_and(|inner| inner.is_ok())
    };
    // Both must say yes to this one and no to another.
    let changed = text.replace("Ana", "Eva");
    assert!(ours(&text) && theirs(&text) && !ours(&changed) && !theirs(&changed));

    let name = "eddsa-rdfc-2022, ten claims";
    compare(name, &text, ours, theirs);
}

fn credential() -> String {
    let document = r#"{
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "MemberCredential"],
        "issuer": "ISSUER",
        "validFrom": "2026-01-01T00:00:00Z",
        "validUntil": "2030-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:member", "givenName": "Ana", "familyName": "Example", "chamber": "lower",
            "country": "PT", "term": "15", "constituency": "North", "group": "Centre", "seat": 117,
            "committee": "Budget", "role": "Member"
        }
    }"#;
    let key = SecretKey::from_secret_bytes(Algorithm::EdDsa, &[7; 32]).unwrap();
    let did = did::key::create(key.public_key());
    let method = did.with_fragment(did.specific_id()).unwrap();
    let document = document.replace("ISSUER", did.as_str());
    let value = strict_json::parse(document.as_bytes(), &Limits::small()).unwrap();
    let Value::Object(document) = value.into_owned() else {
        unreachable!("written above")
    };
    let (suite, purpose) = (Cryptosuite::EddsaRdfc2022, Relationship::AssertionMethod);
    let options = ProofOptions::new(suite, method, purpose, now());
    let signed: Object<'static> = sign(document, &options, &key).unwrap();
    Value::Object(signed).to_serde().to_string()
}

fn now() -> jiff::Timestamp {
    "2026-06-01T00:00:00Z".parse().unwrap()
}
