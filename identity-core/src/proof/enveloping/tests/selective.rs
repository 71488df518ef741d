use proptest::prelude::*;
use testkit::world::Steps;

use super::*;
use crate::proof::sd_jwt;

const NAME: &[Step<'_>] = &[Step::Name("credentialSubject"), Step::Name("name")];

fn made(issuer: &SecretKey, more: &str, paths: &[&[Step<'_>]]) -> Result<String, EnvelopeError> {
    conceal_and_sign(
        credential(issuer, more),
        Kind::Credential,
        Concealing { paths, decoys: 2 },
        issuer,
        Some(&kid_of(issuer)),
        &mut Steps(1),
    )
}

fn name(text: &str) -> Option<String> {
    let document = read_as(MediaType::VcSdJwt, text).unwrap().document;
    let name = document.get("credentialSubject")?.get("name")?;
    name.as_str().map(str::to_owned)
}

/// Signs a payload by hand and puts disclosures behind it.
fn with_payload(payload: &str, disclosures: &[&str]) -> String {
    let issuer = key(Algorithm::EdDsa, 1);
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, kid_of(&issuer));
    let mut text = by_hand(&header, &object(payload), &issuer);
    for disclosure in disclosures {
        text = format!("{text}~{disclosure}");
    }
    text + "~"
}

fn code(text: &str) -> Option<Code> {
    read_as(MediaType::VcSdJwt, text).err().map(|e| e.code())
}

fn digest(disclosure: &str) -> String {
    use sha2::{Digest as _, Sha256};
    base64url::encode(&Sha256::digest(disclosure))
}

#[test]
fn what_is_concealed_is_there_when_shown_and_only_then() {
    let issuer = key(Algorithm::EdDsa, 1);
    let text = made(&issuer, "", &[NAME]).unwrap();
    assert_eq!(name(&text).as_deref(), Some("Ana"));
    let hidden = format!("{}~", text.split('~').next().unwrap());
    assert_eq!(name(&hidden), None);
    let document = read_as(MediaType::VcSdJwt, &hidden).unwrap().document;
    assert!(document.get("_sd").is_none() && document.get("_sd_alg").is_none());
}

#[test]
fn what_a_document_is_judged_by_is_not_concealed() {
    let issuer = key(Algorithm::EdDsa, 1);
    for member in [
        "@context",
        "cnf",
        "credentialSchema",
        "credentialStatus",
        "exp",
        "iat",
        "iss",
        "issuer",
        "nbf",
        "relatedResource",
        "type",
        "validFrom",
        "validUntil",
    ] {
        for path in [
            vec![Step::Name(member)],
            vec![Step::Name(member), Step::Index(0)],
            vec![Step::Name(member), Step::Name("id")],
        ] {
            let found = made(&issuer, "", &[&path]).map_err(|e| e.code());
            assert_eq!(found, Err(Code::EnvelopeConcealed), "{path:?}");
        }
    }
    let nowhere = made(&issuer, "", &[&[Step::Name("nowhere")]]).map_err(|e| e.code());
    assert_eq!(nowhere, Err(Code::SdJwtMalformed));
}

#[test]
fn what_a_credential_is_judged_by_is_not_disclosed() {
    let issuer = did_of(&key(Algorithm::EdDsa, 1));
    for member in [
        "cnf",
        "credentialSchema",
        "credentialStatus",
        "exp",
        "nbf",
        "relatedResource",
        "_sd_alg",
    ] {
        let disclosure = base64url::encode(format!(r#"["salt","{member}",{{}}]"#).as_bytes());
        let payload = format!(
            r#"{{"issuer":"{issuer}","_sd":["{}"]}}"#,
            digest(&disclosure)
        );
        let found = code(&with_payload(&payload, &[&disclosure]));
        assert_eq!(found, Some(Code::SdJwtClaimConflict), "{member}");
    }
    for member in ["@context", "type", "validUntil", "name"] {
        let disclosure = base64url::encode(format!(r#"["salt","{member}","x"]"#).as_bytes());
        let payload = format!(
            r#"{{"issuer":"{issuer}","_sd":["{}"]}}"#,
            digest(&disclosure)
        );
        let found = code(&with_payload(&payload, &[&disclosure]));
        assert_eq!(found, None, "{member}");
    }
}

#[test]
fn no_part_is_left_out_of_what_a_document_is_judged_by() {
    let issuer = did_of(&key(Algorithm::EdDsa, 1));
    for (member, hidden) in [
        ("credentialStatus", r#"[{"...":"AAAA"},{"id":"x"}]"#),
        ("credentialStatus", r#"{"id":"x","_sd":["AAAA"]}"#),
        ("credentialSchema", r#"[{"a":{"_sd":[]}}]"#),
        ("relatedResource", r#"[{"...":"AAAA"}]"#),
        (
            "@context",
            r#"["https://www.w3.org/ns/credentials/v2",{"...":"AAAA"}]"#,
        ),
        ("type", r#"["VerifiableCredential",{"...":"AAAA"}]"#),
        ("cnf", r#"{"_sd":["AAAA"]}"#),
    ] {
        let payload = format!(r#"{{"issuer":"{issuer}","{member}":{hidden}}}"#);
        let found = code(&with_payload(&payload, &[]));
        assert_eq!(found, Some(Code::EnvelopeConcealed), "{member}");
    }
}

#[test]
fn a_claim_of_the_old_mapping_cannot_come_out_of_a_disclosure() {
    let issuer = did_of(&key(Algorithm::EdDsa, 1));
    for (member, expected) in [
        ("vc", Code::EnvelopeClaimForbidden),
        ("iss", Code::EnvelopeClaimConflict),
    ] {
        let disclosure = base64url::encode(format!(r#"["salt","{member}","x"]"#).as_bytes());
        let payload = format!(
            r#"{{"issuer":"{issuer}","_sd":["{}"]}}"#,
            digest(&disclosure)
        );
        assert_eq!(
            code(&with_payload(&payload, &[&disclosure])),
            Some(expected)
        );
    }
}

#[test]
fn presentations_conceal_holder_and_credentials() {
    let holder = key(Algorithm::EdDsa, 1);
    let more = format!(
        r#","holder":"{}","verifiableCredential":[{{"id":"data:a"}},{{"id":"data:b"}}]"#,
        did_of(&holder)
    );
    let text = conceal_and_sign(
        presentation(&more),
        Kind::Presentation,
        Concealing {
            paths: &[
                &[Step::Name("holder")],
                &[Step::Name("verifiableCredential"), Step::Index(0)],
            ],
            decoys: 0,
        },
        &holder,
        Some(&kid_of(&holder)),
        &mut Steps(1),
    )
    .unwrap();
    let count = |text: &str| {
        let document = read_as(MediaType::VpSdJwt, text).unwrap().document;
        let list = document
            .get("verifiableCredential")
            .and_then(Value::as_array);
        (list.map(<[_]>::len), document.get("holder").is_some())
    };
    assert_eq!(count(&text), (Some(2), true));
    assert_eq!(
        count(&format!("{}~", text.split('~').next().unwrap())),
        (Some(1), false)
    );
}

#[test]
fn a_holder_that_is_disclosed_must_be_who_signed() {
    let attacker = key(Algorithm::EdDsa, 2);
    let disclosure = base64url::encode(br#"["salt","holder","did:example:ana"]"#);
    let payload = presentation(&format!(r#","_sd":["{}"]"#, digest(&disclosure)));
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, kid_of(&attacker));
    let text = format!("{}~{disclosure}~", by_hand(&header, &payload, &attacker));
    let found = read_as(MediaType::VpSdJwt, &text).map_err(|e| e.code());
    assert_eq!(found.err(), Some(Code::VcHolderMismatch));
}

/// A credential confirmed for `holder`, bound by `binder`.
fn bound(holder: &SecretKey, binder: &SecretKey) -> String {
    let issuer = key(Algorithm::EdDsa, 1);
    let jwk = String::from_utf8(jcs::canonicalize(&holder.public_key().to_jwk()).unwrap()).unwrap();
    let text = made(&issuer, &format!(r#","cnf":{{"jwk":{jwk}}}"#), &[NAME]).unwrap();
    sd_jwt::bind(&text, "https://gate.example", "n0nce", now(), binder).unwrap()
}

#[test]
fn a_key_binding_is_that_of_the_confirmed_key() {
    let (holder, other) = (key(Algorithm::Es256, 5), key(Algorithm::Es256, 6));
    let secured = read_as(MediaType::VcSdJwt, &bound(&holder, &holder)).unwrap();
    let binding = secured.key_binding.unwrap();
    assert_eq!(
        (binding.audience.as_str(), binding.nonce.as_str()),
        ("https://gate.example", "n0nce")
    );
    assert_eq!(code(&bound(&holder, &other)), Some(Code::SignatureInvalid));
    // One disclosure fewer than was bound.
    let text = bound(&holder, &holder);
    let mut parts: Vec<&str> = text.split('~').collect();
    parts.remove(1);
    assert_eq!(code(&parts.join("~")), Some(Code::SdJwtKeyBinding));
}

#[test]
fn a_key_binding_without_a_confirmed_key_is_refused() {
    let issuer = key(Algorithm::EdDsa, 1);
    let text = made(&issuer, "", &[]).unwrap();
    let text = sd_jwt::bind(&text, "a", "n", now(), &issuer).unwrap();
    assert_eq!(code(&text), Some(Code::SdJwtKeyBinding));
}

#[test]
fn a_key_binding_of_another_type_is_refused() {
    let holder = key(Algorithm::Es256, 5);
    let text = bound(&holder, &holder);
    let (before, _) = text.rsplit_once('~').unwrap();
    let payload = object(&format!(
        r#"{{"aud":"a","nonce":"n","iat":1,"sd_hash":"{}"}}"#,
        digest(&format!("{before}~"))
    ));
    for (typ, found) in [
        (r#","typ":"kb+jwt""#, None),
        ("", Some(Code::JwsType)),
        (r#","typ":"JWT""#, Some(Code::JwsType)),
    ] {
        let binding = by_hand(&format!(r#"{{"alg":"ES256"{typ}}}"#), &payload, &holder);
        assert_eq!(code(&format!("{before}~{binding}")), found, "{typ}");
    }
}

#[test]
fn a_key_handed_in_verifies_and_its_controller_must_be_the_author() {
    let issuer = key(Algorithm::EdDsa, 1);
    let did = did_of(&issuer);
    let text = made(&issuer, "", &[NAME]).unwrap();
    let found = |key: &SecretKey, controller| {
        let mut budget = Budget::presentation();
        let expected = expected(MediaType::VcSdJwt);
        let found = verify_with_key(&text, expected, key.public_key(), controller, &mut budget);
        found.err().map(|e| e.code())
    };
    assert_eq!(found(&issuer, None), None);
    assert_eq!(found(&issuer, Some(did.as_str())), None);
    let other = Some("https://issuer.example/2");
    assert_eq!(found(&issuer, other), Some(Code::IssuerMismatch));
    let foreign = key(Algorithm::EdDsa, 2);
    assert_eq!(found(&foreign, None), Some(Code::SignatureInvalid));
}

#[test]
fn an_issuer_is_not_who_another_key_says_it_is() {
    let (issuer, attacker) = (key(Algorithm::EdDsa, 1), key(Algorithm::EdDsa, 2));
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, kid_of(&attacker));
    let text = by_hand(&header, &credential(&issuer, ""), &attacker);
    assert_eq!(code(&format!("{text}~")), Some(Code::IssuerMismatch));
}

#[test]
fn a_long_text_costs_more_than_the_budget() {
    let text = with_payload("{}", &[]);
    let mut budget = Budget::presentation();
    budget.spend_bytes((1 << 20) - text.len() + 1).unwrap();
    let expected = expected(MediaType::VcSdJwt);
    let found = verify(&text, expected, &LocalResolver::new(), &mut budget);
    assert_eq!(
        found.map_err(|e| e.code()).err(),
        Some(Code::BudgetExhausted)
    );
}

#[test]
fn too_many_disclosures_cost_more_than_the_budget() {
    let text = with_payload("{}", &vec!["YQ"; 1025]);
    assert_eq!(code(&text), Some(Code::BudgetExhausted));
}

#[test]
fn text_without_tilde_is_refused() {
    assert_eq!(code(&with_header("")), Some(Code::SdJwtMalformed));
}

proptest! {
    #[test]
    fn every_character_counts(at in 0usize..10_000, c in "[ -~]", cut: bool, insert: bool) {
        let holder = key(Algorithm::EdDsa, 5);
        let good = bound(&holder, &holder);
        let at = at % good.len();
        let mut changed = good.clone();
        changed.replace_range(at..if insert { at } else { at + 1 }, if cut { "" } else { &c });
        prop_assume!(changed != good);
        prop_assert!(code(&changed).is_some(), "{}", changed);
    }
}
