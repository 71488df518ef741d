//! Strict JSON against serde_json, and JCS: what is canonical stays as it is.

#![no_main]

use identity_core::encoding::{
    jcs,
    strict_json::{self, Limits},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(value) = strict_json::parse(input, &Limits::small()) else {
        return;
    };
    // What is accepted here, everybody accepts: no document that only this parser understands.
    serde_json::from_slice::<serde_json::Value>(input).expect("strict JSON is JSON");
    let Ok(canonical) = jcs::canonicalize(&value) else {
        return;
    };
    let again =
        strict_json::parse(&canonical, &Limits::small()).expect("canonical JSON is strict JSON");
    assert_eq!(
        jcs::canonicalize(&again).expect("it was canonical"),
        canonical
    );
});
