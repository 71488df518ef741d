//! What `credential replace` takes out of force, and what it leaves.

use super::*;

const TODAY: &str = "2026-02-01T12:00:00Z";

#[test]
fn the_earlier_mandate_goes_also_when_the_wallet_enrolled_with_the_key_it_had() {
    for holder in [7, 8] {
        let today = at(TODAY);
        let (mut office, old) = with_ana(today);
        let mut rng = cli_kit::run::system_rng().unwrap();
        let again = reinvited(&mut office, holder, today);
        let new = office.replace(&again, &key(1), today, &mut rng).unwrap();
        assert!(new.is_new && new.credential.id != old.id);
        let told_of = |office: &mut _, record| told(office, record, TODAY, TODAY);
        assert_eq!(told_of(&mut office, &new.credential), StatusOutcome::Valid);
        let old = told_of(&mut office, &old);
        assert!(
            matches!(old, StatusOutcome::Revoked { .. }),
            "{holder}: {old:?}"
        );
    }
}

#[test]
fn a_second_copy_of_the_new_mandate_leaves_the_first_in_force() {
    let today = at(TODAY);
    let (mut office, old) = with_ana(today);
    let mut rng = cli_kit::run::system_rng().unwrap();
    let mut again = reinvited(&mut office, 8, today);
    let first = office.replace(&again, &key(1), today, &mut rng).unwrap();
    again.securing = Securing::DataIntegrity;
    let second = office.replace(&again, &key(1), today, &mut rng).unwrap();
    assert_ne!(first.credential.slot, second.credential.slot);
    for copy in [&first.credential, &second.credential] {
        assert_eq!(told(&mut office, copy, TODAY, TODAY), StatusOutcome::Valid);
    }
    assert!(office.credential(&old.id).unwrap().is_revoked(today));
}

#[test]
fn an_office_stays_with_the_key_it_is_bound_to_and_goes_with_a_lost_one() {
    for (holder, goes) in [(7, false), (8, true)] {
        let today = at(TODAY);
        let (mut office, _) = with_ana(today);
        let mut rng = cli_kit::run::system_rng().unwrap();
        let mut speaker = reinvited(&mut office, 7, today);
        speaker.kind = Kind::OfficeHolder;
        speaker.claims = Some(dates::office_claims("2026-02-01", None));
        let held = office.issue(&speaker, &key(1), today, &mut rng).unwrap();
        let again = reinvited(&mut office, holder, today);
        office.replace(&again, &key(1), today, &mut rng).unwrap();
        let held = office.credential(&held.credential.id).unwrap();
        assert_eq!(held.is_revoked(today), goes, "{holder}");
    }
}

#[test]
fn an_enrolment_whose_device_is_gone_brings_nothing_more() {
    for reason in [Reason::Compromise, Reason::IssuedInError] {
        let today = at(TODAY);
        let mut office = with_a_seat(today);
        let mut rng = cli_kit::run::system_rng().unwrap();
        let mut old = reinvited(&mut office, 7, today);
        let first = office
            .issue(&old, &key(1), today, &mut rng)
            .unwrap()
            .credential;
        office
            .revoke(&first.id, today, (reason, None), today)
            .unwrap();
        old.securing = Securing::DataIntegrity;
        let refused = office.issue(&old, &key(1), today, &mut rng).unwrap_err();
        assert_eq!(refused.code, "credential.state", "{reason}");
        // A stolen key gets nothing by a new letter either; one issued in error may.
        let again = reinvited(&mut office, 7, today);
        let issued = office.issue(&again, &key(1), today, &mut rng);
        assert_eq!(issued.is_err(), reason == Reason::Compromise, "{reason}");
    }
}

#[test]
fn the_lost_device_gets_no_office_by_its_old_enrolment() {
    let today = at(TODAY);
    let mut office = with_a_seat(today);
    let mut rng = cli_kit::run::system_rng().unwrap();
    let mut old = reinvited(&mut office, 7, today);
    office.issue(&old, &key(1), today, &mut rng).unwrap();
    let new = reinvited(&mut office, 8, today);
    office.replace(&new, &key(1), today, &mut rng).unwrap();
    old.kind = Kind::OfficeHolder;
    old.claims = Some(dates::office_claims("2026-02-01", None));
    for outcome in [
        office.issue(&old, &key(1), today, &mut rng),
        office.replace(&old, &key(1), today, &mut rng),
    ] {
        assert_eq!(outcome.unwrap_err().code, "credential.state");
    }
}

#[test]
fn a_suspension_is_not_lifted_by_a_second_copy() {
    let today = at(TODAY);
    let mut office = with_a_seat(today);
    let mut rng = cli_kit::run::system_rng().unwrap();
    let mut one = reinvited(&mut office, 7, today);
    let first = office
        .issue(&one, &key(1), today, &mut rng)
        .unwrap()
        .credential;
    office.suspend(&first.id, today).unwrap();
    one.securing = Securing::DataIntegrity;
    let refused = office.issue(&one, &key(1), today, &mut rng).unwrap_err();
    assert_eq!(refused.code, "credential.state");
    office.reinstate(&first.id, today).unwrap();
    office.issue(&one, &key(1), today, &mut rng).unwrap();
}

#[test]
fn a_mandate_has_one_credential_in_force_also_for_one_key() {
    let today = at(TODAY);
    let (mut office, old) = with_ana(today);
    let mut rng = cli_kit::run::system_rng().unwrap();
    let again = reinvited(&mut office, 7, today);
    let refused = office.issue(&again, &key(1), today, &mut rng).unwrap_err();
    assert_eq!(refused.code, "credential.already_issued");
    let why = (Reason::Superseded, None);
    office.revoke(&old.id, today, why, today).unwrap();
    office.issue(&again, &key(1), today, &mut rng).unwrap();
}

#[test]
fn a_second_copy_leaves_the_letter_for_the_next_device_alone() {
    let today = at(TODAY);
    let mut office = with_a_seat(today);
    let mut rng = cli_kit::run::system_rng().unwrap();
    let mut one = reinvited(&mut office, 7, today);
    office.issue(&one, &key(1), today, &mut rng).unwrap();
    let next = reinvited(&mut office, 8, today);
    one.securing = Securing::DataIntegrity;
    office.issue(&one, &key(1), today, &mut rng).unwrap();
    office.replace(&next, &key(1), today, &mut rng).unwrap();
}

#[test]
fn staff_have_one_pass() {
    let today = at(TODAY);
    let mut office = office();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let roster = r#"{"persons":[{"id":"a","name":"Sam"}],"memberships":[]}"#;
    office.import(roster.as_bytes(), today, today).unwrap();
    let mut pass = |office: &mut Office<_>, holder| {
        let mut order = reinvited(office, holder, today);
        order.kind = Kind::StaffAccreditation;
        let mut claims = identity_core::encoding::strict_json::Object::default();
        claims.insert("role", "adviser".into());
        order.claims = Some(claims);
        office.issue(&order, &key(1), today, &mut rng)
    };
    let first = pass(&mut office, 7).unwrap().credential;
    let refused = pass(&mut office, 8).unwrap_err();
    assert_eq!(refused.code, "credential.already_issued");
    let why = (Reason::Superseded, None);
    office.revoke(&first.id, today, why, today).unwrap();
    pass(&mut office, 8).unwrap();
}
