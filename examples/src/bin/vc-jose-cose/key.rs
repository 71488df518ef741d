//! The key of a verification method, on any of the four curves of the suite.

use std::path::Path;

use identity_core::{
    encoding::{
        base64url,
        strict_json::{self, Limits, Value},
    },
    key::{Algorithm, PublicKey, SecretKey, SignatureError, SigningError},
    proof::enveloping::{JoseKey, JoseSigner},
};
use p384::ecdsa::signature::{Signer as _, Verifier as _};

use crate::result::Outcome;

/// A verification method as the suite writes it, or a JWK alone.
#[derive(Debug)]
pub(crate) struct KeyFile {
    /// The verification method's `id`, else the JWK's `kid`.
    pub(crate) id: Option<String>,
    /// The JWK's own `kid`.
    pub(crate) jwk_id: Option<String>,
    /// Whose key it is.
    pub(crate) controller: Option<String>,
    pub(crate) public: AnyKey,
    secret: Option<Vec<u8>>,
}

/// A public key: the core's two kinds, and the two that only this program has.
#[derive(Debug)]
pub(crate) enum AnyKey {
    Core(PublicKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
}

/// A secret key of the same four kinds.
#[derive(Debug)]
pub(crate) enum AnySigner {
    Core(SecretKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
}

impl KeyFile {
    pub(crate) fn read(path: &Path) -> Result<Self, Outcome> {
        let json = fs_err::read(path).map_err(Outcome::error)?;
        let file = strict_json::parse(&json, &Limits::small()).map_err(Outcome::error)?;
        let secret = ["secretKeyJwk", "privateKeyJwk"]
            .iter()
            .find_map(|name| file.get(name));
        let jwk = match file.get("publicKeyJwk").or(secret) {
            Some(jwk) => jwk,
            None if file.get("kty").is_some() => &file,
            None => return Err(Outcome::error("the key file has no JWK")),
        };
        let secret = secret.or(Some(jwk)).and_then(|jwk| text(jwk, "d"));
        let owned = |found: Option<&str>| found.map(str::to_owned);
        let jwk_id = owned(text(jwk, "kid"));
        Ok(Self {
            id: owned(text(&file, "id")).or_else(|| jwk_id.clone()),
            jwk_id,
            controller: owned(text(&file, "controller")),
            public: AnyKey::from_jwk(jwk)?,
            secret: match secret {
                None => None,
                Some(d) => Some(base64url::decode(d).map_err(Outcome::error)?),
            },
        })
    }

    /// Returns the secret half, which must be that of the public one.
    pub(crate) fn signer(&self) -> Result<AnySigner, Outcome> {
        let Some(secret) = &self.secret else {
            return Err(Outcome::error("the key file has no secret key"));
        };
        let malformed = || Outcome::error("the secret key is not that of the public key");
        let signer = match &self.public {
            AnyKey::Core(public) => {
                let bytes = secret.as_slice().try_into().map_err(|_| malformed())?;
                let secret = SecretKey::from_secret_bytes(public.algorithm(), bytes);
                AnySigner::Core(secret.map_err(Outcome::error)?)
            }
            AnyKey::P384(_) => AnySigner::P384(
                p384::ecdsa::SigningKey::from_slice(secret).map_err(|_| malformed())?,
            ),
            AnyKey::P521(_) => AnySigner::P521(
                p521::ecdsa::SigningKey::from_slice(secret).map_err(|_| malformed())?,
            ),
        };
        let message = b"one key";
        let signature = signer.sign(message).map_err(Outcome::error)?;
        let matches = self.public.verify(message, &signature);
        matches.map(|()| signer).map_err(|_| malformed())
    }
}

impl AnyKey {
    fn from_jwk(jwk: &Value<'_>) -> Result<Self, Outcome> {
        let size = match text(jwk, "crv") {
            Some("P-384") => 48,
            Some("P-521") => 66,
            _ => return Self::of_the_core(jwk),
        };
        let mut point = vec![4];
        for name in ["x", "y"] {
            let coordinate = base64url::decode(text(jwk, name).unwrap_or_default());
            let coordinate = coordinate.map_err(Outcome::error)?;
            if coordinate.len() != size {
                return Err(Outcome::error("a coordinate is too short or too long"));
            }
            point.extend(coordinate);
        }
        let (key, alg) = if size == 48 {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(&point);
            (key.map(Self::P384), "ES384")
        } else {
            let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(&point);
            (key.map(Self::P521), "ES512")
        };
        let named = jwk
            .get("alg")
            .is_none_or(|named| named.as_str() == Some(alg));
        match key {
            Ok(key) if text(jwk, "kty") == Some("EC") && named => Ok(key),
            _ => Err(Outcome::error("the JWK is no key of its curve")),
        }
    }

    /// Reads a key as the core does, without the secret part, which it refuses.
    fn of_the_core(jwk: &Value<'_>) -> Result<Self, Outcome> {
        let mut public = jwk.clone();
        if let Value::Object(members) = &mut public {
            members.remove("d");
        }
        PublicKey::from_jwk(&public)
            .map(Self::Core)
            .map_err(Outcome::error)
    }
}

impl JoseKey for AnyKey {
    fn accepts(&self, alg: &str) -> bool {
        match self {
            Self::Core(key) => key.accepts(alg),
            // RFC 7518 section 3.4.
            Self::P384(_) => alg == "ES384",
            Self::P521(_) => alg == "ES512",
        }
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        let matches = match self {
            Self::Core(key) => return JoseKey::verify(key, message, signature),
            Self::P384(key) => p384::ecdsa::Signature::from_slice(signature)
                .and_then(|signature| key.verify(message, &signature)),
            Self::P521(key) => p521::ecdsa::Signature::from_slice(signature)
                .and_then(|signature| key.verify(message, &signature)),
        };
        matches.map_err(|_| SignatureError::default())
    }
}

impl JoseSigner for AnySigner {
    fn alg(&self) -> &'static str {
        match self {
            Self::Core(key) => match key.algorithm() {
                Algorithm::EdDsa => "EdDSA",
                Algorithm::Es256 => "ES256",
            },
            Self::P384(_) => "ES384",
            Self::P521(_) => "ES512",
        }
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        match self {
            Self::Core(key) => JoseSigner::sign(key, message),
            Self::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign(message);
                Ok(signature.to_bytes().to_vec())
            }
            Self::P521(key) => {
                let signature: p521::ecdsa::Signature = key.sign(message);
                Ok(signature.to_bytes().to_vec())
            }
        }
    }
}

fn text<'v>(value: &'v Value<'_>, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}
