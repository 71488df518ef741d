//! The published vectors over canonical RDF, step by step.

use super::*;
use crate::ld::{self, Contexts};

const LENIENT: Expected<'static> = Expected {
    strictness: Strictness::W3c,
    ..EXPECTED
};

fn contexts() -> Contexts {
    let file = testkit::vectors("contexts/citizenship-v4rc1.jsonld").unwrap();
    let url = "https://w3id.org/citizenship/v4rc1";
    Contexts::standard()
        .with(url, &std::fs::read(file).unwrap())
        .unwrap()
}

fn check_in(document: &Object<'_>) -> Result<Vec<SignerDid>, ProofError> {
    let budget = &mut Budget::presentation();
    verify_with_contexts(
        document,
        &LENIENT,
        &contexts(),
        &LocalResolver::new(),
        budget,
    )
}

fn secret(multikey: &str) -> SecretKey {
    // A multikey of prefix 0x1300 (ed25519-priv).
    let bytes = crate::encoding::multibase::decode(multikey).unwrap();
    SecretKey::from_secret_bytes(Algorithm::EdDsa, bytes[2..].try_into().unwrap()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, b| text + &format!("{b:02x}"))
}

#[test]
fn every_step_of_the_published_examples_comes_out() {
    use sha2::{Digest as _, Sha256};
    let Some(folder) = testkit::vectors("w3c-di/eddsa") else {
        return;
    };
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let pair = object(&read("keyPair.json"));
    let secret = secret(
        pair.get("privateKeyMultibase")
            .and_then(Value::as_str)
            .unwrap(),
    );
    for (unsigned, steps) in [
        ("unsigned.json", "eddsa-rdfc-2022"),
        ("employmentAuth.json", "eddsa-rdfc-2022/employ"),
    ] {
        let read = |name: &str| read(&format!("{steps}/{name}"));
        let contexts = contexts();
        let canonical = |document: &Object<'_>| {
            ld::canonicalize(document, &contexts, &mut Budget::presentation()).unwrap()
        };
        let document = object(&std::fs::read_to_string(folder.join(unsigned)).unwrap());
        let config = object(&read("proofConfigDataInt.json"));
        let (document_text, config_text) = (canonical(&document), canonical(&config));
        assert_eq!(document_text, read("canonDocDataInt.txt"));
        assert_eq!(config_text, read("proofCanonDataInt.txt"));
        let (one, other) = (Sha256::digest(config_text), Sha256::digest(document_text));
        assert_eq!(hex(&one), read("proofHashDataInt.txt").trim());
        assert_eq!(hex(&other), read("docHashDataInt.txt").trim());
        let combined = [one, other].concat();
        assert_eq!(hex(&combined), read("combinedHashDataInt.txt").trim());

        let signed = object(&read("signedDataInt.json"));
        let signers = check_in(&signed).unwrap();
        let created = config.get("created").and_then(Value::as_str).unwrap();
        let options = ProofOptions {
            created: created.parse().unwrap(),
            ..options(Cryptosuite::EddsaRdfc2022, signers[0].method())
        };
        let ours = sign_with_contexts(document, &options, &secret, &contexts).unwrap();
        assert_eq!(ours.get("proof"), signed.get("proof"), "{steps}");
    }
}

#[test]
fn the_published_sets_and_chains_verify_and_lose_no_proof() {
    let Some(folder) = testkit::vectors("w3c-di/eddsa/proof-set-chain") else {
        return;
    };
    for (name, count) in [
        ("signedProofSet1.json", 1),
        ("signedProofSet2.json", 2),
        ("signedProofChain1.json", 3),
        ("signedProofChain2.json", 4),
    ] {
        let document = object(&std::fs::read_to_string(folder.join(name)).unwrap());
        assert_eq!(check_in(&document).unwrap().len(), count, "{name}");
        let mut changed = document.clone();
        changed.insert("name", "Another Credential".into());
        let error = check_in(&changed).unwrap_err();
        assert_eq!(error.code(), Code::SignatureInvalid, "{name}");
        // Over RDF the order of the proofs says nothing; one that others rest on may not go.
        if name.contains("Chain") {
            let mut swapped = document.clone();
            proofs_mut(&mut swapped).reverse();
            assert_eq!(check_in(&swapped).unwrap().len(), count, "{name}");
            for gone in 0..2 {
                let mut without = document.clone();
                proofs_mut(&mut without).remove(gone);
                assert_eq!(check_in(&without).unwrap_err().code(), Code::ProofChain);
            }
        }
    }
}

#[test]
fn the_obsolete_suite_is_refused_by_name() {
    let Some(file) = testkit::vectors("w3c-di/eddsa/Ed25519Signature2020/signedEdSig.json") else {
        return;
    };
    let document = object(&std::fs::read_to_string(file).unwrap());
    let error = check_in(&document).unwrap_err();
    assert_eq!(error.code(), Code::ProofMalformed);
    assert!(error.to_string().contains("DataIntegrityProof"), "{error}");
}

/// A credential of this project, secured over RDF.
fn mandate() -> Object<'static> {
    let (key, method) = key(Algorithm::EdDsa, 1);
    let document = r#"{"@context":["https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/examples/v2"],"id":"urn:uuid:1","type":["VerifiableCredential"],
        "issuer":"did:example:i","validFrom":"2026-01-01T00:00:00Z","name":{"@value":"Mandate","@language":"en"},
        "credentialSubject":{"id":"did:example:s","givenName":"Ana","seat":117,"isChair":true,
        "committee":[{"name":"Budget"},{"name":"Law"}]}}"#;
    let options = ProofOptions {
        challenge: Some("n0nce".to_owned()),
        domain: vec!["a.example".to_owned()],
        nonce: Some("salt".to_owned()),
        expires: Some(Timestamp::from_second(1_900_000_000).unwrap()),
        id: Some("urn:uuid:2".to_owned()),
        ..options(Cryptosuite::EddsaRdfc2022, &method)
    };
    sign(object(document), &options, &key).unwrap()
}

#[test]
fn mandates_are_never_taken_over_rdf() {
    let anything = Expected {
        challenge: Binding::Any,
        domain: Binding::Any,
        ..LENIENT
    };
    assert_eq!(code(&mandate(), &anything), None);
    let strict = Expected {
        strictness: Strictness::Mandate,
        ..anything
    };
    assert_eq!(code(&mandate(), &strict), Some(Code::ProofCryptosuite));
}

proptest! {
    /// Whatever byte is changed, either it is refused or it says the same, in another order.
    #[test]
    fn every_change_of_what_is_said_is_noticed(at in 0usize..4000, c in "[a-zA-Z0-9\"\\[\\]{},:]") {
        let anything = Expected { challenge: Binding::Any, domain: Binding::Any, ..LENIENT };
        let document = mandate();
        let text = crate::encoding::jcs::canonicalize(&Value::Object(document.clone())).unwrap();
        let text = String::from_utf8(text).unwrap();
        let at = at % text.len();
        let mut changed = text.clone();
        changed.replace_range(at..=at, &c);
        prop_assume!(changed != text);
        let Ok(Value::Object(changed)) = parse(changed.as_bytes(), &Limits::small()) else {
            return Ok(());
        };
        prop_assert!(check(&changed, &anything).is_err(), "{:?}", changed);
    }
}
