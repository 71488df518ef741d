//! What a unit of a parliament issues by its delegation.

use super::{
    vouched::{abroad, accredited, are_claims_shown, judged},
    *,
};
use crate::{
    did::Relationship,
    encoding::strict_json::Object,
    proof::data_integrity::{self, Cryptosuite, ProofOptions},
    testing::network::{House, Union, hours},
    trust::{
        Bundle, PublishedDelegation,
        accreditation::{DelegationDraft, Grant, State},
    },
};

/// What the house delegates to the unit: mandates, from 250 days ago for 300 days.
fn delegation(
    house: &House,
    unit: &House,
    change: impl FnOnce(&mut DelegationDraft),
) -> Object<'static> {
    let instant = |day| Instant::floor(World::days(day));
    let mut draft = DelegationDraft {
        parliament: house.did.clone(),
        policy_version: 0,
        recorded: instant(-250),
        unit: unit.did.clone(),
        name: [("en".to_owned(), "Registry".to_owned())].into(),
        grants: vec![Grant {
            chambers: vec![house.chamber()],
            may_delegate: false,
            ..Union::grant("MemberMandate", house)
        }],
        from: instant(-250),
        until: instant(50),
    };
    change(&mut draft);
    signed_by(house, house.seed + 2, &draft)
}

/// Signed with this key, in the name of the house, when it was made.
fn signed_by(house: &House, seed: u8, draft: &DelegationDraft) -> Object<'static> {
    let issuing = key(seed);
    let method = house.did.with_fragment(&issuing.public_key().to_multikey());
    let options = ProofOptions::new(
        Cryptosuite::EddsaJcs2022,
        method.unwrap(),
        Relationship::AssertionMethod,
        draft.recorded.timestamp(),
    );
    data_integrity::sign(draft.document().unwrap(), &options, &issuing).unwrap()
}

fn delegating(house: &House, document: &Object<'static>, ended: Option<i64>) -> String {
    let credential = Value::Object(document.clone()).to_serde();
    let ended = ended.map(|day| Instant::floor(World::days(day)));
    house.bundle(|content| content.delegations = vec![PublishedDelegation { credential, ended }])
}

/// A mandate of the house, issued by its unit.
fn by_the_unit(house: &House, unit: &House) -> String {
    unit.issue(|draft| draft.chamber = house.chamber())
}

#[test]
fn a_unit_issues_what_it_was_given_while_it_was() {
    let (house, unit) = (House::new(10), House::new(20));
    let union = accredited(&house, |terms| terms.accredited_for[0].may_delegate = true);
    let credential = by_the_unit(&house, &unit);
    let check = |document: &Object<'static>, ended| {
        let bundles = [delegating(&house, document, ended), unit.bundle(|_| ())];
        abroad(&union, &bundles)
    };
    let document = delegation(&house, &unit, |_| ());
    let known = check(&document, None);
    let file = World::present(&known.request, &credential, &["name"]);
    let report = known.run(&file);
    assert_eq!(report.verdict().exit_code(), 0);
    assert_eq!(
        report.credentials[0].issuer_name.as_deref(),
        Some("Registry")
    );
    // Ended since; asked about the day before, it had not.
    let mut ended = check(&document, Some(-10));
    assert_eq!(judged(&ended, &credential), (10, vec!["delegation.period"]));
    assert!(!are_claims_shown(&ended, &credential));
    ended.at = Some(World::days(-11));
    assert_eq!(judged(&ended, &credential), (0, vec![]));
    // Issued before it was given anything.
    let early = unit.issue(|draft| {
        draft.chamber = house.chamber();
        draft.issued_at = World::days(-251);
    });
    assert_eq!(judged(&known, &early), (10, vec!["delegation.period"]));
    let elsewhere = unit.issue(|_| ());
    assert_eq!(
        judged(&known, &elsewhere),
        (10, vec!["accreditation.chamber"])
    );
}

#[test]
fn a_unit_has_no_more_than_its_parliament_may_give() {
    let (house, unit) = (House::new(10), House::new(20));
    let credential = by_the_unit(&house, &unit);
    let check = |union: &Union, document: &Object<'static>| {
        let bundles = [delegating(&house, document, None), unit.bundle(|_| ())];
        judged(&abroad(union, &bundles), &credential)
    };
    let plain = delegation(&house, &unit, |_| ());
    // The parliament may issue mandates, and may not have them issued.
    let wider = (10, vec!["delegation.wider"]);
    assert_eq!(check(&accredited(&house, |_| ()), &plain), wider);
    let lasting = delegation(&house, &unit, |draft| {
        draft.grants[0].max_validity_days = 1_831;
    });
    let may = accredited(&house, |terms| terms.accredited_for[0].may_delegate = true);
    assert_eq!(check(&may, &lasting), wider);
    // Fewer approvals than are asked of the parliament itself.
    let strict = accredited(&house, |terms| {
        terms.accredited_for[0].may_delegate = true;
        terms.accredited_for[0].approvals = 2;
    });
    assert_eq!(check(&strict, &plain), wider);
    // A parliament that is suspended has units that are.
    let mut suspended = may.clone();
    suspended.change(&house, State::Suspended, -5);
    assert_eq!(
        check(&suspended, &plain),
        (12, vec!["accreditation.suspended"])
    );
}

#[test]
fn the_unit_of_a_unit_is_nobody() {
    let (house, unit, third) = (House::new(10), House::new(20), House::new(30));
    let union = accredited(&house, |terms| terms.accredited_for[0].may_delegate = true);
    let first = delegating(&house, &delegation(&house, &unit, |_| ()), None);
    let handed_on = delegation(&unit, &third, |draft| {
        draft.grants[0].chambers = vec![house.chamber()];
    });
    let second = delegating(&unit, &handed_on, None);
    let check = abroad(&union, &[first, second, third.bundle(|_| ())]);
    assert_eq!(judged(&check, &by_the_unit(&house, &unit)), (0, vec![]));
    let (exit, codes) = judged(&check, &by_the_unit(&house, &third));
    assert_eq!(exit, 10);
    assert!(codes.contains(&"issuer.not_trusted"), "{codes:?}");
}

#[test]
fn whether_a_delegation_was_ended_stands_in_the_parliaments_bundle_and_not_for_ever() {
    let (house, unit) = (House::new(10), House::new(20));
    let union = accredited(&house, |terms| terms.accredited_for[0].may_delegate = true);
    let document = delegation(&house, &unit, |_| ());
    let credential = by_the_unit(&house, &unit);
    let published = || PublishedDelegation {
        credential: Value::Object(document.clone()).to_serde(),
        ended: None,
    };
    let aged = |hours_old: i64, life: i64| {
        let parliament = house.bundle(|content| {
            content.delegations = vec![published()];
            content.issued_at = hours(-hours_old);
            content.next_update = hours(life - 1);
            content.expires = hours(life);
        });
        abroad(&union, &[parliament, unit.bundle(|_| ())])
    };
    assert_eq!(judged(&aged(2, 10), &credential).0, 0);
    // Stale, then expired: it may have been ended since, and the unit's own bundle does not say so.
    let (exit, codes) = judged(&aged(48, 0), &credential);
    assert_eq!(
        (exit, codes.contains(&"bundle.expired")),
        (12, true),
        "{codes:?}"
    );
    let stale = house.bundle(|content| {
        content.delegations = vec![published()];
        content.issued_at = hours(-48);
        content.next_update = hours(-24);
    });
    let check = abroad(&union, &[stale, unit.bundle(|_| ())]);
    let (exit, codes) = judged(&check, &credential);
    assert_eq!(
        (exit, codes.contains(&"bundle.stale")),
        (12, true),
        "{codes:?}"
    );
}

#[test]
fn a_parliament_whose_did_has_ended_lets_nobody_issue() {
    let (mut house, unit) = (House::new(10), House::new(20));
    let credential = by_the_unit(&house, &unit);
    let document = delegation(&house, &unit, |_| ());
    house.end(-20);
    let union = accredited(&house, |terms| terms.accredited_for[0].may_delegate = true);
    let mut check = abroad(
        &union,
        &[delegating(&house, &document, None), unit.bundle(|_| ())],
    );
    let (exit, codes) = judged(&check, &credential);
    assert_eq!((exit, codes), (10, vec!["issuer.did_deactivated"]));
    check.at = Some(World::days(-21));
    assert_eq!(judged(&check, &credential).0, 0);
}

#[test]
fn a_key_that_was_replaced_since_takes_no_delegation_back() {
    let (mut house, unit) = (House::new(10), House::new(20));
    let union = accredited(&house, |terms| terms.accredited_for[0].may_delegate = true);
    let instant = |day| Instant::floor(World::days(day));
    let before = delegation(&house, &unit, |_| ());
    let draft = DelegationDraft::read(&before).unwrap();
    house.rotate(-100);
    let credential = by_the_unit(&house, &unit);
    let check = |document: &Object<'static>| {
        let bundles = [delegating(&house, document, None), unit.bundle(|_| ())];
        abroad(&union, &bundles)
    };
    assert_eq!(judged(&check(&before), &credential), (0, vec![]));
    // The key that was replaced delegates nothing any more, nor did the new one before it was there.
    for (seed, recorded, fits) in [
        (house.seed + 2, -99, false),
        (house.seed + 2, -101, true),
        (house.seed + 4, -101, false),
        (house.seed + 4, -99, true),
        // Neither the key of the bundle nor that which controls the DID is one to delegate with.
        (house.seed + 3, -101, false),
        (house.seed, -101, false),
    ] {
        let draft = DelegationDraft {
            recorded: instant(recorded),
            ..draft.clone()
        };
        let document = signed_by(&house, seed, &draft);
        let (exit, codes) = judged(&check(&document), &credential);
        let expected = if fits { 0 } else { 10 };
        assert_eq!(exit, expected, "{seed} {recorded}: {codes:?}");
    }
}

/// One delegation that does not hold is no reason to doubt the parliament, nor its other units.
#[test]
fn a_delegation_that_is_refused_takes_out_itself_alone() {
    let (house, unit, other) = (House::new(10), House::new(20), House::new(30));
    let mut union = accredited(&house, |terms| terms.accredited_for[0].may_delegate = true);
    union.accredit(&House::new(40));
    let good = delegation(&house, &unit, |_| ());
    let stranger = DelegationDraft::read(&delegation(&house, &other, |_| ())).unwrap();
    let bad = signed_by(&house, 99, &stranger);
    let published = |credential| PublishedDelegation {
        credential,
        ended: None,
    };
    let bundle = house.bundle(|content| {
        let documents = [bad, good].map(|document| Value::Object(document).to_serde());
        content.delegations = documents.map(published).to_vec();
        content.delegations.push(published(serde_json::json!([])));
    });
    let bundles = [bundle, unit.bundle(|_| ()), other.bundle(|_| ())];
    let check = abroad(&union, &bundles);
    assert_eq!(judged(&check, &house.issue(|_| ())), (0, vec![]));
    assert_eq!(judged(&check, &by_the_unit(&house, &unit)), (0, vec![]));
    let file = World::present(&check.request, &by_the_unit(&house, &other), &["name"]);
    let report = check.run(&file);
    assert_eq!(report.verdict().exit_code(), 10);
    let finding = report.credentials[0].finding(CredentialCheck::Issuer);
    assert_eq!(finding.code, Some(Code::IssuerNotTrusted));
    let [note] = finding.notes.as_slice() else {
        panic!("{finding:?}")
    };
    assert_eq!(note.code, Code::AccreditationSignature);
    // And nobody else hears of it.
    let stranger = World::present(&check.request, &House::new(50).issue(|_| ()), &["name"]);
    let report = check.run(&stranger);
    let finding = report.credentials[0].finding(CredentialCheck::Issuer);
    assert_eq!(finding.notes, []);
    let opened = Bundle::open(bundles[0].as_bytes(), &mut Budget::bundle()).unwrap();
    let refused: Vec<_> = opened
        .refused_delegations()
        .iter()
        .map(|refused| (refused.unit.clone(), refused.error.code()))
        .collect();
    assert_eq!(
        refused,
        [
            (Some(other.did), Code::AccreditationSignature),
            (None, Code::AccreditationMalformed)
        ]
    );
}

#[test]
fn a_delegation_goes_on_when_either_of_the_two_moves() {
    for (does_house, does_unit) in [(true, false), (false, true), (true, true)] {
        let (mut house, mut unit) = (House::new(10), House::new(20));
        let union = accredited(&house, |terms| terms.accredited_for[0].may_delegate = true);
        let document = delegation(&house, &unit, |_| ());
        let before = by_the_unit(&house, &unit);
        let former = unit.did.clone();
        if does_house {
            house.move_to("moved10.example", -100);
        }
        if does_unit {
            unit.move_to("moved20.example", -100);
        }
        let after = unit.issue(|draft| {
            draft.chamber = house.chamber();
            draft.issued_at = World::days(-50);
        });
        let bundle = unit.bundle(|content| {
            let mut list = content.status_lists[0].clone();
            list.uri = crate::status::ListUri::new(former.as_str(), 1).unwrap();
            if does_unit {
                content.status_lists.push(list);
            }
        });
        let check = abroad(&union, &[delegating(&house, &document, None), bundle]);
        for credential in [&before, &after] {
            let found = judged(&check, credential);
            assert_eq!(found, (0, vec![]), "{does_house} {does_unit}");
        }
    }
}
