//! Enveloping proofs of the W3C: texts as they come, and headers, payloads and disclosures that the
//! issuer's key did sign.

#![no_main]

use std::sync::LazyLock;

use identity_core::{
    did::{self, LocalResolver},
    encoding::{
        base64url,
        strict_json::{Object, Value},
    },
    key::Signer as _,
    proof::{
        enveloping::{
            self, Concealing, Expected, Form, Kind, MediaType, SignatureLife, conceal_and_sign,
        },
        sd_jwt::{Step, parse_path},
    },
    verify::Budget,
};
use libfuzzer_sys::fuzz_target;
use mandate_fuzz::{edited, json};
use testkit::world::{Steps, key, now};

static DOCUMENTS: LazyLock<[Object<'static>; 2]> = LazyLock::new(|| {
    let issuer = did::key::create(key(1).public_key());
    let document = |member: &'static str, of_kind: &'static str| {
        let mut document = Object::default();
        document.insert("type", of_kind.into());
        document.insert(member, issuer.to_string().into());
        document.insert("name", Value::array(["Ana", "Eva"]));
        document.insert("iat", Value::from(now().as_second()));
        document
    };
    [
        document("issuer", "VerifiableCredential"),
        document("holder", "VerifiablePresentation"),
    ]
});

static TEXTS: LazyLock<Vec<(MediaType, String)>> = LazyLock::new(|| {
    let issuer = key(1);
    let kid = kid();
    let made = |media_type: MediaType| {
        let [credential, presentation] = &*DOCUMENTS;
        let document = match media_type.kind() {
            Kind::Credential => credential,
            Kind::Presentation => presentation,
        };
        let text = match media_type.form() {
            Form::Jwt => enveloping::sign(document, media_type.kind(), &issuer, Some(&kid)),
            Form::SdJwt => conceal_and_sign(
                document.clone(),
                media_type.kind(),
                Concealing {
                    paths: &[&[Step::Name("name"), Step::Index(1)], &[Step::Name("name")]],
                    decoys: 1,
                },
                &issuer,
                Some(&kid),
                &mut Steps(1),
            ),
        };
        (media_type, text.expect("a sound document"))
    };
    MediaType::ALL.into_iter().map(made).collect()
});

static HEADER: LazyLock<String> =
    LazyLock::new(|| format!(r#"{{"alg":"EdDSA","cty":"vc","kid":"{}"}}"#, kid()));

fn kid() -> String {
    let issuer = did::key::create(key(1).public_key());
    format!("{issuer}#{}", issuer.specific_id())
}

fuzz_target!(|input: &[u8]| {
    let [which, how, input @ ..] = input else {
        return;
    };
    let (media_type, valid) = &TEXTS[usize::from(which % 4)];
    match how % 3 {
        0 => {
            let file = edited(valid.as_bytes(), input);
            let Ok(text) = core::str::from_utf8(&file) else {
                return;
            };
            // A holder may leave disclosures out, and nothing else may change.
            let is_selected = media_type.form() == Form::SdJwt
                && text
                    .split('~')
                    .all(|part| valid.split('~').any(|known| known == part));
            let is_accepted = accepted(text, *media_type);
            assert!(
                !is_accepted || is_selected || text == valid,
                "a changed document has passed"
            );
        }
        1 => {
            // What a hostile issuer may sign.
            let middle = input.len() / 2;
            let header = edited(HEADER.as_bytes(), &input[..middle]);
            let payload = edited(&payload(valid), &input[middle..]).into_owned();
            let disclosures = valid.split_once('~').map_or("", |(_, rest)| rest);
            let signed = sign(&header, &payload);
            let tilde = if media_type.form() == Form::SdJwt {
                "~"
            } else {
                ""
            };
            let text = format!("{signed}{tilde}{disclosures}");
            if accepted(&text, *media_type) {
                let payload = json(&payload).expect("only JSON is accepted");
                assert!(payload.get("vc").is_none() && payload.get("vp").is_none());
            }
        }
        _ => {
            let Ok(text) = core::str::from_utf8(input) else {
                return;
            };
            if let Ok((media_type, text)) = MediaType::split_data_url(text) {
                let _ = accepted(text, media_type);
            }
            if let Ok(steps) = parse_path(text) {
                assert!(!steps.is_empty());
            }
        }
    }
});

fn payload(valid: &str) -> Vec<u8> {
    let part = valid.split('.').nth(1).unwrap_or_default();
    base64url::decode(part).expect("made here")
}

fn sign(header: &[u8], payload: &[u8]) -> String {
    let input = format!(
        "{}.{}",
        base64url::encode(header),
        base64url::encode(payload)
    );
    let signature = key(1)
        .try_sign(input.as_bytes())
        .expect("a software key signs");
    format!("{input}.{}", base64url::encode(signature.as_bytes()))
}

fn accepted(text: &str, media_type: MediaType) -> bool {
    let expected = Expected {
        media_type,
        life: SignatureLife::JudgeAt(now()),
    };
    let resolver = LocalResolver::new();
    let found = enveloping::verify(text, expected, &resolver, &mut Budget::presentation());
    let named = enveloping::unverified_key_id(text, media_type, &mut Budget::presentation());
    if let Ok((signer, _)) = &found {
        assert_eq!(signer.key(), key(1).public_key(), "another key has passed");
        assert!(named.is_ok());
    }
    found.is_ok()
}
