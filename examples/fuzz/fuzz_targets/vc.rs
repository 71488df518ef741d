//! W3C credentials and presentations of anybody: as they come, with an issuer who signs anything, and
//! with schemas and resources that a stranger wrote.

#![no_main]

use std::{collections::BTreeMap, sync::LazyLock};

use identity_core::{
    credential::data_model,
    encoding::strict_json::{Object, Value},
    proof::enveloping::{self, Kind, MediaType},
    verify::{
        Budget,
        w3c::{
            AtHand, Authentic, Credential, NotAuthentic, Question, Secured, StatusPolicy,
            ValidityPolicy, check_draft, verify_credential, verify_presentation,
        },
    },
};
use libfuzzer_sys::fuzz_target;
use mandate_fuzz::{edited, json, open_mandate};
use testkit::world::{World, key, now};

static VC: LazyLock<String> = LazyLock::new(open_mandate);

/// What another issuer might write, with every member that is looked at.
static DRAFT: LazyLock<String> = LazyLock::new(|| {
    let issuer = World::new().method().did().to_string();
    format!(
        r#"{{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],
"id":"urn:x:y","name":{{"@value":"a","@language":"en","@direction":"ltr"}},
"issuer":{{"id":"{issuer}","name":"P"}},"validFrom":"2026-01-01T00:00:00.5-06:00",
"validUntil":"2029-01-01T00:00:00Z","credentialSubject":[{{"id":"did:example:a","a":{{"type":"B"}}}}],
"credentialSchema":{{"id":"urn:x:schema","type":"JsonSchema"}},
"credentialStatus":[{{"type":"BitstringStatusListEntry","statusPurpose":"revocation",
"statusListIndex":"7","statusListCredential":"https://a.example/1"}}],
"relatedResource":[{{"id":"urn:x:schema","digestSRI":"sha256-x"}}],
"termsOfUse":[{{"type":"A"}}],"evidence":{{"type":"B"}},"refreshService":{{"type":"C"}}}}"#
    )
});

/// A presentation around a credential, in the place of `"VC"`.
const PRESENTATION: &str = r#"{"@context":["https://www.w3.org/ns/credentials/v2"],
"type":["VerifiablePresentation"],"id":"urn:x:z","nonce":"n","aud":["a"],
"verifiableCredential":["VC",{"@context":"https://www.w3.org/ns/credentials/v2",
"type":"EnvelopedVerifiableCredential","id":"data:application/vc+jwt,a.b.c"}]}"#;

fuzz_target!(|input: &[u8]| {
    let Some((which, input)) = input.split_first() else {
        return;
    };
    match which % 4 {
        0 => {
            let file = edited(VC.as_bytes(), input);
            let Some(Value::Object(document)) = json(&file) else {
                return;
            };
            // Only spelling may differ, and whether the one proof stands in an array.
            let mut plain = document.clone();
            if let Some(Value::Array(proofs)) = document.get("proof")
                && let [proof] = proofs.as_slice()
            {
                plain.insert("proof", proof.clone());
            }
            let same = json(VC.as_bytes()) == Some(Value::Object(plain));
            assert!(
                ask(&document).is_err() || same,
                "a changed credential has passed"
            );
        }
        1 => {
            let file = edited(DRAFT.as_bytes(), input);
            let Some(Value::Object(document)) = json(&file) else {
                return;
            };
            let checked = check_draft(&document, now(), &AtHand::nothing(), &mut budget());
            let shaped = data_model::check_credential(&document).is_ok();
            assert!(
                shaped || checked.is_err(),
                "a draft out of shape has passed"
            );
            if let Ok(text) = signed(&document, Kind::Credential) {
                let passed = opened(&text, &BTreeMap::new()).is_ok();
                assert!(shaped || !passed, "a credential out of shape has passed");
            }
        }
        2 => {
            let text = PRESENTATION.replace("\"VC\"", &VC);
            let file = edited(text.as_bytes(), input);
            let Some(Value::Object(document)) = json(&file) else {
                return;
            };
            let _ = data_model::check_presentation(&document);
            if let Ok(text) = signed(&document, Kind::Presentation) {
                let secured = Secured::Text {
                    media_type: MediaType::VpJwt,
                    text: &text,
                };
                let question = Question::at(now());
                let at_hand = AtHand::nothing();
                let _ = verify_presentation(secured, &question, &at_hand, &mut budget());
            }
        }
        _ => {
            let Some(Value::Object(document)) = json(DRAFT.as_bytes()) else {
                return;
            };
            let at_hand = BTreeMap::from([("urn:x:schema".to_owned(), input.to_vec())]);
            if let Ok(text) = signed(&document, Kind::Credential) {
                let _ = opened(&text, &at_hand);
            }
        }
    }
});

fn budget() -> Budget {
    Budget::presentation()
}

fn signed(document: &Object<'_>, kind: Kind) -> Result<String, enveloping::EnvelopeError> {
    let method = World::new().method().to_string();
    enveloping::sign(document, kind, &key(1), Some(&method))
}

fn ask(document: &Object<'_>) -> Result<Authentic<Credential>, NotAuthentic> {
    let question = Question {
        validity: ValidityPolicy::Report,
        status: StatusPolicy::Ignore,
        ..Question::at(now())
    };
    let at_hand = AtHand::nothing();
    verify_credential(
        Secured::Object(document),
        &question,
        &at_hand,
        &mut budget(),
    )
}

fn opened(
    text: &str,
    documents: &BTreeMap<String, Vec<u8>>,
) -> Result<Authentic<Credential>, NotAuthentic> {
    let secured = Secured::Text {
        media_type: MediaType::VcJwt,
        text,
    };
    let at_hand = AtHand::nothing()
        .with_schemas(documents)
        .with_resources(documents);
    verify_credential(secured, &Question::at(now()), &at_hand, &mut budget())
}
