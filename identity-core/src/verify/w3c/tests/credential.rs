//! Credentials with embedded proofs.

use std::collections::BTreeMap;

use super::*;

#[test]
fn a_credential_that_its_issuer_signed_is_authentic() {
    let credential = ask(&issued(draft())).unwrap();
    assert_eq!(credential.get().signers()[0].did(), &did_of(1));
    assert_eq!(credential.get().document(), &draft());
    assert_eq!(credential.get().statuses(), []);
    assert_eq!(credential.warnings(), []);
    let issuer = format!(r#"{{ "id": "{}", "name": "Parliament" }}"#, did_of(1));
    assert_eq!(refusal(ask(&issued(with("issuer", &issuer)))), []);
}

#[test]
fn a_credential_that_another_signed_is_not() {
    let refused = one(Code::IssuerMismatch, "/issuer");
    assert_eq!(refusal(ask(&issued_by(2, draft()))), refused);
    let issuer = format!(r#"{{ "id": "{}" }}"#, did_of(3));
    assert_eq!(refusal(ask(&issued(with("issuer", &issuer)))), refused);
    let named = method(1).to_string();
    assert_eq!(
        refusal(ask(&issued(with("issuer", &format!("\"{named}\""))))),
        refused
    );
}

#[test]
fn one_of_several_signers_is_the_issuer() {
    let both = issued_by(2, issued(draft()));
    let credential = ask(&both).unwrap();
    let dids: Vec<_> = credential
        .get()
        .signers()
        .iter()
        .map(|s| s.did().clone())
        .collect();
    assert_eq!(dids, [did_of(1), did_of(2)]);
    let others = issued_by(3, issued_by(2, draft()));
    assert_eq!(refusal(ask(&others)), one(Code::IssuerMismatch, "/issuer"));
}

#[test]
fn a_changed_credential_is_not() {
    let mut document = issued(draft());
    document.insert("name", "other".into());
    assert_eq!(
        refusal(ask(&document)),
        one(Code::SignatureInvalid, "/proof")
    );
}

#[test]
fn a_credential_without_a_proof_is_not() {
    assert_eq!(refusal(ask(&draft())), one(Code::VcUnsecured, ""));
}

#[test]
fn a_proof_for_another_purpose_does_not_count() {
    let options = options(1, Relationship::Authentication);
    let document = sign(draft(), &options, &key(1)).unwrap();
    assert_eq!(refusal(ask(&document)), one(Code::ProofPurpose, "/proof"));
}

#[test]
fn what_is_signed_must_be_a_credential() {
    for (name, json, code, at) in [
        (
            "@context",
            r#"["https://a.example/"]"#,
            Code::VcContext,
            "/@context",
        ),
        ("type", r#"["Other"]"#, Code::VcType, "/type"),
        (
            "credentialSubject",
            "{}",
            Code::VcSubject,
            "/credentialSubject",
        ),
        (
            "credentialSchema",
            "{}",
            Code::VcSchema,
            "/credentialSchema",
        ),
    ] {
        let refused = refusal(ask(&issued(with(name, json))));
        assert_eq!(refused[0], (code, at.to_owned()), "{name}");
    }
}

#[test]
fn everything_wrong_is_named_in_the_order_of_the_checks() {
    let mut document = issued_by(2, with("validUntil", r#""2025-01-01T00:00:00Z""#));
    document.insert("id", "x".into());
    let codes: Vec<_> = refusal(ask(&document))
        .into_iter()
        .map(|(code, _)| code)
        .collect();
    assert_eq!(
        codes,
        [Code::VcId, Code::SignatureInvalid, Code::CredentialExpired]
    );
}

#[test]
fn an_issuer_that_is_no_did_is_refused_or_reported() {
    let mut document = draft();
    document.insert("issuer", "https://parliament.example/issuer".into());
    let document = issued(document);
    assert_eq!(
        refusal(ask(&document)),
        one(Code::IssuerMismatch, "/issuer")
    );
    let question = Question {
        issuer: IssuerPolicy::Report,
        ..Question::at(now())
    };
    let reported = ask_with(&document, &question, &AtHand::nothing());
    assert_eq!(warnings(reported), one(Code::IssuerUnbound, "/issuer"));
    // A DID says which keys are its own, so there is nothing to report instead.
    let another = issued_by(2, draft());
    let refused = ask_with(&another, &question, &AtHand::nothing());
    assert_eq!(refusal(refused), one(Code::IssuerMismatch, "/issuer"));
    // Whose list would speak of it is not known either.
    let mut document = draft();
    document.insert("issuer", "https://parliament.example/issuer".into());
    let entry = r#"{ "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
        "statusListIndex": "7", "statusListCredential": "https://parliament.example/status/1" }"#;
    document.insert("credentialStatus", object(entry).into());
    let document = issued(document);
    let said = warnings(ask_with(&document, &question, &AtHand::nothing()));
    let status = (Code::VcStatusUnchecked, "/credentialStatus".to_owned());
    assert!(said.contains(&status), "{said:?}");
    let question = Question {
        status: StatusPolicy::Demand,
        ..question
    };
    let refused = refusal(ask_with(&document, &question, &AtHand::nothing()));
    assert_eq!(refused, one(Code::VcStatusUnchecked, "/credentialStatus"));
}

#[test]
fn validity_is_demanded_or_reported_at_the_instant() {
    let document = issued(draft());
    let at = |instant: &str, validity| {
        let question = Question {
            validity,
            ..Question::at(instant.parse().unwrap())
        };
        ask_with(&document, &question, &AtHand::nothing())
    };
    let early = one(Code::CredentialNotYetValid, "/validFrom");
    let late = one(Code::CredentialExpired, "/validUntil");
    for (instant, expected) in [
        ("2024-02-01T23:59:59.999Z", &early),
        ("2024-02-02T00:00:00Z", &vec![]),
        ("2027-02-02T00:00:00Z", &vec![]),
        ("2027-02-02T00:00:00.001Z", &late),
    ] {
        assert_eq!(
            &refusal(at(instant, ValidityPolicy::Demand)),
            expected,
            "{instant}"
        );
        assert_eq!(
            &warnings(at(instant, ValidityPolicy::Report)),
            expected,
            "{instant}"
        );
    }
}

#[test]
fn challenge_and_domain_are_bound_as_asked() {
    let purpose = Relationship::AssertionMethod;
    let plain = issued(draft());
    let mut made = options(1, purpose);
    made.challenge = Some("n0nce".to_owned());
    let challenged = sign(draft(), &made, &key(1)).unwrap();
    let refused = one(Code::ProofPurpose, "/proof");
    let ask = |document, challenge| {
        let question = Question {
            challenge,
            ..Question::at(now())
        };
        refusal(ask_with(document, &question, &AtHand::nothing()))
    };
    assert_eq!(ask(&plain, Binding::Any), []);
    assert_eq!(ask(&plain, Binding::Absent), []);
    assert_eq!(ask(&plain, Binding::Exactly("n0nce")), refused);
    assert_eq!(ask(&challenged, Binding::Any), []);
    assert_eq!(ask(&challenged, Binding::Exactly("n0nce")), []);
    assert_eq!(ask(&challenged, Binding::Exactly("other")), refused);
    assert_eq!(ask(&challenged, Binding::Absent), refused);
    let domain = Question {
        domain: Binding::Exactly(&["gate.example"]),
        ..Question::at(now())
    };
    assert_eq!(
        refusal(ask_with(&plain, &domain, &AtHand::nothing())),
        refused
    );
}

#[test]
fn related_resources_are_compared_where_they_are_at_hand() {
    let document = issued(with(
        "relatedResource",
        r#"[{ "id": "https://a.example/1", "digestMultibase": "u47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU" }]"#,
    ));
    let unchecked = one(Code::VcRelatedUnchecked, "/relatedResource/0");
    assert_eq!(warnings(ask(&document)), unchecked);
    let resources =
        |bytes: &[u8]| BTreeMap::from([("https://a.example/1".to_owned(), bytes.to_vec())]);
    let (same, other) = (resources(b""), resources(b"x"));
    let ask = |resources| {
        let at_hand = AtHand::nothing().with_resources(resources);
        ask_with(&document, &Question::at(now()), &at_hand)
    };
    assert_eq!(warnings(ask(&same)), []);
    let mismatch = one(Code::VcRelatedMismatch, "/relatedResource/0");
    assert_eq!(refusal(ask(&other)), mismatch);
    let earlier = issued(with(
        "relatedResource",
        r#"{ "id": "https://www.w3.org/ns/credentials/v2", "digestMultibase": "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k" }"#,
    ));
    let expected = one(Code::VcRelatedEarlier, "/relatedResource");
    assert_eq!(warnings(super::ask(&earlier)), expected);
}

#[test]
fn a_draft_is_held_to_the_same_rules() {
    let checked = |document: &Object<'_>| {
        check_draft(
            document,
            now(),
            &AtHand::nothing(),
            &mut Budget::presentation(),
        )
    };
    assert_eq!(places(&checked(&draft()).unwrap()), []);
    for (name, json, code, at) in [
        ("type", "[]", Code::VcType, "/type"),
        (
            "relatedResource",
            r#"{ "id": "https://www.w3.org/ns/credentials/v2", "digestMultibase": "uM4RgWQc3RUDtjJCSgTJtTfvpZ7SPEg_LNO0ESlovQC0" }"#,
            Code::VcRelatedMismatch,
            "/relatedResource",
        ),
        (
            "credentialStatus",
            r#"{ "type": "BitstringStatusListEntry", "statusPurpose": "revocation" }"#,
            Code::StatusEntryMalformed,
            "",
        ),
    ] {
        let refused = checked(&with(name, json));
        assert_eq!(refusal(refused), one(code, at), "{name}");
    }
    let schema = with(
        "credentialSchema",
        r#"{ "id": "urn:a:b", "type": "urn:a:other" }"#,
    );
    let unchecked = one(Code::VcSchemaUnchecked, "/credentialSchema");
    assert_eq!(places(&checked(&schema).unwrap()), unchecked);
}

#[test]
fn the_budget_bounds_the_work() {
    let mut document = issued(draft());
    let proof = document.get("proof").unwrap().clone();
    document.insert("proof", Value::Array(vec![proof; 65]));
    assert_eq!(
        refusal(ask(&document)),
        one(Code::BudgetExhausted, "/proof")
    );
}
