//! The registered claims of an SD-JWT VC (draft-ietf-oauth-sd-jwt-vc section 2.2.2).

use jiff::Timestamp;

use super::{Integrity, VcError};
use crate::{
    did::{DidUrl, LocalResolver, Relationship, Resolver as _},
    encoding::strict_json::Value,
    key::PublicKey,
    proof::sd_jwt::{Disclosed, SdJwtError, disclosed::Part},
    status::LEEWAY,
};

/// Claims that are never selectively disclosable, with everything inside them (section 2.2.2.3).
const NEVER_CONCEALED: [&str; 8] = [
    "aka_vcts",
    "cnf",
    "exp",
    "iss",
    "nbf",
    "status",
    "vct",
    "vct#integrity",
];

/// The claims by which an SD-JWT VC is judged, as its issuer wrote them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Claims {
    /// Its type (`vct`).
    pub vct: String,
    /// What the document that describes the type has to be (`vct#integrity`).
    pub integrity: Option<Integrity>,
    /// Types that it is of as well (`aka_vcts`), by the word of its issuer.
    pub also: Vec<String>,
    /// The issuer it names (`iss`). Who signed is what
    /// [`VerifiedVc::signed_by`](super::VerifiedVc::signed_by) says.
    pub issuer: Option<String>,
    /// The subject (`sub`), when it is shown.
    pub subject: Option<String>,
    /// When it was issued (`iat`), when that is shown.
    pub issued_at: Option<Timestamp>,
    /// Before when it must not be accepted (`nbf`).
    pub not_before: Option<Timestamp>,
    /// From when it is no longer valid (`exp`).
    pub expires: Option<Timestamp>,
    /// The key it is bound to (`cnf`).
    pub confirmation: Option<Confirmation>,
    /// Where its status stands (`status`); whoever accepts the credential has to look there.
    pub status: Option<Value<'static>>,
}

/// How a credential names its holder's key (RFC 7800 section 3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Confirmation {
    /// The key itself, by `jwk`, or by a `kid` that is a DID URL which holds it.
    Key(PublicKey),
    /// A way that would need an encrypted or a fetched key (`jwe`, `jku`), or names a key that is to
    /// be known already (`kid`, `x5t#S256`): the holder cannot be asked for a proof.
    Unsupported {
        /// The member.
        member: String,
    },
}

impl Claims {
    /// Reads the claims and checks their forms.
    pub(super) fn read(disclosed: &Disclosed) -> Result<Self, VcError> {
        let claims = disclosed.claims();
        refuse_concealed(disclosed)?;
        let text = |name| optional_text(claims, name);
        let vct = text("vct")?
            .filter(|vct| !vct.is_empty())
            .ok_or_else(|| VcError::claim("vct", "it is missing or empty"))?;
        let integrity = text("vct#integrity")?
            .map(|text| Integrity::parse(&text))
            .transpose()
            .map_err(|_| VcError::claim("vct#integrity", "it has no digest that is known here"))?;
        let instant = |name| match claims.get(name) {
            None => Ok(None),
            Some(value) => numeric_date(value)
                .map(Some)
                .ok_or_else(|| VcError::claim(name, "it is no number of seconds")),
        };
        let status = claims.get("status");
        if status.is_some_and(|status| status.as_object().is_none()) {
            return Err(VcError::claim("status", "it is no object"));
        }
        Ok(Self {
            also: also(claims, &vct)?,
            vct,
            integrity,
            issuer: text("iss")?,
            subject: text("sub")?,
            issued_at: instant("iat")?,
            not_before: instant("nbf")?,
            expires: instant("exp")?,
            confirmation: claims.get("cnf").map(Confirmation::read).transpose()?,
            status: status.map(|status| status.clone().into_owned()),
        })
    }

    /// Checks that the credential is in force at an instant (RFC 7519 sections 4.1.4 to 4.1.6).
    pub(super) fn check_time(&self, now: Timestamp) -> Result<(), VcError> {
        let soon = now.checked_add(LEEWAY).unwrap_or(now);
        for begins in [self.not_before, self.issued_at].into_iter().flatten() {
            if begins > soon {
                return Err(VcError::NotYetValid { from: begins });
            }
        }
        match self.expires {
            Some(until) if now >= until => Err(VcError::Expired { until }),
            _ => Ok(()),
        }
    }
}

impl Confirmation {
    fn read(cnf: &Value<'_>) -> Result<Self, VcError> {
        let wrong = |reason| VcError::claim("cnf", reason);
        let cnf = cnf.as_object().ok_or_else(|| wrong("it is no object"))?;
        let unsupported = |member: &str| Self::Unsupported {
            member: member.chars().take(64).collect(),
        };
        // RFC 7800 section 3.1: it identifies one key.
        let keys = ["jwk", "jwe", "jku"];
        if keys.iter().filter(|name| cnf.get(name).is_some()).count() > 1 {
            return Err(wrong("it names several keys"));
        }
        if let Some(jwk) = cnf.get("jwk") {
            return match PublicKey::from_jwk(jwk) {
                Ok(key) => Ok(Self::Key(key)),
                Err(crate::key::KeyError::Unsupported) => Ok(unsupported("jwk")),
                Err(_) => Err(wrong("its key is not well formed")),
            };
        }
        if let (1, Some(kid)) = (cnf.len(), cnf.get("kid")) {
            let kid = kid.as_str().ok_or_else(|| wrong("its kid is no text"))?;
            return Ok(key_in_did(kid).map_or_else(|| unsupported("kid"), Self::Key));
        }
        match cnf.iter().next() {
            Some((member, _)) => Ok(unsupported(member)),
            None => Err(wrong("it is empty")),
        }
    }
}

/// Returns the key of a DID URL whose DID holds it: nothing is fetched for a holder's key (section
/// 8.3, "Issuer Phone-Home").
fn key_in_did(kid: &str) -> Option<PublicKey> {
    let url: DidUrl = kid.parse().ok()?;
    let resolver = LocalResolver::new();
    let document = resolver.resolve(url.did()).ok()?;
    document
        .method(&url, Relationship::Authentication)
        .ok()
        .cloned()
}

/// Refuses a credential in which a claim is selectively disclosable that never may be.
fn refuse_concealed(disclosed: &Disclosed) -> Result<(), VcError> {
    let withheld = disclosed.withheld();
    let shown = disclosed.found().iter().map(|found| &found.place);
    let elements = withheld.elements.iter();
    for place in shown.chain(elements).chain(&withheld.members) {
        if let Some(Part::Member(name)) = place.first()
            && NEVER_CONCEALED.contains(&name.as_str())
        {
            return Err(SdJwtError::ClaimConflict { name: name.clone() }.into());
        }
    }
    Ok(())
}

/// Reads `aka_vcts` (section 2.2.2.2).
fn also(claims: &Value<'_>, vct: &str) -> Result<Vec<String>, VcError> {
    let Some(listed) = claims.get("aka_vcts") else {
        return Ok(Vec::new());
    };
    let texts = listed.as_array().filter(|list| !list.is_empty());
    let texts = texts.and_then(|list| {
        let texts = list.iter().map(Value::as_str);
        texts.collect::<Option<Vec<&str>>>()
    });
    match texts {
        Some(texts) if texts.iter().all(|text| !text.is_empty() && *text != vct) => {
            Ok(texts.into_iter().map(str::to_owned).collect())
        }
        _ => Err(VcError::claim("aka_vcts", "it is no list of other types")),
    }
}

pub(super) fn optional_text(
    claims: &Value<'_>,
    name: &'static str,
) -> Result<Option<String>, VcError> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.to_string())),
        Some(_) => Err(VcError::claim(name, "it is no text")),
    }
}

/// Reads seconds since 1970, perhaps with decimals (RFC 7519 section 2, `NumericDate`).
///
/// An exponent is refused: no issuer writes an instant so.
fn numeric_date(value: &Value<'_>) -> Option<Timestamp> {
    let Value::Number(text) = value else {
        return None;
    };
    let (whole, decimals) = text.split_once('.').unwrap_or_else(|| (text.as_ref(), ""));
    if !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let second: i64 = whole.parse().ok()?;
    let nanos: String = decimals
        .chars()
        .chain("000000000".chars())
        .take(9)
        .collect();
    let nanos: i32 = nanos.parse().ok()?;
    let signed = if whole.starts_with('-') {
        -nanos
    } else {
        nanos
    };
    Timestamp::new(second, signed).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_count_away_from_1970_in_both_directions() {
        let read = |text: &'static str| numeric_date(&Value::Number(text.into()));
        let at = |second, nanos| Timestamp::new(second, nanos).ok();
        assert_eq!(read("1.5"), at(1, 500_000_000));
        assert_eq!(read("-1.5"), at(-1, -500_000_000));
        assert_eq!(read("0.0000000019"), at(0, 1));
        assert_eq!([read("1.x"), read("1.5e3"), read("x")], [None; 3]);
    }
}
