//! W3C credentials and presentations in JWS, beside the library `jose`.

use identity_core::{
    did::{self, LocalResolver},
    encoding::strict_json::Value as Strict,
    key::{Algorithm, SecretKey, Signer as _},
    proof::{
        SignerDid,
        enveloping::{self, EnvelopeError, Expected, Form, Kind, MediaType, SignatureLife},
    },
    verify::Budget,
};
use serde_json::{Value, json};
use testkit::world;

use crate::{data_integrity::object, generate, peer::Peer};

/// How many credentials each direction has with each algorithm.
const MANY: u64 = 60;

fn verify(jwt: &str, kind: Kind) -> Result<(SignerDid, Value), EnvelopeError> {
    let expected = Expected {
        media_type: MediaType::new(kind, Form::Jwt),
        life: SignatureLife::JudgeAt(world::now()),
    };
    let (resolver, mut budget) = (LocalResolver::new(), Budget::presentation());
    let (signer, secured) = enveloping::verify(jwt, expected, &resolver, &mut budget)?;
    Ok((signer, Strict::Object(secured.document).to_serde()))
}

fn each_algorithm(mut run: impl FnMut(&'static str, Algorithm)) {
    run("EdDSA", Algorithm::EdDsa);
    run("ES256", Algorithm::Es256);
}

fn changed(jwt: &str) -> String {
    let parts: Vec<&str> = jwt.split('.').collect();
    let payload = identity_core::encoding::base64url::decode(parts[1]).unwrap();
    let mut payload: Value = serde_json::from_slice(&payload).unwrap();
    payload["validUntil"] = "2099-01-01T00:00:00Z".into();
    let payload = identity_core::encoding::base64url::encode(payload.to_string().as_bytes());
    [parts[0], &payload, parts[2]].join(".")
}

#[test]
fn they_sign_and_we_verify() {
    let Some(mut peer) = Peer::node() else { return };
    each_algorithm(|alg, _| {
        for number in 0..MANY {
            let mut payload = generate::credential(number);
            payload["issuer"] = "did:jwk".into();
            let header = json!({"typ": "vc+jwt", "cty": "vc", "kid": "did:jwk", "example": number});
            let made = peer.ask(
                "jose.sign",
                json!({"alg": alg, "header": header, "payload": payload}),
            );
            let made = made.unwrap();
            let jwt = made["jwt"].as_str().unwrap();
            let (signer, document) = verify(jwt, Kind::Credential).unwrap();
            assert_eq!(document["issuer"], signer.did().as_str());
            assert_eq!(document["credentialSubject"], payload["credentialSubject"]);
            verify(&changed(jwt), Kind::Credential).unwrap_err();
            verify(jwt, Kind::Presentation).unwrap_err();
        }
    });
}

#[test]
fn we_sign_and_they_verify() {
    let Some(mut peer) = Peer::node() else { return };
    each_algorithm(|_, algorithm| {
        let key = SecretKey::from_secret_bytes(algorithm, &[9; 32]).unwrap();
        let did = did::key::create(key.public_key());
        let method = did.with_fragment(did.specific_id()).unwrap().to_string();
        let jwk = key.public_key().to_jwk().to_serde();
        for number in 0..MANY {
            let mut credential = generate::credential(number);
            credential["issuer"] = did.as_str().into();
            let jwt = enveloping::sign(&object(&credential), Kind::Credential, &key, Some(&method));
            let jwt = jwt.unwrap();
            let asked = json!({"jwt": jwt, "jwk": jwk, "typ": "vc+jwt"});
            assert_eq!(peer.ask("jose.verify", asked).unwrap(), credential);
            verify(&jwt, Kind::Credential).unwrap();
            let asked = json!({"jwt": changed(&jwt), "jwk": jwk, "typ": "vc+jwt"});
            peer.ask("jose.verify", asked).unwrap_err();
        }
    });
}

#[test]
fn presentations_go_both_ways() {
    let Some(mut peer) = Peer::node() else { return };
    let presentation = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": "did:jwk",
    });
    each_algorithm(|alg, algorithm| {
        let header = json!({"typ": "vp+jwt", "cty": "vp", "kid": "did:jwk"});
        let made = peer.ask(
            "jose.sign",
            json!({"alg": alg, "header": header, "payload": presentation}),
        );
        let made = made.unwrap();
        verify(made["jwt"].as_str().unwrap(), Kind::Presentation).unwrap();
        verify(&changed(made["jwt"].as_str().unwrap()), Kind::Presentation).unwrap_err();

        let key = SecretKey::from_secret_bytes(algorithm, &[9; 32]).unwrap();
        let did = did::key::create(key.public_key());
        let method = did.with_fragment(did.specific_id()).unwrap().to_string();
        let mut ours = presentation.clone();
        ours["holder"] = did.as_str().into();
        let jwt =
            enveloping::sign(&object(&ours), Kind::Presentation, &key, Some(&method)).unwrap();
        let asked =
            json!({"jwt": jwt, "jwk": key.public_key().to_jwk().to_serde(), "typ": "vp+jwt"});
        assert_eq!(peer.ask("jose.verify", asked).unwrap(), ours);
    });
}
