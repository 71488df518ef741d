//! What a signature that matches does not make good: another kind, another place, too much of it.

use super::*;
use crate::encoding::jcs;

#[test]
fn a_claim_by_which_a_mandate_is_judged_is_never_concealed() {
    // Written out: a name that left the list would leave a list of its own with it.
    for name in [
        "_sd_alg",
        "chamber",
        "cnf",
        "country",
        "exp",
        "iss",
        "nbf",
        "status",
        "term",
        "vct",
        "vct#integrity",
    ] {
        let disclosure = base64url::encode(format!(r#"["c2FsdA","{name}","x"]"#).as_bytes());
        let payload = format!(r#"{{"_sd":["{}"]}}"#, disclosed::digest(&disclosure));
        let text = signed(payload.as_bytes(), &[disclosure]);
        let conflict = SdJwtError::ClaimConflict {
            name: name.to_owned(),
        };
        assert_eq!(verify(&text), Err(conflict.clone()), "{name}");
        let mut budget = Budget::presentation();
        let held = SdJwt::parse(&text, &mut budget)
            .unwrap()
            .unverified_disclosed();
        assert_eq!(held, Err(conflict), "{name}");
    }
}

/// Binds as [`bind`] does, with another header or payload.
fn bound_with(header: &Header, change: impl FnOnce(&mut Object<'static>)) -> String {
    let presentation = member();
    let mut payload = Object::default();
    payload.insert("aud", "did:web:gate.example".into());
    payload.insert("iat", 1_770_000_000_i64.into());
    payload.insert("nonce", "n0nce".into());
    payload.insert("sd_hash", disclosed::digest(&presentation).into());
    change(&mut payload);
    let payload = jcs::canonicalize(&payload.into()).unwrap();
    let binding = Unsigned::new(header, &payload).sign(&key(2)).unwrap();
    format!("{presentation}{binding}")
}

#[test]
fn a_holders_proof_of_another_kind_is_refused() {
    let code = |typ: Option<&str>| {
        let mut header = Header::bare(Algorithm::EdDsa, TYP_KEY_BINDING);
        header.typ = typ.map(str::to_owned);
        let text = bound_with(&header, |_| ());
        key_binding(&text, key(2).public_key()).map_err(|e| e.code())
    };
    assert!(code(Some(TYP_KEY_BINDING)).is_ok());
    for typ in [
        None,
        Some(""),
        Some("JWT"),
        Some("KB+JWT"),
        Some("application/kb+jwt"),
        Some(TYP_VC),
        Some("openid4vci-proof+jwt"),
    ] {
        assert_eq!(code(typ), Err(Code::JwsType), "{typ:?}");
    }
}

#[test]
fn a_holders_proof_lacks_nothing() {
    let header = Header::bare(Algorithm::EdDsa, TYP_KEY_BINDING);
    let code = |change: &dyn Fn(&mut Object<'static>)| {
        let text = bound_with(&header, change);
        key_binding(&text, key(2).public_key()).map_err(|e| e.code())
    };
    for (name, expected) in [
        ("aud", Code::SdJwtMalformed),
        ("iat", Code::SdJwtMalformed),
        ("nonce", Code::SdJwtMalformed),
        ("sd_hash", Code::SdJwtKeyBinding),
    ] {
        assert_eq!(code(&|p| drop(p.remove(name))), Err(expected), "{name}");
        let list = || Value::array(["x"]);
        assert_eq!(
            code(&|p| drop(p.insert(name, list()))),
            Err(expected),
            "{name}"
        );
    }
}

#[test]
fn a_credential_of_another_kind_is_refused() {
    let text = member();
    let (jwt, rest) = text.split_once('~').unwrap();
    let payload = base64url::decode(jwt.split('.').nth(1).unwrap()).unwrap();
    let did = did::key::create(key(1).public_key());
    let kid = did.with_fragment(did.specific_id()).unwrap();
    for typ in ["vc+sd-jwt", "JWT", "kb+jwt", "mandate-request+jwt"] {
        let header = Header::with_kid(Algorithm::EdDsa, typ, &kid);
        let jwt = Unsigned::new(&header, &payload).sign(&key(1)).unwrap();
        let found = verify(&format!("{jwt}~{rest}")).map_err(|e| e.code());
        assert_eq!(found, Err(Code::JwsType), "{typ}");
    }
}

#[test]
fn every_part_of_the_work_is_paid_for() {
    let exhausted = |what| Some(SdJwtError::Budget(BudgetExhausted { what }));
    let text = bound(&key(2));
    let mut budget = Budget::presentation();
    budget.spend_bytes((1 << 20) - text.len() + 1).unwrap();
    let found = SdJwt::parse(&text, &mut budget).err();
    assert_eq!(found, exhausted("bytes"));

    let mut budget = Budget::presentation();
    let sd_jwt = SdJwt::parse(&text, &mut budget).unwrap();
    let mut left = 64;
    while budget.spend_signature().is_ok() {
        left -= 1;
    }
    assert_eq!(left, 0);
    let issuer = sd_jwt.verify_vc(&LocalResolver::new(), &mut budget).err();
    assert_eq!(issuer.map(|e| e.code()), Some(Code::BudgetExhausted));
    let with_key = sd_jwt.verify_with_key(key(1).public_key(), &mut budget);
    assert_eq!(with_key.err(), exhausted("signatures"));
    let holder = sd_jwt.verify_key_binding(key(2).public_key(), &mut budget);
    assert_eq!(holder.err(), exhausted("signatures"));
}
