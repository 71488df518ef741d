//! Delegations in a house with officers: one alone gives nothing away and takes nothing back.

use std::collections::BTreeMap;

use identity_core::trust::accreditation::{DelegationDraft, Grant};

use super::*;

pub(super) fn drawn_up(house: &House) -> Object<'static> {
    drawn_up_at(house, at(LATER))
}

pub(super) fn drawn_up_at(house: &House, now: Instant) -> Object<'static> {
    let draft = DelegationDraft {
        parliament: house.office.profile().did.clone(),
        policy_version: house.office.delegates_under(),
        recorded: now,
        unit: did::key::create(key(90).public_key()),
        name: BTreeMap::from([("en".to_owned(), "Pass office".to_owned())]),
        grants: vec![Grant {
            kind: "StaffAccreditation".to_owned(),
            chambers: vec!["X".to_owned()],
            max_validity_days: 365,
            may_delegate: false,
            approvals: 0,
        }],
        from: now,
        until: at("2027-01-01T00:00:00Z"),
    };
    draft.document().unwrap()
}

pub(super) fn copies(
    house: &mut House,
    paper: &Object<'static>,
    who: &[usize],
) -> Vec<Object<'static>> {
    let mut signed = Vec::new();
    for officer in who {
        house.act(*officer);
        signed.push(
            house
                .office
                .sign_delegation(paper.clone(), at(LATER))
                .unwrap(),
        );
    }
    signed
}

#[test]
fn officers_delegate_together_and_nobody_with_the_issuing_key() {
    for officers in [2, 3] {
        let mut house = House::of(officers);
        assert_eq!(house.office.delegation_signers(), officers);
        let paper = drawn_up(&house);
        let all: Vec<usize> = (0..officers).collect();
        let few = copies(&mut house, &paper, &all[1..]);
        let refused = house.office.delegate(few, None, at(LATER)).unwrap_err();
        assert_eq!(refused.code, "accreditation.too_few");
        let key = key(1).into();
        let alone = house
            .office
            .delegate(vec![paper.clone()], Some(&key), at(LATER));
        assert_eq!(alone.unwrap_err().code, "accreditation.stranger");
        let mut mixed = copies(&mut house, &paper, &all);
        mixed[0].insert("validUntil", "2028-01-01T00:00:00Z".into());
        let differ = house.office.delegate(mixed, None, at(LATER)).unwrap_err();
        assert_eq!(differ.code, "accreditor.copies_differ");
        let enough = copies(&mut house, &paper, &all);
        house.office.delegate(enough, None, at(LATER)).unwrap();
        let published = bundle(&mut house.office, at(LATER));
        assert_eq!(published.delegations().len(), 1);
    }
}

#[test]
fn a_delegation_ends_by_as_many_as_an_action_takes() {
    let mut house = House::of(3);
    let paper = drawn_up(&house);
    let signed = copies(&mut house, &paper, &[0, 1, 2]);
    let record = house.office.delegate(signed, None, at(LATER)).unwrap();
    house.act(0);
    let action = Action::EndDelegation {
        delegation: record.id.clone(),
        at: at("2026-03-01T00:00:00Z"),
    };
    let pending = house.prepare(action).unwrap();
    house.approve(1, &pending.id).unwrap();
    assert_eq!(house.office.delegations().unwrap()[0].ended, None);
    house.approve(2, &pending.id).unwrap();
    let ended = house.office.delegations().unwrap()[0].ended;
    assert_eq!(ended, Some(at("2026-03-01T00:00:00Z")));
    // Nobody ends it alone.
    house.act(0);
    let sooner = at("2026-02-20T00:00:00Z");
    let alone = house.office.end_delegation(&record.id, sooner, at(LATER));
    assert_eq!(alone.unwrap_err().code, "approval.needed");
    house.is_sound();
}
