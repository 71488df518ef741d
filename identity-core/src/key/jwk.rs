//! Public keys as JWK (RFC 7517; RFC 7518 section 6.2; RFC 8037 section 2).

use sha2::{Digest as _, Sha256};

use super::{Algorithm, KeyError, PublicKey, public::Inner};
use crate::encoding::{base64url, strict_json::Value};

const MALFORMED: KeyError = KeyError::Malformed { form: "JWK" };

impl PublicKey {
    /// Reads a public JWK.
    ///
    /// Members that describe the key (`kid`, `use`, `alg`) are allowed; an `alg` or `use` that
    /// contradicts it is not.
    ///
    /// # Errors
    /// [`KeyError::Secret`] when a secret part is present, else why it is no usable key.
    pub fn from_jwk(jwk: &Value<'_>) -> Result<Self, KeyError> {
        let text = |name| jwk.get(name).and_then(Value::as_str);
        if ["d", "k", "p", "q"]
            .iter()
            .any(|secret| jwk.get(secret).is_some())
        {
            return Err(KeyError::Secret);
        }
        let key = match (text("kty").ok_or(MALFORMED)?, text("crv")) {
            ("OKP", Some("Ed25519")) => {
                Self::from_bytes(Algorithm::EdDsa, &coordinate(text("x"))?)?
            }
            ("EC", Some("P-256")) => {
                let (x, y) = (coordinate(text("x"))?, coordinate(text("y"))?);
                let mut point = vec![4];
                point.extend(x);
                point.extend(y);
                Self::from_uncompressed(&point).map_err(|_| MALFORMED)?
            }
            _ => return Err(KeyError::Unsupported),
        };
        let contradicts = |name, fitting: &[&str]| {
            jwk.get(name)
                .is_some_and(|v| v.as_str().is_none_or(|text| !fitting.contains(&text)))
        };
        if contradicts("alg", key.algorithm().jose_names()) || contradicts("use", &["sig"]) {
            return Err(MALFORMED);
        }
        Ok(key)
    }

    /// Writes the public JWK with its required members only.
    pub fn to_jwk(&self) -> Value<'static> {
        Value::object(self.jwk_members())
    }

    /// Returns the SHA-256 thumbprint (RFC 7638 section 3).
    pub fn thumbprint(&self) -> [u8; 32] {
        // The required members in lexicographic order, which `jwk_members` keeps.
        let members: Vec<String> = self
            .jwk_members()
            .iter()
            .map(|(name, text)| format!("\"{name}\":\"{text}\""))
            .collect();
        Sha256::digest(format!("{{{}}}", members.join(","))).into()
    }

    fn jwk_members(&self) -> Vec<(&'static str, String)> {
        match &self.0 {
            Inner::Ed25519(key) => vec![
                ("crv", "Ed25519".to_owned()),
                ("kty", "OKP".to_owned()),
                ("x", base64url::encode(key.as_bytes())),
            ],
            Inner::P256(key) => {
                let point = key.to_sec1_point(false);
                let (x, y) = point.as_bytes()[1..].split_at(32);
                vec![
                    ("crv", "P-256".to_owned()),
                    ("kty", "EC".to_owned()),
                    ("x", base64url::encode(x)),
                    ("y", base64url::encode(y)),
                ]
            }
        }
    }
}

fn coordinate(text: Option<&str>) -> Result<Vec<u8>, KeyError> {
    let bytes = base64url::decode(text.ok_or(MALFORMED)?).map_err(|_| MALFORMED)?;
    if bytes.len() == 32 {
        Ok(bytes)
    } else {
        Err(MALFORMED)
    }
}
