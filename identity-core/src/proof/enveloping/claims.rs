//! JWT claims beside the members of a credential or presentation (VC-JOSE-COSE sections 1.1.2.1, 3.1.3
//! and 4.1; RFC 7519 section 4.1).

use jiff::Timestamp;

use super::{EnvelopeError, Expected, Kind, SignatureLife, author};
use crate::{
    did::{DidUrl, Relationship, Resolver},
    encoding::strict_json::{Object, Value},
    key::{KeyError, PublicKey},
    status::LEEWAY,
};

/// Holds the claims to their rules; `replicated` are those that stand in the header.
pub(super) fn check(
    document: &Object<'_>,
    replicated: &Object<'_>,
    expected: Expected,
) -> Result<(), EnvelopeError> {
    // VC-JOSE-COSE sections 1.1.2.1 and 3.1.3.
    for name in ["vc", "vp"] {
        if document.get(name).is_some() {
            return Err(EnvelopeError::ClaimForbidden { name });
        }
    }
    // RFC 7519 section 5.3.
    for (name, other) in [("cnf", "cnf"), ("iss", "iss"), ("sub", "sub")] {
        if let (Some(claim), Some(header)) = (document.get(name), replicated.get(name))
            && claim != header
        {
            return Err(EnvelopeError::ClaimConflict { claim: name, other });
        }
    }
    let claim = |name| document.get(name).or_else(|| replicated.get(name));
    same_author(claim("iss"), document, expected.media_type.kind())?;
    same_id(document)?;
    same_subject(claim("sub"), document)?;
    life(document, expected.life)
}

/// `iss` must match `issuer` (VC-JOSE-COSE section 4.1); in a presentation, whose signer is its holder,
/// it must match `holder`, where there is one.
fn same_author(
    iss: Option<&Value<'_>>,
    document: &Object<'_>,
    kind: Kind,
) -> Result<(), EnvelopeError> {
    let Some(iss) = iss else {
        return Ok(());
    };
    let iss = iss
        .as_str()
        .ok_or(EnvelopeError::ClaimMalformed { name: "iss" })?;
    match (document.get(kind.author()), author(document, kind)) {
        (None, _) => Ok(()),
        (Some(_), Some(author)) if author == iss => Ok(()),
        _ => Err(EnvelopeError::ClaimConflict {
            claim: "iss",
            other: kind.author(),
        }),
    }
}

/// `jti` and `id` name one thing, so they must not name two (VC-JOSE-COSE section 3.1.3).
fn same_id(document: &Object<'_>) -> Result<(), EnvelopeError> {
    match (document.get("jti"), document.get("id")) {
        (None, _) | (Some(Value::String(_)), None) => Ok(()),
        (Some(Value::String(jti)), Some(id)) if id.as_str() == Some(jti) => Ok(()),
        (Some(Value::String(_)), Some(_)) => Err(EnvelopeError::ClaimConflict {
            claim: "jti",
            other: "id",
        }),
        (Some(_), _) => Err(EnvelopeError::ClaimMalformed { name: "jti" }),
    }
}

/// `sub` is the `id` of a subject, where the subjects have any (VC-JOSE-COSE section 3.1.3).
fn same_subject(sub: Option<&Value<'_>>, document: &Object<'_>) -> Result<(), EnvelopeError> {
    let Some(sub) = sub else {
        return Ok(());
    };
    let sub = sub
        .as_str()
        .ok_or(EnvelopeError::ClaimMalformed { name: "sub" })?;
    let subjects = match document.get("credentialSubject") {
        None => return Ok(()),
        Some(Value::Array(subjects)) => subjects.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    let ids: Vec<&Value<'_>> = subjects
        .iter()
        .filter_map(|subject| subject.get("id"))
        .collect();
    if ids.is_empty() || ids.iter().any(|id| id.as_str() == Some(sub)) {
        return Ok(());
    }
    Err(EnvelopeError::ClaimConflict {
        claim: "sub",
        other: "credentialSubject",
    })
}

/// The life of the signature: `exp` and `nbf` bound it, `iat` says when it was made.
///
/// `iat` decides nothing by itself, so one that is no number says nothing and is let pass: the W3C's
/// own test suite writes it as a date. One that is a number is heeded.
fn life(document: &Object<'_>, life: SignatureLife) -> Result<(), EnvelopeError> {
    let exp = date(document, "exp")?;
    let nbf = date(document, "nbf")?;
    let iat = date(document, "iat").unwrap_or_default();
    if let Some(exp) = exp {
        for (other, earlier) in [("nbf", nbf), ("iat", iat)] {
            if earlier.is_some_and(|earlier| exp <= earlier) {
                return Err(EnvelopeError::ClaimConflict {
                    claim: "exp",
                    other,
                });
            }
        }
    }
    let SignatureLife::JudgeAt(now) = life else {
        return Ok(());
    };
    // RFC 7519 sections 4.1.4 and 4.1.5.
    if exp.is_some_and(|exp| seconds(now) >= exp) {
        return Err(EnvelopeError::Expired);
    }
    let soon = now.checked_add(LEEWAY).unwrap_or(now);
    if nbf.is_some_and(|nbf| seconds(now) < nbf) || iat.is_some_and(|iat| seconds(soon) < iat) {
        return Err(EnvelopeError::NotYetValid);
    }
    Ok(())
}

/// A `NumericDate`: seconds since 1970, possibly with a fraction (RFC 7519 section 2).
fn date(document: &Object<'_>, name: &'static str) -> Result<Option<f64>, EnvelopeError> {
    match document.get(name) {
        None => Ok(None),
        // Strict JSON holds no number beyond a double.
        Some(Value::Number(number)) => match number.parse() {
            Ok(seconds) => Ok(Some(seconds)),
            Err(_) => Err(EnvelopeError::ClaimMalformed { name }),
        },
        Some(_) => Err(EnvelopeError::ClaimMalformed { name }),
    }
}

/// The instant in the same measure; a double holds the microseconds of this century.
fn seconds(instant: Timestamp) -> f64 {
    instant.as_duration().as_secs_f64()
}

/// The key in `cnf`, where there is one of a kind used here (RFC 7800 section 3; VC-JOSE-COSE
/// section 4.1): `jwk`, or a `kid` that is a DID URL.
pub(super) fn confirmation(
    document: &Object<'_>,
    replicated: &Object<'_>,
    resolver: Option<&dyn Resolver>,
) -> Result<Option<PublicKey>, EnvelopeError> {
    let Some(cnf) = document.get("cnf").or_else(|| replicated.get("cnf")) else {
        return Ok(None);
    };
    let malformed = EnvelopeError::ClaimMalformed { name: "cnf" };
    let Value::Object(cnf) = cnf else {
        return Err(malformed);
    };
    match (cnf.get("jwk"), cnf.get("kid"), resolver) {
        (Some(jwk), _, _) => match PublicKey::from_jwk(jwk) {
            Ok(key) => Ok(Some(key)),
            Err(KeyError::Unsupported) => Ok(None),
            Err(error) => Err(error.into()),
        },
        // What is no DID URL names nobody.
        (None, Some(Value::String(kid)), Some(resolver)) => Ok(authentication_key(kid, resolver)),
        // `jku` would be fetched, `jwe` is for symmetric keys: neither is used here.
        (None, Some(Value::String(_)) | None, _) => Ok(None),
        (None, Some(_), _) => Err(malformed),
    }
}

/// The key of a holder who is named by a DID URL; one that is not found confirms nobody.
fn authentication_key(kid: &str, resolver: &dyn Resolver) -> Option<PublicKey> {
    let kid: DidUrl = kid.parse().ok()?;
    let document = resolver.resolve(kid.did()).ok()?;
    document
        .method(&kid, Relationship::Authentication)
        .ok()
        .cloned()
}

/// Holds the author of a document, and `iss` where it names none, to whoever signed.
pub(super) fn same_signer(
    document: &Object<'_>,
    replicated: &Object<'_>,
    kind: Kind,
    signer: &str,
) -> Result<(), EnvelopeError> {
    let iss = || document.get("iss").or_else(|| replicated.get("iss"));
    let claimed = match (document.get(kind.author()), kind) {
        (Some(_), _) => author(document, kind),
        // A presentation need not say who its holder is (VCDM 2.0 section 4.13).
        (None, Kind::Presentation) => match iss() {
            None => return Ok(()),
            Some(iss) => iss.as_str(),
        },
        (None, Kind::Credential) => None,
    };
    if claimed == Some(signer) {
        return Ok(());
    }
    let claimed = claimed.unwrap_or_default().chars().take(256).collect();
    let signer = signer.to_owned();
    Err(match kind {
        Kind::Credential => EnvelopeError::IssuerMismatch { claimed, signer },
        Kind::Presentation => EnvelopeError::HolderMismatch { claimed, signer },
    })
}
