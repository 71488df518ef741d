//! The bitstring: entries of 1 to 32 bits, the first bit of the first entry on the very left.

use core::{fmt, num::NonZeroU8};

use crate::{
    encoding::base64url,
    status::{
        SLOTS, StatusList, StatusListError,
        inflate::{from_gzip, to_gzip},
    },
    verify::Budget,
};

/// The fewest bytes of a bitstring: 16 KB (section 2.2), 131,072 entries of one bit.
const MIN_BYTES: usize = 16 * 1024;

/// The most bytes of a bitstring written here: what one presentation's [`Budget`] can read.
const MAX_BYTES: usize = 64 << 20;

/// How many bits one entry has (`statusSize`, section 2.1): 1 to 32.
///
/// The standard sets no upper bound. An entry of more than one bit must carry a message for each of
/// its 2^n values, so that one of 13 bits and more outgrows every limit on a credential; 32 keeps the
/// value in a machine word and is never what stops an honest issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusSize(NonZeroU8);

/// A bitstring (sections 3.3 and 3.4): index 0 is at the left-most bit of the first byte, and the
/// bits of one entry stand from its most significant to its least.
///
/// It is no [`StatusList`], whose first slot is at the *least* significant bit: no text of one can be
/// read as the other, and no function takes either for the other.
///
/// ```compile_fail
/// # use identity_core::status::{token_list, w3c::{Bitstring, StatusSize}};
/// let bits = Bitstring::new(1, StatusSize::ONE).unwrap();
/// token_list::encode(&bits); // expected `&StatusList`, found `&Bitstring`
/// ```
///
/// ```
/// # use identity_core::status::{token_list, w3c::{Bitstring, StatusSize}};
/// # use identity_core::status::{SlotBits, StatusList};
/// let bits = Bitstring::new(1, StatusSize::ONE).unwrap();
/// token_list::encode(&StatusList::new(SlotBits::One));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Bitstring(Vec<u8>);

impl StatusSize {
    /// One bit: set or unset.
    pub const ONE: Self = Self(NonZeroU8::MIN);
    /// The most bits read here.
    pub const MAX: u8 = 32;

    /// Returns the number of bits, 1 to 32.
    pub const fn get(self) -> u8 {
        self.0.get()
    }

    /// Returns how many values an entry can have.
    pub fn values(self) -> u64 {
        1 << u32::from(self.get())
    }
}

impl TryFrom<u64> for StatusSize {
    type Error = StatusListError;

    fn try_from(bits: u64) -> Result<Self, StatusListError> {
        u8::try_from(bits)
            .ok()
            .filter(|bits| *bits <= Self::MAX)
            .and_then(NonZeroU8::new)
            .map(Self)
            .ok_or(StatusListError::Size { bits })
    }
}

impl Bitstring {
    /// Makes a bitstring with room for so many entries of that size, and for 131,072 at least; all 0.
    ///
    /// # Errors
    /// [`StatusListError::TooLarge`] over 64 MiB, which no verifier of ours would read.
    pub fn new(entries: u64, size: StatusSize) -> Result<Self, StatusListError> {
        let bits = entries.max(SLOTS).saturating_mul(size.get().into());
        let bytes = usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX);
        if bytes > MAX_BYTES {
            return Err(StatusListError::TooLarge { bytes });
        }
        Ok(Self(vec![0; bytes]))
    }

    /// Writes a list of ours as one bit an entry: set where the slot's value is such.
    pub fn of(list: &StatusList, is_set: impl Fn(u8) -> bool) -> Self {
        let slots = usize::try_from(list.slots().max(SLOTS)).unwrap_or(usize::MAX);
        let mut bits = Self(vec![0; slots.div_ceil(8)]);
        for (index, _) in list.set_slots().filter(|(_, value)| is_set(*value)) {
            bits.put(index, true);
        }
        bits
    }

    /// Reads an `encodedList` (section 3.4).
    ///
    /// # Errors
    /// [`StatusListError::Text`], [`StatusListError::Compression`], [`StatusListError::Budget`] when the
    /// list would be larger than the budget has left, and [`StatusListError::TooFew`] below 16 KB.
    pub fn decode(encoded: &str, budget: &mut Budget) -> Result<Self, StatusListError> {
        let text = StatusListError::Text {
            expected: "canonical base64url with the multibase prefix u",
        };
        let body = encoded.strip_prefix('u').ok_or_else(|| text.clone())?;
        let compressed = base64url::decode(body).ok().ok_or(text)?;
        let bits = Self(from_gzip(&compressed, budget)?);
        if bits.0.len() < MIN_BYTES {
            return Err(StatusListError::TooFew { slots: bits.len() });
        }
        Ok(bits)
    }

    /// Writes the `encodedList` (section 3.3).
    pub fn encode(&self) -> String {
        format!("u{}", base64url::encode(&to_gzip(&self.0)))
    }

    /// Returns how many bits there are, which is the number of entries of one bit.
    pub fn len(&self) -> u64 {
        u64::try_from(self.0.len()).map_or(u64::MAX, |bytes| bytes.saturating_mul(8))
    }

    /// Returns `false`: there is no empty bitstring, for it would be below the minimum.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns how many whole entries of that size there are.
    pub fn entries(&self, size: StatusSize) -> u64 {
        self.len() / u64::from(size.get())
    }

    /// Returns the value of an entry, or `None` if the bitstring does not reach that far.
    pub fn get(&self, index: u64, size: StatusSize) -> Option<u32> {
        let mut value = 0;
        for at in self.range(index, size)? {
            value = (value << 1) | u32::from(self.bit(at)?);
        }
        Some(value)
    }

    /// Sets the value of an entry.
    ///
    /// # Errors
    /// [`StatusListError::IndexOutOfRange`] and [`StatusListError::Value`]; nothing is then changed.
    pub fn set(&mut self, index: u64, size: StatusSize, value: u32) -> Result<(), StatusListError> {
        if u64::from(value) >= size.values() {
            let bits = size.get();
            return Err(StatusListError::Value { value, bits });
        }
        let range = self.range(index, size).ok_or_else(|| {
            let slots = self.entries(size);
            StatusListError::IndexOutOfRange { index, slots }
        })?;
        for (at, shift) in range.rev().zip(0_u32..) {
            self.put(at, (value >> shift) & 1 == 1);
        }
        Ok(())
    }

    /// The bits of an entry, where all of them are there.
    fn range(&self, index: u64, size: StatusSize) -> Option<core::ops::Range<u64>> {
        let size = u64::from(size.get());
        let first = index.checked_mul(size)?;
        let end = first.checked_add(size)?;
        (end <= self.len()).then_some(first..end)
    }

    fn bit(&self, at: u64) -> Option<bool> {
        let byte = self.0.get(usize::try_from(at / 8).ok()?)?;
        Some(byte & (0b1000_0000 >> (at % 8)) != 0)
    }

    fn put(&mut self, at: u64, set: bool) {
        let byte = usize::try_from(at / 8).ok();
        if let Some(byte) = byte.and_then(|byte| self.0.get_mut(byte)) {
            let bit = 0b1000_0000_u8 >> (at % 8);
            *byte = if set { *byte | bit } else { *byte & !bit };
        }
    }
}

impl fmt::Debug for Bitstring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bitstring")
            .field("bits", &self.len())
            .finish_non_exhaustive()
    }
}
