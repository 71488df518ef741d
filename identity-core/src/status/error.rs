//! What can be wrong with a status list.

use crate::Code;
use crate::verify::BudgetExhausted;

/// Reports a status list that cannot be written or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatusListError {
    /// The list would grow past what the verifier spends on lists.
    #[error(transparent)]
    Budget(#[from] BudgetExhausted),
    /// The number of bits for one slot is none of 1, 2, 4 and 8.
    #[error("a status list has 1, 2, 4 or 8 bits a slot, not {bits}")]
    Bits {
        /// The number given.
        bits: u64,
    },
    /// The compressed form is damaged, cut off, or followed by other bytes.
    #[error("the status list is not well-formed {format}")]
    Compression {
        /// `zlib` or `gzip`.
        format: &'static str,
    },
    /// The number of bits for one entry of a W3C list is 0 or more than 32.
    #[error("an entry has 1 to 32 bits, not {bits}")]
    Size {
        /// The number given.
        bits: u64,
    },
    /// The text form is not canonical base64url, or its multibase prefix is wrong.
    #[error("the status list is not {expected}")]
    Text {
        /// What it should have been.
        expected: &'static str,
    },
    /// A W3C list has fewer entries than its minimum, which is there so that holders hide in the crowd.
    #[error("the status list has {slots} entries, fewer than 131072")]
    TooFew {
        /// How many it has.
        slots: u64,
    },
    /// A list was to be made that is larger than any verifier of ours reads.
    #[error("a status list of {bytes} bytes is larger than a verifier reads")]
    TooLarge {
        /// How many bytes it would have.
        bytes: usize,
    },
    /// A slot was to be written that the list does not have.
    #[error("the status list has {slots} slots, so there is no slot {index}")]
    IndexOutOfRange {
        /// The slot asked for.
        index: u64,
        /// How many there are.
        slots: u64,
    },
    /// A value was to be written that does not fit into a slot.
    #[error("the value {value} does not fit into a slot of {bits} bits")]
    Value {
        /// The value.
        value: u32,
        /// The bits of one slot.
        bits: u8,
    },
}

impl StatusListError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Budget(_) => Code::BudgetExhausted,
            Self::IndexOutOfRange { .. } => Code::StatusIndexOutOfRange,
            Self::TooFew { .. } => Code::StatusListTooShort,
            Self::Bits { .. }
            | Self::Compression { .. }
            | Self::Size { .. }
            | Self::Text { .. }
            | Self::TooLarge { .. }
            | Self::Value { .. } => Code::StatusListMalformed,
        }
    }
}
