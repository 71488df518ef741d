//! JSON Schemas of the credential types, made from the catalogue so that they cannot drift from it.

use serde_json::{Value, json};

use super::{ClaimForm, Kind};

/// The context of mandate credentials, `urn:mandate:context:1`: compiled in, never fetched.
pub const CONTEXT_DOCUMENT: &str = include_str!("../../../spec/contexts/mandate-1.jsonld");

/// Returns the JSON Schema (2020-12) of the claims of a type, as a verifier sees them: what is
/// required is required of the issuer, and what the holder does not show is absent.
pub fn schema(kind: Kind) -> Value {
    let mut properties = serde_json::Map::new();
    for claim in kind.claims() {
        let mut value = form(claim.form);
        value["description"] = claim.label.into();
        if claim.always_visible {
            value["x-always-visible"] = true.into();
        }
        properties.insert(claim.name.to_owned(), value);
    }
    for (name, what) in [
        ("chamber", "the chamber's code, opaque"),
        ("country", "ISO 3166-1 alpha-2"),
        ("term", "the term of the mandate"),
    ] {
        let value = json!({ "type": "string", "description": what, "x-always-visible": true });
        properties.insert(name.to_owned(), value);
    }
    let required = kind.claims().iter().filter(|claim| claim.required);
    let required: Vec<&str> = required.map(|claim| claim.name).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:mandate:schema:{kind}:1"),
        "title": kind.as_str(),
        "description": format!("{} ({})", kind.meaning(), kind.vct()),
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "x-required-of-issuer": required,
    })
}

fn form(form: ClaimForm) -> Value {
    let text = json!({ "type": "string", "minLength": 1, "maxLength": 500 });
    let record = |required: &[&str], optional: &[&str]| {
        let names = required.iter().chain(optional);
        let properties: serde_json::Map<_, _> = names
            .map(|name| ((*name).to_owned(), text.clone()))
            .collect();
        json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    };
    match form {
        ClaimForm::BasedOn => record(&["salt", "digest"], &[]),
        ClaimForm::Boolean => json!({ "type": "boolean" }),
        ClaimForm::Date => {
            json!({ "type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$" })
        }
        ClaimForm::Digest => json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$" }),
        ClaimForm::Natural => json!({ "type": "integer", "minimum": 0 }),
        ClaimForm::Person => record(&["display"], &["family", "given", "native"]),
        ClaimForm::Place => record(&["label"], &["code"]),
        ClaimForm::Text => text,
        ClaimForm::Texts => {
            json!({ "type": "array", "items": text, "minItems": 1, "maxItems": 64 })
        }
    }
}
