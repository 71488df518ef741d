//! What goes into a credential: a mandate's claims from the roster, other types' from a file.

use identity_core::{
    credential::{Kind, Securing, based_on},
    encoding::{
        base64url, jcs,
        strict_json::{Object, Value},
    },
    status::Instant,
};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};

use super::{Office, Refusal};
use crate::{
    records::{Mandate, Member},
    store::Store,
};

impl<S: Store> Office<S> {
    /// The claims given, with the member's name and the link to the mandate that they rest on.
    pub(super) fn other_claims(
        &self,
        (claims, kind): (&Object<'static>, Kind),
        (member, mandate): (&Member, Option<&Mandate>),
        (holder, now): (&str, Instant),
        rng: &mut impl CryptoRng,
    ) -> Result<Object<'static>, Refusal> {
        let mut claims = claims.clone();
        if claims.get("name").is_none() {
            claims.insert("name", name_claim(member));
        }
        let live = match mandate {
            Some(mandate) => self.live_credential(&member.id, &mandate.id, now)?,
            None => None,
        };
        let own = live.filter(|mandate| mandate.holder == holder && mandate.securing == "sd-jwt");
        if let (Some(mandate), true) = (own, kind.claim("basedOn").is_some()) {
            let jwt = mandate.text.split('~').next().unwrap_or_default();
            claims.insert("basedOn", based_on(jwt, rng));
        }
        Ok(claims)
    }
}

/// Tells two credentials of one type and enrolment apart.
pub(super) fn claims_digest(claims: &Object<'static>) -> Result<String, Refusal> {
    let bytes = jcs::canonicalize(&claims.clone().into());
    let bytes = bytes.map_err(|error| Refusal::core(error.code(), &error))?;
    Ok(base64url::encode(&Sha256::digest(bytes)))
}

fn name_claim(member: &Member) -> Value<'static> {
    let mut name = Object::default();
    name.insert("display", member.name.display.clone().into());
    for (part, text) in [
        ("family", &member.name.family),
        ("given", &member.name.given),
        ("native", &member.name.native),
    ] {
        if let Some(text) = text {
            name.insert(part, text.clone().into());
        }
    }
    name.into()
}

/// What the roster says of a mandate; only the open part where every verifier would see all of it.
pub(super) fn mandate_claims(
    member: &Member,
    mandate: &Mandate,
    securing: Securing,
) -> Object<'static> {
    let mut claims = Object::default();
    claims.insert("name", name_claim(member));
    claims.insert("role", mandate.role.clone().into());
    claims.insert("mandateStart", mandate.start.to_string().into());
    if let Some(end) = mandate.end {
        claims.insert("mandateEnd", end.to_string().into());
    }
    if securing == Securing::DataIntegrity {
        return claims;
    }
    for (claim, named) in [
        ("constituency", &mandate.constituency),
        ("group", &mandate.group),
    ] {
        if let Some(named) = named {
            let place = [("label", named.name.clone()), ("code", named.id.clone())];
            claims.insert(claim, Value::object(place));
        }
    }
    if let Some(email) = &member.email {
        claims.insert("email", email.clone().into());
    }
    if !member.languages.is_empty() {
        claims.insert("languages", Value::array(member.languages.iter().cloned()));
    }
    claims
}
