//! The two profiles, and what breaks each.

use serde_json::{Value as Json, json};

use super::*;

const PLACE: &str = "registry.example:api:v1:did:18fa7c77-9dd1-4e20-a147-fb1bec146085";

fn swiss() -> Content {
    let purposes = vec![Relationship::AssertionMethod, Relationship::Authentication];
    Content {
        methods: vec![(p256(21), purposes)],
        ..Content::default()
    }
}

fn made(profile: Profile, draft: Draft<'_>) -> Result<DidHistory, WebvhError> {
    let time = at("2026-01-01T00:00:00Z");
    let signed = draft.prepare(profile, time)?.sign(&key(1), time)?;
    verify(&signed.line)
}

#[test]
fn profile_b_writes_what_the_swiss_profile_asks_for() {
    let draft = || Draft::genesis(PLACE, &[public(1)], swiss()).unwrap();
    let history = made(Profile::B, draft().announce(&[public(2)])).unwrap();
    assert_eq!(Profile::B.check(&history), Ok(()));
    let state: Json = serde_json::from_str(&history.latest().document_json).unwrap();
    let did = history.did().to_string();
    let name = format!("{did}#{}", p256(21).to_multikey());
    assert_eq!(state["profile_version"], "swiss-profile-anchor:1.0.0");
    let jwk = &state["verificationMethod"][0]["publicKeyJwk"];
    assert_eq!(
        (&jwk["crv"], &jwk["alg"]),
        (&json!("P-256"), &json!("ES256"))
    );
    assert_eq!(state["authentication"], json!([name]));
    assert_eq!(state["assertionMethod"], json!([name]));
    let members: Vec<_> = state.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "assertionMethod",
            "authentication",
            "id",
            "profile_version",
            "verificationMethod"
        ]
    );
    assert_eq!(history.latest().document.methods()[0].key(), &p256(21));
    // Announcing keys is recommended there, not required.
    assert!(made(Profile::B, draft()).is_ok());
    assert_eq!(
        Profile::A.check(&history).map_err(|e| e.code()),
        Err(Code::DidLogProfile)
    );
}

#[test]
fn profile_b_refuses_what_the_swiss_profile_does_not_have() {
    let witnesses = Witnesses::new(1, vec![multikey(11)]).unwrap();
    let with = |change: &dyn Fn(&mut Content)| {
        let mut content = swiss();
        change(&mut content);
        Draft::genesis(PLACE, &[public(1)], content).unwrap()
    };
    let plain = || with(&|_| ());
    assert!(made(Profile::B, plain()).is_ok());
    let service = json!({"id": "#x", "type": "X", "serviceEndpoint": "https://x.example"});
    let service = crate::encoding::strict_json::Value::from_serde(&service);
    for (what, draft) in [
        ("portable", plain().portable(true)),
        ("witness", plain().witness(&witnesses)),
        (
            "watchers",
            plain().watchers(vec!["https://w.example".to_owned()]),
        ),
        (
            "Ed25519",
            with(&|content| content.methods.push((public(22), Vec::new()))),
        ),
        (
            "invocation",
            with(&|content| {
                content.methods[0]
                    .1
                    .push(Relationship::CapabilityInvocation);
            }),
        ),
        (
            "alsoKnownAs",
            with(&|content| content.also_known_as.push("did:web:x.example".to_owned())),
        ),
        (
            "service",
            with(&|content| content.services.push(service.clone())),
        ),
    ] {
        let found = made(Profile::B, draft).map_err(|e| e.code());
        assert_eq!(found, Err(Code::DidLogProfile), "{what}");
    }
}

/// What breaks a profile, and the change that does.
type Change = (&'static str, &'static dyn Fn(&mut Json));

/// A good log of the profile by somebody else, with a change in its document.
fn changed(change: impl Fn(&mut Json)) -> Result<(), Code> {
    let draft = Draft::genesis(PLACE, &[public(1)], swiss()).unwrap();
    let history = made(Profile::B, draft).unwrap();
    let text = history
        .latest()
        .document_json
        .replace(history.scid(), "{SCID}");
    let mut state: Json = serde_json::from_str(&text).unwrap();
    change(&mut state);
    let forge = Forge::genesis(json!({"portable": false, "witness": {}, "watchers": []}));
    let history = verify(&forge.with(|step| step.state = state.clone()).log()).unwrap();
    Profile::B.check(&history).map_err(|e| e.code())
}

#[test]
fn profile_b_is_checked_in_the_logs_of_others() {
    assert_eq!(changed(|_| ()), Ok(()));
    assert_eq!(
        changed(|state| state["controller"] = state["id"].clone()),
        Ok(())
    );
    let broken: [Change; 13] = [
        ("version", &|state| {
            state["profile_version"] = json!("swiss-profile-anchor:0.9");
        }),
        ("context", &|state| {
            state["@context"] = json!(["https://www.w3.org/ns/did/v1"]);
        }),
        ("agreement", &|state| state["keyAgreement"] = json!([])),
        ("delegation", &|state| {
            state["capabilityDelegation"] = json!([]);
        }),
        ("controller", &|state| {
            state["controller"] = json!("did:web:x.example");
        }),
        ("other controller", &|state| {
            state["verificationMethod"][0]["controller"] = json!("did:web:x.example");
        }),
        ("relative id", &|state| {
            let id = state["verificationMethod"][0]["id"]
                .as_str()
                .unwrap()
                .to_owned();
            let (_, fragment) = id.split_once('#').unwrap();
            state["verificationMethod"][0]["id"] = json!(format!("#{fragment}"));
        }),
        ("relative purpose", &|state| {
            state["authentication"] = json!(["#x"]);
        }),
        ("embedded purpose", &|state| {
            state["authentication"] = json!([state["verificationMethod"][0]]);
            state["verificationMethod"] = json!([]);
        }),
        ("no alg", &|state| {
            let jwk = state["verificationMethod"][0]["publicKeyJwk"]
                .as_object_mut()
                .unwrap();
            jwk.remove("alg");
        }),
        ("multikey", &|state| {
            state["verificationMethod"][0]["publicKeyMultibase"] = json!(p256(21).to_multikey());
        }),
        ("no jwk", &|state| {
            let method = &mut state["verificationMethod"][0];
            method["type"] = json!("Multikey");
            method["publicKeyMultibase"] = json!(p256(21).to_multikey());
            method.as_object_mut().unwrap().remove("publicKeyJwk");
        }),
        ("other curve", &|state| {
            let jwk = json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA",
                "x": "0-e2i2_Ua1S5HbTYnVB0lj2Z2ytXu2-tYmDFf8f5NjU"});
            state["verificationMethod"][0]["publicKeyJwk"] = jwk;
        }),
    ];
    for (what, change) in broken {
        assert_eq!(changed(change), Err(Code::DidLogProfile), "{what}");
    }
}

#[test]
fn profile_a_is_checked_in_the_logs_of_others() {
    let content = Content {
        methods: vec![(public(21), vec![Relationship::AssertionMethod])],
        ..Content::default()
    };
    let draft = Draft::genesis("parliament.example", &[public(1)], content).unwrap();
    let good = made(Profile::A, draft.announce(&[public(2)])).unwrap();
    let check = |parameters: Json, change: &dyn Fn(&mut Json)| {
        let text = good.latest().document_json.replace(good.scid(), "{SCID}");
        let mut state: Json = serde_json::from_str(&text).unwrap();
        change(&mut state);
        let forge = Forge::genesis(parameters).with(|step| step.state = state.clone());
        let history = verify(&forge.log()).unwrap();
        Profile::A.check(&history).map_err(|e| e.code())
    };
    let announced = json!({"nextKeyHashes": [key_hash(&multikey(2))]});
    assert_eq!(check(announced.clone(), &|_| ()), Ok(()));
    assert_eq!(check(json!({}), &|_| ()), Err(Code::DidLogProfile));
    let broken: [Change; 4] = [
        ("no did:web", &|state| {
            state["alsoKnownAs"] = json!(["did:web:x.example"]);
        }),
        ("named otherwise", &|state| {
            state["assertionMethod"] = json!([]);
            state["verificationMethod"][0]["id"] = json!("#key-1");
        }),
        ("another kind of key", &|state| {
            let method = json!({"id": "#x", "type": "Other", "controller": state["id"]});
            state["verificationMethod"]
                .as_array_mut()
                .unwrap()
                .push(method);
        }),
        ("another DID's key", &|state| {
            state["verificationMethod"][0]["controller"] = json!("did:web:x.example");
        }),
    ];
    for (what, change) in broken {
        assert_eq!(
            check(announced.clone(), change),
            Err(Code::DidLogProfile),
            "{what}"
        );
    }
    assert_eq!([Profile::A.as_str(), Profile::B.as_str()], ["A", "B"]);
}
