//! Verification methods on the four curves, from secret numbers that are the same in every run.

use identity_core::{
    encoding::base64url,
    key::{Algorithm, SecretKey, Signer as _},
};
use serde_json::{Value as Json, json};

use super::ISSUER;

/// Every kind of key.
pub(crate) const CURVES: [&str; 4] = ["Ed25519", "P-256", "P-384", "P-521"];

pub(crate) fn secret(algorithm: Algorithm, seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(algorithm, &[seed; 32]).unwrap()
}

/// A verification method of the issuer with its secret part.
pub(crate) fn method(curve: &str, seed: u8) -> Json {
    let mut public = public_jwk(curve, seed);
    public["kid"] = json!(format!("{curve}-{seed}"));
    let mut secret = public.clone();
    secret["d"] = json!(base64url::encode(&scalar(curve, seed)));
    json!({
        "id": format!("{ISSUER}#{curve}-{seed}"),
        "type": "JsonWebKey",
        "controller": ISSUER,
        "publicKeyJwk": public,
        "secretKeyJwk": secret,
    })
}

/// The same without its secret part.
pub(crate) fn public(curve: &str, seed: u8) -> Json {
    let mut method = method(curve, seed);
    method.as_object_mut().unwrap().remove("secretKeyJwk");
    method
}

fn scalar(curve: &str, seed: u8) -> Vec<u8> {
    match curve {
        "P-384" => vec![seed; 48],
        "P-521" => {
            // 521 bits are 65 bytes and one bit.
            let mut scalar = vec![seed; 66];
            scalar[0] = 0;
            scalar
        }
        _ => vec![seed; 32],
    }
}

fn public_jwk(curve: &str, seed: u8) -> Json {
    let ec = |point: &[u8]| {
        let (x, y) = point[1..].split_at(point.len() / 2);
        json!({"kty": "EC", "crv": curve, "x": base64url::encode(x), "y": base64url::encode(y)})
    };
    match curve {
        "P-384" => {
            let key = p384::ecdsa::SigningKey::from_slice(&scalar(curve, seed)).unwrap();
            ec(key.verifying_key().to_sec1_point(false).as_bytes())
        }
        "P-521" => {
            let key = p521::ecdsa::SigningKey::from_slice(&scalar(curve, seed)).unwrap();
            ec(key.verifying_key().to_sec1_point(false).as_bytes())
        }
        "P-256" => secret(Algorithm::Es256, seed)
            .public_key()
            .to_jwk()
            .to_serde(),
        _ => secret(Algorithm::EdDsa, seed)
            .public_key()
            .to_jwk()
            .to_serde(),
    }
}
