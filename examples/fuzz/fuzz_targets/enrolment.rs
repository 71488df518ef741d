//! Enrolments and one-time codes.

#![no_main]

use std::sync::LazyLock;

use identity_core::enrolment::{Code, Enrolment, prove};
use libfuzzer_sys::fuzz_target;
use mandate_fuzz::edited;
use testkit::world::{Steps, World, key, now};

static VALID: LazyLock<(String, String)> = LazyLock::new(|| {
    let issuer = World::new().issuer;
    let code = Code::generate(&issuer, &mut Steps(5));
    let proof = prove(&code, &issuer, &key(3), now()).expect("the issuer's code");
    (code.secret_text().to_string(), proof)
});

fuzz_target!(|input: &[u8]| {
    let Some((which, input)) = input.split_first() else {
        return;
    };
    let issuer = World::new().issuer;
    if which & 1 == 0 {
        let Ok(text) = String::from_utf8(edited(VALID.0.as_bytes(), input).into_owned()) else {
            return;
        };
        if let Ok(code) = text.parse::<Code>() {
            let again: Code = code
                .secret_text()
                .parse()
                .expect("what is written can be read");
            assert_eq!(*again.secret_text(), *code.secret_text());
            let _ = code.key(&issuer);
        }
    } else {
        let Ok(text) = String::from_utf8(edited(VALID.1.as_bytes(), input).into_owned()) else {
            return;
        };
        let opened = Enrolment::open(&text, &issuer, now());
        assert!(
            opened.is_err() || text.trim_end() == VALID.1,
            "a changed enrolment was opened"
        );
    }
});
