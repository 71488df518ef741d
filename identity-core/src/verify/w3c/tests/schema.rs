//! Schemas that a credential names, and those at hand.

use std::collections::BTreeMap;

use super::*;

const ID: &str = "https://parliament.example/schema/1";

fn named(kind: &str) -> Object<'static> {
    let entry = format!(r#"[{{ "id": "{ID}", "type": "{kind}" }}]"#);
    issued(with("credentialSchema", &entry))
}

fn hold(document: &Object<'_>, schema: &str) -> Result<Authentic<Credential>, NotAuthentic> {
    let schemas = BTreeMap::from([(ID.to_owned(), schema.as_bytes().to_vec())]);
    let at_hand = AtHand::nothing().with_schemas(&schemas);
    ask_with(document, &Question::at(now()), &at_hand)
}

fn unchecked() -> Vec<(Code, String)> {
    one(Code::VcSchemaUnchecked, "/credentialSchema/0")
}

#[test]
fn what_was_not_held_against_a_schema_is_said() {
    assert_eq!(warnings(ask(&named("JsonSchema"))), unchecked());
    assert_eq!(
        warnings(hold(&named("https://a.example/#Other"), "{}")),
        unchecked()
    );
    let alone = issued(with(
        "credentialSchema",
        &format!(r#"{{ "id": "{ID}", "type": "urn:a:x" }}"#),
    ));
    assert_eq!(
        warnings(ask(&alone)),
        one(Code::VcSchemaUnchecked, "/credentialSchema")
    );
}

#[test]
fn a_schema_with_another_digest_is_refused() {
    let entry = |digest: &str| {
        let entry =
            format!(r#"[{{ "id": "{ID}", "type": "urn:a:other", "digestSRI": "{digest}" }}]"#);
        issued(with("credentialSchema", &entry))
    };
    let empty = entry("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    assert_eq!(warnings(hold(&empty, "")), unchecked());
    let refused = one(Code::VcRelatedMismatch, "/credentialSchema/0");
    assert_eq!(refusal(hold(&empty, "{}")), refused);
    assert_eq!(refusal(hold(&entry("md5-x"), "")), refused);
}

#[cfg(feature = "json-schema")]
mod compared {
    use super::*;

    const DIALECT: &str = r#""$schema": "https://json-schema.org/draft/2020-12/schema""#;

    fn requiring(name: &str) -> String {
        format!(
            r#"{{ {DIALECT}, "properties": {{ "credentialSubject": {{ "required": ["{name}"] }} }} }}"#
        )
    }

    #[test]
    fn a_credential_that_does_not_fit_is_refused() {
        let document = named("JsonSchema");
        assert_eq!(warnings(hold(&document, &requiring("name"))), []);
        let mismatch = one(Code::VcSchemaMismatch, "/credentialSchema/0");
        assert_eq!(refusal(hold(&document, &requiring("seat"))), mismatch);
        assert_eq!(warnings(hold(&document, "{}")), unchecked());
        // Another type before it hides nothing.
        let entry = format!(r#"[{{ "id": "{ID}", "type": ["urn:a:x", "JsonSchema"] }}]"#);
        let document = issued(with("credentialSchema", &entry));
        assert_eq!(refusal(hold(&document, &requiring("seat"))), mismatch);
    }

    #[test]
    fn a_draft_that_does_not_fit_is_refused() {
        let mut draft = named("JsonSchema");
        draft.remove("proof");
        let schemas = BTreeMap::from([(ID.to_owned(), requiring("seat").into_bytes())]);
        let at_hand = AtHand::nothing().with_schemas(&schemas);
        let refused = check_draft(&draft, now(), &at_hand, &mut Budget::presentation());
        assert_eq!(
            refusal(refused),
            one(Code::VcSchemaMismatch, "/credentialSchema/0")
        );
    }

    fn schema_credential(schema: &str) -> Object<'static> {
        let subject =
            format!(r#"{{ "id": "{ID}", "type": "JsonSchema", "jsonSchema": {schema} }}"#);
        issued_by(3, {
            let mut document = with("credentialSubject", &subject);
            document.insert("issuer", did_of(3).to_string().into());
            document
        })
    }

    fn text(document: &Object<'_>) -> String {
        let bytes = crate::encoding::jcs::canonicalize_object(document, None).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_schema_may_stand_in_a_credential() {
        let document = named("JsonSchemaCredential");
        let fits = text(&schema_credential(&requiring("name")));
        assert_eq!(warnings(hold(&document, &fits)), []);
        let mismatch = one(Code::VcSchemaMismatch, "/credentialSchema/0");
        let other = text(&schema_credential(&requiring("seat")));
        assert_eq!(refusal(hold(&document, &other)), mismatch);
    }

    /// A schema does not stop to mean what it meant when its credential is over.
    #[test]
    fn a_schema_credential_is_read_whatever_its_period_and_status() {
        let document = named("JsonSchemaCredential");
        let mismatch = one(Code::VcSchemaMismatch, "/credentialSchema/0");
        let status = r#"[{ "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
            "statusListIndex": "7", "statusListCredential": "https://a.example/status" }]"#;
        for (name, value) in [
            ("validUntil", r#""2025-01-01T00:00:00Z""#),
            ("credentialStatus", status),
        ] {
            let mut schema = schema_credential(&requiring("seat"));
            schema.remove("proof");
            let value = parse(value.as_bytes(), &Limits::small()).unwrap();
            schema.insert(name, value.into_owned());
            let schema = text(&issued_by(3, schema));
            assert_eq!(refusal(hold(&document, &schema)), mismatch, "{name}");
        }
    }

    #[test]
    fn a_schema_whose_credential_was_revoked_still_means_what_it_meant() {
        use super::status::{FAR, LIST, list, read};
        use crate::status::w3c::{KnownLists, ListIssuers, Purpose, StatusEntry};

        let revoked = list(3, Some(7), Purpose::Revocation, FAR);
        let mut lists = KnownLists::default();
        lists.insert(read(&revoked).unwrap()).unwrap();
        let mut schema = schema_credential(&requiring("seat"));
        schema.remove("proof");
        let entry = StatusEntry::new(Purpose::Revocation, 7, LIST).unwrap();
        schema.insert("credentialStatus", Value::array([entry.to_value()]));
        let schema = text(&issued_by(3, schema)).into_bytes();
        let schemas = BTreeMap::from([(ID.to_owned(), schema)]);
        let at_hand = AtHand::nothing()
            .with_schemas(&schemas)
            .with_status_lists(&lists, ListIssuers::SameDid);
        let document = named("JsonSchemaCredential");
        let found = ask_with(&document, &Question::at(now()), &at_hand);
        let mismatch = one(Code::VcSchemaMismatch, "/credentialSchema/0");
        assert_eq!(refusal(found), mismatch);
    }

    #[test]
    fn a_schema_credential_that_is_not_authentic_says_nothing() {
        let document = named("JsonSchemaCredential");
        let mut changed = schema_credential(&requiring("seat"));
        changed.insert("name", "x".into());
        assert_eq!(warnings(hold(&document, &text(&changed))), unchecked());
        assert_eq!(
            warnings(hold(&document, &text(&issued(draft())))),
            unchecked()
        );
        assert_eq!(warnings(hold(&document, "[]")), unchecked());
        assert_eq!(warnings(hold(&document, "")), unchecked());
    }
}
