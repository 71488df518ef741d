//! JSON-LD and its canonical form: never a panic, never without end, and the order of members counts
//! for nothing.

#![no_main]

use identity_core::{
    encoding::strict_json::{self, Limits, Object, Value},
    ld::{Contexts, canonicalize},
    verify::Budget,
};
use libfuzzer_sys::fuzz_target;

fn reversed<'a>(value: &Value<'a>) -> Value<'a> {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(reversed).collect()),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.reverse();
            let members = members.into_iter();
            Value::object(members.map(|(name, member)| (name.to_owned(), reversed(member))))
        }
        scalar => scalar.clone(),
    }
}

fn canonical(document: &Object<'_>) -> Option<String> {
    canonicalize(document, &Contexts::standard(), &mut Budget::presentation()).ok()
}

fuzz_target!(|input: &[u8]| {
    let Ok(value) = strict_json::parse(input, &Limits::small()) else {
        return;
    };
    let Some(document) = value.as_object() else {
        return;
    };
    let found = canonical(document);
    // A JSON literal is reordered into the same canonical text, too.
    let Value::Object(other) = reversed(&value) else {
        return;
    };
    assert_eq!(found, canonical(&other), "the order of members counts");
    if let Some(text) = found {
        assert!(text.lines().is_sorted(), "the statements are not sorted");
    }
});
