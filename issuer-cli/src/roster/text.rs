//! Text from a roster: what a credential, a terminal and a screen can safely carry.
//!
//! There is one rule for what a credential can show, the core's [`is_displayable`], and a roster's
//! texts are held against it here, so that nobody is invited who could not be issued a credential.

use identity_core::credential::is_displayable;

use super::sheet::Refusal;
use crate::Code;

/// Longest id, in bytes: three times as long, percent-encoded, it would not fit a file name.
const LONGEST_ID: usize = 200;
/// Longest address of a picture, in bytes; no credential carries one.
const LONGEST_LINK: usize = 2000;

/// What a text is for, which says what it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// An id: typed on command lines, part of file names.
    Id,
    /// An address, kept and never shown in a credential.
    Link,
    /// A name or a label, which a credential shows.
    Shown,
}

/// Returns the text without what nobody sees, or `None` when nothing is left.
///
/// Zero width spaces, word joiners, soft hyphens and byte order marks only say where a line may
/// break: Khmer, Thai and Lao names come with them, and the same name comes without; an id does not.
/// Joiners and
/// direction marks change how a name is written (Persian, Hindi, Sinhala, Hebrew) and stay.
///
/// # Errors
/// A [`Refusal`] for text too long, and for control characters and overrides of the direction of
/// writing (Unicode Standard Annex 9, section 2), by which a name can be made to look like another; in
/// an id also for what nobody sees.
pub(super) fn clean(field: &str, text: &str, purpose: Use) -> Result<Option<String>, Refusal> {
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // Two ids that look the same would be one person.
            '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' if purpose == Use::Id => {
                let message = format!("{field} holds the character U+{:04X}", u32::from(c));
                return Err(Refusal::new(Code::RosterTextUnsafe, message));
            }
            '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' => {}
            // A cell may hold a line break; in a name it is a space. In an id it is a mistake.
            '\t' | '\n' | '\r' if purpose == Use::Shown => {
                if !kept.ends_with(' ') {
                    kept.push(' ');
                }
            }
            c => kept.push(c),
        }
    }
    let kept = kept.trim();
    if !kept.chars().any(is_seen) {
        return Ok(None);
    }
    let fits = is_displayable(kept) && !kept.chars().any(is_tag);
    if !fits && let Some(bad) = kept.chars().find(|c| is_unsafe(*c)) {
        let message = format!("{field} holds the character U+{:04X}", u32::from(bad));
        return Err(Refusal::new(Code::RosterTextUnsafe, message));
    }
    // Every character of it can be shown: what is left is its length.
    let (fits, longest) = match purpose {
        Use::Id => (fits && kept.len() <= LONGEST_ID, "an id may be"),
        Use::Link => (kept.len() <= LONGEST_LINK, "an address may be"),
        Use::Shown => (fits, "a credential can show"),
    };
    if !fits {
        let message = format!("{field} is longer than {longest}: {}", shown(kept));
        return Err(Refusal::new(Code::RosterTextTooLong, message));
    }
    if purpose == Use::Id && kept.starts_with("--") {
        let message = format!(
            "{field} spells an option of the command line: {}",
            shown(kept)
        );
        return Err(Refusal::new(Code::RosterIdInvalid, message));
    }
    Ok(Some(kept.to_owned()))
}

/// Returns the cleaned text of a field that every row needs.
///
/// # Errors
/// As [`clean`], and a [`Refusal`] for an empty text.
pub(super) fn needed(field: &str, text: &str, purpose: Use) -> Result<String, Refusal> {
    clean(field, text, purpose)?.ok_or_else(|| Refusal::missing(field))
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

fn is_seen(c: char) -> bool {
    !c.is_whitespace()
        && !matches!(c, '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200c}'..='\u{200f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}')
}

fn is_unsafe(c: char) -> bool {
    // Beside a letter, so that a space is judged as what it is inside a name.
    let mut beside = [b'x'; 8];
    let length = c.encode_utf8(&mut beside[1..]).len();
    let alone = core::str::from_utf8(&beside[..=length]).unwrap_or_default();
    !is_displayable(alone) || is_tag(c)
}

/// Tags can spell a whole text that nobody sees.
const fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keeps_what_languages_need_and_refuses_what_deceives() {
        for name in [
            "علی\u{200c}اکبر",
            "क्\u{200d}ष",
            "ශ්\u{200d}රී",
            "Nguyễn",
            "O’Brien",
            "-",
            "\u{200f}שרה",
        ] {
            assert_eq!(clean("name", name, Use::Shown), Ok(Some(name.to_owned())));
        }
        for name in [
            "a\u{202e}b",
            "a\u{2067}b",
            "a\0b",
            "a\u{9b}b",
            "a\u{2028}b",
            "a\u{e0041}b",
        ] {
            let refused = clean("name", name, Use::Shown).map_err(|r| r.code);
            assert_eq!(refused, Err(Code::RosterTextUnsafe), "{name:?}");
        }
        for id in ["a\nb", "a\u{200b}", "\u{2060}a", "a\u{ad}b", "\u{feff}"] {
            let refused = clean("id", id, Use::Id).map_err(|r| r.code);
            assert_eq!(refused, Err(Code::RosterTextUnsafe), "{id:?}");
        }
    }

    #[test]
    fn drops_what_nobody_sees() {
        for (name, seen) in [
            ("សុខ\u{200b}ហេង", "សុខហេង"),
            ("Sok\u{2060} Heng", "Sok Heng"),
            ("Lind\u{ad}gren", "Lindgren"),
            ("\u{feff}Ana", "Ana"),
            ("Ana\r\nMaria", "Ana Maria"),
        ] {
            assert_eq!(clean("name", name, Use::Shown), Ok(Some(seen.to_owned())));
        }
        for nothing in [
            "",
            " \t ",
            "\u{200b}\u{2060}",
            "\u{200d}",
            "\u{3164}\u{200f}",
        ] {
            assert_eq!(clean("name", nothing, Use::Shown), Ok(None), "{nothing:?}");
        }
    }

    #[test]
    fn trims_and_tells_empty_from_missing() {
        assert_eq!(needed("id", " x\n", Use::Id), Ok("x".to_owned()));
        assert_eq!(
            needed("id", "", Use::Id).map_err(|r| r.code),
            Err(Code::RosterFieldMissing)
        );
    }

    #[test]
    fn refuses_long_text_and_shows_only_its_start() {
        assert!(clean("name", &"é".repeat(500), Use::Shown).is_ok());
        let refused = clean("name", &"é".repeat(501), Use::Shown).unwrap_err();
        assert_eq!(refused.code, Code::RosterTextTooLong);
        assert!(refused.message.len() < 200);
        assert!(clean("id", &"a".repeat(200), Use::Id).is_ok());
        let refused = clean("id", &"a".repeat(201), Use::Id).unwrap_err();
        assert_eq!(refused.code, Code::RosterTextTooLong);
        assert_eq!(shown("a\u{1b}[31m"), "a\u{fffd}[31m");
    }

    #[test]
    fn an_id_is_no_option_of_the_command_line() {
        for id in ["--yes", "--format=x", "--", " --home"] {
            let refused = clean("id", id, Use::Id).map_err(|r| r.code);
            assert_eq!(refused, Err(Code::RosterIdInvalid), "{id}");
        }
        for id in ["-5", "-", "a--b"] {
            assert_eq!(clean("id", id, Use::Id), Ok(Some(id.to_owned())));
        }
        assert!(clean("name", "--", Use::Shown).is_ok());
    }

    proptest! {
        #[test]
        fn what_is_taken_can_be_shown_and_is_taken_again(text in "(\\PC|[\u{0}-\u{20}\u{200b}-\u{206f}\u{feff}\u{ad}]){0,12}") {
            for purpose in [Use::Id, Use::Shown] {
                if let Ok(Some(kept)) = clean("name", &text, purpose) {
                    prop_assert!(is_displayable(&kept));
                    prop_assert_eq!(clean("name", &kept, purpose), Ok(Some(kept.clone())));
                }
            }
        }
    }
}
