//! The issuer's side: which claims are concealed, and under which digests (RFC 9901 section 4.2).

use rand_core::CryptoRng;

use super::{SdJwtError, disclosed::digest};
use crate::encoding::{
    base64url, jcs,
    strict_json::{Object, Value},
};

/// One step from a value to a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "JSON has no third kind of container"
)]
pub enum Step<'s> {
    /// To the element at this index.
    Index(usize),
    /// To the member of this name.
    Name(&'s str),
}

/// A payload ready to be signed, with what it conceals.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Concealed {
    /// The payload, in canonical JSON.
    pub payload: Vec<u8>,
    /// The disclosures, to be given to the holder behind the signed part.
    pub disclosures: Vec<String>,
}

/// Conceals the parts of a payload that the paths name, the deepest first, so that a part may be
/// concealed within a concealed part.
///
/// `decoys` digests that belong to nothing are added beside the top-level claims, so that their
/// number says little. Digests are sorted: their order says nothing either.
///
/// # Errors
/// [`SdJwtError::Malformed`] when a path leads nowhere, or a number cannot be written canonically.
pub fn conceal(
    claims: Object<'static>,
    paths: &[&[Step<'_>]],
    decoys: usize,
    rng: &mut impl CryptoRng,
) -> Result<Concealed, SdJwtError> {
    let mut root = Value::Object(claims);
    let mut disclosures = Vec::with_capacity(paths.len());
    let mut paths = paths.to_vec();
    paths.sort_by_key(|path| std::cmp::Reverse(path.len()));
    for path in paths {
        let nowhere = || SdJwtError::Malformed {
            reason: "a path to conceal leads nowhere",
        };
        let (last, before) = path.split_last().ok_or_else(nowhere)?;
        let parent = before
            .iter()
            .try_fold(&mut root, |at, step| descend(at, *step));
        disclosures.push(hide(parent.ok_or_else(nowhere)?, *last, rng)?.ok_or_else(nowhere)?);
    }
    for _ in 0..decoys {
        add_digest(&mut root, digest(&salt(rng)));
    }
    if let Value::Object(object) = &mut root {
        object.insert("_sd_alg", "sha-256".into());
    }
    Ok(Concealed {
        payload: canonical(&root)?,
        disclosures,
    })
}

fn descend<'v>(value: &'v mut Value<'static>, step: Step<'_>) -> Option<&'v mut Value<'static>> {
    match (value, step) {
        (Value::Object(object), Step::Name(name)) => object.get_mut(name),
        (Value::Array(items), Step::Index(index)) => items.get_mut(index),
        _ => None,
    }
}

/// Replaces one part by its digest and returns the disclosure.
fn hide(
    parent: &mut Value<'static>,
    step: Step<'_>,
    rng: &mut impl CryptoRng,
) -> Result<Option<String>, SdJwtError> {
    match step {
        Step::Name(name) => {
            let Value::Object(object) = parent else {
                return Ok(None);
            };
            let Some(value) = object.remove(name) else {
                return Ok(None);
            };
            let parts = [Value::from(salt(rng)), Value::from(name.to_owned()), value];
            let disclosure = base64url::encode(&canonical(&Value::array(parts))?);
            add_digest(parent, digest(&disclosure));
            Ok(Some(disclosure))
        }
        Step::Index(index) => {
            let Value::Array(items) = parent else {
                return Ok(None);
            };
            let Some(slot) = items.get_mut(index) else {
                return Ok(None);
            };
            let value = std::mem::replace(slot, Value::Null);
            let parts = [Value::from(salt(rng)), value];
            let disclosure = base64url::encode(&canonical(&Value::array(parts))?);
            *slot = Value::object([("...", digest(&disclosure))]);
            Ok(Some(disclosure))
        }
    }
}

fn add_digest(parent: &mut Value<'static>, digest: String) {
    let Value::Object(object) = parent else {
        return;
    };
    let mut digests = match object.remove("_sd") {
        Some(Value::Array(digests)) => digests,
        _ => Vec::new(),
    };
    digests.push(digest.into());
    digests.sort_unstable_by(|one, other| one.as_str().cmp(&other.as_str()));
    object.insert("_sd", Value::Array(digests));
}

/// A salt of 128 random bits (RFC 9901 section 9.3).
fn salt(rng: &mut impl CryptoRng) -> String {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    base64url::encode(&bytes)
}

fn canonical(value: &Value<'_>) -> Result<Vec<u8>, SdJwtError> {
    jcs::canonicalize(value).map_err(|_| SdJwtError::Malformed {
        reason: "a number is too large",
    })
}
