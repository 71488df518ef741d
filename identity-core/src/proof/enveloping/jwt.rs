//! `vc+jwt` and `vp+jwt` (VC-JOSE-COSE sections 3.1 and 5.1).

use super::{
    EnvelopeError, Expected, JoseKey, Kind, MediaType, Secured, author, claims, compact::Compact,
};
use crate::{
    did::Resolver,
    encoding::strict_json::{self, Limits, Object, Value},
    proof::{SignerDid, jose::JwsError},
    verify::Budget,
};

pub(super) fn verify(
    text: &str,
    expected: Expected,
    resolver: &impl Resolver,
    budget: &mut Budget,
) -> Result<(SignerDid, Secured), EnvelopeError> {
    let compact = read(text, expected.media_type, budget)?;
    let kind = expected.media_type.kind();
    let author = || claimed_author(&compact, compact.unverified_payload(), kind);
    let (signer, payload) = compact.verify(author, kind, resolver, budget)?;
    let document = document(payload)?;
    let replicated = &compact.unverified_header().replicated;
    claims::check(&document, replicated, expected)?;
    claims::same_signer(&document, replicated, kind, signer.did().as_str())?;
    let confirmation = claims::confirmation(&document, replicated, Some(resolver))?;
    Ok((
        signer,
        Secured {
            document,
            confirmation,
            key_binding: None,
        },
    ))
}

pub(super) fn verify_with_key(
    text: &str,
    expected: Expected,
    key: &impl JoseKey,
    controller: Option<&str>,
    budget: &mut Budget,
) -> Result<Secured, EnvelopeError> {
    let compact = read(text, expected.media_type, budget)?;
    let document = document(compact.verify_with_key(key, budget)?)?;
    let replicated = &compact.unverified_header().replicated;
    claims::check(&document, replicated, expected)?;
    if let Some(controller) = controller {
        claims::same_signer(
            &document,
            replicated,
            expected.media_type.kind(),
            controller,
        )?;
    }
    let confirmation = claims::confirmation(&document, replicated, None)?;
    Ok(Secured {
        document,
        confirmation,
        key_binding: None,
    })
}

pub(super) fn unverified_key_id(
    text: &str,
    media_type: MediaType,
    budget: &mut Budget,
) -> Result<Option<String>, EnvelopeError> {
    let compact = read(text, media_type, budget)?;
    document(compact.unverified_payload())?;
    Ok(compact.unverified_header().kid.clone())
}

fn read<'t>(
    text: &'t str,
    media_type: MediaType,
    budget: &mut Budget,
) -> Result<Compact<'t>, EnvelopeError> {
    budget.spend_bytes(text.len())?;
    let compact = Compact::parse(text)?;
    compact.unverified_header().expect_type(media_type)?;
    Ok(compact)
}

/// Reads a payload, which is a JWT Claims Set: an object (RFC 7519 section 7.2).
pub(super) fn document(payload: &[u8]) -> Result<Object<'static>, EnvelopeError> {
    match strict_json::parse(payload, &Limits::small())?.into_owned() {
        Value::Object(document) => Ok(document),
        _ => Err(EnvelopeError::Jws(JwsError::Malformed {
            reason: "the payload is no object",
        })),
    }
}

/// The issuer or holder that a payload or its header claims, for finding the key and nothing else.
pub(super) fn claimed_author(compact: &Compact<'_>, payload: &[u8], kind: Kind) -> Option<String> {
    let document = document(payload).ok()?;
    let iss = || {
        let header = &compact.unverified_header().replicated;
        let iss = document.get("iss").or_else(|| header.get("iss"));
        iss.and_then(Value::as_str)
    };
    author(&document, kind).or_else(iss).map(str::to_owned)
}
