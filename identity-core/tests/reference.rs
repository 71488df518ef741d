//! The codes of the core are fit to be keyed on.

use identity_core::Code;

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
