//! Media type, registered claims, time, disclosure and key binding.

use proptest::prelude::*;

use super::*;

const VCT: &str = r#""vct":"https://types.example/a""#;

#[test]
fn a_credential_says_who_signed_and_what() {
    let text = issued(
        r#"{"vct":"https://types.example/a","aka_vcts":["urn:b"],"sub":"s","iat":1700000000,
           "nbf":1700000000.5,"exp":1900000000,"status":{"status_list":{"idx":1,"uri":"https://s"}},"x":1}"#,
        &[],
    );
    let verified = by_did(&text).unwrap();
    assert_eq!(verified.signed_by().did().unwrap().did(), &did_of(&key(1)));
    let claims = verified.registered();
    assert_eq!(claims.vct, "https://types.example/a");
    assert_eq!(claims.also, ["urn:b"]);
    assert_eq!(claims.subject.as_deref(), Some("s"));
    assert_eq!(
        claims.not_before,
        Some(Timestamp::new(1_700_000_000, 500_000_000).unwrap())
    );
    assert!(claims.status.is_some() && claims.confirmation.is_none());
    assert_eq!(verified.claims().get("x").and_then(Value::as_i64), Some(1));
    assert_eq!(verified.at(), at(NOW));
}

#[test]
fn only_the_media_type_of_today_is_read_unless_told_otherwise() {
    let typed = |typ: &str| {
        let header = format!(r#"{{"alg":"ES256"{typ},"kid":"{}"}}"#, kid_of(&key(1)));
        jws(&header, r#"{"vct":"a"}"#, &key(1)) + "~"
    };
    let policy = Policy::new().with_dids(&LOCAL);
    let both = policy.with_media_type(MediaType::Transitional);
    for (typ, current, transitional) in [
        (r#","typ":"dc+sd-jwt""#, true, true),
        (r#","typ":"vc+sd-jwt""#, false, true),
        (r#","typ":"DC+SD-JWT""#, false, false),
        (r#","typ":"application/dc+sd-jwt""#, false, false),
        (r#","typ":"example+sd-jwt""#, false, false),
        (r#","typ":"kb+jwt""#, false, false),
        (r#","typ":"JWT""#, false, false),
        ("", false, false),
    ] {
        for (policy, expected) in [(policy, current), (both, transitional)] {
            let found = verify(
                &typed(typ),
                &policy,
                Binding::NotRequired,
                at(NOW),
                &mut Budget::presentation(),
            );
            let expected = if expected { Ok(()) } else { Err(Code::JwsType) };
            assert_eq!(found.map(|_| ()).map_err(|e| e.code()), expected, "{typ}");
        }
    }
}

#[test]
fn registered_claims_have_their_forms() {
    let digest = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    for good in [
        VCT.to_owned(),
        format!(r#"{VCT},"vct#integrity":"{digest}""#),
        format!(r#"{VCT},"aka_vcts":["urn:b","urn:c"]"#),
        format!(r#"{VCT},"status":{{}}"#),
        format!(r#"{VCT},"nbf":1800000300,"iat":1800000300"#),
        format!(r#"{VCT},"exp":1800000001"#),
        format!(r#"{VCT},"exp":1800000000.000000001"#),
    ] {
        assert_eq!(code(&issued(&format!("{{{good}}}"), &[])), Ok(()), "{good}");
    }
    for (wrong, expected) in [
        (String::new(), Code::SdJwtVcClaim),
        (r#""vct":"""#.to_owned(), Code::SdJwtVcClaim),
        (r#""vct":7"#.to_owned(), Code::SdJwtVcClaim),
        (r#""vct":["a"]"#.to_owned(), Code::SdJwtVcClaim),
        (format!(r#"{VCT},"vct#integrity":7"#), Code::SdJwtVcClaim),
        (
            format!(r#"{VCT},"vct#integrity":"md5-x""#),
            Code::SdJwtVcClaim,
        ),
        (
            format!(r#"{VCT},"vct#integrity":"sha256-AAAA""#),
            Code::SdJwtVcClaim,
        ),
        (format!(r#"{VCT},"aka_vcts":[]"#), Code::SdJwtVcClaim),
        (format!(r#"{VCT},"aka_vcts":"urn:b""#), Code::SdJwtVcClaim),
        (
            format!(r#"{VCT},"aka_vcts":["urn:b",7]"#),
            Code::SdJwtVcClaim,
        ),
        (
            format!(r#"{VCT},"aka_vcts":["urn:b",""]"#),
            Code::SdJwtVcClaim,
        ),
        (
            format!(r#"{VCT},"aka_vcts":["https://types.example/a"]"#),
            Code::SdJwtVcClaim,
        ),
        (format!(r#"{VCT},"status":"x""#), Code::SdJwtVcClaim),
        (format!(r#"{VCT},"iss":7"#), Code::SdJwtVcClaim),
        (format!(r#"{VCT},"sub":7"#), Code::SdJwtVcClaim),
        (format!(r#"{VCT},"exp":"1900000000""#), Code::SdJwtVcClaim),
        (format!(r#"{VCT},"exp":1.9e9"#), Code::SdJwtVcClaim),
        (
            format!(r#"{VCT},"exp":99999999999999999999"#),
            Code::SdJwtVcClaim,
        ),
        (format!(r#"{VCT},"nbf":null"#), Code::SdJwtVcClaim),
        (format!(r#"{VCT},"iat":true"#), Code::SdJwtVcClaim),
        (
            format!(r#"{VCT},"exp":1800000000"#),
            Code::CredentialExpired,
        ),
        (format!(r#"{VCT},"exp":-0.5"#), Code::CredentialExpired),
        (
            format!(r#"{VCT},"nbf":1800000301"#),
            Code::CredentialNotYetValid,
        ),
        (
            format!(r#"{VCT},"iat":1800000301"#),
            Code::CredentialNotYetValid,
        ),
    ] {
        let found = code(&issued(&format!("{{{wrong}}}"), &[]));
        assert_eq!(found, Err(expected), "{wrong}");
    }
}

#[test]
fn claims_that_decide_are_never_disclosed() {
    // Written out: a name that left the list would leave a list of its own with it.
    for name in [
        "_sd_alg",
        "aka_vcts",
        "cnf",
        "exp",
        "iss",
        "nbf",
        "status",
        "vct",
        "vct#integrity",
    ] {
        let (text, digest) = disclosure(&format!(r#"["c2FsdA","{name}","x"]"#));
        let vct = if name == "vct" { "" } else { r#","vct":"a""# };
        let payload = format!(r#"{{"_sd":["{digest}"]{vct}}}"#);
        let found = code(&issued(&payload, &[text]));
        assert_eq!(found, Err(Code::SdJwtClaimConflict), "{name}");
    }
    for name in ["sub", "iat", "status_x"] {
        let value = if name == "iat" { "1" } else { "\"x\"" };
        let (text, digest) = disclosure(&format!(r#"["c2FsdA","{name}",{value}]"#));
        let payload = format!(r#"{{"_sd":["{digest}"],"vct":"a"}}"#);
        assert_eq!(code(&issued(&payload, &[text])), Ok(()), "{name}");
    }
}

#[test]
fn nor_is_any_part_of_them() {
    let (text, digest) = disclosure(r#"["c2FsdA","status_list",{"idx":1}]"#);
    let (element, element_digest) = disclosure(r#"["c2FsdA","urn:b"]"#);
    for (payload, shown) in [
        (
            format!(r#"{{"vct":"a","status":{{"_sd":["{digest}"]}}}}"#),
            &text,
        ),
        (
            format!(r#"{{"vct":"a","aka_vcts":["urn:c",{{"...":"{element_digest}"}}]}}"#),
            &element,
        ),
        (
            format!(r#"{{"vct":"a","cnf":{{"deep":[[{{"...":"{element_digest}"}}]]}}}}"#),
            &element,
        ),
    ] {
        // Whether the holder shows it or not.
        for disclosures in [&[shown.clone()][..], &[]] {
            let found = code(&issued(&payload, disclosures));
            assert_eq!(found, Err(Code::SdJwtClaimConflict), "{payload}");
        }
    }
}

#[test]
fn digests_may_be_of_the_longer_functions() {
    use sha2::{Digest as _, Sha384, Sha512};

    let text = base64url::encode(br#"["c2FsdA","x",1]"#);
    for (name, digest) in [
        ("sha-384", base64url::encode(&Sha384::digest(&text))),
        ("sha-512", base64url::encode(&Sha512::digest(&text))),
    ] {
        let payload = format!(r#"{{"vct":"a","_sd_alg":"{name}","_sd":["{digest}"]}}"#);
        let credential = issued(&payload, std::slice::from_ref(&text));
        let verified = by_did(&credential).unwrap();
        assert_eq!(verified.claims().get("x").and_then(Value::as_i64), Some(1));
        // A mandate is in SHA-256, or is none.
        let mut budget = Budget::presentation();
        let strict = sd_jwt::SdJwt::parse(&credential, &mut budget).unwrap();
        let found = strict.verify_vc(&LOCAL, &mut budget);
        assert_eq!(
            found.map(|_| ()).map_err(|e| e.code()),
            Err(Code::SdJwtHashAlgorithm)
        );
    }
    for name in [r#""md5""#, r#""sha-1""#, r#""SHA-256""#, "7"] {
        let payload = format!(r#"{{"vct":"a","_sd_alg":{name}}}"#);
        assert_eq!(code(&issued(&payload, &[])), Err(Code::SdJwtHashAlgorithm));
    }
}

fn jwk_of(key: &SecretKey) -> String {
    let jwk = crate::encoding::jcs::canonicalize(&key.public_key().to_jwk()).unwrap();
    String::from_utf8(jwk).unwrap()
}

fn confirmation(cnf: &str) -> Result<Confirmation, Code> {
    let text = issued(&format!(r#"{{"vct":"a","cnf":{cnf}}}"#), &[]);
    let verified = by_did(&text).map_err(|e| e.code())?;
    Ok(verified.registered().confirmation.clone().unwrap())
}

#[test]
fn a_holders_key_is_named_in_one_way() {
    let holder = key(2);
    let jwk = jwk_of(&holder);
    let public = Confirmation::Key(holder.public_key().clone());
    assert_eq!(
        confirmation(&format!(r#"{{"jwk":{jwk}}}"#)),
        Ok(public.clone())
    );
    assert_eq!(
        confirmation(&format!(r#"{{"jwk":{jwk},"kid":"x"}}"#)),
        Ok(public.clone())
    );
    assert_eq!(
        confirmation(&format!(r#"{{"kid":"{}"}}"#, kid_of(&holder))),
        Ok(public)
    );
    for (cnf, member) in [
        (r#"{"kid":"key-1"}"#, "kid"),
        (r#"{"kid":"did:web:holder.example#1"}"#, "kid"),
        (r#"{"kid":"did:key:z6MkOther#z6MkOther"}"#, "kid"),
        (r#"{"jku":"https://a.example/keys","kid":"1"}"#, "jku"),
        (r#"{"jwe":"e30"}"#, "jwe"),
        (r#"{"x5t#S256":"e30"}"#, "x5t#S256"),
        (r#"{"jwk":{"kty":"RSA","n":"AQAB","e":"AQAB"}}"#, "jwk"),
    ] {
        let member = member.to_owned();
        assert_eq!(
            confirmation(cnf),
            Ok(Confirmation::Unsupported { member }),
            "{cnf}"
        );
    }
    for cnf in [
        "{}",
        "7",
        r#"[{"jwk":{}}]"#,
        r#"{"jwk":{}}"#,
        r#"{"jwk":7}"#,
        r#"{"kid":7}"#,
        &format!(r#"{{"jwk":{jwk},"jku":"https://a.example/keys"}}"#),
        &format!(r#"{{"jwk":{jwk},"jwe":"e30"}}"#),
        &format!(r#"{{"jwk":{}"d":"AA"}}}}"#, jwk.replace('}', ",")),
    ] {
        assert_eq!(confirmation(cnf), Err(Code::SdJwtVcClaim), "{cnf}");
    }
}

/// A presentation by key 2 of a credential bound to it.
fn presented() -> String {
    let (text, digest) = disclosure(r#"["c2FsdA","x",1]"#);
    let jwk = jwk_of(&key(2));
    let payload = format!(r#"{{"vct":"a","_sd":["{digest}"],"cnf":{{"jwk":{jwk}}}}}"#);
    let credential = issued(&payload, &[text]);
    sd_jwt::bind(
        &credential,
        "https://gate.example",
        "n0nce",
        at(NOW),
        &key(2),
    )
    .unwrap()
}

fn bound(text: &str, audience: &str, nonce: &str, now: i64) -> Result<VerifiedVc, VcError> {
    let binding = Binding::Required {
        audience,
        nonce,
        max_age: SignedDuration::from_mins(10),
    };
    let policy = Policy::new().with_dids(&LOCAL);
    verify(text, &policy, binding, at(now), &mut Budget::presentation())
}

#[test]
fn a_presentation_is_for_one_verifier_and_one_request() {
    let text = presented();
    let found = |audience: &str, nonce: &str, now: i64| {
        let found = bound(&text, audience, nonce, now);
        found
            .map(|v| v.key_binding().unwrap().nonce.clone())
            .map_err(|e| e.code())
    };
    let gate = "https://gate.example";
    assert_eq!(found(gate, "n0nce", NOW), Ok("n0nce".to_owned()));
    assert_eq!(found(gate, "n0nce", NOW + 600), Ok("n0nce".to_owned()));
    assert_eq!(found(gate, "n0nce", NOW - 300), Ok("n0nce".to_owned()));
    assert_eq!(
        found("https://other.example", "n0nce", NOW),
        Err(Code::PresentationAudience)
    );
    assert_eq!(found(gate, "n1", NOW), Err(Code::PresentationNonce));
    assert_eq!(found(gate, "n0nce", NOW + 601), Err(Code::PresentationTime));
    assert_eq!(found(gate, "n0nce", NOW - 301), Err(Code::PresentationTime));
    // Where no proof is required, none is looked at, and none is claimed.
    assert!(by_did(&text).unwrap().key_binding().is_none());
}

#[test]
fn a_presentation_that_lacks_its_proof_is_refused() {
    let text = presented();
    let found = |text: &str| {
        let found = bound(text, "https://gate.example", "n0nce", NOW);
        found.map(|_| ()).map_err(|e| e.code())
    };
    let (credential, _) = text.rsplit_once('~').unwrap();
    assert_eq!(found(&format!("{credential}~")), Err(Code::SdJwtKeyBinding));
    // Other disclosures than were bound.
    let (jwt, rest) = text.split_once('~').unwrap();
    let (_, binding) = rest.split_once('~').unwrap();
    assert_eq!(
        found(&format!("{jwt}~{binding}")),
        Err(Code::SdJwtKeyBinding)
    );
    // Another holder's.
    let stolen = sd_jwt::bind(
        &format!("{credential}~"),
        "https://gate.example",
        "n0nce",
        at(NOW),
        &key(3),
    );
    assert_eq!(found(&stolen.unwrap()), Err(Code::SignatureInvalid));
    // Bound to no key, or to none that can be used.
    for cnf in ["", r#","cnf":{"kid":"key-1"}"#] {
        let credential = issued(&format!(r#"{{"vct":"a"{cnf}}}"#), &[]);
        let text = sd_jwt::bind(
            &credential,
            "https://gate.example",
            "n0nce",
            at(NOW),
            &key(2),
        );
        assert_eq!(found(&text.unwrap()), Err(Code::HolderProof), "{cnf}");
    }
}

#[test]
fn a_holders_digest_is_in_the_function_of_the_credential() {
    use sha2::{Digest as _, Sha512};

    let jwk = jwk_of(&key(2));
    let payload = format!(r#"{{"vct":"a","_sd_alg":"sha-512","cnf":{{"jwk":{jwk}}}}}"#);
    let credential = issued(&payload, &[]);
    let with = |digest: String| {
        let payload = format!(
            r#"{{"aud":"https://gate.example","iat":{NOW},"nonce":"n0nce","sd_hash":"{digest}"}}"#
        );
        let binding = jws(r#"{"alg":"ES256","typ":"kb+jwt"}"#, &payload, &key(2));
        let text = format!("{credential}{binding}");
        let found = bound(&text, "https://gate.example", "n0nce", NOW);
        found.map(|_| ()).map_err(|e| e.code())
    };
    assert_eq!(
        with(base64url::encode(&Sha512::digest(&credential))),
        Ok(())
    );
    assert_eq!(with(digest(&credential)), Err(Code::SdJwtKeyBinding));
}

#[test]
fn every_part_of_the_work_is_paid_for() {
    let text = presented();
    let exhausted = |budget: &mut Budget| {
        let binding = Binding::Required {
            audience: "https://gate.example",
            nonce: "n0nce",
            max_age: SignedDuration::from_mins(10),
        };
        let policy = Policy::new().with_dids(&LOCAL);
        let found = verify(&text, &policy, binding, at(NOW), budget);
        found.map(|_| ()).map_err(|e| e.code())
    };
    for left in [0, 1] {
        let mut budget = Budget::presentation();
        for _ in left..64 {
            budget.spend_signature().unwrap();
        }
        assert_eq!(exhausted(&mut budget), Err(Code::BudgetExhausted), "{left}");
    }
    let mut budget = Budget::presentation();
    for _ in 2..64 {
        budget.spend_signature().unwrap();
    }
    assert_eq!(exhausted(&mut budget), Ok(()));
    let mut budget = Budget::presentation();
    budget.spend_disclosures(1024).unwrap();
    assert_eq!(exhausted(&mut budget), Err(Code::BudgetExhausted));
    let mut budget = Budget::presentation();
    budget.spend_bytes((1 << 20) - 8).unwrap();
    assert_eq!(exhausted(&mut budget), Err(Code::BudgetExhausted));
}

#[test]
fn type_metadata_sent_along_is_handed_on_unread() {
    let with = |vctm: &str| {
        let header = format!(
            r#"{{"alg":"ES256","typ":"dc+sd-jwt","kid":"{}","vctm":{vctm}}}"#,
            kid_of(&key(1))
        );
        by_did(&(jws(&header, r#"{"vct":"a"}"#, &key(1)) + "~"))
    };
    let document = br#"{"vct":"a"}"#;
    let verified = with(&format!(r#"["{}"]"#, base64url::encode(document))).unwrap();
    assert_eq!(verified.type_documents(), [document.to_vec()]);
    for wrong in [r#""x""#, r#"["e30="]"#, "[7]", "{}"] {
        let found = with(wrong).map(|_| ()).map_err(|e| e.code());
        assert_eq!(found, Err(Code::SdJwtMalformed), "{wrong}");
    }
}

proptest! {
    #[test]
    fn every_character_counts(at in 0usize..10_000, c in "[ -~]", cut: bool, insert: bool) {
        static GOOD: std::sync::LazyLock<String> = std::sync::LazyLock::new(presented);
        let good = &*GOOD;
        let at = at % good.len();
        let mut changed = good.clone();
        changed.replace_range(at..if insert { at } else { at + 1 }, if cut { "" } else { &c });
        prop_assume!(changed != *good);
        let found = bound(&changed, "https://gate.example", "n0nce", NOW);
        prop_assert!(found.is_err(), "{}", changed);
    }

    #[test]
    fn nothing_panics(text in "[a-zA-Z0-9_.~-]{0,200}", payload in "\\PC{0,80}") {
        let _ = by_did(&text);
        let _ = by_did(&issued(&payload, &[]));
        let _ = by_did(&issued(&format!(r#"{{"vct":"a","cnf":{payload},"exp":{payload}}}"#), &[]));
    }
}
