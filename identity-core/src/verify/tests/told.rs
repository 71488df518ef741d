//! What a report tells people: words, instants, and what to do.

use super::*;

#[test]
fn every_word_of_a_report_is_its_own() {
    let check = Check::new().with_bundle(|content| content.terms.clear());
    let credential = check.world.issue(|_| ());
    let report = check.run(&World::present(&check.request, &credential, &["name"]));
    let json = report.to_json();
    let now = "2027-01-15T08:00:00Z";
    assert_eq!(
        (json["at"].as_str(), json["checkedAt"].as_str()),
        (Some(now), Some(now))
    );
    let told = |checks: &serde_json::Value| -> Vec<String> {
        let checks = checks.as_array().unwrap().iter();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        checks
            .map(|check| text(&check["check"]) + ": " + &text(&check["result"]))
            .collect()
    };
    assert_eq!(
        told(&json["presentation"]["checks"]),
        [
            "request: pass",
            "nonce: pass",
            "audience: pass",
            "holder: pass"
        ]
    );
    let of_credential = &json["credentials"][0]["checks"];
    assert_eq!(
        told(of_credential),
        [
            "signature: pass",
            "issuer: pass",
            "accreditation: skipped",
            "validity: pass",
            "status: pass",
            "term: unknown",
            "freshness: pass",
        ]
    );
    assert_eq!(of_credential[4]["asOf"], "2027-01-15T07:00:00Z");
    let past = check
        .world
        .issue(|draft| draft.valid_until = World::days(-10));
    let check = Check::new();
    let report = check.run(&World::present(&check.request, &past, &["name"]));
    assert_eq!(
        report.to_json()["credentials"][0]["checks"][3]["result"],
        "fail"
    );
}

/// Whoever relies on "valid" can see what was demanded for it.
#[test]
fn a_verified_presentation_says_what_was_demanded() {
    let mut check = Check::new();
    check.max_age = Some(core::time::Duration::from_secs(7_200));
    let credential = check.world.issue(|_| ());
    let file = World::present(&check.request, &credential, &["name"]);
    let verified = Unverified::new(file.as_bytes()).verify(&check.question(), &mut Recheck);
    let policy = *verified.unwrap().policy();
    assert_eq!(policy.status_max_age, check.max_age);
}

#[test]
fn what_to_do_is_said_once_for_each_reason() {
    let hints = |check: &Check| {
        let credential = check.world.issue(|_| ());
        let file = World::present(&check.request, &credential, &["name"]);
        check.run(&file).hints()
    };
    assert!(hints(&Check::new()).is_empty());
    let mut check = Check::new();
    check.trust = TrustSet::new([check.world.issuer.as_str().parse().unwrap()]).unwrap();
    // Three checks want the bundle.
    let told = hints(&check);
    let [told] = told[..] else { panic!("{told:?}") };
    assert!(told.contains("bundle.json"), "{told}");
    let mut check = Check::new().with_bundle(revoke(-10, -10, |r| r));
    check.now = check.request.expires;
    let told = hints(&check);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("new request") && told[1].contains("Ask the issuer"));
}
