//! A credential's members, in the order of the Recommendation (sections 4.2 to 4.11 and 5).

use super::{
    DocumentKind, Fault, Findings, ModelError, ModelErrors, context,
    identifier::{self, Need},
    language,
    place::Place,
    related,
    stamp::Stamp,
    url::is_url,
};
use crate::encoding::strict_json::{Object, Value};

/// Checks that a document is a credential of VC Data Model 2.0; a proof need not be there yet.
///
/// # Errors
/// [`ModelErrors`] with everything found, each with its place.
pub fn check_credential(document: &Object<'_>) -> Result<(), ModelErrors> {
    check_credential_at(document, &Place::ROOT)
}

/// Checks a credential that stands at a place in another document.
pub(crate) fn check_credential_at(
    document: &Object<'_>,
    at: &Place<'_>,
) -> Result<(), ModelErrors> {
    let mut found = Findings::default();
    credential(document, at, &mut found);
    found.into_result()
}

/// Returns the URL by which a credential names its issuer (section 4.7).
pub fn issuer<'d>(document: &'d Object<'_>) -> Option<&'d str> {
    party(document.get("issuer")?)
}

/// Returns the URL of a party that is named by it, or by an object that has it as `id`.
pub(super) fn party<'d>(value: &'d Value<'_>) -> Option<&'d str> {
    match value {
        Value::String(url) => Some(url),
        Value::Object(object) => object.get("id").and_then(Value::as_str),
        _ => None,
    }
}

/// How an object that a member may hold once or several times is made up.
#[derive(Clone, Copy)]
struct Entry {
    member: &'static str,
    id: Need,
    owner: fn(Fault) -> ModelError,
}

/// The members that hold one object or several, each with a type (sections 4.10, 4.11, 5.4 to 5.6 and
/// the reserved ones of 5.9).
const ENTRIES: [Entry; 7] = [
    Entry::new("credentialStatus", Need::Optional, ModelError::Status),
    Entry::new("credentialSchema", Need::Required, ModelError::Schema),
    Entry::new("refreshService", Need::Optional, ModelError::Refresh),
    Entry::new("termsOfUse", Need::Optional, ModelError::Terms),
    Entry::new("evidence", Need::Optional, ModelError::Evidence),
    Entry::new("confidenceMethod", Need::Optional, ModelError::Refresh),
    Entry::new("renderMethod", Need::Optional, ModelError::Refresh),
];

impl Entry {
    const fn new(member: &'static str, id: Need, owner: fn(Fault) -> ModelError) -> Self {
        Self { member, id, owner }
    }
}

pub(super) fn credential(document: &Object<'_>, at: &Place<'_>, found: &mut Findings) {
    context::check(document, at, found);
    identifier::id(document, at, found);
    identifier::kind(document, Need::Required, ModelError::Type, at, found);
    identifier::is_of_kind(document, DocumentKind::Credential, at, found);
    names(document, at, found);
    check_issuer(document, at, found);
    subjects(document, at, found);
    dates(document, at, found);
    for entry in ENTRIES {
        entries(document, entry, at, found);
    }
    related::check(document, at, found);
    proof(document, at, found);
    claims(document, at, found);
}

fn names(object: &Object<'_>, at: &Place<'_>, found: &mut Findings) {
    for name in ["name", "description"] {
        if let Some(value) = object.get(name) {
            language::text(value, &at.member(name), found);
        }
    }
}

/// Section 4.7.
fn check_issuer(document: &Object<'_>, at: &Place<'_>, found: &mut Findings) {
    let Some(issuer) = document.get("issuer") else {
        return found.add(ModelError::Issuer, at, "it has no issuer");
    };
    let here = at.member("issuer");
    if !party(issuer).is_some_and(is_url) {
        let reason = "neither a URL nor an object with a URL as id";
        found.add(ModelError::Issuer, &here, reason);
    }
    if let Some(issuer) = issuer.as_object() {
        names(issuer, &here, found);
    }
}

/// Section 4.8.
fn subjects(document: &Object<'_>, at: &Place<'_>, found: &mut Findings) {
    let here = at.member("credentialSubject");
    match document.get("credentialSubject") {
        None => found.add(ModelError::Subject, at, "it has no credentialSubject"),
        Some(Value::Array(items)) => {
            if items.is_empty() {
                found.add(ModelError::Subject, &here, "an empty list of subjects");
            }
            for (index, item) in items.iter().enumerate() {
                subject(item, &here.element(index), found);
            }
        }
        Some(one) => subject(one, &here, found),
    }
}

fn subject(value: &Value<'_>, at: &Place<'_>, found: &mut Findings) {
    match value.as_object() {
        None => found.add(ModelError::Subject, at, "a subject is no object"),
        Some(object) if object.is_empty() => {
            found.add(ModelError::Subject, at, "nothing is claimed of a subject");
        }
        Some(_) => {}
    }
}

/// Section 4.9.
fn dates(document: &Object<'_>, at: &Place<'_>, found: &mut Findings) {
    let [from, until] = ["validFrom", "validUntil"].map(|name| {
        let value = document.get(name)?;
        let stamp = value.as_str().and_then(Stamp::parse);
        if stamp.is_none() {
            let reason = "not a date and time with an offset (dateTimeStamp)";
            found.add(ModelError::Dates, &at.member(name), reason);
        }
        stamp
    });
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        let reason = "it ends before it begins";
        found.add(ModelError::Dates, &at.member("validUntil"), reason);
    }
}

fn entries(document: &Object<'_>, entry: Entry, at: &Place<'_>, found: &mut Findings) {
    let Some(value) = document.get(entry.member) else {
        return;
    };
    let here = at.member(entry.member);
    each_object(value, entry.owner, &here, found, |object, at, found| {
        // What is there is looked at with the claims.
        if object.get("type").is_none() {
            found.add(entry.owner, at, "it has no type");
        }
        if matches!(entry.id, Need::Required) && object.get("id").is_none() {
            found.add(entry.owner, at, "it has no id");
        }
    });
}

/// Goes through a member that holds one object, or several.
pub(super) fn each_object<'a>(
    value: &Value<'a>,
    owner: fn(Fault) -> ModelError,
    at: &Place<'_>,
    found: &mut Findings,
    mut check: impl FnMut(&Object<'a>, &Place<'_>, &mut Findings),
) {
    match value {
        Value::Object(object) => check(object, at, found),
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                let at = at.element(index);
                match item.as_object() {
                    Some(object) => check(object, &at, found),
                    None => found.add(owner, &at, "not an object"),
                }
            }
        }
        _ => found.add(owner, at, "neither an object nor a list of objects"),
    }
}

/// Checks the shape of `proof`: whether it is right is for its own verification to say (Data
/// Integrity 1.0 section 2.1).
pub(super) fn proof(document: &Object<'_>, at: &Place<'_>, found: &mut Findings) {
    let Some(value) = document.get("proof") else {
        return;
    };
    let here = at.member("proof");
    let check = |object: &Object<'_>, at: &Place<'_>, found: &mut Findings| {
        identifier::kind(object, Need::Required, ModelError::Proof, at, found);
        identifier::id(object, at, found);
    };
    each_object(value, ModelError::Proof, &here, found, check);
}

/// Goes through everything that is claimed: every `id` is a URL, every `type` terms and URLs, and every
/// value object well formed, however deep (sections 4.4, 4.5 and 11.1).
pub(super) fn claims(document: &Object<'_>, at: &Place<'_>, found: &mut Findings) {
    /// What is looked at on its own, or is not made of claims.
    const APART: [&str; 7] = [
        "@context",
        "description",
        "id",
        "name",
        "proof",
        "type",
        "verifiableCredential",
    ];
    for (name, value) in document.iter() {
        if !APART.contains(&name) {
            claim(name, value, &at.member(name), found);
        }
    }
}

fn claim(name: &str, value: &Value<'_>, at: &Place<'_>, found: &mut Findings) {
    if found.is_full() {
        return;
    }
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                claim(name, item, &at.element(index), found);
            }
        }
        // The base context declares its value to be JSON and no claims (`@json`).
        Value::Object(_) if name == "jsonSchema" => {}
        Value::Object(object) => {
            if language::value_object(object, at, found) {
                return;
            }
            // A party's id is judged with the party.
            if !["holder", "issuer"].contains(&name) {
                identifier::id(object, at, found);
            }
            identifier::kind(object, Need::Optional, ModelError::Type, at, found);
            for (name, value) in object.iter() {
                if !["@context", "id", "type"].contains(&name) {
                    claim(name, value, &at.member(name), found);
                }
            }
        }
        _ => {}
    }
}
