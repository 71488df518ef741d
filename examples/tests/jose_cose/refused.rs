//! What is not sound is refused, for the reason it should be.

use identity_core::key::Algorithm;
use serde_json::{Value as Json, json};

use super::{
    ISSUER, Place, by_hand, credential,
    keys::{CURVES, method, public, secret},
    presentation,
};

/// A change to a sound document.
type Spoil = fn(&mut Json);

#[track_caller]
fn refused(found: (String, String), reason: &str) {
    let (result, data) = found;
    assert_eq!(result, "failure", "{data}");
    assert!(data.contains(reason), "{data}");
}

#[test]
fn drafts_that_break_the_data_model_are_not_issued() {
    let place = Place::new();
    let key = method("Ed25519", 7);
    let cases: [(Spoil, &str); 5] = [
        (
            |d| d["badExtension"] = json!({"huh": "what?"}),
            "badExtension",
        ),
        (
            |d| d["@context"] = json!(["https://example.org/"]),
            "@context",
        ),
        (|d| d["type"] = json!(["ExampleCredential"]), "type"),
        (|d| d["validFrom"] = json!("yesterday"), "validFrom"),
        (
            |d| drop(d.as_object_mut().unwrap().remove("credentialSubject")),
            "credentialSubject",
        ),
    ];
    for feature in ["credential_jose", "credential_sdjwt"] {
        for (spoil, reason) in cases {
            let mut draft = credential();
            spoil(&mut draft);
            refused(place.issue(feature, &key, &draft, &[]), reason);
        }
        let twice = credential()
            .to_string()
            .replacen('{', r#"{"issuer":"x","#, 1);
        refused(
            place.run("issue", feature, &key, &twice, &[]),
            "a member name twice",
        );
    }
    let mut unsecured = presentation(&[]);
    unsecured["verifiableCredential"] = json!([credential()]);
    refused(
        place.issue("presentation_jose", &key, &unsecured, &[]),
        "/type",
    );
    let foreign = presentation(&["not-a-credential"]);
    refused(
        place.issue("presentation_sdjwt", &key, &foreign, &[]),
        "/verifiableCredential/0/id",
    );
}

#[test]
fn signed_documents_that_break_a_rule_are_refused() {
    let place = Place::new();
    let (key, secret) = (method("Ed25519", 7), secret(Algorithm::EdDsa, 7));
    let header = json!({"alg": "EdDSA", "typ": "vc+jwt", "cty": "vc"});
    let sound = by_hand(&header, &credential(), &secret);
    assert_eq!(place.verify("credential_jose", &key, &sound).0, "success");
    let headers: [(Spoil, &str); 6] = [
        (|h| h["typ"] = json!("bad+typ"), "typ"),
        (|h| h["cty"] = json!("bad+cty"), "cty"),
        (|h| h["alg"] = json!("ES512"), "ES512"),
        (|h| h["alg"] = json!("none"), "none"),
        (|h| h["crit"] = json!(["x"]), "crit"),
        (|h| h["iss"] = json!("https://other.example"), "iss"),
    ];
    for (spoil, reason) in headers {
        let mut header = header.clone();
        spoil(&mut header);
        let text = by_hand(&header, &credential(), &secret);
        refused(place.verify("credential_jose", &key, &text), reason);
    }
    let payloads: [(Spoil, &str); 6] = [
        (|d| d["vc"] = json!("oops"), "\"vc\""),
        (|d| d["vp"] = json!({}), "\"vp\""),
        (|d| d["iss"] = json!("https://other.example"), "iss"),
        (|d| d["exp"] = json!("soon"), "exp"),
        (|d| d["type"] = json!("Other"), "type"),
        (
            |d| d["issuer"] = json!("https://other.example"),
            "https://other.example",
        ),
    ];
    for (spoil, reason) in payloads {
        let mut document = credential();
        spoil(&mut document);
        let text = by_hand(&header, &document, &secret);
        refused(place.verify("credential_jose", &key, &text), reason);
        let text = format!("{}~", by_hand(&json!({"alg": "EdDSA"}), &document, &secret));
        refused(place.verify("credential_sdjwt", &key, &text), reason);
    }
}

#[test]
fn presentations_that_break_a_rule_are_refused() {
    let place = Place::new();
    let (key, secret) = (method("P-256", 7), secret(Algorithm::Es256, 7));
    let header = json!({"alg": "ES256", "typ": "vp+jwt"});
    let inside = place.issued("credential_jose", &key, &credential(), &[]);
    let url = format!("data:application/vc+jwt,{inside}");
    let sound = by_hand(&header, &presentation(&[&url]), &secret);
    assert_eq!(place.verify("presentation_jose", &key, &sound).0, "success");
    let mut unsecured = presentation(&[]);
    unsecured["verifiableCredential"] = json!([credential()]);
    let mut other_holder = presentation(&[&url]);
    other_holder["holder"] = json!("https://other.example");
    for (document, reason) in [
        (unsecured, "/type"),
        (other_holder, "https://other.example"),
        (
            presentation(&["not-a-credential"]),
            "/verifiableCredential/0/id",
        ),
        (presentation(&["data:text/plain,x"]), "text/plain"),
        (
            presentation(&["data:application/vp+jwt,x"]),
            "where a credential must",
        ),
    ] {
        let text = by_hand(&header, &document, &secret);
        refused(place.verify("presentation_jose", &key, &text), reason);
    }
    // Credentials that say they are of this key must be.
    let (before, _) = inside.rsplit_once('.').unwrap();
    let unsigned = format!("data:application/vc+jwt,{before}.{}", "A".repeat(86));
    let mut broken = credential();
    broken["validFrom"] = json!("yesterday");
    let kid = json!({"alg": "ES256", "kid": key["id"]});
    let broken = format!(
        "data:application/vc+jwt,{}",
        by_hand(&kid, &broken, &secret)
    );
    let unreadable = "data:application/vc+jwt,yJhb.e30.AA".to_owned();
    let cases = [
        (unsigned, "signature"),
        (broken, "validFrom"),
        (unreadable, ""),
    ];
    for (inside, reason) in cases {
        let text = by_hand(&header, &presentation(&[&inside]), &secret);
        refused(place.verify("presentation_jose", &key, &text), reason);
    }
}

#[test]
fn other_keys_and_changed_texts_are_refused_on_every_curve() {
    let place = Place::new();
    for curve in CURVES {
        let key = method(curve, 7);
        for feature in ["credential_jose", "credential_sdjwt"] {
            let text = place.issued(
                feature,
                &key,
                &credential(),
                &["--sd", "[]"][..usize::from(feature == "credential_sdjwt") * 2],
            );
            refused(place.verify(feature, &public(curve, 8), &text), "signature");
            for other in CURVES.into_iter().filter(|other| *other != curve) {
                refused(place.verify(feature, &public(other, 7), &text), "algorithm");
            }
            let (header, rest) = text.split_once('.').unwrap();
            let (payload, signature) = rest.split_once('.').unwrap();
            let changed = payload.replacen("eyJ", "eyA", 1);
            refused(
                place.verify(feature, &key, &format!("{header}.{changed}.{signature}")),
                "",
            );
            refused(
                place.verify(
                    feature,
                    &key,
                    &format!("{header}.{payload}.{}", &signature[4..]),
                ),
                "",
            );
            let other = if feature == "credential_jose" {
                "presentation_jose"
            } else {
                "presentation_sdjwt"
            };
            refused(place.verify(other, &key, &text), "typ");
        }
        refused(
            place.verify("credential_jose", &key, &credential().to_string()),
            "JWS",
        );
        refused(
            place.verify("credential_sdjwt", &key, &credential().to_string()),
            "SD-JWT",
        );
    }
}

#[test]
fn what_may_not_be_concealed_is_not() {
    let place = Place::new();
    let key = method("P-384", 7);
    for paths in [
        r#"["issuer"]"#,
        r#"["type[1]"]"#,
        r#"["credentialSubject.nowhere"]"#,
    ] {
        let found = place.issue("credential_sdjwt", &key, &credential(), &["--sd", paths]);
        assert_eq!(found.0, "failure", "{paths}");
    }
}

#[test]
fn a_call_that_cannot_be_answered_is_an_error() {
    let place = Place::new();
    let key = method("P-384", 7);
    let call =
        |feature: &str, key: &Json, more: &[&str]| place.issue(feature, key, &credential(), more).0;
    assert_eq!(
        call("credential_jose", &public("P-384", 7), &[]),
        "error",
        "no secret key"
    );
    assert_eq!(
        call("credential_jose", &json!({"id": ISSUER}), &[]),
        "error",
        "no key"
    );
    assert_eq!(
        call("credential_jose", &key, &["--sd", "[]"]),
        "error",
        "nothing to conceal in"
    );
    assert_eq!(
        call("credential_sdjwt", &key, &["--sd", r#"["a..b"]"#]),
        "error",
        "no path"
    );
    let mut mixed = key.clone();
    mixed["publicKeyJwk"] = public("P-384", 8)["publicKeyJwk"].clone();
    assert_eq!(
        call("credential_jose", &mixed, &[]),
        "error",
        "two halves of two keys"
    );
    let mut off_curve = key.clone();
    off_curve["publicKeyJwk"]["x"] = off_curve["publicKeyJwk"]["y"].clone();
    assert_eq!(
        call("credential_jose", &off_curve, &[]),
        "error",
        "not on its curve"
    );
    let mut named = key.clone();
    named["publicKeyJwk"]["alg"] = json!("ES512");
    assert_eq!(
        call("credential_jose", &named, &[]),
        "error",
        "an algorithm of another curve"
    );
}

#[test]
fn another_partys_key_issues_nothing() {
    let place = Place::new();
    let mut key = method("P-521", 7);
    key["controller"] = json!("https://other.example");
    refused(
        place.issue("credential_jose", &key, &credential(), &[]),
        "another party",
    );
    refused(
        place.issue("presentation_jose", &key, &presentation(&[]), &[]),
        "another party",
    );
}
