use identity_core::{credential::Draft, encoding::base64url};
use testkit::world::{World, days};

use super::*;
use crate::testing::{
    add, day, enrol_with_another, issue_as_another, office, request, wallet, wallet_that_trusts,
    whole,
};

const MANDATE: &str = "MemberMandate:name,constituency?";

/// A verifier that is not trusted is answered too.
const ANYBODY: Wish<'static> = Wish {
    disclose: None,
    credentials: &[],
    allow_unknown: true,
};

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
    let wish = Wish {
        disclose: disclose.as_deref(),
        ..Wish::default()
    };
    plan(contents, &request(claims), wish, day(0)).unwrap()
}

/// The code of the refusal, and whether the command line is at fault.
fn refused(
    contents: &Contents,
    request: &str,
    (disclose, allow_unknown): (Option<&[&str]>, bool),
) -> (&'static str, bool) {
    let disclose = disclose.map(names);
    let wish = Wish {
        disclose: disclose.as_deref(),
        allow_unknown,
        ..Wish::default()
    };
    let refusal = plan(contents, request, wish, day(0)).unwrap_err();
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
    let plan = plan(&contents, &asks, ANYBODY, day(0)).unwrap();
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
        let refusal = plan(&contents, &signed, ANYBODY, day(on)).unwrap_err();
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
        &world.issue(|d| d.valid_until = days(0)),
        day(-1),
    );
    assert_eq!(chosen(&contents), second);
}

#[test]
fn one_that_is_in_force_is_shown_before_one_that_begins_later() {
    let world = World::new();
    let mut contents = member();
    let present = contents.credentials[0].id.clone();
    let next = add(
        &mut contents,
        &world.issue(|d| {
            d.valid_from = days(100);
            d.slot = world.slot(9);
        }),
        day(1),
    );
    // Not even selective disclosure makes up for it.
    let on = |contents: &Contents, now| {
        let plan = plan(contents, &request(&[MANDATE]), Wish::default(), now).unwrap();
        let part = &plan.parts[0];
        (part.credential.id.clone(), part.standing)
    };
    assert_eq!(on(&contents, day(0)), (present.clone(), Standing::InForce));
    contents.remove_credential(&present);
    let whole = add(&mut contents, &world.issue(whole), day(-1));
    assert_eq!(on(&contents, day(0)), (whole.clone(), Standing::InForce));
    // A clock that is behind must not keep anybody out: the verifier judges by its own.
    contents.remove_credential(&whole);
    assert_eq!(on(&contents, day(0)), (next, Standing::NotBegun));
}

#[test]
fn the_first_instant_of_a_mandate_is_in_force_and_its_end_is_not() {
    let mut contents = wallet_that_trusts();
    let begins_now = World::new().issue(|d| d.valid_from = days(0));
    add(&mut contents, &begins_now, day(0));
    assert_eq!(
        plan_with(&contents, &[MANDATE], None).parts[0].standing,
        Standing::InForce
    );
    let over = World::new().issue(|d| d.valid_until = days(0));
    contents.credentials.clear();
    add(&mut contents, &over, day(-1));
    assert!(!plan_with(&contents, &[MANDATE], None).unmet.is_empty());
}

/// A member of two chambers, and the ids of the mandates in the first and in the second.
fn member_of_two() -> (Contents, String, String) {
    let mut contents = member();
    let first = contents.credentials[0].id.clone();
    enrol_with_another(&mut contents);
    let second = add(&mut contents, &issue_as_another(|_| ()), day(0));
    (contents, first, second)
}

fn naming(contents: &Contents, claims: &[&str], credentials: &[&String]) -> Result<Plan, Refusal> {
    let credentials: Vec<String> = credentials.iter().copied().cloned().collect();
    let wish = Wish {
        credentials: &credentials,
        ..Wish::default()
    };
    plan(contents, &request(claims), wish, day(0))
}

#[test]
fn a_member_of_two_chambers_says_as_a_member_of_which() {
    let (contents, first, second) = member_of_two();
    let refusal = naming(&contents, &[MANDATE], &[]).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.is_usage),
        ("present.ambiguous", true)
    );
    for (id, issuer) in [(&first, "The Chamber"), (&second, "The Assembly")] {
        let names = |hint: &String| hint.contains(id) && hint.contains(issuer);
        assert!(refusal.hints.iter().any(names), "{refusal:?}");
        let plan = naming(&contents, &[MANDATE], &[id]).unwrap();
        assert_eq!(plan.parts[0].credential.id, *id);
        assert_eq!(plan.parts[0].issuer_name, issuer);
        assert!(plan.several_issuers);
        // Bound to the key made for that issuer.
        assert!(plan.answer(&contents, day(0)).is_ok());
    }
    assert!(!plan_with(&member(), &[MANDATE], None).several_issuers);
}

#[test]
fn two_chambers_leave_no_doubt_where_one_mandate_is_in_force() {
    let (mut contents, first, second) = member_of_two();
    contents.remove_credential(&second);
    for change in [
        |d: &mut Draft| d.valid_from = days(1),
        |d: &mut Draft| d.valid_until = days(0),
    ] {
        let other = add(&mut contents, &issue_as_another(change), day(-1));
        let plan = naming(&contents, &[MANDATE], &[]).unwrap();
        assert_eq!(plan.parts[0].credential.id, first);
        contents.remove_credential(&other);
    }
}

#[test]
fn an_issuer_on_one_line_cannot_look_like_another_hint() {
    let (mut contents, _, _) = member_of_two();
    contents.issuers[1].name = "X\nhint: --credential 0".to_owned();
    let refusal = naming(&contents, &[MANDATE], &[]).unwrap_err();
    assert!(refusal.hints.iter().all(|hint| !hint.contains('\n')));
}

#[test]
fn a_named_credential_is_shown_whatever_the_wallet_would_choose() {
    let world = World::new();
    let mut contents = member();
    let newest = contents.credentials[0].id.clone();
    let older = add(
        &mut contents,
        &world.issue(|d| d.slot = world.slot(1)),
        day(-3),
    );
    let over = add(
        &mut contents,
        &world.issue(|d| d.valid_until = days(0)),
        day(-1),
    );
    for (id, standing) in [
        (&newest, Standing::InForce),
        (&older, Standing::InForce),
        // A verifier may look at a past day.
        (&over, Standing::Over),
    ] {
        // The same name twice is no contradiction.
        let plan = naming(&contents, &[MANDATE], &[id, id]).unwrap();
        let part = &plan.parts[0];
        assert_eq!((&part.credential.id, part.standing), (id, standing));
    }
    let code = |ids: &[&String]| {
        let refusal = naming(&contents, &[MANDATE], ids).unwrap_err();
        (refusal.code, refusal.is_usage)
    };
    assert_eq!(code(&[&newest, &older]), ("present.ambiguous", true));
    assert_eq!(
        code(&[&"0123456789abcdef".to_owned()]),
        ("credential.unknown", false)
    );
    let mut contents = contents;
    let office = add(&mut contents, &world.issue(office), day(0));
    let refusal = naming(&contents, &[MANDATE], &[&office]).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.is_usage),
        ("present.not_asked", true)
    );
}

#[test]
fn what_is_shown_beside_a_named_credential_is_of_its_issuer() {
    let (mut contents, first, second) = member_of_two();
    let of_first = add(&mut contents, &World::new().issue(office), day(0));
    let of_second = add(&mut contents, &issue_as_another(office), day(0));
    let asks = [MANDATE, "OfficeHolder:role"];
    for (mandate, office) in [(&first, &of_first), (&second, &of_second)] {
        for named in [&[mandate][..], &[office], &[office, mandate]] {
            let plan = naming(&contents, &asks, named).unwrap();
            let shown: Vec<_> = plan.parts.iter().map(|part| &part.credential.id).collect();
            assert_eq!(shown, [mandate, office]);
        }
    }
}

#[test]
fn where_nothing_fits_the_verifier_gets_nothing() {
    let contents = wallet_that_trusts();
    for claims in ["MemberMandate:name", "DriversLicence:name"] {
        // Who asks for what is told all the same, and whatever was to be disclosed.
        for disclose in [None, Some(&["name"][..])] {
            let plan = plan_with(&contents, &[claims], disclose);
            assert_eq!(plan.known_as.as_deref(), Some("Chamber e-voting"));
            assert!(plan.parts.is_empty());
            assert_eq!(plan.unmet[0].0.required, ["name"]);
            let refusal = plan.answer(&contents, day(0)).unwrap_err();
            assert_eq!(
                (refusal.code, refusal.is_usage),
                ("credential.none_suitable", false)
            );
        }
    }
    // One of two is not enough.
    let contents_with_one = member();
    let plan = plan_with(&contents_with_one, &[MANDATE, "OfficeHolder:role"], None);
    assert_eq!((plan.parts.len(), plan.unmet.len()), (1, 1));
    let refusal = plan.answer(&contents_with_one, day(0)).unwrap_err();
    assert_eq!(refusal.code, "credential.none_suitable");
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
