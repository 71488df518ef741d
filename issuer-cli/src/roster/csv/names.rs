//! Whether two names can be one person's.

use std::collections::BTreeSet;

use crate::records::Name;

/// Words before a name that anybody may have. Not among them is what is a name as well, such as
/// Major, Dean or Don: whoever is called so has only that.
const TITLES: &[&str] = &[
    "adv",
    "baroness",
    "capt",
    "captain",
    "col",
    "colonel",
    "dame",
    "dato",
    "datuk",
    "dott",
    "dr",
    "dra",
    "frau",
    "general",
    "herr",
    "hon",
    "honorable",
    "honourable",
    "lady",
    "lic",
    "lord",
    "lt",
    "madame",
    "miss",
    "mlle",
    "mme",
    "monsieur",
    "mp",
    "mr",
    "mrs",
    "ms",
    "prof",
    "professor",
    "rep",
    "representative",
    "rev",
    "reverend",
    "right",
    "rt",
    "senator",
    "senhor",
    "senhora",
    "senor",
    "senora",
    "shri",
    "shrimati",
    "sig",
    "sir",
    "smt",
    "sra",
    "srta",
];

/// Words within a name that many persons have. At either end of it, Ben and Van are names.
const PARTICLES: &[&str] = &[
    "abd", "abdul", "abu", "af", "al", "an", "and", "av", "bat", "ben", "bin", "binte", "binti",
    "bint", "da", "dal", "das", "de", "degli", "del", "della", "den", "der", "des", "di", "do",
    "dos", "du", "el", "et", "ibn", "la", "las", "le", "les", "lo", "los", "mac", "san", "ter",
    "ul", "und", "van", "vel", "vom", "von", "zu", "zum", "zur",
];

/// Fewest letters of a word by which a person is known; a sign of a script that is written without
/// spaces counts alone.
const FEWEST: usize = 3;

/// Says whether two names can be one person's: the same family name with given names that do not
/// differ altogether, or every word of the shorter one in the longer.
///
/// Case and the accents of Latin letters do not count, nor the order; an initial stands for a word. A
/// title or a particle that both have says nothing, nor does a word of one or two letters.
pub(super) fn can_be_one(a: &Name, b: &Name) -> bool {
    if a.display == b.display {
        return true;
    }
    let families = both(a.family.as_deref(), b.family.as_deref()).map(|(a, b)| share_a_word(a, b));
    let givens =
        both(a.given.as_deref(), b.given.as_deref()).map(|(a, b)| share_a_word_or_initial(a, b));
    if families == Some(true) && givens != Some(false) {
        return true;
    }
    // Other forms of a name count with it; but a display name may be no more than a given name.
    let alone = families != Some(false) && is_within(&words(&a.display), &words(&b.display));
    alone || is_within(&every_word(a), &every_word(b))
}

fn both<'a>(a: Option<&'a str>, b: Option<&'a str>) -> Option<(&'a str, &'a str)> {
    a.zip(b)
}

fn every_word(name: &Name) -> BTreeSet<String> {
    let forms = [&name.family, &name.given, &name.native, &name.sort];
    let forms = forms.into_iter().flatten().flat_map(|form| words(form));
    words(&name.display).into_iter().chain(forms).collect()
}

/// Says whether the shorter name is within the longer, and something in it tells a person.
fn is_within(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let is_there = |word: &String| long.contains(word) || long.iter().any(|w| is_initial(word, w));
    let tells = short.iter().any(|word| tells(word) && long.contains(word));
    !short.is_empty() && short.iter().all(is_there) && (tells || short == long)
}

fn share_a_word(a: &str, b: &str) -> bool {
    let (a, b) = (words(a), words(b));
    a == b || a.iter().any(|word| tells(word) && b.contains(word))
}

fn share_a_word_or_initial(a: &str, b: &str) -> bool {
    let (a, b) = (words(a), words(b));
    let agree = |x: &String| b.iter().any(|y| x == y || is_initial(x, y));
    a.iter().any(agree)
}

/// Says whether one of two words is the other's first letter.
fn is_initial(a: &str, b: &str) -> bool {
    let is_letter = |word: &str| {
        let mut signs = word.chars();
        signs.next().is_some_and(|c| !stands_alone(c)) && signs.next().is_none()
    };
    (is_letter(a) && b.starts_with(a)) || (is_letter(b) && a.starts_with(b))
}

fn tells(word: &str) -> bool {
    if TITLES.contains(&word) || PARTICLES.contains(&word) {
        return false;
    }
    word.chars().any(stands_alone) || word.chars().count() >= FEWEST
}

/// Returns the words of a name without the titles before it and the particles within; where nothing
/// else is left, with them.
fn words(name: &str) -> BTreeSet<String> {
    let all = split(name);
    let titles = all
        .iter()
        .take_while(|word| TITLES.contains(&word.as_str()));
    let untitled = all.get(titles.count()..).unwrap_or_default();
    let last = untitled.len().saturating_sub(1);
    let is_within = |at: usize| at > 0 && at < last;
    let left = untitled.iter().enumerate();
    let left = left.filter(|(at, word)| !(is_within(*at) && PARTICLES.contains(&word.as_str())));
    let left: BTreeSet<String> = left.map(|(_, word)| word.clone()).collect();
    if left.is_empty() {
        return all.into_iter().collect();
    }
    left
}

/// Splits a name into words; each sign of a script that is written without spaces is one.
fn split(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name
        .chars()
        .flat_map(char::to_lowercase)
        .map(without_accent)
    {
        if stands_alone(c) || !(c.is_alphanumeric() || is_mark(c)) {
            words.push(String::new());
        }
        if let (Some(word), true) = (words.last_mut(), c.is_alphanumeric()) {
            word.push(c);
        }
        if stands_alone(c) {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

const fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{3ffff}')
}

/// Accents written as characters of their own.
const fn is_mark(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '\'' | '’'
    )
}

fn without_accent(c: char) -> char {
    const FOLDED: &[(&str, char)] = &[
        ("àáâãäåāăąǎạảấầẩẫậắằẳẵặ", 'a'),
        ("çćĉċč", 'c'),
        ("ďđð", 'd'),
        ("èéêëēĕėęěẹẻẽếềểễệ", 'e'),
        ("ĝğġģ", 'g'),
        ("ìíîïĩīĭįıỉị", 'i'),
        ("ķ", 'k'),
        ("ĺļľł", 'l'),
        ("ñńņň", 'n'),
        ("òóôõöøōŏőơọỏốồổỗộớờởỡợ", 'o'),
        ("ŕŗř", 'r'),
        ("śŝşšș", 's'),
        ("ţťțŧ", 't'),
        ("ùúûüũūŭůűųưụủứừửữự", 'u'),
        ("ýÿŷỳỵỷỹ", 'y'),
        ("źżž", 'z'),
    ];
    let found = FOLDED.iter().find(|(accented, _)| accented.contains(c));
    found.map_or(c, |(_, plain)| *plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(display: &str) -> Name {
        Name {
            display: display.to_owned(),
            family: None,
            given: None,
            native: None,
            sort: None,
        }
    }

    fn parts(given: &str, family: &str) -> Name {
        Name {
            family: Some(family.to_owned()),
            given: Some(given.to_owned()),
            ..name(&format!("{given} {family}"))
        }
    }

    fn agree(a: &Name, b: &Name) -> bool {
        let agree = can_be_one(a, b);
        assert_eq!(agree, can_be_one(b, a), "{a:?} {b:?}");
        agree
    }

    #[test]
    fn every_word_of_the_shorter_name_is_in_the_longer() {
        for (a, b) in [
            ("Ana Silva", "SILVA, Ana"),
            ("Ana Silva", "Ana Silva Costa"),
            ("José García", "Jose Garcia"),
            ("Jose\u{301} Garci\u{301}a", "José García"),
            ("김영희", "김 영희"),
            ("Hon. John Smith", "John Q. Smith"),
            ("J. Smith", "John Smith"),
            ("Dr. Ana da Silva", "Ana Silva"),
            ("Bo Li", "Li Bo"),
            ("Sir", "Sir"),
            ("山田花子", "山田 花子"),
        ] {
            assert!(agree(&name(a), &name(b)), "{a} {b}");
        }
        for (a, b) in [
            ("Ana Silva", "Bruno Costa"),
            ("Анна", "Anna"),
            ("", "Ana"),
            ("Hon. John Smith", "Hon. Mary Jones"),
            ("Hon. John Smith", "Hon. Mary Smith"),
            ("Ana Silva", "Ana Costa"),
            ("Maria dos Santos", "Jose dos Reis"),
            ("Ludwig van Beethoven", "Vincent van Gogh"),
            ("Li Wei", "Wei Zhang"),
            ("J. Smith", "Mary Smith"),
            ("J. S.", "John Smith"),
            ("John Major", "John Smith"),
            ("Ben Smith", "Mary Smith"),
            ("Smith, Van", "Smith, Mary"),
            ("Sen, Amartya", "Amartya Rao"),
            ("Hon.", "Hon. John Smith"),
            ("김영희", "김철수"),
            ("山田花子", "鈴木花子"),
        ] {
            assert!(!agree(&name(a), &name(b)), "{a} {b}");
        }
    }

    #[test]
    fn a_family_name_is_one_persons_unless_the_given_names_differ() {
        for (a, b) in [
            (("Ana", "Silva"), ("Ana Maria", "Silva")),
            (("A.", "da Silva"), ("Ana", "Silva")),
            (("Ana", "Silva"), ("Ana", "Silva-Costa")),
            (("花子", "山田"), ("花", "山田")),
        ] {
            assert!(agree(&parts(a.0, a.1), &parts(b.0, b.1)), "{a:?} {b:?}");
        }
        for (a, b) in [
            (("John", "Smith"), ("Mary", "Smith")),
            (("Ana", "da Silva"), ("Ana", "da Costa")),
            (("Jan", "van Gogh"), ("Jan", "van Dyck")),
            (("영희", "김"), ("철수", "김")),
            (("Wei", "Li"), ("Ming", "Li")),
        ] {
            assert!(!agree(&parts(a.0, a.1), &parts(b.0, b.1)), "{a:?} {b:?}");
        }
        // Where only one of the names is told in parts, its words count.
        assert!(agree(&parts("Ana", "Silva"), &name("Silva")));
        assert!(!agree(&parts("Ana", "Silva"), &name("Ana Costa")));
        // A given name alone does not stand for another family's.
        let ana = |family: &str| Name {
            family: Some(family.to_owned()),
            ..name("Ana")
        };
        let costa = Name {
            display: "Ana Costa".to_owned(),
            ..ana("Costa")
        };
        assert!(!agree(&ana("Silva"), &costa));
    }
}
