//! The `ssi` crates beside ours: they sign and we verify, we sign and they verify, and both refuse a
//! change. Canonical RDF in both cryptosuites, and SD-JWT.

use identity_core::{
    did::{self, LocalResolver, Relationship},
    encoding::strict_json::{Limits, Object, Value, parse},
    key::{Algorithm, SecretKey, Signer as _},
    proof::{
        data_integrity::{Cryptosuite, Expected, ProofOptions, Strictness, sign, verify},
        sd_jwt::SdJwt,
    },
    verify::Budget,
};
use mandate_peers::at_once;
use serde_json::json;
use ssi::{
    claims::{
        data_integrity::{
            AnySuite, CryptographicSuite as _, ProofOptions as Theirs, from_json_str,
        },
        jwt::{AnyClaims, JWTClaims},
        sd_jwt::{ConcealJwtClaims as _, SdAlg, SdJwt as TheirSdJwt},
        vc::v2::JsonCredential,
    },
    dids::{DIDKey, DIDResolver as _},
    prelude::{SingleSecretSigner, VerificationParameters},
    verification_methods::AnyMethod,
};
use testkit::world::{self, World};

/// How many credentials each direction has.
const MANY: usize = 50;

const SUITES: [(Cryptosuite, &str); 2] = [
    (Cryptosuite::EddsaRdfc2022, "eddsa"),
    (Cryptosuite::EcdsaRdfc2019, "ecdsa"),
];

/// A credential with a few claims, different for each number.
fn credential(number: usize, issuer: &str) -> serde_json::Value {
    let mut claims = json!({"id": format!("urn:example:{number}")});
    for at in 0..=number % 9 {
        claims[format!("claim{at}")] = match (number + at) % 4 {
            0 => json!(number * 31 + at),
            1 => json!(number % 2 == 0),
            2 => json!({"label": "Łódź \"North\"\n", "code": number}),
            _ => json!(["衆議院", "مجلس", format!("seat {at}")]),
        };
    }
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
        "id": format!("urn:example:credential:{number}"),
        "type": ["VerifiableCredential", "ExampleCredential"],
        "issuer": issuer,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": claims,
    })
}

fn object(text: &str) -> Object<'static> {
    match parse(text.as_bytes(), &Limits::large())
        .unwrap()
        .into_owned()
    {
        Value::Object(object) => object,
        other => panic!("{other:?}"),
    }
}

fn ours(text: &str) -> bool {
    let expected = Expected {
        strictness: Strictness::W3c,
        ..Expected::mandate(Relationship::AssertionMethod, world::now())
    };
    let mut budget = Budget::presentation();
    verify(&object(text), &expected, &LocalResolver::new(), &mut budget).is_ok()
}

fn theirs(text: &str) -> bool {
    let resolver = DIDKey.into_vm_resolver::<AnyMethod>();
    let parameters = VerificationParameters::from_resolver(resolver);
    let parsed = from_json_str::<JsonCredential, AnySuite>(text).unwrap();
    at_once(parsed.verify(&parameters)).is_ok_and(|inner| inner.is_ok())
}

fn changed(text: &str) -> String {
    text.replacen("urn:example:", "urn:example:x", 1)
}

#[test]
fn we_sign_and_they_verify() {
    for (suite, _) in SUITES {
        let key = SecretKey::from_secret_bytes(suite.algorithm(), &[7; 32]).unwrap();
        let did = did::key::create(key.public_key());
        let method = did.with_fragment(did.specific_id()).unwrap();
        for number in 0..MANY {
            let document = object(&credential(number, did.as_str()).to_string());
            let purpose = Relationship::AssertionMethod;
            let options = ProofOptions::new(suite, method.clone(), purpose, world::now());
            let signed = sign(document, &options, &key).unwrap();
            let text = Value::Object(signed).to_serde().to_string();
            assert!(ours(&text) && theirs(&text), "{text}");
            assert!(!ours(&changed(&text)) && !theirs(&changed(&text)));
        }
    }
}

#[test]
fn they_sign_and_we_verify() {
    for (suite, name) in SUITES {
        let key = match suite.algorithm() {
            Algorithm::EdDsa => ssi::JWK::generate_ed25519().unwrap(),
            _ => ssi::JWK::generate_p256(),
        };
        let did = DIDKey::generate_url(&key).unwrap();
        let issuer = did.as_str().split('#').next().unwrap().to_owned();
        let method: ssi::verification_methods::ReferenceOrOwned<AnyMethod> = did.into_iri().into();
        let signer = SingleSecretSigner::new(key).into_local();
        let resolver = DIDKey.into_vm_resolver::<AnyMethod>();
        let suite = match name {
            "eddsa" => AnySuite::EdDsaRdfc2022,
            _ => AnySuite::EcdsaRdfc2019,
        };
        for number in 0..MANY {
            let document: JsonCredential =
                serde_json::from_value(credential(number, &issuer)).unwrap();
            let options = Theirs::from_method(method.clone());
            let signed = at_once(suite.sign(document, &resolver, &signer, options)).unwrap();
            let text = serde_json::to_string(&signed).unwrap();
            assert!(ours(&text) && theirs(&text), "{text}");
            assert!(!ours(&changed(&text)) && !theirs(&changed(&text)));
        }
    }
}

#[test]
fn they_read_the_mandates_that_our_issuer_makes() {
    let resolver = DIDKey.into_vm_resolver::<AnyMethod>();
    let parameters = VerificationParameters::from_resolver(resolver);
    for number in 0..MANY {
        let index = u64::try_from(number).unwrap();
        let text = World::new().issue(|draft| draft.slot.index = index);
        let read = |text: &str| {
            let sd_jwt = TheirSdJwt::new(text).ok()?;
            let (revealed, verification) =
                at_once(sd_jwt.decode_reveal_verify_any(&parameters)).ok()?;
            verification.ok()?;
            serde_json::to_value(revealed.claims()).ok()
        };
        let claims = read(&text).unwrap();
        assert_eq!(claims["seat"], "112");
        let (head, rest) = text.split_once('.').unwrap();
        assert!(read(&format!("{head}.{}", rest.replacen('A', "B", 1))).is_none());
    }
}

#[test]
fn we_read_the_sd_jwts_that_they_make() {
    for number in 0..MANY {
        let jwk = ssi::JWK::generate_ed25519().unwrap();
        let public = parse_jwk(&jwk);
        let claims: JWTClaims<AnyClaims> = serde_json::from_value(json!({
            "iss": "https://issuer.example", "vct": "urn:example", "seat": number,
            "name": "Ana", "group": {"label": "Green"}, "languages": ["es", "ca"],
        }))
        .unwrap();
        let pointers = ["/seat", "/name", "/group", "/languages/0"];
        let pointers =
            pointers.map(|pointer| ssi::JsonPointerBuf::new(pointer.to_owned()).unwrap());
        let made = at_once(claims.conceal_and_sign(SdAlg::Sha256, &pointers, &jwk)).unwrap();
        let read = |text: &str| {
            let mut budget = Budget::presentation();
            let sd_jwt = SdJwt::parse(text, &mut budget).ok()?;
            let disclosed = sd_jwt.verify_with_key(&public, &mut budget).ok()?;
            Some(disclosed.claims().to_serde())
        };
        let claims = read(made.as_str()).unwrap();
        assert_eq!(claims["seat"], number);
        assert_eq!(claims["languages"], json!(["es", "ca"]));
        let (head, rest) = made.as_str().split_once('.').unwrap();
        assert!(read(&format!("{head}.{}", rest.replacen('A', "B", 1))).is_none());
    }
}

fn parse_jwk(jwk: &ssi::JWK) -> identity_core::key::PublicKey {
    let text = serde_json::to_string(&jwk.to_public()).unwrap();
    let value = parse(text.as_bytes(), &Limits::small()).unwrap();
    identity_core::key::PublicKey::from_jwk(&value).unwrap()
}
