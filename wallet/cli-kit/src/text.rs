//! Text of others made safe for a terminal.

/// Replaces everything that moves the cursor, changes colours or turns the direction of writing.
///
/// Claims, names and file names come from others: an escape sequence among them could rewrite the
/// verdict on the screen, and a bidirectional override could show a name reversed (Unicode Technical
/// Report 36). Line breaks and tabs stay.
pub fn printable(text: &str) -> String {
    let keep = |c: char| c == '\n' || c == '\t' || !is_unsafe(c);
    text.chars()
        .map(|c| if keep(c) { c } else { '\u{FFFD}' })
        .collect()
}

/// Makes a value safe and puts it on one line, so that it cannot look like a line of ours.
pub fn one_line(text: &str) -> String {
    let unsafe_here = |c: char| is_unsafe(c) || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars()
        .map(|c| match c {
            '\n' | '\t' | '\r' => ' ',
            c if unsafe_here(c) => '\u{FFFD}',
            c => c,
        })
        .collect()
}

/// Says how many there are of something: `1 bundle`, `2 bundles`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    let what = if number == 1 { one } else { many };
    format!("{number} {what}")
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_overrides_do_not_reach_the_terminal() {
        assert_eq!(
            printable("a\x1b[2Jb\u{9b}c\u{202e}d\re"),
            "a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}d\u{FFFD}e"
        );
        assert_eq!(
            printable("Zoë Ἀθηνᾶ 太郎\n\tمحمد"),
            "Zoë Ἀθηνᾶ 太郎\n\tمحمد"
        );
    }

    #[test]
    fn one_is_one_and_none_are_many() {
        let bundles = |number| count(number, "bundle", "bundles");
        assert_eq!(
            [bundles(0), bundles(1), bundles(2)],
            ["0 bundles", "1 bundle", "2 bundles"]
        );
    }

    #[test]
    fn a_value_cannot_look_like_a_line_of_ours() {
        assert_eq!(
            one_line("A\n✓ valid\u{2028}B\u{2066}"),
            "A ✓ valid\u{FFFD}B\u{FFFD}"
        );
    }
}
