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

/// Returns what is signed: the hash of the proof's configuration, then that of the document, as if
/// either lacked the member named.
///
/// The document is signed with the proof's own `@context`, of which the document's must be a
/// continuation: what was added behind it later does not change what was meant.
pub(super) fn hash_data<'a>(
    (document, absent): (&Object<'a>, Option<&str>),
    (proof, value): (&Object<'a>, Option<&str>),
) -> Result<[u8; 64], ProofError> {
    let shortened;
    let document = match (document.get("@context"), proof.get("@context")) {
        (None, None) => document,
        (Some(present), Some(signed)) if list(present).starts_with(list(signed)) => {
            if present == signed {
                document
            } else {
                let mut copy = document.clone();
                copy.insert("@context", signed.clone());
                shortened = copy;
                &shortened
            }
        }
        _ => return Err(ProofError::Context),
    };
    let mut hashes = [0; 64];
    let configuration = jcs::canonicalize_object(proof, value)?;
    hashes[..32].copy_from_slice(&Sha256::digest(configuration));
    let document = jcs::canonicalize_object(document, absent)?;
    hashes[32..].copy_from_slice(&Sha256::digest(document));
    Ok(hashes)
}

/// A value that may stand alone or in an array.
pub(super) fn list<'v, 'a>(value: &'v Value<'a>) -> &'v [Value<'a>] {
    value
        .as_array()
        .unwrap_or_else(|| std::slice::from_ref(value))
}
