//! An electoral period, from its declaration to the verdict that shows it.

use jiff::{SignedDuration, Timestamp};

use crate::world::*;

fn in_seconds(seconds: i64) -> String {
    let at = cli_kit::run::now() + SignedDuration::from_secs(seconds);
    format!("{at:.0}")
}

#[test]
fn a_period_binds_the_office_and_is_shown() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    std::fs::write(world.place.path("law.txt"), "Electoral code, article 7").unwrap();
    let declare = |from: &str, to: &str| {
        let words = ["electoral", "declare", "--yes", "--legal-basis", "law.txt"];
        world.issuer(&[&words[..], &["--from", from, "--to", to]].concat())
    };
    let late = declare(&in_seconds(-5), &in_seconds(3_600));
    assert_eq!(late.ends(1).code(), "electoral.late");

    let begins = in_seconds(15);
    let declared = declare(&begins, &in_seconds(86_400)).ends(0).json();
    world.publish();
    let list = || world.issuer(&["electoral", "list"]).ends(0).json()["items"][0].clone();
    assert_eq!(list()["from"], begins.as_str());
    assert!(list()["published"].is_string());
    while list()["state"] == "ahead" {
        std::thread::sleep(std::time::Duration::from_millis(500));
    }

    let credentials = world.issuer(&["credential", "list"]).ends(0).json();
    let id = credentials["items"][0]["id"].as_str().unwrap();
    let revoke = |more: &[&str]| {
        let words = ["credential", "revoke", id, "--yes", "--reason"];
        world.issuer(&[&words[..], more].concat())
    };
    let refused = revoke(&["superseded"]);
    assert_eq!(refused.ends(1).code(), "electoral.forbidden");
    let refused = revoke(&["court"]);
    assert_eq!(refused.ends(1).code(), "electoral.forbidden");

    world.ask("ana", "MemberMandate:name");
    let shown = world.check(&["--recheck"]).ends(0).json();
    let period = &shown["credentials"][0]["electoralPeriod"];
    assert_eq!(period["from"], begins.as_str());
    assert_eq!(period["legalBasis"], declared["legalBasis"]);

    std::fs::write(world.place.path("judgment.pdf"), "judgment").unwrap();
    revoke(&["court", "--decision", "judgment.pdf"]).ends(0);
    let published = world.issuer(&["publish", "--out", "site"]).ends(0).json();
    let hour = SignedDuration::from_hours(1);
    let instant = |name: &str| {
        published[name]
            .as_str()
            .unwrap()
            .parse::<Timestamp>()
            .unwrap()
    };
    assert_eq!(
        instant("nextUpdate").duration_since(instant("issuedAt")),
        hour
    );
    let found = world.check(&["--recheck"]).ends(11).json();
    let status = &found["credentials"][0]["checks"][4];
    assert!(status["decision"].is_string() && status.get("contested").is_none());

    let ahead = world.issuer(&["electoral", "announce", "--at", &in_seconds(60)]);
    assert_eq!(ahead.ends(1).code(), "instant.invalid");
}
