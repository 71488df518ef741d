//! What the values of a list mean.

use core::fmt;

use crate::status::values;

/// A status type (section 7.1, and the registry of section 14.6).
///
/// Only [`Self::Valid`] is valid. What an application-specific value means, only the issuer's rules
/// tell; a reserved one means nothing yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "every byte is one of these")]
pub enum StatusType {
    /// 0x03, and 0x0C to 0x0F: the meaning is the application's.
    ApplicationSpecific(u8),
    /// 0x01: revoked, annulled, taken back, recalled or cancelled.
    Invalid,
    /// Any other: kept for registration.
    Reserved(u8),
    /// 0x02: not valid for now.
    Suspended,
    /// 0x00: valid, correct or legal.
    Valid,
}

impl StatusType {
    /// Returns the value in the list.
    pub const fn value(self) -> u8 {
        match self {
            Self::ApplicationSpecific(value) | Self::Reserved(value) => value,
            Self::Invalid => values::INVALID,
            Self::Suspended => values::SUSPENDED,
            Self::Valid => values::VALID,
        }
    }
}

impl From<u8> for StatusType {
    fn from(value: u8) -> Self {
        match value {
            values::VALID => Self::Valid,
            values::INVALID => Self::Invalid,
            values::SUSPENDED => Self::Suspended,
            0x03 | 0x0c..=0x0f => Self::ApplicationSpecific(value),
            _ => Self::Reserved(value),
        }
    }
}

impl fmt::Display for StatusType {
    /// Writes the name in the registry.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ApplicationSpecific(value) => write!(f, "APPLICATION_SPECIFIC ({value:#04x})"),
            Self::Invalid => f.write_str("INVALID"),
            Self::Reserved(value) => write!(f, "reserved ({value:#04x})"),
            Self::Suspended => f.write_str("SUSPENDED"),
            Self::Valid => f.write_str("VALID"),
        }
    }
}
