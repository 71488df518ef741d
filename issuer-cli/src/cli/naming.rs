//! How ids from a roster appear elsewhere: on the command line, in commands to copy, in file names.

use sha2::{Digest as _, Sha256};

/// The longest file name written, in bytes; file systems allow 255.
const LONGEST: usize = 254;

/// Takes an id from the command line. Ids may begin with a hyphen, so what begins with two is an id
/// only after `--`: else a flag with a slip in it would be looked up as a member.
pub(super) fn id(text: &str) -> Result<String, String> {
    let mut before = std::env::args_os().take_while(|word| word != "--");
    if text.starts_with("--") && before.any(|word| word == text) {
        return Err("there is no such flag; if it is an id, put -- before it".to_owned());
    }
    Ok(text.to_owned())
}

/// Writes a command to copy: the id quoted for the shell, and out of the way of the flags where it
/// looks like one.
pub(super) fn command(verb: &str, id: &str, flags: &str) -> String {
    let word = quoted(id);
    let space = if flags.is_empty() { "" } else { " " };
    if id.starts_with('-') {
        format!("mandate-issuer {verb}{space}{flags} -- {word}")
    } else {
        format!("mandate-issuer {verb} {word}{space}{flags}")
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-.,:/@%+=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Percent-encodes an id for the name of a file: what RFC 3986 reserves nowhere stays, but no dot leads,
/// which would hide the file. A name too long for a file system is cut, and a digest keeps it distinct.
pub(super) fn file_name(id: &str, extension: &str) -> String {
    let mut name = String::with_capacity(id.len());
    let room = LONGEST - 1 - extension.len();
    let mut digest = "-".to_owned();
    let hash = Sha256::digest(id.as_bytes());
    push_hex(&mut digest, &hash[..16], b"0123456789abcdef");
    let mut cut = 0;
    for (at, byte) in id.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if plain && !(at == 0 && byte == b'.') {
            name.push(char::from(byte));
        } else {
            name.push('%');
            push_hex(&mut name, &[byte], b"0123456789ABCDEF");
        }
        if name.len() + digest.len() <= room {
            cut = name.len();
        }
    }
    if name.len() > room {
        name.truncate(cut);
        name.push_str(&digest);
    }
    format!("{name}.{extension}")
}

/// Appends bytes in base 16.
fn push_hex(name: &mut String, bytes: &[u8], digits: &[u8; 16]) {
    for byte in bytes {
        name.push(char::from(digits[usize::from(byte >> 4)]));
        name.push(char::from(digits[usize::from(byte & 15)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_percent_encoded_ids() {
        for (id, name) in [
            ("m-001", "m-001.x"),
            ("a/b c", "a%2Fb%20c.x"),
            ("-x", "-x.x"),
            (".x", "%2Ex.x"),
            ("..", "%2E..x"),
            ("a.b_c~d", "a.b_c~d.x"),
            ("علی", "%D8%B9%D9%84%DB%8C.x"),
        ] {
            assert_eq!(file_name(id, "x"), name);
        }
    }

    #[test]
    fn long_ids_are_cut_at_a_whole_escape_and_stay_distinct() {
        let fits = "a".repeat(LONGEST - ".sd-jwt".len());
        assert_eq!(file_name(&fits, "sd-jwt"), format!("{fits}.sd-jwt"));
        let long = ["a", "aa", "aaa", ""].map(|start| format!("{start}{}", "ع".repeat(60)));
        let mut names: Vec<String> = long.iter().map(|id| file_name(id, "sd-jwt")).collect();
        names.push(file_name(&"ع".repeat(61), "sd-jwt"));
        for name in &names {
            assert!(name.len() < 255, "{}", name.len());
            let stem = name.strip_suffix(".sd-jwt").unwrap();
            let (start, digest) = stem.rsplit_once('-').unwrap();
            assert_eq!(digest.len(), 32);
            let escapes = start.trim_start_matches('a');
            assert!(escapes.len() > 190 && escapes.len().is_multiple_of(3));
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 5);
    }

    #[test]
    fn commands_can_be_copied() {
        let end = |id| command("mandate end", id, "--at T");
        assert_eq!(end("m-1"), "mandate-issuer mandate end m-1 --at T");
        assert_eq!(end("a b"), "mandate-issuer mandate end 'a b' --at T");
        assert_eq!(end("d'A$"), r"mandate-issuer mandate end 'd'\''A$' --at T");
        assert_eq!(end("-x9"), "mandate-issuer mandate end --at T -- -x9");
        assert_eq!(end("علی"), "mandate-issuer mandate end علی --at T");
        assert_eq!(
            command("enrol reinvite", "--x", ""),
            "mandate-issuer enrol reinvite -- --x"
        );
    }
}
