//! The JSON serialisation, flattened and general.

use super::*;
use crate::proof::sd_jwt::json::to_compact;

fn compact(json: &str) -> Result<String, Code> {
    to_compact(json.as_bytes(), &mut Budget::presentation()).map_err(|e| e.code())
}

#[test]
fn both_forms_become_the_compact_one() {
    for (json, expected) in [
        (
            r#"{"payload":"p","protected":"h","signature":"s"}"#,
            "h.p.s~",
        ),
        (
            r#"{"payload":"p","protected":"h","signature":"s","header":{"disclosures":["a","b"],"kid":"x"}}"#,
            "h.p.s~a~b~",
        ),
        (
            r#"{"payload":"p","protected":"h","signature":"s","header":{"disclosures":[],"kb_jwt":"x.y.z"}}"#,
            "h.p.s~x.y.z",
        ),
        (
            r#"{"payload":"p","signatures":[{"protected":"h","signature":"s","header":{"disclosures":["a"],"kb_jwt":"x.y.z"}},
               {"protected":"i","signature":"t","header":{"kid":"2"}}]}"#,
            "h.p.s~a~x.y.z",
        ),
    ] {
        assert_eq!(compact(json).as_deref(), Ok(expected));
    }
}

#[test]
fn what_could_be_read_as_another_is_refused() {
    for json in [
        "[]",
        "{}",
        r#"{"payload":"p","protected":"h"}"#,
        r#"{"payload":7,"protected":"h","signature":"s"}"#,
        r#"{"payload":"p.q","protected":"h","signature":"s"}"#,
        r#"{"payload":"p","protected":"h~x","signature":"s"}"#,
        r#"{"payload":"p","protected":"h","signature":"s~x"}"#,
        r#"{"payload":"p","protected":"h","signature":"s","header":7}"#,
        r#"{"payload":"p","protected":"h","signature":"s","header":{"disclosures":"a"}}"#,
        r#"{"payload":"p","protected":"h","signature":"s","header":{"disclosures":[7]}}"#,
        r#"{"payload":"p","protected":"h","signature":"s","header":{"disclosures":["a~b"]}}"#,
        r#"{"payload":"p","protected":"h","signature":"s","header":{"kb_jwt":7}}"#,
        r#"{"payload":"p","protected":"h","signature":"s","header":{"kb_jwt":""}}"#,
        r#"{"payload":"p","protected":"h","signature":"s","header":{"kb_jwt":"a~x.y.z"}}"#,
        r#"{"payload":"p","signatures":[]}"#,
        r#"{"payload":"p","signatures":{}}"#,
        r#"{"payload":"p","signatures":["x"]}"#,
        r#"{"payload":"p","signatures":[{"protected":"h","signature":"s"}],"protected":"h"}"#,
        r#"{"payload":"p","signatures":[{"protected":"h","signature":"s"}],"signature":"s"}"#,
        r#"{"payload":"p","signatures":[{"protected":"h","signature":"s"}],"header":{}}"#,
        r#"{"payload":"p","signatures":[{"protected":"h","signature":"s"},{"protected":"i","signature":"t","header":{"disclosures":[]}}]}"#,
        r#"{"payload":"p","signatures":[{"protected":"h","signature":"s"},{"protected":"i","signature":"t","header":{"kb_jwt":"x"}}]}"#,
    ] {
        assert_eq!(compact(json), Err(Code::SdJwtMalformed), "{json}");
    }
    let twice = r#"{"payload":"p","payload":"q","protected":"h","signature":"s"}"#;
    assert_eq!(compact(twice), Err(Code::JsonDuplicateName));
    let mut budget = Budget::presentation();
    budget.spend_bytes(1 << 20).unwrap();
    let json = br#"{"payload":"p","protected":"h","signature":"s"}"#;
    let found = to_compact(json, &mut budget).map_err(|e| e.code());
    assert_eq!(found, Err(Code::BudgetExhausted));
}

#[test]
fn a_credential_in_either_form_verifies() {
    let (shown, digest) = disclosure(r#"["c2FsdA","x",1]"#);
    let text = issued(&format!(r#"{{"vct":"a","_sd":["{digest}"]}}"#), &[]);
    let mut parts = text.trim_end_matches('~').split('.');
    let mut part = || parts.next().unwrap();
    let (protected, payload, signature) = (part(), part(), part());
    let signed = format!(
        r#""protected":"{protected}","signature":"{signature}","header":{{"disclosures":["{shown}"]}}"#
    );
    for json in [
        format!(r#"{{"payload":"{payload}",{signed}}}"#),
        format!(r#"{{"payload":"{payload}","signatures":[{{{signed}}}]}}"#),
    ] {
        let verified = by_did(&compact(&json).unwrap()).unwrap();
        assert_eq!(verified.claims().get("x").and_then(Value::as_i64), Some(1));
    }
}
