use std::borrow::Cow;

use proptest::prelude::*;

use super::*;

#[test]
fn the_key_is_that_of_the_issuers_did() {
    let resolver = LocalResolver::new();
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let issuer = key(algorithm, 1);
        let document = credential(&issuer, "");
        let text = sign(&document, Kind::Credential, &issuer, Some(&kid_of(&issuer))).unwrap();
        let mut budget = Budget::presentation();
        let expected = expected(MediaType::VcJwt);
        let (signer, secured) = verify(&text, expected, &resolver, &mut budget).unwrap();
        assert_eq!(signer.did(), &did_of(&issuer));
        assert_eq!(signer.key(), issuer.public_key());
        assert!(
            document
                .iter()
                .all(|(name, value)| secured.document.get(name) == Some(value))
        );
    }
}

#[test]
fn a_relative_kid_stands_behind_the_issuers_did() {
    let issuer = key(Algorithm::EdDsa, 1);
    let fragment = issuer.public_key().to_multikey();
    for kid in [format!("#{fragment}"), fragment.clone()] {
        let header = format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#);
        let text = by_hand(&header, &credential(&issuer, ""), &issuer);
        assert_eq!(refusal(&text), None, "{kid}");
    }
    let header = r##"{"alg":"EdDSA","kid":"#other"}"##;
    let text = by_hand(header, &credential(&issuer, ""), &issuer);
    assert_eq!(refusal(&text), Some(Code::DidNoSuchMethod));
}

#[test]
fn a_relative_kid_stands_behind_iss_where_no_holder_is_named() {
    let holder = key(Algorithm::EdDsa, 1);
    let header = format!(
        r##"{{"alg":"EdDSA","kid":"#{}"}}"##,
        holder.public_key().to_multikey()
    );
    let named = presentation(&format!(r#","iss":"{}""#, did_of(&holder)));
    let text = by_hand(&header, &named, &holder);
    assert!(read_as(MediaType::VpJwt, &text).is_ok());
    let text = by_hand(&header, &presentation(""), &holder);
    let found = read_as(MediaType::VpJwt, &text).map_err(|e| e.code());
    assert_eq!(found.err(), Some(Code::JwsMalformed));
}

#[test]
fn without_kid_no_key_is_found() {
    let issuer = key(Algorithm::EdDsa, 1);
    let text = by_hand(r#"{"alg":"EdDSA"}"#, &credential(&issuer, ""), &issuer);
    assert_eq!(refusal(&text), Some(Code::JwsMalformed));
}

#[test]
fn an_issuer_is_not_who_another_key_says_it_is() {
    let (issuer, attacker) = (key(Algorithm::EdDsa, 1), key(Algorithm::EdDsa, 2));
    // The attacker's own DID under a credential of the issuer.
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, kid_of(&attacker));
    let text = by_hand(&header, &credential(&issuer, ""), &attacker);
    assert_eq!(refusal(&text), Some(Code::IssuerMismatch));
    // The issuer's kid under a signature of the attacker.
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, kid_of(&issuer));
    let text = by_hand(&header, &credential(&issuer, ""), &attacker);
    assert_eq!(refusal(&text), Some(Code::SignatureInvalid));
    // The issuer's DID with the attacker's fragment.
    let fragment = attacker.public_key().to_multikey();
    let header = format!(
        r#"{{"alg":"EdDSA","kid":"{}#{fragment}"}}"#,
        did_of(&issuer)
    );
    let text = by_hand(&header, &credential(&issuer, ""), &attacker);
    assert_eq!(refusal(&text), Some(Code::DidNoSuchMethod));
    // No issuer at all.
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, kid_of(&attacker));
    let mut nobody = credential(&attacker, "");
    nobody.remove("issuer");
    assert_eq!(
        refusal(&by_hand(&header, &nobody, &attacker)),
        Some(Code::IssuerMismatch)
    );
}

#[test]
fn a_holder_is_not_who_another_key_says_it_is() {
    let (holder, attacker) = (key(Algorithm::EdDsa, 1), key(Algorithm::EdDsa, 2));
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, kid_of(&attacker));
    for member in ["holder", "iss"] {
        let more = format!(r#","{member}":"{}""#, did_of(&holder));
        let text = by_hand(&header, &presentation(&more), &attacker);
        let found = read_as(MediaType::VpJwt, &text).map_err(|e| e.code());
        assert_eq!(found.err(), Some(Code::VcHolderMismatch), "{member}");
    }
    let text = by_hand(&header, &presentation(""), &attacker);
    assert!(
        read_as(MediaType::VpJwt, &text).is_ok(),
        "a holder need not be named"
    );
}

/// Resolves one DID, whose document lists the key for one purpose only.
struct OnePurpose(did::DidDocument);

impl OnePurpose {
    fn new(key: &SecretKey, purpose: &str) -> Self {
        let (did, kid) = (did_of(key), kid_of(key));
        let multikey = key.public_key().to_multikey();
        let document = format!(
            r#"{{"id":"{did}","verificationMethod":[{{"id":"{kid}","type":"Multikey",
                "controller":"{did}","publicKeyMultibase":"{multikey}"}}],"{purpose}":["{kid}"]}}"#
        );
        Self(did::DidDocument::from_value(&object(&document).into()).unwrap())
    }
}

impl Resolver for OnePurpose {
    fn resolve(&self, _: &did::Did) -> Result<Cow<'_, did::DidDocument>, did::DidError> {
        Ok(Cow::Borrowed(&self.0))
    }
}

#[test]
fn the_key_must_be_listed_for_what_it_signs() {
    let author = key(Algorithm::EdDsa, 1);
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, kid_of(&author));
    let signed = by_hand(&header, &credential(&author, ""), &author);
    let shown = by_hand(&header, &presentation(""), &author);
    for (text, media_type, listed, other) in [
        (
            signed,
            MediaType::VcJwt,
            "assertionMethod",
            "authentication",
        ),
        (shown, MediaType::VpJwt, "authentication", "assertionMethod"),
    ] {
        let found = |purpose| {
            let resolver = OnePurpose::new(&author, purpose);
            let mut budget = Budget::presentation();
            let found = verify(&text, expected(media_type), &resolver, &mut budget);
            found.err().map(|e| e.code())
        };
        assert_eq!(found(listed), None, "{media_type:?}");
        assert_eq!(found(other), Some(Code::DidNoSuchMethod), "{media_type:?}");
    }
}

#[test]
fn keys_in_the_header_never_choose() {
    let (issuer, attacker) = (key(Algorithm::EdDsa, 1), key(Algorithm::EdDsa, 2));
    let jwk = jcs::canonicalize(&attacker.public_key().to_jwk()).unwrap();
    let jwk = String::from_utf8(jwk).unwrap();
    for more in [
        format!(r#","jwk":{jwk}"#),
        r#","jku":"https://a.example/","x5c":["AA"]"#.to_owned(),
    ] {
        let header = format!(r#"{{"alg":"EdDSA","kid":"{}"{more}}}"#, kid_of(&issuer));
        let by_attacker = by_hand(&header, &credential(&issuer, ""), &attacker);
        assert_eq!(
            refusal(&by_attacker),
            Some(Code::SignatureInvalid),
            "{more}"
        );
        let by_issuer = by_hand(&header, &credential(&issuer, ""), &issuer);
        assert_eq!(refusal(&by_issuer), None, "{more}");
        let header = format!(r#"{{"alg":"EdDSA"{more}}}"#);
        let alone = by_hand(&header, &credential(&attacker, ""), &attacker);
        assert_eq!(refusal(&alone), Some(Code::JwsMalformed), "{more}");
    }
}

#[test]
fn alg_must_be_that_of_the_key() {
    for (algorithm, accepted) in [
        (Algorithm::EdDsa, ["EdDSA", "Ed25519"].as_slice()),
        (Algorithm::Es256, &["ES256"]),
    ] {
        let issuer = key(algorithm, 1);
        for alg in [
            "EdDSA", "Ed25519", "ES256", "none", "None", "HS256", "ES384", "Ed448", "eddsa", "",
        ] {
            let header = format!(r#"{{"alg":"{alg}","kid":"{}"}}"#, kid_of(&issuer));
            let found = refusal(&by_hand(&header, &credential(&issuer, ""), &issuer));
            let code = (!accepted.contains(&alg)).then_some(Code::JwsAlgorithm);
            assert_eq!(found, code, "{alg}");
        }
    }
    let issuer = key(Algorithm::EdDsa, 1);
    let header = format!(r#"{{"kid":"{}"}}"#, kid_of(&issuer));
    let text = by_hand(&header, &credential(&issuer, ""), &issuer);
    assert_eq!(refusal(&text), Some(Code::JwsMalformed));
}

#[test]
fn an_unsecured_document_is_refused() {
    let issuer = key(Algorithm::EdDsa, 1);
    let header = format!(r#"{{"alg":"none","kid":"{}"}}"#, kid_of(&issuer));
    let signed = by_hand(&header, &credential(&issuer, ""), &issuer);
    let (unsigned, _) = signed.rsplit_once('.').unwrap();
    assert_eq!(refusal(&format!("{unsigned}.")), Some(Code::JwsAlgorithm));
    let plain = jcs::canonicalize_object(&credential(&issuer, ""), None).unwrap();
    let plain = String::from_utf8(plain).unwrap();
    assert_eq!(refusal(&plain), Some(Code::JwsMalformed));
}

#[test]
fn a_key_handed_in_verifies_and_its_controller_must_be_the_author() {
    let issuer = key(Algorithm::EdDsa, 1);
    let mut document = credential(&issuer, "");
    document.insert("issuer", "https://issuer.example/1".into());
    // A kid that is no DID URL is a hint for whoever has the keys, and is let be.
    let text = sign(&document, Kind::Credential, &issuer, Some("key-1")).unwrap();
    let found = |key: &SecretKey, controller| {
        let mut budget = Budget::presentation();
        let expected = expected(MediaType::VcJwt);
        let found = verify_with_key(&text, expected, key.public_key(), controller, &mut budget);
        found.err().map(|e| e.code())
    };
    assert_eq!(found(&issuer, None), None);
    assert_eq!(found(&issuer, Some("https://issuer.example/1")), None);
    assert_eq!(
        found(&issuer, Some("https://issuer.example/2")),
        Some(Code::IssuerMismatch)
    );
    assert_eq!(
        found(&key(Algorithm::EdDsa, 2), None),
        Some(Code::SignatureInvalid)
    );
    assert_eq!(
        found(&key(Algorithm::Es256, 1), None),
        Some(Code::JwsAlgorithm)
    );
}

#[test]
fn a_payload_that_is_no_object_is_refused() {
    let issuer = key(Algorithm::EdDsa, 1);
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, kid_of(&issuer));
    for (payload, code) in [
        ("[]", Code::JwsMalformed),
        (r#"{"a":1,"a":1}"#, Code::JsonDuplicateName),
        ("x", Code::JsonMalformed),
    ] {
        let input = format!(
            "{}.{}",
            base64url::encode(header.as_bytes()),
            base64url::encode(payload.as_bytes())
        );
        let signature = issuer.try_sign(input.as_bytes()).unwrap();
        let text = format!("{input}.{}", base64url::encode(signature.as_bytes()));
        assert_eq!(refusal(&text), Some(code), "{payload}");
    }
}

#[test]
fn the_budget_bounds_bytes_and_signatures() {
    let text = with_header("");
    let code = |budget: &mut Budget| {
        let expected = expected(MediaType::VcJwt);
        let found = verify(&text, expected, &LocalResolver::new(), budget);
        found.err().map(|e| e.code())
    };
    let mut budget = Budget::presentation();
    for _ in 0..64 {
        assert_eq!(code(&mut budget), None);
    }
    assert_eq!(code(&mut budget), Some(Code::BudgetExhausted));
    let mut budget = Budget::presentation();
    budget.spend_bytes((1 << 20) - text.len() + 1).unwrap();
    assert_eq!(code(&mut budget), Some(Code::BudgetExhausted));
}

#[test]
fn text_of_another_number_of_parts_is_refused() {
    let good = with_header("");
    for text in [
        format!("{good}.AAAA"),
        format!(".{good}"),
        "AAAA.AAAA".to_owned(),
        "AAAA".to_owned(),
        format!("{good}\n"),
    ] {
        assert_eq!(refusal(&text), Some(Code::JwsMalformed), "{text}");
    }
}

#[test]
fn the_key_that_is_named_can_be_asked_for_before_verifying() {
    let named = |text: &str, media_type| {
        let mut budget = Budget::presentation();
        unverified_key_id(text, media_type, &mut budget).map_err(|e| e.code())
    };
    let kid = Some(kid_of(&key(Algorithm::EdDsa, 1)));
    let text = with_header("");
    assert_eq!(named(&text, MediaType::VcJwt), Ok(kid.clone()));
    assert_eq!(named(&format!("{text}~"), MediaType::VcSdJwt), Ok(kid));
    let other = with_header(r#","typ":"vp+jwt""#);
    assert_eq!(named(&other, MediaType::VcJwt), Err(Code::JwsType));
    let (header, _) = text.split_once('.').unwrap();
    let no_object = format!("{header}.W10.AA");
    assert_eq!(named(&no_object, MediaType::VcJwt), Err(Code::JwsMalformed));
    let found = named(&format!("{no_object}~"), MediaType::VcSdJwt);
    assert_eq!(found, Err(Code::JwsMalformed));
}

proptest! {
    #[test]
    fn every_character_counts(at in 0usize..10_000, c in "[ -~]", cut: bool, insert: bool) {
        let good = with_header(r#","typ":"vc+jwt","cty":"vc""#);
        let at = at % good.len();
        let mut changed = good.clone();
        changed.replace_range(at..if insert { at } else { at + 1 }, if cut { "" } else { &c });
        prop_assume!(changed != good);
        prop_assert!(refusal(&changed).is_some(), "{}", changed);
    }

    #[test]
    fn nothing_panics(text in "[a-zA-Z0-9_.~-]{0,200}", header in "\\PC{0,80}", payload in "\\PC{0,80}") {
        let made = format!("{}.{}.AA", base64url::encode(header.as_bytes()), base64url::encode(payload.as_bytes()));
        for media_type in MediaType::ALL {
            let _ = read_as(media_type, &text);
            let _ = read_as(media_type, &made);
            let _ = read_as(media_type, &format!("{made}~"));
        }
        let _ = MediaType::split_data_url(&text);
    }
}
