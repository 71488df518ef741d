//! Four eyes behind a credential, where the accreditation or the verifier asks for them.

use super::*;
use crate::{
    credential::Draft,
    encoding::jcs,
    testing::{
        network::{House, UNION, Union, did_of},
        people::officer,
    },
    trust::{
        Policy,
        accreditation::statement::Body,
        approval::{ApprovalDraft, Evidence, Manifest, approve, issue_item},
        network::Network,
        officers::PolicyDraft,
    },
};

/// The house's officers: 150 to 153, two of whom decide; signed by whoever controls its DID.
fn policy(house: &House) -> serde_json::Value {
    let draft = PolicyDraft {
        issuer: house.did.clone(),
        version: 1,
        epoch: 0,
        threshold: 2,
        officers: (150..=153).map(officer).collect(),
        publishing: Vec::new(),
        issued_at: Instant::floor(World::days(-390)),
    };
    let signed = crate::testing::people::signed(&draft, &[house.seed, 150, 151]);
    let bytes = jcs::canonicalize(&Value::Object(signed)).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// Approvals by these officers of a mandate for the holder of this seed; officer 150 prepared it.
fn approvals(house: &House, by: &[u8], holder: u8) -> Evidence {
    let content = [9; 32];
    let item = issue_item(
        "MemberMandate",
        key(holder).public_key(),
        Some("10"),
        &content,
    );
    let salt = Manifest::salt(&mut Steps(5));
    let manifest = Manifest::new([(&item, salt)]).unwrap();
    let draft = ApprovalDraft {
        home: house.did.clone(),
        policy_version: 1,
        preparer: "o150".to_owned(),
        action: Evidence::ACTION.to_owned(),
        manifest: manifest.digest(),
        items: 1,
        created: Instant::floor(World::days(-201)),
        expires: Instant::floor(World::days(-199)),
        nonce: [3; 16],
    };
    let document = by.iter().fold(draft.document(), |document, seed| {
        approve(document, &key(*seed), World::days(-200)).unwrap()
    });
    Evidence::new(document, &manifest, 0, content).unwrap()
}

/// A verifier abroad; the accreditor asks for so many approvals.
fn abroad(house: &House, asked: u32, has_officers: bool) -> Check {
    let mut union = Union::new();
    let mut terms = Union::parliament(house);
    terms.accredited_for[0].approvals = asked;
    union.say(-300, Body::Accredits(terms));
    let bundle = house.bundle(|content| {
        if has_officers {
            content.officers = vec![policy(house)];
        }
    });
    let mut check = Check::new();
    check.trust = TrustSet::new([did_of(UNION).to_string().parse().unwrap()]).unwrap();
    let network = Network::open(&union.file(&[bundle]), &mut Budget::network()).unwrap();
    check.trust.add_network(network);
    check
}

fn outcome(check: &Check, approvals: u32, credential: &str) -> (u8, Option<&'static str>) {
    let file = World::present(&check.request, credential, &["name"]);
    let question = Question {
        policy: Policy {
            approvals,
            ..Policy::as_published()
        },
        ..check.question()
    };
    let report = match Unverified::new(file.as_bytes()).verify(&question, &mut Recheck) {
        Ok(verified) => verified.report().clone(),
        Err(error) => error.report().unwrap().clone(),
    };
    let found = report.credentials[0].finding(CredentialCheck::Accreditation);
    let is_shown = report.credentials[0]
        .claims
        .as_object()
        .is_some_and(|c| c.get("name").is_some());
    assert_eq!(is_shown, report.verdict() == Verdict::Valid);
    (report.verdict().exit_code(), found.code.map(Code::as_str))
}

fn with(evidence: Evidence) -> impl Fn(&mut Draft) {
    move |draft| draft.approval = Some(evidence.clone())
}

#[test]
fn approvals_count_when_they_are_asked_for_by_either() {
    let house = House::new(10);
    let good = house.issue(with(approvals(&house, &[151, 152], 3)));
    let none = house.issue(|_| ());
    let missing = (10, Some("approval.too_few"));
    for (asked, demanded) in [(0, 0), (2, 0), (0, 2), (1, 2)] {
        let check = abroad(&house, asked, true);
        assert_eq!(
            outcome(&check, demanded, &good),
            (0, None),
            "{asked} {demanded}"
        );
        let expected = if asked + demanded == 0 {
            (0, None)
        } else {
            missing
        };
        assert_eq!(
            outcome(&check, demanded, &none),
            expected,
            "{asked} {demanded}"
        );
    }
    // More than there are.
    assert_eq!(outcome(&abroad(&house, 0, true), 3, &good), missing);
    assert_eq!(outcome(&abroad(&house, 3, true), 0, &good), missing);
}

#[test]
fn approvals_that_are_not_the_officers_for_this_credential_do_not_count() {
    let house = House::new(10);
    let check = abroad(&house, 2, true);
    let of = |by: &[u8], holder| {
        let credential = house.issue(with(approvals(&house, by, holder)));
        outcome(&check, 0, &credential)
    };
    assert_eq!(of(&[151], 3), (10, Some("approval.too_few")));
    assert_eq!(of(&[151, 151], 3), (10, Some("approval.too_few")));
    assert_eq!(of(&[150, 151], 3), (10, Some("approval.preparer")));
    assert_eq!(of(&[151, 160], 3), (10, Some("approval.stranger")));
    // Approved for another holder's key.
    assert_eq!(of(&[151, 152], 5), (10, Some("approval.manifest")));
    // Approved in time, issued after its end.
    let late = house.issue(|draft| {
        draft.approval = Some(approvals(&house, &[151, 152], 3));
        draft.issued_at = World::days(-199);
    });
    assert_eq!(outcome(&check, 0, &late), (10, Some("approval.expired")));
    // Another house's approvals.
    let foreign = house.issue(with(approvals(&House::new(20), &[151, 152], 3)));
    assert_eq!(outcome(&check, 0, &foreign), (10, Some("approval.foreign")));
    // And a house that publishes no officers has none who could have approved.
    let without = abroad(&house, 2, false);
    let good = house.issue(with(approvals(&house, &[151, 152], 3)));
    assert_eq!(outcome(&without, 0, &good), (10, Some("approval.too_few")));
}

#[test]
fn a_house_at_home_can_be_asked_for_four_eyes_too() {
    let house = House::new(10);
    let mut check = Check::new();
    check.trust = TrustSet::new([house.did.to_string().parse().unwrap()]).unwrap();
    check
        .trust
        .add(house.opened(|content| content.officers = vec![policy(&house)]));
    let good = house.issue(with(approvals(&house, &[151, 152], 3)));
    assert_eq!(outcome(&check, 2, &good), (0, None));
    let none = house.issue(|_| ());
    assert_eq!(outcome(&check, 0, &none), (0, None));
    assert_eq!(outcome(&check, 2, &none), (10, Some("approval.too_few")));
}
