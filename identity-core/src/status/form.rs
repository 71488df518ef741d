//! Small forms that both standards use: integers as JSON writes them, and URLs.

pub(super) use crate::credential::data_model::is_url;
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

/// Says whether the text is a URI of RFC 3986: a URL in ASCII alone.
pub(super) fn is_uri(text: &str) -> bool {
    text.is_ascii() && is_url(text)
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
    fn a_uri_is_a_url_in_ascii() {
        assert!(is_uri("https://example.com/%C3%A9?x=1#2") && is_uri("did:key:z6Mk/status/3"));
        assert!(is_url("https://example.com/é") && !is_uri("https://example.com/é"));
        assert!(!is_uri("status/3") && !is_uri("https://example.com/a b"));
    }
}
