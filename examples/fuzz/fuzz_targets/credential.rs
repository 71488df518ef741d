//! Credentials: SD-JWT and Data Integrity as they come, and payloads that the issuer's key did sign.

#![no_main]

use std::sync::LazyLock;

use identity_core::{
    credential::Envelope,
    did::{LocalResolver, Relationship},
    key::{Algorithm, Signer as _},
    proof::{data_integrity, jose::Header, sd_jwt::SdJwt},
    verify::Budget,
};
use libfuzzer_sys::fuzz_target;
use mandate_fuzz::{edited, json, open_mandate, sign};
use testkit::world::{World, key, now};

static SD_JWT: LazyLock<String> = LazyLock::new(|| World::new().issue(|_| ()));
static VC: LazyLock<String> = LazyLock::new(open_mandate);
static PAYLOAD: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let sd_jwt = SdJwt::parse(&SD_JWT, &mut Budget::presentation()).expect("valid");
    sd_jwt.issuer_jwt().unverified_payload().to_vec()
});

fuzz_target!(|input: &[u8]| {
    let Some((which, input)) = input.split_first() else {
        return;
    };
    let resolver = LocalResolver::new();
    match which % 3 {
        0 => {
            let file = edited(SD_JWT.as_bytes(), input);
            let Ok(text) = core::str::from_utf8(&file) else {
                return;
            };
            read(text);
        }
        1 => {
            let file = edited(VC.as_bytes(), input);
            let Some(value) = json(&file) else { return };
            let Some(document) = value.as_object() else {
                return;
            };
            let expected = data_integrity::Expected::mandate(Relationship::AssertionMethod, now());
            let verified =
                data_integrity::verify(document, &expected, &resolver, &mut Budget::presentation());
            let envelope = Envelope::from_vc(document);
            if verified.is_ok() && *file != *VC.as_bytes() {
                // Only spelling may differ: white space, escapes, the order of members.
                assert_eq!(
                    value,
                    json(VC.as_bytes()).expect("valid"),
                    "a changed credential has passed"
                );
                assert!(envelope.is_ok());
            }
        }
        _ => {
            // What a hostile issuer may sign, with the disclosures of another credential.
            let payload = edited(&PAYLOAD, input);
            let header = Header::with_kid(Algorithm::EdDsa, "dc+sd-jwt", &World::new().method());
            let jwt = sign(&header, &payload, &key(1));
            let disclosures = SD_JWT.split_once('~').map_or("", |(_, rest)| rest);
            read(&format!("{jwt}~{disclosures}"));
        }
    }
});

fn read(text: &str) {
    let mut budget = Budget::presentation();
    let Ok(sd_jwt) = SdJwt::parse(text, &mut budget) else {
        return;
    };
    let _ = sd_jwt.unverified_disclosed();
    let _ = sd_jwt.select(|name| name.len() % 2 == 0);
    if let Ok((_, disclosed)) = sd_jwt.verify_vc(&LocalResolver::new(), &mut budget) {
        let paths = disclosed.paths().count();
        assert!(paths <= 1024, "more disclosures than the budget has");
        if let Ok(envelope) = Envelope::from_sd_jwt(disclosed.claims()) {
            let _ = sd_jwt.verify_key_binding(&envelope.holder, &mut budget);
        }
    }
    let _ = key(1).public_key();
}
