//! The public half of a key as tokens hand it out: `CKA_EC_PARAMS` and `CKA_EC_POINT` (PKCS #11 v3.0
//! section 2.3.3, 2.3.5), in the several forms that are met.
//!
//! The standard wraps the point into a DER OCTET STRING; some tokens return the bare point, and of
//! Edwards curves the standard's own versions say both.

use identity_core::{
    encoding::{base64url, strict_json::Value},
    key::{Algorithm, PublicKey},
};

use super::TokenError;

/// `PrintableString "edwards25519"` (RFC 8032's curve, by its name in PKCS #11 v3.0 section 2.3.5).
pub(super) const ED25519_BY_NAME: &[u8] = b"\x13\x0cedwards25519";
/// The object identifier 1.3.101.112 (RFC 8410 section 3).
pub(super) const ED25519_BY_OID: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];
/// The object identifier 1.2.840.10045.3.1.7 (RFC 5480 section 2.1.1.1).
pub(super) const P256_BY_OID: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

const OCTET_STRING: u8 = 4;

/// Reads a public key.
///
/// # Errors
/// [`TokenError::KeyUnusable`] when the curve is another one, or the point is none of it.
pub(super) fn public_key(params: &[u8], point: &[u8]) -> Result<PublicKey, TokenError> {
    let unusable = || TokenError::KeyUnusable("its public half cannot be read");
    match algorithm(params)? {
        Algorithm::EdDsa => {
            let bytes = unwrapped(point, 32).ok_or_else(unusable)?;
            PublicKey::from_bytes(Algorithm::EdDsa, bytes).map_err(|_| unusable())
        }
        Algorithm::Es256 => {
            let bytes = unwrapped(point, 65).or_else(|| unwrapped(point, 33));
            match bytes.ok_or_else(unusable)? {
                [4, coordinates @ ..] => {
                    let (x, y) = coordinates.split_at(32);
                    // Both coordinates are held to the curve on this way.
                    let jwk = Value::object([
                        ("kty", "EC".to_owned()),
                        ("crv", "P-256".to_owned()),
                        ("x", base64url::encode(x)),
                        ("y", base64url::encode(y)),
                    ]);
                    PublicKey::from_jwk(&jwk).map_err(|_| unusable())
                }
                compressed => {
                    PublicKey::from_bytes(Algorithm::Es256, compressed).map_err(|_| unusable())
                }
            }
        }
    }
}

/// Reads the curve.
fn algorithm(params: &[u8]) -> Result<Algorithm, TokenError> {
    match params {
        ED25519_BY_NAME | ED25519_BY_OID => Ok(Algorithm::EdDsa),
        P256_BY_OID => Ok(Algorithm::Es256),
        _ => Err(TokenError::KeyUnusable("it is on another curve")),
    }
}

/// Returns a point of this length, bare or in an OCTET STRING.
fn unwrapped(point: &[u8], length: usize) -> Option<&[u8]> {
    match point {
        bare if bare.len() == length => Some(bare),
        [OCTET_STRING, short, rest @ ..]
            if rest.len() == length && usize::from(*short) == length =>
        {
            Some(rest)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use identity_core::key::{SecretKey, Signer as _};

    use super::*;

    fn key(algorithm: Algorithm) -> PublicKey {
        let key = SecretKey::from_secret_bytes(algorithm, &[7; 32]).unwrap();
        key.public_key().clone()
    }

    fn wrapped(point: &[u8]) -> Vec<u8> {
        let length = u8::try_from(point.len()).unwrap();
        [&[OCTET_STRING, length], point].concat()
    }

    fn uncompressed(key: &PublicKey) -> Vec<u8> {
        let jwk = key.to_jwk();
        let coordinate =
            |name| base64url::decode(jwk.get(name).unwrap().as_str().unwrap()).unwrap();
        [vec![4], coordinate("x"), coordinate("y")].concat()
    }

    #[test]
    fn an_ed25519_key_is_read_bare_and_wrapped_under_both_names() {
        let key = key(Algorithm::EdDsa);
        let bare = key.to_bytes();
        for params in [ED25519_BY_NAME, ED25519_BY_OID] {
            for point in [bare.clone(), wrapped(&bare)] {
                assert_eq!(public_key(params, &point), Ok(key.clone()));
            }
        }
    }

    #[test]
    fn a_p256_key_is_read_bare_and_wrapped_compressed_or_not() {
        let key = key(Algorithm::Es256);
        for bare in [key.to_bytes(), uncompressed(&key)] {
            for point in [bare.clone(), wrapped(&bare)] {
                assert_eq!(public_key(P256_BY_OID, &point), Ok(key.clone()));
            }
        }
    }

    #[test]
    fn garbage_is_refused() {
        let refused = |params: &[u8], point: &[u8]| {
            let refused = public_key(params, point);
            assert!(
                matches!(refused, Err(TokenError::KeyUnusable(_))),
                "{params:x?} {point:x?}: {refused:?}"
            );
        };
        let edwards = key(Algorithm::EdDsa).to_bytes();
        let point = uncompressed(&key(Algorithm::Es256));
        refused(ED25519_BY_NAME, &[]);
        refused(ED25519_BY_NAME, &edwards[1..]);
        refused(
            ED25519_BY_NAME,
            &[&[OCTET_STRING, 31], &edwards[..]].concat(),
        );
        refused(ED25519_BY_NAME, &[&[3, 32], &edwards[..]].concat());
        refused(ED25519_BY_NAME, &[wrapped(&edwards), vec![0]].concat());
        refused(ED25519_BY_NAME, &wrapped(&wrapped(&edwards)));
        // A point of small order, and one that is not on the curve.
        refused(ED25519_BY_NAME, &[0; 32]);
        let mut off = point.clone();
        off[64] ^= 1;
        refused(P256_BY_OID, &off);
        let mut hybrid = point.clone();
        hybrid[0] = 6;
        refused(P256_BY_OID, &hybrid);
        refused(P256_BY_OID, &point[1..]);
        // Ed448, X25519, P-384, nothing, and a curve written out.
        for params in [
            &b"\x13\x0aedwards448"[..],
            b"\x13\x0acurve25519",
            &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22],
            &[],
            &[0x30, 0x00],
        ] {
            refused(params, &edwards);
            refused(params, &point);
        }
    }
}
