//! What is sound comes through.

use identity_core::encoding::base64url;
use serde_json::{Value as Json, json};

use super::{
    Place, credential,
    keys::{CURVES, method, public},
    presentation,
};

const SECURED: [(&str, &str); 2] = [
    ("credential_jose", "presentation_jose"),
    ("credential_sdjwt", "presentation_sdjwt"),
];

fn header(text: &str) -> Json {
    let header = base64url::decode(text.split('.').next().unwrap()).unwrap();
    serde_json::from_slice(&header).unwrap()
}

fn payload(text: &str) -> Json {
    let payload = base64url::decode(text.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

#[test]
fn what_is_issued_is_verified_with_every_feature_and_key() {
    let place = Place::new();
    for (curve, alg) in CURVES.into_iter().zip(["EdDSA", "ES256", "ES384", "ES512"]) {
        let key = method(curve, 7);
        for ((of_credential, of_presentation), form) in SECURED.into_iter().zip(["jwt", "sd-jwt"]) {
            let text = place.issued(of_credential, &key, &credential(), &[]);
            let typ = format!("vc+{form}");
            let expected = json!({"alg": alg, "cty": "vc", "kid": key["id"], "typ": typ});
            assert_eq!(header(&text), expected);
            let (result, data) = place.verify(of_credential, &public(curve, 7), &text);
            assert_eq!(result, "success", "{curve} {of_credential}: {data}");
            let document: Json = serde_json::from_str(&data).unwrap();
            assert_eq!(document, credential(), "{curve}");
            // A line feed ends the suite's files.
            let (result, _) = place.verify(of_credential, &key, &format!("{text}\n"));
            assert_eq!(result, "success");

            let shown = presentation(&[&format!("data:application/vc+{form},{text}")]);
            let text = place.issued(of_presentation, &key, &shown, &[]);
            assert_eq!(header(&text)["typ"], format!("vp+{form}"));
            let (result, data) = place.verify(of_presentation, &public(curve, 7), &text);
            assert_eq!(result, "success", "{curve} {of_presentation}: {data}");
        }
    }
}

#[test]
fn a_jwk_alone_is_a_key_without_controller() {
    let place = Place::new();
    for curve in CURVES {
        let key = method(curve, 7);
        let text = place.issued("credential_jose", &key["secretKeyJwk"], &credential(), &[]);
        assert_eq!(header(&text)["kid"], key["publicKeyJwk"]["kid"]);
        let (result, data) = place.verify("credential_jose", &key["publicKeyJwk"], &text);
        assert_eq!(result, "success", "{curve}: {data}");
    }
}

#[test]
fn paths_are_concealed_whichever_way_they_are_listed() {
    let place = Place::new();
    let key = method("P-384", 7);
    for paths in [
        r#"["credentialSubject.address.street","credentialSubject.languages[0]"]"#,
        "credentialSubject.address.street, credentialSubject.languages[0]",
    ] {
        let text = place.issued("credential_sdjwt", &key, &credential(), &["--sd", paths]);
        assert_eq!(text.matches('~').count(), 3);
        let signed = payload(&text)["credentialSubject"].clone();
        assert!(signed["address"].get("street").is_none());
        assert_eq!(signed["address"]["city"], "Toledo");
        assert!(signed["languages"][0].get("...").is_some());
        let (_, data) = place.verify("credential_sdjwt", &key, &text);
        let whole: Json = serde_json::from_str(&data).unwrap();
        assert_eq!(whole, credential());
        // What the holder keeps back is not there.
        let kept = format!("{}~", text.split('~').next().unwrap());
        let (result, data) = place.verify("credential_sdjwt", &key, &kept);
        assert_eq!(result, "success", "{data}");
        assert!(!data.contains("Calle Mayor") && data.contains("Toledo"));
    }
}

#[test]
fn a_presentation_conceals_its_holder_and_a_credential() {
    let place = Place::new();
    let key = method("P-521", 7);
    let text = place.issued("credential_sdjwt", &key, &credential(), &[]);
    let shown = presentation(&[&format!("data:application/vc+sd-jwt,{text}")]);
    let paths = r#"["holder","verifiableCredential[0]"]"#;
    let text = place.issued("presentation_sdjwt", &key, &shown, &["--sd", paths]);
    assert!(payload(&text).get("holder").is_none());
    let (result, data) = place.verify("presentation_sdjwt", &key, &text);
    assert_eq!(result, "success", "{data}");
    let whole: Json = serde_json::from_str(&data).unwrap();
    assert_eq!(whole, shown);
}

#[test]
fn credentials_of_other_keys_are_held_to_their_form() {
    let place = Place::new();
    let (mine, theirs) = (method("P-256", 7), method("Ed25519", 8));
    let text = place.issued("credential_jose", &theirs, &credential(), &[]);
    let jwt = format!("data:application/vc+jwt,{text}");
    let shown = presentation(&[&jwt, "data:application/vc+cose;base64,0oRYVqQB"]);
    let text = place.issued("presentation_jose", &mine, &shown, &[]);
    let (result, data) = place.verify("presentation_jose", &mine, &text);
    assert_eq!(result, "success", "{data}");
}

#[test]
fn what_is_not_supported_is_said_so() {
    let place = Place::new();
    let key = method("P-256", 7);
    for feature in ["credential_cose", "presentation_cose"] {
        assert_eq!(
            place.issue(feature, &key, &credential(), &[]).0,
            "indeterminate"
        );
        assert_eq!(place.verify(feature, &key, "0oRYVqQB").0, "indeterminate");
    }
}
