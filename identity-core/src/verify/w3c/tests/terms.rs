//! What the contexts make of the terms.

use super::*;

fn with_context(rest: &str, types: &str) -> Object<'static> {
    let context = format!(r#"["https://www.w3.org/ns/credentials/v2"{rest}]"#);
    let mut document = with("@context", &context);
    let types = parse(types.as_bytes(), &Limits::small()).unwrap();
    document.insert("type", types.into_owned());
    document
}

const UNKNOWN: &str = r#", "https://a.example/context""#;

#[test]
fn a_context_that_is_not_at_hand_is_said() {
    let document = with_context(UNKNOWN, r#"["VerifiableCredential"]"#);
    let said = warnings(ask(&issued(document)));
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(said[0].0, Code::VcContextUnchecked);
    assert!(said[0].1.starts_with("/@context"), "{said:?}");
    assert_eq!(warnings(ask(&issued(draft()))), []);
    // The mandates' own is known.
    let own = with_context(
        r#", "urn:mandate:context:1""#,
        r#"["VerifiableCredential"]"#,
    );
    let said = warnings(ask(&issued(own)));
    assert!(
        said.iter().all(|(_, at)| !at.starts_with("/@context")),
        "{said:?}"
    );
}

#[cfg(not(feature = "rdfc"))]
#[test]
fn every_context_that_was_not_looked_at_is_named() {
    let document = with_context(
        r#", {"A": "urn:x:y"}, "urn:a:b""#,
        r#"["VerifiableCredential", "A"]"#,
    );
    let expected =
        ["/@context/1", "/@context/2"].map(|at| (Code::VcContextUnchecked, at.to_owned()));
    assert_eq!(warnings(ask(&issued(document.clone()))), expected);
    // Of a draft, too.
    let at_hand = AtHand::nothing();
    let checked = check_draft(&document, now(), &at_hand, &mut Budget::presentation());
    assert_eq!(places(&checked.unwrap()), expected);
}

#[cfg(feature = "rdfc")]
mod looked_at {
    use super::*;

    fn issued_over_rdf(document: Object<'static>) -> Object<'static> {
        let mut options = options(1, Relationship::AssertionMethod);
        options.cryptosuite = Cryptosuite::EddsaRdfc2022;
        sign(document, &options, &key(1)).unwrap()
    }

    #[test]
    fn a_credential_signed_over_rdf_is_authentic() {
        let document = issued_over_rdf(draft());
        let credential = ask(&document).unwrap();
        assert_eq!(credential.warnings(), []);
        assert_eq!(credential.get().signers()[0].did(), &did_of(1));
        let mut changed = document;
        changed.insert("name", "x".into());
        assert_eq!(
            refusal(ask(&changed)),
            one(Code::SignatureInvalid, "/proof")
        );
    }

    #[test]
    fn types_are_defined_by_a_context_or_are_urls() {
        let refused = one(Code::VcType, "/type");
        let term = |url: &str| format!(r#", {{ "Office": "{url}" }}"#);
        let office = r#"["VerifiableCredential", "Office"]"#;
        for (context, types, expected) in [
            (term("https://a.example/#Office"), office, vec![]),
            (
                String::new(),
                r#"["VerifiableCredential", "https://a.example/#Office"]"#,
                vec![],
            ),
            (
                r#", { "@vocab": null }"#.to_owned(),
                office,
                refused.clone(),
            ),
            (String::new(), office, refused),
        ] {
            let document = with_context(&context, types);
            assert_eq!(
                refusal(ask(&issued(document.clone()))),
                expected,
                "{context}"
            );
            let at_hand = AtHand::nothing();
            let checked = check_draft(&document, now(), &at_hand, &mut Budget::presentation());
            assert_eq!(refusal(checked), expected, "{context}");
        }
    }

    #[test]
    fn a_context_that_cannot_be_used_is_refused() {
        let office = r#"["VerifiableCredential", "Office"]"#;
        let plain = r#"["VerifiableCredential"]"#;
        for (context, types) in [
            (
                r#", { "VerifiableCredential": "https://a.example/#Bad" }"#,
                plain,
            ),
            (
                r#", { "@protected": true, "Office": "https://a.example/#A" }, { "Office": "https://a.example/#B" }"#,
                office,
            ),
        ] {
            let document = with_context(context, types);
            let refused = one(Code::VcContext, "/@context");
            assert_eq!(
                refusal(ask(&issued(document.clone()))),
                refused,
                "{context}"
            );
            let at_hand = AtHand::nothing();
            let checked = check_draft(&document, now(), &at_hand, &mut Budget::presentation());
            assert_eq!(refusal(checked), refused, "{context}");
        }
        let nowhere = with_context(r#", { "Office": "https ://a.example/#A" }"#, office);
        assert!(ask(&issued(nowhere)).is_err());
    }

    #[test]
    fn contexts_that_nobody_signed_are_said() {
        let own = r#", { "Office": "https://a.example/#Office" }"#;
        let document = with_context(own, r#"["VerifiableCredential", "Office"]"#);
        let signed = |suite| {
            let purpose = Relationship::AssertionMethod;
            let options = ProofOptions::new(suite, method(1), purpose, now());
            sign(document.clone(), &options, &key(1)).unwrap()
        };
        let said = warnings(ask(&signed(Cryptosuite::EddsaRdfc2022)));
        assert_eq!(said, one(Code::VcContextOwn, "/@context"));
        // Canonical JSON covers the contexts too.
        assert_eq!(warnings(ask(&signed(Cryptosuite::EddsaJcs2022))), []);
        // And without them what is at hand says what the names mean.
        let known = draft();
        let options = ProofOptions::new(
            Cryptosuite::EddsaRdfc2022,
            method(1),
            Relationship::AssertionMethod,
            now(),
        );
        let signed = sign(known, &options, &key(1)).unwrap();
        assert_eq!(warnings(ask(&signed)), []);
    }

    #[test]
    fn whoever_signs_must_know_every_context() {
        let document = with_context(UNKNOWN, r#"["VerifiableCredential"]"#);
        let at_hand = AtHand::nothing();
        let checked = check_draft(&document, now(), &at_hand, &mut Budget::presentation());
        assert_eq!(refusal(checked), one(Code::VcContext, "/@context"));
    }

    #[test]
    fn a_member_that_no_context_defines_is_said() {
        let document = with("credentialSubject", r#"{ "seat": 17 }"#);
        let said = one(Code::VcContextUnchecked, "");
        assert_eq!(warnings(ask(&issued(document.clone()))), said);
        let at_hand = AtHand::nothing();
        let checked = check_draft(&document, now(), &at_hand, &mut Budget::presentation());
        assert_eq!(places(&checked.unwrap()), said);
        // Claims of an envelope belong to no context.
        let mut claims = draft();
        claims.insert("iat", Value::from(1_769_000_000_u64));
        let text = crate::proof::enveloping::sign(
            &claims,
            crate::proof::enveloping::Kind::Credential,
            &key(1),
            Some(&method(1).to_string()),
        );
        let secured = Secured::Text {
            media_type: crate::proof::enveloping::MediaType::VcJwt,
            text: &text.unwrap(),
        };
        let (question, budget) = (Question::at(now()), &mut Budget::presentation());
        let opened = verify_credential(secured, &question, &AtHand::nothing(), budget);
        assert_eq!(warnings(opened), []);
    }

    #[test]
    fn terms_cost_what_the_budget_has() {
        let mut budget = Budget::presentation();
        budget.spend_ld(1 << 18).unwrap();
        let checked = check_draft(&draft(), now(), &AtHand::nothing(), &mut budget);
        assert_eq!(refusal(checked), one(Code::BudgetExhausted, "/@context"));
    }

    #[test]
    fn contexts_may_be_handed_in() {
        let contexts = crate::ld::Contexts::standard()
            .with(
                "https://a.example/context",
                br#"{ "@context": { "Office": "https://a.example/#Office" } }"#,
            )
            .unwrap();
        let at_hand = AtHand::nothing().with_contexts(&contexts);
        let document = with_context(UNKNOWN, r#"["VerifiableCredential", "Office"]"#);
        let question = Question::at(now());
        assert_eq!(
            warnings(ask_with(&issued(document), &question, &at_hand)),
            []
        );
    }
}
