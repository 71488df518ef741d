//! The flattened JSON form (RFC 7515 section 7.2.2): what a bundle is, so that people can look at it.

use super::{JwsError, Unsigned};
use crate::{
    encoding::strict_json::{self, Limits, Value},
    key::Signer,
};

/// Turns the flattened form into the compact one, which [`Jws::parse`](super::Jws::parse) reads.
///
/// # Errors
/// [`JwsError`] when it is not an object of exactly `payload`, `protected` and `signature`.
pub fn to_compact(json: &[u8]) -> Result<String, JwsError> {
    let value = strict_json::parse(json, &Limits::large())?;
    let malformed = JwsError::Malformed {
        reason: "the JSON form has payload, protected and signature, each once and nothing else",
    };
    let object = value.as_object().ok_or_else(|| malformed.clone())?;
    let text = |name| object.get(name).and_then(Value::as_str);
    match (
        object.len(),
        text("protected"),
        text("payload"),
        text("signature"),
    ) {
        (3, Some(protected), Some(payload), Some(signature)) => {
            Ok(format!("{protected}.{payload}.{signature}"))
        }
        _ => Err(malformed),
    }
}

/// Signs and returns the flattened form, with a line feed behind it.
///
/// # Errors
/// [`JwsError::Signing`] when the key could not sign.
pub fn sign(unsigned: Unsigned, signer: &impl Signer) -> Result<String, JwsError> {
    let compact = unsigned.sign(signer)?;
    let mut parts = compact.split('.');
    let mut part = || parts.next().unwrap_or_default();
    let (protected, payload, signature) = (part(), part(), part());
    // All three are base64url: nothing in them needs escaping.
    Ok(format!(
        "{{\n  \"payload\": \"{payload}\",\n  \"protected\": \"{protected}\",\n  \"signature\": \"{signature}\"\n}}\n"
    ))
}
