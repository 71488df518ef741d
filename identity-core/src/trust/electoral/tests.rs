use super::*;
use crate::{
    encoding::strict_json::{Object, Value},
    key::Signer as _,
    status::{DecisionDigest, Instant},
    testing::world::{did_of, key},
    trust::officers::Officer,
    verify::Budget,
};

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn draft() -> PeriodDraft {
    PeriodDraft {
        issuer: did_of(1),
        chamber: None,
        from: at("2026-04-01T00:00:00Z"),
        to: at("2026-05-10T00:00:00Z"),
        legal_basis: DecisionDigest::of(b"electoral code"),
        announced: at("2026-03-01T00:00:00Z"),
    }
}

fn signed(draft: &PeriodDraft, seeds: &[u8]) -> Object<'static> {
    let now = draft.announced.timestamp();
    let document = draft.document().unwrap();
    seeds.iter().fold(document, |document, seed| {
        sign(document, &key(*seed), now).unwrap()
    })
}

fn verify(
    document: &Object<'_>,
    officers: &[u8],
    threshold: usize,
) -> Result<Announced, ElectoralError> {
    let officers: Vec<Officer> = officers
        .iter()
        .map(|seed| Officer {
            id: format!("o{seed}"),
            did: did_of(*seed),
            roles: Vec::new(),
        })
        .collect();
    let policy = (!officers.is_empty()).then_some((officers.as_slice(), threshold));
    let issuing = key(1);
    Announced::verify(
        document,
        &did_of(1),
        |_| policy,
        |key, _| key == issuing.public_key(),
        &mut Budget::bundle(),
    )
}

#[test]
fn it_takes_the_issuing_key_or_as_many_officers_as_an_action_takes_persons() {
    assert_eq!(
        verify(&signed(&draft(), &[1]), &[], 0).unwrap().draft(),
        &draft()
    );
    for (seeds, officers, threshold, found) in [
        (&[9][..], &[][..], 0, 0),
        (&[5], &[5, 6], 1, 1),
        (&[5, 7], &[5, 6, 7], 2, 2),
        (&[5, 9], &[5, 6, 7], 1, 1),
        // With officers the issuing key alone says nothing.
        (&[1], &[5, 6, 7], 2, 0),
    ] {
        let refused = verify(&signed(&draft(), seeds), officers, threshold).unwrap_err();
        assert!(
            matches!(refused, ElectoralError::TooFew { found: f, .. } if f == found),
            "{refused:?}"
        );
    }
    assert!(verify(&signed(&draft(), &[5]), &[5], 1).is_ok());
    assert!(verify(&signed(&draft(), &[5, 7]), &[5, 6, 7], 1).is_ok());
    assert!(verify(&signed(&draft(), &[5, 6, 7]), &[5, 6, 7], 2).is_ok());
    let refused = verify(&draft().document().unwrap(), &[], 0).unwrap_err();
    assert_eq!(refused.code(), Code::ElectoralTooFew);
}

#[test]
fn what_was_changed_after_signing_is_refused() {
    let sound = signed(&draft(), &[1]);
    for (name, value) in [
        ("to", "2026-06-10T00:00:00Z"),
        ("announced", "2026-02-01T00:00:00Z"),
        ("chamber", "XX-1"),
    ] {
        let mut changed = sound.clone();
        changed.insert(name, Value::from(value));
        assert!(
            matches!(verify(&changed, &[], 0), Err(ElectoralError::Proof(_))),
            "{name}"
        );
    }
    let foreign = PeriodDraft {
        issuer: did_of(2),
        ..draft()
    };
    let refused = verify(&signed(&foreign, &[1]), &[], 0).unwrap_err();
    assert_eq!(refused.code(), Code::ElectoralMalformed);
}

#[test]
fn a_period_is_announced_before_it_begins_and_does_not_last_for_ever() {
    let code = |change: fn(&mut PeriodDraft)| {
        let mut draft = draft();
        change(&mut draft);
        draft.document().err().map(|error| error.code())
    };
    assert_eq!(code(|_| ()), None);
    assert_eq!(
        code(|draft| draft.announced = draft.from),
        Some(Code::ElectoralLate)
    );
    assert_eq!(
        code(|draft| draft.to = draft.from),
        Some(Code::ElectoralMalformed)
    );
    assert_eq!(
        code(|draft| draft.to = at("2027-04-02T00:00:01Z")),
        Some(Code::ElectoralMalformed)
    );
    assert_eq!(code(|draft| draft.to = at("2027-04-02T00:00:00Z")), None);
    assert_eq!(
        code(|draft| draft.chamber = Some(String::new())),
        Some(Code::ElectoralMalformed)
    );
    assert_eq!(code(|draft| draft.chamber = Some("x".repeat(500))), None);
    assert_eq!(
        code(|draft| draft.chamber = Some("x".repeat(501))),
        Some(Code::ElectoralMalformed)
    );
    // Drawn up in time and kept back until it had begun.
    let announced = verify(&signed(&draft(), &[1]), &[], 0).unwrap();
    let published = |text| ElectoralPeriod::new(&announced, at(text), Vec::new());
    assert!(published("2026-03-31T23:59:59Z").is_ok());
    assert_eq!(
        published("2026-04-01T00:00:00Z").unwrap_err(),
        ElectoralError::Late
    );
}

#[test]
fn it_covers_its_own_time_and_chamber() {
    let covers = |chamber: Option<&str>, asked: &str, of: &str| {
        let draft = PeriodDraft {
            chamber: chamber.map(str::to_owned),
            ..draft()
        };
        let announced = verify(&signed(&draft, &[1]), &[], 0).unwrap();
        let published = at("2026-03-02T00:00:00Z");
        let period = ElectoralPeriod::new(&announced, published, Vec::new()).unwrap();
        period.covers(at(asked), of)
    };
    assert!(!covers(None, "2026-03-31T23:59:59Z", "XX-1"));
    assert!(covers(None, "2026-04-01T00:00:00Z", "XX-1"));
    assert!(covers(None, "2026-05-09T23:59:59Z", "XX-1"));
    assert!(!covers(None, "2026-05-10T00:00:00Z", "XX-1"));
    assert!(covers(Some("XX-1"), "2026-04-10T00:00:00Z", "XX-1"));
    assert!(!covers(Some("XX-2"), "2026-04-10T00:00:00Z", "XX-1"));
}

#[test]
fn a_change_in_bulk_is_allowed_on_the_day_for_which_it_was_announced_a_day_ahead() {
    let change = |published: &str| BulkChange {
        at: at("2026-04-10T08:00:00Z"),
        published: at(published),
    };
    let in_time = change("2026-04-09T08:00:00Z");
    assert!(!in_time.allows(at("2026-04-10T07:59:59Z")));
    assert!(in_time.allows(at("2026-04-10T08:00:00Z")));
    assert!(in_time.allows(at("2026-04-11T07:59:59Z")));
    assert!(!in_time.allows(at("2026-04-11T08:00:00Z")));
    let late = change("2026-04-09T08:00:01Z");
    assert!(!late.allows(at("2026-04-10T08:00:00Z")));
    // A period asks whether one of those announced for it is.
    let announced = verify(&signed(&draft(), &[1]), &[], 0).unwrap();
    let allows = |changes: &[BulkChange]| {
        let published = at("2026-03-02T00:00:00Z");
        let period = ElectoralPeriod::new(&announced, published, changes.to_vec()).unwrap();
        period.allows_bulk(at("2026-04-10T08:00:00Z"))
    };
    assert!(!allows(&[]) && !allows(&[late]));
    assert!(allows(&[late, in_time]));
}

#[test]
fn a_document_of_another_shape_is_refused() {
    let sound = signed(&draft(), &[1]);
    for name in ["schema", "issuer", "from", "to", "announced", "legalBasis"] {
        let mut without = sound.clone();
        without.remove(name);
        let refused = verify(&without, &[], 0).unwrap_err();
        assert_eq!(refused.code(), Code::ElectoralMalformed, "{name}");
    }
    let mut more = sound.clone();
    more.insert("note", Value::from("x"));
    let refused = verify(&more, &[], 0).unwrap_err();
    assert_eq!(refused.code(), Code::ElectoralMalformed);
}
