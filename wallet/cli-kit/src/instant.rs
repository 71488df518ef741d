//! Instants and durations on the command line.

use identity_core::status::Instant;
use jiff::SignedDuration;

/// Parses an instant, RFC 3339 with an offset; for clap's `value_parser`, so that another is exit 2.
///
/// # Errors
/// A sentence that shows the form expected.
pub fn instant(text: &str) -> Result<Instant, String> {
    text.parse::<Instant>().map_err(|error| error.to_string())
}

/// Parses a duration of one number and one unit: `90s`, `15m`, `24h`, `7d`; for `value_parser`.
///
/// A day is 24 hours.
///
/// # Errors
/// A sentence that shows the form expected.
pub fn duration(text: &str) -> Result<SignedDuration, String> {
    let expected = || format!("not a duration such as 90s, 15m, 24h or 7d: {text}");
    let seconds_in = match text.bytes().last() {
        Some(b's') => 1,
        Some(b'm') => 60,
        Some(b'h') => 60 * 60,
        Some(b'd') => 24 * 60 * 60,
        _ => return Err(expected()),
    };
    let number = &text[..text.len() - 1];
    // Nine digits of days stay far below the longest duration; a sign or a space is no digit.
    let plain = !number.is_empty() && number.len() <= 9;
    if !plain || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(expected());
    }
    let number: i64 = number.parse().map_err(|_| expected())?;
    Ok(SignedDuration::from_secs(number * seconds_in))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_needs_an_offset() {
        let utc = instant("2026-03-12T10:00:00+01:00").unwrap();
        assert_eq!(utc.to_string(), "2026-03-12T09:00:00Z");
        for wrong in ["2026-03-12T10:00:00", "2026-03-12", "now", ""] {
            assert!(
                instant(wrong).unwrap_err().contains("RFC 3339"),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn a_duration_is_one_number_and_one_unit() {
        for (text, seconds) in [
            ("90s", 90),
            ("15m", 900),
            ("24h", 86_400),
            ("7d", 604_800),
            ("0s", 0),
            ("999999999d", 86_399_999_913_600),
        ] {
            assert_eq!(duration(text).unwrap().as_secs(), seconds, "{text}");
        }
        for wrong in [
            "",
            "s",
            "90",
            "-5m",
            "+5m",
            "1.5h",
            "5 m",
            "1h30m",
            "5w",
            "5M",
            "1000000000d",
            "5é",
            "٥m",
        ] {
            assert!(duration(wrong).is_err(), "{wrong:?}");
        }
    }
}
