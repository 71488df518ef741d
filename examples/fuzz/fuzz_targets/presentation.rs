//! Presentations: whatever is not byte for byte the holder's answer must never be valid.

#![no_main]

use std::sync::LazyLock;

use identity_core::presentation::request::Request;
use libfuzzer_sys::fuzz_target;
use mandate_fuzz::edited;
use testkit::world::{World, key, now};
use verifier_lib::{Recheck, Verifier, VerifyError, When};

struct Scene {
    gate: Verifier,
    request: Request,
    answer: String,
}

static SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let world = World::new();
    let anchor = format!("{}=Chamber", world.issuer)
        .parse()
        .expect("an anchor");
    let mut gate = Verifier::new("Gate", key(4), [anchor]).expect("one anchor");
    gate.add_bundle(world.bundle(|_| ()).as_bytes())
        .expect("authentic");
    let (request, _) = world.request("MemberMandate:name,constituency?");
    let answer = World::present(&request, &world.issue(|_| ()), &["name", "constituency"]);
    Scene {
        gate,
        request,
        answer,
    }
});

fuzz_target!(|input: &[u8]| {
    let scene = &*SCENE;
    let file = edited(scene.answer.as_bytes(), input);
    let found = scene
        .gate
        .check(&file, &scene.request, When::now(now()), &mut Recheck);
    match found {
        Ok(verified) => {
            let same = file.trim_ascii_end() == scene.answer.as_bytes().trim_ascii_end();
            assert!(same, "a changed presentation is valid");
            assert_eq!(verified.credentials().len(), 1);
        }
        Err(VerifyError::Refused(report)) => {
            let verdict = report.verdict();
            assert_ne!(verdict.exit_code(), 0);
            // Whoever changed the file does not get claims shown as somebody's.
            let shown = report
                .credentials
                .iter()
                .any(|c| c.claims.as_object().is_some_and(|o| !o.is_empty()));
            assert!(
                !shown
                    || verdict.exit_code() != 10
                    || report.credentials.iter().all(|c| c.issuer.is_some())
            );
            let text = report.to_json();
            serde_json::from_str::<serde_json::Value>(&text.to_string())
                .expect("a verdict is JSON");
        }
        Err(_) => {}
    }
});
