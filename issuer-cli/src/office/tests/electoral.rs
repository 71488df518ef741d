//! What an office that declared an electoral period does not do in it.

use identity_core::status::DecisionDigest;

use super::*;

const DECLARED: &str = "2026-03-01T12:00:00Z";
const BEGUN: &str = "2026-04-01T00:00:00Z";
const DURING: &str = "2026-04-10T12:00:00Z";
const OVER: &str = "2026-05-10T00:00:00Z";

/// An office that has Ana's credential and has declared a period, which is published unless kept back.
fn bound(is_published: bool) -> (Office<MemoryStore>, CredentialRecord) {
    let (mut office, ana) = with_ana(at("2026-02-01T12:00:00Z"));
    let basis = DecisionDigest::of(b"electoral code");
    let draft = office.draw_up_period((at(BEGUN), at(OVER)), basis, at(DECLARED));
    office
        .declare_period(&draft, Some(&key(1).into()), at(DECLARED))
        .unwrap();
    if is_published {
        office.publish(at(DECLARED)).unwrap();
    }
    (office, ana)
}

fn revoke(
    (reason, decision): (Reason, Option<DecisionDigest>),
    now: &str,
) -> Result<(), &'static str> {
    let (mut office, ana) = bound(true);
    let by_credential = office.revoke(&ana.id, at(now), (reason, decision), at(now));
    let (mut office, _) = bound(true);
    let by_mandate = office.end_mandate("a", at(now), (reason, decision), at(now));
    let codes = (
        by_credential.map_err(|refusal| refusal.code).err(),
        by_mandate.map_err(|refusal| refusal.code).err(),
    );
    assert_eq!(codes.0, codes.1);
    codes.0.map_or(Ok(()), Err)
}

#[test]
fn a_mandate_is_revoked_for_four_reasons_only_and_by_a_decision() {
    let decision = Some(DecisionDigest::of(b"judgment"));
    for reason in Reason::ALL {
        let is_allowed = [
            Reason::Death,
            Reason::Resignation,
            Reason::Court,
            Reason::Compromise,
        ]
        .contains(reason);
        let with = revoke((*reason, decision), DURING);
        assert_eq!(with.is_ok(), is_allowed, "{reason}");
        assert_eq!(revoke((*reason, None), DURING), Err("electoral.forbidden"));
        // Before the first second and from the last on it is as always.
        for now in ["2026-03-31T23:59:59Z", OVER] {
            assert_eq!(revoke((*reason, None), now), Ok(()), "{reason}");
        }
        assert_eq!(revoke((*reason, None), BEGUN), Err("electoral.forbidden"));
    }
}

#[test]
fn what_cannot_wait_is_still_done() {
    let (mut office, ana) = bound(true);
    office.suspend(&ana.id, at(DURING)).unwrap();
    office.reinstate(&ana.id, at(DURING)).unwrap();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let again = reinvited(&mut office, 8, at(DURING));
    office
        .replace(&again, &key(1), at(DURING), &mut rng)
        .unwrap();
    office
        .end_term("current", at(DURING), (&[], None), at(DURING))
        .unwrap();
}

#[test]
fn a_key_is_replaced_only_when_it_is_in_other_hands() {
    let (office, _) = bound(true);
    let allowed = |compromised, now| office.allow_key_rotation(compromised, at(now)).is_ok();
    assert!(allowed(true, DURING) && !allowed(false, DURING));
    assert!(allowed(false, DECLARED) && allowed(false, OVER));
}

#[test]
fn bundles_follow_each_other_every_hour() {
    let (mut office, _) = bound(true);
    let next = |office: &mut Office<_>, now| office.publish(at(now)).unwrap().next_update;
    assert_eq!(
        next(&mut office, "2026-03-31T23:59:59Z"),
        at("2026-04-01T23:59:59Z")
    );
    assert_eq!(next(&mut office, DURING), at("2026-04-10T13:00:00Z"));
    assert_eq!(next(&mut office, OVER), at("2026-05-11T00:00:00Z"));
    // The timer keeps up with it, whatever interval was chosen.
    office.publish(at(DURING)).unwrap();
    let due = office.not_due_until(at(DURING)).unwrap();
    assert_eq!(due, Some(at("2026-04-10T12:30:00Z")));
    let soon = office.overdue(at("2026-04-10T12:41:00Z")).unwrap();
    assert!(soon.unwrap().contains("19 minutes"));
    assert_eq!(office.overdue(at("2026-04-10T12:40:00Z")).unwrap(), None);
}

#[test]
fn a_period_is_public_before_it_begins_or_not_at_all() {
    let (mut office, _) = bound(true);
    let told = bundle(&mut office, at(DURING));
    let period = told.electoral_period(at(DURING)).unwrap();
    assert_eq!(period.published(), at(DECLARED));
    // Kept back until it had begun: verifiers are told nothing, and the office is bound.
    let (mut late, ana) = bound(false);
    let told = bundle(&mut late, at(DURING));
    assert_eq!(told.electoral_periods(), []);
    let refused = late.revoke(&ana.id, at(DURING), (Reason::Superseded, None), at(DURING));
    assert_eq!(refused.unwrap_err().code, "electoral.forbidden");
    let (mut office, _) = with_ana(at(DECLARED));
    let basis = DecisionDigest::of(b"electoral code");
    let draft = office.draw_up_period((at(BEGUN), at(OVER)), basis, at(DECLARED));
    let refused = office.declare_period(&draft, Some(&key(1).into()), at(BEGUN));
    assert_eq!(refused.unwrap_err().code, "electoral.late");
    let refused = office.declare_period(&draft, Some(&key(2).into()), at(DECLARED));
    assert_eq!(refused.unwrap_err().code, "electoral.too_few");
}

#[test]
fn many_at_once_are_announced_a_day_ahead() {
    let now = at(DECLARED);
    let mut office = office();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let roster = "id,name,start_date\na,Ana,2026-01-01\nb,Bo,2026-01-01\n";
    office.import(roster.as_bytes(), now, now).unwrap();
    let basis = DecisionDigest::of(b"electoral code");
    let draft = office.draw_up_period((at(BEGUN), at(OVER)), basis, now);
    office
        .declare_period(&draft, Some(&key(1).into()), now)
        .unwrap();
    office.publish(now).unwrap();
    let codes = office.invite_all(at(BEGUN), &mut rng).unwrap().invitations;
    let orders: Vec<IssueOrder> = (10..)
        .zip(&codes)
        .map(|(holder, code)| order(&office, &code.secret_code, holder, at(BEGUN)))
        .collect();
    let mut issue = |office: &mut Office<_>, orders: &[IssueOrder], now: &str| {
        let outcome = office.issue_group(orders, &key(1), at(now), &mut rng);
        outcome.map(|_| ()).map_err(|refusal| refusal.code)
    };
    let refused = Err("electoral.forbidden");
    assert_eq!(issue(&mut office, &orders, DURING), refused);
    let announce = |office: &mut Office<_>, text: &str, now: &str| {
        let outcome = office.announce_bulk(at(text), at(now));
        outcome.map_err(|refusal| refusal.code)
    };
    let early = announce(&mut office, "2026-04-10T11:59:59Z", "2026-04-09T12:00:00Z");
    assert_eq!(early, Err("instant.invalid"));
    let outside = announce(&mut office, OVER, "2026-04-09T12:00:00Z");
    assert_eq!(outside, Err("instant.invalid"));
    announce(&mut office, DURING, "2026-04-08T12:00:00Z").unwrap();
    // Announced, and not published a day ahead.
    office.publish(at("2026-04-09T12:00:01Z")).unwrap();
    assert_eq!(issue(&mut office, &orders, DURING), refused);
    announce(&mut office, DURING, "2026-04-09T12:00:00Z").unwrap();
    office.publish(at("2026-04-09T12:00:00Z")).unwrap();
    let told = bundle(&mut office, at("2026-04-09T12:00:02Z"));
    assert!(
        told.electoral_period(at(DURING))
            .unwrap()
            .allows_bulk(at(DURING))
    );
    // One alone is no change in bulk.
    issue(&mut office, &orders[..1], "2026-04-09T13:00:00Z").unwrap();
    assert_eq!(issue(&mut office, &orders, "2026-04-11T12:00:00Z"), refused);
    issue(&mut office, &orders, DURING).unwrap();
}

/// A house of four officers that has declared and published a period from half past twelve on.
fn house() -> officers::House {
    let now = at("2026-02-01T12:00:00Z");
    let mut house = officers::House::of(4);
    house.act(0);
    let basis = DecisionDigest::of(b"electoral code");
    let times = (at("2026-02-01T12:30:00Z"), at(OVER));
    let draft = house.office.draw_up_period(times, basis, now);
    // The issuing key says nothing where there are officers: whoever acts has signed.
    let issuing = key(1).into();
    let mut declared = house
        .office
        .declare_period(&draft, Some(&issuing), now)
        .unwrap();
    let needed = house.office.approvals_needed() + 1;
    for signed in 1..needed {
        let waiting = Declared::Waiting {
            found: signed,
            needed,
        };
        assert_eq!(declared, waiting);
        // The same officer a second time is not a second officer.
        assert_eq!(house.office.sign_period(now).unwrap(), waiting);
        house.act(signed);
        declared = house.office.sign_period(now).unwrap();
    }
    assert!(matches!(declared, Declared::Done(_)), "{declared:?}");
    let none = house.office.sign_period(now).unwrap_err();
    assert_eq!(none.code, "electoral.none");
    house
}

#[test]
fn with_officers_a_period_takes_as_many_as_an_action() {
    let mut house = house();
    house.office.act_as(Actor::Machine).unwrap();
    let told = bundle(&mut house.office, at("2026-02-01T12:01:00Z"));
    assert_eq!(told.electoral_periods().len(), 1);
}

#[test]
fn in_a_period_one_more_officer_approves_what_takes_something_away() {
    let decision = Some(DecisionDigest::of(b"letter"));
    let end = || Action::EndMandate {
        member: "a".to_owned(),
        at: at("2026-02-01T13:00:00Z"),
        reason: Reason::Resignation,
        decision,
    };
    let approvals = |house: &mut officers::House| {
        house.act(0);
        let pending = house.prepare(end()).unwrap();
        let mut given = 0;
        for who in 1..4 {
            given += 1;
            match house.approve(who, &pending.id).unwrap() {
                Approved::Waiting { .. } => {}
                Approved::Done(_) => break,
            }
        }
        given
    };
    let usual = approvals(&mut officers::House::of(4));
    assert!(usual < 3, "no officer more is there");
    assert_eq!(approvals(&mut house()), usual + 1);
}
