use identity_core::{
    status::Instant,
    trust::accreditation::{State, StateChange},
};
use testkit::network::Union;

use crate::home::{Home, bundle, code, hours, network, now};

fn change(state: State) -> StateChange {
    StateChange {
        state,
        from: Instant::floor(hours(-1)),
        recorded: Instant::floor(hours(-1)),
        reason: None,
        decision: None,
    }
}

#[test]
fn a_trust_bundle_is_told_from_a_bundle_by_what_is_in_it() {
    let home = Home::new();
    home.ask();
    // Under any name, as a file and in a folder.
    home.write("site/evidence.json", network(3, |_| ()));
    for trust in ["site/evidence.json", "site"] {
        let (exit, verdict) = home.check(&["--trust", trust]);
        assert_eq!(exit, 0, "{verdict:#}");
        assert_eq!(
            verdict["credentials"][0]["issuerName"],
            "Parliament of Exampleland"
        );
    }
    home.write("site/sub/trust.bundle", network(4, |_| ()));
    std::fs::remove_file(home.0.path().join("site/evidence.json")).unwrap();
    assert_eq!(home.check(&["--trust", "site"]).0, 0);
    // Without it nobody vouches for the issuer.
    home.write("bundle.json", bundle(6, |_| ()));
    let (exit, verdict) = home.check(&["--trust", "bundle.json"]);
    assert_eq!((exit, code(&verdict, "issuer")), (12, None));
}

#[test]
fn a_newer_bundle_of_the_issuer_counts_wherever_it_stands() {
    let home = Home::new();
    home.ask();
    home.write(
        "a/bundle.json",
        bundle(6, |content| {
            content.terms[0]
                .endings
                .push(identity_core::status::TermEnding::new(hours(-1)));
        }),
    );
    home.write("b/trust.bundle", network(3, |_| ()));
    for order in [["a", "b"], ["b", "a"]] {
        let (exit, verdict) = home.check(&["--trust", order[0], "--trust", order[1]]);
        assert_eq!((exit, code(&verdict, "term")), (11, Some("term.ended")));
    }
}

#[test]
fn what_was_seen_of_an_accreditor_is_remembered() {
    let home = Home::new();
    home.ask();
    let (older, newer) = (network(3, |_| ()), network(4, |_| ()));
    home.write("new.bundle", newer);
    home.write("old.bundle", older);
    assert_eq!(home.check(&["--trust", "new.bundle"]).0, 0);
    let (exit, verdict) = home.check(&["--trust", "old.bundle"]);
    assert_eq!(exit, 12);
    assert!(
        verdict.to_string().contains("network.rollback"),
        "{verdict:#}"
    );
    // Another of the number seen: neither counts, also when the first comes back.
    home.write("other.bundle", network(4, |union| union.now = hours(-2)));
    let (exit, verdict) = home.check(&["--trust", "other.bundle"]);
    assert_eq!(exit, 12);
    assert!(
        verdict.to_string().contains("network.conflict"),
        "{verdict:#}"
    );
    assert_eq!(home.check(&["--trust", "new.bundle"]).0, 12);
    home.write("next.bundle", network(5, |_| ()));
    assert_eq!(home.check(&["--trust", "next.bundle"]).0, 0);
    // One that is not authentic is no "not valid".
    home.write("bad.bundle", &network(6, |_| ())[..200]);
    let (exit, verdict) = home.check(&["--trust", "bad.bundle"]);
    assert_eq!(exit, 12);
    assert!(
        verdict.to_string().contains("network.malformed"),
        "{verdict:#}"
    );
}

#[test]
fn a_clock_that_was_set_back_decides_nothing() {
    let home = Home::new();
    home.ask();
    home.write("trust.bundle", network(3, |_| ()));
    assert_eq!(home.check(&["--trust", "trust.bundle"]).0, 0);
    // As if it had been seen in an hour from now.
    let path = "home/networks.json";
    let mut seen: serde_json::Value = serde_json::from_slice(&home.read(path)).unwrap();
    seen[Union::did().as_str()]["issuedAt"] = Instant::floor(hours(1)).to_string().into();
    home.write(path, seen.to_string());
    let (exit, verdict) = home.check(&["--trust", "trust.bundle"]);
    assert_eq!(exit, 12);
    assert_eq!(code(&verdict, "freshness"), Some("clock.rollback"));
    assert!(verdict["hints"].to_string().contains("clock"));
    assert_eq!(
        home.run(&["trust", "update", "trust.bundle"]).1["code"],
        "clock.rollback"
    );
}

#[test]
fn presets_bound_ages_and_flags_refine_them() {
    let home = Home::new();
    home.ask();
    let mut union = Union::new(hours(-2));
    union.seq = 3;
    let old = bundle(5, |content| {
        content.issued_at = Instant::floor(now() - jiff::SignedDuration::from_mins(10));
    });
    home.write("trust.bundle", union.file(&[old]));
    let check = |more: &[&str]| {
        let (exit, verdict) = home.check(&[&["--trust", "trust.bundle"], more].concat());
        (exit, code(&verdict, "freshness").map(str::to_owned))
    };
    let stale = (12, Some("bundle.stale".to_owned()));
    assert_eq!(check(&[]), (0, None));
    assert_eq!(check(&["--preset", "documents"]), (0, None));
    assert_eq!(check(&["--preset", "chamber-vote"]), stale);
    assert_eq!(
        check(&["--preset", "chamber-vote", "--max-age", "15m"]),
        (0, None)
    );
    // The accreditor's own word is two hours old, which is too old before an election.
    let list = (12, Some("network.stale".to_owned()));
    assert_eq!(check(&["--preset", "electoral-period"]), list);
    assert_eq!(check(&["--preset", "vote"]).0, 2);
    let (exit, verdict) = home.check(&["--trust", "trust.bundle", "--approvals", "2"]);
    assert_eq!(
        (exit, code(&verdict, "accreditation")),
        (10, Some("approval.too_few"))
    );
}

#[test]
fn a_suspension_is_undecided_and_can_be_accepted() {
    let home = Home::new();
    home.ask();
    home.write(
        "trust.bundle",
        network(3, |union| union.states = vec![change(State::Suspended)]),
    );
    let (exit, verdict) = home.check(&["--trust", "trust.bundle"]);
    assert_eq!(
        (exit, code(&verdict, "accreditation")),
        (12, Some("accreditation.suspended"))
    );
    assert_eq!(verdict["credentials"][0]["claims"], serde_json::json!({}));
    let (exit, verdict) = home.check(&["--trust", "trust.bundle", "--accept-suspended"]);
    assert_eq!(
        (exit, code(&verdict, "accreditation")),
        (0, Some("accreditation.suspended"))
    );
    home.write(
        "trust.bundle",
        network(4, |union| union.states = vec![change(State::Dissolved)]),
    );
    let (exit, verdict) = home.check(&["--trust", "trust.bundle"]);
    assert_eq!(
        (exit, code(&verdict, "term")),
        (11, Some("accreditation.dissolved"))
    );
}

#[test]
fn without_evidence_there_is_no_verdict() {
    let home = Home::new();
    home.ask();
    assert_eq!(home.check(&[]).0, 2);
}

#[test]
fn of_many_checks_at_once_the_highest_number_stays() {
    let home = Home::new();
    home.ask();
    for seq in 3..11 {
        home.write(&format!("{seq}.bundle"), network(seq, |_| ()));
    }
    std::thread::scope(|scope| {
        for seq in (3..11).rev() {
            let home = &home;
            scope.spawn(move || {
                let (exit, _) = home.check(&["--trust", &format!("{seq}.bundle")]);
                assert!(exit == 0 || exit == 12, "{exit}");
            });
        }
    });
    let seen: serde_json::Value = serde_json::from_slice(&home.read("home/networks.json")).unwrap();
    assert_eq!(seen[Union::did().as_str()]["seq"], 10);
    let seen: serde_json::Value = serde_json::from_slice(&home.read("home/seen.json")).unwrap();
    let issuer = testkit::world::World::new().issuer;
    assert_eq!(seen[issuer.as_str()]["seq"], 12);
    assert_eq!(home.check(&["--trust", "9.bundle"]).0, 12);
    assert_eq!(home.check(&["--trust", "10.bundle"]).0, 0);
}
