use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::{
    did::{self, DidUrl, LocalResolver, Relationship},
    encoding::strict_json::{Limits, Object, Value, parse},
    key::{Algorithm, SecretKey, Signer as _},
    proof::SignerDid,
    verify::Budget,
};

mod lenient;
#[cfg(feature = "rdfc")]
mod published;
mod refused;

const DOCUMENT: &str = r#"{"@context":["https://www.w3.org/ns/credentials/v2"],
    "type":["VerifiableCredential"],"credentialSubject":{"name":"Ana","term":"15"}}"#;

fn key(algorithm: Algorithm, seed: u8) -> (SecretKey, DidUrl) {
    let key = SecretKey::from_secret_bytes(algorithm, &[seed; 32]).unwrap();
    let did = did::key::create(key.public_key());
    let method = did.with_fragment(did.specific_id()).unwrap();
    (key, method)
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

fn now() -> Timestamp {
    Timestamp::from_second(1_770_000_000).unwrap()
}

fn options(suite: Cryptosuite, method: &DidUrl) -> ProofOptions {
    ProofOptions::new(suite, method.clone(), Relationship::AssertionMethod, now())
}

fn signed(algorithm: Algorithm) -> Object<'static> {
    let (key, method) = key(algorithm, 1);
    sign(
        object(DOCUMENT),
        &options(Cryptosuite::jcs(algorithm), &method),
        &key,
    )
    .unwrap()
}

const EXPECTED: Expected<'static> =
    Expected::mandate(Relationship::AssertionMethod, Timestamp::UNIX_EPOCH);

fn check(document: &Object<'_>, expected: &Expected<'_>) -> Result<Vec<SignerDid>, ProofError> {
    verify(
        document,
        expected,
        &LocalResolver::new(),
        &mut Budget::presentation(),
    )
}

fn code(document: &Object<'_>, expected: &Expected<'_>) -> Option<Code> {
    check(document, expected).err().map(|error| error.code())
}

fn proof_mut<'d>(document: &'d mut Object<'static>) -> &'d mut Object<'static> {
    match document.get_mut("proof") {
        Some(Value::Object(proof)) => proof,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_published_example_verifies_and_is_made_again_byte_for_byte() {
    let Some(folder) = testkit::vectors("w3c-di/eddsa") else {
        return;
    };
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let example = object(&read("eddsa-jcs-2022/signedJCS.json"));
    let signers = check(&example, &EXPECTED).unwrap();
    let pair = object(&read("keyPair.json"));
    let public = pair
        .get("publicKeyMultibase")
        .and_then(Value::as_str)
        .unwrap();
    assert_eq!(signers[0].key().to_multikey(), public);
    // The secret is a multikey of prefix 0x1300 (ed25519-priv).
    let secret = pair
        .iter()
        .find(|(name, _)| name.starts_with("privateKey") || name.starts_with("secretKey"));
    let secret = secret.and_then(|(_, text)| text.as_str()).unwrap();
    let secret = crate::encoding::multibase::decode(secret).unwrap();
    let secret =
        SecretKey::from_secret_bytes(Algorithm::EdDsa, secret[2..].try_into().unwrap()).unwrap();
    let mut unsigned = example.clone();
    unsigned.remove("proof");
    let created = "2023-02-24T23:36:38Z".parse().unwrap();
    let options = ProofOptions {
        created,
        ..options(Cryptosuite::EddsaJcs2022, signers[0].method())
    };
    let ours = sign(unsigned, &options, &secret).unwrap();
    let value = |d: &Object<'_>| {
        d.get("proof")
            .and_then(|p| p.get("proofValue"))
            .cloned()
            .map(Value::into_owned)
    };
    assert_eq!(value(&ours), value(&example));
}

#[test]
fn proofs_of_other_suites_are_refused_by_name() {
    let Some(folder) = testkit::vectors("w3c-di/eddsa/proof-set-chain") else {
        return;
    };
    for name in [
        "signedProofSet1.json",
        "signedProofSet2.json",
        "signedProofChain1.json",
        "signedProofChain2.json",
    ] {
        let document = object(&std::fs::read_to_string(folder.join(name)).unwrap());
        assert_eq!(
            code(&document, &EXPECTED),
            Some(Code::ProofCryptosuite),
            "{name}"
        );
    }
}

#[test]
fn both_suites_say_who_signed() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let signers = check(&signed(algorithm), &EXPECTED).unwrap();
        assert_eq!(signers[0].method(), &key(algorithm, 1).1);
    }
}

#[test]
fn what_is_to_be_signed_is_what_a_signature_covers() {
    let (key, method) = key(Algorithm::EdDsa, 1);
    let options = options(Cryptosuite::EddsaJcs2022, &method);
    let input = |text: &str| to_be_signed(&object(text), &options).unwrap();
    let signed = sign(object(DOCUMENT), &options, &key).unwrap();
    let value = signed
        .get("proof")
        .and_then(|proof| proof.get("proofValue"));
    let value = value.and_then(Value::as_str).unwrap();
    let signature = crate::encoding::multibase::decode(value).unwrap();
    let signature = crate::key::Signature::from_slice(&signature).unwrap();
    let covered = input(DOCUMENT);
    assert!(key.public_key().verify(&covered, &signature).is_ok());
    assert_ne!(input(&DOCUMENT.replace("Ana", "Eva")), covered);
}

#[test]
fn a_suite_that_is_not_the_keys_is_refused() {
    let mut document = signed(Algorithm::Es256);
    proof_mut(&mut document).insert("cryptosuite", "eddsa-jcs-2022".into());
    assert_eq!(code(&document, &EXPECTED), Some(Code::ProofCryptosuite));
}

#[test]
fn purpose_challenge_and_domain_must_be_the_expected_ones() {
    let (key, method) = key(Algorithm::EdDsa, 1);
    let made = ProofOptions {
        purpose: Relationship::Authentication,
        challenge: Some("n0nce".to_owned()),
        domain: vec!["did:web:gate.example".to_owned()],
        ..options(Cryptosuite::EddsaJcs2022, &method)
    };
    let document = sign(object(DOCUMENT), &made, &key).unwrap();
    let right = Expected {
        challenge: Binding::Exactly("n0nce"),
        domain: Binding::Exactly(&["did:web:gate.example"]),
        ..Expected::mandate(Relationship::Authentication, now())
    };
    assert_eq!(code(&document, &right), None);
    let wrong = [
        Expected {
            purpose: Relationship::AssertionMethod,
            ..right
        },
        Expected {
            challenge: Binding::Exactly("other"),
            ..right
        },
        Expected {
            challenge: Binding::Absent,
            ..right
        },
        Expected {
            domain: Binding::Exactly(&["did:web:other.example"]),
            ..right
        },
        Expected {
            domain: Binding::Absent,
            ..right
        },
    ];
    for expected in wrong {
        assert_eq!(
            code(&document, &expected),
            Some(Code::ProofPurpose),
            "{expected:?}"
        );
    }
    let without = sign(
        object(DOCUMENT),
        &options(Cryptosuite::EddsaJcs2022, &method),
        &key,
    )
    .unwrap();
    let wanted = Expected {
        challenge: Binding::Exactly("n0nce"),
        ..EXPECTED
    };
    assert_eq!(code(&without, &wanted), Some(Code::ProofPurpose));
}

#[test]
fn an_expired_proof_is_refused_from_its_instant_on() {
    let (key, method) = key(Algorithm::EdDsa, 1);
    let document = sign(
        object(DOCUMENT),
        &ProofOptions {
            expires: Some(now()),
            ..options(Cryptosuite::EddsaJcs2022, &method)
        },
        &key,
    );
    let document = document.unwrap();
    let at = |second| Expected {
        now: Timestamp::from_second(second).unwrap(),
        ..EXPECTED
    };
    assert_eq!(code(&document, &at(1_769_999_999)), None);
    assert_eq!(
        code(&document, &at(1_770_000_000)),
        Some(Code::ProofExpired)
    );
}

#[test]
fn contexts_may_be_continued_but_not_changed() {
    let with = |context: &str| {
        let mut document = signed(Algorithm::EdDsa);
        let context = parse(context.as_bytes(), &Limits::small())
            .unwrap()
            .into_owned();
        document.insert("@context", context);
        code(&document, &EXPECTED)
    };
    assert_eq!(
        with(r#"["https://www.w3.org/ns/credentials/v2","https://a.example/"]"#),
        None
    );
    for changed in [
        r#"["https://a.example/","https://www.w3.org/ns/credentials/v2"]"#,
        "[]",
        r#""x""#,
    ] {
        assert_eq!(with(changed), Some(Code::ProofContext), "{changed}");
    }
    let mut missing = signed(Algorithm::EdDsa);
    missing.remove("@context");
    assert_eq!(code(&missing, &EXPECTED), Some(Code::ProofContext));
    let mut unsigned_context = signed(Algorithm::EdDsa);
    proof_mut(&mut unsigned_context).remove("@context");
    assert_eq!(code(&unsigned_context, &EXPECTED), Some(Code::ProofContext));
}

/// Two officers sign, then a third signs that both did.
fn chain() -> Object<'static> {
    let mut document = object(DOCUMENT);
    for (seed, id) in [(1, "urn:a"), (2, "urn:b")] {
        let (key, method) = key(Algorithm::EdDsa, seed);
        let options = ProofOptions {
            id: Some(id.to_owned()),
            ..options(Cryptosuite::EddsaJcs2022, &method)
        };
        document = sign(document, &options, &key).unwrap();
    }
    let (key, method) = key(Algorithm::Es256, 3);
    let previous = vec!["urn:a".to_owned(), "urn:b".to_owned()];
    sign(
        document,
        &ProofOptions {
            previous,
            ..options(Cryptosuite::EcdsaJcs2019, &method)
        },
        &key,
    )
    .unwrap()
}

fn proofs_mut<'d>(document: &'d mut Object<'static>) -> &'d mut Vec<Value<'static>> {
    match document.get_mut("proof") {
        Some(Value::Array(proofs)) => proofs,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_chain_names_all_who_signed_and_loses_none() {
    assert_eq!(check(&chain(), &EXPECTED).unwrap().len(), 3);
    for gone in 0..2 {
        let mut document = chain();
        proofs_mut(&mut document).remove(gone);
        assert_eq!(code(&document, &EXPECTED), Some(Code::ProofChain), "{gone}");
    }
    let mut swapped = chain();
    proofs_mut(&mut swapped).swap(0, 1);
    assert_eq!(code(&swapped, &EXPECTED), Some(Code::SignatureInvalid));
}

#[test]
fn an_earlier_proof_put_in_the_place_of_another_is_noticed() {
    let mut document = chain();
    let (key, method) = key(Algorithm::EdDsa, 9);
    let options = ProofOptions {
        id: Some("urn:a".to_owned()),
        ..options(Cryptosuite::EddsaJcs2022, &method)
    };
    let other = sign(object(DOCUMENT), &options, &key)
        .unwrap()
        .remove("proof")
        .unwrap();
    proofs_mut(&mut document)[0] = other;
    assert_eq!(code(&document, &EXPECTED), Some(Code::SignatureInvalid));
}

#[test]
fn ids_that_leave_a_doubt_are_refused() {
    let mut document = chain();
    let copy = proofs_mut(&mut document)[0].clone();
    proofs_mut(&mut document).push(copy);
    assert_eq!(code(&document, &EXPECTED), Some(Code::ProofChain));
    let mut document = signed(Algorithm::EdDsa);
    proof_mut(&mut document).insert("id", "urn:a".into());
    proof_mut(&mut document).insert("previousProof", "urn:a".into());
    assert_eq!(code(&document, &EXPECTED), Some(Code::ProofChain));
}

#[test]
fn the_budget_bounds_proofs() {
    let mut document = signed(Algorithm::EdDsa);
    let proof = document.get("proof").unwrap().clone();
    document.insert("proof", Value::Array(vec![proof; 65]));
    assert_eq!(code(&document, &EXPECTED), Some(Code::BudgetExhausted));
    // So are those that only rest on one another: to put them in order is work too.
    let link = |i: usize| {
        let names = [("id", i), ("previousProof", i + 1)];
        Value::object(names.map(|(name, i)| (name, Value::from(format!("urn:example:{i}")))))
    };
    document.insert("proof", Value::array((0..5000).map(link)));
    assert_eq!(code(&document, &EXPECTED), Some(Code::BudgetExhausted));
}

#[test]
fn documents_without_a_proof_are_refused() {
    let mut document = object(DOCUMENT);
    assert_eq!(code(&document, &EXPECTED), Some(Code::ProofMalformed));
    for proof in [Value::Null, Value::Array(Vec::new()), Value::from("x")] {
        document.insert("proof", proof);
        assert_eq!(code(&document, &EXPECTED), Some(Code::ProofMalformed));
    }
}

proptest! {
    #[test]
    fn every_change_of_content_is_noticed(at in 0usize..2000, c in "[a-zA-Z0-9\"\\[\\]{},:]") {
        let document = Value::Object(signed(Algorithm::EdDsa));
        let text = String::from_utf8(crate::encoding::jcs::canonicalize(&document).unwrap()).unwrap();
        let at = at % text.len();
        let mut changed = text.clone();
        changed.replace_range(at..=at, &c);
        prop_assume!(changed != text);
        let Ok(Value::Object(changed)) = parse(changed.as_bytes(), &Limits::small()) else {
            return Ok(());
        };
        prop_assert!(check(&changed, &EXPECTED).is_err(), "{:?}", changed);
    }
}
