//! What the two suites share: which bytes are signed (Data Integrity `EdDSA` Cryptosuites 1.0 section
//! 3.3; Data Integrity ECDSA Cryptosuites 1.0 section 3.3).

use sha2::{Digest as _, Sha256};

use super::ProofError;
use crate::{
    encoding::{
        jcs,
        strict_json::{Object, Value},
    },
    key::Algorithm,
};

/// Returns the cryptosuite of a key's algorithm.
pub(super) const fn name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::EdDsa => "eddsa-jcs-2022",
        Algorithm::Es256 => "ecdsa-jcs-2019",
    }
}

/// Returns what is signed: the hash of the proof's configuration, then that of the document.
///
/// The document is signed with the proof's own `@context`, of which the document's must be a
/// continuation: what was added behind it later does not change what was meant.
pub(super) fn hash_data(
    mut document: Object<'_>,
    configuration: &Object<'_>,
) -> Result<[u8; 64], ProofError> {
    if let Some(signed) = configuration.get("@context") {
        let present = document.get("@context").ok_or(ProofError::Context)?;
        if !list(present).starts_with(list(signed)) {
            return Err(ProofError::Context);
        }
        document.insert("@context", signed.clone().into_owned());
    } else if document.get("@context").is_some() {
        return Err(ProofError::Context);
    }
    let configuration = jcs::canonicalize(&Value::Object(configuration.clone()))?;
    let document = jcs::canonicalize(&Value::Object(document))?;
    let mut hashes = [0; 64];
    hashes[..32].copy_from_slice(&Sha256::digest(configuration));
    hashes[32..].copy_from_slice(&Sha256::digest(document));
    Ok(hashes)
}

/// A value that may stand alone or in an array.
pub(super) fn list<'v, 'a>(value: &'v Value<'a>) -> &'v [Value<'a>] {
    value
        .as_array()
        .unwrap_or_else(|| std::slice::from_ref(value))
}
