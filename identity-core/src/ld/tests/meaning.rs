//! What documents mean: against the published rules, against another implementation, and that no
//! value goes unsigned.

use std::fmt::Write as _;

use proptest::prelude::*;
use ssi_json_ld::{
    Context, Expand as _,
    rdf::{RdfDirection, RdfQuads as _},
    rdf_types::{self, RdfDisplay as _},
};

use super::*;

fn says(text: &str) -> String {
    canonical(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn literals_are_written_as_the_standard_has_them() {
    let xsd = "http://www.w3.org/2001/XMLSchema#";
    for (value, expected) in [
        (r#""x""#, r#""x""#.to_owned()),
        ("true", format!("\"true\"^^<{xsd}boolean>")),
        ("7", format!("\"7\"^^<{xsd}integer>")),
        ("7.0", format!("\"7\"^^<{xsd}integer>")),
        ("-0", format!("\"0\"^^<{xsd}integer>")),
        ("7e2", format!("\"700\"^^<{xsd}integer>")),
        ("1.5", format!("\"1.5E0\"^^<{xsd}double>")),
        ("1e21", format!("\"1.0E21\"^^<{xsd}double>")),
        ("-1.25e-7", format!("\"-1.25E-7\"^^<{xsd}double>")),
        (
            r#"{"@value":5,"@type":"http://www.w3.org/2001/XMLSchema#double"}"#,
            format!("\"5.0E0\"^^<{xsd}double>"),
        ),
        (
            r#"{"@value":"x","@language":"DE-at"}"#,
            r#""x"@de-at"#.to_owned(),
        ),
        (
            r#"{"@value":"x","@language":"ar-EG","@direction":"rtl"}"#,
            r#""x"^^<https://www.w3.org/ns/i18n#ar-eg_rtl>"#.to_owned(),
        ),
        (
            r#"{"@value":"x","@direction":"ltr"}"#,
            r#""x"^^<https://www.w3.org/ns/i18n#_ltr>"#.to_owned(),
        ),
        (
            r#"{"@value":{"b":1.0,"a":[null]},"@type":"@json"}"#,
            format!(r#""{{\"a\":[null],\"b\":1}}"^^<{}JSON>"#, quads::RDF),
        ),
        (
            r#""a\"\\\n\r\t\b\f\u0001\u007f\ufffeé""#,
            "\"a\\\"\\\\\\n\\r\\t\\b\\f\\u0001\\u007F\\uFFFEé\"".to_owned(),
        ),
    ] {
        let found = says(&format!(r#"{{"@id":"urn:x","urn:p":{value}}}"#));
        assert_eq!(found, format!("<urn:x> <urn:p> {expected} .\n"), "{value}");
    }
}

#[test]
fn graphs_lists_and_what_is_included_are_kept() {
    let found = says(
        r#"{"@id":"urn:g","@graph":[{"@id":"urn:a","urn:p":{"@list":["x",["y"]]}}],
        "@included":[{"@id":"urn:i","urn:p":1}],"@reverse":{"urn:r":{"@id":"urn:o","urn:q":2}}}"#,
    );
    for line in [
        "<urn:a> <urn:p> _:c14n",
        "<urn:i> <urn:p> \"1\"",
        "<urn:o> <urn:r> <urn:g> .",
        "<urn:o> <urn:q> \"2\"",
        "#first> \"y\" <urn:g> .",
    ] {
        assert!(found.contains(line), "{line}: {found}");
    }
    // Two nodes alike are two.
    let twice = says(r#"{"@graph":[{"urn:p":1},{"urn:p":1}]}"#);
    assert_eq!(twice.lines().count(), 2);
}

#[test]
fn aliases_and_full_names_say_the_same() {
    let terms =
        format!(r#"{{"@context":["{V2}"],"id":"urn:x","type":"VerifiableCredential","name":"x"}}"#);
    let full = r#"{"@id":"urn:x","@type":"https://www.w3.org/2018/credentials#VerifiableCredential",
        "https://schema.org/name":"x"}"#;
    assert_eq!(says(&terms), says(full));
}

/// What `json-ld` makes of a document; `None` where it refuses it.
fn by_another(text: &str) -> Option<String> {
    let known = Contexts::standard().known();
    let (json, _) =
        <ssi_json_ld::syntax::Value as ssi_json_ld::syntax::Parse>::parse_str(text).unwrap();
    let loader: std::collections::HashMap<_, _> = known
        .iter()
        .map(|(url, document)| {
            let url: ssi_json_ld::IriBuf = url.parse().unwrap();
            let document = ssi_json_ld::syntax::Value::clone(document);
            let document = ssi_json_ld::RemoteDocument::new(Some(url.clone()), None, document);
            (url, document)
        })
        .collect();
    let options = ssi_json_ld::expansion::Options::default();
    let mut vocabulary = ();
    let expanded = json.expand_full(
        &mut vocabulary,
        Context::new(None),
        None,
        &loader,
        options,
        (),
    );
    let mut expanded = process::at_once(expanded).unwrap().ok()?;
    let mut names = rdf_types::generator::Blank::new_with_prefix("g".to_owned());
    expanded.identify_all(&mut names);
    let mut lines = String::new();
    for quad in expanded
        .rdf_quads(&mut names, Some(RdfDirection::I18nDatatype))
        .cloned()
    {
        writeln!(lines, "{} .", quad.rdf_display()).unwrap();
    }
    let (dataset, _) = nquads::read(&lines);
    Some(
        rdfc::canonicalize::<sha2::Sha256>(dataset, &mut Budget::presentation())
            .unwrap()
            .nquads,
    )
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,6}", "[ -~]{0,8}", "\\PC{0,4}"]
}

/// A value under a term of the example vocabulary, which takes all.
fn value() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::json;
    let leaf = prop_oneof![
        text().prop_map(|text| json!(text)),
        any::<bool>().prop_map(|b| json!(b)),
        (-1000i64..1000).prop_map(|n| json!(n)),
        (text(), "[a-z]{2}").prop_map(|(text, tag)| json!({"@value": text, "@language": tag})),
        (text(), "[a-z]{2}").prop_map(|(text, tag)| {
            json!({"@value": text, "@language": tag, "@direction": "rtl"})
        }),
        text().prop_map(|text| json!({"@value": text, "@type": "urn:t:own"})),
        "[a-z]{1,4}".prop_map(|id| json!({"id": format!("urn:x:{id}")})),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4).prop_map(|items| json!(items)),
            // An array in `@list` is a list to us and the reference implementation, not to `json-ld`.
            proptest::collection::vec(inner.clone(), 0..3).prop_map(
                |mut items: Vec<serde_json::Value>| {
                    items.retain(|item| !item.is_array());
                    json!({"@list": items})
                }
            ),
            node(inner),
        ]
    })
}

fn node(
    inner: impl Strategy<Value = serde_json::Value> + Clone + 'static,
) -> impl Strategy<Value = serde_json::Value> {
    let names = "[a-c]|name|description|type|evidence|termsOfUse";
    let members = proptest::collection::btree_map(names, inner, 1..5);
    (members, proptest::option::of("[a-z]{1,3}"), 0..4usize).prop_map(|(members, id, kind)| {
        let mut object = serde_json::Map::new();
        for (name, value) in members {
            let value = match name.as_str() {
                "type" => [
                    "VerifiableCredential",
                    "Person",
                    "BitstringStatusList",
                    "DataIntegrityProof",
                ][kind]
                    .into(),
                "name" | "description" => serde_json::json!("plain"),
                _ => value,
            };
            object.insert(name, value);
        }
        if let Some(id) = id {
            object.insert("id".to_owned(), format!("urn:x:{id}").into());
        }
        object.into()
    })
}

fn document() -> impl Strategy<Value = serde_json::Value> {
    let examples = "https://www.w3.org/ns/credentials/examples/v2";
    (node(value().boxed()), node(value().boxed())).prop_map(move |(mut outer, subject)| {
        outer["@context"] = serde_json::json!([V2, examples]);
        outer["credentialSubject"] = subject;
        outer["verifiableCredential"] = serde_json::json!([{"@context": [V2, examples],
            "type": ["VerifiableCredential"], "credentialSubject": {"a": "x"}}]);
        outer["type"] = "VerifiablePresentation".into();
        outer
    })
}

/// Every place in a document that holds a scalar, as a path.
fn scalars(value: &serde_json::Value, path: &str, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                scalars(item, &format!("{path}/{i}"), found);
            }
        }
        serde_json::Value::Object(members) => {
            for (name, member) in members.iter().filter(|(name, _)| *name != "@context") {
                scalars(
                    member,
                    &format!("{path}/{}", name.replace('/', "~1")),
                    found,
                );
            }
        }
        _ => found.push(path.to_owned()),
    }
}

fn reversed(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Array(items) => {
            let items: Vec<_> = items.iter().map(reversed).collect();
            format!("[{}]", items.join(","))
        }
        serde_json::Value::Object(members) => {
            let members = members.iter().rev();
            let members: Vec<_> = members
                .map(|(name, member)| format!("{}:{}", serde_json::json!(name), reversed(member)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        scalar => scalar.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn another_implementation_says_the_same(document in document()) {
        let text = document.to_string();
        if let Ok(ours) = canonical(&text) {
            prop_assert_eq!(by_another(&text), Some(ours), "{}", text);
        }
    }

    #[test]
    fn the_order_of_members_says_nothing(document in document()) {
        let (one, other) = (canonical(&document.to_string()), canonical(&reversed(&document)));
        // Of several errors, the first found is named.
        prop_assert_eq!(one.ok(), other.ok());
    }

    #[test]
    fn every_value_counts(document in document(), at: prop::sample::Index) {
        let Ok(before) = canonical(&document.to_string()) else { return Ok(()) };
        let mut places = Vec::new();
        scalars(&document, "", &mut places);
        let place = document.pointer(&places[at.index(places.len())]).unwrap().clone();
        let mut changed = document.clone();
        let spot = changed.pointer_mut(&places[at.index(places.len())]).unwrap();
        *spot = match place {
            serde_json::Value::String(text) => format!("{text}-is-changed").into(),
            // A set that has the other one already would stay as it is: RDF has no repeated values.
            serde_json::Value::Bool(b) => format!("{b}-is-changed").into(),
            serde_json::Value::Number(n) => (n.as_i64().unwrap() + 5000).into(),
            other => other,
        };
        let after = canonical(&changed.to_string());
        prop_assert!(after != Ok(before.clone()) , "{}\n{}", document, changed);
    }
}
