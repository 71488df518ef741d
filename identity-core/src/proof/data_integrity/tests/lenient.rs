//! What the standard allows and mandates do not.

use super::*;
use crate::encoding::multibase;

const LENIENT: Expected<'static> = Expected {
    strictness: Strictness::W3c,
    ..EXPECTED
};

/// A document whose every term is defined.
const DOCUMENT_OF_TERMS: &str = r#"{"@context":["https://www.w3.org/ns/credentials/v2"],
    "type":["VerifiableCredential"],"name":"Ana"}"#;

/// Signs under options that are changed first.
fn made(change: impl FnOnce(&mut ProofOptions)) -> Object<'static> {
    let (key, method) = key(Algorithm::EdDsa, 1);
    let mut options = options(Cryptosuite::EddsaJcs2022, &method);
    change(&mut options);
    sign(object(DOCUMENT), &options, &key).unwrap()
}

#[test]
fn challenge_and_domain_are_absent_anything_or_exactly_this() {
    let plain = made(|_| ());
    let bound = made(|options| {
        options.challenge = Some("n0nce".to_owned());
        options.domain = vec!["a.example".to_owned(), "b.example".to_owned()];
        options.nonce = Some("salt".to_owned());
    });
    let any = Expected {
        challenge: Binding::Any,
        domain: Binding::Any,
        ..LENIENT
    };
    assert_eq!(code(&plain, &any), None);
    assert_eq!(code(&bound, &any), None);
    let exactly = |domain| Expected {
        domain: Binding::Exactly(domain),
        ..any
    };
    for (domain, expected) in [
        (&["a.example", "b.example"][..], None),
        (&["b.example", "a.example"], None),
        (&["a.example"], Some(Code::ProofPurpose)),
        (&["a.example", "c.example"], Some(Code::ProofPurpose)),
        (&[], Some(Code::ProofPurpose)),
    ] {
        assert_eq!(code(&bound, &exactly(domain)), expected, "{domain:?}");
        let found = code(&plain, &exactly(domain));
        assert_eq!(found, Some(Code::ProofPurpose), "{domain:?}");
    }
    let absent = Expected {
        domain: Binding::Absent,
        ..any
    };
    assert_eq!(code(&bound, &absent), Some(Code::ProofPurpose));
    let strict = Expected {
        strictness: Strictness::Mandate,
        ..any
    };
    assert_eq!(code(&bound, &strict), Some(Code::ProofPurpose));
}

#[test]
fn what_cannot_be_compared_is_refused_even_where_anything_goes() {
    let any = Expected {
        challenge: Binding::Any,
        domain: Binding::Any,
        ..LENIENT
    };
    for (member, value, expected) in [
        ("domain", Value::from(7_i64), Code::ProofPurpose),
        ("domain", Value::Array(Vec::new()), Code::ProofPurpose),
        ("domain", Value::array([7_i64]), Code::ProofPurpose),
        ("challenge", Value::Null, Code::ProofPurpose),
        ("nonce", Value::from(7_i64), Code::ProofMalformed),
    ] {
        let mut document = made(|_| ());
        proof_mut(&mut document).insert(member, value);
        assert_eq!(code(&document, &any), Some(expected), "{member}");
    }
}

#[test]
fn a_lone_proof_may_stand_in_an_array() {
    let mut document = made(|_| ());
    let proof = document.remove("proof").unwrap();
    document.insert("proof", Value::Array(vec![proof]));
    assert_eq!(code(&document, &LENIENT), None);
    assert_eq!(code(&document, &EXPECTED), Some(Code::ProofMalformed));
}

/// Signs the proof anew after a change to what it says.
fn with_proof(change: impl FnOnce(&mut Object<'static>)) -> Object<'static> {
    let (key, _) = key(Algorithm::EdDsa, 1);
    let mut document = made(|_| ());
    let Some(Value::Object(mut proof)) = document.remove("proof") else {
        panic!("no proof")
    };
    proof.remove("proofValue");
    change(&mut proof);
    let signed = {
        use sha2::{Digest as _, Sha256};
        let digest = |object: &Object<'_>| {
            Sha256::digest(crate::encoding::jcs::canonicalize_object(object, None).unwrap())
        };
        [digest(&proof), digest(&document)].concat()
    };
    let signature = multibase::encode_z(key.try_sign(&signed).unwrap().as_bytes());
    proof.insert("proofValue", signature.into());
    document.insert("proof", proof.into());
    document
}

#[test]
fn an_instant_without_an_offset_is_utc() {
    let until = |text: &'static str| {
        with_proof(|proof| {
            proof.insert("expires", text.into());
        })
    };
    let document = until("1970-01-01T00:00:01");
    assert_eq!(code(&document, &LENIENT), None);
    assert_eq!(code(&document, &EXPECTED), Some(Code::ProofMalformed));
    let document = until("1970-01-01T00:00:00");
    assert_eq!(code(&document, &LENIENT), Some(Code::ProofExpired));
    assert_eq!(
        code(&until("yesterday"), &LENIENT),
        Some(Code::ProofMalformed)
    );
}

#[test]
fn a_proof_without_context_covers_the_whole_of_the_documents() {
    let mut document = with_proof(|proof| drop(proof.remove("@context")));
    assert_eq!(code(&document, &LENIENT), None);
    assert_eq!(code(&document, &EXPECTED), Some(Code::ProofContext));
    document.insert("@context", Value::array(["https://a.example/"]));
    assert_eq!(code(&document, &LENIENT), Some(Code::SignatureInvalid));
}

#[test]
fn proofs_that_rest_on_each_other_are_refused() {
    let (key, method) = key(Algorithm::EdDsa, 1);
    let mut document = object(DOCUMENT);
    for id in ["urn:a", "urn:b", "urn:c"] {
        let options = ProofOptions {
            id: Some(id.to_owned()),
            ..options(Cryptosuite::EddsaJcs2022, &method)
        };
        document = sign(document, &options, &key).unwrap();
    }
    for (i, previous) in ["urn:b", "urn:c", "urn:a"].into_iter().enumerate() {
        let Value::Object(proof) = &mut proofs_mut(&mut document)[i] else {
            panic!("no proof")
        };
        proof.insert("previousProof", previous.into());
    }
    assert_eq!(code(&document, &LENIENT), Some(Code::ProofChain));
}

#[test]
fn the_key_must_be_one_of_the_suite_that_the_signer_names() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let (key, method) = key(algorithm, 1);
        for suite in Cryptosuite::ALL {
            let signed = sign(object(DOCUMENT_OF_TERMS), &options(suite, &method), &key);
            let found = signed.as_ref().err().map(ProofError::code);
            if suite.algorithm() != algorithm {
                assert_eq!(found, Some(Code::ProofCryptosuite), "{suite:?}");
            } else if cfg!(feature = "rdfc") || suite.is_jcs() {
                assert_eq!(code(&signed.unwrap(), &LENIENT), None, "{suite:?}");
            } else {
                assert_eq!(found, Some(Code::ProofCryptosuite), "{suite:?}");
                let text = signed.unwrap_err().to_string();
                assert!(text.contains("built without"), "{text}");
            }
        }
    }
}
