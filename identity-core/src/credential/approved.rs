//! What officers approve of a credential: all that is signed but what shows their approval, and when it was
//! signed. Slot, salts and dates are part of it, so that one approval is good for one credential.

use sha2::{Digest as _, Sha256};

use super::CredentialError;
use crate::{
    encoding::{
        jcs,
        merkle::Hash,
        strict_json::{Object, Value},
    },
    proof::data_integrity::ProofError,
};

/// Returns the SHA-256 of the canonical form (RFC 8785) of what is signed of an SD-JWT VC, without `approval`
/// and `iat`.
///
/// # Errors
/// [`CredentialError`] when a number in it has no canonical form.
pub fn approved_claims(payload: &Object<'_>) -> Result<Hash, CredentialError> {
    digest_without(payload, ["approval", "iat"])
}

/// Returns the SHA-256 of the canonical form (RFC 8785) of a VC 2.0 credential, without `evidence` and `proof`.
///
/// # Errors
/// [`CredentialError`] when a number in it has no canonical form.
pub fn approved_document(document: &Object<'_>) -> Result<Hash, CredentialError> {
    digest_without(document, ["evidence", "proof"])
}

fn digest_without(object: &Object<'_>, names: [&str; 2]) -> Result<Hash, CredentialError> {
    let mut object = object.clone();
    for name in names {
        object.remove(name);
    }
    let bytes = jcs::canonicalize(&Value::Object(object)).map_err(ProofError::from)?;
    Ok(Sha256::digest(&bytes).into())
}
