use std::fs;

use identity_core::status::{Instant, TermEnding};
use serde_json::{Value, json};

use crate::sidecar::{Sidecar, answered, bundle, home, mandate, now};

fn anchor(sidecar: &Sidecar) -> Value {
    sidecar.get("/healthz").json()["anchors"][0].clone()
}

#[test]
fn it_says_how_its_evidence_stands() {
    let sidecar = Sidecar::start(&[]);
    let health = sidecar.get("/healthz");
    assert_eq!(health.status, 200);
    let health = health.json();
    assert_eq!(health["schema"], "mandate.health/1");
    assert_eq!(health["fresh"], true);
    assert_eq!(health["anchors"][0]["seq"], 5);
    // The next bundle counts without a restart, and so does one that is wrong: it is reported.
    fs::write(sidecar.path("trust/bundle.json"), bundle(6, |_| ())).unwrap();
    Sidecar::until("number 6 counts", || anchor(&sidecar)["seq"] == 6);
    fs::write(sidecar.path("trust/bundle.json"), "{\"protected\":\"\"").unwrap();
    Sidecar::until("it is reported", || {
        sidecar.log().contains("bundle.malformed")
    });
    assert_eq!(anchor(&sidecar)["seq"], 6);
    assert_eq!(anchor(&sidecar)["code"], Value::Null);
    // An older one is no step back.
    fs::write(sidecar.path("trust/bundle.json"), bundle(4, |_| ())).unwrap();
    Sidecar::until("it is seen", || sidecar.log().contains("\"older\""));
    assert_eq!(anchor(&sidecar)["seq"], 6);
    // A folder that is gone for a moment takes nothing away.
    fs::remove_dir_all(sidecar.path("trust")).unwrap();
    sidecar.signal("-HUP");
    Sidecar::until("it is reported", || {
        sidecar.log().contains("file.unreadable")
    });
    assert_eq!(anchor(&sidecar)["seq"], 6);
}

#[test]
fn a_revocation_counts_as_soon_as_its_bundle_is_there() {
    let sidecar = Sidecar::start(&[]);
    let request = sidecar.request();
    let answer = answered(&request, &mandate(), &["name"]);
    let body = json!({"presentation": answer, "request": request, "recheck": true});
    assert_eq!(sidecar.post("/verdict", &body).json()["verdict"], "valid");
    let ended = bundle(6, |content| {
        content.terms[0].endings.push(TermEnding::new(now()));
    });
    fs::write(sidecar.path("trust/bundle.json"), ended).unwrap();
    sidecar.signal("-HUP");
    Sidecar::until("it counts", || {
        sidecar.post("/verdict", &body).json()["verdict"] == "invalid"
    });
}

#[test]
fn a_revocation_counts_also_while_the_home_cannot_be_written() {
    let sidecar = Sidecar::start(&[]);
    let request = sidecar.request();
    let answer = answered(&request, &mandate(), &["name"]);
    let body = json!({"presentation": answer, "request": request, "recheck": true});
    assert_eq!(sidecar.post("/verdict", &body).json()["verdict"], "valid");
    let lock = sidecar.path("home/seen.lock");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    let ended = bundle(6, |content| {
        content.terms[0].endings.push(TermEnding::new(now()));
    });
    fs::write(sidecar.path("trust/bundle.json"), ended).unwrap();
    Sidecar::until("it counts", || {
        sidecar.post("/verdict", &body).json()["verdict"] == "invalid"
    });
    // Its number is kept once it can be, though no file of the evidence has changed since.
    fs::remove_dir(&lock).unwrap();
    Sidecar::until("its number is kept", || {
        let seen = fs::read_to_string(sidecar.path("home/seen.json")).unwrap();
        let seen: Value = serde_json::from_str(&seen).unwrap();
        seen.as_object()
            .unwrap()
            .values()
            .any(|entry| entry["seq"] == 6)
    });
}

#[test]
fn stale_evidence_is_alive_and_not_fresh() {
    let folder = home();
    let old = bundle(5, |content| {
        let ago = |hours: i64| Instant::floor(now() - jiff::SignedDuration::from_hours(hours));
        content.issued_at = ago(48);
        content.next_update = ago(24);
    });
    fs::write(folder.path().join("trust/bundle.json"), old).unwrap();
    let issuer = testkit::world::World::new().issuer.to_string();
    let trust = folder.path().join("trust").display().to_string();
    let sidecar = Sidecar::start_in(folder, &["--anchor", &issuer, "--trust", &trust]);
    let health = sidecar.get("/healthz");
    assert_eq!(health.status, 200);
    assert_eq!(health.json()["fresh"], false);
    assert_eq!(health.json()["anchors"][0]["code"], "bundle.stale");
    let metrics = sidecar.get("/metrics").body;
    assert!(metrics.contains(&format!("mandate_bundle_fresh{{anchor=\"{issuer}\"}} 0")));
}

#[test]
fn what_is_counted_names_nobody_and_has_few_labels() {
    let sidecar = Sidecar::start(&[]);
    let request = sidecar.request();
    let answer = answered(&request, &mandate(), &["name"]);
    let body = json!({"presentation": answer, "request": request});
    sidecar.post("/verdict", &body);
    sidecar.post("/verdict", &body);
    for n in 0..50 {
        assert_eq!(sidecar.get(&format!("/x{n}")).problem().0, 404);
    }
    let metrics = sidecar.get("/metrics");
    assert!(metrics.head.contains("text/plain; version=0.0.4"));
    let text = metrics.body;
    for line in [
        "mandate_requests_total{route=\"/verdict\",outcome=\"answered\"} 2",
        "mandate_requests_total{route=\"other\",outcome=\"refused\"} 50",
        "mandate_verdicts_total{verdict=\"valid\",code=\"none\"} 1",
        "mandate_verdicts_total{verdict=\"invalid\",code=\"request.already_used\"} 1",
        "mandate_request_seconds_count{route=\"/verdict\"} 2",
        "mandate_faults_total 0",
        "mandate_in_flight 1",
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is not in\n{text}"
        );
    }
    assert!(!text.contains("/x1"), "{text}");
    let holder = identity_core::did::key::create(identity_core::key::Signer::public_key(
        &testkit::world::key(3),
    ));
    let log = sidecar.log();
    for private in [
        "Ana",
        "Example",
        "North",
        holder.as_str(),
        &answer[..40],
        "a vote",
    ] {
        assert!(!text.contains(private), "{private} is counted");
        assert!(!log.contains(private), "{private} is in the log");
    }
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(
            line["timestamp"].is_string() && line["event"].is_string(),
            "{line}"
        );
    }
    assert!(log.contains("\"code\":\"request.already_used\""), "{log}");
}

#[test]
fn answers_may_not_be_kept_or_guessed_at() {
    let sidecar = Sidecar::start(&[]);
    let answer = sidecar.get("/healthz");
    for header in [
        "cache-control: no-store",
        "x-content-type-options: nosniff",
        "x-request-id: ",
    ] {
        assert!(answer.head.contains(header), "{header}");
    }
    // No page of another origin is let in.
    let head = "OPTIONS /verdict HTTP/1.1\r\nOrigin: https://example.org\r\nAccess-Control-Request-Method: POST";
    let asked = crate::http::send(sidecar.address, head, b"").unwrap();
    assert_eq!(asked.problem(), (403, "serve.origin".to_owned()));
    assert!(!asked.head.contains("access-control-allow"));
}

#[cfg(target_os = "linux")]
#[test]
fn many_requests_leave_nothing_behind() {
    let sidecar = Sidecar::start(&[]);
    let ask = || {
        for _ in 0..200 {
            assert_eq!(
                sidecar
                    .post("/verdict", &json!({"presentation": "x", "request": "y"}))
                    .status,
                200
            );
        }
        sidecar.memory()
    };
    let (early, _, late) = (ask(), ask(), ask());
    assert!(late < early + 4096, "{early} KiB grew to {late} KiB");
}
