//! Dates as rosters write them: a day, a month or a year, meant in the chamber's time zone.

use core::fmt;
use core::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

/// A date in the precision it was written in (ISO 8601: `2015`, `2015-03`, `2015-03-30`).
///
/// It covers its whole period: as a start it begins with the period's first instant, as an end it
/// lasts to the first instant after it. Precision is kept; nothing is made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PartialDate {
    /// One day.
    Day(Date),
    /// One month, held as its first day.
    Month(Date),
    /// One year, held as its first day.
    Year(Date),
}

impl PartialDate {
    /// Returns the first day covered.
    pub const fn first_day(self) -> Date {
        match self {
            Self::Day(first) | Self::Month(first) | Self::Year(first) => first,
        }
    }

    /// Returns the first instant of the period in a zone.
    ///
    /// Where a clock change skips midnight, the day begins at the first time its clocks show.
    pub fn begins(self, zone: &TimeZone) -> Timestamp {
        start_of(self.first_day(), zone).unwrap_or(Timestamp::MIN)
    }

    /// Returns the first instant after the period in a zone: the next local midnight.
    pub fn ends(self, zone: &TimeZone) -> Timestamp {
        let first = self.first_day();
        let next = match self {
            Self::Day(_) => first.tomorrow(),
            Self::Month(_) => first.last_of_month().tomorrow(),
            Self::Year(_) => first.last_of_year().tomorrow(),
        };
        let after = next.ok().and_then(|day| start_of(day, zone));
        after.unwrap_or(Timestamp::MAX)
    }
}

fn start_of(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    // Midnight may not exist; asking from noon gives the first instant the day has.
    let noon = day.at(12, 0, 0, 0).to_zoned_datetime(zone.clone()).ok()?;
    if noon.date() == day {
        let start = noon.start_of_day().ok()?.timestamp();
        // Where a clock change skips midnight, the day begins with the change, which may lie before
        // the time that midnight is moved to.
        let change = zone
            .preceding(start)
            .next()
            .map(|change| change.timestamp());
        let on_day = |change: &Timestamp| change.to_zoned_datetime(zone.clone()).date() == day;
        return Some(change.filter(on_day).unwrap_or(start));
    }
    // The whole day was skipped (Samoa, 30 December 2011): it begins where the next one does.
    day.to_zoned_datetime(zone.clone())
        .and_then(|zoned| zoned.start_of_day())
        .map(|zoned| zoned.timestamp())
        .ok()
}

/// A date in this year says that there is no end.
const NO_END: i16 = 9999;
/// From this year on, a date is a mistake: a slip of the hand in `2024` makes `9024`.
const TOO_LATE: i16 = 9000;

/// Says whether a text is a date in the last year of the calendar, which stands for no end at all:
/// databases that must have a value write 9999-12-31. No other year does, for whoever mistyped one
/// would have somebody sit for ever.
pub(super) fn means_no_end(text: &str) -> bool {
    let year = text.get(..4).and_then(|year| year.parse::<i16>().ok());
    let rest = text.get(4..).unwrap_or_default();
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | ':' | '.' | 'T' | 'Z' | ' ');
    year.is_some_and(|year| year == NO_END)
        && (rest.is_empty() || rest.starts_with('-'))
        && rest.chars().all(is_part)
}

/// Reads as much of a date as the calendar has: of `2015-02-30` the month, of `2015-00-00` the year.
pub(super) fn coarser(text: &str) -> Option<PartialDate> {
    let shape = text
        .bytes()
        .map(|b| if b.is_ascii_digit() { b'0' } else { b });
    if !b"0000-00-00".starts_with(&shape.collect::<Vec<_>>()) {
        return None;
    }
    let parts = [text.get(..7), text.get(..4)];
    parts
        .into_iter()
        .flatten()
        .find_map(|part| part.parse().ok())
}

/// Returns how a day written another way is to be written, for the end of a message; nothing where
/// that cannot be told. Which of two numbers is the month is not for a program to guess.
pub(crate) fn rewritten(text: &str) -> String {
    let day = text.trim().split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['/', '.', '-']).collect();
    let date = |year: &str, month: &str, day: &str| {
        let year: i16 = year.parse().ok().filter(|_| year.len() == 4)?;
        let date = Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()?;
        (1000..NO_END).contains(&year).then_some(date)
    };
    let &[a, b, c] = parts.as_slice() else {
        return String::new();
    };
    let [day_first, month_first] = [date(c, b, a), date(c, a, b)];
    match (date(a, b, c), day_first, month_first) {
        (None, Some(one), Some(other)) if one != other => {
            format!("; write {one}, or {other} if the month comes first")
        }
        (Some(one), ..) | (None, Some(one), _) | (None, None, Some(one)) => {
            format!("; write {one}")
        }
        (None, None, None) => String::new(),
    }
}

/// Reports text that is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseDateError {
    /// The calendar has no such date.
    #[error("the calendar has no such date")]
    Impossible,
    /// The text has another shape.
    #[error("not a date such as 2015, 2015-03 or 2015-03-30")]
    Malformed,
}

impl FromStr for PartialDate {
    type Err = ParseDateError;

    /// Parses `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, for the years 1000 to 8999; see `means_no_end` for
    /// 9999.
    fn from_str(text: &str) -> Result<Self, ParseDateError> {
        let shape: String = text
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        let number = |from: usize, to: usize| {
            text.get(from..to)
                .and_then(|digits| digits.parse::<i16>().ok())
                .ok_or(ParseDateError::Malformed)
        };
        let small =
            |from, to| i8::try_from(number(from, to)?).map_err(|_| ParseDateError::Malformed);
        let (month, day) = match shape.as_str() {
            "0000" => (1, 1),
            "0000-00" => (small(5, 7)?, 1),
            "0000-00-00" => (small(5, 7)?, small(8, 10)?),
            _ => return Err(ParseDateError::Malformed),
        };
        let year = number(0, 4)?;
        if !(1000..TOO_LATE).contains(&year) {
            return Err(ParseDateError::Malformed);
        }
        let date = Date::new(year, month, day).map_err(|_| ParseDateError::Impossible)?;
        Ok(match shape.len() {
            4 => Self::Year(date),
            7 => Self::Month(date),
            _ => Self::Day(date),
        })
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.first_day();
        match self {
            Self::Day(_) => write!(f, "{first}"),
            Self::Month(_) => write!(f, "{:04}-{:02}", first.year(), first.month()),
            Self::Year(_) => write!(f, "{:04}", first.year()),
        }
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn period(text: &str, zone: &str) -> (String, String) {
        let zone = TimeZone::get(zone).unwrap();
        let date: PartialDate = text.parse().unwrap();
        (date.begins(&zone).to_string(), date.ends(&zone).to_string())
    }

    fn pair(a: &str, b: &str) -> (String, String) {
        (a.to_owned(), b.to_owned())
    }

    #[test]
    fn a_partial_date_covers_its_whole_period() {
        assert_eq!(
            period("2015", "UTC"),
            pair("2015-01-01T00:00:00Z", "2016-01-01T00:00:00Z")
        );
        assert_eq!(
            period("2016-02", "UTC"),
            pair("2016-02-01T00:00:00Z", "2016-03-01T00:00:00Z")
        );
        assert_eq!(
            period("2015-12-31", "Asia/Kathmandu"),
            pair("2015-12-30T18:15:00Z", "2015-12-31T18:15:00Z")
        );
    }

    #[test]
    fn a_day_of_a_clock_change_is_as_long_as_it_was() {
        // 25 hours: the clocks went back.
        assert_eq!(
            period("2015-10-25", "Europe/Berlin"),
            pair("2015-10-24T22:00:00Z", "2015-10-25T23:00:00Z")
        );
        // Midnight was skipped: the day began at 01:00.
        assert_eq!(
            period("2015-10-18", "America/Sao_Paulo"),
            pair("2015-10-18T03:00:00Z", "2015-10-19T02:00:00Z")
        );
        // The gap began before midnight and ended after it.
        assert_eq!(
            period("1919-03-31", "America/Toronto").0,
            "1919-03-31T04:30:00Z"
        );
        // The day never was.
        assert_eq!(
            period("2011-12-30", "Pacific/Apia"),
            pair("2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z")
        );
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "15",
            "2015-3",
            "2015/03/30",
            "2015-03-30T00:00:00Z",
            "٢٠١٥",
            " 2015",
            "0000",
            "9000",
            "9999",
        ] {
            assert_eq!(
                text.parse::<PartialDate>(),
                Err(ParseDateError::Malformed),
                "{text}"
            );
        }
        for text in ["2015-13", "2015-00", "2015-02-29", "2015-04-31"] {
            assert_eq!(
                text.parse::<PartialDate>(),
                Err(ParseDateError::Impossible),
                "{text}"
            );
        }
    }

    #[test]
    fn the_end_of_the_calendar_is_no_end() {
        for text in [
            "9999-12-31",
            "9999",
            "9999-01",
            "9999-12-31T23:59:59Z",
            "9999-12-31 00:00:00",
        ] {
            assert!(means_no_end(text), "{text}");
        }
        for text in [
            "8999-12-31",
            "9000-01-01",
            "9998-12-31",
            "2999",
            "9999 or so",
            "99999",
            "",
            "é999",
            "9a99-01-01",
        ] {
            assert!(!means_no_end(text), "{text}");
        }
    }

    #[test]
    fn of_a_date_that_never_was_the_month_or_the_year_is_left() {
        let left = |text| coarser(text).map(|date| date.to_string());
        assert_eq!(left("2015-02-30").as_deref(), Some("2015-02"));
        assert_eq!(left("2015-00-00").as_deref(), Some("2015"));
        assert_eq!(left("2015-13").as_deref(), Some("2015"));
        for text in [
            "n/a",
            "0000-00-00",
            "2015/02/30",
            "30-02-2015",
            "",
            "2015-02-30T00:00:00Z",
        ] {
            assert_eq!(left(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_written_another_way_is_shown_year_first() {
        for (text, write) in [
            (
                "12/03/2026",
                "; write 2026-03-12, or 2026-12-03 if the month comes first",
            ),
            ("31.12.2025", "; write 2025-12-31"),
            ("12/31/2025", "; write 2025-12-31"),
            ("3-3-2026", "; write 2026-03-03"),
            ("2026/3/12", "; write 2026-03-12"),
            ("2026-03-12T00:00:00Z", "; write 2026-03-12"),
            ("2026-03-12 00:00:00", "; write 2026-03-12"),
            ("12/03/26", ""),
            ("30/02/2026", ""),
            ("31/12/9999", ""),
            ("yesterday", ""),
            ("1/2/3/4", ""),
            ("", ""),
        ] {
            assert_eq!(rewritten(text), write, "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_comes_back_and_ends_follow_beginnings(text in "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?") {
            if let Ok(date) = text.parse::<PartialDate>() {
                prop_assert_eq!(date.to_string(), text);
                for zone in ["UTC", "Europe/London", "America/Santiago", "Pacific/Apia"] {
                    let zone = TimeZone::get(zone).unwrap();
                    prop_assert!(date.begins(&zone) <= date.ends(&zone));
                }
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,12}") {
            let _ = text.parse::<PartialDate>();
            let _ = rewritten(&text);
        }
    }
}
