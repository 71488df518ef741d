//! `@context` (section 4.3).

use super::{Findings, ModelError, place::Place, url::is_url};
use crate::{
    credential::CONTEXT_V2,
    encoding::strict_json::{Object, Value},
};

/// Tells whether this is the context that every credential begins with.
pub fn is_base_context(url: &str) -> bool {
    url == CONTEXT_V2
}

/// Returns the contexts that a document names by URL, without those inside its members.
pub fn urls<'d>(document: &'d Object<'_>) -> impl Iterator<Item = &'d str> {
    let context = document.get("@context").map(|context| match context {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    });
    context.unwrap_or_default().iter().filter_map(Value::as_str)
}

/// Checks the context of a credential or presentation: an array that begins with the base context and
/// goes on with URLs and objects.
pub(super) fn check(document: &Object<'_>, at: &Place<'_>, found: &mut Findings) {
    let here = at.member("@context");
    let Some(context) = document.get("@context") else {
        return found.add(ModelError::Context, at, "it has no @context");
    };
    let Some(items) = context.as_array() else {
        return found.add(ModelError::Context, &here, "not an array");
    };
    if items.first().and_then(Value::as_str) != Some(CONTEXT_V2) {
        let reason = "the first context is not https://www.w3.org/ns/credentials/v2";
        found.add(ModelError::Context, &here, reason);
    }
    entries(items, &here, found);
}

/// Checks the context of an envelope, which only has to define the envelope's own terms (sections
/// 4.13.1 and 4.13.2): the base context does, and is the only one known to.
pub(super) fn check_envelope(document: &Object<'_>, at: &Place<'_>, found: &mut Findings) {
    let here = at.member("@context");
    let Some(context) = document.get("@context") else {
        return found.add(ModelError::Context, at, "it has no @context");
    };
    let items = context
        .as_array()
        .unwrap_or_else(|| std::slice::from_ref(context));
    if !items.iter().filter_map(Value::as_str).any(is_base_context) {
        let reason = "no context defines what an envelope is";
        found.add(ModelError::Context, &here, reason);
    }
    entries(items, &here, found);
}

fn entries(items: &[Value<'_>], at: &Place<'_>, found: &mut Findings) {
    for (index, item) in items.iter().enumerate() {
        let fits = match item {
            Value::String(url) => is_url(url),
            Value::Object(_) => true,
            _ => false,
        };
        if !fits {
            let at = at.element(index);
            found.add(ModelError::Context, &at, "neither a URL nor an object");
        }
    }
}
