//! Issuers whose DID has a history: the key at the issue, the state at the instant asked about.

use super::*;
use crate::{
    credential::Draft,
    encoding::strict_json::Object,
    testing::network::{House, UNION, Union, did_of, hours},
    trust::{
        Policy,
        accreditation::{Parliament, State, statement::Body},
        network::Network,
    },
};

/// A verifier that trusts the house itself, with its bundle.
fn at_home(house: &House) -> Check {
    let mut check = Check::new();
    check.trust = TrustSet::new([format!("{}=Home", house.did).parse().unwrap()]).unwrap();
    check.trust.add(house.opened(|_| ()));
    check
}

/// A verifier abroad, that trusts the accreditor.
fn abroad(union: &Union, houses: &[&House]) -> Check {
    let mut check = Check::new();
    check.trust = TrustSet::new([format!("{}=Union", did_of(UNION)).parse().unwrap()]).unwrap();
    let bundles: Vec<String> = houses.iter().map(|house| house.bundle(|_| ())).collect();
    let network = Network::open(&union.file(&bundles), &mut Budget::network()).unwrap();
    check.trust.add_network(network);
    check
}

fn judged(check: &Check, credential: &str) -> (u8, Vec<&'static str>) {
    check.outcome(&World::present(&check.request, credential, &["name"]))
}

fn issued(day: i64) -> impl FnOnce(&mut Draft) {
    move |draft| draft.issued_at = World::days(day)
}

#[test]
fn a_key_is_good_for_what_it_signed_while_it_was_the_issuers() {
    let mut house = House::new(10);
    house.rotate(-100);
    let check = at_home(&house);
    let (old, new) = (12, 14);
    assert_eq!(
        judged(&check, &house.issue_with(old, issued(-200))),
        (0, vec![])
    );
    assert_eq!(
        judged(&check, &house.issue_with(new, issued(-100))),
        (0, vec![])
    );
    let refused = (10, vec!["issuer.key_period"]);
    // After it was replaced, before it was there, before the DID was.
    assert_eq!(
        judged(&check, &house.issue_with(old, issued(-100))),
        refused
    );
    assert_eq!(
        judged(&check, &house.issue_with(new, issued(-101))),
        refused
    );
    assert_eq!(
        judged(&check, &house.issue_with(old, issued(-401))),
        refused
    );
    // The key for bundles is none for credentials, and neither is the one that controls the DID.
    for other in [10, 13] {
        let credential = house.issue_with(other, issued(-200));
        let (exit, codes) = judged(&check, &credential);
        assert_eq!((exit, codes[0]), (10, "did.no_such_method"), "{other}");
    }
}

#[test]
fn a_refusal_says_when_the_key_was_the_issuers() {
    let mut house = House::new(10);
    house.rotate(-100);
    let check = at_home(&house);
    let told = |seed, day| {
        let credential = house.issue_with(seed, issued(day));
        let report = check.run(&World::present(&check.request, &credential, &["name"]));
        let finding = report.credentials[0].finding(CredentialCheck::Issuer);
        finding.detail.clone().unwrap()
    };
    let (from, to) = (World::days(-400), World::days(-100));
    assert_eq!(
        told(12, -50),
        format!("the key was the issuer's from {from} to {to}")
    );
    assert_eq!(
        told(14, -150),
        format!("the key was the issuer's from {to} on")
    );
}

#[test]
fn the_claims_of_a_key_out_of_its_time_are_not_shown() {
    let mut house = House::new(10);
    house.rotate(-100);
    let check = at_home(&house);
    let file = World::present(
        &check.request,
        &house.issue_with(12, issued(-50)),
        &["name"],
    );
    let report = check.run(&file);
    assert_eq!(
        report.credentials[0].claims.as_object().map(Object::len),
        Some(0)
    );
}

#[test]
fn a_did_that_has_ended_speaks_for_the_time_before() {
    let mut house = House::new(10);
    house.end(-20);
    let mut check = at_home(&house);
    let credential = house.issue(|_| ());
    assert_eq!(
        judged(&check, &credential),
        (10, vec!["issuer.did_deactivated"])
    );
    check.at = Some(World::days(-21));
    assert_eq!(judged(&check, &credential), (0, vec![]));
    check.at = Some(World::days(-20));
    assert_eq!(
        judged(&check, &credential),
        (10, vec!["issuer.did_deactivated"])
    );
}

#[test]
fn without_the_history_nobody_can_tell_and_strangers_stay_strangers() {
    let house = House::new(10);
    let mut check = Check::new();
    check.trust = TrustSet::new([house.did.as_str().parse().unwrap()]).unwrap();
    let (exit, codes) = judged(&check, &house.issue(|_| ()));
    assert_eq!(exit, 12, "{codes:?}");
    assert!(
        codes.iter().all(|code| *code == "bundle.missing"),
        "{codes:?}"
    );
    // Somebody else's: whoever it is, it is nobody of ours.
    let (exit, codes) = judged(&check, &House::new(30).issue(|_| ()));
    assert_eq!(exit, 10);
    assert!(codes.contains(&"issuer.not_trusted"), "{codes:?}");
}

#[test]
fn one_accredited_parliament_does_not_speak_for_another() {
    let (victim, rogue) = (House::new(10), House::new(30));
    let mut union = Union::new();
    union.accredit(&victim);
    union.accredit(&rogue);
    let check = abroad(&union, &[&victim, &rogue]);
    let credential = victim.issue(|_| ());
    let (jwt, rest) = credential.split_once('~').unwrap();
    let payload = jwt.split('.').nth(1).unwrap();
    let payload = crate::encoding::base64url::decode(payload).unwrap();
    let signed = |seed: u8, house: &House, named: u8| {
        let method = house
            .did
            .with_fragment(&key(named).public_key().to_multikey());
        let header = Header::with_kid(crate::key::Algorithm::EdDsa, TYP_VC, &method.unwrap());
        let jwt = Unsigned::new(&header, &payload).sign(&key(seed)).unwrap();
        judged(&check, &format!("{jwt}~{rest}"))
    };
    assert_eq!(signed(12, &victim, 12), (0, vec![]));
    // The rogue's own key, well named, and the victim's name inside.
    assert_eq!(signed(32, &rogue, 32), (10, vec!["issuer.mismatch"]));
    // The rogue's key under the victim's DID, and the victim's key named by whoever has it not.
    assert_eq!(signed(32, &victim, 32), (10, vec!["did.no_such_method"]));
    assert_eq!(signed(32, &victim, 12), (10, vec!["signature.invalid"]));
}

#[test]
fn a_mandate_is_believed_abroad_by_accreditation() {
    let mut house = House::new(10);
    house.rotate(-100);
    let mut union = Union::new();
    union.accredit(&house);
    let check = abroad(&union, &[&house]);
    let file = World::present(&check.request, &house.issue(|_| ()), &["name"]);
    let report = check.run(&file);
    assert_eq!(report.verdict().exit_code(), 0);
    let credential = &report.credentials[0];
    assert_eq!(credential.issuer_name.as_deref(), Some("Parliament 10"));
    let accreditation = credential.finding(CredentialCheck::Accreditation);
    assert_eq!(accreditation.outcome, Outcome::Pass);
    assert_eq!(
        accreditation.as_of,
        Some(World::now() - jiff::SignedDuration::from_hours(1))
    );
    // Nobody else's is.
    let (exit, codes) = judged(&check, &House::new(30).issue(|_| ()));
    assert_eq!(exit, 10);
    assert!(codes.contains(&"issuer.not_trusted"), "{codes:?}");
}

#[test]
fn authority_at_a_date_goes_through_the_whole_chain() {
    // Key rotated since, accreditation withdrawn since, revoked since.
    let mut house = House::new(10);
    house.rotate(-100);
    let mut union = Union::new();
    union.accredit(&house);
    union.change(&house, State::Withdrawn, -30);
    let mut check = abroad(&union, &[&house]);
    let credential = house.issue(|_| ());
    assert_eq!(
        judged(&check, &credential),
        (10, vec!["accreditation.withdrawn"])
    );
    for (day, expected) in [
        (-31, (0, vec![])),
        (-150, (0, vec![])),
        (-30, (10, vec!["accreditation.withdrawn"])),
    ] {
        check.at = Some(World::days(day));
        assert_eq!(judged(&check, &credential), expected, "{day}");
    }
}

fn judged_under(check: &Check, policy: Policy, credential: &str) -> (u8, Vec<&'static str>) {
    let file = World::present(&check.request, credential, &["name"]);
    let question = Question {
        policy,
        ..check.question()
    };
    let report = match Unverified::new(file.as_bytes()).verify(&question, &mut Recheck) {
        Ok(verified) => verified.report().clone(),
        Err(error) => error.report().unwrap().clone(),
    };
    let codes = CredentialCheck::ALL.map(|check| report.credentials[0].finding(check).code);
    let codes = codes.into_iter().flatten().map(Code::as_str).collect();
    (report.verdict().exit_code(), codes)
}

/// A thief of an issuing key dates work back to when the key was the issuer's. No signature betrays that; it is
/// caught where the theft is told of, and where officers have to stand behind each credential.
#[test]
fn what_a_stolen_key_dates_back_is_caught_where_the_theft_is_told_of() {
    let mut house = House::new(10);
    house.rotate(-100);
    let by = |seed: u8, day| house.issue_with(seed, |draft| draft.issued_at = World::days(day));
    let (dated_back, new) = (by(house.seed + 2, -150), by(house.seed + 4, -50));
    let mut union = Union::new();
    union.accredit(&house);
    let untold = abroad(&union, &[&house]);
    assert_eq!(judged(&untold, &dated_back), (0, vec![]));
    // After it was replaced the key is good for nothing that says so itself.
    let late = by(house.seed + 2, -99);
    assert_eq!(judged(&untold, &late), (10, vec!["issuer.key_period"]));
    let demanding = Policy {
        approvals: 1,
        ..Policy::as_published()
    };
    let refused = (10, vec!["approval.too_few"]);
    assert_eq!(judged_under(&untold, demanding, &dated_back), refused);
    // Told of, and over since there is a new key: what says it is older stays in doubt, what is newer is free of it.
    union.change(&house, State::KeyCompromised, -101);
    union.change(&house, State::Active, -99);
    let told = abroad(&union, &[&house]);
    let doubted = (12, vec!["accreditation.key_compromised"]);
    assert_eq!(judged(&told, &dated_back), doubted);
    assert_eq!(judged(&told, &new), (0, vec![]));
}

#[test]
fn whoever_looks_past_a_suspension_looks_past_nothing_else() {
    let house = House::new(10);
    let accept = Policy {
        accept_suspended: true,
        ..Policy::as_published()
    };
    let suspended = |change: &dyn Fn(&mut Parliament)| {
        let mut union = Union::new();
        let mut terms = Union::parliament(&house);
        change(&mut terms);
        union.say(-300, Body::Accredits(terms));
        union.change(&house, State::Suspended, -10);
        abroad(&union, &[&house])
    };
    let credential = house.issue(|_| ());
    let check = suspended(&|_| ());
    assert_eq!(
        judged(&check, &credential),
        (12, vec!["accreditation.suspended"])
    );
    let seen = judged_under(&check, accept, &credential);
    assert_eq!(seen, (0, vec!["accreditation.suspended"]));
    let approvals = suspended(&|terms| terms.accredited_for[0].approvals = 2);
    let seen = judged_under(&approvals, accept, &credential);
    assert_eq!(seen, (10, vec!["approval.too_few"]));
    let short = suspended(&|terms| terms.accredited_for[0].max_validity_days = 30);
    let seen = judged_under(&short, accept, &credential);
    assert_eq!(seen, (10, vec!["accreditation.validity"]));
}

#[test]
fn a_verifiers_own_bound_holds_whatever_the_evidence_says() {
    let house = House::new(10);
    let mut union = Union::new();
    union.accredit(&house);
    let check = abroad(&union, &[&house]);
    let within = |seconds| Policy {
        hard_max_age: Some(core::time::Duration::from_secs(seconds)),
        ..Policy::as_published()
    };
    let credential = house.issue(|_| ());
    assert_eq!(
        judged_under(&check, within(3_600), &credential),
        (0, vec![])
    );
    let (exit, codes) = judged_under(&check, within(3_599), &credential);
    assert_eq!(exit, 12);
    assert!(codes.contains(&"bundle.expired"), "{codes:?}");
    // The house's own bundle is fresh, the accreditor's is not.
    let list = Policy {
        list_max_age: Some(core::time::Duration::from_secs(3_599)),
        ..Policy::as_published()
    };
    assert_eq!(
        judged_under(&check, list, &credential),
        (12, vec!["network.stale"])
    );
    // And the other way round: an old snapshot with a newer bundle of the house beside it.
    let parts = union.parts(&[house.bundle(|_| ())], |content| {
        content.issued_at = hours(-3);
    });
    let network = Network::open(&parts.to_bytes(), &mut Budget::network()).unwrap();
    let mut check = Check::new();
    check.trust = TrustSet::new([did_of(UNION).as_str().parse().unwrap()]).unwrap();
    check.trust.add_network(network);
    assert_eq!(
        judged_under(&check, within(3 * 3_600), &credential),
        (0, vec![])
    );
    let seen = judged_under(&check, within(2 * 3_600), &credential);
    assert_eq!(seen, (12, vec!["network.expired"]));
}
