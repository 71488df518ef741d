//! JWT VC Issuer Metadata (draft-ietf-oauth-sd-jwt-vc section 4).

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::VcError;
use crate::{
    did::web,
    encoding::strict_json::{self, Limits, Value},
    key::{Algorithm, PublicKey},
    status::LEEWAY,
};

const WELL_KNOWN: &str = "/.well-known/jwt-vc-issuer";

/// Metadata of issuers that somebody fetched, each with the instant it was fetched at.
#[derive(Clone, Debug)]
pub struct IssuerMetadata {
    max_age: SignedDuration,
    issuers: HashMap<String, Held>,
}

#[derive(Clone, Debug)]
struct Held {
    fetched_at: Timestamp,
    keys: Keys,
}

#[derive(Clone, Debug)]
enum Keys {
    /// They stand elsewhere (`jwks_uri`), and are not at hand.
    At(String),
    Here(Vec<NamedKey>),
}

#[derive(Clone, Debug)]
struct NamedKey {
    kid: Option<String>,
    key: PublicKey,
}

/// Returns the URL of an issuer's metadata.
///
/// # Errors
/// [`VcError::Metadata`] when the issuer is no HTTPS URL of host, port and path alone. An IP address is
/// no host here (section 7.1, "Server-Side Request Forgery").
pub fn metadata_url(issuer: &str) -> Result<String, VcError> {
    let wrong = VcError::Metadata {
        reason: "the issuer is no HTTPS URL of host, port and path",
    };
    let (authority, path) = web::split_https(issuer).map_err(|_| wrong)?;
    let path = path.strip_suffix('/').unwrap_or(path);
    Ok(format!("https://{authority}{WELL_KNOWN}{path}"))
}

impl IssuerMetadata {
    /// Holds nothing; what it will hold counts for `max_age` after it was fetched.
    pub fn new(max_age: SignedDuration) -> Self {
        Self {
            max_age,
            issuers: HashMap::new(),
        }
    }

    /// Takes an issuer's metadata, as it came from [`metadata_url`], and returns the URL from which
    /// its keys have to be fetched as well, when they do not stand inside.
    ///
    /// # Errors
    /// [`VcError::Metadata`] when it is not well formed, or that of another issuer.
    pub fn insert(
        &mut self,
        issuer: &str,
        json: &[u8],
        fetched_at: Timestamp,
    ) -> Result<Option<&str>, VcError> {
        metadata_url(issuer)?;
        let wrong = |reason| VcError::Metadata { reason };
        let value = strict_json::parse(json, &Limits::small())
            .map_err(|_| wrong("it is not strict JSON of at most 1 MiB"))?;
        // Section 4.3.
        if value.get("issuer").and_then(Value::as_str) != Some(issuer) {
            return Err(wrong("it is that of another issuer"));
        }
        let keys = match (value.get("jwks"), value.get("jwks_uri")) {
            (Some(jwks), None) => Keys::Here(read_keys(jwks)?),
            (None, Some(Value::String(uri))) if web::split_https(uri).is_ok() => {
                Keys::At(uri.to_string())
            }
            _ => {
                return Err(wrong(
                    "it has not exactly one of jwks and an HTTPS jwks_uri",
                ));
            }
        };
        let held = Held { fetched_at, keys };
        self.issuers.insert(issuer.to_owned(), held);
        Ok(match self.issuers.get(issuer).map(|held| &held.keys) {
            Some(Keys::At(uri)) => Some(uri),
            _ => None,
        })
    }

    /// Takes the keys that an issuer's metadata refers to by `jwks_uri`.
    ///
    /// # Errors
    /// [`VcError::Metadata`] when they are no JWK Set, or the metadata at hand does not refer to this
    /// URL.
    pub fn insert_keys(&mut self, issuer: &str, uri: &str, json: &[u8]) -> Result<(), VcError> {
        let wrong = |reason| VcError::Metadata { reason };
        let held = self.issuers.get_mut(issuer);
        let held = held.ok_or_else(|| wrong("its keys came before it"))?;
        if !matches!(&held.keys, Keys::At(expected) if expected == uri) {
            return Err(wrong("its keys stand at another URL"));
        }
        let value = strict_json::parse(json, &Limits::small())
            .map_err(|_| wrong("its keys are not strict JSON of at most 1 MiB"))?;
        held.keys = Keys::Here(read_keys(&value)?);
        Ok(())
    }

    /// Finds the key with which an issuer signs.
    pub(super) fn key(
        &self,
        issuer: &str,
        kid: Option<&str>,
        algorithm: Algorithm,
        now: Timestamp,
    ) -> Result<&PublicKey, VcError> {
        metadata_url(issuer)?;
        let missing = || VcError::MetadataMissing {
            issuer: issuer.to_owned(),
        };
        let held = self.issuers.get(issuer).ok_or_else(missing)?;
        let age = now.duration_since(held.fetched_at);
        let Keys::Here(keys) = &held.keys else {
            return Err(missing());
        };
        if age > self.max_age || age < -LEEWAY {
            return Err(missing());
        }
        let mut fitting = keys.iter().filter(|named| {
            named.key.algorithm() == algorithm && (kid.is_none() || named.kid.as_deref() == kid)
        });
        // A signature is checked with one key, not with each until one fits.
        match (fitting.next(), fitting.next()) {
            (Some(named), None) => Ok(&named.key),
            (None, _) => Err(VcError::IssuerKey {
                reason: "its metadata has no such key",
            }),
            (Some(_), Some(_)) => Err(VcError::IssuerKey {
                reason: "its metadata has several keys, and nothing says which it is",
            }),
        }
    }
}

/// Reads a JWK Set (RFC 7517 section 5): keys of other kinds and for other uses are left out.
fn read_keys(jwks: &Value<'_>) -> Result<Vec<NamedKey>, VcError> {
    let wrong = |reason| VcError::Metadata { reason };
    let keys = jwks.get("keys").and_then(Value::as_array);
    let keys = keys.ok_or_else(|| wrong("its keys are no JWK Set"))?;
    let mut read = Vec::new();
    for jwk in keys {
        let kid = match jwk.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.to_string()),
            Some(_) => return Err(wrong("a key's kid is no text")),
        };
        if !crate::did::is_for_verifying(jwk) {
            continue;
        }
        match PublicKey::from_jwk(jwk) {
            Ok(key) => read.push(NamedKey { kid, key }),
            Err(crate::key::KeyError::Secret) => return Err(wrong("a secret key stands in it")),
            Err(_) => {}
        }
    }
    Ok(read)
}
