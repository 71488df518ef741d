use super::*;

#[test]
fn the_claims_of_the_old_mapping_must_not_be_there() {
    for more in [r#","vc":{}"#, r#","vp":"x""#, r#","vc":null"#] {
        let found = refusal(&with_claims(more));
        assert_eq!(found, Some(Code::EnvelopeClaimForbidden), "{more}");
    }
}

#[test]
fn claims_that_nobody_knows_are_ignored() {
    assert_eq!(refusal(&with_claims(r#","x":{"y":1},"aud":"z""#)), None);
}

#[test]
fn iss_must_be_the_issuer() {
    let issuer = did_of(&key(Algorithm::EdDsa, 1));
    let same = format!(r#","iss":"{issuer}""#);
    assert_eq!(refusal(&with_claims(&same)), None);
    assert_eq!(refusal(&with_header(&same)), None);
    let other = r#","iss":"did:example:other""#;
    let conflict = Some(Code::EnvelopeClaimConflict);
    assert_eq!(refusal(&with_claims(other)), conflict);
    assert_eq!(refusal(&with_header(other)), conflict);
    let form = r#","iss":{"id":"x"}"#;
    assert_eq!(
        refusal(&with_claims(form)),
        Some(Code::EnvelopeClaimMalformed)
    );
}

#[test]
fn iss_must_be_the_id_of_an_issuer_that_is_an_object() {
    let issuer = key(Algorithm::EdDsa, 1);
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, kid_of(&issuer));
    let text = |iss: &str| {
        let mut document = credential(&issuer, &format!(r#","iss":"{iss}""#));
        let id = did_of(&issuer).to_string();
        document.insert(
            "issuer",
            Value::object([("id", id), ("name", "House".to_owned())]),
        );
        by_hand(&header, &document, &issuer)
    };
    assert_eq!(refusal(&text(did_of(&issuer).as_str())), None);
    assert_eq!(refusal(&text("x")), Some(Code::EnvelopeClaimConflict));
}

#[test]
fn a_claim_in_the_header_must_be_that_in_the_payload() {
    let issuer = key(Algorithm::EdDsa, 1);
    for (name, inside, outside) in [
        ("sub", r#""did:example:ana""#, r#""did:example:eva""#),
        ("cnf", r#"{"kid":"a"}"#, r#"{"kid":"b"}"#),
    ] {
        let text = |outside: &str| {
            let kid = kid_of(&issuer);
            let header = format!(r#"{{"alg":"EdDSA","kid":"{kid}","{name}":{outside}}}"#);
            let document = credential(&issuer, &format!(r#","{name}":{inside}"#));
            by_hand(&header, &document, &issuer)
        };
        assert_eq!(refusal(&text(inside)), None, "{name}");
        let found = refusal(&text(outside));
        assert_eq!(found, Some(Code::EnvelopeClaimConflict), "{name}");
    }
}

#[test]
fn jti_and_sub_must_not_name_something_else() {
    for more in [
        r#","jti":"urn:a""#,
        r#","jti":"urn:a","id":"urn:a""#,
        r#","sub":"did:example:ana""#,
    ] {
        assert_eq!(refusal(&with_claims(more)), None, "{more}");
    }
    for more in [
        r#","jti":"urn:a","id":"urn:b""#,
        r#","sub":"did:example:eva""#,
    ] {
        let found = refusal(&with_claims(more));
        assert_eq!(found, Some(Code::EnvelopeClaimConflict), "{more}");
    }
    for more in [r#","jti":1"#, r#","sub":1"#] {
        let found = refusal(&with_claims(more));
        assert_eq!(found, Some(Code::EnvelopeClaimMalformed), "{more}");
    }
}

#[test]
fn sub_may_be_any_of_several_subjects() {
    let issuer = key(Algorithm::EdDsa, 1);
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, kid_of(&issuer));
    let text = |subjects: &str| {
        let mut document = credential(&issuer, r#","sub":"did:example:b""#);
        let subjects = object(&format!(r#"{{"s":{subjects}}}"#))
            .remove("s")
            .unwrap();
        document.insert("credentialSubject", subjects);
        by_hand(&header, &document, &issuer)
    };
    let two = r#"[{"id":"did:example:a"},{"id":"did:example:b"}]"#;
    assert_eq!(refusal(&text(two)), None);
    assert_eq!(refusal(&text(r#"[{"name":"x"}]"#)), None);
    let others = r#"[{"id":"did:example:a"},{"name":"b"}]"#;
    assert_eq!(refusal(&text(others)), Some(Code::EnvelopeClaimConflict));
}

#[test]
fn the_life_of_the_signature_is_held_against_the_instant() {
    let at = now().as_second();
    for (more, code) in [
        (format!(r#","exp":{at}"#), Some(Code::EnvelopeExpired)),
        (format!(r#","exp":{}"#, at + 1), None),
        (format!(r#","exp":{at}.5"#), None),
        (
            format!(r#","nbf":{}"#, at + 1),
            Some(Code::EnvelopeNotYetValid),
        ),
        (format!(r#","nbf":{at}"#), None),
        (
            format!(r#","iat":{}"#, at + 301),
            Some(Code::EnvelopeNotYetValid),
        ),
        (format!(r#","iat":{}"#, at + 300), None),
    ] {
        assert_eq!(refusal(&with_claims(&more)), code, "{more}");
    }
}

#[test]
fn the_life_of_the_signature_is_let_be_where_no_instant_is_asked_about() {
    let mut budget = Budget::presentation();
    let expected = Expected {
        media_type: MediaType::VcJwt,
        life: SignatureLife::Ignore,
    };
    let resolver = LocalResolver::new();
    let text = with_claims(r#","exp":1,"iat":0"#);
    assert!(verify(&text, expected, &resolver, &mut budget).is_ok());
    let text = with_claims(r#","exp":"1""#);
    let found = verify(&text, expected, &resolver, &mut budget);
    assert_eq!(
        found.map_err(|e| e.code()).err(),
        Some(Code::EnvelopeClaimMalformed)
    );
}

#[test]
fn a_life_that_ends_before_it_begins_is_refused() {
    let at = now().as_second();
    for other in ["nbf", "iat"] {
        let more = format!(r#","exp":{},"{other}":{}"#, at + 9, at + 9);
        let found = refusal(&with_claims(&more));
        assert_eq!(found, Some(Code::EnvelopeClaimConflict), "{other}");
    }
}

#[test]
fn dates_that_bound_the_signature_are_numbers() {
    for more in [
        r#","exp":"2030-01-01T00:00:00Z""#,
        r#","exp":null"#,
        r#","nbf":"1""#,
    ] {
        let found = refusal(&with_claims(more));
        assert_eq!(found, Some(Code::EnvelopeClaimMalformed), "{more}");
    }
    // It bounds nothing, and is written so by the W3C's own test suite.
    assert_eq!(
        refusal(&with_claims(r#","iat":"2030-01-01T00:00:00Z""#)),
        None
    );
}

#[test]
fn the_validity_of_the_data_is_not_that_of_the_signature() {
    // VC-JOSE-COSE section 3.1.3: they say different things, so neither contradicts the other.
    let more = r#","exp":1900000000,"validUntil":"2027-01-01T00:00:00Z""#;
    assert_eq!(refusal(&with_claims(more)), None);
}

#[test]
fn a_confirmation_names_the_holders_key() {
    let holder = key(Algorithm::Es256, 7);
    let jwk = String::from_utf8(jcs::canonicalize(&holder.public_key().to_jwk()).unwrap()).unwrap();
    let found = |cnf: &str| {
        let text = with_claims(&format!(r#","cnf":{cnf}"#));
        read_as(MediaType::VcJwt, &text).map(|secured| secured.confirmation)
    };
    let public = Some(holder.public_key().clone());
    assert_eq!(found(&format!(r#"{{"jwk":{jwk}}}"#)), Ok(public.clone()));
    let kid = kid_of(&holder);
    assert_eq!(found(&format!(r#"{{"kid":"{kid}"}}"#)), Ok(public.clone()));
    for nobody in [
        r#"{"kid":"did:example:ana#1"}"#,
        r#"{"kid":"thumb"}"#,
        r#"{"jku":"https://a.example"}"#,
        r#"{"jwk":{"kty":"RSA"}}"#,
    ] {
        assert_eq!(found(nobody), Ok(None), "{nobody}");
    }
    let code = |cnf: &str| found(cnf).map_err(|e| e.code()).err();
    assert_eq!(code("1"), Some(Code::EnvelopeClaimMalformed));
    assert_eq!(code(r#"{"kid":1}"#), Some(Code::EnvelopeClaimMalformed));
    let secret = jwk.replacen('{', r#"{"d":"AA","#, 1);
    assert_eq!(
        code(&format!(r#"{{"jwk":{secret}}}"#)),
        Some(Code::KeySecret)
    );
    let text = with_header(&format!(r#","cnf":{{"jwk":{jwk}}}"#));
    let found = read_as(MediaType::VcJwt, &text).unwrap().confirmation;
    assert_eq!(found, public);
}
