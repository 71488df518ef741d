//! The verifier's command line: requests, trust, and how a verdict reads.

use identity_core::presentation::request::Request;

use crate::world::*;

fn request(world: &World, more: &[&str]) -> Ran {
    let create = [
        "request",
        "create",
        "--purpose",
        "a vote",
        "--out",
        "request.jwt",
    ];
    world.verifier(&[&create[..], more].concat())
}

fn written(world: &World) -> Request {
    let text = std::fs::read_to_string(world.place.path("request.jwt")).unwrap();
    Request::open(&text).unwrap()
}

#[test]
fn a_request_may_be_answered_for_an_hour_unless_it_says_otherwise() {
    let Some(world) = World::new() else { return };
    let lifetime = || {
        let request = written(&world);
        request.expires.as_second() - request.issued_at.as_second()
    };
    request(&world, &["--claims", "MemberMandate:name"]).ends(0);
    assert_eq!(lifetime(), 3600);
    request(
        &world,
        &["--claims", "MemberMandate:name", "--expires", "10m"],
    )
    .ends(0);
    assert_eq!(lifetime(), 600);
    let nonce = identity_core::encoding::base64url::decode(&written(&world).nonce).unwrap();
    assert!(nonce.len() >= 16);
}

#[test]
fn only_what_the_types_have_can_be_asked_for() {
    let Some(world) = World::new() else { return };
    for claims in [
        "MemberMandate:nope",
        "MemberMandate:birthDate",
        "Emperor:name",
        "MemberMandate:name,name",
        ":name",
        "",
    ] {
        let refused = request(&world, &["--claims", claims]).ends(2);
        assert_eq!(refused.code(), "usage.invalid", "{claims:?}");
    }
    let twice = [
        "--claims",
        "MemberMandate:name,group?",
        "--claims",
        "MemberMandate:constituency",
    ];
    request(&world, &twice).ends(0);
    let asked = written(&world).asked;
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].required, ["name", "constituency"]);
    assert_eq!(asked[0].optional, ["group"]);
}

#[test]
fn a_file_that_is_no_presentation_gets_a_verdict() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    world.ask("ana", "MemberMandate:name");
    let good = std::fs::read_to_string(world.place.path("answer.txt")).unwrap();
    let more = serde_json::json!({ "vp_token": { "MemberMandate": [good.trim()] }, "state": 1 });
    let large = "x".repeat(9 << 20);
    for text in [
        "",
        "junk",
        "{}",
        "[1]",
        more.to_string().as_str(),
        large.as_str(),
    ] {
        std::fs::write(world.place.path("answer.txt"), text).unwrap();
        let refused = world.check(&[]).ends(10);
        assert_eq!(codes(&refused), ["presentation.malformed"]);
        assert_eq!(refused.json()["verdict"], "invalid");
    }
    // None of them has used the request up.
    std::fs::write(world.place.path("answer.txt"), good).unwrap();
    world.check(&[]).ends(0);
    assert_eq!(codes(&world.check(&[]).ends(10)), ["request.already_used"]);
    world.check(&["--recheck"]).ends(0);
}

#[test]
fn whom_to_trust_is_said_each_time_and_may_be_several() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    world.ask("ana", "MemberMandate:name");
    let other = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";
    let anchor = format!("{}=House", world.did());
    let start = [
        "check",
        "answer.txt",
        "--request",
        "request.jwt",
        "--recheck",
    ];
    let run = |more: &[&str]| world.verifier(&[&start[..], more].concat());
    let refused = run(&["--trust", "site"]).ends(2);
    assert_eq!(refused.code(), "trust.no_anchor");
    assert_eq!(run(&["--anchor", &anchor]).ends(2).code(), "usage.invalid");
    let twice = run(&["--trust", "site", "--anchor", &anchor, "--anchor", &anchor]);
    assert_eq!(twice.ends(2).exit, 2);
    run(&["--trust", "site/bundle.json", "--anchor", &anchor]).ends(0);
    // Several anchors, a folder of folders, and a second path.
    std::fs::create_dir_all(world.place.path("all/house")).unwrap();
    std::fs::copy(
        world.place.path("site/bundle.json"),
        world.place.path("all/house/bundle.json"),
    )
    .unwrap();
    let both = ["--trust", "all", "--anchor", other, "--anchor", &anchor];
    let valid = run(&both).ends(0).json();
    assert_eq!(valid["credentials"][0]["issuerName"], "House");
    let unnamed = run(&["--trust", "all", "--anchor", &world.did()])
        .ends(0)
        .json();
    assert_eq!(
        unnamed["credentials"][0]["issuerName"],
        serde_json::Value::Null
    );
    let wrong = run(&["--trust", "site", "--anchor", other]).ends(10);
    assert_eq!(codes(&wrong), ["issuer.not_trusted"]);
    assert_eq!(
        wrong.json()["credentials"][0]["claims"],
        serde_json::json!({})
    );
    assert_eq!(
        run(&["--trust", "nowhere", "--anchor", &anchor])
            .ends(1)
            .code(),
        "file.unreadable"
    );
}

#[test]
fn a_bundle_is_shown_and_looked_over() {
    let Some(world) = World::new() else { return };
    world.publish();
    let shown = world
        .verifier(&["trust", "show", "site/bundle.json"])
        .ends(0)
        .json();
    let instant = |name: &str| {
        let text = shown[name].as_str().unwrap();
        text.parse::<jiff::Timestamp>().unwrap().as_second()
    };
    assert_eq!(instant("nextUpdate") - instant("issuedAt"), 24 * 3600);
    assert_eq!(instant("expires") - instant("issuedAt"), 7 * 24 * 3600);
    assert_eq!(shown["trial"], true);
    assert_eq!(shown["issuer"], world.did());
    let lint = world
        .verifier(&["trust", "lint", "site/bundle.json"])
        .ends(0)
        .json();
    assert_eq!(lint["items"], serde_json::json!([]));
    std::fs::write(world.place.path("broken.json"), "{}").unwrap();
    for verb in ["show", "lint"] {
        let refused = world.verifier(&["trust", verb, "broken.json"]).ends(1);
        assert!(refused.code().starts_with("bundle."), "{refused:?}");
    }
}

/// What a person reads, without the JSON that the other tests ask for.
fn human(world: &World, more: &[&str]) -> Ran {
    let anchor = format!("{}=House", world.did());
    let start = [
        "check",
        "answer.txt",
        "--request",
        "request.jwt",
        "--trust",
        "site",
        "--recheck",
    ];
    let words = [&start[..], &["--anchor", &anchor], more].concat();
    world.place.run(&world.verifier, "verifier", &words)
}

#[test]
fn a_verdict_begins_with_one_sentence_and_ends_with_what_to_do() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    world.ask("ana", "MemberMandate:name,constituency");
    let valid = human(&world, &[]).ends(0);
    let mut lines = valid.out.lines();
    let first = lines.next().unwrap();
    assert_eq!(
        first,
        "VALID: Ana Example holds a mandate in EX-1, says House."
    );
    assert!(
        lines.any(|line| line.trim().starts_with("constituency: ")),
        "{}",
        valid.out
    );
    let past = human(&world, &["--at", "2026-03-01T00:00:00Z"]).ends(0);
    assert!(
        past.out
            .starts_with("VALID: Ana Example held a mandate in EX-1 at 2026-03-01T00:00:00Z")
    );
    assert!(past.out.contains("credential.issued_later"), "{}", past.out);

    world
        .issuer(&["credential", "suspend", &world.credential("m-001")])
        .ends(0);
    world.publish();
    let ended = human(&world, &[]).ends(11);
    assert!(ended.out.starts_with("NOT VALID: "), "{}", ended.out);
    assert!(
        ended.out.contains("✗ Not revoked or suspended: failed"),
        "{}",
        ended.out
    );
    assert!((ended.err + &ended.out).contains("hint: "));
    std::fs::remove_dir_all(world.place.path("site")).unwrap();
    std::fs::create_dir(world.place.path("site")).unwrap();
    let undecided = human(&world, &[]).ends(12);
    assert!(
        undecided.out.starts_with("COULD NOT DECIDE: "),
        "{}",
        undecided.out
    );
    std::fs::write(world.place.path("answer.txt"), "junk").unwrap();
    assert!(human(&world, &[]).ends(10).out.starts_with("NOT VALID: "));
}

#[test]
fn what_the_checker_did_itself_is_said_as_it_is() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    world.ask("ana", "MemberMandate:name");
    let anchor = format!("{}=House", world.did());
    let run = |answer: &str, request: &str, more: &[&str]| {
        let words = [
            "check",
            answer,
            "--request",
            request,
            "--trust",
            "site",
            "--anchor",
            &anchor,
        ];
        let words = [&words, more].concat();
        let json = world.verifier(&words);
        (json, world.place.run(&world.verifier, "verifier", &words))
    };
    let hints = |ran: &Ran| ran.json()["hints"].to_string();

    // The two files the wrong way round, and a request that is one of the other kind.
    let swapped = "Are --request and the presentation swapped?";
    std::fs::write(world.place.path("several.json"), r#"{"vp_token":{}}"#).unwrap();
    for no_request in ["answer.txt", "several.json", "issuer.json"] {
        let (json, people) = run("request.jwt", no_request, &[]);
        assert_eq!(codes(&json.ends(10)), ["request.signature"], "{no_request}");
        let (json, people) = (run("request.jwt", no_request, &[]).0, people.ends(10));
        assert!(hints(&json).contains(swapped), "{no_request}: {}", json.out);
        assert!(people.err.contains(swapped), "{no_request}: {}", people.err);
    }
    // One that was changed is not: it is a request.
    let request = std::fs::read_to_string(world.place.path("request.jwt")).unwrap();
    let cut = request.trim_end().len() - 8;
    let changed = format!("{}AAAAAAAA", &request[..cut]);
    std::fs::write(world.place.path("changed.jwt"), changed).unwrap();
    let json = run("answer.txt", "changed.jwt", &[]).0.ends(10);
    assert!(!hints(&json).contains(swapped), "{}", json.out);

    let (json, _) = run("answer.txt", "request.jwt", &[]);
    assert_eq!(
        json.ends(0).json()["presentation"]["checks"][1].get("detail"),
        None
    );
    let (json, people) = run("answer.txt", "request.jwt", &["--recheck"]);
    let nonce = &json.ends(0).json()["presentation"]["checks"][1];
    assert_eq!(
        (&nonce["result"], &nonce["detail"]),
        (&"pass".into(), &"not looked up: --recheck".into())
    );
    let people = people.ends(0);
    let line = people
        .out
        .lines()
        .find(|line| line.contains("Answered once"));
    assert!(
        line.unwrap().contains("not looked up: --recheck"),
        "{}",
        people.out
    );

    // To look again at one that came too late says nothing new.
    let claims = ["request", "create", "--claims", "MemberMandate:name"];
    let short = [
        "--purpose",
        "a vote",
        "--expires",
        "1s",
        "--out",
        "short.jwt",
    ];
    world.verifier(&[&claims[..], &short[..]].concat()).ends(0);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let json = run("answer.txt", "short.jwt", &[]).0.ends(10);
    assert!(
        codes(&json).contains(&"request.expired".to_owned()),
        "{}",
        json.out
    );
    assert!(!hints(&json).contains("--recheck"), "{}", json.out);
}
