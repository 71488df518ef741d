//! Several credentials in one presentation: what is asked of the first is asked of every one.

use super::*;

fn asks_for_both(check: &mut Check) {
    check.request = check
        .world
        .request_for(&["MemberMandate:name", "OfficeHolder:role"]);
}

fn office(check: &Check) -> String {
    check.world.issue(|draft| {
        draft.kind = Kind::OfficeHolder;
        draft.slot.index = 8;
        draft.claims.remove("mandateStart");
        draft.claims.remove("constituency");
        draft.claims.insert("body", "Presidium".into());
        draft.claims.insert("start", "2026-04-01".into());
    })
}

fn file(token: &[(&str, &[&str])]) -> String {
    let token = token.iter().map(|(kind, list)| {
        let list = list.iter().map(|&text| text.to_owned());
        (*kind, Value::array(list))
    });
    let file = Value::object([("vp_token", Value::object(token))]);
    file.to_serde().to_string()
}

fn presented_at(request: &Request, credential: &str, made: Timestamp) -> String {
    let (disclose, signer) = ([String::from("name"), String::from("role")], key(3));
    let shown = Shown {
        credential,
        disclose: &disclose,
        signer: &signer,
        in_office: None,
    };
    answer(request, &[shown], made).unwrap()
}

#[test]
fn every_holders_proof_answers_this_request_here_and_now() {
    let mut check = Check::new();
    asks_for_both(&mut check);
    let credentials = [check.world.issue(|_| ()), office(&check)];
    let now = check.now;
    let mut of_another_request = check.request.clone();
    of_another_request.nonce = crate::encoding::base64url::encode(&[1; 16]);
    let mut for_another_verifier = check.request.clone();
    for_another_verifier.verifier = did_of(8);
    let cases = [
        (&check.request, now, None),
        (&of_another_request, now, Some("presentation.nonce")),
        (&for_another_verifier, now, Some("presentation.audience")),
        (&check.request, World::days(-1), Some("presentation.time")),
        (&check.request, World::days(1), Some("presentation.time")),
    ];
    for (request, made, code) in cases {
        for at in 0..2 {
            let mut parts = credentials
                .each_ref()
                .map(|credential| presented_at(&check.request, credential, now));
            parts[at] = presented_at(request, &credentials[at], made);
            let file = file(&[
                ("MemberMandate", &[&parts[0]]),
                ("OfficeHolder", &[&parts[1]]),
            ]);
            let expected = if code.is_some() { 10 } else { 0 };
            let codes = code.into_iter().collect();
            assert_eq!(check.outcome(&file), (expected, codes), "{code:?} {at}");
        }
    }
}

#[test]
fn every_credential_of_a_type_shows_what_is_required() {
    let check = Check::new();
    let first = check.world.issue(|_| ());
    let second = check.world.issue(|draft| draft.slot.index = 9);
    let show =
        |credential: &str, claims: &[&str]| World::present(&check.request, credential, claims);
    let (named, also_named) = (show(&first, &["name"]), show(&second, &["name"]));
    let nameless = show(&second, &["constituency"]);
    for (list, expected) in [
        ([&*named, &*also_named], (0, vec![])),
        ([&*named, &*nameless], (10, vec!["request.claim_missing"])),
        ([&*nameless, &*named], (10, vec!["request.claim_missing"])),
    ] {
        let file = file(&[("MemberMandate", &list)]);
        assert_eq!(check.outcome(&file), expected);
    }
}

#[test]
fn every_credential_is_judged() {
    let mut check = Check::new();
    asks_for_both(&mut check);
    let now = check.now;
    let mandate = check.world.issue(|_| ());
    let part = |credential: &str| presented_at(&check.request, credential, now);
    let (mandate, office) = (part(&mandate), part(&office(&check)));
    let broken = |text: &str| {
        let (jwt, rest) = text.split_once('~').unwrap();
        let (content, signature) = jwt.rsplit_once('.').unwrap();
        let first = if signature.starts_with('A') { 'B' } else { 'A' };
        format!("{content}.{first}{}~{rest}", &signature[1..])
    };
    for (mandate, office) in [
        (broken(&mandate), office.clone()),
        (mandate.clone(), broken(&office)),
    ] {
        let file = file(&[("MemberMandate", &[&mandate]), ("OfficeHolder", &[&office])]);
        let (exit, codes) = check.outcome(&file);
        assert_eq!(exit, 10);
        assert!(codes.contains(&"signature.invalid"), "{codes:?}");
    }
    for (slot, name) in [(7, "the mandate's"), (8, "the office's")] {
        check.trust = check.world.trust(|content| {
            let mut list = StatusList::new(SlotBits::One);
            list.set(slot, 1).unwrap();
            content.status_lists[0].lst = crate::status::token_list::encode(&list);
        });
        let file = file(&[("MemberMandate", &[&mandate]), ("OfficeHolder", &[&office])]);
        assert_eq!(
            check.outcome(&file),
            (11, vec!["status.not_valid"]),
            "{name}"
        );
    }
}
