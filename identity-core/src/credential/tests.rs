use jiff::Timestamp;

use super::*;
use crate::{
    did::{self, LocalResolver, Relationship},
    encoding::strict_json::{self, Limits, Object, Value},
    key::{Algorithm, SecretKey, Signer as _},
    proof::{data_integrity, sd_jwt::SdJwt},
    status::{ListUri, SlotRef},
    testing::Steps,
    verify::Budget,
};

fn key(seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).unwrap()
}

fn draft(securing: Securing) -> Draft {
    let did = did::key::create(key(1).public_key());
    let mut claims = Object::default();
    claims.insert("name", Value::object([("display", "Ana Example")]));
    claims.insert("role", "member".into());
    claims.insert("mandateStart", "2026-02-03".into());
    let instant = |second| Timestamp::from_second(second).unwrap();
    Draft {
        kind: Kind::MemberMandate,
        securing,
        method: did.with_fragment(did.specific_id()).unwrap(),
        holder: key(2).public_key().clone(),
        chamber: "XX-1".to_owned(),
        country: "XX".to_owned(),
        term: Some("10".to_owned()),
        issued_at: instant(2_000),
        valid_from: instant(1_000),
        valid_until: instant(9_000),
        slot: SlotRef {
            list: ListUri::new(did.as_str(), 1).unwrap(),
            index: 7,
        },
        claims,
        approval: None,
    }
}

struct Book {
    intents: Vec<Intent>,
    fails: bool,
}

impl Journal for Book {
    type Error = &'static str;

    fn record(&mut self, intents: &[&Intent]) -> Result<(), Self::Error> {
        if self.fails {
            return Err("disk full");
        }
        self.intents.extend(intents.iter().copied().cloned());
        Ok(())
    }
}

fn issue(draft: Draft) -> Issued {
    let mut book = Book {
        intents: Vec::new(),
        fails: false,
    };
    let checked = draft.check(key(1).public_key(), &mut Steps(1)).unwrap();
    let recorded = Checked::record(vec![checked], &mut book).unwrap().remove(0);
    let issued = recorded.sign(&key(1)).unwrap();
    assert_eq!(book.intents, std::slice::from_ref(&issued.intent));
    issued
}

#[test]
fn both_ways_of_securing_read_the_same() {
    let text = issue(draft(Securing::SdJwt)).text;
    let mut budget = Budget::presentation();
    let sd_jwt = SdJwt::parse(&text, &mut budget).unwrap();
    let (signer, disclosed) = sd_jwt
        .verify_vc(&LocalResolver::new(), &mut budget)
        .unwrap();
    let a = Envelope::from_sd_jwt(disclosed.claims()).unwrap();
    assert_eq!(a.issuer, signer.did().as_str());

    let text = issue(draft(Securing::DataIntegrity)).text;
    let value = strict_json::parse(text.as_bytes(), &Limits::small()).unwrap();
    let expected = data_integrity::Expected::mandate(
        Relationship::AssertionMethod,
        Timestamp::from_second(2_000).unwrap(),
    );
    let document = value.as_object().unwrap();
    data_integrity::verify(document, &expected, &LocalResolver::new(), &mut budget).unwrap();
    let b = Envelope::from_vc(document).unwrap();
    assert_eq!(a, b);
    assert_eq!(
        a.claims
            .get("name")
            .unwrap()
            .get("display")
            .unwrap()
            .as_str(),
        Some("Ana Example")
    );
}

#[test]
fn the_number_of_digests_does_not_tell_the_claims() {
    let count = |draft: Draft| {
        let text = issue(draft).text;
        let mut budget = Budget::presentation();
        let sd_jwt = SdJwt::parse(&text, &mut budget).unwrap();
        let payload =
            strict_json::parse(sd_jwt.issuer_jwt().unverified_payload(), &Limits::small())
                .unwrap()
                .into_owned();
        payload.get("_sd").unwrap().as_array().unwrap().len()
    };
    let few = draft(Securing::SdJwt);
    let mut more = few.clone();
    more.claims.insert("seat", "12".into());
    assert_eq!(count(few), count(more));
    for kind in Kind::ALL {
        assert!(kind.claims().len() <= 14, "{kind}");
    }
}

#[test]
fn drafts_that_do_not_fit_their_type_are_refused() {
    type Break = fn(&mut Draft);
    let cases: [(Break, Code); 11] = [
        (
            |d| drop(d.claims.remove("name")),
            Code::CredentialClaimMissing,
        ),
        (
            |d| drop(d.claims.insert("party", "X".into())),
            Code::CredentialClaimUnknown,
        ),
        (
            |d| drop(d.claims.insert("role", true.into())),
            Code::CredentialClaimInvalid,
        ),
        (
            |d| drop(d.claims.insert("role", "a\u{202e}b".into())),
            Code::CredentialClaimInvalid,
        ),
        (
            |d| drop(d.claims.insert("sworn", "2026-02-30".into())),
            Code::CredentialClaimInvalid,
        ),
        (
            |d| drop(d.claims.insert("mandateStart", "+026".into())),
            Code::CredentialClaimInvalid,
        ),
        (|d| d.term = None, Code::CredentialClaimMissing),
        (|d| d.chamber.clear(), Code::CredentialClaimInvalid),
        (|d| d.valid_until = d.valid_from, Code::CredentialMalformed),
        (|d| d.valid_until = d.issued_at, Code::CredentialMalformed),
        (
            |d| d.slot.list = ListUri::new("did:web:other.example", 1).unwrap(),
            Code::CredentialMalformed,
        ),
    ];
    for (i, (break_it, code)) in cases.into_iter().enumerate() {
        let mut draft = draft(Securing::SdJwt);
        break_it(&mut draft);
        let found = draft
            .check(key(1).public_key(), &mut Steps(1))
            .map_err(|e| e.code());
        assert_eq!(found.err(), Some(code), "case {i}");
    }
    let mut open = draft(Securing::DataIntegrity);
    open.claims
        .insert("group", Value::object([("label", "Greens")]));
    let found = open
        .check(key(1).public_key(), &mut Steps(1))
        .map_err(|e| e.code());
    assert_eq!(found.err(), Some(Code::CredentialClaimInvalid));
}

#[test]
fn nothing_is_signed_that_the_journal_does_not_know() {
    let checked = draft(Securing::SdJwt)
        .check(key(1).public_key(), &mut Steps(1))
        .unwrap();
    let mut book = Book {
        intents: Vec::new(),
        fails: true,
    };
    assert_eq!(Checked::record(vec![checked], &mut book), Err("disk full"));
}

#[test]
fn an_envelope_lacks_nothing_by_which_it_is_judged() {
    let text = issue(draft(Securing::SdJwt)).text;
    let mut budget = Budget::presentation();
    let sd_jwt = SdJwt::parse(&text, &mut budget).unwrap();
    let (_, disclosed) = sd_jwt
        .verify_vc(&LocalResolver::new(), &mut budget)
        .unwrap();
    for name in ["iss", "nbf", "exp", "vct", "cnf", "status", "term"] {
        let Value::Object(mut claims) = disclosed.claims().clone() else {
            unreachable!()
        };
        claims.remove(name);
        assert!(Envelope::from_sd_jwt(&claims.into()).is_err(), "{name}");
    }
    let text = issue(draft(Securing::DataIntegrity)).text;
    let value = strict_json::parse(text.as_bytes(), &Limits::small()).unwrap();
    for name in [
        "@context",
        "type",
        "issuer",
        "validFrom",
        "validUntil",
        "credentialSubject",
        "credentialStatus",
    ] {
        let mut document = value.as_object().unwrap().clone();
        document.remove(name);
        assert!(Envelope::from_vc(&document).is_err(), "{name}");
    }
    let mut document = value.as_object().unwrap().clone();
    document.insert(
        "@context",
        Value::array([CONTEXT_V2, "https://evil.example/redefines"]),
    );
    assert!(Envelope::from_vc(&document).is_err());
}

#[test]
fn an_envelope_is_of_one_piece() {
    let text = issue(draft(Securing::SdJwt)).text;
    let mut budget = Budget::presentation();
    let sd_jwt = SdJwt::parse(&text, &mut budget).unwrap();
    let (_, disclosed) = sd_jwt
        .verify_vc(&LocalResolver::new(), &mut budget)
        .unwrap();
    // Valid from 1,000 on.
    for (end, is_read) in [(999, false), (1_000, false), (1_001, true)] {
        let Value::Object(mut claims) = disclosed.claims().clone() else {
            unreachable!()
        };
        claims.insert("exp", i64::from(end).into());
        assert_eq!(
            Envelope::from_sd_jwt(&claims.into()).is_ok(),
            is_read,
            "{end}"
        );
    }
    let text = issue(draft(Securing::DataIntegrity)).text;
    let value = strict_json::parse(text.as_bytes(), &Limits::small()).unwrap();
    let status = |kind: Option<&'static str>| {
        let mut document = value.as_object().unwrap().clone();
        let status = document.get("credentialStatus").unwrap();
        let mut status = status.as_object().unwrap().clone();
        status.remove("type");
        if let Some(kind) = kind {
            status.insert("type", kind.into());
        }
        document.insert("credentialStatus", status.into());
        Envelope::from_vc(&document).map_err(|e| e.code()).err()
    };
    assert_eq!(status(Some("BitstringStatusListEntry")), None);
    for kind in [None, Some("StatusList2021Entry"), Some("")] {
        assert_eq!(status(kind), Some(Code::CredentialMalformed), "{kind:?}");
    }
}
