//! Whom the wallet answers, with which credential, and what of it is shown.

use serde_json::Value;

use super::{done, fails, human, issue_more, request, text};
use crate::world::*;

#[test]
fn a_stranger_is_looked_at_freely_and_answered_on_demand() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    let list = done(&world, "ana", &["verifier", "list"]);
    done(
        &world,
        "ana",
        &["verifier", "remove", text(&list["items"][0]["id"])],
    );
    request(&world, "MemberMandate:name,constituency?", &[]);
    let asks = "asks: that you hold a mandate, your name; if you like: your constituency.";

    let preview = ["present", "request.jwt", "--preview", "--out", "answer.txt"];
    let plan = done(&world, "ana", &preview);
    assert!(plan["knownAs"].is_null() && plan["file"].is_null());
    assert_eq!(plan["warnings"].as_array().unwrap().len(), 1);
    let part = &plan["credentials"][0];
    assert_eq!(part["required"], serde_json::json!(["name"]));
    assert_eq!(part["optional"], serde_json::json!(["constituency"]));
    assert_eq!(part["shown"], serde_json::json!(["name"]));
    assert_eq!(
        part["always"],
        serde_json::json!(["chamber", "country", "term"])
    );
    let seen = human(&world, "ana", &preview).ends(0);
    assert!(seen.out.contains(asks), "{}", seen.out);
    assert!(
        seen.err.contains("warning: you do not know this verifier"),
        "{}",
        seen.err
    );
    // A preview sends nothing, wherever it is told to.
    assert!(!world.place.path("answer.txt").exists());

    let present = ["present", "request.jwt", "--out", "answer.txt"];
    assert_eq!(fails(&world, "ana", &present), "verifier.unknown");
    assert!(!world.place.path("answer.txt").exists());
    let allowed = [&present[..], &["--allow-unknown-verifier"]].concat();
    let plan = done(&world, "ana", &allowed);
    assert!(plan["knownAs"].is_null());
    assert_eq!(plan["file"], "answer.txt");
    assert!(world.place.path("answer.txt").exists());
    // The warning does not stand before the error object.
    let nowhere = [
        "present",
        "request.jwt",
        "--allow-unknown-verifier",
        "--out",
        "none/x",
    ];
    assert_eq!(fails(&world, "ana", &nowhere), "file.unwritable");
    let seen = human(&world, "ana", &nowhere).ends(1);
    assert!(
        seen.err.starts_with("warning: you do not know"),
        "{}",
        seen.err
    );
}

#[test]
fn an_unsigned_or_expired_request_is_refused_whatever_is_said() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    let flags: [&[&str]; 3] = [&[], &["--allow-unknown-verifier"], &["--preview"]];
    let refused = |code: &str| {
        for more in flags {
            let present = ["present", "request.jwt", "--out", "answer.txt"];
            let found = fails(&world, "ana", &[&present[..], more].concat());
            assert_eq!(found, code, "{more:?}");
        }
        assert!(!world.place.path("answer.txt").exists());
    };
    request(&world, "MemberMandate:name", &[]);
    let signed = std::fs::read_to_string(world.place.path("request.jwt")).unwrap();
    let (content, _) = signed.trim().rsplit_once('.').unwrap();
    // {"alg":"none","typ":"mandate-request+jwt"}
    let none = "eyJhbGciOiJub25lIiwidHlwIjoibWFuZGF0ZS1yZXF1ZXN0K2p3dCJ9";
    let payload = content.rsplit_once('.').unwrap().1;
    for unsigned in [format!("{content}."), format!("{none}.{payload}.")] {
        std::fs::write(world.place.path("request.jwt"), unsigned).unwrap();
        refused("request.signature");
    }
    request(&world, "MemberMandate:name", &["--expires", "1s"]);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    refused("request.expired");
}

#[test]
fn what_a_request_may_name_may_be_disclosed_by_name() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    request(&world, "MemberMandate:name,term", &[]);
    let present = |disclose: &str| {
        let words = [
            "present",
            "request.jwt",
            "--out",
            "answer.txt",
            "--disclose",
            disclose,
        ];
        world.wallet("ana", &words)
    };
    let names = |ran: Ran| {
        let verdict = ran.json();
        let claims = verdict["credentials"][0]["claims"].as_object().unwrap();
        claims.keys().cloned().collect::<Vec<_>>()
    };
    present("name,term").ends(0);
    assert_eq!(
        names(world.check(&["--recheck"]).ends(0)),
        ["chamber", "country", "name", "term"]
    );
    present("country,chamber,name").ends(0);
    world.check(&["--recheck"]).ends(0);
    // Nothing is shown but what every verifier sees, and that is said.
    let plan = present("").ends(0).json();
    assert_eq!(
        plan["credentials"][0]["missing"],
        serde_json::json!(["name"])
    );
    let found = codes(&world.check(&["--recheck"]).ends(10));
    assert_eq!(found, ["request.claim_missing"]);
    request(&world, "MemberMandate:term", &[]);
    present("").ends(0);
    assert_eq!(
        names(world.check(&["--recheck"]).ends(0)),
        ["chamber", "country", "term"]
    );
    for unknown in ["birthDate", "name,nonsense", "term,status2"] {
        assert_eq!(
            present(unknown).ends(2).code(),
            "disclose.unknown",
            "{unknown}"
        );
    }
}

#[test]
fn a_w3c_credential_is_shown_as_a_whole() {
    let Some(world) = World::new() else { return };
    world.enrol("m-001", "ana", "invite");
    let (id, _) = issue_more(&world, "w3c.json", &["--securing", "data-integrity"]);
    done(&world, "ana", &["credential", "check", &id]);
    done(&world, "ana", &["verifier", "trust", "verifier.json"]);
    world.publish();
    request(&world, "MemberMandate:name", &[]);
    let present = ["present", "request.jwt", "--out", "answer.txt"];
    let plan = done(&world, "ana", &present);
    assert_eq!(plan["credentials"][0]["hidden"], Value::Array(Vec::new()));
    let verdict = world.check(&[]).ends(0).json();
    assert_eq!(verdict["verdict"], "valid");
    assert_eq!(
        verdict["credentials"][0]["claims"]["name"]["display"],
        "Ana Example"
    );
    for disclose in ["name", "term", ""] {
        let chosen = [&present[..], &["--disclose", disclose]].concat();
        let found = world.wallet("ana", &chosen).ends(2).code();
        assert_eq!(found, "disclose.impossible", "{disclose}");
    }
    assert_eq!(
        fails(&world, "ana", &["credential", "add", "answer.txt"]),
        "credential.malformed"
    );
}

#[test]
fn of_two_credentials_the_newest_is_shown_and_sd_jwt_first() {
    let Some(world) = World::new() else { return };
    world.enrol("m-001", "ana", "invite");
    done(&world, "ana", &["verifier", "trust", "verifier.json"]);
    request(&world, "MemberMandate:name", &[]);
    let chosen = || {
        let plan = done(
            &world,
            "ana",
            &["present", "request.jwt", "--out", "answer.txt"],
        );
        text(&plan["credentials"][0]["id"]).to_owned()
    };
    let (whole, _) = issue_more(&world, "w3c.json", &["--securing", "data-integrity"]);
    assert_eq!(chosen(), whole);
    let (first, _) = issue_more(&world, "first.txt", &[]);
    assert_eq!(chosen(), first);
    // A second letter for the same wallet: the same key, another copy of the mandate.
    world
        .issuer(&["enrol", "reinvite", "m-001", "--out", "again.code"])
        .ends(0);
    let enrol = [
        "enrol",
        "--code-file",
        "again.code",
        "--issuer",
        "issuer.json",
    ];
    done(
        &world,
        "ana",
        &[&enrol[..], &["--out", "ana.enrolment"]].concat(),
    );
    // The instant of adding is kept in whole seconds.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let replace = [
        "credential",
        "replace",
        "m-001",
        "--enrolment",
        "ana.enrolment",
        "--out",
        "second.txt",
        "--yes",
    ];
    world.issuer(&replace).ends(0);
    let added = done(&world, "ana", &["credential", "add", "second.txt"]);
    let second = text(&added["id"]).to_owned();
    assert_eq!(chosen(), second);
    world.publish();
    world.check(&[]).ends(0);
    // Without the newest the one before it is shown, which no longer counts.
    done(&world, "ana", &["credential", "remove", &second, "--yes"]);
    assert_eq!(chosen(), first);
    world.check(&["--recheck"]).ends(11);
}

#[test]
fn who_asks_is_told_also_where_no_credential_fits() {
    let Some(world) = World::new() else { return };
    done(&world, "ana", &["init"]);
    done(&world, "ana", &["verifier", "trust", "verifier.json"]);
    request(&world, "MemberMandate:name,seat?", &[]);
    let preview = ["present", "request.jwt", "--preview"];
    let plan = done(&world, "ana", &preview);
    assert_eq!(plan["knownAs"], "Gate");
    assert_eq!(plan["credentials"], Value::Array(Vec::new()));
    let unmet = &plan["unmet"][0];
    assert_eq!(unmet["type"], "MemberMandate");
    assert_eq!(unmet["required"], serde_json::json!(["name"]));
    assert_eq!(unmet["optional"], serde_json::json!(["seat"]));
    let seen = human(&world, "ana", &preview).ends(0);
    let asks =
        "Gate (known to you) asks: that you hold a mandate, your name; if you like: your seat.";
    assert!(seen.out.contains(asks), "{}", seen.out);
    assert!(seen.out.contains("No credential here fits"), "{}", seen.out);
    assert!(!seen.out.contains("It will"), "{}", seen.out);
    assert!(seen.err.contains("credential add FILE"), "{}", seen.err);
    let present = ["present", "request.jwt", "--out", "answer.txt"];
    assert_eq!(fails(&world, "ana", &present), "credential.none_suitable");
    assert!(!world.place.path("answer.txt").exists());
}

/// Seats `ana` in a second chamber too, and returns the ids of both mandates, hers here first.
fn seat_in_another(world: &World) -> [String; 2] {
    let other = |words: &[&str]| {
        let words = [words, &["--format", "json"]].concat();
        world.place.run(&world.issuer, "other", &words).ends(0)
    };
    let init = ["init", "--name", "Senate", "--chamber", "EX-2"];
    other(&[&init[..], &["--country", "XX"]].concat());
    other(&["id", "--out", "other.json"]);
    let roster = concat!(env!("CARGO_MANIFEST_DIR"), "/parliament/lower-house.csv");
    other(&["roster", "import", roster]);
    other(&["enrol", "invite", "m-001", "--out", "other.code"]);
    let enrol = ["enrol", "--code-file", "other.code", "--issuer"];
    let enrol = [&enrol[..], &["other.json", "--out", "other.enrolment"]].concat();
    done(world, "ana", &enrol);
    let issue = ["credential", "issue", "m-001", "--enrolment"];
    let issue = [&issue[..], &["other.enrolment", "--out", "other.txt"]].concat();
    other(&issue);
    let list = done(world, "ana", &["credential", "list"]);
    let first = text(&list["items"][0]["id"]).to_owned();
    let added = done(world, "ana", &["credential", "add", "other.txt"]);
    [first, text(&added["id"]).to_owned()]
}

#[test]
fn a_member_of_two_chambers_says_which_mandate_to_show() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    let [here, there] = seat_in_another(&world);
    world.publish();
    request(&world, "MemberMandate:name", &[]);
    let present = ["present", "request.jwt", "--out", "answer.txt"];
    let refused = world.wallet("ana", &present).ends(2);
    assert_eq!(refused.code(), "present.ambiguous");
    for (id, name) in [(&here, "Lower House"), (&there, "Senate")] {
        let hint = format!("--credential {id} is from {name}");
        assert!(refused.err.contains(&hint), "{}", refused.err);
    }
    assert!(!world.place.path("answer.txt").exists());
    let with = |id: &str, more: &[&str]| {
        let words = ["present", "request.jwt", "--credential", id];
        human(&world, "ana", &[&words[..], more].concat())
    };
    let seen = with(&there, &["--preview"]).ends(0);
    let whose = format!("You show: MemberMandate from Senate, id {there}.");
    assert!(seen.out.contains(&whose), "{}", seen.out);
    let json = ["--out", "answer.txt", "--format", "json"];
    let plan = with(&here, &json).ends(0).json();
    assert_eq!(plan["credentials"][0]["id"], here);
    assert_eq!(plan["credentials"][0]["issuer"], world.did());
    assert_eq!(plan["credentials"][0]["issuerName"], "Lower House");
    world.check(&["--recheck"]).ends(0);
    // The other is the Senate's, which this verifier does not trust.
    with(&there, &["--out", "answer.txt", "--yes"]).ends(0);
    let found = codes(&world.check(&[]).ends(10));
    assert!(
        found.contains(&"issuer.not_trusted".to_owned()),
        "{found:?}"
    );
    // Names that say nothing are mistakes.
    let unknown = with("0123456789abcdef", &json).ends(1);
    assert_eq!(unknown.code(), "credential.unknown");
    request(&world, "OfficeHolder:role", &[]);
    assert_eq!(with(&here, &json).ends(2).code(), "present.not_asked");
}

#[test]
fn a_credential_cut_short_on_the_way_is_not_kept() {
    let Some(world) = World::new() else { return };
    world.enrol("m-001", "ana", "invite");
    let issue = ["credential", "issue", "m-001", "--enrolment"];
    world
        .issuer(&[&issue[..], &["ana.enrolment", "--out", "ana.txt"]].concat())
        .ends(0);
    let whole = std::fs::read_to_string(world.place.path("ana.txt")).unwrap();
    let (jwt, _) = whole.split_once('~').unwrap();
    std::fs::write(world.place.path("cut.txt"), format!("{jwt}~\n")).unwrap();
    let refused = world
        .wallet("ana", &["credential", "add", "cut.txt"])
        .ends(1);
    assert_eq!(refused.code(), "credential.incomplete");
    assert!(
        refused.err.contains("credential show ID --out FILE"),
        "{}",
        refused.err
    );
    done(&world, "ana", &["credential", "add", "ana.txt"]);
}
