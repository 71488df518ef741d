//! Paths as people write them: `credentialSubject.address.street`, `languages[0]`.

use super::{SdJwtError, Step};

/// Takes a path apart: names between dots, and indices in brackets behind a name.
///
/// A member whose name has a dot or a bracket cannot be named so.
///
/// # Errors
/// [`SdJwtError::Malformed`] when a name is empty or an index is no plain number.
pub fn parse_path(path: &str) -> Result<Vec<Step<'_>>, SdJwtError> {
    const MALFORMED: SdJwtError = SdJwtError::Malformed {
        reason: "not a path such as address.street or languages[0]",
    };
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (name, indices) = match part.find('[') {
            None => (part, ""),
            Some(at) => part.split_at(at),
        };
        if name.is_empty() || name.contains(']') {
            return Err(MALFORMED);
        }
        steps.push(Step::Name(name));
        let mut rest = indices;
        while !rest.is_empty() {
            let inside = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            let (index, behind) = inside.ok_or(MALFORMED)?;
            let plain = index.bytes().all(|b| b.is_ascii_digit())
                && (index == "0" || !index.starts_with('0'));
            let index = index.parse().ok().filter(|_| plain);
            steps.push(Step::Index(index.ok_or(MALFORMED)?));
            rest = behind;
        }
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_indices_are_steps() {
        assert_eq!(parse_path("holder"), Ok(vec![Step::Name("holder")]));
        assert_eq!(
            parse_path("a.b[0][12].c"),
            Ok(vec![
                Step::Name("a"),
                Step::Name("b"),
                Step::Index(0),
                Step::Index(12),
                Step::Name("c"),
            ])
        );
    }

    #[test]
    fn other_texts_are_no_paths() {
        for text in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "[0]",
            "a.[0]",
            "a[",
            "a]",
            "a[]",
            "a[x]",
            "a[-1]",
            "a[+1]",
            "a[01]",
            "a[0]b",
            "a[0",
            "a[99999999999999999999999]",
            "a][0]",
        ] {
            assert!(parse_path(text).is_err(), "{text}");
        }
    }
}
