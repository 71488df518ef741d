//! Credentials and presentations in envelopes.

use super::*;
use crate::{
    encoding::jcs,
    proof::enveloping::{self, Kind, MediaType},
};

fn wrapped(kind: Kind, media_type: MediaType, text: &str) -> Object<'static> {
    let name = match kind {
        Kind::Credential => "EnvelopedVerifiableCredential",
        Kind::Presentation => "EnvelopedVerifiablePresentation",
    };
    object(&format!(
        r#"{{
            "@context": "https://www.w3.org/ns/credentials/v2",
            "type": "{name}",
            "id": "{}"
        }}"#,
        media_type.to_data_url(text)
    ))
}

fn jwt(seed: u8, document: &Object<'_>, kind: Kind) -> String {
    let key_id = method(seed).to_string();
    enveloping::sign(document, kind, &key(seed), Some(&key_id)).unwrap()
}

fn credential(document: &Object<'_>) -> Object<'static> {
    wrapped(
        Kind::Credential,
        MediaType::VcJwt,
        &jwt(1, document, Kind::Credential),
    )
}

/// The bytes that do not tell the order of members.
fn canonical(document: &Object<'_>) -> Vec<u8> {
    jcs::canonicalize_object(document, None).unwrap()
}

fn shown(credential: Object<'static>) -> Object<'static> {
    let mut document = object(&format!(
        r#"{{
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": "{}",
            "nonce": "n0nce",
            "aud": ["gate.example", "other.example"]
        }}"#,
        did_of(2)
    ));
    document.insert("verifiableCredential", Value::array([credential]));
    document
}

fn ask_presentation(
    secured: Secured<'_>,
    question: &Question<'_>,
) -> Result<Authentic<Presentation>, NotAuthentic> {
    verify_presentation(
        secured,
        question,
        &AtHand::nothing(),
        &mut Budget::presentation(),
    )
}

#[test]
fn an_enveloped_credential_is_authentic() {
    let credential = ask(&credential(&draft())).unwrap();
    assert_eq!(credential.get().signers()[0].did(), &did_of(1));
    assert_eq!(canonical(credential.get().document()), canonical(&draft()));
    let text = jwt(1, &draft(), Kind::Credential);
    let secured = Secured::Text {
        media_type: MediaType::VcJwt,
        text: &text,
    };
    let (question, budget) = (Question::at(now()), &mut Budget::presentation());
    assert!(verify_credential(secured, &question, &AtHand::nothing(), budget).is_ok());
}

#[test]
fn a_changed_envelope_is_not() {
    let text = jwt(1, &draft(), Kind::Credential);
    let signed = text.rsplit_once('.').unwrap().0;
    let other = jwt(1, &with("name", r#""x""#), Kind::Credential);
    let changed = format!("{signed}.{}", other.rsplit_once('.').unwrap().1);
    let envelope = wrapped(Kind::Credential, MediaType::VcJwt, &changed);
    assert_eq!(refusal(ask(&envelope)), one(Code::SignatureInvalid, ""));
}

#[test]
fn what_is_in_an_envelope_must_be_a_credential_and_valid() {
    for (name, json, code, at) in [
        ("name", "7", Code::VcLanguage, "/name"),
        (
            "validUntil",
            r#""2025-01-01T00:00:00Z""#,
            Code::CredentialExpired,
            "/validUntil",
        ),
        (
            "proof",
            r#"{ "type": "DataIntegrityProof" }"#,
            Code::ProofPurpose,
            "/proof",
        ),
    ] {
        assert_eq!(
            refusal(ask(&credential(&with(name, json)))),
            one(code, at),
            "{name}"
        );
    }
}

#[test]
fn an_envelope_is_well_formed_itself() {
    for (name, json, code, at) in [
        ("@context", "[]", Code::VcContext, "/@context"),
        (
            "type",
            r#"["EnvelopedVerifiableCredential", "X"]"#,
            Code::VcEnvelope,
            "/type",
        ),
    ] {
        let mut envelope = credential(&draft());
        envelope.insert(
            name,
            parse(json.as_bytes(), &Limits::small())
                .unwrap()
                .into_owned(),
        );
        assert_eq!(refusal(ask(&envelope)), one(code, at), "{name}");
    }
    let mut bare = credential(&draft());
    bare.insert("id", jwt(1, &draft(), Kind::Credential).into());
    let codes = [Code::VcEnvelope, Code::EnvelopeDataUrl].map(|code| (code, "/id".to_owned()));
    assert_eq!(refusal(ask(&bare)), codes);
    bare.remove("id");
    assert_eq!(refusal(ask(&bare)), codes);
}

#[test]
fn an_envelope_of_another_kind_is_refused() {
    let text = jwt(1, &draft(), Kind::Credential);
    for media_type in ["application/vc+cose", "application/jwt", "text/plain"] {
        let mut envelope = credential(&draft());
        envelope.insert("id", format!("data:{media_type},{text}").into());
        assert_eq!(
            refusal(ask(&envelope)),
            one(Code::VcMediaType, "/id"),
            "{media_type}"
        );
    }
    let presentation = wrapped(Kind::Credential, MediaType::VpJwt, &text);
    assert_eq!(refusal(ask(&presentation)), one(Code::VcMediaType, ""));
    let secured = Secured::Text {
        media_type: MediaType::VcJwt,
        text: &text,
    };
    let refused = refusal(ask_presentation(secured, &Question::at(now())));
    assert_eq!(refused, one(Code::VcMediaType, ""));
}

#[test]
fn an_enveloped_presentation_is_authentic_with_what_is_in_it() {
    let text = jwt(2, &shown(credential(&draft())), Kind::Presentation);
    let envelope = wrapped(Kind::Presentation, MediaType::VpJwt, &text);
    let presentation = ask_presentation(Secured::Object(&envelope), &Question::at(now())).unwrap();
    assert_eq!(presentation.get().signers()[0].did(), &did_of(2));
    let [Presented::Credential(credential)] = presentation.get().credentials() else {
        panic!("{presentation:?}");
    };
    assert_eq!(credential.signers()[0].did(), &did_of(1));
    assert_eq!(canonical(credential.document()), canonical(&draft()));
}

#[test]
fn a_credential_inside_is_verified_wherever_it_stands() {
    let at = "/verifiableCredential/0";
    let expired = with("validUntil", r#""2025-01-01T00:00:00Z""#);
    let inside = [
        (credential(&expired), Code::CredentialExpired, "/validUntil"),
        (draft(), Code::VcUnsecured, ""),
        (
            wrapped(Kind::Credential, MediaType::VcJwt, "e30.e30.e30"),
            Code::JwsMalformed,
            "",
        ),
    ];
    for (credential, code, rest) in inside {
        let text = jwt(2, &shown(credential.clone()), Kind::Presentation);
        let secured = Secured::Text {
            media_type: MediaType::VpJwt,
            text: &text,
        };
        let refused = refusal(ask_presentation(secured, &Question::at(now())));
        assert_eq!(refused, one(code, &format!("{at}{rest}")));
    }
}

#[test]
fn an_enveloped_presentation_is_bound_by_its_claims() {
    let text = jwt(2, &shown(credential(&draft())), Kind::Presentation);
    let ask = |challenge, domain| {
        let question = Question {
            challenge,
            domain,
            ..Question::at(now())
        };
        let secured = Secured::Text {
            media_type: MediaType::VpJwt,
            text: &text,
        };
        refusal(ask_presentation(secured, &question))
    };
    let refused = one(Code::ProofPurpose, "");
    let any = Binding::Any;
    assert_eq!(
        ask(
            Binding::Exactly("n0nce"),
            Binding::Exactly(&["gate.example"])
        ),
        []
    );
    assert_eq!(ask(Binding::Exactly("other"), Binding::Any), refused);
    assert_eq!(ask(Binding::Absent, Binding::Any), refused);
    assert_eq!(ask(any, Binding::Exactly(&["third.example"])), refused);
    assert_eq!(
        ask(any, Binding::Exactly(&["gate.example", "third.example"])),
        refused
    );
    assert_eq!(ask(any, Binding::Exactly(&[])), refused);
    assert_eq!(ask(any, Binding::Absent), refused);
    let mut plain = shown(credential(&draft()));
    plain.remove("nonce");
    plain.remove("aud");
    let text = jwt(2, &plain, Kind::Presentation);
    let secured = Secured::Text {
        media_type: MediaType::VpJwt,
        text: &text,
    };
    let question = Question {
        challenge: Binding::Absent,
        domain: Binding::Absent,
        ..Question::at(now())
    };
    assert_eq!(refusal(ask_presentation(secured, &question)), []);
}

#[test]
fn a_presentation_by_another_than_its_holder_is_refused() {
    // Whoever has no holder may be signed by anybody; whoever names one, by that one alone.
    let mut nameless = shown(credential(&draft()));
    nameless.remove("holder");
    nameless.insert("iss", did_of(3).to_string().into());
    let text = jwt(3, &nameless, Kind::Presentation);
    let envelope = wrapped(Kind::Presentation, MediaType::VpJwt, &text);
    let presentation = ask_presentation(Secured::Object(&envelope), &Question::at(now())).unwrap();
    assert_eq!(presentation.get().signers()[0].did(), &did_of(3));
}

#[test]
fn what_is_in_an_envelope_must_be_a_presentation() {
    let mut document = shown(credential(&draft()));
    document.insert("id", "no-url".into());
    let text = jwt(2, &document, Kind::Presentation);
    let secured = Secured::Text {
        media_type: MediaType::VpJwt,
        text: &text,
    };
    let refused = refusal(ask_presentation(secured, &Question::at(now())));
    assert_eq!(refused, one(Code::VcId, "/id"));
}

#[test]
fn a_proof_inside_an_enveloped_presentation_must_hold_too() {
    let mut document = shown(credential(&draft()));
    let text = jwt(2, &document, Kind::Presentation);
    let asked = |text: &str| {
        let shown = wrapped(Kind::Presentation, MediaType::VpJwt, text);
        refusal(ask_presentation(
            Secured::Object(&shown),
            &Question::at(now()),
        ))
    };
    assert_eq!(asked(&text), []);
    document.insert(
        "proof",
        object(r#"{ "type": "DataIntegrityProof" }"#).into(),
    );
    let text = jwt(2, &document, Kind::Presentation);
    assert_eq!(asked(&text), one(Code::ProofPurpose, "/proof"));
}
