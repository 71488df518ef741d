//! Trust bundles: as they come, and contents that the status key did sign.

#![no_main]

use std::sync::LazyLock;

use identity_core::{
    encoding::base64url,
    key::{Algorithm, Signer as _},
    proof::jose::{Header, flattened},
    trust::{Bundle, TYP},
    verify::Budget,
};
use libfuzzer_sys::fuzz_target;
use mandate_fuzz::edited;
use testkit::world::{World, key};

static VALID: LazyLock<String> = LazyLock::new(|| World::new().bundle(|_| ()));
static PAYLOAD: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let compact = flattened::to_compact(VALID.as_bytes()).expect("valid");
    base64url::decode(compact.split('.').nth(1).expect("three parts")).expect("canonical")
});

fuzz_target!(|input: &[u8]| {
    let Some((which, input)) = input.split_first() else {
        return;
    };
    let mut budget = Budget::bundle();
    if which & 1 == 0 {
        let file = edited(VALID.as_bytes(), input);
        if Bundle::open(&file, &mut budget).is_ok() {
            let of = |file: &[u8]| flattened::to_compact(file).expect("it was opened");
            assert_eq!(
                of(&file),
                of(VALID.as_bytes()),
                "a changed bundle was opened"
            );
        }
    } else {
        let header = Header::bare(key(2).public_key().algorithm(), TYP);
        let _ = Algorithm::EdDsa;
        let unsigned = identity_core::proof::jose::Unsigned::new(&header, &edited(&PAYLOAD, input));
        let file = flattened::sign(unsigned, &key(2)).expect("a software key signs");
        if let Ok(bundle) = Bundle::open(file.as_bytes(), &mut budget) {
            assert_eq!(
                bundle.signer().did(),
                &World::new().issuer,
                "the status key speaks for another issuer"
            );
            for (uri, held) in bundle.lists() {
                let _ = (uri.to_string(), held.list.get(u64::MAX), held.list.get(0));
            }
        }
    }
});
