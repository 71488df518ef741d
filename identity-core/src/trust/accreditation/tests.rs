use super::{
    compile::{Header, compile},
    statement::{Body, Statement, StatementDraft, sign},
    *,
};
use crate::{
    did::{self, Did},
    encoding::strict_json::{Object, Value},
    key::{PublicKey, Signer as _},
    proof::data_integrity::{self, Cryptosuite, ProofOptions},
    status::{DecisionDigest, Instant},
    testing::people::{instant, key, officer, policy, signed},
    trust::officers::{PolicyChain, PolicyDraft, Refounding},
    verify::Budget,
};

mod bounds;
mod delegations;
mod lists;
mod standing;

const IPU: u8 = 100;
const PARLIAMENT: u8 = 50;
const UNIT: u8 = 60;

fn did(seed: u8) -> Did {
    did::key::create(key(seed).public_key())
}

fn chain_of(body: u8, drafts: &[(PolicyDraft, &[u8])]) -> PolicyChain {
    let documents: Vec<_> = drafts.iter().map(|(draft, by)| signed(draft, by)).collect();
    let controls = |found: &PublicKey, _: Instant| found == key(body).public_key();
    let budget = &mut Budget::bundle();
    PolicyChain::verify(&documents, &did(body), Refounding::Never, controls, budget).unwrap()
}

/// Three of five.
fn ipu() -> PolicyChain {
    chain_of(IPU, &[(policy(IPU, &[1, 2, 3, 4, 5], 3), &[IPU, 1, 2, 3])])
}

fn grant(kind: &str, days: u32) -> Grant {
    Grant {
        kind: kind.to_owned(),
        chambers: vec!["XX-LC".to_owned()],
        max_validity_days: days,
        may_delegate: kind == "StaffAccreditation",
        approvals: 0,
    }
}

fn parliament() -> Parliament {
    Parliament {
        id: did(PARLIAMENT),
        name: [("en", "Parliament of XX"), ("fr", "Parlement de XX")]
            .map(|(language, name)| (language.to_owned(), name.to_owned()))
            .into(),
        country: "XX".to_owned(),
        chambers: vec!["XX-LC".to_owned(), "XX-UC".to_owned()],
        domains: vec!["parliament.example".to_owned()],
        accredited_for: vec![
            grant("MemberMandate", 1830),
            grant("StaffAccreditation", 365),
        ],
        csirt: None,
    }
}

fn accredits(from: &str) -> StatementDraft {
    StatementDraft {
        accreditor: did(IPU),
        policy_version: 1,
        recorded: instant("2026-02-01T00:00:00Z"),
        from: instant(from),
        until: None,
        body: Body::Accredits(parliament()),
    }
}

fn becomes(state: State, from: &str, recorded: &str) -> StatementDraft {
    StatementDraft {
        recorded: instant(recorded),
        body: Body::Changes {
            parliament: did(PARLIAMENT),
            state,
            reason: None,
            decision: None,
        },
        ..accredits(from)
    }
}

fn by(document: Object<'static>, seeds: &[u8]) -> Object<'static> {
    let now = instant("2026-02-01T00:00:00Z").timestamp();
    seeds.iter().fold(document, |document, seed| {
        sign(document, &key(*seed), now).unwrap()
    })
}

fn statement(draft: &StatementDraft, seeds: &[u8]) -> Result<Statement, AccreditationError> {
    let document = by(draft.document().unwrap(), seeds);
    Statement::verify(&document, &did(IPU), &ipu(), &mut Budget::presentation())
}

fn header() -> Header {
    Header {
        accreditor: did(IPU),
        name: "Union".to_owned(),
        seq: 7,
        policy_version: 1,
        issued_at: instant("2027-01-01T00:00:00Z"),
        next_update: instant("2027-01-08T00:00:00Z"),
        expires: instant("2027-04-01T00:00:00Z"),
    }
}

fn listed(drafts: &[StatementDraft]) -> Listed {
    let statements: Vec<_> = drafts
        .iter()
        .map(|d| statement(d, &[1, 2, 3]).unwrap())
        .collect();
    compile(header(), &statements)
        .unwrap()
        .parliaments
        .remove(0)
}

fn act(issued: &str) -> Act<'static> {
    Act {
        kind: "MemberMandate",
        chamber: "XX-LC",
        issued_at: instant(issued),
        valid_from: instant("2025-01-01T00:00:00Z"),
        valid_until: instant("2029-01-01T00:00:00Z"),
    }
}

#[test]
fn three_of_five_officers_accredit_and_two_do_not() {
    let draft = accredits("2026-03-01T00:00:00Z");
    assert_eq!(statement(&draft, &[1, 2, 5]).unwrap().draft(), &draft);
    let code = |seeds: &[u8]| statement(&draft, seeds).unwrap_err().code();
    assert_eq!(code(&[1, 2]), Code::AccreditationTooFew);
    assert_eq!(code(&[]), Code::AccreditationTooFew);
    assert_eq!(code(&[1, 2, 2]), Code::AccreditationTooFew);
    assert_eq!(code(&[1, 2, 3, 9]), Code::AccreditationStranger);
    let other = StatementDraft {
        accreditor: did(9),
        ..draft.clone()
    };
    assert_eq!(
        statement(&other, &[1, 2, 3]).unwrap_err().code(),
        Code::AccreditationForeign
    );
    for (version, recorded) in [(2, "2026-02-01T00:00:00Z"), (1, "2025-12-31T00:00:00Z")] {
        let early = StatementDraft {
            policy_version: version,
            recorded: instant(recorded),
            ..draft.clone()
        };
        let refused = statement(&early, &[1, 2, 3]).unwrap_err();
        assert_eq!(refused.code(), Code::AccreditationNoPolicy);
    }
}

#[test]
fn a_changed_statement_is_refused() {
    let document = by(
        accredits("2026-03-01T00:00:00Z").document().unwrap(),
        &[1, 2, 3],
    );
    let mut changed = document;
    changed.insert("validFrom", "2026-02-01T00:00:00Z".into());
    let refused = Statement::verify(&changed, &did(IPU), &ipu(), &mut Budget::presentation());
    assert_eq!(refused.unwrap_err().code(), Code::AccreditationSignature);
}

#[test]
fn officers_who_left_accredit_nobody_any_more() {
    let first = policy(IPU, &[1, 2, 3, 4, 5], 3);
    let second = PolicyDraft {
        version: 2,
        officers: [3, 4, 5, 6, 7].map(officer).to_vec(),
        issued_at: instant("2026-01-20T00:00:00Z"),
        ..first.clone()
    };
    let chain = chain_of(IPU, &[(first, &[IPU, 1, 2, 3]), (second, &[3, 4, 5])]);
    let judged = |version, seeds: &[u8]| {
        let draft = StatementDraft {
            policy_version: version,
            ..accredits("2026-03-01T00:00:00Z")
        };
        let document = by(draft.document().unwrap(), seeds);
        Statement::verify(&document, &did(IPU), &chain, &mut Budget::presentation())
            .map(|_| ())
            .map_err(|error| error.code())
    };
    assert_eq!(judged(2, &[5, 6, 7]), Ok(()));
    assert_eq!(judged(2, &[1, 2, 3]), Err(Code::AccreditationStranger));
    assert_eq!(judged(1, &[1, 2, 3]), Err(Code::AccreditationNoPolicy));
}

#[test]
fn a_parliament_is_described_within_bounds() {
    let change = |change: &dyn Fn(&mut Parliament)| {
        let mut parliament = parliament();
        change(&mut parliament);
        parliament.check().map_err(|error| error.code())
    };
    assert_eq!(change(&|_| ()), Ok(()));
    let wrongs: [&dyn Fn(&mut Parliament); 9] = [
        &|p| p.name.clear(),
        &|p| drop(p.name.insert("e n".to_owned(), "x".to_owned())),
        &|p| drop(p.name.insert("en".to_owned(), "a\u{202e}b".to_owned())),
        &|p| p.country = "xx".to_owned(),
        &|p| p.chambers.clear(),
        &|p| p.chambers.push("XX-LC".to_owned()),
        &|p| p.accredited_for.clear(),
        &|p| p.accredited_for[0].chambers.push("YY-LC".to_owned()),
        &|p| p.accredited_for.push(p.accredited_for[0].clone()),
    ];
    for (at, wrong) in wrongs.into_iter().enumerate() {
        assert_eq!(change(wrong), Err(Code::AccreditationMalformed), "{at}");
    }
}

#[test]
fn a_statement_is_a_credential_of_the_data_model() {
    let document = accredits("2026-03-01T00:00:00Z").document().unwrap();
    let types = document.get("type").and_then(Value::as_array).unwrap();
    assert_eq!(types[0].as_str(), Some("VerifiableCredential"));
    let subject = document.get("credentialSubject").and_then(|s| s.get("id"));
    assert_eq!(
        subject.and_then(Value::as_str),
        Some(did(PARLIAMENT).as_str())
    );
}
