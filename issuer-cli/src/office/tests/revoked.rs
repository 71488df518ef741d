//! A revocation that lies ahead, and those that come on top of it.

use identity_core::status::DecisionDigest;

use super::*;

const TODAY: &str = "2026-02-01T12:00:00Z";

#[test]
fn a_credential_that_is_to_be_revoked_later_can_be_suspended_now() {
    let today = at(TODAY);
    let (mut office, ana) = with_ana(today);
    let later = at("2026-03-01T00:00:00Z");
    office
        .revoke(&ana.id, later, (Reason::Resignation, None), today)
        .unwrap();
    let known = office.credential(&ana.id).unwrap();
    assert!(!known.is_revoked(today) && known.is_revoked(later));
    office.suspend(&ana.id, today).unwrap();
    assert_eq!(
        told(&mut office, &ana, TODAY, TODAY),
        StatusOutcome::NotValid
    );
    office.reinstate(&ana.id, today).unwrap();
    assert_eq!(told(&mut office, &ana, TODAY, TODAY), StatusOutcome::Valid);
    let refused = office.suspend(&ana.id, later).unwrap_err();
    assert_eq!(refused.code, "credential.state");
}

#[test]
fn a_lost_device_is_replaced_though_its_credential_is_to_be_revoked_later() {
    let today = at(TODAY);
    let (mut office, ana) = with_ana(today);
    let mut rng = cli_kit::run::system_rng().unwrap();
    let later = at("2026-03-01T00:00:00Z");
    let why = (Reason::Resignation, None);
    office.end_mandate("a", later, why, today).unwrap();
    let two = reinvited(&mut office, 8, today);
    let refused = office.issue(&two, &key(1), today, &mut rng).unwrap_err();
    assert_eq!(refused.code, "credential.already_issued");
    let new = office.replace(&two, &key(1), today, &mut rng).unwrap();
    assert_eq!(new.credential.valid_until, later);
    let told = told(&mut office, &ana, TODAY, TODAY);
    assert!(matches!(told, StatusOutcome::Revoked { .. }), "{told:?}");
}

#[test]
fn a_mandate_that_ends_takes_along_what_was_to_be_revoked_later() {
    let today = at(TODAY);
    let (mut office, ana) = with_ana(today);
    let (sooner, later) = (at("2026-02-10T00:00:00Z"), at("2026-03-01T00:00:00Z"));
    let why = (Reason::Superseded, None);
    office.revoke(&ana.id, later, why, today).unwrap();
    let ended = office.end_mandate("a", sooner, (Reason::Death, None), today);
    assert_eq!(ended.unwrap().credentials, std::slice::from_ref(&ana.id));
    let told = |office: &mut Office<_>, asked| told(office, &ana, TODAY, asked);
    assert_eq!(
        told(&mut office, "2026-02-09T23:59:59Z"),
        StatusOutcome::Valid
    );
    let from = told(&mut office, "2026-02-10T00:00:00Z");
    let since = Some(sooner);
    assert_eq!(
        from,
        StatusOutcome::Revoked {
            since,
            void: false,
            decision: None
        }
    );
}

#[test]
fn what_a_revocation_took_away_stays_away() {
    let today = at(TODAY);
    let (mut office, ana) = with_ana(today);
    office
        .revoke(&ana.id, today, (Reason::Superseded, None), today)
        .unwrap();
    let between = "2026-02-15T00:00:00Z";
    let is_revoked = |told: StatusOutcome, void| matches!(told, StatusOutcome::Revoked { void: v, .. } if v == void);
    assert!(is_revoked(told(&mut office, &ana, TODAY, between), false));
    // An earlier instant without a decision would count from its own publication, weeks later.
    let (earlier, now) = (at("2026-01-20T00:00:00Z"), "2026-03-01T00:00:00Z");
    let late = office.revoke(&ana.id, earlier, (Reason::Court, None), at(now));
    assert_eq!(late.unwrap_err().code, "credential.state");
    // A decision reaches back, also to an instant that was named before without one.
    let decision = Some(DecisionDigest::of(b"court"));
    office
        .revoke(&ana.id, earlier, (Reason::Court, decision), at(now))
        .unwrap();
    let since = at("2026-01-25T00:00:00Z").to_string();
    assert!(is_revoked(told(&mut office, &ana, now, &since), false));
    assert!(is_revoked(told(&mut office, &ana, now, between), false));
    assert_eq!(
        told(&mut office, &ana, now, "2026-01-19T23:59:59Z"),
        StatusOutcome::Valid
    );
    let again = office.revoke(&ana.id, at(now), (Reason::Court, decision), at(now));
    assert_eq!(again.unwrap_err().code, "credential.state");
    // That its key was stolen may come to light when it is revoked long since: never valid, then.
    office
        .revoke(&ana.id, at(now), (Reason::Compromise, None), at(now))
        .unwrap();
    let told = told(&mut office, &ana, now, "2026-01-19T00:00:00Z");
    assert!(is_revoked(told, true));
    let again = office.revoke(&ana.id, earlier, (Reason::Compromise, None), at(now));
    assert_eq!(again.unwrap_err().code, "credential.state");
}

#[test]
fn a_stolen_key_is_out_at_once_whatever_instant_is_named() {
    let today = at(TODAY);
    let (mut office, ana) = with_ana(today);
    let later = at("2026-03-01T00:00:00Z");
    office
        .revoke(&ana.id, later, (Reason::Compromise, None), today)
        .unwrap();
    let bundle = bundle(&mut office, today);
    let list = &bundle.list(&ana.slot.list).unwrap().list;
    assert_eq!(list.get(ana.slot.index), Some(1));
    assert_eq!(
        office.reinstate(&ana.id, today).unwrap_err().code,
        "credential.state"
    );
}

#[test]
fn what_is_revoked_is_not_reinstated() {
    let today = at(TODAY);
    let (mut office, ana) = with_ana(today);
    office.suspend(&ana.id, today).unwrap();
    office
        .revoke(&ana.id, today, (Reason::Death, None), today)
        .unwrap();
    assert_eq!(
        office.reinstate(&ana.id, today).unwrap_err().code,
        "credential.state"
    );
}
