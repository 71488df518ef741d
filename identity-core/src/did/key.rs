//! The did:key method: the DID is the key.

use super::{Did, DidDocument, DidError};
use crate::key::PublicKey;

/// Makes the DID of a key.
///
/// # Panics
/// Never: a multikey has only characters that a DID may have.
pub fn create(key: &PublicKey) -> Did {
    format!("did:key:{}", key.to_multikey())
        .parse()
        .expect("base58 letters and digits are a DID")
}

/// Makes the document of a did:key: its one key, named by the multikey itself.
///
/// # Errors
/// [`DidError`] when it is no did:key, or its key cannot be used.
pub fn resolve(did: &Did) -> Result<DidDocument, DidError> {
    if did.method() != "key" {
        return Err(DidError::UnsupportedMethod {
            method: did.method().to_owned(),
        });
    }
    let key = PublicKey::from_multikey(did.specific_id())?;
    let method = did.with_fragment(did.specific_id())?;
    Ok(DidDocument::of_one_key(did.clone(), method, key))
}
