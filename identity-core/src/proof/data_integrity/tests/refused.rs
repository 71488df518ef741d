//! Proofs whose signature matches, and which are refused for what they say.

use super::*;
use crate::encoding::multibase;

fn hash(document: &Object<'static>, proof: &Object<'static>) -> [u8; 64] {
    #[cfg(feature = "rdfc")]
    let contexts = crate::ld::Contexts::standard();
    let mut setting = suite::Setting {
        strictness: Strictness::Mandate,
        #[cfg(feature = "rdfc")]
        contexts: &contexts,
        #[cfg(not(feature = "rdfc"))]
        contexts: core::marker::PhantomData,
        budget: &mut Budget::presentation(),
    };
    let (document, proof) = (
        suite::Without::nothing(document),
        suite::Without::nothing(proof),
    );
    suite::hash_data(Cryptosuite::EddsaJcs2022, document, proof, &mut setting).unwrap()
}

/// Signs a proof of these members, whatever they are.
fn signed_as(change: impl FnOnce(&mut Object<'static>)) -> Object<'static> {
    let (key, _) = key(Algorithm::EdDsa, 1);
    let mut document = signed(Algorithm::EdDsa);
    let Some(Value::Object(mut proof)) = document.remove("proof") else {
        panic!("no proof")
    };
    proof.remove("proofValue");
    change(&mut proof);
    let data = hash(&document, &proof);
    let signature = key.try_sign(&data).unwrap();
    let value = multibase::encode_z(signature.as_bytes());
    proof.insert("proofValue", value.into());
    document.insert("proof", proof.into());
    document
}

#[test]
fn a_signed_proof_is_refused_for_what_it_says() {
    type Change = fn(&mut Object<'static>);
    assert_eq!(code(&signed_as(|_| ()), &EXPECTED), None);
    let cases: [(Change, Code); 14] = [
        (|p| drop(p.remove("type")), Code::ProofMalformed),
        (
            |p| drop(p.insert("type", "Ed25519Signature2020".into())),
            Code::ProofMalformed,
        ),
        (
            |p| drop(p.insert("type", Value::array(["DataIntegrityProof"]))),
            Code::ProofMalformed,
        ),
        (|p| drop(p.remove("proofPurpose")), Code::ProofPurpose),
        (|p| drop(p.remove("cryptosuite")), Code::ProofMalformed),
        (
            |p| drop(p.remove("verificationMethod")),
            Code::ProofMalformed,
        ),
        // For somebody or in answer to something, though not in a way that can be compared.
        (
            |p| drop(p.insert("domain", Value::array(["did:web:gate.example"]))),
            Code::ProofPurpose,
        ),
        (
            |p| drop(p.insert("domain", Value::Null)),
            Code::ProofPurpose,
        ),
        (
            |p| drop(p.insert("challenge", Value::array(["n0nce"]))),
            Code::ProofPurpose,
        ),
        (
            |p| drop(p.insert("challenge", Value::Null)),
            Code::ProofPurpose,
        ),
        (
            |p| drop(p.insert("created", "yesterday".into())),
            Code::ProofMalformed,
        ),
        (
            |p| drop(p.insert("created", Value::Null)),
            Code::ProofMalformed,
        ),
        (
            |p| drop(p.insert("expires", "never".into())),
            Code::ProofMalformed,
        ),
        (
            |p| drop(p.insert("expires", 4_102_444_800_i64.into())),
            Code::ProofMalformed,
        ),
    ];
    for (i, (change, expected)) in cases.into_iter().enumerate() {
        let found = code(&signed_as(change), &EXPECTED);
        assert_eq!(found, Some(expected), "case {i}");
    }
}

#[test]
fn a_signature_has_one_spelling() {
    let mut document = signed(Algorithm::EdDsa);
    let proof = proof_mut(&mut document);
    let value = proof.get("proofValue").and_then(Value::as_str).unwrap();
    let bytes = multibase::decode(value).unwrap();
    for other in [
        multibase::encode_u(&bytes),
        value[1..].to_owned(),
        format!("{value} "),
        multibase::encode_z(&bytes[..63]),
        multibase::encode_z(&[&bytes[..], &[0]].concat()),
    ] {
        let mut changed = document.clone();
        proof_mut(&mut changed).insert("proofValue", other.clone().into());
        let found = code(&changed, &EXPECTED);
        assert_eq!(found, Some(Code::ProofMalformed), "{other}");
    }
}
