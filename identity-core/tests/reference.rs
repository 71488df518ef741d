//! The reference tables of the specification say what the enums say.

use identity_core::Code;

/// `MANDATE_BLESS=1` writes the table anew.
#[test]
fn the_table_of_errors_is_the_enum() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/errors.md");
    let rows = Code::ALL
        .iter()
        .map(|code| format!("| `{code}` | {} |\n", code.meaning()));
    let table: String = std::iter::once(String::from(
        "# Codes\n\nEvery error and every check that did not pass carries one of these. They are stable: \
         scripts and translations may key on them.\n\n| code | meaning |\n|---|---|\n",
    )).chain(rows).collect();
    if std::env::var_os("MANDATE_BLESS").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap();
    assert_eq!(
        written, table,
        "run the test with MANDATE_BLESS=1 to write spec/errors.md anew"
    );
}

#[test]
fn codes_are_unique_and_named_by_room_and_reason() {
    let mut texts: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    texts.sort_unstable();
    assert!(
        texts.windows(2).all(|pair| pair[0] != pair[1]),
        "two codes share a text"
    );
    for text in texts {
        let named = text.split_once('.').is_some_and(|(room, reason)| {
            [room, reason].iter().all(|part| {
                !part.is_empty()
                    && part
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            })
        });
        assert!(named, "{text}");
    }
}
