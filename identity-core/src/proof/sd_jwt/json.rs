//! The JSON serialisation (RFC 9901 section 8; RFC 7515 section 7.2): turned into the compact form,
//! over which its key binding is made too.

use super::SdJwtError;
use crate::{
    encoding::strict_json::{self, Limits, Object, Value},
    verify::Budget,
};

/// Turns the flattened or the general form into the compact one.
///
/// Disclosures and key binding stand in the unprotected header of the one signature, or of the first
/// of several (RFC 9901 section 8.1). Only that signature counts; whose it is, its protected header
/// says. What else stands in an unprotected header is signed by nobody, and is not looked at.
///
/// # Errors
/// [`SdJwtError`] when it is of neither form, or costs more than the budget.
pub fn to_compact(json: &[u8], budget: &mut Budget) -> Result<String, SdJwtError> {
    budget.spend_bytes(json.len())?;
    let malformed = |reason| SdJwtError::Malformed { reason };
    let value = strict_json::parse(json, &Limits::small())?;
    let object = value
        .as_object()
        .ok_or_else(|| malformed("the JSON form is no object"))?;
    let signed = match object.get("signatures") {
        None => object,
        Some(signatures) => first_of(object, signatures)?,
    };
    let part = |object: &Object<'_>, name| {
        let text = object.get(name).and_then(Value::as_str);
        // These would make other parts of the compact form.
        text.filter(|text| !text.contains(['.', '~']))
            .map(str::to_owned)
            .ok_or_else(|| malformed("the JSON form lacks payload, protected or signature"))
    };
    let mut compact = format!(
        "{}.{}.{}~",
        part(signed, "protected")?,
        part(object, "payload")?,
        part(signed, "signature")?
    );
    let header = match signed.get("header") {
        None => return Ok(compact),
        Some(Value::Object(header)) => header,
        Some(_) => return Err(malformed("the unprotected header is no object")),
    };
    let disclosures = match header.get("disclosures") {
        None => &[],
        Some(Value::Array(disclosures)) => disclosures.as_slice(),
        Some(_) => return Err(malformed("disclosures is no array")),
    };
    for disclosure in disclosures {
        let text = disclosure.as_str().filter(|text| !text.contains('~'));
        compact.push_str(text.ok_or_else(|| malformed("a disclosure is no text"))?);
        compact.push('~');
    }
    match header.get("kb_jwt") {
        None => {}
        Some(Value::String(binding)) if !binding.is_empty() && !binding.contains('~') => {
            compact.push_str(binding);
        }
        Some(_) => return Err(malformed("kb_jwt is no signature in compact form")),
    }
    Ok(compact)
}

/// Returns the first of several signatures, having checked that the others carry nothing that belongs
/// there, and that the object is of one form and not of both.
fn first_of<'v, 'a>(
    object: &Object<'a>,
    signatures: &'v Value<'a>,
) -> Result<&'v Object<'a>, SdJwtError> {
    let malformed = |reason| SdJwtError::Malformed { reason };
    let flattened = ["header", "protected", "signature"];
    if flattened.iter().any(|name| object.get(name).is_some()) {
        return Err(malformed("it is of both JSON forms"));
    }
    let all = signatures.as_array().unwrap_or_default();
    let (first, others) = all
        .split_first()
        .ok_or_else(|| malformed("signatures is no array of signatures"))?;
    let carries = |signature: &Value<'_>| {
        let header = signature.get("header");
        header.is_some_and(|h| h.get("disclosures").is_some() || h.get("kb_jwt").is_some())
    };
    if others.iter().any(carries) {
        return Err(malformed("a later signature carries disclosures"));
    }
    first
        .as_object()
        .ok_or_else(|| malformed("signatures is no array of signatures"))
}
