//! Texts with language and direction (section 11.1), and well-formed language tags (RFC 5646).

use super::{Findings, ModelError, place::Place};
use crate::encoding::strict_json::{Object, Value};

const ALLOWED: [&str; 3] = ["@value", "@language", "@direction"];

/// Checks a text for people: a string, a language value object, or several of those (section 4.6).
pub(super) fn text(value: &Value<'_>, at: &Place<'_>, found: &mut Findings) {
    match value {
        Value::String(_) => {}
        Value::Object(object) => language_value(object, at, found),
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                let at = at.element(index);
                match item {
                    Value::Object(object) => language_value(object, &at, found),
                    _ => found.add(
                        ModelError::Language,
                        &at,
                        "one of several texts is no language value object",
                    ),
                }
            }
        }
        _ => found.add(
            ModelError::Language,
            at,
            "neither a string nor a language value object",
        ),
    }
}

fn language_value(object: &Object<'_>, at: &Place<'_>, found: &mut Findings) {
    if object.get("@value").and_then(Value::as_str).is_none() {
        let reason = "a language value object has no @value that is a string";
        found.add(ModelError::Language, at, reason);
    }
    if object.iter().any(|(name, _)| !ALLOWED.contains(&name)) {
        let reason =
            "a language value object has another member than @value, @language and @direction";
        found.add(ModelError::Language, at, reason);
    }
    language_and_direction(object, at, found);
}

fn language_and_direction(object: &Object<'_>, at: &Place<'_>, found: &mut Findings) {
    if let Some(language) = object.get("@language")
        && !language.as_str().is_some_and(is_language_tag)
    {
        let at = at.member("@language");
        found.add(ModelError::Language, &at, "not a well-formed language tag");
    }
    if let Some(direction) = object.get("@direction")
        && !matches!(direction.as_str(), Some("ltr" | "rtl"))
    {
        let at = at.member("@direction");
        found.add(ModelError::Language, &at, "neither ltr nor rtl");
    }
}

/// Checks an object found anywhere in a claim, if it is a value object (section 11.1; JSON-LD 1.1
/// section 9.5); returns whether it is one.
///
/// Outside `name` and `description` a value object may also carry a type instead of a language.
pub(super) fn value_object(object: &Object<'_>, at: &Place<'_>, found: &mut Findings) -> bool {
    let marked = object.get("@language").is_some() || object.get("@direction").is_some();
    let Some(value) = object.get("@value") else {
        if marked {
            let reason = "a language or direction without @value";
            found.add(ModelError::Language, at, reason);
        }
        return false;
    };
    if marked {
        language_value(object, at, found);
    } else if object
        .iter()
        .any(|(name, _)| !["@value", "@type", "@index"].contains(&name))
    {
        let reason = "a value object has a member that value objects do not have";
        found.add(ModelError::Language, at, reason);
    } else if object.get("@type").is_none() && matches!(value, Value::Array(_) | Value::Object(_)) {
        let reason = "@value is neither a string, a number nor a truth value";
        found.add(ModelError::Language, at, reason);
    }
    true
}

/// The tags that RFC 5646 section 2.1 keeps although they do not fit its grammar.
const IRREGULAR: [&str; 17] = [
    "en-gb-oed",
    "i-ami",
    "i-bnn",
    "i-default",
    "i-enochian",
    "i-hak",
    "i-klingon",
    "i-lux",
    "i-mingo",
    "i-navajo",
    "i-pwn",
    "i-tao",
    "i-tay",
    "i-tsu",
    "sgn-be-fr",
    "sgn-be-nl",
    "sgn-ch-de",
];

/// Tells whether the text is a well-formed language tag (RFC 5646 sections 2.1 and 2.2.9).
pub(crate) fn is_language_tag(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    if IRREGULAR.contains(&text.as_str()) {
        return true;
    }
    let subtags: Vec<&str> = text.split('-').take(65).collect();
    let fits =
        |tag: &&str| (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric());
    // A bound far above any real tag.
    if subtags.len() > 64 || !subtags.iter().all(fits) {
        return false;
    }
    let mut rest = subtags.as_slice();
    if rest.first() != Some(&"x") {
        let Some(behind) = language(rest) else {
            return false;
        };
        rest = take(behind, 1, is_script);
        rest = take(rest, 1, is_region);
        let variants = rest;
        rest = take(rest, usize::MAX, is_variant);
        if repeats(&variants[..variants.len() - rest.len()]) {
            return false;
        }
        let Some(behind) = extensions(rest) else {
            return false;
        };
        rest = behind;
    }
    match rest {
        [] => true,
        ["x", private @ ..] => !private.is_empty(),
        _ => false,
    }
}

fn language<'t, 's>(subtags: &'t [&'s str]) -> Option<&'t [&'s str]> {
    let (first, rest) = subtags.split_first()?;
    if !is_alpha(first) {
        return None;
    }
    match first.len() {
        2 | 3 => Some(take(rest, 3, |tag| tag.len() == 3 && is_alpha(tag))),
        4..=8 => Some(rest),
        _ => None,
    }
}

/// Each extension is a letter or digit but `x`, with at least one subtag, and stands once.
fn extensions<'t, 's>(mut rest: &'t [&'s str]) -> Option<&'t [&'s str]> {
    let mut singletons = Vec::new();
    while let Some((first, behind)) = rest.split_first()
        && first.len() == 1
        && *first != "x"
    {
        rest = take(behind, usize::MAX, |tag| tag.len() > 1);
        singletons.push(*first);
        if rest.len() == behind.len() {
            return None;
        }
    }
    (!repeats(&singletons)).then_some(rest)
}

fn take<'t, 's>(mut rest: &'t [&'s str], most: usize, fits: fn(&str) -> bool) -> &'t [&'s str] {
    let mut taken = 0;
    while let Some((first, behind)) = rest.split_first()
        && taken < most
        && fits(first)
    {
        rest = behind;
        taken += 1;
    }
    rest
}

fn repeats(tags: &[&str]) -> bool {
    (1..tags.len()).any(|i| tags[..i].contains(&tags[i]))
}

fn is_alpha(tag: &str) -> bool {
    tag.bytes().all(|b| b.is_ascii_alphabetic())
}

fn is_script(tag: &str) -> bool {
    tag.len() == 4 && is_alpha(tag)
}

fn is_region(tag: &str) -> bool {
    (tag.len() == 2 && is_alpha(tag)) || (tag.len() == 3 && tag.bytes().all(|b| b.is_ascii_digit()))
}

fn is_variant(tag: &str) -> bool {
    tag.len() >= 5 || (tag.len() == 4 && tag.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::is_language_tag;

    #[test]
    fn well_formed_tags_are_taken() {
        for tag in [
            "en",
            "de-CH",
            "zh-Hant-TW",
            "sl-rozaj-biske",
            "de-1901",
            "es-419",
            "zh-cmn-Hans-CN",
            "en-a-bbb-x-a-ccc",
            "x-whatever",
            "i-klingon",
            "sgn-BE-FR",
            "art-lojban",
            "zh-min-nan",
            "hak",
            "abcdefgh",
            "de-Latn-DE-1996-u-co-phonebk",
            "und",
            "en-GB-oed",
        ] {
            assert!(is_language_tag(tag), "{tag}");
        }
    }

    #[test]
    fn other_tags_are_not() {
        for tag in [
            "",
            "e",
            "1n",
            "en_GB",
            "en--GB",
            "en-",
            "-en",
            "englishes",
            "de-419-DE",
            "a-DE",
            "x",
            "x-",
            "en-x",
            "en-a",
            "en-a-x",
            "ar-a-aaa-b-bbb-a-ccc",
            "de-1996-1996",
            "i-other",
            "en-GB-toolongvariant",
            "en GB",
            "ü",
            "zh-cmn-yue-hak-min",
        ] {
            assert!(!is_language_tag(tag), "{tag}");
        }
    }
}
