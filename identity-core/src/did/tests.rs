use proptest::prelude::*;

use super::*;
use crate::{
    encoding::strict_json::{Limits, Value, parse},
    key::{Algorithm, SecretKey, Signer as _},
};

mod addresses;
mod documents;
mod several;

fn public(algorithm: Algorithm) -> crate::key::PublicKey {
    SecretKey::from_secret_bytes(algorithm, &[9; 32])
        .unwrap()
        .public_key()
        .clone()
}

fn document(text: &str) -> Result<DidDocument, DidError> {
    DidDocument::from_value(&parse(text.as_bytes(), &Limits::small()).unwrap())
}

#[test]
fn the_syntax_is_that_of_did_core() {
    for good in [
        "did:key:z6Mk",
        "did:web:a.example:b",
        "did:x1:%20a",
        "did:webvh:Q:a.b%3A8080",
    ] {
        assert_eq!(
            good.parse::<Did>().map(|d| d.to_string()).as_deref(),
            Ok(good)
        );
    }
    let wrong = [
        "",
        "did:",
        "did:key",
        "did:key:",
        "DID:key:z",
        "did:Key:z",
        "did:key:z#f",
        "did:key:z/p",
        "did:key:a b",
        "did:key:%2",
        "did:key:%zz",
        "did:key:a:",
        " did:key:z",
        "did:key:é",
    ];
    for text in wrong {
        assert_eq!(
            text.parse::<Did>().map_err(|e| e.code()),
            Err(Code::DidMalformed),
            "{text}"
        );
    }
    let url: DidUrl = "did:web:a.example/status/3?x=1#f".parse().unwrap();
    assert_eq!((url.path(), url.fragment()), ("/status/3", Some("f")));
    for text in ["did:key:z#a#b", "did:key:z# ", "did:key:z#\u{202e}", "#f"] {
        assert!(text.parse::<DidUrl>().is_err(), "{text}");
    }
}

#[test]
fn the_published_did_keys_resolve_to_their_keys() {
    let Some(file) = testkit::vectors("did-key/ed25519-x25519.json") else {
        return;
    };
    let cases: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let cases = cases.as_object().unwrap();
    assert!(cases.len() >= 3);
    for (text, case) in cases {
        let did: Did = text.parse().unwrap();
        let seed = case["seed"].as_str().unwrap();
        let seed: Vec<u8> = (0..64)
            .step_by(2)
            .map(|i| u8::from_str_radix(&seed[i..i + 2], 16).unwrap())
            .collect();
        let secret =
            SecretKey::from_secret_bytes(Algorithm::EdDsa, &seed.try_into().unwrap()).unwrap();
        assert_eq!(key::create(secret.public_key()), did);
        let resolved = LocalResolver::new().resolve(&did).unwrap().into_owned();
        let method = did.with_fragment(did.specific_id()).unwrap();
        let found = resolved.method(&method, Relationship::AssertionMethod);
        assert_eq!(found, Ok(secret.public_key()));
    }
}

#[test]
fn both_methods_and_both_algorithms_come_back() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let public = public(algorithm);
        for did in [key::create(&public), jwk::create(&public)] {
            let resolved = LocalResolver::new().resolve(&did).unwrap().into_owned();
            assert_eq!(resolved.methods()[0].key(), &public);
            assert_eq!(DidDocument::from_value(&resolved.to_value()), Ok(resolved));
        }
    }
}

#[test]
fn the_did_jwk_specification_example_resolves() {
    // did:jwk Method Specification, section 3.1, example with P-256.
    let did: Did = "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9".parse().unwrap();
    let resolved = jwk::resolve(&did).unwrap();
    assert_eq!(resolved.methods()[0].id().fragment(), Some("0"));
    assert_eq!(jwk::create(resolved.methods()[0].key()), did);
}

#[test]
fn methods_of_others_and_other_purposes_do_not_count() {
    let did = key::create(&public(Algorithm::EdDsa));
    let multikey = public(Algorithm::EdDsa).to_multikey();
    let with = |id: &str, controller: &str, purpose: &str| {
        let method = format!(
            r#"{{"id":"{id}","type":"Multikey","controller":"{controller}","publicKeyMultibase":"{multikey}"}}"#
        );
        // Its own methods a document may name by the fragment alone.
        let name = id.strip_prefix(did.as_str()).unwrap_or(id);
        document(&format!(
            r#"{{"id":"{did}","verificationMethod":[{method}],"{purpose}":["{name}"]}}"#
        ))
        .unwrap()
        .method(&id.parse().unwrap(), Relationship::AssertionMethod)
        .is_ok()
    };
    let own = format!("{did}#k");
    assert!(with(&own, did.as_str(), "assertionMethod"));
    assert!(!with(&own, "did:key:z6MkOther", "assertionMethod"));
    assert!(!with(&own, did.as_str(), "authentication"));
    // Under another's name, though it says that this DID controls it.
    assert!(!with(
        "did:key:z6MkOther#k",
        did.as_str(),
        "assertionMethod"
    ));
}

#[test]
fn broken_documents_say_what_is_broken() {
    for text in [
        "{}",
        "[]",
        r#"{"id":7}"#,
        r#"{"id":"did:web:a","verificationMethod":{}}"#,
    ] {
        assert!(document(text).is_err(), "{text}");
    }
    let twice =
        r##"{"id":"#a","type":"Multikey","controller":"did:web:a","publicKeyMultibase":"KEY"}"##
            .replace("KEY", &public(Algorithm::EdDsa).to_multikey());
    let text = format!(r#"{{"id":"did:web:a","verificationMethod":[{twice},{twice}]}}"#);
    assert!(matches!(document(&text), Err(DidError::Document { .. })));
    assert!(Value::Null.get("id").is_none());
}

proptest! {
    #[test]
    fn nothing_panics(text in ".*", tail in "did:(key|jwk):[a-zA-Z0-9_-]{0,80}") {
        for text in [text, tail] {
            let _ = text.parse::<DidUrl>();
            if let Ok(did) = text.parse::<Did>() {
                let _ = LocalResolver::new().resolve(&did);
            }
        }
    }
}
