//! Instants as credentials write them (XML Schema 1.1 part 2, section 3.4.28, `dateTimeStamp`).

use jiff::Timestamp;

/// An instant to the nanosecond, of any year that the text can name.
///
/// It is not a [`Timestamp`], because a credential may lawfully be valid until the year 12000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp {
    /// Seconds since 1970-01-01T00:00:00Z, rounded down.
    second: i64,
    /// Nanoseconds since that second; further digits are dropped.
    nanosecond: u32,
}

impl Stamp {
    /// Reads a `dateTimeStamp`: seconds are written, an offset is given, `T` and `Z` are capitals,
    /// and midnight may be `24:00:00`.
    ///
    /// A year has at most nine digits; the standard leaves the bound to implementations (section 5.4).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (year, rest) = rest.split_once('-')?;
        if !(4..=9).contains(&year.len()) || (year.len() > 4 && year.starts_with('0')) {
            return None;
        }
        let year = i64::from(number(year)?);
        let year = if negative { -year } else { year };
        let (month, rest) = two(rest, Some('-'))?;
        let (day, rest) = two(rest, Some('T'))?;
        let (hour, rest) = two(rest, Some(':'))?;
        let (minute, rest) = two(rest, Some(':'))?;
        let (second, rest) = two(rest, None)?;
        let (fraction, offset) = match rest.strip_prefix('.') {
            None => ("", rest),
            Some(rest) => {
                let end = rest.find(|c: char| !c.is_ascii_digit())?;
                rest.split_at_checked(end).filter(|_| end > 0)?
            }
        };
        let midnight =
            hour == 24 && minute == 0 && second == 0 && fraction.bytes().all(|b| b == b'0');
        if !(1..=12).contains(&month)
            || !(1..=days_in(year, month)).contains(&day)
            || !(hour < 24 || midnight)
            || minute > 59
            || second > 59
        {
            return None;
        }
        let offset = offset_seconds(offset)?;
        let second = days_since_epoch(year, month, day) * 86_400
            + i64::from(hour * 3600 + minute * 60 + second)
            - offset;
        let digits: String = fraction
            .chars()
            .chain("000000000".chars())
            .take(9)
            .collect();
        Some(Self {
            second,
            nanosecond: number(&digits)?,
        })
    }
}

impl From<Timestamp> for Stamp {
    fn from(timestamp: Timestamp) -> Self {
        let nanosecond = timestamp.as_nanosecond();
        let within = nanosecond.rem_euclid(1_000_000_000);
        Self {
            second: i64::try_from(nanosecond.div_euclid(1_000_000_000)).unwrap_or(i64::MAX),
            nanosecond: u32::try_from(within).unwrap_or_default(),
        }
    }
}

fn number(text: &str) -> Option<u32> {
    // `parse` alone would take a sign.
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

fn two(text: &str, then: Option<char>) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    let rest = match then {
        Some(then) => rest.strip_prefix(then)?,
        None => rest,
    };
    Some((number(digits)?, rest))
}

/// Reads `Z` or an offset of at most 14 hours.
fn offset_seconds(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, rest) = two(&text[1..], Some(':'))?;
    let (minutes, rest) = two(rest, None)?;
    let fits = rest.is_empty() && minutes < 60 && (hours < 14 || (hours == 14 && minutes == 0));
    fits.then(|| sign * i64::from(hours * 3600 + minutes * 60))
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in(year: i64, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar; years are counted from March, so that
/// the leap day is the last of its year.
fn days_since_epoch(year: i64, month: u32, day: u32) -> i64 {
    let (month, day) = (i64::from(month), i64::from(day));
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year
        - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stamps_name_instants() {
        for (text, same) in [
            ("2023-02-26T01:02:58.447Z", "2023-02-26T01:02:58.447Z"),
            ("2023-02-25T19:10:39-06:00", "2023-02-26T01:10:39Z"),
            ("2024-02-29T24:00:00Z", "2024-03-01T00:00:00Z"),
            ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"),
            ("2026-01-01T00:00:00+14:00", "2025-12-31T10:00:00Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
            (
                "2026-01-01T00:00:00.1234567899Z",
                "2026-01-01T00:00:00.123456789Z",
            ),
        ] {
            let same: Timestamp = same.parse().unwrap();
            assert_eq!(Stamp::parse(text), Some(Stamp::from(same)), "{text}");
        }
        assert!(Stamp::parse("12000-01-01T00:00:00Z") > Stamp::parse("9999-12-31T23:59:59Z"));
        assert!(Stamp::parse("-0044-03-15T12:00:00Z") < Stamp::parse("0001-01-01T00:00:00Z"));
    }

    #[test]
    fn what_is_no_stamp_is_refused() {
        for text in [
            "",
            "2023-02-26",
            "2023-02-26T01:02:58",
            "2023-02-26T01:02Z",
            "2023-02-26 01:02:58Z",
            "2023-02-26t01:02:58Z",
            "2023-02-26T01:02:58z",
            "2023-02-26T01:02:58.Z",
            "2023-02-26T01:02:58,5Z",
            "2023-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2023-04-31T00:00:00Z",
            "2023-13-01T00:00:00Z",
            "2023-00-01T00:00:00Z",
            "2023-01-00T00:00:00Z",
            "2023-01-01T24:00:01Z",
            "2023-01-01T24:00:00.1Z",
            "2023-01-01T25:00:00Z",
            "2023-01-01T00:60:00Z",
            "2023-01-01T00:00:60Z",
            "2023-01-01T00:00:00+14:01",
            "2023-01-01T00:00:00+15:00",
            "2023-01-01T00:00:00+00:60",
            "2023-01-01T00:00:00+0100",
            "2023-01-01T00:00:00+01",
            "2023-01-01T00:00:00Z ",
            " 2023-01-01T00:00:00Z",
            "+2023-01-01T00:00:00Z",
            "02023-01-01T00:00:00Z",
            "223-01-01T00:00:00Z",
            "1234567890-01-01T00:00:00Z",
            "2023-+1-01T00:00:00Z",
            "2023-01-01T00:00:00.5",
            "2023-01-01T00:00:00é",
            "Sun, 26 Feb 2023 01:22:14 +0000",
        ] {
            assert_eq!(Stamp::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn stamps_agree_with_the_time_library(second in -60_000_000_000_i64..250_000_000_000, nano in 0_i32..1_000_000_000) {
            let timestamp = Timestamp::new(second, nano).unwrap();
            prop_assume!(!timestamp.to_string().starts_with('-'));
            prop_assert_eq!(Stamp::parse(&timestamp.to_string()), Some(Stamp::from(timestamp)));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}", other in "[-0-9TZ:.+]{0,40}") {
            let _ = (Stamp::parse(&text), Stamp::parse(&other));
        }
    }
}
