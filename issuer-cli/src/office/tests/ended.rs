//! Ending mandates and terms: once, sooner than said, and again.

use identity_core::status::{DecisionDigest, TermOutcome, term_at};

use super::*;

const TODAY: &str = "2026-02-01T12:00:00Z";

fn end(office: &mut Office<MemoryStore>, when: &str) -> Result<Ended, Refusal> {
    office.end_mandate("a", at(when), (Reason::Resignation, None), at(TODAY))
}

#[test]
fn an_end_that_lies_ahead_can_be_brought_forward_and_not_be_put_off() {
    let (mut office, ana) = with_ana(at(TODAY));
    end(&mut office, "2026-06-30T22:00:00Z").unwrap();
    end(&mut office, "2026-03-15T10:00:00Z").unwrap();
    let ends = |office: &Office<_>| office.mandates_of("a").unwrap()[0].ends(office.zone());
    assert_eq!(ends(&office), Some(at("2026-03-15T10:00:00Z").timestamp()));
    assert_eq!(
        told(&mut office, &ana, TODAY, "2026-03-15T10:00:00Z"),
        StatusOutcome::Revoked {
            since: Some(at("2026-03-15T10:00:00Z")),
            void: false,
            decision: None
        }
    );
    for late in ["2026-03-15T10:00:00Z", "2026-05-01T00:00:00Z"] {
        assert_eq!(
            end(&mut office, late).unwrap_err().code,
            "mandate.not_sitting"
        );
    }
}

#[test]
fn what_is_over_is_not_ended_again() {
    let mut office = office();
    let roster =
        "id,name,start_date,end_date,term\na,Ana,2020-01-01,2023-12-31,1\na,Ana,2024-01-01,,2\n";
    office
        .import(roster.as_bytes(), at(TODAY), at(TODAY))
        .unwrap();
    assert_eq!(
        end(&mut office, TODAY).unwrap().mandate,
        office.mandates_of("a").unwrap()[1].id
    );
    // The earlier term is over since 2023, and nothing of it goes on.
    assert_eq!(
        end(&mut office, TODAY).unwrap_err().code,
        "mandate.not_sitting"
    );
}

#[test]
fn who_left_by_a_later_roster_is_ended_by_the_command_that_the_import_prints() {
    let (mut office, ana) = with_ana(at(TODAY));
    let news = "id,name,start_date,end_date\na,Ana,2026-01-01,2026-01-31\n";
    office
        .import(news.as_bytes(), at(TODAY), at(TODAY))
        .unwrap();
    // The roster's last day is over, and the credential says nothing of it.
    let outliving = office.outliving(at(TODAY)).unwrap();
    assert_eq!(outliving.len(), 1);
    assert_eq!(outliving[0].0.id, ana.id);
    assert_eq!(outliving[0].1, at("2026-02-01T00:00:00Z"));
    assert!(
        office
            .outliving(at("2026-01-31T23:59:59Z"))
            .unwrap()
            .is_empty()
    );
    let ended = end(&mut office, "2026-02-01T11:00:00Z").unwrap();
    assert_eq!(ended.credentials, [ana.id]);
    assert!(office.outliving(at(TODAY)).unwrap().is_empty());
}

#[test]
fn a_term_ended_annulled_and_ended_again_was_over_in_both_periods() {
    let (mut office, ana) = with_ana(at(TODAY));
    let decision = DecisionDigest::of(b"court");
    let (first, second) = ("2026-02-02T00:00:00Z", "2026-02-20T00:00:00Z");
    office
        .end_term("current", at(first), (&[], None), at(TODAY))
        .unwrap();
    let again = office.end_term("current", at(second), (&[], None), at(TODAY));
    assert_eq!(again.unwrap_err().code, "term.state");
    let annulled = at("2026-02-10T00:00:00Z");
    office
        .reinstate_term("current", decision, annulled)
        .unwrap();
    let refused = office.reinstate_term("current", decision, annulled);
    assert_eq!(refused.unwrap_err().code, "term.state");
    office
        .end_term("current", at(second), (&[], None), annulled)
        .unwrap();
    let bundle = bundle(&mut office, at("2026-02-21T00:00:00Z"));
    let is_over = |when| {
        let outcome = term_at(bundle.term("current"), at(when), Some(&ana.slot));
        matches!(outcome, TermOutcome::Ended { .. })
    };
    for (when, over) in [
        ("2026-02-01T23:59:59Z", false),
        (first, true),
        ("2026-02-09T23:59:59Z", true),
        ("2026-02-10T00:00:00Z", false),
        ("2026-02-19T23:59:59Z", false),
        (second, true),
    ] {
        assert_eq!(is_over(when), over, "{when}");
        assert_eq!(
            office.sitting_mandate("a", at(when)).is_err(),
            over,
            "{when}"
        );
    }
}

#[test]
fn a_mandate_that_is_excepted_goes_on_after_its_term() {
    let (mut office, ana) = with_ana(at(TODAY));
    let ended = at("2026-02-02T00:00:00Z");
    let unknown = office.end_term("current", ended, (&["nobody".to_owned()], None), at(TODAY));
    assert_eq!(unknown.unwrap_err().code, "member.unknown");
    office
        .end_term("current", ended, (&["a".to_owned()], None), at(TODAY))
        .unwrap();
    let bundle = bundle(&mut office, ended);
    let outcome = |index| {
        let mut slot = ana.slot.clone();
        slot.index = index;
        term_at(bundle.term("current"), ended, Some(&slot))
    };
    assert_eq!(outcome(ana.slot.index), TermOutcome::Running);
    assert_ne!(outcome(ana.slot.index + 1), TermOutcome::Running);
    assert!(office.sitting_mandate("a", ended).is_ok());
}

#[test]
fn staff_are_invited_by_name_and_who_left_is_not() {
    let mut office = office();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let roster = r#"{"persons":[{"id":"s","name":"Sam"},{"id":"a","name":"Ana"}],
        "organizations":[{"id":"h","name":"House","classification":"legislature"}],
        "memberships":[{"person_id":"a","organization_id":"h","role":"member","end_date":"2025-12-31","start_date":"2020"}]}"#;
    office
        .import(roster.as_bytes(), at(TODAY), at(TODAY))
        .unwrap();
    assert_eq!(
        office.invite("a", at(TODAY), &mut rng).unwrap_err().code,
        "mandate.not_sitting"
    );
    assert!(
        office
            .invite_all(at(TODAY), &mut rng)
            .unwrap()
            .invitations
            .is_empty()
    );
    let invited = office.invite("s", at(TODAY), &mut rng).unwrap();
    let mut pass = order(&office, &invited.invitations[0].secret_code, 7, at(TODAY));
    let refused = office
        .issue(&pass, &key(1), at(TODAY), &mut rng)
        .unwrap_err();
    assert_eq!(refused.code, "mandate.not_sitting");
    pass.kind = Kind::StaffAccreditation;
    let mut claims = identity_core::encoding::strict_json::Object::default();
    claims.insert("role", "adviser".into());
    pass.claims = Some(claims);
    let handed = office.issue(&pass, &key(1), at(TODAY), &mut rng).unwrap();
    assert_eq!(handed.credential.mandate, None);
}

#[test]
fn a_decision_may_come_after_the_end_it_is_about() {
    let (mut office, ana) = with_ana(at(TODAY));
    let past = "2026-01-20T00:00:00Z";
    end(&mut office, past).unwrap();
    assert_eq!(told(&mut office, &ana, TODAY, past), StatusOutcome::Valid);
    let decision = Some(DecisionDigest::of(b"court"));
    let why = (Reason::Court, decision);
    let ended = office.end_mandate("a", at(past), why, at(TODAY)).unwrap();
    assert_eq!(ended.credentials, std::slice::from_ref(&ana.id));
    let told = told(&mut office, &ana, TODAY, past);
    assert!(matches!(told, StatusOutcome::Revoked { .. }), "{told:?}");
    let again = office.end_mandate("a", at(past), why, at(TODAY));
    assert_eq!(again.unwrap_err().code, "mandate.not_sitting");
}

#[test]
fn one_mandate_ends_and_the_credential_of_another_stays() {
    let mut office = office();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let roster = "id,name,start_date,term\na,Ana,2025-01-01,1\na,Ana,2026-01-01,2\n";
    let first = at("2025-06-01T00:00:00Z");
    office.import(roster.as_bytes(), first, first).unwrap();
    let one = reinvited(&mut office, 7, first);
    let old = office
        .issue(&one, &key(1), first, &mut rng)
        .unwrap()
        .credential;
    let two = reinvited(&mut office, 8, at(TODAY));
    let new = office
        .issue(&two, &key(1), at(TODAY), &mut rng)
        .unwrap()
        .credential;
    let ended = end(&mut office, TODAY).unwrap();
    assert_eq!(ended.credentials, [new.id]);
    assert!(!office.credential(&old.id).unwrap().is_revoked(at(TODAY)));
}

#[test]
fn a_term_does_not_end_before_it_begins() {
    let (mut office, _) = with_ana(at(TODAY));
    let before = at("2025-12-31T23:59:59Z");
    let refused = office.end_term("current", before, (&[], None), at(TODAY));
    assert_eq!(refused.unwrap_err().code, "instant.invalid");
    let first = at("2026-01-01T00:00:00Z");
    office
        .end_term("current", first, (&[], None), at(TODAY))
        .unwrap();
}

#[test]
fn who_goes_on_after_an_earlier_end_goes_on_after_the_one_that_was_to_come() {
    let (mut office, ana) = with_ana(at(TODAY));
    let (later, sooner) = (at("2026-06-30T00:00:00Z"), at("2026-03-01T00:00:00Z"));
    office
        .end_term("current", later, (&[], None), at(TODAY))
        .unwrap();
    let except = ["a".to_owned()];
    office
        .end_term("current", sooner, (&except, None), at(TODAY))
        .unwrap();
    let bundle = bundle(&mut office, at(TODAY));
    for when in [sooner, later] {
        let outcome = term_at(bundle.term("current"), when, Some(&ana.slot));
        assert_eq!(outcome, TermOutcome::Running, "{when}");
    }
    let replayed = replay(&office.store, None).unwrap();
    assert_eq!(replayed.differences, []);
}
