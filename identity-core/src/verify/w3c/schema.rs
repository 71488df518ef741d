//! The schemas that a credential names (VC Data Model 2.0 section 4.11).

use jiff::Timestamp;

use super::{AtHand, Problem, problem::Findings};
use crate::{
    Code,
    credential::data_model::{Place, RelatedOutcome, related_resource, states_digest},
    encoding::strict_json::{Object, Value},
    verify::Budget,
};

/// The kinds of schemas that are used here (VC JSON Schema 1.0 section 2).
const KINDS: [&str; 2] = ["JsonSchema", "JsonSchemaCredential"];

/// What is known of one schema.
enum Outcome {
    #[cfg(feature = "json-schema")]
    Fits,
    Refused(Code, String),
    Unchecked(String),
}

/// Holds the credential against every schema that it names and that is at hand.
pub(super) fn check(
    document: &Object<'_>,
    now: Timestamp,
    at_hand: &AtHand<'_>,
    budget: &mut Budget,
    at: &Place<'_>,
    found: &mut Findings,
) {
    let here = at.member("credentialSchema");
    let mut hold =
        |value: &Value<'_>, at: &Place<'_>| match one(document, value, now, at_hand, budget) {
            #[cfg(feature = "json-schema")]
            Outcome::Fits => {}
            Outcome::Refused(code, detail) => found.refuse(Problem::new(code, at, detail)),
            Outcome::Unchecked(detail) => {
                found.warn(Problem::new(Code::VcSchemaUnchecked, at, detail));
            }
        };
    match document.get("credentialSchema") {
        None => {}
        Some(Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                hold(item, &here.element(index));
            }
        }
        Some(one) => hold(one, &here),
    }
}

fn one(
    document: &Object<'_>,
    entry: &Value<'_>,
    now: Timestamp,
    at_hand: &AtHand<'_>,
    budget: &mut Budget,
) -> Outcome {
    let id = entry.get("id").and_then(Value::as_str).unwrap_or_default();
    let Some(bytes) = at_hand.schemas.find(id) else {
        return Outcome::Unchecked("the schema is not at hand".to_owned());
    };
    // A digest beside the name of any resource is that of the resource (section 5.3).
    if let Some(entry) = entry.as_object()
        && states_digest(entry)
        && related_resource(entry, Some(bytes)) != RelatedOutcome::Same
    {
        let detail = "the schema has another digest";
        return Outcome::Refused(Code::VcRelatedMismatch, detail.to_owned());
    }
    let kinds = entry.get("type").map(|kind| match kind {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    });
    // Types have no order, and one that is not used here does not hide another.
    let mut kinds = kinds.unwrap_or_default().iter().filter_map(Value::as_str);
    let kind = kinds.find(|kind| KINDS.contains(kind)).unwrap_or_default();
    held(document, (kind, bytes), now, at_hand, budget)
}

#[cfg(feature = "json-schema")]
fn held(
    document: &Object<'_>,
    (kind, bytes): (&str, &[u8]),
    now: Timestamp,
    at_hand: &AtHand<'_>,
    budget: &mut Budget,
) -> Outcome {
    use crate::credential::json_schema::{self, SchemaError};
    let schema = match kind {
        "JsonSchema" => std::borrow::Cow::Borrowed(bytes),
        "JsonSchemaCredential" => match in_credential(bytes, now, at_hand, budget) {
            Ok(schema) => std::borrow::Cow::Owned(schema),
            Err(detail) => return Outcome::Unchecked(detail),
        },
        _ => return Outcome::Unchecked("the schema is of a kind not used here".to_owned()),
    };
    match json_schema::check(document, &schema) {
        Ok(()) => Outcome::Fits,
        Err(error @ SchemaError::Unusable { .. }) => Outcome::Unchecked(error.to_string()),
        Err(error) => Outcome::Refused(error.code(), error.to_string()),
    }
}

#[cfg(not(feature = "json-schema"))]
fn held(
    _document: &Object<'_>,
    _schema: (&str, &[u8]),
    _now: Timestamp,
    _at_hand: &AtHand<'_>,
    _budget: &mut Budget,
) -> Outcome {
    Outcome::Unchecked("this program was built without the feature `json-schema`".to_owned())
}

/// Takes the schema out of a credential that holds one, which must be authentic (VC JSON Schema 1.0
/// section 2.2). The schema that it names for itself is not looked at.
#[cfg(feature = "json-schema")]
fn in_credential(
    bytes: &[u8],
    now: Timestamp,
    at_hand: &AtHand<'_>,
    budget: &mut Budget,
) -> Result<Vec<u8>, String> {
    use super::{Question, Secured, StatusPolicy, ValidityPolicy, verify_credential};
    use crate::encoding::{
        jcs,
        strict_json::{Limits, parse},
    };
    let value = parse(bytes, &Limits::small()).map_err(|error| error.to_string())?;
    let object = value
        .as_object()
        .ok_or("the schema credential is no object")?;
    let question = Question {
        validity: ValidityPolicy::Report,
        status: StatusPolicy::Ignore,
        ..Question::at(now)
    };
    let at_hand = at_hand.with_schemas(&());
    let credential = verify_credential(Secured::Object(object), &question, &at_hand, budget)
        .map_err(|error| format!("the schema credential is {error}"))?;
    let subject = credential.get().document().get("credentialSubject");
    let schema = subject.and_then(|subject| subject.get("jsonSchema"));
    let schema = schema.ok_or("the schema credential holds no jsonSchema")?;
    jcs::canonicalize(schema).map_err(|error| error.to_string())
}
