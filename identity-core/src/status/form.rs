//! Small forms that both standards use: integers as JSON writes them, and URLs.

use crate::encoding::strict_json::Value;

/// Returns a number that is a natural number, however it is written: `2`, `2.0` and `2e0` are one
/// number (RFC 8259 section 6), and RFC 8785 writes all three as `2`.
///
/// Beyond 2^53 only the plain form is read, for the others may have been rounded.
pub(super) fn natural(value: &Value<'_>) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let Value::Number(text) = value else {
        return None;
    };
    text.parse().ok().or_else(|| {
        let number: f64 = text.parse().ok()?;
        let whole = number.fract() == 0.0 && (0.0..=EXACT).contains(&number);
        whole.then(|| format!("{number:.0}").parse().ok()).flatten()
    })
}

/// Says whether the text is an absolute URL: a scheme and something behind the colon.
///
/// It may hold characters beyond ASCII, as URLs of the WHATWG standard do; white space, control
/// characters and what no URL may hold bare are refused. Nothing is ever fetched from it here.
pub(super) fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let scheme_fits = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || r#""<>\^`{|}"#.contains(c);
    scheme_fits && !rest.is_empty() && !rest.contains(forbidden) && escapes_are_whole(rest)
}

fn escapes_are_whole(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let mut digits = after.bytes();
        [digits.next(), digits.next()]
            .iter()
            .all(|digit| digit.is_some_and(|b| b.is_ascii_hexdigit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_natural_number_has_one_value_however_it_is_written() {
        let number = |text: &'static str| natural(&Value::Number(text.into()));
        for (text, value) in [
            ("0", 0),
            ("2", 2),
            ("2.0", 2),
            ("2e0", 2),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in ["-1", "2.5", "1e300", "18446744073709551616", "-0.5"] {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(natural(&"2".into()), None);
    }

    #[test]
    fn a_url_has_a_scheme_and_no_space() {
        for url in [
            "https://example.com/status/3#94567",
            "did:key:z6Mk/status/3",
            "urn:uuid:5f3c",
            "https://example.com/%C3%A9?x=1",
        ] {
            assert!(is_url(url), "{url}");
        }
        assert!(is_url("https://exämple.com/"));
        for text in [
            "",
            "status/3",
            "https:",
            ":x",
            "1a:x",
            "ht tp://x",
            "https://example.com/a b",
            "https://example.com/\n",
            "https://example.com/%4",
            "https://example.com/%zz",
            "https://example.com/<x>",
        ] {
            assert!(!is_url(text), "{text:?}");
        }
    }
}
