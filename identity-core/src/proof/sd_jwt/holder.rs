//! The holder's side: key binding (RFC 9901 section 4.3).

use jiff::Timestamp;

use super::{
    SdJwtError, TYP_KEY_BINDING,
    disclosed::{Hash, digest},
};
use crate::{
    encoding::{
        jcs,
        strict_json::{self, Limits, Object, Value},
    },
    key::{PublicKey, Signer},
    proof::jose::{Header, Jws, Unsigned},
};

/// What a verified key binding says: for whom, in answer to what, and when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyBinding {
    /// Whom the presentation is for (`aud`).
    pub audience: String,
    /// The nonce of the request it answers.
    pub nonce: String,
    /// When it was made (`iat`), in whole seconds.
    pub issued_at: Timestamp,
    /// An in-office statement that came along (`in_office`), unverified.
    pub in_office: Option<String>,
}

/// Adds a key binding to a presentation that ends with a tilde.
///
/// # Errors
/// [`SdJwtError`] when the presentation does not end with a tilde or the key could not sign.
pub fn bind(
    presentation: &str,
    audience: &str,
    nonce: &str,
    issued_at: Timestamp,
    signer: &impl Signer,
) -> Result<String, SdJwtError> {
    bind_with(presentation, (audience, nonce), issued_at, None, signer)
}

/// Adds a key binding that carries an in-office statement, if there is one. RFC 9901 section 4.3 allows
/// further claims in it, and who does not know this one passes it over.
///
/// # Errors
/// [`SdJwtError`] when the presentation does not end with a tilde or the key could not sign.
pub fn bind_with(
    presentation: &str,
    (audience, nonce): (&str, &str),
    issued_at: Timestamp,
    in_office: Option<&str>,
    signer: &impl Signer,
) -> Result<String, SdJwtError> {
    if !presentation.ends_with('~') {
        return Err(SdJwtError::Malformed {
            reason: "it is bound already, or cut off",
        });
    }
    let mut payload = Object::default();
    payload.insert("aud", Value::from(audience));
    payload.insert("iat", Value::from(issued_at.as_second()));
    payload.insert("nonce", Value::from(nonce));
    payload.insert("sd_hash", Value::from(digest(presentation)));
    if let Some(statement) = in_office {
        payload.insert("in_office", Value::from(statement));
    }
    let payload = Value::Object(payload);
    let payload = jcs::canonicalize(&payload).map_err(|_| SdJwtError::Malformed {
        reason: "the instant is too far away",
    })?;
    let header = Header::bare(signer.public_key().algorithm(), TYP_KEY_BINDING);
    Ok(format!(
        "{presentation}{}",
        Unsigned::new(&header, &payload).sign(signer)?
    ))
}

pub(super) fn verify(
    binding: &Jws<'_>,
    bound: &str,
    hash: Hash,
    holder: &PublicKey,
) -> Result<KeyBinding, SdJwtError> {
    let payload = binding
        .expect_type(TYP_KEY_BINDING)?
        .verify_with_key(holder)?;
    read_in(payload, bound, hash)
}

/// Reads a key binding whose signature was verified, and holds it to what it must cover.
pub(in crate::proof) fn read(payload: &[u8], bound: &str) -> Result<KeyBinding, SdJwtError> {
    read_in(payload, bound, Hash::Sha256)
}

fn read_in(payload: &[u8], bound: &str, hash: Hash) -> Result<KeyBinding, SdJwtError> {
    let payload = strict_json::parse(payload, &Limits::small())?;
    let text = |name| payload.get(name).and_then(Value::as_str);
    if text("sd_hash") != Some(&hash.digest(bound)) {
        return Err(SdJwtError::KeyBinding);
    }
    let issued_at = payload.get("iat").and_then(Value::as_i64);
    let issued_at = issued_at.and_then(|second| Timestamp::from_second(second).ok());
    match (text("aud"), text("nonce"), issued_at) {
        (Some(audience), Some(nonce), Some(issued_at)) => Ok(KeyBinding {
            audience: audience.to_owned(),
            nonce: nonce.to_owned(),
            issued_at,
            in_office: text("in_office").map(str::to_owned),
        }),
        _ => Err(SdJwtError::Malformed {
            reason: "the key binding lacks aud, nonce or iat",
        }),
    }
}
