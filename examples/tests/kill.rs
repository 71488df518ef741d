//! `kill -9` in the middle of `batch issue`: nothing acknowledged is lost, nothing is issued twice.
//!
//! `MANDATE_KILLS` says how often; `make torture` kills a hundred times.

#![expect(clippy::print_stderr, reason = "a skipped test must say so")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(dead_code, reason = "each test uses its part of the shared helpers")]

mod programs;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use identity_core::{
    card::IssuerCard,
    enrolment,
    key::{Algorithm, SecretKey},
};
use programs::{Place, program};

const MEMBERS: usize = 3_000;

fn results(place: &Place, out: &str) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(place.path(out).join("results.jsonl")).unwrap_or_default();
    // The kill may have torn the last line, which then acknowledges nothing.
    let lines = text
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let acknowledged = lines.filter_map(|line| {
        Some((
            line["member"].as_str()?.to_owned(),
            line["credential"].as_str()?.to_owned(),
        ))
    });
    acknowledged.collect()
}

#[test]
fn a_killed_batch_loses_nothing_and_issues_nothing_twice() {
    let Some(issuer) = program("mandate-issuer") else {
        return;
    };
    let kills: u32 = std::env::var("MANDATE_KILLS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(4);
    let place = Place::new();
    let run =
        |words: &[&str]| place.run(&issuer, "issuer", &[words, &["--format", "json"]].concat());
    run(&[
        "init",
        "--name",
        "House",
        "--chamber",
        "X",
        "--country",
        "XX",
    ])
    .ends(0);
    run(&["id", "--out", "issuer.json"]).ends(0);
    let rows = (0..MEMBERS).map(|n| format!("m{n},Member {n},2026-01-01\n"));
    let roster: String = std::iter::once("id,name,start_date\n".to_owned())
        .chain(rows)
        .collect();
    std::fs::write(place.path("roster.csv"), roster).unwrap();
    run(&["roster", "import", "roster.csv"]).ends(0);
    run(&["enrol", "invite", "--all", "--out", "codes.jsonl"]).ends(0);
    let card = IssuerCard::parse(&std::fs::read(place.path("issuer.json")).unwrap()).unwrap();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let mut lines = String::new();
    for line in std::fs::read_to_string(place.path("codes.jsonl"))
        .unwrap()
        .lines()
    {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let code = value["code"].as_str().unwrap().parse().unwrap();
        let key = SecretKey::generate(Algorithm::EdDsa, &mut rng);
        let now = cli_kit::run::now();
        let enrolment = enrolment::prove(&code, &card.did, &key, now).unwrap();
        lines.push_str(
            &serde_json::json!({ "member": value["member"], "enrolment": enrolment }).to_string(),
        );
        lines.push('\n');
    }
    std::fs::write(place.path("enrolments.jsonl"), lines).unwrap();

    let batch = [
        "batch",
        "issue",
        "--enrolments",
        "enrolments.jsonl",
        "--out",
        "out",
        "--format",
        "json",
    ];
    let mut acknowledged: BTreeMap<String, String> = BTreeMap::new();
    let mut suspended = false;
    for kill in 0..kills {
        let begun = Instant::now();
        let mut child = place
            .command(&issuer, "issuer", &batch)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // Somewhere between the opening of the key and the end of the batch.
        let patience = Duration::from_millis(150 + u64::from(kill * 7919 % 1000));
        while begun.elapsed() < patience && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = child.kill();
        child.wait().unwrap();
        for (member, credential) in results(&place, "out") {
            let before = acknowledged.insert(member.clone(), credential.clone());
            assert!(
                before.is_none_or(|before| before == credential),
                "{member} has two"
            );
        }
        run(&["audit", "verify"]).ends(0);
        let listed = listed(&run(&["credential", "list"]).ends(0).json());
        for (member, credential) in &acknowledged {
            assert_eq!(listed.get(member), Some(credential), "{member} is lost");
        }
        if !suspended && let Some(credential) = acknowledged.values().next() {
            // An urgent change gets through in the middle of a batch.
            let mut child = place
                .command(&issuer, "issuer", &batch)
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_millis(300));
            run(&["credential", "suspend", credential]).ends(0);
            assert!(child.wait().unwrap().success());
            suspended = true;
        }
    }
    place.run(&issuer, "issuer", &batch).ends(0);
    let end = listed(&run(&["credential", "list"]).ends(0).json());
    assert_eq!(end.len(), MEMBERS);
    assert_eq!(results(&place, "out"), end);
    run(&["audit", "verify"]).ends(0);
}

/// Returns each member's credential; a second one for a member is a failure.
fn listed(list: &serde_json::Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for item in list["items"].as_array().unwrap() {
        let text = |name: &str| item[name].as_str().unwrap().to_owned();
        assert!(
            found.insert(text("member"), text("id")).is_none(),
            "{} twice",
            text("member")
        );
        assert!(ids.insert(text("id")));
    }
    found
}
