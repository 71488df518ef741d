//! `id` and `type`, wherever they stand (sections 4.4 and 4.5).

use super::{Fault, Findings, ModelError, place::Place, url::is_url};
use crate::encoding::strict_json::{Object, Value};

/// Whether an object must have a member.
#[derive(Clone, Copy, Debug)]
pub(super) enum Need {
    /// It may be left out.
    Optional,
    /// It must be there.
    Required,
}

/// Returns the types that an object names.
pub(super) fn types<'d>(object: &'d Object<'_>) -> impl Iterator<Item = &'d str> {
    let named = object.get("type").map(|named| match named {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    });
    named.unwrap_or_default().iter().filter_map(Value::as_str)
}

/// Checks an object's `id`, if it has one: one URL.
pub(super) fn id(object: &Object<'_>, at: &Place<'_>, found: &mut Findings) {
    if let Some(value) = object.get("id")
        && !value.as_str().is_some_and(is_url)
    {
        found.add(ModelError::Id, &at.member("id"), "not one URL");
    }
}

/// Checks an object's `type`: a term or URL, or several. What is missing is a fault of the `owner`.
pub(super) fn kind(
    object: &Object<'_>,
    need: Need,
    owner: fn(Fault) -> ModelError,
    at: &Place<'_>,
    found: &mut Findings,
) {
    let here = at.member("type");
    let Some(value) = object.get("type") else {
        if matches!(need, Need::Required) {
            found.add(owner, at, "it has no type");
        }
        return;
    };
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    if items.is_empty() {
        found.add(ModelError::Type, &here, "an empty list of types");
    }
    if !items.iter().all(|item| item.as_str().is_some_and(is_type)) {
        found.add(
            ModelError::Type,
            &here,
            "neither a term nor an absolute URL",
        );
    }
}

/// Checks that one of the types is the one that makes the document what it is.
pub(super) fn is_of_kind(
    object: &Object<'_>,
    kind: super::DocumentKind,
    at: &Place<'_>,
    found: &mut Findings,
) {
    // A type that is missing or no text was named already.
    if types(object).next().is_some() && !kind.is_named_by(object) {
        let reason = match kind {
            super::DocumentKind::Credential => "VerifiableCredential is not among the types",
            super::DocumentKind::Presentation => "VerifiablePresentation is not among the types",
            super::DocumentKind::EnvelopedCredential => "not EnvelopedVerifiableCredential",
            super::DocumentKind::EnvelopedPresentation => "not EnvelopedVerifiablePresentation",
        };
        found.add(ModelError::Type, &at.member("type"), reason);
    }
}

/// Tells whether a text can be a term (JSON-LD 1.1 section 9.1), a compact IRI or a URL.
fn is_type(text: &str) -> bool {
    let is_term = !text.is_empty()
        && !text.starts_with('@')
        && !text.contains([':', '/'])
        && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    is_term || is_url(text)
}
