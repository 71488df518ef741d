//! What a document must be, before it is secured and after it was verified.

use identity_core::{
    credential::data_model::{
        DocumentKind, check_credential, check_envelope, check_presentation, holder, issuer,
    },
    encoding::{
        jcs,
        strict_json::{self, Limits, Object, Value},
    },
    proof::enveloping::{Kind, MediaType, unverified_key_id},
    verify::Budget,
};

use crate::{key::KeyFile, result::Outcome};

/// Members that VC Data Model 2.0 gives a credential or presentation, with those it reserves (its
/// sections 4.3 to 4.13, 5.3 to 5.6 and 5.9), and the claims of RFC 7519 section 4.1 and RFC 7800.
const KNOWN: [&str; 27] = [
    "@context",
    "aud",
    "cnf",
    "confidenceMethod",
    "credentialSchema",
    "credentialStatus",
    "credentialSubject",
    "description",
    "evidence",
    "exp",
    "holder",
    "iat",
    "id",
    "iss",
    "issuer",
    "jti",
    "name",
    "nbf",
    "refreshService",
    "relatedResource",
    "renderMethod",
    "sub",
    "termsOfUse",
    "type",
    "validFrom",
    "validUntil",
    "verifiableCredential",
];

/// Reads and checks a document that is to be secured.
///
/// An issuer signs what it understands: a member of the document itself that is not of the data model
/// is refused, though a reader ignores it (the suite's case 5).
pub(crate) fn draft(json: &[u8], kind: Kind) -> Result<Object<'static>, Outcome> {
    let value = strict_json::parse(json, &Limits::small()).map_err(Outcome::failure)?;
    let Value::Object(document) = value.into_owned() else {
        return Err(Outcome::failure("the document is no object"));
    };
    if let Some((name, _)) = document.iter().find(|(name, _)| !KNOWN.contains(name)) {
        let name: String = name.chars().take(64).collect();
        return Err(Outcome::failure(format!("the member {name:?} is unknown")));
    }
    data_model(&document, kind)?;
    Ok(document)
}

/// Holds the issuer or holder of a document to whose key it is.
pub(crate) fn author(
    document: &Object<'_>,
    kind: Kind,
    controller: Option<&str>,
) -> Result<(), Outcome> {
    let author = match kind {
        Kind::Credential => issuer(document),
        Kind::Presentation => holder(document),
    };
    match (author, controller) {
        (Some(author), Some(controller)) if author != controller => {
            Err(Outcome::failure("the key is another party's"))
        }
        _ => Ok(()),
    }
}

/// Checks a document that was verified.
pub(crate) fn verified(document: &Object<'_>, kind: Kind) -> Result<(), Outcome> {
    data_model(document, kind)
}

fn data_model(document: &Object<'_>, kind: Kind) -> Result<(), Outcome> {
    match kind {
        Kind::Credential => check_credential(document).map_err(Outcome::failure),
        Kind::Presentation => presentation(document),
    }
}

/// Checks a presentation, in which nothing may stand but envelopes (VC-JOSE-COSE sections 3.1.2 and
/// 3.2.2). One that holds COSE is not looked into: that is not spoken here.
fn presentation(document: &Object<'_>) -> Result<(), Outcome> {
    let mut readable = document.clone();
    if let Some(Value::Array(items)) = readable.get_mut("verifiableCredential") {
        items.retain(|item| !is_cose(item));
        if items.is_empty() {
            readable.remove("verifiableCredential");
        }
    }
    check_presentation(&readable).map_err(Outcome::failure)?;
    for item in presented(&readable) {
        let Some(envelope) = item.as_object() else {
            return Err(Outcome::failure("a credential is no object"));
        };
        check_envelope(envelope, DocumentKind::EnvelopedCredential).map_err(Outcome::failure)?;
        let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
        let (media_type, _) = MediaType::split_data_url(id).map_err(Outcome::failure)?;
        if media_type.kind() != Kind::Credential {
            let reason = "a presentation stands where a credential must";
            return Err(Outcome::failure(reason));
        }
    }
    Ok(())
}

fn is_cose(item: &Value<'_>) -> bool {
    let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
    let is_envelope = item
        .as_object()
        .is_some_and(|item| DocumentKind::EnvelopedCredential.is_named_by(item));
    is_envelope && id.starts_with("data:application/vc+cose;base64,")
}

fn presented<'d>(document: &'d Object<'_>) -> impl Iterator<Item = &'d Value<'d>> {
    let list = document
        .get("verifiableCredential")
        .map(|value| match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        });
    list.unwrap_or_default().iter()
}

/// Returns the credentials in a presentation that say they are signed with this key. For the others a
/// key is needed that is not given, so that only their form is judged.
pub(crate) fn enveloped_by<'d>(
    document: &'d Object<'static>,
    key: &KeyFile,
) -> Result<Vec<(MediaType, &'d str)>, Outcome> {
    let mut by_this_key = Vec::new();
    for id in presented(document).filter_map(|item| item.get("id").and_then(Value::as_str)) {
        let Ok((media_type, text)) = MediaType::split_data_url(id) else {
            continue; // It is COSE: all else was refused with the data model.
        };
        let mut budget = Budget::presentation();
        let kid = unverified_key_id(text, media_type, &mut budget).map_err(Outcome::failure)?;
        if kid.is_some() && (kid == key.id || kid == key.jwk_id) {
            by_this_key.push((media_type, text));
        }
    }
    Ok(by_this_key)
}

pub(crate) fn canonical(document: &Object<'_>) -> Result<String, Outcome> {
    let bytes = jcs::canonicalize_object(document, None).map_err(Outcome::failure)?;
    String::from_utf8(bytes).map_err(Outcome::error)
}
