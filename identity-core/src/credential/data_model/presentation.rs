//! A presentation's members, and envelopes (section 4.13).

use super::{
    DocumentKind, Findings, ModelError, ModelErrors, context,
    credential::{claims, credential, each_object, party, proof},
    identifier::{self, Need},
    place::Place,
    url::is_url,
};
use crate::encoding::strict_json::{Object, Value};

/// Checks that a document is a presentation of VC Data Model 2.0, and that the credentials in it are
/// credentials; a proof need not be there yet.
///
/// # Errors
/// [`ModelErrors`] with everything found, each with its place.
pub fn check_presentation(document: &Object<'_>) -> Result<(), ModelErrors> {
    let mut found = Findings::default();
    presentation(document, &mut found);
    found.into_result()
}

/// Checks that a document is an envelope of this kind: `type` is the kind alone and `id` a `data:`
/// URL (sections 4.13.1 and 4.13.2).
///
/// # Errors
/// [`ModelErrors`] with everything found, each with its place.
pub fn check_envelope(document: &Object<'_>, kind: DocumentKind) -> Result<(), ModelErrors> {
    let mut found = Findings::default();
    envelope(document, kind, &Place::ROOT, &mut found);
    found.into_result()
}

/// Returns the URL by which a presentation names its holder (section 4.13).
pub fn holder<'d>(document: &'d Object<'_>) -> Option<&'d str> {
    party(document.get("holder")?)
}

fn presentation(document: &Object<'_>, found: &mut Findings) {
    let at = &Place::ROOT;
    context::check(document, at, found);
    identifier::id(document, at, found);
    identifier::kind(document, Need::Required, ModelError::Type, at, found);
    identifier::is_of_kind(document, DocumentKind::Presentation, at, found);
    if let Some(value) = document.get("verifiableCredential") {
        let here = at.member("verifiableCredential");
        each_object(
            value,
            ModelError::Presented,
            &here,
            found,
            |object, at, found| {
                if DocumentKind::EnvelopedCredential.is_named_by(object) {
                    envelope(object, DocumentKind::EnvelopedCredential, at, found);
                } else {
                    credential(object, at, found);
                }
            },
        );
    }
    if let Some(holder) = document.get("holder")
        && !party(holder).is_some_and(is_url)
    {
        let reason = "neither a URL nor an object with a URL as id";
        found.add(ModelError::Holder, &at.member("holder"), reason);
    }
    if let Some(terms) = document.get("termsOfUse") {
        let here = at.member("termsOfUse");
        each_object(
            terms,
            ModelError::Terms,
            &here,
            found,
            |object, at, found| {
                if object.get("type").is_none() {
                    found.add(ModelError::Terms, at, "it has no type");
                }
            },
        );
    }
    proof(document, at, found);
    claims(document, at, found);
}

fn envelope(document: &Object<'_>, kind: DocumentKind, at: &Place<'_>, found: &mut Findings) {
    context::check_envelope(document, at, found);
    identifier::kind(document, Need::Required, ModelError::Type, at, found);
    if identifier::types(document).any(|name| name != kind.as_str()) {
        let reason = "an envelope has another type beside its own";
        found.add(ModelError::Envelope, &at.member("type"), reason);
    }
    identifier::is_of_kind(document, kind, at, found);
    let id = document.get("id").and_then(Value::as_str);
    if !id.is_some_and(|id| is_url(id) && data_url(id).is_some()) {
        let reason = "the id of an envelope is no data: URL";
        found.add(ModelError::Envelope, &at.member("id"), reason);
    }
}

/// Takes a `data:` URL apart into media type and data (RFC 2397 section 3); what is encoded in base64
/// is not read, since no envelope is.
pub(crate) fn data_url(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    let (media_type, data) = rest.split_once(',')?;
    let fits = scheme.eq_ignore_ascii_case("data") && !media_type.is_empty() && !data.is_empty();
    fits.then_some((media_type, data))
}
