//! Problem types, and that nothing panics.

use proptest::prelude::*;

use super::*;

#[test]
fn each_fault_has_the_type_that_the_standards_give_it() {
    use ProblemType::*;
    for (code, kind) in [
        (Code::CredentialExpired, Range),
        (Code::DidNoSuchMethod, InvalidRelationship),
        (
            Code::DidUnsupportedMethod,
            InvalidControlledIdentifierDocument,
        ),
        (Code::VcHolderMismatch, CryptographicSecurity),
        (Code::JsonMalformed, Parsing),
        (Code::JwsMalformed, ProofVerification),
        (Code::KeyMalformed, InvalidVerificationMethod),
        (Code::LdMalformed, ProofTransformation),
        (Code::ProofMalformed, ProofVerification),
        (Code::SignatureInvalid, CryptographicSecurity),
        (Code::StatusListMissing, StatusRetrieval),
        (Code::StatusRevoked, StatusVerification),
        (Code::VcContext, MalformedValue),
        (Code::VcUnsecured, CryptographicSecurity),
    ] {
        assert_eq!(ProblemType::of(code), kind, "{code}");
    }
}

#[test]
fn every_type_has_a_url_of_its_own() {
    let mut urls = ProblemType::ALL.map(ProblemType::url).to_vec();
    urls.sort_unstable();
    urls.dedup();
    assert_eq!(urls.len(), ProblemType::ALL.len());
    assert_eq!(ProblemType::Parsing.title(), "PARSING_ERROR");
}

#[test]
fn a_proof_for_another_challenge_or_domain_says_which() {
    let purpose = Relationship::AssertionMethod;
    let mut made = options(1, purpose);
    made.challenge = Some("n0nce".to_owned());
    let document = sign(draft(), &made, &key(1)).unwrap();
    let kind = |challenge, domain| {
        let question = Question {
            challenge,
            domain,
            ..Question::at(now())
        };
        let refused = ask_with(&document, &question, &AtHand::nothing()).unwrap_err();
        refused.problems()[0].problem_type()
    };
    assert_eq!(
        kind(Binding::Exactly("x"), Binding::Any),
        ProblemType::InvalidChallenge
    );
    assert_eq!(
        kind(Binding::Any, Binding::Exactly(&["x"])),
        ProblemType::InvalidDomain
    );
}

#[test]
fn a_refusal_names_its_problems_and_bounds_them() {
    let mut document = draft();
    document.insert("credentialSubject", Value::Array(vec![Value::Null; 100]));
    let refused = ask(&document).unwrap_err();
    assert_eq!(refused.problems().len(), NotAuthentic::MAX);
    assert_eq!(refused.code(), Code::VcSubject);
    let text = refused.to_string();
    assert!(
        text.contains("/credentialSubject/0: a subject is no object (vc.subject)"),
        "{text}"
    );
}

#[test]
fn what_was_not_checked_is_said_beside_a_refusal_and_bounded_too() {
    let entry = r#"{ "id": "urn:a:schema", "type": "JsonSchema" }"#;
    let mut document = with("credentialSchema", &format!("[{entry}]"));
    document.insert("validUntil", "2025-01-01T00:00:00Z".into());
    let refused = ask(&issued(document)).unwrap_err();
    assert_eq!(
        places(refused.problems()),
        one(Code::CredentialExpired, "/validUntil")
    );
    let schema = one(Code::VcSchemaUnchecked, "/credentialSchema/0");
    assert_eq!(places(refused.warnings()), schema);
    let many = vec![entry; 100].join(",");
    let many = issued(with("credentialSchema", &format!("[{many}]")));
    assert_eq!(warnings(ask(&many)).len(), NotAuthentic::MAX);
}

#[test]
fn whose_name_and_whose_key_it_is_are_told_apart() {
    let refused = ask(&issued_by(2, draft())).unwrap_err();
    let expected = format!(
        "it names {:?}, but was signed by {:?}",
        did_of(1).as_str(),
        did_of(2).as_str()
    );
    assert_eq!(refused.problems()[0].detail, expected);
}

#[test]
fn what_is_at_hand_is_not_printed() {
    let printed = format!("{:?}", AtHand::nothing());
    assert_eq!(printed, "AtHand { .. }");
}

proptest! {
    #[test]
    fn no_edit_panics_or_passes(at in 0usize..4000, c in "[a-zA-Z0-9\"\\[\\]{},:]") {
        let valid = Value::Object(issued(with("name", r#"{ "@value": "x", "@language": "en" }"#)));
        let text = String::from_utf8(crate::encoding::jcs::canonicalize(&valid).unwrap()).unwrap();
        let at = at % text.len();
        let mut changed = text.clone();
        changed.replace_range(at..=at, &c);
        prop_assume!(changed != text);
        if let Ok(Value::Object(changed)) = parse(changed.as_bytes(), &Limits::small()) {
            prop_assert!(ask(&changed).is_err(), "{:?}", changed);
        }
    }
}
