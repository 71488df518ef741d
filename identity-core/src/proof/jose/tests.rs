use proptest::prelude::*;

use super::*;
use crate::{
    did::{self, LocalResolver, Relationship},
    encoding::base64url,
    key::{Algorithm, SecretKey, Signer as _},
};

fn key(algorithm: Algorithm, seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(algorithm, &[seed; 32]).unwrap()
}

fn kid(key: &SecretKey) -> did::DidUrl {
    let did = did::key::create(key.public_key());
    did.with_fragment(did.specific_id()).unwrap()
}

fn signed(key: &SecretKey) -> String {
    let header = Header::with_kid(key.algorithm(), "test+jwt", &kid(key));
    Unsigned::new(&header, b"{\"a\":1}").sign(key).unwrap()
}

#[test]
fn what_is_covered_is_header_and_payload() {
    let key = key(Algorithm::EdDsa, 1);
    let header = Header::with_kid(key.algorithm(), "test+jwt", &kid(&key));
    let unsigned = Unsigned::new(&header, b"{\"a\":1}");
    let covered = unsigned.signing_input().to_owned();
    assert_eq!(covered.split('.').count(), 2);
    assert_eq!(signed(&key).rsplit_once('.').unwrap().0, covered);
}

fn verify(text: &str) -> Result<String, JwsError> {
    let jws = Jws::parse(text)?;
    let (signer, payload) = jws
        .expect_type("test+jwt")?
        .verify(&LocalResolver::new(), Relationship::AssertionMethod)?;
    assert_eq!(payload, b"{\"a\":1}");
    Ok(signer.did().to_string())
}

/// Signs with a header written by hand.
fn with_header(header: &str, key: &SecretKey) -> String {
    let input = format!(
        "{}.{}",
        base64url::encode(header.as_bytes()),
        base64url::encode(b"{\"a\":1}")
    );
    let signature = key.try_sign(input.as_bytes()).unwrap();
    format!("{input}.{}", base64url::encode(signature.as_bytes()))
}

#[test]
fn what_is_signed_verifies_and_says_by_whom() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let key = key(algorithm, 3);
        assert_eq!(
            verify(&signed(&key)),
            Ok(did::key::create(key.public_key()).to_string())
        );
    }
}

#[test]
fn headers_that_were_attacks_elsewhere_are_refused() {
    let key = key(Algorithm::EdDsa, 3);
    let kid = kid(&key);
    let code = |alg: &str, more: &str| {
        let header = format!(r#"{{"alg":"{alg}","typ":"test+jwt","kid":"{kid}"{more}}}"#);
        verify(&with_header(&header, &key)).map_err(|e| e.code())
    };
    assert!(code("EdDSA", "").is_ok());
    for alg in [
        "none", "None", "HS256", "eddsa", "ES256K", "Ed25519", "ES256", "",
    ] {
        assert_eq!(code(alg, ""), Err(Code::JwsAlgorithm), "{alg}");
    }
    for more in [
        r#","crit":["b64"],"b64":false"#,
        r#","crit":[]"#,
        r#","b64":true"#,
        r#","zip":"DEF""#,
        r#","jku":"https://a.example/""#,
        r#","x5u":"https://a.example/""#,
        r#","x5c":[]"#,
    ] {
        assert_eq!(code("EdDSA", more), Err(Code::JwsHeader), "{more}");
    }
    assert_eq!(
        code("EdDSA", r#","alg":"EdDSA""#),
        Err(Code::JsonDuplicateName)
    );
    let jwk =
        String::from_utf8(crate::encoding::jcs::canonicalize(&key.public_key().to_jwk()).unwrap());
    let beside = format!(r#","jwk":{}"#, jwk.unwrap());
    assert_eq!(code("EdDSA", &beside), Err(Code::JwsHeader));
}

#[test]
fn the_open_reading_ignores_what_is_unknown_and_refuses_what_is_dangerous() {
    let key = key(Algorithm::EdDsa, 3);
    let code = |more: &str| {
        let text = with_header(&format!(r#"{{"alg":"EdDSA"{more}}}"#), &key);
        Jws::parse_open(&text).map(|_| ()).map_err(|e| e.code())
    };
    for more in [
        "",
        r#","x5c":["AA=="]"#,
        r#","x5t#S256":"x""#,
        r#","new":{"a":[1]}"#,
    ] {
        assert_eq!(code(more), Ok(()), "{more}");
    }
    for more in [
        r#","b64":false"#,
        r#","crit":["exp"]"#,
        r#","jku":"https://a.example/""#,
        r#","jwk":{}"#,
        r#","x5u":"https://a.example/""#,
        r#","zip":"DEF""#,
        r#","kid":7"#,
    ] {
        assert_eq!(code(more), Err(Code::JwsHeader), "{more}");
    }
    assert_eq!(code(r#","new":1,"new":2"#), Err(Code::JsonDuplicateName));
}

#[test]
fn another_kind_of_document_is_refused() {
    let key = key(Algorithm::EdDsa, 3);
    let other = Unsigned::new(
        &Header::with_kid(Algorithm::EdDsa, "kb+jwt", &kid(&key)),
        b"{\"a\":1}",
    );
    assert_eq!(
        verify(&other.sign(&key).unwrap()).map_err(|e| e.code()),
        Err(Code::JwsType)
    );
}

#[test]
fn a_key_named_under_anothers_did_is_refused() {
    let (mine, theirs) = (key(Algorithm::EdDsa, 3), key(Algorithm::EdDsa, 4));
    // The victim's DID with the attacker's fragment, signed by the attacker.
    let victim = did::key::create(theirs.public_key());
    let forged = victim
        .with_fragment(&mine.public_key().to_multikey())
        .unwrap();
    let text = Unsigned::new(
        &Header::with_kid(Algorithm::EdDsa, "test+jwt", &forged),
        b"{\"a\":1}",
    );
    assert_eq!(
        verify(&text.sign(&mine).unwrap()).map_err(|e| e.code()),
        Err(Code::DidNoSuchMethod)
    );
    let text = Unsigned::new(
        &Header::with_kid(Algorithm::EdDsa, "test+jwt", &kid(&theirs)),
        b"{\"a\":1}",
    );
    assert_eq!(
        verify(&text.sign(&mine).unwrap()).map_err(|e| e.code()),
        Err(Code::SignatureInvalid)
    );
}

#[test]
fn an_algorithm_other_than_the_keys_is_refused() {
    let (ed, p256) = (key(Algorithm::EdDsa, 3), key(Algorithm::Es256, 3));
    let text = signed(&ed);
    let jws = Jws::parse(&text).unwrap();
    assert_eq!(
        jws.verify_with_key(p256.public_key()).map_err(|e| e.code()),
        Err(Code::JwsAlgorithm)
    );
}

#[test]
fn text_of_another_number_of_parts_is_refused_for_that() {
    let good = signed(&key(Algorithm::EdDsa, 3));
    let refused = |text: &str| match Jws::parse(text).unwrap_err() {
        JwsError::Malformed { reason } => reason,
        other => panic!("{other}"),
    };
    assert_eq!(
        refused(&format!("{good}.AAAA")),
        "it has more than three parts"
    );
    assert_eq!(refused(&format!(".{good}")), "it has more than three parts");
    assert_eq!(refused("AAAA.AAAA"), "it has fewer than three parts");
    assert_eq!(refused("AAAA"), "it has no signature");
}

proptest! {
    #[test]
    fn every_character_counts(at in 0usize..1000, c in "[ -~]", cut: bool, insert: bool) {
        let good = signed(&key(Algorithm::EdDsa, 3));
        let at = at % good.len();
        let mut changed = good.clone();
        let end = if insert { at } else { at + 1 };
        changed.replace_range(at..end, if cut { "" } else { &c });
        prop_assume!(changed != good);
        prop_assert!(verify(&changed).is_err(), "{}", changed);
    }

    #[test]
    fn nothing_panics(text in "[a-zA-Z0-9_.-]{0,200}") {
        let _ = Jws::parse(&text);
    }
}
