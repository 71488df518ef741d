//! Token Status List (draft-ietf-oauth-status-list-20): zlib, first slot least significant, `ttl` in seconds.

mod ttl;

pub use ttl::TtlSeconds;

use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::inflate::{from_zlib, to_zlib};
use super::{Instant, SlotBits, StatusList, StatusListError};
use crate::verify::Budget;

/// The `status_list` object (section 4.2): the bits of a slot and the compressed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StatusListObject {
    /// 1, 2, 4 or 8.
    pub bits: u64,
    /// The list: zlib in base64url without padding.
    pub lst: String,
}

/// The claims of a Status List Token (section 5.1), whose media type is `application/statuslist+jwt`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StatusListClaims {
    /// The name of the list, equal to the `uri` in the credentials that use it.
    pub sub: String,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// When it expires, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// How long a copy may be kept, in **seconds**.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u64>,
    /// The list.
    pub status_list: StatusListObject,
}

impl StatusListObject {
    /// Writes a list.
    pub fn encode(list: &StatusList) -> Self {
        Self {
            bits: list.bits().get().into(),
            lst: encode(list),
        }
    }

    /// Reads the list.
    ///
    /// # Errors
    /// As [`decode`], and [`StatusListError::Bits`].
    pub fn decode(&self, budget: &mut Budget) -> Result<StatusList, StatusListError> {
        decode(&self.lst, self.bits.try_into()?, budget)
    }
}

impl StatusListClaims {
    /// Makes the claims of the token that publishes `list` under the name `sub`.
    pub fn new(
        sub: impl Into<String>,
        list: &StatusList,
        issued_at: Instant,
        expires: Instant,
        ttl: Duration,
    ) -> Self {
        Self {
            sub: sub.into(),
            iat: issued_at.as_second(),
            exp: Some(expires.as_second()),
            ttl: Some(ttl.as_secs()),
            status_list: StatusListObject::encode(list),
        }
    }

    /// Returns how long a copy may be kept.
    pub fn time_to_live(&self) -> Option<Duration> {
        self.ttl.map(Duration::from_secs)
    }
}

/// Writes the `lst` member: the packed slots in zlib, in base64url without padding.
pub fn encode(list: &StatusList) -> String {
    crate::encoding::base64url::encode(&to_zlib(list.packed()))
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
