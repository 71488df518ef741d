//! Files: what can be read at all, and that every byte of it counts.

use super::*;

#[test]
fn what_cannot_be_read_is_a_verdict_too() {
    let check = Check::new();
    for file in [
        "",
        "~",
        "{",
        "{}",
        "{\"vp_token\":{}}",
        "{\"vp_token\":{\"MemberMandate\":[]}}",
        "{\"vp_token\":{\"MemberMandate\":[1]}}",
        "a.b.c~",
        "\u{0}",
    ] {
        assert_eq!(
            check.outcome(file),
            (10, vec!["presentation.malformed"]),
            "{file:?}"
        );
    }
    let credential = check.world.issue(|_| ());
    let file = World::present(&check.request, &credential, &["name"]);
    let wrapped = serde_json::json!({"vp_token": {"MemberMandate": [file]}});
    assert_eq!(check.outcome(&wrapped.to_string()).0, 0);
    let more = serde_json::json!({"vp_token": {"MemberMandate": [file]}, "state": "x"});
    assert_eq!(
        check.outcome(&more.to_string()),
        (10, vec!["presentation.malformed"])
    );
}

#[test]
fn every_byte_of_a_presentation_counts() {
    let check = Check::new();
    let credential = check.world.issue(|_| ());
    let file = World::present(&check.request, &credential, &["name"]);
    for at in 0..file.len() {
        for byte in [b'A', b'B', b'~', b'.'] {
            let mut bytes = file.clone().into_bytes();
            if bytes[at] == byte {
                continue;
            }
            bytes[at] = byte;
            let changed = String::from_utf8(bytes).unwrap();
            assert_ne!(check.run(&changed).verdict(), Verdict::Valid, "{at}");
        }
    }
}

#[test]
fn a_credential_stands_under_its_own_type_and_once() {
    let mut check = Check::new();
    check.request = check
        .world
        .request_for(&["MemberMandate:name", "OfficeHolder:role"]);
    let mandate = check.world.issue(|_| ());
    let office = check.world.issue(|draft| {
        draft.kind = Kind::OfficeHolder;
        draft.slot.index = 8;
        draft.claims.remove("mandateStart");
        draft.claims.remove("constituency");
        draft.claims.insert("body", "Chamber".into());
        draft.claims.insert("start", "2026-04-01".into());
    });
    let mandate = World::present(&check.request, &mandate, &["name"]);
    let office = World::present(&check.request, &office, &["role"]);
    let file = |mandates: &[&str], offices: &[&str]| {
        let token = serde_json::json!({ "MemberMandate": mandates, "OfficeHolder": offices });
        serde_json::json!({ "vp_token": token }).to_string()
    };
    assert_eq!(check.outcome(&file(&[&mandate], &[&office])), (0, vec![]));
    let malformed = (10, vec!["presentation.malformed"]);
    assert_eq!(check.outcome(&file(&[&office], &[&mandate])), malformed);
    assert_eq!(
        check.outcome(&file(&[&mandate, &mandate], &[&office])),
        malformed
    );
    let unknown = file(&[&mandate], &[&office]).replace("OfficeHolder", "Emperor");
    assert_eq!(check.outcome(&unknown), malformed);
}

#[test]
fn an_answer_that_is_refused_leaves_the_request_open() {
    let check = Check::new();
    let credential = check.world.issue(|_| ());
    let good = World::present(&check.request, &credential, &["name"]);
    let bad = World::present(&check.request, &credential, &["constituency"]);
    let mut ledger = MemoryLedger::default();
    ledger.open(check.request.nonce.clone());
    let mut run = |file: &str| {
        let found = Unverified::new(file.as_bytes()).verify(&check.question(), &mut ledger);
        found.map_err(|error| error.report().unwrap().verdict())
    };
    // Whoever answers in the member's place must not be able to use the request up.
    assert_eq!(run(&bad).unwrap_err(), Verdict::Invalid);
    assert_eq!(run("junk").unwrap_err(), Verdict::Invalid);
    assert!(run(&good).is_ok());
    assert!(run(&good).is_err());
}

#[test]
fn more_than_the_budget_is_refused_with_a_verdict() {
    let check = Check::new();
    let credential = check.world.issue(|_| ());
    let file = World::present(&check.request, &credential, &["name"]);
    let large = format!("{file}{}", "\n".repeat(1 << 20));
    assert_eq!(check.outcome(&large), (10, vec!["presentation.malformed"]));
    let seventeen = serde_json::json!({ "vp_token": { "MemberMandate": vec![&file; 17] } });
    let malformed = (10, vec!["presentation.malformed"]);
    assert_eq!(check.outcome(&seventeen.to_string()), malformed);
    let (jwt, rest) = file.split_once('~').unwrap();
    let disclosures = "WyJzYWx0c2FsdHNhbHRzYWx0IiwiYSIsMV0~".repeat(1025);
    let many = format!("{jwt}~{disclosures}{rest}");
    assert_eq!(check.outcome(&many), (10, vec!["budget.exhausted"]));
}
