//! What a report shows: nothing of a credential before it has passed, and no name but the verifier's own.

use super::*;

fn claims_of(report: &Report) -> serde_json::Value {
    report.to_json()["credentials"][0]["claims"].clone()
}

#[test]
fn claims_are_shown_only_when_signature_issuer_and_holder_have_passed() {
    let nothing = serde_json::json!({});
    let mut check = Check::new();
    let credential = check.world.issue(|_| ());
    let file = World::present(&check.request, &credential, &["name"]);
    assert_eq!(
        claims_of(&check.run(&file))["name"]["display"],
        "Ana Example"
    );

    check.trust = TrustSet::new([did_of(9).as_str().parse().unwrap()]).unwrap();
    let report = check.run(&file);
    assert_eq!(claims_of(&report), nothing);
    // The signature has passed, so whose it is may be said.
    assert_eq!(
        report.credentials[0].issuer.as_deref(),
        Some(check.world.issuer.as_str())
    );
    assert_eq!(report.credentials[0].issuer_name, None);

    let check = Check::new();
    let (jwt, rest) = file.split_once('~').unwrap();
    let broken = format!("{}A~{rest}", &jwt[..jwt.len() - 1]);
    let report = check.run(&broken);
    assert_eq!(claims_of(&report), nothing);
    assert_eq!(
        report.to_json()["credentials"][0]["issuer"],
        serde_json::Value::Null
    );
}

#[test]
fn a_revoked_credential_still_shows_whose_it_was() {
    let check = Check::new().with_bundle(revoke(-10, -10, |r| r));
    let credential = check.world.issue(|_| ());
    let file = World::present(&check.request, &credential, &["name"]);
    let report = check.run(&file);
    assert_eq!(report.verdict(), Verdict::Ended);
    assert_eq!(claims_of(&report)["name"]["display"], "Ana Example");
}

#[test]
fn an_anchor_without_a_name_gives_none() {
    let mut check = Check::new();
    let mut trust = TrustSet::new([check.world.issuer.as_str().parse().unwrap()]).unwrap();
    let bundle = check.world.bundle(|_| ());
    let bundle = crate::trust::Bundle::open(bundle.as_bytes(), &mut Budget::bundle()).unwrap();
    assert_eq!(bundle.claimed_name(), "The Chamber");
    trust.add(bundle);
    check.trust = trust;
    let credential = check.world.issue(|_| ());
    let report = check.run(&World::present(&check.request, &credential, &["name"]));
    assert_eq!(report.verdict(), Verdict::Valid);
    assert_eq!(report.credentials[0].issuer_name, None);
}

#[test]
fn staff_have_no_term_and_need_none() {
    let mut check = Check::new().with_bundle(|c| c.terms.clear());
    check.request = check.world.request("StaffAccreditation:role");
    let pass = check.world.issue(|draft| {
        draft.kind = Kind::StaffAccreditation;
        draft.term = None;
        draft.claims.remove("mandateStart");
        draft.claims.remove("constituency");
    });
    let file = World::present(&check.request, &pass, &["role"]);
    assert_eq!(check.outcome(&file), (0, vec![]));
    let term = check.run(&file).credentials[0]
        .finding(CredentialCheck::Term)
        .clone();
    assert_eq!(term.outcome, Outcome::Skipped);
}

#[test]
fn a_maximum_age_may_reach_beyond_the_next_update() {
    let mut check = Check::new();
    check.now = Timestamp::from_second(World::now().as_second() + 30 * 60).unwrap();
    let late = |c: &mut Content| {
        let back = |i: Instant| Timestamp::from_second(i.as_second() - 2 * DAY).unwrap();
        c.issued_at = Instant::floor(back(c.issued_at));
        c.next_update = Instant::floor(back(c.next_update));
    };
    assert_eq!(
        Check::new().with_bundle(late).mandate(),
        (12, vec!["bundle.stale"])
    );
    let mut patient = Check::new().with_bundle(late);
    patient.max_age = Some(core::time::Duration::from_secs(3 * 86_400));
    assert_eq!(patient.mandate(), (0, vec![]));
}

#[test]
fn what_is_valid_from_its_issue_on_is_so_by_a_clock_that_is_ahead() {
    let outcome = |issued: i64, from: i64| {
        let check = Check::new();
        let second = |s| Timestamp::from_second(World::now().as_second() + s).unwrap();
        let credential = check.world.issue(|draft| {
            draft.issued_at = second(issued);
            draft.valid_from = second(from);
        });
        check.outcome(&World::present(&check.request, &credential, &["name"]))
    };
    assert_eq!(outcome(300, 300), (0, vec![]));
    let not_yet = (10, vec!["credential.not_yet_valid"]);
    assert_eq!(outcome(301, 301), not_yet);
    // A mandate that begins in five minutes has not begun.
    assert_eq!(outcome(0, 300), not_yet);
}
