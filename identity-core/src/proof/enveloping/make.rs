//! Making secured documents: what comes out is what the readers beside accept.

use rand_core::CryptoRng;

use super::{EnvelopeError, Expected, Form, JoseSigner, Kind, MediaType, SignatureLife, claims};
use crate::{
    did::DidUrl,
    encoding::{
        base64url, jcs,
        strict_json::{Object, Value},
    },
    proof::sd_jwt::{Step, conceal},
};

/// What an SD-JWT conceals.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "both are always to be said")]
pub struct Concealing<'p> {
    /// The parts, each by the steps that lead to it.
    pub paths: &'p [&'p [Step<'p>]],
    /// How many digests of nothing are added, so that their number says little.
    pub decoys: usize,
}

/// Members that are never concealed: what is needed to verify and to validate a document
/// (VC-JOSE-COSE sections 3.2.1 and 3.2.2), the life of the signature, and the holder's key.
const NEVER_CONCEALED: [&str; 13] = [
    "@context",
    "cnf",
    "credentialSchema",
    "credentialStatus",
    "exp",
    "iat",
    "iss",
    "issuer",
    "nbf",
    "relatedResource",
    "type",
    "validFrom",
    "validUntil",
];

/// Secures a document as `vc+jwt` or `vp+jwt`: a compact JWS with the document as its payload.
///
/// `key_id` becomes `kid`: a DID URL, where it is to be found by its DID.
///
/// # Errors
/// [`EnvelopeError`] when a claim in the document breaks a rule, or the key could not sign.
pub fn sign(
    document: &Object<'_>,
    kind: Kind,
    signer: &impl JoseSigner,
    key_id: Option<&str>,
) -> Result<String, EnvelopeError> {
    let media_type = MediaType::new(kind, Form::Jwt);
    check(document, media_type, key_id)?;
    let payload = jcs::canonicalize_object(document, None)?;
    compact(media_type, &payload, signer, key_id)
}

/// Secures a document as `vc+sd-jwt` or `vp+sd-jwt`, with all its disclosures and without key binding.
///
/// # Errors
/// [`EnvelopeError`] when a path leads nowhere or to what may not be concealed, when the document has
/// members that selective disclosure keeps for itself, or as [`sign`].
pub fn conceal_and_sign(
    document: Object<'static>,
    kind: Kind,
    concealing: Concealing<'_>,
    signer: &impl JoseSigner,
    key_id: Option<&str>,
    rng: &mut impl CryptoRng,
) -> Result<String, EnvelopeError> {
    let media_type = MediaType::new(kind, Form::SdJwt);
    check(&document, media_type, key_id)?;
    for path in concealing.paths {
        if let Some(Step::Name(name)) = path.first()
            && NEVER_CONCEALED.contains(name)
        {
            return Err(EnvelopeError::Concealed {
                name: (*name).to_owned(),
            });
        }
    }
    refuse_reserved(&document)?;
    let concealed = conceal(document, concealing.paths, concealing.decoys, rng)?;
    let mut text = compact(media_type, &concealed.payload, signer, key_id)?;
    text.push('~');
    for disclosure in &concealed.disclosures {
        text.push_str(disclosure);
        text.push('~');
    }
    Ok(text)
}

/// Holds a document to what a reader will hold it to.
fn check(
    document: &Object<'_>,
    media_type: MediaType,
    key_id: Option<&str>,
) -> Result<(), EnvelopeError> {
    let expected = Expected {
        media_type,
        life: SignatureLife::Ignore,
    };
    let nothing = Object::default();
    claims::check(document, &nothing, expected)?;
    claims::confirmation(document, &nothing, None)?;
    match key_id {
        Some(kid) if kid.starts_with("did:") => {
            let kid: DidUrl = kid.parse()?;
            claims::same_signer(document, &nothing, media_type.kind(), kid.did().as_str())
        }
        _ => Ok(()),
    }
}

fn compact(
    media_type: MediaType,
    payload: &[u8],
    signer: &impl JoseSigner,
    key_id: Option<&str>,
) -> Result<String, EnvelopeError> {
    let mut header = Object::default();
    header.insert("alg", signer.alg().into());
    header.insert("cty", media_type.kind().content_type().into());
    if let Some(kid) = key_id {
        header.insert("kid", kid.into());
    }
    header.insert("typ", media_type.as_str().into());
    let header = jcs::canonicalize_object(&header, None)?;
    let input = format!(
        "{}.{}",
        base64url::encode(&header),
        base64url::encode(payload)
    );
    let signature = signer.sign(input.as_bytes())?;
    Ok(format!("{input}.{}", base64url::encode(&signature)))
}

/// Refuses the names that carry digests (RFC 9901 section 4.1): a document with them would read as one
/// that conceals.
fn refuse_reserved(document: &Object<'_>) -> Result<(), EnvelopeError> {
    for (name, value) in document.iter() {
        if matches!(name, "_sd" | "_sd_alg" | "...") {
            return Err(EnvelopeError::Concealed {
                name: name.to_owned(),
            });
        }
        refuse_reserved_in(value)?;
    }
    Ok(())
}

fn refuse_reserved_in(value: &Value<'_>) -> Result<(), EnvelopeError> {
    match value {
        Value::Array(items) => items.iter().try_for_each(refuse_reserved_in),
        Value::Object(object) => refuse_reserved(object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}
