use super::*;
use crate::testing::world::key;

const NOW: &str = "2026-02-01T12:00:00Z";

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn mandate<'m>(issuer: &'m str, signed_part: &'m str, holder: &'m PublicKey) -> Mandate<'m> {
    Mandate {
        issuer,
        signed_part,
        holder,
    }
}

fn open(text: &str) -> Result<Statement, InOfficeError> {
    Statement::open(text, &mut Budget::presentation())
}

fn signed(payload: &str, seed: u8, typ: &str) -> String {
    let did = did::key::create(key(seed).public_key());
    let kid = did.with_fragment(did.specific_id()).unwrap();
    let header = Header::with_kid(key(seed).public_key().algorithm(), typ, &kid);
    Unsigned::new(&header, payload.as_bytes())
        .sign(&key(seed))
        .unwrap()
}

fn payload(of: &str) -> serde_json::Value {
    let payload = of.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap()
}

#[test]
fn a_statement_is_about_one_mandate_one_holder_and_one_issuer() {
    let (holder, other) = (key(3), key(5));
    let own = mandate(
        "did:example:a",
        "header.payload.signature",
        holder.public_key(),
    );
    let text = state(&own, (at(NOW), at("2026-02-02T00:00:00Z")), &key(2)).unwrap();
    let statement = open(&text).unwrap();
    assert_eq!(statement.expires(), at("2026-02-02T00:00:00Z"));
    let status_key = key(2).public_key().clone();
    assert_eq!(statement.check(&own, &status_key, at(NOW)), Ok(()));
    // The signature under the mandate is no part of what was signed.
    let malleated = Mandate {
        signed_part: "header.payload.s1gnature",
        ..own
    };
    assert_eq!(statement.check(&malleated, &status_key, at(NOW)), Ok(()));
    for wrong in [
        mandate("did:example:b", own.signed_part, own.holder),
        mandate(own.issuer, "header.payl0ad.signature", own.holder),
        mandate(own.issuer, own.signed_part, other.public_key()),
    ] {
        let refused = statement.check(&wrong, &status_key, at(NOW)).unwrap_err();
        assert_eq!(refused.code(), Code::InOfficeForeign);
    }
    let refused = statement.check(&own, key(1).public_key(), at(NOW));
    assert_eq!(refused, Err(InOfficeError::Signature));
}

#[test]
fn a_statement_is_in_force_for_a_day_at_most() {
    let holder = key(3);
    let own = mandate("did:example:a", "h.p.s", holder.public_key());
    let text = state(&own, (at(NOW), at("2030-01-01T00:00:00Z")), &key(2)).unwrap();
    let statement = open(&text).unwrap();
    let code = |now: &str| statement.is_in_force(at(now)).err().map(|e| e.code());
    assert_eq!(
        code("2026-02-01T11:54:59Z"),
        Some(Code::InOfficeNotYetIssued)
    );
    assert_eq!(code("2026-02-01T11:55:00Z"), None);
    assert_eq!(code("2026-02-02T11:59:59Z"), None);
    assert_eq!(code("2026-02-02T12:00:00Z"), Some(Code::InOfficeExpired));
    let over = state(&own, (at(NOW), at(NOW)), &key(2));
    assert_eq!(over.unwrap_err().code(), Code::InOfficeExpired);
    // Whatever the status key signs, a reader takes no longer one.
    let mut longer = payload(&text);
    longer["exp"] = (at(NOW).as_second() + 86_401).into();
    let refused = open(&signed(&longer.to_string(), 2, TYP)).unwrap_err();
    assert_eq!(refused.code(), Code::InOfficeMalformed);
    longer["exp"] = at(NOW).as_second().into();
    let refused = open(&signed(&longer.to_string(), 2, TYP)).unwrap_err();
    assert_eq!(refused.code(), Code::InOfficeMalformed);
}

#[test]
fn what_is_no_statement_is_refused() {
    let holder = key(3);
    let own = mandate("did:example:a", "h.p.s", holder.public_key());
    let text = state(&own, (at(NOW), at("2026-02-02T00:00:00Z")), &key(2)).unwrap();
    let sound = payload(&text);
    assert!(open(&signed(&sound.to_string(), 2, TYP)).is_ok());
    let mut cases = vec![
        String::new(),
        "a.b.c".to_owned(),
        signed(&sound.to_string(), 2, "mandate-bundle+jwt"),
        signed("[]", 2, TYP),
        signed("not JSON", 2, TYP),
    ];
    for name in ["cnf", "exp", "iat", "iss", "mandate"] {
        let mut without = sound.clone();
        without.as_object_mut().unwrap().remove(name);
        cases.push(signed(&without.to_string(), 2, TYP));
        let mut other = sound.clone();
        other[name] = true.into();
        cases.push(signed(&other.to_string(), 2, TYP));
    }
    // Nothing rides along by which two presentations could be told to be one member's.
    let mut more = sound.clone();
    more["tag"] = "x".into();
    cases.push(signed(&more.to_string(), 2, TYP));
    let mut more = sound.clone();
    more["cnf"]["tag"] = "x".into();
    cases.push(signed(&more.to_string(), 2, TYP));
    // Signed, and not said by whom.
    let mut nameless = Header::with_kid(key(2).public_key().algorithm(), TYP, &{
        let did = did::key::create(key(2).public_key());
        did.with_fragment(did.specific_id()).unwrap()
    });
    nameless.kid = None;
    let sound_bytes = sound.to_string();
    let nameless = Unsigned::new(&nameless, sound_bytes.as_bytes()).sign(&key(2));
    cases.push(nameless.unwrap());
    for case in &cases {
        let refused = open(case).unwrap_err();
        assert_eq!(refused.code(), Code::InOfficeMalformed, "{case}");
    }
    // Signed by another than it names.
    let (covered, _) = text.rsplit_once('.').unwrap();
    let stranger = signed(&sound.to_string(), 9, TYP);
    let (_, signature) = stranger.rsplit_once('.').unwrap();
    let forged = format!("{covered}.{signature}");
    assert_eq!(open(&forged), Err(InOfficeError::Signature));
}
