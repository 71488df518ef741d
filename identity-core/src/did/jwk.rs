//! The did:jwk method: the DID is the public JWK, in base64url.

use super::{Did, DidDocument, DidError, document::is_for_verifying};
use crate::{
    encoding::{
        base64url, jcs,
        strict_json::{self, Limits},
    },
    key::{KeyError, PublicKey},
};

const MALFORMED: DidError = DidError::Key(KeyError::Malformed { form: "did:jwk" });

/// Makes the DID of a key, from its JWK in canonical JSON.
///
/// # Panics
/// Never: a JWK has strings only, and base64url has only characters that a DID may have.
pub fn create(key: &PublicKey) -> Did {
    let jwk = jcs::canonicalize(&key.to_jwk()).expect("a JWK holds no number");
    format!("did:jwk:{}", base64url::encode(&jwk))
        .parse()
        .expect("base64url text is a DID")
}

/// Makes the document of a did:jwk: its one key, named `#0`.
///
/// A key that says it is for encryption (`use`, `key_ops`, `alg`) is no method for signatures (did:jwk
/// Method Specification, section "Read"): its document has none.
///
/// # Errors
/// [`DidError`] when it is no did:jwk, or its key cannot be used.
pub fn resolve(did: &Did) -> Result<DidDocument, DidError> {
    if did.method() != "jwk" {
        return Err(DidError::UnsupportedMethod {
            method: did.method().to_owned(),
        });
    }
    let json = base64url::decode(did.specific_id()).map_err(|_| MALFORMED)?;
    let jwk = strict_json::parse(&json, &Limits::small()).map_err(|_| MALFORMED)?;
    if !is_for_verifying(&jwk) {
        return Ok(DidDocument::of_no_key(did.clone()));
    }
    let key = PublicKey::from_jwk(&jwk)?;
    Ok(DidDocument::of_one_key(
        did.clone(),
        did.with_fragment("0")?,
        key,
    ))
}
