//! Suspended, replaced, revoked, ended: now, at past dates, and around every boundary.

use crate::world::*;

#[test]
fn suspended_replaced_ended_and_the_end_of_the_term() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.seat("m-002", "bilal");
    world.publish();
    world.ask("ana", "MemberMandate:name");
    world.check(&["--recheck"]).ends(0);

    let id = world.credential("m-001");
    world.issuer(&["credential", "suspend", &id]).ends(0);
    world.publish();
    assert_eq!(
        codes(&world.check(&["--recheck"]).ends(11)),
        ["status.not_valid"]
    );
    world.issuer(&["credential", "reinstate", &id]).ends(0);
    world.publish();
    world.check(&["--recheck"]).ends(0);

    world.enrol("m-001", "ana2", "reinvite");
    world
        .issuer(&[
            "credential",
            "replace",
            "m-001",
            "--enrolment",
            "ana2.enrolment",
            "--out",
            "ana2.txt",
            "--yes",
        ])
        .ends(0);
    world.publish();
    assert_eq!(
        codes(&world.check(&["--recheck"]).ends(11)),
        ["status.revoked"]
    );
    world.check(&["--recheck", "--at", &instant(60)]).ends(0);
    world
        .wallet("ana2", &["credential", "add", "ana2.txt"])
        .ends(0);
    world
        .wallet("ana2", &["verifier", "trust", "verifier.json"])
        .ends(0);
    world.ask("ana2", "MemberMandate:name");
    world.check(&[]).ends(0);

    world.ask("bilal", "MemberMandate:name");
    let end = [
        "mandate",
        "end",
        "m-002",
        "--at",
        &instant(0),
        "--reason",
        "resignation",
    ];
    assert_eq!(world.issuer(&end).ends(2).code(), "input.needed");
    world.issuer(&[&end[..], &["--yes"]].concat()).ends(0);
    world.publish();
    assert_eq!(
        codes(&world.check(&["--recheck"]).ends(11)),
        ["status.revoked"]
    );
    world.check(&["--recheck", "--at", &instant(60)]).ends(0);

    world.ask("ana2", "MemberMandate:name");
    world
        .issuer(&["term", "end", "current", "--at", &instant(0), "--yes"])
        .ends(0);
    world.publish();
    assert_eq!(codes(&world.check(&["--recheck"]).ends(11)), ["term.ended"]);
    world.check(&["--recheck", "--at", &instant(60)]).ends(0);
    let refused = world
        .issuer(&["enrol", "invite", "--all", "--out", "all.jsonl"])
        .ends(0)
        .json();
    assert_eq!(refused["invited"], 0);
    world.issuer(&["audit", "verify"]).ends(0);
}

#[test]
fn a_day_begins_at_the_chambers_own_midnight() {
    let Some(world) = World::with(&["--time-zone", "Europe/Madrid"]) else {
        return;
    };
    // A partial date covers its whole period: March begins with its first day, in Madrid.
    std::fs::write(
        world.place.path("partial.csv"),
        "id,name,start_date\nm-500,Partial Example,2026-03\n",
    )
    .unwrap();
    world.issuer(&["roster", "import", "partial.csv"]).ends(0);
    world.seat("m-500", "partial");
    world.publish();
    world.ask("partial", "MemberMandate:name");
    let at = |at: &str| world.check(&["--recheck", "--at", at]);
    // Madrid is an hour ahead of UTC in winter.
    let early = at("2026-02-28T22:59:59Z").ends(10);
    assert_eq!(codes(&early), ["credential.not_yet_valid"]);
    let noted = at("2026-03-01T00:00:00+01:00").ends(0);
    assert_eq!(codes(&noted), ["credential.issued_later"]);
    at("2026-02-28T23:00:00Z").ends(0);
    // The same instant in another zone is the same instant.
    at("2026-03-01T08:00:00+09:00").ends(0);
    at("2026-03-01T07:59:59+09:00").ends(10);
    world.check(&["--recheck", "--at", "2026-03-01"]).ends(2);
}

#[test]
fn an_end_is_the_first_instant_at_which_it_has_ended() {
    let Some(world) = World::new() else { return };
    world.seat("m-002", "bilal");
    world.publish();
    world.ask("bilal", "MemberMandate:name");
    let (before, end, after) = (instant(7201), instant(7200), instant(7199));
    world
        .issuer(&[
            "mandate",
            "end",
            "m-002",
            "--at",
            &end,
            "--reason",
            "court",
            "--decision",
            "issuer.json",
            "--yes",
        ])
        .ends(0);
    world.publish();
    let check = |at: &str| world.check(&["--recheck", "--at", at]);
    check(&before).ends(0);
    assert!(codes(&check(&end).ends(11)).contains(&"status.revoked".to_owned()));
    check(&after).ends(11);
    assert_eq!(
        codes(&world.check(&["--recheck"]).ends(11)),
        ["status.revoked"]
    );
}

#[test]
fn a_revocation_reaches_back_only_with_a_decision() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.seat("m-002", "bilal");
    world.seat("m-003", "carla");
    world.publish();
    let (before, past) = (instant(3601), instant(3600));
    let revoke = |member: &str, more: &[&str]| {
        let id = world.credential(member);
        let words = ["credential", "revoke", &id, "--yes"];
        world.issuer(&[&words[..], more].concat()).ends(0);
    };
    revoke("m-001", &["--reason", "court", "--effective", &past]);
    let with = [
        "--reason",
        "court",
        "--effective",
        &past,
        "--decision",
        "issuer.json",
    ];
    revoke("m-002", &with);
    revoke("m-003", &["--reason", "compromise"]);
    world.publish();
    let between = instant(1800);
    let check = |home: &str, at: &str| {
        world.ask(home, "MemberMandate:name");
        world.check(&["--recheck", "--at", at])
    };
    // Without a decision the past stays as it was told.
    check("ana", &between).ends(0);
    assert!(codes(&check("bilal", &between).ends(11)).contains(&"status.revoked".to_owned()));
    check("bilal", &before).ends(0);
    // A stolen key proves nothing about any time.
    check("carla", &between).ends(11);
    check("carla", &instant(360_000)).ends(11);
    for home in ["ana", "bilal", "carla"] {
        world.ask(home, "MemberMandate:name");
        world.check(&["--recheck"]).ends(11);
    }
}

#[test]
fn suspensions_are_told_of_the_past_only_where_they_are_published() {
    let Some(world) = World::with(&["--publish-suspensions"]) else {
        return;
    };
    world.seat("m-001", "ana");
    world.publish();
    world.ask("ana", "MemberMandate:name");
    let id = world.credential("m-001");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let before = instant(1);
    world.issuer(&["credential", "suspend", &id]).ends(0);
    world.publish();
    assert_eq!(
        codes(&world.check(&["--recheck"]).ends(11)),
        ["status.suspended"]
    );
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let during = instant(1);
    world.issuer(&["credential", "reinstate", &id]).ends(0);
    world.publish();
    world.check(&["--recheck"]).ends(0);
    let at = |at: &str| world.check(&["--recheck", "--at", at]);
    at(&before).ends(0);
    assert!(codes(&at(&during).ends(11)).contains(&"status.suspended".to_owned()));
}
