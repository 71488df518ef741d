use identity_core::encoding::base64url;
use testkit::world::World;

use super::*;
use crate::testing::{add, day, office, request, wallet, wallet_that_trusts, whole};

const MANDATE: &str = "MemberMandate:name,constituency?";

/// A wallet with one mandate that answers the verifier.
fn member() -> Contents {
    let mut contents = wallet_that_trusts();
    add(&mut contents, &World::new().issue(|_| ()), day(0));
    contents
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn plan_with(contents: &Contents, claims: &[&str], disclose: Option<&[&str]>) -> Plan {
    let disclose = disclose.map(names);
    let wish = (disclose.as_deref(), false);
    plan(contents, &request(claims), wish, day(0)).unwrap()
}

/// The code of the refusal, and whether the command line is at fault.
fn refused(
    contents: &Contents,
    request: &str,
    wish: (Option<&[&str]>, bool),
) -> (&'static str, bool) {
    let disclose = wish.0.map(names);
    let refusal = plan(contents, request, (disclose.as_deref(), wish.1), day(0)).unwrap_err();
    (refusal.code, refusal.is_usage)
}

/// What the verifier reads in the answer.
fn seen(plan: &Plan, contents: &Contents) -> Vec<String> {
    let answer = plan.answer(contents, day(0)).unwrap();
    let envelope = presentation::unverified_envelope(&answer).unwrap();
    envelope
        .claims
        .iter()
        .map(|(name, _)| name.to_owned())
        .collect()
}

#[test]
fn what_is_required_is_shown_and_nothing_else() {
    let contents = member();
    let plan = plan_with(&contents, &[MANDATE], None);
    let part = &plan.parts[0];
    assert_eq!(part.shown, ["name"]);
    assert!(part.hidden.contains(&"constituency".to_owned()));
    assert_eq!(part.always, ["chamber", "country", "term"]);
    assert!(part.missing.is_empty());
    assert_eq!(plan.known_as.as_deref(), Some("Chamber e-voting"));
    assert_eq!(
        seen(&plan, &contents),
        ["name", "chamber", "country", "term"]
    );
}

#[test]
fn what_a_request_may_name_may_be_named_to_disclose() {
    let contents = member();
    let asks = ["MemberMandate:name,term,chamber,country"];
    for disclose in [&["name", "term"][..], &["country", "name", "chamber"]] {
        let plan = plan_with(&contents, &asks, Some(disclose));
        assert_eq!(plan.parts[0].shown, ["name"], "{disclose:?}");
        assert!(plan.parts[0].missing.is_empty());
        assert_eq!(
            seen(&plan, &contents),
            ["name", "chamber", "country", "term"]
        );
    }
    // Beyond what is asked.
    let plan = plan_with(&contents, &asks, Some(&["name", "email"]));
    assert_eq!(plan.parts[0].shown, ["name", "email"]);
}

#[test]
fn nothing_may_be_chosen_and_what_is_then_missing_is_said() {
    let contents = member();
    let plan = plan_with(&contents, &["MemberMandate:name,term"], Some(&[]));
    assert!(plan.parts[0].shown.is_empty());
    assert_eq!(plan.parts[0].missing, ["name"]);
    assert_eq!(seen(&plan, &contents), ["chamber", "country", "term"]);
}

#[test]
fn a_name_that_no_credential_has_is_a_mistake() {
    let contents = member();
    // One no type knows, and one this member's mandate lacks.
    for name in ["nonsense", "substituteFor", ""] {
        let found = refused(
            &contents,
            &request(&[MANDATE]),
            (Some(&["name", name]), false),
        );
        assert_eq!(found, ("disclose.unknown", true), "{name}");
    }
}

#[test]
fn a_credential_that_is_shown_as_a_whole_cannot_be_chosen_from() {
    let mut contents = wallet_that_trusts();
    add(&mut contents, &World::new().issue(whole), day(0));
    for disclose in [&["name"][..], &["term"], &[]] {
        let found = refused(
            &contents,
            &request(&["MemberMandate:name"]),
            (Some(disclose), false),
        );
        assert_eq!(found, ("disclose.impossible", true));
    }
    let plan = plan_with(&contents, &["MemberMandate:name"], None);
    assert_eq!(
        plan.parts[0].shown,
        ["name", "role", "mandateStart", "mandateEnd"]
    );
    assert!(plan.parts[0].hidden.is_empty());
}

#[test]
fn the_basis_of_an_office_is_always_seen() {
    let mut contents = member();
    add(&mut contents, &World::new().issue(office), day(0));
    let plan = plan_with(&contents, &[MANDATE, "OfficeHolder:role,basedOn"], None);
    assert_eq!(plan.parts[1].shown, ["role"]);
    assert_eq!(
        plan.parts[1].always,
        ["chamber", "country", "term", "basedOn"]
    );
    assert!(plan.parts[1].missing.is_empty());
    // A claim of either may be named.
    let plan = plan_with(
        &contents,
        &[MANDATE, "OfficeHolder:role"],
        Some(&["body", "email"]),
    );
    assert_eq!(
        (&plan.parts[0].shown, &plan.parts[1].shown),
        (&names(&["email"]), &names(&["body"]))
    );
}

#[test]
fn who_is_not_known_is_answered_only_when_that_is_said() {
    let mut contents = member();
    let known = World::new().verifier;
    contents.remove_verifier(&known);
    let asks = request(&[MANDATE]);
    assert_eq!(
        refused(&contents, &asks, (None, false)),
        ("verifier.unknown", false)
    );
    let plan = plan(&contents, &asks, (None, true), day(0)).unwrap();
    assert_eq!(plan.known_as, None);
}

#[test]
fn no_flag_lets_an_unsigned_or_expired_request_through() {
    let contents = member();
    let signed = request(&[MANDATE]);
    let (content, _) = signed.rsplit_once('.').unwrap();
    let payload = content.rsplit_once('.').unwrap().1;
    let none = base64url::encode(br#"{"alg":"none","typ":"mandate-request+jwt"}"#);
    for unsigned in [format!("{content}."), format!("{none}.{payload}.")] {
        for allow in [false, true] {
            let found = refused(&contents, &unsigned, (None, allow));
            assert_eq!(found, ("request.signature", false));
        }
    }
    for (on, code) in [(1, "request.expired"), (-1, "request.not_yet_issued")] {
        let refusal = plan(&contents, &signed, (None, true), day(on)).unwrap_err();
        assert_eq!(refusal.code, code);
    }
}

#[test]
fn the_newest_is_shown_and_one_that_discloses_selectively_before_others() {
    let world = World::new();
    let mut contents = wallet_that_trusts();
    let chosen = |contents: &Contents| {
        let plan = plan_with(contents, &["MemberMandate:name"], None);
        plan.parts[0].credential.id.clone()
    };
    let first = add(
        &mut contents,
        &world.issue(|d| d.slot = world.slot(1)),
        day(-3),
    );
    assert_eq!(chosen(&contents), first);
    // Newer, but it cannot disclose selectively.
    add(
        &mut contents,
        &world.issue(|d| {
            whole(d);
            d.slot = world.slot(2);
        }),
        day(-1),
    );
    assert_eq!(chosen(&contents), first);
    let second = add(
        &mut contents,
        &world.issue(|d| d.slot = world.slot(3)),
        day(-2),
    );
    assert_eq!(chosen(&contents), second);
    // What was added last in the file is not the newest where an older one was put back.
    add(
        &mut contents,
        &world.issue(|d| d.slot = world.slot(4)),
        day(-5),
    );
    assert_eq!(chosen(&contents), second);
    // The newest of all, but over: it was added while it was in force.
    add(
        &mut contents,
        &world.issue(|d| d.valid_until = testkit::world::days(0)),
        day(-1),
    );
    assert_eq!(chosen(&contents), second);
}

#[test]
fn where_nothing_fits_the_verifier_gets_nothing() {
    let contents = wallet_that_trusts();
    for claims in ["MemberMandate:name", "DriversLicence:name"] {
        let found = refused(&contents, &request(&[claims]), (None, false));
        assert_eq!(found, ("credential.none_suitable", false), "{claims}");
    }
    // A key that is gone, as after an incomplete restore.
    let mut contents = member();
    let plan = plan_with(&contents, &[MANDATE], None);
    contents.keys.clear();
    assert_eq!(
        plan.answer(&contents, day(0)).unwrap_err().code,
        "credential.not_mine"
    );
    assert!(wallet().verifiers.is_empty());
}
