//! What is said of a revocation or an early end without a decision: it counts, and it is contested.

use super::*;
use crate::status::DecisionDigest;

fn of(check: &Check, which: CredentialCheck) -> (u8, Finding, serde_json::Value) {
    let credential = check.world.issue(|_| ());
    let report = check.run(&World::present(&check.request, &credential, &["name"]));
    let json = report.to_json();
    let mut lines = json["credentials"][0]["checks"].as_array().unwrap().iter();
    let line = lines.find(|line| line["check"] == which.as_str()).unwrap();
    let finding = report.credentials[0].finding(which).clone();
    (report.verdict().exit_code(), finding, line.clone())
}

fn assert_contested(check: &Check, which: CredentialCheck, code: &str, note: Code) {
    let (exit, finding, json) = of(check, which);
    assert_eq!(exit, 11);
    assert!(finding.is_contested());
    assert_eq!(finding.decision, None);
    assert_eq!(json["code"], code);
    assert_eq!(json["contested"], true);
    assert_eq!(json["notes"][0]["code"], note.as_str());
    assert!(json.get("decision").is_none());
}

fn assert_decided(check: &Check, which: CredentialCheck, code: &str) {
    let (exit, finding, json) = of(check, which);
    assert_eq!(exit, 11);
    assert!(!finding.is_contested());
    assert_eq!(json["code"], code);
    assert_eq!(json["decision"], DecisionDigest::of(b"x").to_string());
    assert!(json.get("contested").is_none() && json.get("notes").is_none());
}

#[test]
fn a_revocation_says_which_decision_stands_behind_it_or_that_none_does() {
    let decided: fn(Revocation) -> Revocation = |r| r.with_decision(DecisionDigest::of(b"x"));
    for void in [false, true] {
        let with = if void {
            Revocation::never_valid
        } else {
            |r: Revocation| r
        };
        let status = CredentialCheck::Status;
        let check = Check::new().with_bundle(revoke(-10, -10, with));
        assert_contested(&check, status, "status.revoked", Code::StatusContested);
        let check = Check::new().with_bundle(|content| {
            revoke(-10, -10, with)(content);
            let revocation = content.revocations.pop().unwrap();
            content.revocations.push(decided(revocation));
        });
        assert_decided(&check, status, "status.revoked");
    }
}

#[test]
fn an_early_end_of_the_term_does_so_too() {
    let ended = |decision: Option<DecisionDigest>| {
        Check::new().with_bundle(|content| {
            let mut ending = TermEnding::new(World::days(-3));
            ending.decision = decision;
            content.terms[0].endings.push(ending);
        })
    };
    let term = CredentialCheck::Term;
    assert_contested(&ended(None), term, "term.ended", Code::TermContested);
    assert_decided(&ended(Some(DecisionDigest::of(b"x"))), term, "term.ended");
}

#[test]
fn what_the_calendar_ended_and_what_passed_carry_no_remark() {
    let by_calendar =
        Check::new().with_bundle(|c| c.terms[0].end = Some(Instant::floor(World::days(-3))));
    let (exit, finding, json) = of(&by_calendar, CredentialCheck::Term);
    assert_eq!((exit, finding.notes.len()), (11, 0));
    assert!(json.get("contested").is_none());
    for which in CredentialCheck::ALL {
        let (exit, finding, json) = of(&Check::new(), which);
        assert_eq!((exit, finding.notes.len()), (0, 0));
        assert!(json.get("notes").is_none());
    }
    // Not valid, and the issuer does not say whether suspended: there may be nothing to decide.
    let (exit, finding, _) = of(
        &Check::new().with_bundle(set_bit(SlotBits::One, 1)),
        CredentialCheck::Status,
    );
    assert_eq!((exit, finding.is_contested()), (11, false));
}
