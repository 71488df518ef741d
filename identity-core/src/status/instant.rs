//! Instants of effect: whole seconds, written in RFC 3339.

use core::fmt;
use core::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::Code;

/// An instant in whole seconds: what every comparison of status, term and bundle is made in.
///
/// Both sides of a comparison are floored, so that a suspension, its publication and a check within
/// one second agree. Text is RFC 3339 with an offset and is written in UTC, `2026-03-12T09:00:00Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Timestamp);

/// How far two clocks may differ: an issuer's, a holder's or a verifier's may run ahead of the reader's.
/// What is past is never stretched by it.
pub const LEEWAY: SignedDuration = SignedDuration::from_mins(5);

/// Reports text that is no RFC 3339 instant with an offset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 instant with an offset, such as 2026-03-12T09:00:00Z: {text}")]
#[non_exhaustive]
pub struct ParseInstantError {
    /// The text refused, at most its first 64 characters.
    pub text: String,
}

impl ParseInstantError {
    /// Returns [`Code::InstantMalformed`].
    pub const fn code(&self) -> Code {
        Code::InstantMalformed
    }
}

impl Instant {
    /// Floors a timestamp to the second that has begun; before 1970 as after it.
    pub fn floor(timestamp: Timestamp) -> Self {
        let mut second = timestamp.as_second();
        if timestamp.subsec_nanosecond() < 0 {
            second -= 1;
        }
        Self(Timestamp::from_second(second).unwrap_or(Timestamp::MIN))
    }

    /// Returns the timestamp, which has no fraction.
    pub const fn timestamp(self) -> Timestamp {
        self.0
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z.
    pub fn as_second(self) -> i64 {
        self.0.as_second()
    }

    /// Returns how many seconds lie between `earlier` and this instant, negative if it is later.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        // Timestamps span less than 2^40 seconds.
        self.as_second() - earlier.as_second()
    }
}

impl From<Timestamp> for Instant {
    fn from(timestamp: Timestamp) -> Self {
        Self::floor(timestamp)
    }
}

impl From<Instant> for Timestamp {
    fn from(instant: Instant) -> Self {
        instant.0
    }
}

impl FromStr for Instant {
    type Err = ParseInstantError;

    /// Parses RFC 3339 section 5.6 `date-time`, and floors it.
    fn from_str(text: &str) -> Result<Self, ParseInstantError> {
        let refused = || ParseInstantError {
            text: text.chars().take(64).collect(),
        };
        if !has_rfc3339_shape(text.as_bytes()) {
            return Err(refused());
        }
        text.parse::<Timestamp>()
            .map(Self::floor)
            .map_err(|_| refused())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Says whether text has the shape of RFC 3339, for whoever must not lose its fraction.
pub(crate) fn is_rfc3339(text: &str) -> bool {
    has_rfc3339_shape(text.as_bytes())
}

/// Says whether the bytes have the shape of RFC 3339, which is narrower than what the time library
/// reads: no missing minutes, no bracketed zones, no space for the `T`, no offset without a colon.
fn has_rfc3339_shape(text: &[u8]) -> bool {
    const DATE_TIME: &[u8] = b"0000-00-00T00:00:00";
    let Some((head, mut rest)) = text.split_at_checked(DATE_TIME.len()) else {
        return false;
    };
    if !matches_pattern(head, DATE_TIME) {
        return false;
    }
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        if !(1..=9).contains(&digits) {
            return false;
        }
        rest = &fraction[digits..];
    }
    match rest {
        b"Z" | b"z" => true,
        [b'+' | b'-', offset @ ..] => {
            matches_pattern(offset, b"00:00") && &offset[..2] < b"24".as_slice()
        }
        _ => false,
    }
}

fn matches_pattern(text: &[u8], pattern: &[u8]) -> bool {
    text.len() == pattern.len()
        && text.iter().zip(pattern).all(|(t, p)| match p {
            b'0' => t.is_ascii_digit(),
            b'T' => matches!(t, b'T' | b't'),
            _ => t == p,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn floors_to_the_second_that_has_begun() {
        assert_eq!(
            instant("2026-03-12T10:00:00.999999999Z").to_string(),
            "2026-03-12T10:00:00Z"
        );
        assert_eq!(
            Instant::floor("1969-12-31T23:59:58.25Z".parse().unwrap()).to_string(),
            "1969-12-31T23:59:58Z"
        );
        assert_eq!(Instant::floor(Timestamp::MIN).timestamp(), Timestamp::MIN);
    }

    #[test]
    fn offsets_name_the_same_instant() {
        assert_eq!(
            instant("2026-03-12T10:00:00+01:00"),
            instant("2026-03-12T09:00:00Z")
        );
        assert_eq!(
            instant("2026-03-12t09:00:00z"),
            instant("2026-03-12T09:00:00Z")
        );
    }

    #[test]
    fn refuses_what_is_not_rfc_3339_with_an_offset() {
        for text in [
            "",
            "2026-03-12",
            "2026-03-12T10:00:00",
            "2026-03-12T10:00Z",
            "2026-03-12 10:00:00Z",
            "2026-03-12T10:00:00.Z",
            "2026-03-12T10:00:00,5Z",
            "2026-03-12T10:00:00.1234567890Z",
            "2026-03-12T10:00:00+0100",
            "2026-03-12T10:00:00+25:00",
            "2026-03-12T10:00:00+01",
            "2026-03-12T10:00:00+01:00[Europe/Berlin]",
            "20260312T100000Z",
            "+002026-03-12T10:00:00Z",
            "2026-13-12T10:00:00Z",
            "2026-02-29T10:00:00Z",
            "2026-03-12T24:00:00Z",
            "2026-03-12T10:00:00Z ",
        ] {
            let refused = text.parse::<Instant>();
            assert_eq!(
                refused.map_err(|e| e.code()),
                Err(Code::InstantMalformed),
                "{text}"
            );
        }
    }
}
