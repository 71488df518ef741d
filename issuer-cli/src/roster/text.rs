//! Text from a roster: what a credential, a terminal and a screen can safely carry.

use super::sheet::Refusal;
use crate::Code;

/// Longest id, in bytes: three times as long, percent-encoded, it would not fit a file name.
pub(super) const ID: usize = 200;
/// Longest name or other text, in bytes; the longest name in known rosters has under 200.
pub(super) const TEXT: usize = 1000;

/// Returns the trimmed text, or `None` for an empty one.
///
/// # Errors
/// A [`Refusal`] for text too long, and for control characters and overrides of the direction of
/// writing (Unicode Standard Annex 9, section 2), by which a name can be made to look like another.
/// Joiners and direction marks are left alone: Persian and Hindi names need them.
pub(super) fn clean(field: &str, text: &str, longest: usize) -> Result<Option<String>, Refusal> {
    let text = text.trim();
    if text.len() > longest {
        let message = format!("{field} is longer than {longest} bytes: {}", shown(text));
        return Err(Refusal::new(Code::RosterTextTooLong, message));
    }
    if let Some(bad) = text.chars().find(|c| is_unsafe(*c)) {
        let message = format!("{field} holds the character U+{:04X}", u32::from(bad));
        return Err(Refusal::new(Code::RosterTextUnsafe, message));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Returns the trimmed text of a field that every row needs.
///
/// # Errors
/// As [`clean`], and a [`Refusal`] for an empty text.
pub(super) fn needed(field: &str, text: &str, longest: usize) -> Result<String, Refusal> {
    clean(field, text, longest)?.ok_or_else(|| Refusal::missing(field))
}

/// Returns the start of a text for use in a message, with unsafe characters replaced.
pub(super) fn shown(text: &str) -> String {
    const FEW: usize = 60;
    let mut shown: String = text
        .chars()
        .take(FEW)
        .map(|c| if is_unsafe(c) { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(FEW).is_some() {
        shown.push('…');
    }
    shown
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_languages_need_and_refuses_what_deceives() {
        for name in ["علی‌اکبر", "क्‍ष", "Nguyễn", "O’Brien", "-", "\u{200f}שרה"]
        {
            assert_eq!(clean("name", name, TEXT), Ok(Some(name.to_owned())));
        }
        for name in [
            "a\u{202e}b",
            "a\u{2067}b",
            "a\0b",
            "a\nb",
            "a\u{9b}b",
            "a\u{2028}b",
        ] {
            let refused = clean("name", name, TEXT).map_err(|r| r.code);
            assert_eq!(refused, Err(Code::RosterTextUnsafe), "{name:?}");
        }
    }

    #[test]
    fn trims_and_tells_empty_from_missing() {
        assert_eq!(clean("name", " \t ", TEXT), Ok(None));
        assert_eq!(needed("id", " x\n", ID), Ok("x".to_owned()));
        assert_eq!(
            needed("id", "", ID).map_err(|r| r.code),
            Err(Code::RosterFieldMissing)
        );
    }

    #[test]
    fn refuses_long_text_and_shows_only_its_start() {
        let long = "é".repeat(TEXT);
        let refused = clean("name", &long, TEXT).unwrap_err();
        assert_eq!(refused.code, Code::RosterTextTooLong);
        assert!(refused.message.len() < 200);
        assert_eq!(shown("a\u{1b}[31m"), "a\u{fffd}[31m");
    }
}
