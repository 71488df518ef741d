use serde_json::{Value, json};

use crate::{
    http,
    sidecar::{Sidecar, answered, mandate, run},
};

/// The code of a check in a verdict.
fn code<'v>(verdict: &'v Value, of: &str) -> Option<&'v str> {
    let presentation = verdict["presentation"]["checks"].as_array().unwrap();
    let credentials = verdict["credentials"].as_array().unwrap().iter();
    let credentials = credentials.flat_map(|c| c["checks"].as_array().unwrap());
    let mut all = presentation.iter().chain(credentials);
    all.find(|check| check["check"] == of)?["code"].as_str()
}

#[test]
fn an_answer_is_valid_once_for_service_and_command_line() {
    let sidecar = Sidecar::start(&[]);
    let request = sidecar.request();
    let answer = answered(&request, &mandate(), &["name"]);
    let body = json!({"presentation": answer, "request": request});
    let first = sidecar.post("/verdict", &body);
    assert_eq!(first.status, 200);
    let first = first.json();
    assert_eq!(first["schema"], "mandate.verdict/1");
    assert_eq!(first["verdict"], "valid", "{first:#}");
    assert_eq!(
        first["credentials"][0]["claims"]["name"]["display"],
        "Ana Example"
    );
    assert_eq!(first["credentials"][0]["issuerName"], "House");
    let again = sidecar.post("/verdict", &body).json();
    assert_eq!(again["verdict"], "invalid");
    assert_eq!(code(&again, "nonce"), Some("request.already_used"));
    let recheck = json!({"presentation": answer, "request": request, "recheck": true});
    assert_eq!(
        sidecar.post("/verdict", &recheck).json()["verdict"],
        "valid"
    );
    // The command line knows that the service has used it up, and the service what the command line did.
    std::fs::write(sidecar.path("answer.txt"), &answer).unwrap();
    std::fs::write(sidecar.path("request.jwt"), &request).unwrap();
    let anchor = format!("{}=House", testkit::world::World::new().issuer);
    let words = [
        "check",
        "answer.txt",
        "--request",
        "request.jwt",
        "--trust",
        "trust",
        "--anchor",
        &anchor,
    ];
    let (exit, verdict) = run(&sidecar.folder, &words);
    assert_eq!(exit, 10);
    assert_eq!(code(&verdict, "nonce"), Some("request.already_used"));
    let request = sidecar.request();
    let answer = answered(&request, &mandate(), &["name"]);
    std::fs::write(sidecar.path("answer.txt"), &answer).unwrap();
    std::fs::write(sidecar.path("request.jwt"), &request).unwrap();
    assert_eq!(run(&sidecar.folder, &words).0, 0);
    let body = json!({"presentation": answer, "request": request});
    assert_eq!(
        code(&sidecar.post("/verdict", &body).json(), "nonce"),
        Some("request.already_used")
    );
}

#[test]
fn of_a_hundred_checks_at_once_exactly_one_is_valid() {
    let sidecar = Sidecar::start(&["--workers", "8"]);
    let request = sidecar.request();
    let answer = answered(&request, &mandate(), &["name"]);
    let body = json!({"presentation": answer, "request": request});
    let verdicts: Vec<Value> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..100)
            .map(|_| scope.spawn(|| http::post(sidecar.address, "/verdict", &body).json()))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let valid = verdicts
        .iter()
        .filter(|verdict| verdict["verdict"] == "valid")
        .count();
    assert_eq!(valid, 1);
    let used = |verdict: &&Value| code(verdict, "nonce") == Some("request.already_used");
    assert_eq!(verdicts.iter().filter(used).count(), 99);
}

#[test]
fn what_was_not_asked_or_tampered_with_is_not_valid() {
    let sidecar = Sidecar::start(&[]);
    let request = sidecar.request();
    let answer = answered(&request, &mandate(), &["name"]);
    let verdict = |presentation: &str, request: &str| {
        let body = json!({"presentation": presentation, "request": request});
        let answer = sidecar.post("/verdict", &body);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    };
    let (head, signature) = answer.split_once('.').unwrap();
    let tampered = format!("{head}.e30{signature}");
    assert_eq!(verdict(&tampered, &request)["verdict"], "invalid");
    assert_eq!(verdict("", &request)["verdict"], "invalid");
    let other = sidecar.request();
    assert_eq!(
        code(&verdict(&answer, &other), "nonce"),
        Some("presentation.nonce")
    );
    let refused = verdict(&answer, "x.y.z");
    assert_eq!(code(&refused, "request"), Some("request.signature"));
    let without = answered(&request, &mandate(), &[]);
    assert_eq!(
        code(&verdict(&without, &request), "request"),
        Some("request.claim_missing")
    );
    // None of these used the nonce up.
    assert_eq!(verdict(&answer, &request)["verdict"], "valid");
}

#[test]
fn past_instants_and_ages_are_asked_about_as_on_the_command_line() {
    let sidecar = Sidecar::start(&[]);
    let request = sidecar.request();
    let answer = answered(&request, &mandate(), &["name"]);
    let ask = |more: Value| {
        let mut body = json!({"presentation": answer, "request": request, "recheck": true});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        sidecar.post("/verdict", &body)
    };
    let before = ask(json!({"at": "2001-01-01T00:00:00Z"})).json();
    assert_eq!(before["verdict"], "invalid");
    assert_eq!(before["at"], "2001-01-01T00:00:00Z");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let old = ask(json!({"maxAge": "0s"})).json();
    assert_eq!(code(&old, "freshness"), Some("bundle.stale"));
    assert_eq!(old["verdict"], "indeterminate");
    for wrong in [
        json!({"at": "2001-01-01"}),
        json!({"at": "2999-01-01T00:00:00Z"}),
        json!({"maxAge": 60}),
        json!({"maxAge": "soon"}),
        json!({"recheck": "yes"}),
        json!({"trust": "everybody"}),
        json!({"presentation": 7}),
        json!({"request": null}),
    ] {
        assert_eq!(
            ask(wrong.clone()).problem(),
            (400, "serve.malformed".to_owned()),
            "{wrong}"
        );
    }
}

#[test]
fn a_presentation_may_be_handed_in_as_an_object() {
    let sidecar = Sidecar::start(&[]);
    let request = sidecar.request();
    let answer = answered(&request, &mandate(), &["name"]);
    let several = json!({"vp_token": {"MemberMandate": [answer]}});
    let body = json!({"presentation": several, "request": request});
    let verdict = sidecar.post("/verdict", &body).json();
    assert_eq!(verdict["verdict"], "valid", "{verdict:#}");
}

#[test]
fn requests_are_made_of_names_the_catalogue_knows() {
    let sidecar = Sidecar::start(&[]);
    let ask = |body: Value| sidecar.post("/requests", &body);
    let made = ask(json!({"claims": ["MemberMandate:name"], "purpose": "a vote", "expires": "5m"}));
    assert_eq!(made.status, 201);
    assert_eq!(made.json()["schema"], "mandate.request-signed/1");
    for wrong in [
        json!({"claims": [], "purpose": "a vote"}),
        json!({"claims": ["MemberMandate:shoeSize"], "purpose": "a vote"}),
        json!({"claims": ["MemberMandate:name"]}),
        json!({"claims": ["MemberMandate:name"], "purpose": ""}),
        json!({"claims": ["MemberMandate:name"], "purpose": "a vote", "expires": "-1s"}),
        json!({"claims": ["MemberMandate:name"], "purpose": "a vote", "nonce": "mine"}),
        json!([]),
    ] {
        assert_eq!(
            ask(wrong.clone()).problem(),
            (400, "serve.malformed".to_owned()),
            "{wrong}"
        );
    }
}
