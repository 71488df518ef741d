use identity_core::{
    status::Instant,
    trust::accreditation::{State, StateChange},
};
use serde_json::Value;
use testkit::network::Union;

use crate::home::{Home, bundle, hours, network, now};

#[test]
fn a_trust_bundle_is_shown_in_words_and_in_json() {
    let home = Home::new();
    home.write("trust.bundle", network(3, |_| ()));
    let anchor = format!("{}=IPU", Union::did());
    let (exit, said) = home.run(&["trust", "show", "trust.bundle", "--anchor", &anchor]);
    assert_eq!(exit, 0);
    assert_eq!(said["schema"], "mandate.network/1");
    assert_eq!(said["claimedName"], "Union of Parliaments");
    assert_eq!(said["anchorName"], "IPU");
    assert_eq!(
        (&said["officers"]["threshold"], &said["code"]),
        (&2.into(), &Value::Null)
    );
    let parliament = &said["parliaments"][0];
    assert_eq!(parliament["name"], "Parliament of Exampleland");
    assert_eq!(parliament["state"], "active");
    assert_eq!(parliament["bundle"]["seq"], 5);
    assert_eq!(parliament["csirt"]["contact"], "csirt@example.org");
    let (exit, text, _) = home.said(&["trust", "show", "trust.bundle", "-v", "--anchor", &anchor]);
    assert_eq!(exit, 0);
    for words in [
        "\"Union of Parliaments\" (its own name)",
        "your name for it: IPU",
        "2 of 3 decide, policy version 1",
        "Parliament of Exampleland, XX (XX-1): accredited since",
        "csirt@example.org",
    ] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    // What the home keeps, both kinds.
    assert_eq!(home.run(&["trust", "show"]).0, 2);
    home.write("bundle.json", bundle(6, |_| ()));
    for file in ["trust.bundle", "bundle.json"] {
        assert_eq!(home.run(&["trust", "update", file]).0, 0);
    }
    let (exit, said) = home.run(&["trust", "show"]);
    assert_eq!(
        (exit, &said["schema"]),
        (0, &Value::from("mandate.trust-kept/1"))
    );
    assert_eq!(said["items"].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_doubtful_about_a_trust_bundle_is_said() {
    let home = Home::new();
    let lint = |bytes: Vec<u8>| {
        home.write("trust.bundle", bytes);
        let (exit, said) = home.run(&["trust", "lint", "trust.bundle"]);
        let items = said["items"].as_array().unwrap().iter();
        let mut codes: Vec<String> = items
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect();
        codes.sort();
        (exit, codes.join(" "))
    };
    assert_eq!(lint(network(3, |_| ())), (0, String::new()));
    let alone = network(3, |union| {
        union.officers = vec![61];
        union.threshold = 1;
    });
    assert_eq!(lint(alone), (1, "lint.one_officer".to_owned()));
    let one = network(3, |union| union.threshold = 1);
    assert_eq!(lint(one), (1, "lint.threshold_one".to_owned()));
    let union = Union::new(now());
    assert_eq!(lint(union.file(&[])), (1, "lint.no_bundle".to_owned()));
    // A parliament that is not in force needs none.
    let mut suspended = union.clone();
    suspended.states = vec![StateChange {
        state: State::Withdrawn,
        from: Instant::floor(hours(-1)),
        recorded: Instant::floor(hours(-1)),
        reason: None,
        decision: None,
    }];
    assert_eq!(lint(suspended.file(&[])), (0, String::new()));
    let refused = bundle(5, |content| content.status_key = String::new());
    assert_eq!(
        lint(union.file(&[refused])),
        (1, "lint.refused_bundle".to_owned())
    );
    let stale = Union::new(hours(-30)).file(&[bundle(5, |_| ())]);
    assert_eq!(lint(stale), (1, "network.stale".to_owned()));
    let ends = Union::new(hours(-24 * 70)).file(&[bundle(5, |_| ())]);
    assert_eq!(lint(ends), (1, "network.expired network.stale".to_owned()));
}
