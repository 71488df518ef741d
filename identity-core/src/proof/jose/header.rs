//! The protected header.

use super::JwsError;
use crate::{
    did::DidUrl,
    encoding::{
        jcs,
        strict_json::{self, Limits, Object, Value},
    },
    key::{Algorithm, PublicKey},
};

/// The protected header of a JWS: algorithm, kind of document, and how the key is named.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// The algorithm (`alg`).
    pub algorithm: Algorithm,
    /// The key's name (`kid`): a DID URL, where the key is to be found through it.
    pub kid: Option<String>,
    /// The kind of document (`typ`), which keeps one signature from passing for another
    /// (RFC 8725 section 3.11).
    pub typ: Option<String>,
    /// The public key itself (`jwk`), where it is what is being proved.
    pub jwk: Option<PublicKey>,
}

impl Header {
    /// A header that names its key by a DID URL.
    pub fn with_kid(algorithm: Algorithm, typ: &str, kid: &DidUrl) -> Self {
        Self {
            algorithm,
            kid: Some(kid.to_string()),
            typ: Some(typ.to_owned()),
            jwk: None,
        }
    }

    /// A header that carries its key.
    pub fn with_jwk(typ: &str, key: PublicKey) -> Self {
        Self {
            algorithm: key.algorithm(),
            kid: None,
            typ: Some(typ.to_owned()),
            jwk: Some(key),
        }
    }

    /// A header that leaves the key to be known from elsewhere, as a key binding does.
    pub fn bare(algorithm: Algorithm, typ: &str) -> Self {
        Self {
            algorithm,
            kid: None,
            typ: Some(typ.to_owned()),
            jwk: None,
        }
    }

    /// Reads a header in which every member is known here.
    pub(super) fn parse(json: &[u8]) -> Result<Self, JwsError> {
        let limits = Limits {
            max_bytes: 8 << 10,
            max_depth: 4,
            max_values: 64,
        };
        Self::read(json, &limits, refuse_unknown)
    }

    /// Reads a header as RFC 7515 section 4 has it: a member that is not understood is ignored, unless
    /// it is one by which a signature means something else.
    pub(super) fn parse_open(json: &[u8]) -> Result<Self, JwsError> {
        let limits = Limits {
            max_bytes: 64 << 10,
            max_depth: 16,
            max_values: 1024,
        };
        Self::read(json, &limits, refuse_dangerous)
    }

    fn read(
        json: &[u8],
        limits: &Limits,
        refuse: fn(&Object<'_>) -> Result<(), JwsError>,
    ) -> Result<Self, JwsError> {
        let value = strict_json::parse(json, limits)?;
        let object = value.as_object().ok_or(JwsError::Malformed {
            reason: "the header is no object",
        })?;
        let text = |name: &str| match object.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_ref())),
            Some(_) => Err(JwsError::Header {
                name: name.to_owned(),
            }),
        };
        refuse(object)?;
        let alg = text("alg")?.ok_or(JwsError::Malformed {
            reason: "the header has no alg",
        })?;
        let algorithm = Algorithm::from_jose(alg).ok_or_else(|| JwsError::Algorithm {
            alg: alg.chars().take(32).collect(),
        })?;
        let kid = text("kid")?.map(str::to_owned);
        let typ = text("typ")?.map(str::to_owned);
        let jwk = object.get("jwk").map(PublicKey::from_jwk).transpose()?;
        Ok(Self {
            algorithm,
            kid,
            typ,
            jwk,
        })
    }

    /// Writes the header as canonical JSON.
    pub(super) fn to_json(&self) -> Vec<u8> {
        let mut object = Object::default();
        object.insert("alg", self.algorithm.as_jose().into());
        if let Some(kid) = &self.kid {
            object.insert("kid", kid.clone().into());
        }
        if let Some(typ) = &self.typ {
            object.insert("typ", typ.clone().into());
        }
        if let Some(jwk) = &self.jwk {
            object.insert("jwk", jwk.to_jwk());
        }
        jcs::canonicalize(&object.into()).expect("a header holds no number")
    }
}

/// Refuses members that are neither read here nor known to be harmless: `cty`, and `iss`/`vctm`-like
/// hints that SD-JWT VC issuers add, change neither the key nor the bytes.
fn refuse_unknown(object: &Object<'_>) -> Result<(), JwsError> {
    const KNOWN: [&str; 4] = ["alg", "jwk", "kid", "typ"];
    const HARMLESS: [&str; 2] = ["cty", "vctm"];
    for (name, _) in object.iter() {
        if !KNOWN.contains(&name) && !HARMLESS.contains(&name) {
            return Err(JwsError::Header {
                name: name.chars().take(64).collect(),
            });
        }
    }
    Ok(())
}

/// Refuses members that bring in a key from elsewhere, or change which bytes are signed.
///
/// `crit` is among them: no extension is understood here (RFC 7515 section 4.1.11).
fn refuse_dangerous(object: &Object<'_>) -> Result<(), JwsError> {
    const DANGEROUS: [&str; 6] = ["b64", "crit", "jku", "jwk", "x5u", "zip"];
    match DANGEROUS.iter().find(|name| object.get(name).is_some()) {
        None => Ok(()),
        Some(name) => Err(JwsError::Header {
            name: (*name).to_owned(),
        }),
    }
}
