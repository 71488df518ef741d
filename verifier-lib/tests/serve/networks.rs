use std::fs;

use identity_core::{
    status::Instant,
    trust::accreditation::{State, StateChange},
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::network::Union;

use crate::sidecar::{Sidecar, answered, bundle, home, mandate, now, run};

fn published(seq: u64, change: impl FnOnce(&mut Union)) -> Vec<u8> {
    let mut union = Union::new(now());
    union.seq = seq;
    change(&mut union);
    union.file(&[bundle(seq, |_| ())])
}

fn ask(sidecar: &Sidecar, more: &Value) -> Value {
    let request = sidecar.request();
    let answer = answered(&request, &mandate(), &["name"]);
    let mut body = json!({"presentation": answer, "request": request});
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    sidecar.post("/verdict", &body).json()
}

#[test]
fn what_the_home_keeps_is_the_evidence_where_no_other_is_named() {
    let folder = home();
    let anchor = format!("{}=Union", Union::did());
    let sidecar = Sidecar::start_in(folder, &["--anchor", &anchor]);
    let nothing = ask(&sidecar, &json!({}));
    assert_eq!(nothing["verdict"], "invalid", "{nothing:#}");
    fs::write(sidecar.path("trust.bundle"), published(3, |_| ())).unwrap();
    let (exit, said) = run(&sidecar.folder, &["trust", "update", "trust.bundle"]);
    assert_eq!(exit, 0, "{said:#}");
    Sidecar::until("what is kept counts", || {
        ask(&sidecar, &json!({}))["verdict"] == "valid"
    });
    let anchor = sidecar.get("/healthz").json()["anchors"][0].clone();
    assert_eq!((&anchor["seq"], &anchor["code"]), (&json!(3), &Value::Null));
    let metrics = sidecar.get("/metrics").body;
    let did = Union::did();
    assert!(metrics.contains(&format!("mandate_bundle_seq{{anchor=\"{did}\"}} 3")));
    // What becomes of the parliament counts without a restart.
    let withdrawn = published(4, |union| {
        let hour_ago = Instant::floor(now() - SignedDuration::from_hours(1));
        union.states = vec![StateChange {
            state: State::Withdrawn,
            from: hour_ago,
            recorded: hour_ago,
            reason: None,
            decision: None,
        }];
    });
    fs::write(sidecar.path("trust.bundle"), withdrawn).unwrap();
    assert_eq!(
        run(&sidecar.folder, &["trust", "update", "trust.bundle"]).0,
        0
    );
    Sidecar::until("it is withdrawn", || {
        ask(&sidecar, &json!({}))["verdict"] == "invalid"
    });
}

#[test]
fn a_file_that_is_no_trust_bundle_takes_nothing_away() {
    let folder = home();
    fs::write(
        folder.path().join("trust/trust.bundle"),
        published(3, |_| ()),
    )
    .unwrap();
    let trust = folder.path().join("trust").display().to_string();
    let anchor = Union::did().to_string();
    let sidecar = Sidecar::start_in(folder, &["--anchor", &anchor, "--trust", &trust]);
    assert_eq!(ask(&sidecar, &json!({}))["verdict"], "valid");
    let half = &published(4, |_| ())[..300];
    fs::write(sidecar.path("trust/trust.bundle"), half).unwrap();
    Sidecar::until("it is reported", || {
        sidecar.log().contains("network.malformed")
    });
    assert_eq!(ask(&sidecar, &json!({}))["verdict"], "valid");
    fs::write(sidecar.path("trust/trust.bundle"), published(2, |_| ())).unwrap();
    Sidecar::until("it is seen", || sidecar.log().contains("\"older\""));
    assert_eq!(ask(&sidecar, &json!({}))["verdict"], "valid");
}

#[test]
fn a_preset_bounds_ages_and_a_question_may_name_another() {
    let folder = home();
    let old = bundle(5, |content| {
        content.issued_at = Instant::floor(now() - SignedDuration::from_mins(10));
    });
    fs::write(folder.path().join("trust/bundle.json"), old).unwrap();
    let trust = folder.path().join("trust").display().to_string();
    let anchor = testkit::world::World::new().issuer.to_string();
    let flags = [
        "--anchor",
        &anchor,
        "--trust",
        &trust,
        "--preset",
        "chamber-vote",
    ];
    let sidecar = Sidecar::start_in(folder, &flags);
    let verdict = |more: Value| ask(&sidecar, &more)["verdict"].clone();
    assert_eq!(verdict(json!({})), "indeterminate");
    assert_eq!(verdict(json!({"maxAge": "15m"})), "valid");
    assert_eq!(verdict(json!({"preset": "documents"})), "valid");
    assert_eq!(
        verdict(json!({"preset": "documents", "maxAge": "1m"})),
        "indeterminate"
    );
    let wrong = json!({"presentation": "x", "request": "y", "preset": "vote"});
    let refused = sidecar.post("/verdict", &wrong).problem();
    assert_eq!(refused, (400, "serve.malformed".to_owned()));
}
