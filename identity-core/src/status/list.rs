//! The list itself: slots of a few bits, and how a slot is named.

use core::fmt;
use core::str::FromStr;
use std::borrow::Cow;

use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use super::StatusListError;

/// How many slots a list of ours has: the minimum of Bitstring Status List 1.0 section 2.2, so that
/// both encodings come from the same list.
pub const SLOTS: u64 = 131_072;

/// The values a slot may hold (Token Status List section 7.1); in a list of one bit only the first two.
pub mod values {
    /// Valid; also what an unused slot holds, so that nobody can count the credentials issued.
    pub const VALID: u8 = 0;
    /// Not valid. With one bit a slot it covers suspension as well; with more it means revoked.
    pub const INVALID: u8 = 1;
    /// Suspended: not valid now, may be valid again.
    pub const SUSPENDED: u8 = 2;
}

/// How many bits one slot has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a slot never straddles a byte: no other size exists"
)]
pub enum SlotBits {
    /// Valid or not.
    One,
    /// Valid, revoked or suspended.
    Two,
    /// Read for the sake of other issuers.
    Four,
    /// Read for the sake of other issuers.
    Eight,
}

impl SlotBits {
    /// Returns the number of bits: 1, 2, 4 or 8.
    pub const fn get(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }

    /// Returns how many slots share a byte.
    const fn per_byte(self) -> usize {
        match self {
            Self::One => 8,
            Self::Two => 4,
            Self::Four => 2,
            Self::Eight => 1,
        }
    }

    /// Returns the largest value of a slot.
    pub const fn max_value(self) -> u8 {
        match self {
            Self::One => 0b1,
            Self::Two => 0b11,
            Self::Four => 0b1111,
            Self::Eight => 0xff,
        }
    }
}

impl TryFrom<u64> for SlotBits {
    type Error = StatusListError;

    fn try_from(bits: u64) -> Result<Self, StatusListError> {
        match bits {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            4 => Ok(Self::Four),
            8 => Ok(Self::Eight),
            _ => Err(StatusListError::Bits { bits }),
        }
    }
}

/// A status list: a small number for every slot.
///
/// In memory the slots are packed with the first one in the least significant bits, as a Token
/// Status List is; nothing outside this room can see that.
#[derive(Clone)]
pub struct StatusList {
    bits: SlotBits,
    packed: Packed,
}

/// The packed slots.
#[derive(Clone)]
enum Packed {
    /// Every byte.
    All(Vec<u8>),
    /// The bytes that are not zero, with their places, in order. A verifier that holds the lists of all
    /// parliaments holds almost nothing but zeros.
    Few { bytes: usize, set: Vec<(usize, u8)> },
}

impl StatusList {
    /// Makes a list of [`SLOTS`] slots, all valid.
    pub fn new(bits: SlotBits) -> Self {
        let slots = 131_072_usize;
        Self::from_packed(bits, vec![0; slots / bits.per_byte()])
    }

    /// Makes a list from slots packed with the first one in the least significant bits.
    pub(super) const fn from_packed(bits: SlotBits, packed: Vec<u8>) -> Self {
        let packed = Packed::All(packed);
        Self { bits, packed }
    }

    /// Returns the same list in little memory, if few of its slots are set.
    #[must_use]
    pub(crate) fn thin(self) -> Self {
        let Packed::All(all) = &self.packed else {
            return self;
        };
        // A place and its byte take sixteen bytes.
        let most = all.len() / 32;
        let set = all
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, byte)| *byte != 0);
        let set: Vec<(usize, u8)> = set.take(most + 1).collect();
        if set.len() > most {
            return self;
        }
        let bytes = all.len();
        Self {
            bits: self.bits,
            packed: Packed::Few { bytes, set },
        }
    }

    /// Returns the slots packed with the first one in the least significant bits.
    pub(super) fn packed(&self) -> Cow<'_, [u8]> {
        match &self.packed {
            Packed::All(all) => Cow::Borrowed(all),
            Packed::Few { bytes, set } => {
                let mut all = vec![0; *bytes];
                for (at, byte) in set {
                    if let Some(place) = all.get_mut(*at) {
                        *place = *byte;
                    }
                }
                Cow::Owned(all)
            }
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        match &self.packed {
            Packed::All(all) => all.get(at).copied(),
            Packed::Few { bytes, set } => (at < *bytes).then(|| {
                let found = set.binary_search_by_key(&at, |(place, _)| *place);
                found.map_or(0, |found| set[found].1)
            }),
        }
    }

    /// Returns how many bits a slot has.
    pub const fn bits(&self) -> SlotBits {
        self.bits
    }

    /// Returns how many slots there are.
    pub fn slots(&self) -> u64 {
        let bytes = match &self.packed {
            Packed::All(all) => all.len(),
            Packed::Few { bytes, .. } => *bytes,
        };
        let slots = bytes.saturating_mul(self.bits.per_byte());
        u64::try_from(slots).unwrap_or(u64::MAX)
    }

    /// Returns the value of a slot, or `None` if the list does not reach that far.
    pub fn get(&self, index: u64) -> Option<u8> {
        let (byte, shift) = self.position(index)?;
        Some((self.byte(byte)? >> shift) & self.bits.max_value())
    }

    /// Sets the value of a slot.
    ///
    /// # Errors
    /// [`StatusListError::IndexOutOfRange`] and [`StatusListError::Value`]; the list is then unchanged.
    pub fn set(&mut self, index: u64, value: u8) -> Result<(), StatusListError> {
        let mask = self.bits.max_value();
        if value > mask {
            return Err(StatusListError::Value {
                value: value.into(),
                bits: self.bits.get(),
            });
        }
        let out_of_range = StatusListError::IndexOutOfRange {
            index,
            slots: self.slots(),
        };
        let Some((byte, shift)) = self.position(index) else {
            return Err(out_of_range);
        };
        if let Packed::Few { .. } = &self.packed {
            self.packed = Packed::All(self.packed().into_owned());
        }
        let Packed::All(all) = &mut self.packed else {
            return Err(out_of_range);
        };
        let Some(byte) = all.get_mut(byte) else {
            return Err(out_of_range);
        };
        *byte = (*byte & !(mask << shift)) | (value << shift);
        Ok(())
    }

    /// Returns every slot that is not valid, with its value, in order.
    pub fn set_slots(&self) -> impl Iterator<Item = (u64, u8)> + '_ {
        let (every, few) = match &self.packed {
            Packed::All(_) => (0..self.slots(), &[][..]),
            Packed::Few { set, .. } => (0..0, set.as_slice()),
        };
        let per_byte = self.bits.per_byte();
        let slots_of = move |(at, _): &(usize, u8)| (at * per_byte)..((at + 1) * per_byte);
        let few = few.iter().flat_map(slots_of);
        let few = few.filter_map(|index| u64::try_from(index).ok());
        every.chain(few).filter_map(|index| match self.get(index) {
            Some(value) if value != values::VALID => Some((index, value)),
            _ => None,
        })
    }

    fn position(&self, index: u64) -> Option<(usize, u32)> {
        let index = usize::try_from(index).ok()?;
        let per_byte = self.bits.per_byte();
        let within = u32::try_from(index % per_byte).ok()?;
        Some((index / per_byte, within * u32::from(self.bits.get())))
    }
}

impl PartialEq for StatusList {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits && self.packed() == other.packed()
    }
}

impl Eq for StatusList {}

impl fmt::Debug for StatusList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusList")
            .field("bits", &self.bits.get())
            .field("slots", &self.slots())
            .finish_non_exhaustive()
    }
}

/// The name of a status list: `<issuer DID>/status/<N>`, a DID URL.
///
/// The name carries the issuer, so that a credential cannot point to a list of somebody else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListUri {
    text: String,
    issuer_len: usize,
}

/// Reports text that does not name a status list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a status list is named <issuer DID>/status/<number>, which this is not: {text}")]
#[non_exhaustive]
pub struct ParseListUriError {
    /// The text refused, at most its first 200 characters.
    pub text: String,
}

impl ParseListUriError {
    /// Returns [`crate::Code::StatusListForeign`]: no anchored issuer can own a list of that name.
    pub const fn code(&self) -> crate::Code {
        crate::Code::StatusListForeign
    }
}

impl ListUri {
    /// Names list `number` of an issuer.
    ///
    /// # Errors
    /// [`ParseListUriError`] if `issuer` is no DID.
    pub fn new(issuer: &str, number: u32) -> Result<Self, ParseListUriError> {
        format!("{issuer}/status/{number}").parse()
    }

    /// Returns the DID of the issuer that the name belongs to.
    pub fn issuer(&self) -> &str {
        &self.text[..self.issuer_len]
    }

    /// Returns the whole name.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for ListUri {
    type Err = ParseListUriError;

    fn from_str(text: &str) -> Result<Self, ParseListUriError> {
        parse_list_uri(text).ok_or_else(|| ParseListUriError {
            text: text.chars().take(200).collect(),
        })
    }
}

impl fmt::Display for ListUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for ListUri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for ListUri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// One slot of one list: where the status of one credential stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a list and an index, complete by definition"
)]
pub struct SlotRef {
    /// The list.
    pub list: ListUri,
    /// The slot in it, from 0.
    pub index: u64,
}

fn parse_list_uri(text: &str) -> Option<ListUri> {
    let issuer_len = text.find('/')?;
    let (issuer, rest) = text.split_at(issuer_len);
    let (method, id) = issuer.strip_prefix("did:")?.split_once(':')?;
    let method_ok = !method.is_empty()
        && method
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let id_ok = !id.is_empty()
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-_:%".contains(&b));
    let number = rest.strip_prefix("/status/")?;
    let canonical = number.parse::<u32>().ok()?.to_string() == number;
    (method_ok && id_ok && canonical).then(|| ListUri {
        text: text.to_owned(),
        issuer_len,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slots_fill_a_byte_from_its_least_significant_end() {
        let mut list = StatusList::new(SlotBits::Two);
        list.set(0, 1).unwrap();
        list.set(3, 2).unwrap();
        assert_eq!(list.packed()[0], 0b1000_0001);
    }

    #[test]
    fn a_list_has_the_minimum_of_slots_and_no_more() {
        for bits in [SlotBits::One, SlotBits::Two] {
            let mut list = StatusList::new(bits);
            assert_eq!(list.slots(), SLOTS);
            assert_eq!(list.get(SLOTS - 1), Some(0));
            assert_eq!(list.get(SLOTS), None);
            assert_eq!(list.get(u64::MAX), None);
            assert_eq!(
                list.set(SLOTS, 1).map_err(|e| e.code()),
                Err(crate::Code::StatusIndexOutOfRange)
            );
        }
    }

    #[test]
    fn refuses_a_value_wider_than_the_slot() {
        let mut list = StatusList::new(SlotBits::One);
        assert_eq!(
            list.set(7, 2),
            Err(StatusListError::Value { value: 2, bits: 1 })
        );
        assert_eq!(list.get(7), Some(0));
        assert_eq!(list.get(8), Some(0));
    }

    #[test]
    fn list_names_carry_their_issuer() {
        let uri = ListUri::new("did:key:z6Mk", 3).unwrap();
        assert_eq!(uri.as_str(), "did:key:z6Mk/status/3");
        assert_eq!(uri.issuer(), "did:key:z6Mk");
        for text in [
            "https://parliament.example/status/3",
            "did:key:z6Mk",
            "did:key:z6Mk/status/",
            "did:key:z6Mk/status/03",
            "did:key:z6Mk/status/+3",
            "did:key:z6Mk/status/4294967296",
            "did:key:z6Mk/status/3/",
            "did:key:z6Mk/status/3#x",
            "did:key:z6Mk/other/3",
            "did:key:/status/3",
            "did::z6Mk/status/3",
            "did:key:z6 Mk/status/3",
        ] {
            assert!(text.parse::<ListUri>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_set_is_read_and_neighbours_stay(
            index in 0..SLOTS, value in 0u8..4, other in 0..SLOTS, before in 0u8..4,
        ) {
            prop_assume!(index != other);
            let mut list = StatusList::new(SlotBits::Two);
            list.set(other, before).unwrap();
            list.set(index, 3).unwrap();
            list.set(index, value).unwrap();
            prop_assert_eq!(list.get(index), Some(value));
            prop_assert_eq!(list.get(other), Some(before));
        }
    }

    #[test]
    fn a_thin_list_is_the_same_list() {
        for (bits, value) in [(SlotBits::One, 1), (SlotBits::Two, 2)] {
            let mut list = StatusList::new(bits);
            for index in [0, 7, 8, 4_093, SLOTS - 1] {
                list.set(index, value).unwrap();
            }
            let thin = list.clone().thin();
            assert!(matches!(thin.packed, Packed::Few { .. }));
            assert_eq!(thin, list);
            assert_eq!(thin.slots(), list.slots());
            assert!(thin.set_slots().eq(list.set_slots()));
            for index in [0, 1, 7, 8, 4_092, 4_093, SLOTS - 1, SLOTS] {
                assert_eq!(thin.get(index), list.get(index), "{index}");
            }
            let (mut thin, mut other) = (thin.thin(), list);
            for list in [&mut thin, &mut other] {
                list.set(9, value).unwrap();
                list.set(0, 0).unwrap();
            }
            assert_eq!(thin, other);
        }
        // Where many are set it is as it was.
        let full = StatusList::from_packed(SlotBits::One, vec![255; 64]).thin();
        assert!(matches!(full.packed, Packed::All(_)));
    }
}
