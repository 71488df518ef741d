//! Requests: as they come, and payloads that a verifier's key did sign.

#![no_main]

use std::sync::LazyLock;

use identity_core::{
    encoding::base64url,
    key::Algorithm,
    presentation::request::{Asked, Request, TYP},
    proof::jose::Header,
};
use libfuzzer_sys::fuzz_target;
use mandate_fuzz::{edited, sign};
use testkit::world::{World, key, now};

static VALID: LazyLock<String> =
    LazyLock::new(|| World::new().request("MemberMandate:name,seat?").1);
static PAYLOAD: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let payload = VALID.split('.').nth(1).expect("three parts");
    base64url::decode(payload).expect("canonical")
});

fuzz_target!(|input: &[u8]| {
    let Some((which, input)) = input.split_first() else {
        return;
    };
    let world = World::new();
    let method = world
        .verifier
        .with_fragment(world.verifier.specific_id())
        .expect("its own key");
    let text = if which & 1 == 0 {
        let Ok(text) = String::from_utf8(edited(VALID.as_bytes(), input).into_owned()) else {
            return;
        };
        let opened = Request::open(&text);
        assert!(
            opened.is_err() || text.trim_end() == VALID.trim_end(),
            "a changed request was opened"
        );
        let _ = Asked::from_flag(&text);
        text
    } else {
        sign(
            &Header::with_kid(Algorithm::EdDsa, TYP, &method),
            &edited(&PAYLOAD, input),
            &key(4),
        )
    };
    if let Ok(request) = Request::open(&text) {
        let _ = request.check_time(now());
        let again = request
            .sign(&method, &key(4))
            .expect("what was read can be written");
        assert_eq!(
            Request::open(&again).expect("what was written can be read"),
            request
        );
    }
});
