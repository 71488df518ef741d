//! Credentials that fit a schema, those that do not, and schemas that are not used.

use proptest::prelude::*;

use super::*;

const CREDENTIAL: &str = r#"{
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "credentialSubject": { "id": "did:example:ada", "seat": 17, "tree": { "left": { "left": {} } } },
    "proof": { "type": "DataIntegrityProof" }
}"#;

fn object(json: &str) -> Object<'static> {
    let value = strict_json::parse(json.as_bytes(), &Limits::small()).unwrap();
    match value.into_owned() {
        Value::Object(object) => object,
        other => panic!("{other:?}"),
    }
}

/// Holds the credential against a schema of these members, of the 2020-12 dialect.
fn against(members: &str) -> Result<(), SchemaError> {
    let schema =
        format!(r#"{{ "$schema": "https://json-schema.org/draft/2020-12/schema", {members} }}"#);
    check(&object(CREDENTIAL), schema.as_bytes())
}

fn code(members: &str) -> Option<Code> {
    against(members).err().map(|error| error.code())
}

const MISMATCH: Option<Code> = Some(Code::VcSchemaMismatch);
const UNUSABLE: Option<Code> = Some(Code::VcSchemaUnchecked);

#[test]
fn a_credential_fits_or_does_not() {
    let subject = |schema: &str| {
        let members = format!(r#""properties": {{ "credentialSubject": {schema} }}"#);
        code(&members)
    };
    assert_eq!(subject(r#"{ "required": ["seat"] }"#), None);
    assert_eq!(subject(r#"{ "required": ["group"] }"#), MISMATCH);
    assert_eq!(
        subject(r#"{ "properties": { "seat": { "type": "integer", "maximum": 17 } } }"#),
        None
    );
    assert_eq!(
        subject(r#"{ "properties": { "seat": { "type": "string" } } }"#),
        MISMATCH
    );
    assert_eq!(
        subject(r#"{ "properties": { "id": { "pattern": "^did:" } } }"#),
        None
    );
    assert_eq!(
        subject(r#"{ "properties": { "id": { "pattern": "^urn:" } } }"#),
        MISMATCH
    );
    let error = against(
        r#""properties": { "credentialSubject": { "properties": { "seat": { "type": "string" } } } }"#,
    );
    let expected = SchemaError::Mismatch {
        at: "/credentialSubject/seat".to_owned(),
        keyword: "type".to_owned(),
    };
    assert_eq!(error, Err(expected));
}

#[test]
fn the_proof_is_not_looked_at() {
    assert_eq!(code(r#""required": ["proof"]"#), MISMATCH);
    assert_eq!(code(r#""properties": { "proof": false }"#), None);
}

#[test]
fn dialects_are_told_apart() {
    for (dialect, expected) in [
        ("https://json-schema.org/draft/2020-12/schema", None),
        ("https://json-schema.org/draft/2019-09/schema", None),
        ("http://json-schema.org/draft-07/schema#", None),
        ("http://json-schema.org/draft-04/schema#", UNUSABLE),
        ("https://a.example/dialect", UNUSABLE),
    ] {
        let schema = format!(r#"{{ "$schema": "{dialect}" }}"#);
        let checked = check(&object(CREDENTIAL), schema.as_bytes());
        assert_eq!(
            checked.err().map(|error| error.code()),
            expected,
            "{dialect}"
        );
    }
    for schema in ["{}", "true", "", "[", r#"{ "$schema": 7 }"#] {
        let checked = check(&object(CREDENTIAL), schema.as_bytes());
        assert_eq!(
            checked.err().map(|error| error.code()),
            UNUSABLE,
            "{schema}"
        );
    }
}

#[test]
fn a_schema_refers_to_itself_alone() {
    let parts = r#""$defs": { "seat": { "type": "string" }, "a/b": true }"#;
    let subject = |target: &str| {
        code(&format!(
            r#"{parts}, "properties": {{ "credentialSubject": {{ "properties": {{ "seat": {{ "$ref": "{target}" }} }} }} }}"#
        ))
    };
    assert_eq!(subject("#/$defs/seat"), MISMATCH);
    assert_eq!(subject("#/$defs/a~1b"), None);
    for target in [
        "https://a.example/schema",
        "other.json",
        "file:///etc/passwd",
        "#/$defs/none",
        "#seat",
        "#/%24defs/seat",
        "https://json-schema.org/draft/2020-12/schema",
    ] {
        assert_eq!(subject(target), UNUSABLE, "{target}");
    }
}

#[test]
fn keywords_that_change_what_is_referred_to_are_not_used() {
    for members in [
        r#""$anchor": "a""#,
        r##""$dynamicRef": "#""##,
        r##""$recursiveRef": "#""##,
        r#""$dynamicAnchor": "a""#,
        r#""$recursiveAnchor": true"#,
        r#""$vocabulary": {}"#,
        r#""properties": { "a": { "$id": "https://a.example/" } }"#,
    ] {
        assert_eq!(code(members), UNUSABLE, "{members}");
    }
    assert_eq!(code(r#""$id": "https://a.example/""#), None);
}

#[test]
fn what_is_no_schema_is_not_used() {
    assert_eq!(code(r#""type": 7"#), UNUSABLE);
    assert_eq!(code(r#""properties": []"#), UNUSABLE);
    assert_eq!(code(r#""pattern": "(""#), UNUSABLE);
    // Patterns that need backtracking take time without bound.
    assert_eq!(code(r#""pattern": "(?=a)""#), UNUSABLE);
    assert_eq!(code(r#""pattern": "((a{500}){500}){500}""#), UNUSABLE);
}

#[test]
fn recursion_that_goes_deeper_is_taken_once() {
    let tree = |ways: &str| {
        code(&format!(
            r##"
            "$defs": {{ "tree": {{ "type": "object", "properties": {{ {ways} }} }} }},
            "properties": {{ "credentialSubject": {{ "properties": {{ "tree": {{ "$ref": "#/$defs/tree" }} }} }} }}
            "##
        ))
    };
    let way = |name: &str| format!(r##""{name}": {{ "$ref": "#/$defs/tree" }}"##);
    assert_eq!(tree(&way("left")), None);
    assert_eq!(
        tree(&format!("{}, {}", way("left"), way("right"))),
        UNUSABLE
    );
    assert_eq!(code(r##""$ref": "#""##), UNUSABLE);
    assert_eq!(code(r##""anyOf": [{ "$ref": "#" }]"##), UNUSABLE);
    let round = r##""$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "$ref": "#/$defs/a" } }, "$ref": "#/$defs/a""##;
    assert_eq!(code(round), UNUSABLE);
    let not = r##""$defs": { "a": { "not": { "$ref": "#/$defs/a" } } }, "$ref": "#/$defs/a""##;
    assert_eq!(code(not), UNUSABLE);
}

#[test]
fn recursion_on_two_ways_through_one_part_is_noticed() {
    let members = r##"
        "$defs": { "a": { "properties": { "x": { "$ref": "#" } } } },
        "anyOf": [{ "$ref": "#/$defs/a" }, { "$ref": "#/$defs/a" }]
    "##;
    assert_eq!(code(members), UNUSABLE);
}

#[test]
fn a_schema_that_unfolds_without_measure_is_not_used() {
    let mut parts: Vec<String> = (0..40)
        .map(|i| {
            let next = i + 1;
            format!(r##""p{i}": {{ "anyOf": [{{ "$ref": "#/$defs/p{next}" }}, {{ "$ref": "#/$defs/p{next}" }}] }}"##)
        })
        .collect();
    parts.push(r#""p40": false"#.to_owned());
    let members = format!(
        r##""$defs": {{ {} }}, "$ref": "#/$defs/p0""##,
        parts.join(",")
    );
    assert_eq!(code(&members), UNUSABLE);
}

#[test]
fn patterns_are_counted() {
    let patterns = |count: usize| {
        let members: Vec<String> = (0..count).map(|i| format!(r#""^{i}$": true"#)).collect();
        code(&format!(
            r#""patternProperties": {{ {} }}"#,
            members.join(",")
        ))
    };
    assert_eq!(patterns(64), None);
    assert_eq!(patterns(65), UNUSABLE);
}

#[test]
fn a_schema_is_bounded_in_size() {
    let long = format!(r#""title": "{}""#, "x".repeat(1 << 16));
    assert_eq!(code(&long), UNUSABLE);
}

proptest! {
    #[test]
    fn no_schema_panics(at in 0usize..400, c in "[a-z\"\\[\\]{}:,#$/0-9]") {
        let valid = r##"{ "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$defs": { "a": { "pattern": "^did:[a-z]+$", "enum": [1, "x"] } },
            "properties": { "credentialSubject": { "$ref": "#/$defs/a", "items": { "$ref": "#" } } },
            "allOf": [{ "if": { "required": ["id"] }, "then": { "minProperties": 2 } }] }"##;
        let mut schema = valid.to_owned();
        let at = at % schema.len();
        schema.replace_range(at..=at, &c);
        let _ = check(&object(CREDENTIAL), schema.as_bytes());
    }
}
