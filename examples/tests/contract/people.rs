//! The fictional parliament: both chambers, committees, offices, substitutes and a by-election.

use crate::world::*;

fn fictional(name: &str) -> String {
    format!("{}/parliament/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn each_chamber_takes_its_own_seats_and_says_why_not_the_others() {
    let Some(world) = World::new() else { return };
    let sitting = |home: &str, chamber: &str, file: &str, day: &str| {
        let run = |words: &[&str]| {
            let json = ["--format", "json"];
            world
                .place
                .run(&world.issuer, home, &[words, &json].concat())
        };
        if !world.place.path(home).exists() {
            let init = [
                "init",
                "--name",
                home,
                "--chamber",
                chamber,
                "--country",
                "XX",
            ];
            run(&init).ends(0);
        }
        run(&[
            "roster",
            "import",
            &fictional(file),
            "--as-of",
            day,
            "--dry-run",
        ])
        .ends(0)
        .json()
    };
    // The lower house: the one who resigned sits until April, the winner from 18 May, the substitute
    // from July in place of the one on leave.
    let lower = |day: &str| sitting("lower", "EX-1", "parliament.json", day);
    for (day, seats) in [
        ("2026-02-03", 6),
        ("2026-04-30", 6),
        ("2026-05-01", 5),
        ("2026-05-18", 6),
        ("2026-06-30", 6),
        ("2026-07-01", 6),
    ] {
        let report = lower(day);
        assert_eq!(report["sitting"], seats, "{day}");
        let sum = |name: &str| report[name].as_u64().unwrap();
        assert_eq!(sum("imported") + sum("refused"), sum("rows"));
        let codes: Vec<&str> = report["problems"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|problem| problem["code"].as_str())
            .collect();
        assert!(codes.contains(&"roster.not_a_chamber"), "{codes:?}");
        assert!(codes.contains(&"roster.other_chamber"), "{codes:?}");
    }
    let senate = sitting("senate", "EX-2", "parliament.json", "2026-02-03");
    assert_eq!(senate["sitting"], 3);
    let table = sitting("senate", "EX-2", "senate.csv", "2026-02-03");
    assert_eq!(
        (table["sitting"].as_u64(), table["refused"].as_u64()),
        (Some(3), Some(0))
    );
}

/// The claims of a file of the fictional parliament, from today on for a week: its own days pass.
fn in_force(world: &World, file: &str) -> String {
    let claims = std::fs::read(fictional(&format!("claims/{file}"))).unwrap();
    let mut claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    let today = cli_kit::run::now()
        .to_zoned_datetime(jiff::tz::TimeZone::UTC)
        .date();
    claims["start"] = today.to_string().into();
    if claims.get("end").is_some() {
        let week = today.checked_add(jiff::SignedDuration::from_hours(7 * 24));
        claims["end"] = week.unwrap().to_string().into();
    }
    std::fs::write(world.place.path(file), claims.to_string()).unwrap();
    file.to_owned()
}

#[test]
fn an_office_rests_on_the_mandate_and_goes_with_it() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    for (kind, claims) in [
        ("OfficeHolder", "speaker.json"),
        ("CommitteeMembership", "budget-committee.json"),
        ("DelegateAccreditation", "delegate.json"),
    ] {
        let out = format!("{kind}.txt");
        let claims = in_force(&world, claims);
        let issue = [
            "credential",
            "issue",
            "m-001",
            "--enrolment",
            "ana.enrolment",
            "--type",
            kind,
            "--claims",
            &claims,
            "--out",
            &out,
        ];
        world.issuer(&issue).ends(0);
        world.wallet("ana", &["credential", "add", &out]).ends(0);
    }
    world.publish();
    let ask = [
        "request",
        "create",
        "--claims",
        "MemberMandate:name",
        "--claims",
        "OfficeHolder:role,body",
        "--claims",
        "CommitteeMembership:votingRight",
        "--purpose",
        "chairing",
        "--out",
        "request.jwt",
    ];
    world.verifier(&ask).ends(0);
    let present = ["present", "request.jwt", "--out", "answer.txt"];
    world.wallet("ana", &present).ends(0);
    let verdict = world.check(&["--recheck"]).ends(0).json();
    assert_eq!(verdict["credentials"].as_array().unwrap().len(), 3);
    let of = |verdict: &serde_json::Value, kind: &str| {
        let mut all = verdict["credentials"].as_array().unwrap().iter();
        all.find(|c| c["type"] == kind).unwrap().clone()
    };
    assert_eq!(of(&verdict, "OfficeHolder")["claims"]["role"], "speaker");
    // One of the three revoked is enough, and the others say they are sound.
    let list = world.issuer(&["credential", "list"]).ends(0).json();
    let office = list["items"].as_array().unwrap().iter();
    let office = office
        .clone()
        .find(|item| item["type"] == "OfficeHolder")
        .unwrap();
    let id = office["id"].as_str().unwrap();
    let revoke = [
        "credential",
        "revoke",
        id,
        "--reason",
        "resignation",
        "--yes",
    ];
    world.issuer(&revoke).ends(0);
    world.publish();
    let verdict = world.check(&["--recheck"]).ends(11).json();
    for (kind, expected) in [
        ("MemberMandate", "valid"),
        ("OfficeHolder", "invalid"),
        ("CommitteeMembership", "valid"),
    ] {
        assert_eq!(of(&verdict, kind)["verdict"], expected, "{kind}");
    }
}

#[test]
fn what_reaches_back_without_a_decision_is_not_promised() {
    let Some(world) = World::new() else { return };
    for (member, home) in [("m-001", "ana"), ("m-002", "bilal"), ("m-003", "chen")] {
        world.seat(member, home);
    }
    std::fs::write(world.place.path("decision"), "judgment 12/2026").unwrap();
    let run = |words: &[&str]| {
        let ran = world
            .place
            .run(&world.issuer, "issuer", &[words, &["--yes"]].concat());
        ran.ends(0)
    };
    let past = instant(3600);
    let warning =
        "without --decision verifiers count it from its publication; give --decision FILE";
    let end = [
        "mandate", "end", "m-001", "--reason", "court", "--at", &past,
    ];
    let ended = run(&end);
    assert!(ended.err.contains(warning), "{}", ended.err);
    assert!(
        ended
            .out
            .contains("1 credential is revoked from the publication on"),
        "{}",
        ended.out
    );
    let end = [
        "mandate", "end", "m-002", "--reason", "court", "--at", &past,
    ];
    let ended = run(&[&end[..], &["--decision", "decision"]].concat());
    assert!(!ended.err.contains(warning), "{}", ended.err);
    assert!(
        ended.out.contains("1 credential is revoked from then"),
        "{}",
        ended.out
    );

    let id = world.credential("m-003");
    let revoke = |reason: &str, at: &str, more: &[&str]| {
        let words = [
            "credential",
            "revoke",
            &id,
            "--reason",
            reason,
            "--effective",
            at,
        ];
        run(&[&words, more].concat())
    };
    let later = "2099-01-01T00:00:00Z";
    let revoked = revoke("superseded", later, &[]);
    assert!(
        revoked.out.contains(&format!(", from {later}")),
        "{}",
        revoked.out
    );
    assert!(!revoked.err.contains(warning), "{}", revoked.err);
    let revoked = revoke("superseded", &past, &[]);
    assert!(revoked.err.contains(warning), "{}", revoked.err);
    assert!(
        revoked.out.contains("from its publication"),
        "{}",
        revoked.out
    );
    let revoked = revoke("superseded", &instant(7200), &["--decision", "decision"]);
    assert!(!revoked.err.contains(warning), "{}", revoked.err);
    let revoked = revoke("compromise", later, &[]);
    assert!(revoked.out.contains("for every instant"), "{}", revoked.out);
    assert!(!revoked.err.contains(warning), "{}", revoked.err);
}
