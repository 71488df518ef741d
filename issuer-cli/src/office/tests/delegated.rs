//! Delegations to units of the house.

use std::collections::BTreeMap;

use identity_core::{
    encoding::strict_json::Object,
    trust::accreditation::{DelegationDraft, Grant},
};

use super::*;

fn drawn_up(office: &Office<MemoryStore>, unit: u8, until: &str) -> Object<'static> {
    let now = at("2026-03-01T12:00:00Z");
    let draft = DelegationDraft {
        parliament: office.profile().did.clone(),
        policy_version: 0,
        recorded: now,
        unit: did::key::create(key(unit).public_key()),
        name: BTreeMap::from([("en".to_owned(), "Pass office".to_owned())]),
        grants: vec![Grant {
            kind: "StaffAccreditation".to_owned(),
            chambers: vec!["X".to_owned()],
            max_validity_days: 365,
            may_delegate: false,
            approvals: 0,
        }],
        from: now,
        until: at(until),
    };
    draft.document().unwrap()
}

#[test]
fn a_delegation_goes_out_in_the_bundle_and_ends_when_it_is_ended() {
    let now = at("2026-03-01T12:00:00Z");
    let mut office = office();
    let unit = did::key::create(key(60).public_key());
    let paper = drawn_up(&office, 60, "2027-01-01T00:00:00Z");
    let record = office
        .delegate(vec![paper.clone()], Some(&key(1).into()), now)
        .unwrap();
    let published = bundle(&mut office, now);
    let [delegation] = published.delegations() else {
        panic!("one delegation")
    };
    assert_eq!(delegation.unit(), &unit);
    assert!(delegation.counts_at(now));
    let again = office
        .delegate(vec![paper], Some(&key(1).into()), now)
        .unwrap_err();
    assert_eq!(again.code, "delegation.recorded_already");
    let later = at("2026-04-01T12:00:00Z");
    let before = office.end_delegation(&record.id, now, later).unwrap_err();
    assert_eq!(before.code, "instant.invalid");
    let unknown = office.end_delegation("x", later, later).unwrap_err();
    assert_eq!(unknown.code, "delegation.unknown");
    office.end_delegation(&record.id, later, later).unwrap();
    let published = bundle(&mut office, later);
    assert!(published.delegations()[0].counts_at(now));
    assert!(!published.delegations()[0].counts_at(later));
    let twice = office.end_delegation(&record.id, later, later).unwrap_err();
    assert_eq!(twice.code, "instant.invalid");
}

#[test]
fn only_the_issuing_key_delegates_and_only_for_its_own_house() {
    let now = at("2026-03-01T12:00:00Z");
    let mut office = office();
    let paper = drawn_up(&office, 60, "2027-01-01T00:00:00Z");
    let other = office.delegate(vec![paper.clone()], Some(&key(2).into()), now);
    assert!(other.is_err());
    let over = office.delegate(
        vec![paper.clone()],
        Some(&key(1).into()),
        at("2027-01-01T00:00:00Z"),
    );
    assert_eq!(over.unwrap_err().code, "instant.invalid");
    let mut foreign = paper;
    let stranger = did::key::create(key(9).public_key()).to_string();
    foreign.insert("issuer", stranger.into());
    let foreign = office
        .delegate(vec![foreign], Some(&key(1).into()), now)
        .unwrap_err();
    assert_eq!(foreign.code, "accreditation.foreign");
    assert!(office.delegations().unwrap().is_empty());
    assert!(bundle(&mut office, now).delegations().is_empty());
}
