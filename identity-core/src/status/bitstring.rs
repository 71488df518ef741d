//! Bitstring Status List 1.0: gzip, first slot most significant, `ttl` in milliseconds.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::inflate::{from_gzip, to_gzip};
use super::{Instant, SLOTS, SlotBits, StatusList, StatusListError, values};
use crate::verify::Budget;

/// What a bit of a W3C list means (section 2.2, `statusPurpose`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Purpose {
    /// Cancelled for good.
    Revocation,
    /// Not accepted for now.
    Suspension,
}

/// The `credentialSubject` of a `BitstringStatusListCredential` (section 2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BitstringSubject {
    /// The name of the list with `#list`.
    pub id: String,
    /// `BitstringStatusList`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What a set bit means.
    pub status_purpose: Purpose,
    /// The list: gzip in base64url, with the multibase prefix `u`.
    pub encoded_list: String,
    /// How long a copy may be kept, in **milliseconds**; 300,000 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u64>,
}

/// The fields of a `BitstringStatusListCredential` before it is signed (section 2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BitstringCredential {
    /// `https://www.w3.org/ns/credentials/v2`, which defines every term used here.
    #[serde(rename = "@context")]
    pub context: Vec<String>,
    /// The name of the list.
    pub id: String,
    /// `VerifiableCredential` and `BitstringStatusListCredential`.
    #[serde(rename = "type")]
    pub kind: Vec<String>,
    /// The DID of the issuer.
    pub issuer: String,
    /// From when the list counts.
    pub valid_from: Instant,
    /// Until when it counts.
    pub valid_until: Instant,
    /// The list.
    pub credential_subject: BitstringSubject,
}

impl BitstringCredential {
    /// Makes the credential that publishes `list` for one purpose, under the name `uri`.
    pub fn new(
        uri: &super::ListUri,
        list: &StatusList,
        purpose: Purpose,
        valid_from: Instant,
        valid_until: Instant,
        ttl: Duration,
    ) -> Self {
        let strings = |items: &[&str]| items.iter().map(|&item| item.to_owned()).collect();
        Self {
            context: strings(&["https://www.w3.org/ns/credentials/v2"]),
            id: uri.as_str().to_owned(),
            kind: strings(&["VerifiableCredential", "BitstringStatusListCredential"]),
            issuer: uri.issuer().to_owned(),
            valid_from,
            valid_until,
            credential_subject: BitstringSubject {
                id: format!("{uri}#list"),
                kind: "BitstringStatusList".to_owned(),
                status_purpose: purpose,
                encoded_list: encode(list, purpose),
                ttl: Some(u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX)),
            },
        }
    }
}

impl BitstringSubject {
    /// Returns how long a copy may be kept.
    pub fn time_to_live(&self) -> Duration {
        Duration::from_millis(self.ttl.unwrap_or(300_000))
    }
}

/// Writes the `encodedList` of one purpose: a bit for every slot that holds its value.
///
/// In a list of one bit nothing tells a suspension from a revocation; all of it is written as
/// [`Purpose::Revocation`] and the list of [`Purpose::Suspension`] is empty.
pub fn encode(list: &StatusList, purpose: Purpose) -> String {
    let wanted = match purpose {
        Purpose::Revocation => values::INVALID,
        Purpose::Suspension => values::SUSPENDED,
    };
    let slots = usize::try_from(list.slots().max(SLOTS)).unwrap_or(usize::MAX);
    let mut bits = vec![0_u8; slots.div_ceil(8)];
    for (index, value) in list.set_slots() {
        let position = usize::try_from(index).ok().filter(|_| value == wanted);
        if let Some(position) = position
            && let Some(byte) = bits.get_mut(position / 8)
        {
            *byte |= 0b1000_0000 >> (position % 8);
        }
    }
    encode_bits(&bits)
}

/// Reads an `encodedList` whose slots have `size` bits (`statusSize`, 1 unless an entry says otherwise).
///
/// # Errors
/// [`StatusListError::Text`], [`StatusListError::Compression`], [`StatusListError::Budget`] when the
/// list would be larger than the budget has left, and [`StatusListError::TooFew`] below 131,072
/// entries (section 3.2, `STATUS_LIST_LENGTH_ERROR`).
pub fn decode(
    encoded: &str,
    size: SlotBits,
    budget: &mut Budget,
) -> Result<StatusList, StatusListError> {
    let text = StatusListError::Text {
        expected: "canonical base64url with the multibase prefix u",
    };
    let body = encoded.strip_prefix('u').ok_or_else(|| text.clone())?;
    let compressed = crate::encoding::base64url::decode(body).ok().ok_or(text)?;
    let mut bytes = from_gzip(&compressed, budget)?;
    for byte in &mut bytes {
        *byte = turn_slots(*byte, size);
    }
    let list = StatusList::from_packed(size, bytes);
    if list.slots() < SLOTS {
        return Err(StatusListError::TooFew {
            slots: list.slots(),
        });
    }
    Ok(list)
}

fn encode_bits(bits: &[u8]) -> String {
    format!("u{}", crate::encoding::base64url::encode(&to_gzip(bits)))
}

/// Turns the order of the slots in a byte round and keeps the order of the bits within a slot.
const fn turn_slots(byte: u8, size: SlotBits) -> u8 {
    match size {
        SlotBits::One => byte.reverse_bits(),
        SlotBits::Two => {
            let halves = byte.rotate_left(4);
            ((halves & 0b0011_0011) << 2) | ((halves & 0b1100_1100) >> 2)
        }
        SlotBits::Four => byte.rotate_left(4),
        SlotBits::Eight => byte,
    }
}
