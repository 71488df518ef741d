//! Whose key signed: by DID and by the metadata of a web address.

use super::*;

const ISSUER: &str = "https://issuer.example/tenant";

#[test]
fn the_address_of_metadata_is_made_from_the_issuer() {
    for (issuer, expected) in [
        (
            "https://example.com",
            "https://example.com/.well-known/jwt-vc-issuer",
        ),
        (
            "https://example.com/",
            "https://example.com/.well-known/jwt-vc-issuer",
        ),
        (
            "https://example.com/tenant/1234",
            "https://example.com/.well-known/jwt-vc-issuer/tenant/1234",
        ),
        (
            "https://example.com:8443/tenant/",
            "https://example.com:8443/.well-known/jwt-vc-issuer/tenant",
        ),
    ] {
        assert_eq!(metadata_url(issuer).as_deref(), Ok(expected));
    }
    for issuer in [
        "http://example.com",
        "example.com",
        "https://",
        "https://example.com?x=1",
        "https://example.com/a?x=1",
        "https://example.com/#a",
        "https://user@example.com/a",
        "https://example.com/../a",
        "https://example.com/a/%2E%2e/b",
        "https://example.com/a b",
        "https://192.0.2.1/a",
        "https://[::1]/a",
        "https://example.com:0/a",
        "https://example.com\\@other.example/",
    ] {
        let found = metadata_url(issuer).map_err(|e| e.code());
        assert_eq!(found, Err(Code::SdJwtVcMetadata), "{issuer}");
    }
}

fn jwk(seed: u8, more: &str) -> String {
    let jwk = crate::encoding::jcs::canonicalize(&key(seed).public_key().to_jwk()).unwrap();
    String::from_utf8(jwk)
        .unwrap()
        .replacen('}', &format!("{more}}}"), 1)
}

fn document(keys: &str) -> String {
    format!(r#"{{"issuer":"{ISSUER}","jwks":{{"keys":[{keys}]}},"other":1}}"#)
}

fn held(json: &str) -> Result<IssuerMetadata, Code> {
    let mut metadata = IssuerMetadata::new(SignedDuration::from_hours(24));
    metadata
        .insert(ISSUER, json.as_bytes(), at(NOW))
        .map_err(|e| e.code())?;
    Ok(metadata)
}

/// A credential by a web address, signed by key 1.
fn credential(kid: &str, iss: &str) -> String {
    let header = format!(r#"{{"alg":"ES256","typ":"dc+sd-jwt"{kid}}}"#);
    jws(&header, &format!(r#"{{"vct":"a"{iss}}}"#), &key(1)) + "~"
}

fn by_metadata(text: &str, metadata: &IssuerMetadata, now: i64) -> Result<VerifiedVc, VcError> {
    let policy = Policy::new().with_metadata(metadata).with_dids(&LOCAL);
    verify(
        text,
        &policy,
        Binding::NotRequired,
        at(now),
        &mut Budget::presentation(),
    )
}

fn found(kid: &str, keys: &str) -> Result<String, Code> {
    let text = credential(kid, &format!(r#","iss":"{ISSUER}""#));
    let verified = by_metadata(&text, &held(&document(keys))?, NOW).map_err(|e| e.code())?;
    match verified.signed_by() {
        IssuerKey::Metadata(key) => {
            assert!(verified.signed_by().did().is_none());
            Ok(key.issuer().to_owned())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_key_is_the_one_that_kid_names() {
    let (one, two) = (jwk(1, r#","kid":"1""#), jwk(2, r#","kid":"2""#));
    let both = format!("{one},{two}");
    let ok = Ok(ISSUER.to_owned());
    assert_eq!(found(r#","kid":"1""#, &both), ok);
    assert_eq!(found("", &one), ok);
    assert_eq!(found("", &jwk(1, "")), ok);
    // The other key, no key, one of two, one name for two.
    assert_eq!(found(r#","kid":"2""#, &both), Err(Code::SignatureInvalid));
    assert_eq!(found(r#","kid":"3""#, &both), Err(Code::SdJwtVcIssuerKey));
    assert_eq!(found("", &both), Err(Code::SdJwtVcIssuerKey));
    assert_eq!(found("", ""), Err(Code::SdJwtVcIssuerKey));
    let same = format!("{one},{}", jwk(2, r#","kid":"1""#));
    assert_eq!(found(r#","kid":"1""#, &same), Err(Code::SdJwtVcIssuerKey));
    // Keys that cannot be meant do not disturb.
    let others = format!(
        r#"{one},{{"kty":"RSA","kid":"1","n":"AQAB","e":"AQAB"}},{},{}"#,
        jwk(2, r#","kid":"1","use":"enc""#),
        jwk(3, r#","kid":"1","key_ops":["sign"]"#)
    );
    assert_eq!(found(r#","kid":"1""#, &others), ok);
    assert_eq!(
        found(r#","kid":"1""#, &jwk(1, r#","kid":"1","use":"enc""#)),
        Err(Code::SdJwtVcIssuerKey)
    );
    assert_eq!(
        found("", &jwk(1, r#","d":"AA""#)),
        Err(Code::SdJwtVcMetadata)
    );
}

#[test]
fn metadata_is_that_of_the_issuer_and_has_its_keys_once() {
    let one = jwk(1, "");
    for wrong in [
        "[]".to_owned(),
        "x".to_owned(),
        "{}".to_owned(),
        format!(r#"{{"issuer":"{ISSUER}"}}"#),
        format!(r#"{{"issuer":"{ISSUER}/","jwks":{{"keys":[{one}]}}}}"#),
        format!(r#"{{"issuer":"https://other.example","jwks":{{"keys":[{one}]}}}}"#),
        format!(r#"{{"issuer":7,"jwks":{{"keys":[{one}]}}}}"#),
        format!(
            r#"{{"issuer":"{ISSUER}","jwks":{{"keys":[{one}]}},"jwks_uri":"https://a.example/k"}}"#
        ),
        format!(r#"{{"issuer":"{ISSUER}","jwks":[{one}]}}"#),
        format!(r#"{{"issuer":"{ISSUER}","jwks":{{"keys":{{}}}}}}"#),
        format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"http://a.example/k"}}"#),
        format!(r#"{{"issuer":"{ISSUER}","jwks_uri":7}}"#),
        document(&jwk(1, r#","kid":7"#)),
        document(&one).replacen('{', r#"{"issuer":"https://other.example","#, 1),
    ] {
        assert_eq!(
            held(&wrong).map(|_| ()),
            Err(Code::SdJwtVcMetadata),
            "{wrong}"
        );
    }
}

#[test]
fn an_issuer_that_has_no_address_has_no_metadata() {
    let mut metadata = IssuerMetadata::new(SignedDuration::from_hours(24));
    for issuer in ["http://issuer.example", "https://192.0.2.1", "did:web:a"] {
        let json = format!(r#"{{"issuer":"{issuer}","jwks":{{"keys":[]}}}}"#);
        let found = metadata.insert(issuer, json.as_bytes(), at(NOW));
        let found = found.map(|_| ()).map_err(|e| e.code());
        assert_eq!(found, Err(Code::SdJwtVcMetadata), "{issuer}");
    }
    // Nothing that could be fetched would change that.
    let text = credential("", r#","iss":"https://192.0.2.1""#);
    let error = by_metadata(&text, &metadata, NOW).unwrap_err();
    assert_eq!(
        (error.code(), error.is_undecided()),
        (Code::SdJwtVcMetadata, false)
    );
}

#[test]
fn metadata_that_is_not_at_hand_leaves_the_answer_open() {
    let text = credential("", &format!(r#","iss":"{ISSUER}""#));
    let code = |metadata: &IssuerMetadata, now: i64| {
        let found = by_metadata(&text, metadata, now);
        found.map(|_| ()).map_err(|e| (e.code(), e.is_undecided()))
    };
    let missing = Err((Code::SdJwtVcMetadataMissing, true));
    let empty = IssuerMetadata::new(SignedDuration::from_hours(24));
    assert_eq!(code(&empty, NOW), missing);
    let metadata = held(&document(&jwk(1, ""))).unwrap();
    assert_eq!(code(&metadata, NOW + 86_400), Ok(()));
    assert_eq!(code(&metadata, NOW + 86_401), missing);
    assert_eq!(code(&metadata, NOW - 301), missing);
    // Five minutes between two clocks are nobody's fault.
    assert_ne!(code(&metadata, NOW - 300), missing);
    assert_ne!(code(&metadata, NOW + 86_400), missing);

    // Keys that stand elsewhere.
    let mut metadata = IssuerMetadata::new(SignedDuration::from_hours(24));
    let keys = format!(r#"{{"keys":[{}]}}"#, jwk(1, ""));
    let uri = "https://keys.example/jwks";
    let early = metadata.insert_keys(ISSUER, uri, keys.as_bytes());
    assert_eq!(early.map_err(|e| e.code()), Err(Code::SdJwtVcMetadata));
    let json = format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"{uri}"}}"#);
    let asked = metadata.insert(ISSUER, json.as_bytes(), at(NOW));
    assert_eq!(asked, Ok(Some(uri)));
    assert_eq!(code(&metadata, NOW), missing);
    let other = metadata.insert_keys(ISSUER, "https://keys.example/other", keys.as_bytes());
    assert_eq!(other.map_err(|e| e.code()), Err(Code::SdJwtVcMetadata));
    metadata.insert_keys(ISSUER, uri, keys.as_bytes()).unwrap();
    assert_eq!(code(&metadata, NOW), Ok(()));
}

#[test]
fn a_way_that_is_not_open_is_not_taken() {
    let printed = |policy: Policy<'_>| format!("{policy:?}");
    assert!(printed(Policy::new().with_dids(&LOCAL)).contains("Some(Dids)"));
    assert!(printed(Policy::new()).contains("dids: None"));
    let metadata = held(&document(&jwk(1, ""))).unwrap();
    let by_address = credential("", &format!(r#","iss":"{ISSUER}""#));
    let by_kid = credential(&format!(r#","kid":"{}""#, kid_of(&key(1))), "");
    let closed = Policy::new();
    for (text, policy) in [
        (&by_address, closed.with_dids(&LOCAL)),
        (&by_kid, closed.with_metadata(&metadata)),
        (
            &credential("", ""),
            closed.with_dids(&LOCAL).with_metadata(&metadata),
        ),
        (
            &credential(r#","kid":"1""#, r#","iss":"did:web:a.example""#),
            closed.with_dids(&LOCAL).with_metadata(&metadata),
        ),
        (
            &credential("", r#","iss":"http://issuer.example""#),
            closed.with_metadata(&metadata),
        ),
        (
            &credential(r#","x5c":[]"#, &format!(r#","iss":"{ISSUER}""#)),
            closed.with_metadata(&metadata),
        ),
    ] {
        let found = verify(
            text,
            &policy,
            Binding::NotRequired,
            at(NOW),
            &mut Budget::presentation(),
        );
        assert_eq!(
            found.map(|_| ()).map_err(|e| e.code()),
            Err(Code::SdJwtVcIssuerKey),
            "{text}"
        );
    }
}

#[test]
fn the_issuer_named_is_the_one_that_signed() {
    let metadata = held(&document(&jwk(1, ""))).unwrap();
    let kid = format!(r#","kid":"{}""#, kid_of(&key(1)));
    let code = |kid: &str, iss: &str| {
        let found = by_metadata(&credential(kid, iss), &metadata, NOW);
        found.map(|_| ()).map_err(|e| e.code())
    };
    assert_eq!(code(&kid, ""), Ok(()));
    assert_eq!(
        code(&kid, &format!(r#","iss":"{}""#, did_of(&key(1)))),
        Ok(())
    );
    // A DID cannot speak for another, nor for a web address.
    for iss in [
        did_of(&key(2)).to_string(),
        ISSUER.to_owned(),
        String::new(),
    ] {
        let found = code(&kid, &format!(r#","iss":"{iss}""#));
        assert_eq!(found, Err(Code::IssuerMismatch), "{iss}");
    }
    // The key of another web address.
    let other = code("", r#","iss":"https://other.example""#);
    assert_eq!(other, Err(Code::SdJwtVcMetadataMissing));
    // A fragment alone names no DID.
    let relative = code(
        r##","kid":"#key-1""##,
        &format!(r#","iss":"{}""#, did_of(&key(1))),
    );
    assert_eq!(relative, Err(Code::SdJwtVcIssuerKey));
}

#[test]
fn a_did_whose_document_is_not_at_hand_leaves_the_answer_open() {
    let documents = did::PinnedDocuments::new();
    let resolver = documents.at(at(NOW), SignedDuration::from_hours(1));
    let policy = Policy::new().with_dids(&resolver);
    let text = credential(r#","kid":"did:web:issuer.example#1""#, "");
    let budget = &mut Budget::presentation();
    let error = verify(&text, &policy, Binding::NotRequired, at(NOW), budget).unwrap_err();
    assert_eq!(
        (error.code(), error.is_undecided()),
        (Code::DidDocumentMissing, true)
    );
    assert!(!VcError::from(SdJwtError::KeyBinding).is_undecided());
}
