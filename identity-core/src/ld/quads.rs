//! RDF datasets in memory, and their canonical N-Quads (W3C RDF Dataset Canonicalization 1.0
//! appendix A).

use std::{fmt::Write as _, sync::Arc};

pub(super) const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
pub(super) const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// A subject, an object or a graph's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Term {
    /// A blank node, by its number in the dataset.
    Blank(usize),
    /// An IRI or a literal as it stands in N-Quads.
    Written(Arc<str>),
}

/// A statement in a graph.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Quad {
    pub(super) subject: Term,
    /// An IRI as it stands in N-Quads.
    pub(super) predicate: Arc<str>,
    pub(super) object: Term,
    /// `None` is the default graph.
    pub(super) graph: Option<Term>,
}

/// Statements, and how many blank nodes they speak of.
#[derive(Clone, Debug, Default)]
pub(super) struct Dataset {
    pub(super) quads: Vec<Quad>,
    pub(super) blanks: usize,
}

impl Quad {
    /// Returns the blank nodes with their places: `s`, `o` and `g`.
    pub(super) fn blanks(&self) -> impl Iterator<Item = (char, usize)> + '_ {
        let places = [
            ('s', Some(&self.subject)),
            ('o', Some(&self.object)),
            ('g', self.graph.as_ref()),
        ];
        places.into_iter().filter_map(|(place, term)| match term {
            Some(Term::Blank(node)) => Some((place, *node)),
            _ => None,
        })
    }

    /// Writes the statement as one line, its blank nodes named as asked.
    pub(super) fn write(&self, out: &mut String, name: &mut impl FnMut(usize, &mut String)) {
        let mut put = |term: &Term, out: &mut String| match term {
            Term::Blank(node) => name(*node, out),
            Term::Written(text) => out.push_str(text),
        };
        put(&self.subject, out);
        out.push(' ');
        out.push_str(&self.predicate);
        out.push(' ');
        put(&self.object, out);
        if let Some(graph) = &self.graph {
            out.push(' ');
            put(graph, out);
        }
        out.push_str(" .\n");
    }
}

/// Writes an IRI, which has been checked to be one.
pub(super) fn iri(iri: &str) -> Arc<str> {
    format!("<{iri}>").into()
}

/// Writes a literal of a datatype.
pub(super) fn typed(lexical: &str, datatype: &str) -> Arc<str> {
    let mut out = quoted(lexical);
    if datatype.strip_prefix(XSD) != Some("string") {
        out.push_str("^^<");
        out.push_str(datatype);
        out.push('>');
    }
    out.into()
}

/// Writes a literal in a language.
pub(super) fn tagged(lexical: &str, language: &str) -> Arc<str> {
    let mut out = quoted(lexical);
    out.push('@');
    out.push_str(language);
    out.into()
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\0'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
