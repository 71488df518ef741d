//! The JSON Canonicalization Scheme (RFC 8785).

use core::cmp::Ordering;

use super::strict_json::{Object, Value};
use crate::Code;

/// Reports a number that canonical JSON cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the number {number} has no exact IEEE 754 double: write it as a string")]
#[non_exhaustive]
pub struct JcsError {
    /// The number, as written.
    pub number: String,
}

impl JcsError {
    /// Returns [`Code::JsonNumber`].
    pub const fn code(&self) -> Code {
        Code::JsonNumber
    }
}

/// Writes a document in its canonical form.
///
/// # Errors
/// [`JcsError`] for a number beyond the range of a double (RFC 8785 section 3.2.2.3) and for an
/// integer beyond 2^53 that is not written as its double is (RFC 7493 section 2.2): two readers may
/// take it for two numbers.
pub fn canonicalize(value: &Value<'_>) -> Result<Vec<u8>, JcsError> {
    let mut out = Vec::with_capacity(256);
    write(value, &mut out)?;
    Ok(out)
}

/// Writes an object in its canonical form, as if it lacked the member named.
///
/// # Errors
/// As [`canonicalize`].
pub fn canonicalize_object(object: &Object<'_>, absent: Option<&str>) -> Result<Vec<u8>, JcsError> {
    let mut out = Vec::with_capacity(512);
    write_object(object, absent, &mut out)?;
    Ok(out)
}

fn write(value: &Value<'_>, out: &mut Vec<u8>) -> Result<(), JcsError> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(text) => write_number(text, out)?,
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(object) => write_object(object, None, out)?,
    }
    Ok(())
}

fn write_object(
    object: &Object<'_>,
    absent: Option<&str>,
    out: &mut Vec<u8>,
) -> Result<(), JcsError> {
    let present = |(name, _): &(&str, &Value<'_>)| Some(*name) != absent;
    // What was written canonically is read again in its order, and need not be sorted.
    if is_in_order(object) {
        return write_members(object.iter().filter(present), out);
    }
    let mut members: Vec<_> = object.iter().filter(present).collect();
    members.sort_unstable_by(|(a, _), (b, _)| order(a, b));
    write_members(members.into_iter(), out)
}

fn is_in_order(object: &Object<'_>) -> bool {
    let mut before = None;
    object.iter().all(|(name, _)| {
        let rises = before.is_none_or(|before| order(before, name).is_lt());
        before = Some(name);
        rises
    })
}

/// RFC 8785 section 3.2.3 sorts by UTF-16 code units, which differs from the order of UTF-8 bytes only
/// above the basic plane.
fn order(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        a.cmp(b)
    } else {
        a.encode_utf16().cmp(b.encode_utf16())
    }
}

fn write_members<'v, 'a: 'v>(
    members: impl Iterator<Item = (&'v str, &'v Value<'a>)>,
    out: &mut Vec<u8>,
) -> Result<(), JcsError> {
    out.push(b'{');
    for (i, (name, member)) in members.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write_string(name, out);
        out.push(b':');
        write(member, out)?;
    }
    out.push(b'}');
    Ok(())
}

/// Writes a string with the least escapes (RFC 8785 section 3.2.2.2).
fn write_string(text: &str, out: &mut Vec<u8>) {
    // Most texts have nothing to escape; without a way out the loop runs on many bytes at once.
    let is_plain = |b: u8| b >= 0x20 && b != b'"' && b != b'\\';
    if text.bytes().fold(true, |plain, b| plain & is_plain(b)) {
        out.reserve(text.len() + 2);
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
        return;
    }
    out.push(b'"');
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            0x08 => b"\\b",
            0x09 => b"\\t",
            0x0a => b"\\n",
            0x0c => b"\\f",
            0x0d => b"\\r",
            0x00..0x20 => b"",
            _ => continue,
        };
        out.extend_from_slice(&text.as_bytes()[start..at]);
        if escape.is_empty() {
            out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
        } else {
            out.extend_from_slice(escape);
        }
        start = at + 1;
    }
    out.extend_from_slice(&text.as_bytes()[start..]);
    out.push(b'"');
}

/// Largest magnitude up to which every integer is a double of its own.
const SAFE_INTEGER: u64 = 1 << 53;

fn write_number(text: &str, out: &mut Vec<u8>) -> Result<(), JcsError> {
    let refuse = || JcsError {
        number: text.to_owned(),
    };
    let number: f64 = text.parse().map_err(|_| refuse())?;
    if !number.is_finite() {
        return Err(refuse());
    }
    let mut buffer = ryu_js::Buffer::new();
    let canonical = buffer.format_finite(number);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_integer = digits.bytes().all(|b| b.is_ascii_digit());
    // Above the safe range an integer stands for itself only in the form this function writes:
    // what it wrote must be readable again, and no digit may be lost without a word.
    if is_integer && !digits.parse().is_ok_and(|n: u64| n <= SAFE_INTEGER) && canonical != text {
        return Err(refuse());
    }
    out.extend_from_slice(canonical.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::strict_json::{Limits, parse};

    fn canonical(text: &[u8]) -> Result<String, JcsError> {
        let value = parse(text, &Limits::large()).expect("the test's JSON is sound");
        canonicalize(&value).map(|bytes| String::from_utf8(bytes).expect("JSON is UTF-8"))
    }

    #[test]
    fn the_published_vectors_come_out_byte_for_byte() {
        let Some(folder) = testkit::vectors("jcs") else {
            return;
        };
        let inputs = find(&folder, "input");
        assert!(inputs.len() >= 6, "found only {} inputs", inputs.len());
        for input in inputs {
            let expected = input.to_string_lossy().replace("input", "output");
            let text = std::fs::read(&input).unwrap();
            let expected = std::fs::read_to_string(&expected).unwrap();
            assert_eq!(
                canonical(&text).as_deref(),
                Ok(expected.trim_end()),
                "{}",
                input.display()
            );
        }
    }

    fn find(folder: &std::path::Path, part: &str) -> Vec<std::path::PathBuf> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(find(&path, part));
            } else if path.parent().is_some_and(|p| p.ends_with(part))
                && path.extension().is_some_and(|e| e == "json")
            {
                found.push(path);
            }
        }
        found
    }

    #[test]
    fn numbers_are_written_as_ecmascript_writes_them() {
        // RFC 8785 appendix B, and its section 3.2.2.3.
        let cases = [
            ("1e30", "1e+30"),
            ("4.50", "4.5"),
            ("2e-3", "0.002"),
            ("-0", "0"),
            ("0.000000000000000000000000001", "1e-27"),
            ("333333333.33333329", "333333333.3333333"),
            ("9007199254740992", "9007199254740992"),
        ];
        for (written, expected) in cases {
            assert_eq!(canonical(written.as_bytes()).as_deref(), Ok(expected));
        }
        for beyond in [
            "9007199254740993",
            "-9007199254740993",
            "1e400",
            "99999999999999999999999",
        ] {
            let value = parse(beyond.as_bytes(), &Limits::large());
            assert!(
                value.is_err() || canonical(beyond.as_bytes()).is_err(),
                "{beyond}"
            );
        }
    }

    #[test]
    fn ten_thousand_published_doubles_come_out() {
        // RFC 8785 appendix B: each line is a double's bits in hexadecimal and its canonical text.
        let Some(file) = testkit::vectors("jcs/es6testfile-10000.txt") else {
            return;
        };
        let text = std::fs::read_to_string(file).unwrap();
        let mut count = 0;
        for line in text.lines() {
            let (bits, expected) = line.split_once(',').unwrap();
            let double = f64::from_bits(u64::from_str_radix(bits, 16).unwrap());
            // Integers beyond 2^53 are refused unless written as their double is: sixteen digits and
            // an exponent say the same double in another spelling.
            let written = format!("{double:e}");
            match canonical(written.as_bytes()) {
                Ok(found) => assert_eq!(found, expected, "{bits}"),
                Err(error) => panic!("{bits} {written}: {error}"),
            }
            count += 1;
        }
        assert!(count >= 10_000, "{count}");
    }

    #[test]
    fn members_are_sorted_by_utf16_code_units() {
        // U+FB33 sorts after U+1F600 (a surrogate pair), though its UTF-8 sorts before.
        assert_eq!(
            canonical("{\"\u{fb33}\":1,\"\u{1f600}\":2,\"a\":3}".as_bytes()).as_deref(),
            Ok("{\"a\":3,\"\u{1f600}\":2,\"\u{fb33}\":1}")
        );
    }

    fn document() -> impl proptest::strategy::Strategy<Value = serde_json::Value> {
        use proptest::prelude::*;
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i32>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 48, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                proptest::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest::proptest! {
        #[test]
        fn an_independent_writer_says_the_same(value in document()) {
            let text = serde_json::to_vec(&value).unwrap();
            let theirs = serde_json_canonicalizer::to_string(&value).unwrap();
            let ours = canonical(&text).map_err(|e| proptest::test_runner::TestCaseError::fail(e.to_string()))?;
            proptest::prop_assert_eq!(&ours, &theirs);
            proptest::prop_assert_eq!(canonical(ours.as_bytes()).ok(), Some(ours));
        }
    }
}
