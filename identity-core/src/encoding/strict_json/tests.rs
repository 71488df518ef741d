use proptest::prelude::*;

use super::*;
use crate::Code;

fn read(text: &str) -> Result<Value<'_>, JsonError> {
    parse(text.as_bytes(), &Limits::small())
}

fn code(text: &str) -> Code {
    read(text).expect_err(text).code()
}

#[test]
fn a_name_twice_is_refused_however_it_is_written() {
    assert_eq!(code(r#"{"a":1,"a":1}"#), Code::JsonDuplicateName);
    assert_eq!(code(r#"{"a":1,"\u0061":2}"#), Code::JsonDuplicateName);
    let many: Vec<String> = (0..100).map(|i| format!("\"k{i}\":0")).collect();
    assert!(read(&format!("{{{}}}", many.join(","))).is_ok());
    assert_eq!(
        code(&format!("{{{},\"k7\":1}}", many.join(","))),
        Code::JsonDuplicateName
    );
}

#[test]
fn the_name_that_turns_objects_into_numbers_is_refused() {
    assert_eq!(
        code(r#"{"a":{"$serde_json::private::Number":"7"}}"#),
        Code::JsonDuplicateName
    );
    assert_eq!(
        code(r#"{"\u0024serde_json::private::Number":"7"}"#),
        Code::JsonDuplicateName
    );
}

/// Some crates make `serde_json` keep numbers as text, for the whole build; these tests run with them
/// (feature `rdfc`) and without.
#[test]
fn numbers_pass_through_serde_the_same_in_every_build() {
    for (text, handed_over, taken_back) in [
        ("0", "0", "0"),
        ("-7", "-7", "-7"),
        (
            "18446744073709551615",
            "18446744073709551615",
            "18446744073709551615",
        ),
        ("1.50", "1.5", "1.5"),
        ("1e2", "100.0", "100.0"),
        ("-0.0", "-0.0", "-0.0"),
        ("1E-7", "1e-7", "1e-7"),
    ] {
        let serde = read(text).unwrap().to_serde();
        assert_eq!(serde.to_string(), handed_over, "{text}");
        let number = |text: &str| Value::Number(text.to_owned().into());
        assert_eq!(Value::from_serde(&serde), number(taken_back), "{text}");
        let parsed: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(Value::from_serde(&parsed), number(taken_back), "{text}");
    }
}

#[test]
fn limits_hold() {
    let nest = |n: usize| "[".repeat(n) + &"]".repeat(n);
    assert!(read(&nest(32)).is_ok());
    assert_eq!(code(&nest(33)), Code::JsonTooDeep);
    assert_eq!(code(&"[".repeat(500_000)), Code::JsonTooDeep);
    let limits = Limits {
        max_bytes: 4,
        max_depth: 2,
        max_values: 2,
    };
    assert_eq!(parse(b"[1]", &limits).map(|_| ()), Ok(()));
    assert_eq!(
        parse(b"[ 1 ]", &limits),
        Err(JsonError::TooLarge {
            limit: 4,
            unit: "bytes"
        })
    );
    let limits = Limits {
        max_bytes: 9,
        ..limits
    };
    assert_eq!(
        parse(b"[1,2]", &limits),
        Err(JsonError::TooLarge {
            limit: 2,
            unit: "values"
        })
    );
}

#[test]
fn what_is_not_json_is_refused() {
    let wrong = [
        "",
        " ",
        "nul",
        "tru",
        "[1,]",
        "{,}",
        "{\"a\"}",
        "{\"a\":1,}",
        "[1 2]",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "+1",
        "NaN",
        "Infinity",
        "'a'",
        "\"a",
        "\"\u{1}\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0061\"",
        "\u{feff}1",
        "1 2",
        "{1:2}",
        "[",
        "\"\\u+123\"",
    ];
    for text in wrong {
        assert_eq!(code(text), Code::JsonMalformed, "{text:?}");
    }
    assert_eq!(
        parse(b"\"\xff\"", &Limits::small()),
        Err(JsonError::Malformed {
            at: 1,
            expected: "UTF-8"
        })
    );
}

#[test]
fn strings_without_escapes_are_borrowed() {
    let value = read(r#"["plain","\u00e9\ud83d\ude00\n"]"#).unwrap();
    let items = value.as_array().unwrap();
    assert!(matches!(
        &items[0],
        Value::String(std::borrow::Cow::Borrowed("plain"))
    ));
    assert_eq!(items[1].as_str(), Some("é😀\n"));
}

#[test]
fn integers_are_read_only_when_written_as_integers() {
    let value = read("[7,-7,7.0,18446744073709551616]").unwrap();
    let items = value.as_array().unwrap();
    assert_eq!((items[0].as_u64(), items[0].as_i64()), (Some(7), Some(7)));
    assert_eq!((items[1].as_u64(), items[1].as_i64()), (None, Some(-7)));
    assert_eq!(items[2].as_i64(), None);
    assert_eq!(items[3].as_u64(), None);
}

proptest! {
    #[test]
    fn nothing_panics(bytes: Vec<u8>) {
        let _ = parse(&bytes, &Limits::small());
    }

    #[test]
    fn nearly_json_agrees_with_another_parser(text in r#"[\[\]{}:,"\\ua0-9eE.+\- ]{0,24}"#) {
        // Ours refuses some of what the other takes; what ours takes, the other takes.
        if read(&text).is_ok() {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok()
                || text.contains(['e', 'E']), "{}", text);
        }
    }
}

#[test]
fn a_number_that_no_double_holds_is_refused() {
    let digits = "9".repeat(400);
    for text in ["1e400", "-1E999", digits.as_str()] {
        assert!(parse(text.as_bytes(), &Limits::small()).is_err(), "{text}");
    }
    for text in ["1e308", "1e-400", "123456789012345678901234567890"] {
        assert!(parse(text.as_bytes(), &Limits::small()).is_ok(), "{text}");
    }
}
