//! Presentations with embedded proofs, and the credentials in them.

use super::*;

/// A presentation of the second key, not signed yet.
fn shown(credentials: impl IntoIterator<Item = Object<'static>>) -> Object<'static> {
    let mut document = object(&format!(
        r#"{{
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": "{}"
        }}"#,
        did_of(2)
    ));
    let credentials = Value::array(credentials);
    if credentials
        .as_array()
        .is_some_and(|items| !items.is_empty())
    {
        document.insert("verifiableCredential", credentials);
    }
    document
}

fn presented_by(seed: u8, document: Object<'static>) -> Object<'static> {
    let mut options = options(seed, Relationship::Authentication);
    options.challenge = Some("n0nce".to_owned());
    sign(document, &options, &key(seed)).unwrap()
}

fn ask(document: &Object<'_>) -> Result<Authentic<Presentation>, NotAuthentic> {
    let question = Question {
        challenge: Binding::Exactly("n0nce"),
        ..Question::at(now())
    };
    let budget = &mut Budget::presentation();
    verify_presentation(
        Secured::Object(document),
        &question,
        &AtHand::nothing(),
        budget,
    )
}

#[test]
fn a_presentation_that_its_holder_signed_is_authentic() {
    let document = presented_by(2, shown([issued(draft())]));
    let presentation = ask(&document).unwrap();
    let presentation = presentation.get();
    assert_eq!(presentation.signers()[0].did(), &did_of(2));
    assert!(presentation.document().get("proof").is_none());
    assert_eq!(
        presentation.document().get("holder"),
        document.get("holder")
    );
    let [Presented::Credential(credential)] = presentation.credentials() else {
        panic!("{presentation:?}");
    };
    assert_eq!(credential.signers()[0].did(), &did_of(1));
    assert_eq!(refusal(ask(&presented_by(2, shown([])))), []);
}

#[test]
fn the_credential_may_stand_alone() {
    let mut document = shown([]);
    document.insert("verifiableCredential", issued(draft()).into());
    assert_eq!(refusal(ask(&presented_by(2, document))), []);
    let mut document = shown([]);
    document.insert("verifiableCredential", issued_by(3, draft()).into());
    let refused = one(Code::IssuerMismatch, "/verifiableCredential/issuer");
    assert_eq!(refusal(ask(&presented_by(2, document))), refused);
}

#[test]
fn a_presentation_that_another_signed_is_not() {
    let document = presented_by(3, shown([issued(draft())]));
    assert_eq!(
        refusal(ask(&document)),
        one(Code::VcHolderMismatch, "/holder")
    );
    let mut nameless = shown([issued(draft())]);
    nameless.remove("holder");
    assert_eq!(refusal(ask(&presented_by(3, nameless))), []);
}

#[test]
fn the_question_binds_the_presentation_and_not_its_credentials() {
    let options = options(2, Relationship::Authentication);
    let unasked = sign(shown([issued(draft())]), &options, &key(2)).unwrap();
    assert_eq!(refusal(ask(&unasked)), one(Code::ProofPurpose, "/proof"));
}

#[test]
fn each_credential_is_verified() {
    let at = "/verifiableCredential/1";
    let place = |rest: &str| format!("{at}{rest}");
    let mut changed = issued(draft());
    changed.insert("name", "x".into());
    let mut wrong = with("name", "7");
    wrong = issued(wrong);
    for (credential, code, rest) in [
        (changed, Code::SignatureInvalid, "/proof"),
        (issued_by(3, draft()), Code::IssuerMismatch, "/issuer"),
        (wrong, Code::VcLanguage, "/name"),
        (draft(), Code::VcUnsecured, ""),
        (
            issued(with("validUntil", r#""2025-01-01T00:00:00Z""#)),
            Code::CredentialExpired,
            "/validUntil",
        ),
    ] {
        let document = presented_by(2, shown([issued(draft()), credential]));
        assert_eq!(refusal(ask(&document)), one(code, &place(rest)));
    }
}

#[test]
fn what_the_holder_asserts_needs_no_proof_of_its_own() {
    let own = with("issuer", &format!("\"{}\"", did_of(2)));
    let document = presented_by(2, shown([own.clone()]));
    let presentation = ask(&document).unwrap();
    let [Presented::SelfAsserted(asserted)] = presentation.get().credentials() else {
        panic!("{presentation:?}");
    };
    assert_eq!(**asserted, own);
    // Who signs is whom it names, or nothing secures it.
    let refused = ask(&presented_by(3, shown([own.clone()])));
    assert_eq!(refusal(refused), one(Code::VcHolderMismatch, "/holder"));
    let mut nameless = shown([own]);
    nameless.remove("holder");
    let refused = one(Code::VcUnsecured, "/verifiableCredential/0");
    assert_eq!(refusal(ask(&presented_by(2, nameless))), refused);
    let neither = with("issuer", "null");
    let mut nameless = shown([neither]);
    nameless.remove("holder");
    let codes: Vec<_> = refusal(ask(&presented_by(2, nameless)))
        .into_iter()
        .map(|p| p.0)
        .collect();
    assert_eq!(codes, [Code::VcIssuer, Code::VcUnsecured]);
}

#[test]
fn what_the_holder_asserts_is_judged_like_any_credential() {
    let mut own = with("validUntil", r#""2025-01-01T00:00:00Z""#);
    own.insert("issuer", did_of(2).to_string().into());
    let refused = one(
        Code::CredentialExpired,
        "/verifiableCredential/0/validUntil",
    );
    assert_eq!(refusal(ask(&presented_by(2, shown([own])))), refused);
}

#[test]
fn a_presentation_without_a_proof_is_not_authentic() {
    assert_eq!(
        refusal(ask(&shown([issued(draft())]))),
        one(Code::VcUnsecured, "")
    );
}

#[test]
fn credentials_and_presentations_are_not_confused() {
    let presentation = presented_by(2, shown([]));
    let codes = |refused: Vec<(Code, String)>| refused.into_iter().map(|p| p.0).collect::<Vec<_>>();
    assert!(codes(refusal(super::ask(&presentation))).contains(&Code::VcType));
    assert!(codes(refusal(ask(&issued(draft())))).contains(&Code::VcType));
}
