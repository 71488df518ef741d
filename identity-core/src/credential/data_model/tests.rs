//! A valid document, and small changes of it, each with its code and place.

mod credential;
mod presentation;
mod related;

use proptest::prelude::*;

use super::*;
use crate::{
    Code,
    encoding::strict_json::{Limits, Object, Value, parse},
};

fn value(json: &str) -> Value<'static> {
    parse(json.as_bytes(), &Limits::small())
        .unwrap_or_else(|error| panic!("{error}: {json}"))
        .into_owned()
}

fn object(json: &str) -> Object<'static> {
    match value(json) {
        Value::Object(object) => object,
        other => panic!("{other:?}"),
    }
}

/// Sets the member at a pointer to JSON, or takes it out when there is none.
fn set(document: &mut Object<'static>, pointer: &str, json: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let mut here = document;
    let mut steps = parent.split('/').skip(1).peekable();
    while let Some(step) = steps.next() {
        let mut next = here.get_mut(step).unwrap_or_else(|| panic!("{pointer}"));
        while let Value::Array(items) = next {
            let index: usize = steps.next().unwrap().parse().unwrap();
            next = &mut items[index];
        }
        here = match next {
            Value::Object(object) => object,
            other => panic!("{pointer}: {other:?}"),
        };
    }
    if json.is_empty() {
        here.remove(name).unwrap_or_else(|| panic!("{pointer}"));
    } else {
        here.insert(name.to_owned(), value(json));
    }
}

fn found(result: Result<(), ModelErrors>) -> Vec<(Code, String)> {
    let errors = result.err().into_iter().flatten();
    errors.map(|e| (e.code(), e.fault().at.clone())).collect()
}

/// What is set where, and what comes of it.
type Change<'c> = (&'c str, &'c str, Option<(Code, &'c str)>);

/// Holds each change of a valid document to exactly one error, or to none where no code is given.
fn each_change(
    valid: &str,
    check: fn(&Object<'_>) -> Result<(), ModelErrors>,
    changes: &[Change<'_>],
) {
    assert_eq!(found(check(&object(valid))), []);
    for (pointer, json, expected) in changes {
        let mut document = object(valid);
        set(&mut document, pointer, json);
        let expected: Vec<_> = expected
            .iter()
            .map(|(c, at)| (*c, (*at).to_owned()))
            .collect();
        assert_eq!(found(check(&document)), expected, "{pointer} = {json}");
    }
}

/// Any JSON, with the names that are looked at.
fn json() -> impl Strategy<Value = Value<'static>> {
    let name = prop::sample::select(vec![
        "@context",
        "@direction",
        "@language",
        "@type",
        "@value",
        "a/b",
        "credentialSchema",
        "credentialStatus",
        "credentialSubject",
        "description",
        "digestMultibase",
        "digestSRI",
        "evidence",
        "holder",
        "id",
        "issuer",
        "jsonSchema",
        "mediaType",
        "name",
        "proof",
        "relatedResource",
        "termsOfUse",
        "type",
        "validFrom",
        "validUntil",
        "verifiableCredential",
    ]);
    let text = prop::sample::select(vec![
        "",
        "en",
        "ltr",
        "https://www.w3.org/ns/credentials/v2",
        "VerifiableCredential",
        "VerifiablePresentation",
        "EnvelopedVerifiableCredential",
        "did:example:a",
        "data:application/vc+jwt,x",
        "2026-01-01T00:00:00Z",
        "sha256-",
        "uEiAA",
        "text/plain",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text.prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((name.clone(), inner), 0..8).prop_map(Value::object),
        ]
    })
}

proptest! {
    #[test]
    fn no_document_panics(document in json()) {
        if let Value::Object(document) = document {
            for result in [
                check_credential(&document),
                check_presentation(&document),
                check_envelope(&document, DocumentKind::EnvelopedCredential),
            ] {
                if let Err(errors) = result {
                    prop_assert!((1..=ModelErrors::MAX).contains(&errors.found().len()));
                }
            }
            let _ = (issuer(&document), holder(&document), related_resource(&document, None));
        }
    }
}
