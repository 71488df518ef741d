//! IETF Token Status List (draft-ietf-oauth-status-list-20): zlib, the first slot least significant,
//! `ttl` in seconds.
//!
//! A referenced token names a list and a place in it by its [`StatusClaim`]; a [`StatusListToken`] is
//! the list under a signature; [`StatusListToken::status`] reads the one against the other. An
//! [`Aggregation`] names all the lists of an issuer. Nothing is fetched.
//!
//! The encodings in CBOR (CWT, COSE) are not read here.

mod aggregation;
mod claim;
mod error;
mod status_type;
mod token;
mod ttl;

#[cfg(test)]
mod tests;

pub use aggregation::Aggregation;
pub use claim::{ListReference, StatusClaim};
pub use error::TokenError;
pub use status_type::StatusType;
pub use token::{MEDIA_TYPE, StatusListToken, TYP, TokenDraft, TokenIssuers, TokenSigner};
pub use ttl::TtlSeconds;

use super::{
    SlotBits, StatusList, StatusListError,
    inflate::{from_zlib, to_zlib},
};
use crate::verify::Budget;

/// Writes the `lst` member: the packed slots in zlib, in base64url without padding (section 4.1).
pub fn encode(list: &StatusList) -> String {
    crate::encoding::base64url::encode(&to_zlib(&list.packed()))
}

/// Reads an `lst` member.
///
/// # Errors
/// [`StatusListError::Text`], [`StatusListError::Compression`], and [`StatusListError::Budget`] when
/// the list would be larger than the budget has left.
pub fn decode(
    lst: &str,
    bits: SlotBits,
    budget: &mut Budget,
) -> Result<StatusList, StatusListError> {
    let compressed = crate::encoding::base64url::decode(lst)
        .ok()
        .ok_or(StatusListError::Text {
            expected: "canonical base64url",
        })?;
    Ok(StatusList::from_packed(
        bits,
        from_zlib(&compressed, budget)?,
    ))
}
