//! A reader of N-Quads (W3C RDF 1.1 N-Quads section 4), as far as the published vectors go.

use std::{collections::HashMap, sync::Arc};

use crate::ld::quads::{self, Dataset, Quad, Term};

/// Reads a dataset, and the name of each of its blank nodes.
pub(super) fn read(text: &str) -> (Dataset, Vec<String>) {
    let mut dataset = Dataset::default();
    let mut names: HashMap<String, usize> = HashMap::new();
    for line in text.lines() {
        let mut rest = line.trim();
        if rest.is_empty() || rest.starts_with('#') {
            continue;
        }
        let mut terms = Vec::new();
        while !rest.starts_with('.') {
            let (term, behind) = term(rest, &mut names);
            terms.push(term);
            rest = behind.trim_start();
        }
        let graph = (terms.len() == 4).then(|| terms.pop().unwrap());
        let object = terms.pop().unwrap();
        let Some(Term::Written(predicate)) = terms.pop() else {
            panic!("{line}")
        };
        let subject = terms.pop().unwrap();
        dataset.quads.push(Quad {
            subject,
            predicate,
            object,
            graph,
        });
    }
    dataset.blanks = names.len();
    let mut list = vec![String::new(); names.len()];
    for (name, number) in names {
        list[number] = name;
    }
    (dataset, list)
}

fn term<'t>(text: &'t str, names: &mut HashMap<String, usize>) -> (Term, &'t str) {
    if let Some(text) = text.strip_prefix("_:") {
        let end = text.find([' ', '\t', '<']).unwrap();
        let next = names.len();
        let number = *names.entry(text[..end].to_owned()).or_insert(next);
        return (Term::Blank(number), &text[end..]);
    }
    if text.starts_with('<') {
        let (iri, rest) = iri(text);
        return (Term::Written(quads::iri(&iri)), rest);
    }
    let (lexical, rest) = quoted(text.strip_prefix('"').unwrap());
    let (literal, rest): (Arc<str>, &str) = if let Some(rest) = rest.strip_prefix("^^") {
        let (datatype, rest) = iri(rest);
        (quads::typed(&lexical, &datatype), rest)
    } else if let Some(rest) = rest.strip_prefix('@') {
        let end = rest.find(' ').unwrap();
        (quads::tagged(&lexical, &rest[..end]), &rest[end..])
    } else {
        let datatype = format!("{}string", quads::XSD);
        (quads::typed(&lexical, &datatype), rest)
    };
    (Term::Written(literal), rest)
}

fn iri(text: &str) -> (String, &str) {
    let end = text.find('>').unwrap();
    (unescape(&text[1..end]), &text[end + 1..])
}

fn quoted(text: &str) -> (String, &str) {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => return (unescape(&text[..at]), &text[at + 1..]),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    panic!("{text}")
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let c = match chars.next().unwrap() {
            't' => '\t',
            'b' => '\u{8}',
            'n' => '\n',
            'r' => '\r',
            'f' => '\u{c}',
            size @ ('u' | 'U') => {
                let digits = if size == 'u' { 4 } else { 8 };
                let code: String = chars.by_ref().take(digits).collect();
                char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap()
            }
            other => other,
        };
        out.push(c);
    }
    out
}
