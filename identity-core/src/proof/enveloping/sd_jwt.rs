//! `vc+sd-jwt` and `vp+sd-jwt` (VC-JOSE-COSE sections 3.2 and 5.2; RFC 9901).

use super::{
    EnvelopeError, Expected, JoseKey, Kind, MediaType, Secured, claims,
    compact::Compact,
    jwt::{claimed_author, document},
};
use crate::{
    did::Resolver,
    encoding::strict_json::{Object, Value},
    key::PublicKey,
    proof::{
        SignerDid,
        sd_jwt::{KeyBinding, SdJwtError, disclose, read_key_binding},
    },
    verify::Budget,
};

/// Members of a credential that no disclosure may bring: a holder who kept one back would make the
/// credential look better than it is. VC-JOSE-COSE section 3.2.1 names the three properties; the claims
/// are those that bound the signature and name the holder's key.
const CREDENTIAL_NEVER_DISCLOSED: &[&str] = &[
    "_sd_alg",
    "cnf",
    "credentialSchema",
    "credentialStatus",
    "exp",
    "nbf",
    "relatedResource",
];

/// The same for a presentation (VC-JOSE-COSE section 3.2.2).
const PRESENTATION_NEVER_DISCLOSED: &[&str] = &["_sd_alg", "cnf", "exp", "nbf"];

/// Members that may come whole out of a disclosure, since a document without them is refused, but in
/// which nothing may be left out: their parts have no meaning alone.
const WHOLE: &[&str] = &["@context", "type"];

/// An SD-JWT that has been read but not verified.
struct SdJwt<'t> {
    issuer: Compact<'t>,
    disclosures: Vec<&'t str>,
    /// What a key binding covers: up to and with the last tilde.
    bound: &'t str,
    key_binding: Option<Compact<'t>>,
}

pub(super) fn verify(
    text: &str,
    expected: Expected,
    resolver: &impl Resolver,
    budget: &mut Budget,
) -> Result<(SignerDid, Secured), EnvelopeError> {
    let sd_jwt = read(text, expected.media_type, budget)?;
    let kind = expected.media_type.kind();
    let issuer = &sd_jwt.issuer;
    let author = || claimed_author(issuer, issuer.unverified_payload(), kind);
    let (signer, payload) = issuer.verify(author, kind, resolver, budget)?;
    let secured = sd_jwt.secured(payload, expected, Some(resolver), budget)?;
    let replicated = &issuer.unverified_header().replicated;
    claims::same_signer(&secured.document, replicated, kind, signer.did().as_str())?;
    Ok((signer, secured))
}

pub(super) fn verify_with_key(
    text: &str,
    expected: Expected,
    key: &impl JoseKey,
    controller: Option<&str>,
    budget: &mut Budget,
) -> Result<Secured, EnvelopeError> {
    let sd_jwt = read(text, expected.media_type, budget)?;
    let payload = sd_jwt.issuer.verify_with_key(key, budget)?;
    let secured = sd_jwt.secured(payload, expected, None, budget)?;
    if let Some(controller) = controller {
        let replicated = &sd_jwt.issuer.unverified_header().replicated;
        let kind = expected.media_type.kind();
        claims::same_signer(&secured.document, replicated, kind, controller)?;
    }
    Ok(secured)
}

pub(super) fn unverified_key_id(
    text: &str,
    media_type: MediaType,
    budget: &mut Budget,
) -> Result<Option<String>, EnvelopeError> {
    let sd_jwt = read(text, media_type, budget)?;
    document(sd_jwt.issuer.unverified_payload())?;
    Ok(sd_jwt.issuer.unverified_header().kid.clone())
}

/// Reads `<JWT>~<disclosure>~…~[<key binding>]` (RFC 9901 section 4).
fn read<'t>(
    text: &'t str,
    media_type: MediaType,
    budget: &mut Budget,
) -> Result<SdJwt<'t>, EnvelopeError> {
    budget.spend_bytes(text.len())?;
    let (before, last) = text.rsplit_once('~').ok_or(SdJwtError::Malformed {
        reason: "it has no tilde",
    })?;
    let mut parts = before.split('~');
    let issuer = Compact::parse(parts.next().unwrap_or_default())?;
    issuer.unverified_header().expect_type(media_type)?;
    let disclosures: Vec<&str> = parts.collect();
    budget.spend_disclosures(disclosures.len())?;
    let key_binding = match last {
        "" => None,
        binding => Some(Compact::parse(binding)?),
    };
    Ok(SdJwt {
        issuer,
        disclosures,
        bound: &text[..=before.len()],
        key_binding,
    })
}

impl SdJwt<'_> {
    /// Puts the disclosures in place and holds what comes out to the rules.
    fn secured(
        &self,
        payload: &[u8],
        expected: Expected,
        resolver: Option<&dyn Resolver>,
        budget: &mut Budget,
    ) -> Result<Secured, EnvelopeError> {
        let never = match expected.media_type.kind() {
            Kind::Credential => CREDENTIAL_NEVER_DISCLOSED,
            Kind::Presentation => PRESENTATION_NEVER_DISCLOSED,
        };
        refuse_hidden_parts(&document(payload)?, never)?;
        let disclosed = disclose(payload, &self.disclosures, never)?;
        let Value::Object(document) = disclosed.into_claims() else {
            return Err(EnvelopeError::SdJwt(SdJwtError::Malformed {
                reason: "the payload is no object",
            }));
        };
        let replicated = &self.issuer.unverified_header().replicated;
        claims::check(&document, replicated, expected)?;
        let confirmation = claims::confirmation(&document, replicated, resolver)?;
        let key_binding = match &self.key_binding {
            None => None,
            Some(binding) => Some(self.verify_binding(binding, confirmation.as_ref(), budget)?),
        };
        Ok(Secured {
            document,
            confirmation,
            key_binding,
        })
    }

    /// A key binding may be missing; one that is there must be that of the key in `cnf` (RFC 9901
    /// section 7.3).
    fn verify_binding(
        &self,
        binding: &Compact<'_>,
        holder: Option<&PublicKey>,
        budget: &mut Budget,
    ) -> Result<KeyBinding, EnvelopeError> {
        binding.unverified_header().expect_key_binding()?;
        let holder = holder.ok_or(SdJwtError::KeyBinding)?;
        let payload = binding.verify_with_key(holder, budget)?;
        Ok(read_key_binding(payload, self.bound)?)
    }
}

/// Refuses digests inside members that are whole or nothing, whether or not they were disclosed.
fn refuse_hidden_parts(payload: &Object<'_>, never: &[&str]) -> Result<(), EnvelopeError> {
    for name in never.iter().chain(WHOLE) {
        if payload.get(name).is_some_and(has_digest) {
            return Err(EnvelopeError::Concealed {
                name: (*name).to_owned(),
            });
        }
    }
    Ok(())
}

fn has_digest(value: &Value<'_>) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_digest),
        Value::Object(object) => object
            .iter()
            .any(|(name, value)| matches!(name, "_sd" | "...") || has_digest(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
