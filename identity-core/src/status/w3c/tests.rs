mod bits;
mod entries;
mod lists;

use crate::{
    did::{LocalResolver, Relationship},
    encoding::strict_json::{Limits, Object, Value, parse},
    proof::{
        SignerDid,
        data_integrity::{self, Cryptosuite, Expected, ProofOptions},
    },
    testing::world::{World, did_of, key},
    verify::Budget,
};

fn budget() -> Budget {
    Budget::presentation()
}

fn json(text: &str) -> Object<'static> {
    let value = parse(text.as_bytes(), &Limits::small()).unwrap();
    let Value::Object(object) = value.into_owned() else {
        panic!("no object: {text}");
    };
    object
}

/// Signs a document with the key of that seed, and returns it with whom its verification names.
fn signed(document: Object<'static>, seed: u8) -> (Object<'static>, Vec<SignerDid>) {
    let did = did_of(seed);
    let method = did.with_fragment(did.specific_id()).unwrap();
    let purpose = Relationship::AssertionMethod;
    let options = ProofOptions::new(Cryptosuite::EddsaJcs2022, method, purpose, World::now());
    let signed = data_integrity::sign(document, &options, &key(seed)).unwrap();
    let expected = Expected::mandate(purpose, World::now());
    let signers =
        data_integrity::verify(&signed, &expected, &LocalResolver::new(), &mut budget()).unwrap();
    (signed, signers)
}

/// The signer of a credential by the key of that seed.
fn signer(seed: u8) -> SignerDid {
    let document = json(r#"{"@context": ["https://www.w3.org/ns/credentials/v2"]}"#);
    signed(document, seed).1.remove(0)
}
