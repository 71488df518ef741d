//! JSON-LD 1.1 to canonical RDF, without a network: what `eddsa-rdfc-2022` and `ecdsa-rdfc-2019` sign.
//!
//! A document goes through three steps, each in its own file: its members become what their contexts
//! say they mean (`expand`), that becomes statements (`quads`), and those get one order and one naming
//! (`rdfc`). Contexts are data that is at hand ([`Contexts`]); none is ever fetched.
//!
//! Nothing is dropped without a word. Where JSON-LD lets a processor skip what a context does not
//! define, a relative reference or a value that belongs to nothing, this one refuses the document: what
//! is skipped is not signed. Two things carry no statement and are skipped as the standard has it:
//! `null` and the empty array. RDF has no order of values outside `@list` and no repeated statements.
//!
//! `spec/adr/0013-json-ld.md` says what is used of other libraries and what is not.

mod active;
mod contexts;
mod expand;
mod literal;
pub(crate) mod plain;
mod process;
mod quads;
mod rdfc;

#[cfg(test)]
mod tests;

pub use contexts::Contexts;

use plain::Wording;

use crate::{
    Code,
    encoding::{
        jcs::JcsError,
        strict_json::{JsonError, Object},
    },
    verify::{Budget, BudgetExhausted},
};

/// Reports why a document cannot be read as JSON-LD without loss.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LdError {
    /// The document or its contexts cost too much work, or its graph is made to be costly.
    #[error(transparent)]
    Budget(#[from] BudgetExhausted),
    /// A context is not well formed, or redefines a protected term.
    #[error("not a usable context: {reason}")]
    Context {
        /// What is wrong.
        reason: String,
    },
    /// A context is named that is not at hand; nothing is fetched.
    #[error("the context {url:?} is not at hand, and none is fetched")]
    ContextUnknown {
        /// The URL, cut to 256 characters.
        url: String,
    },
    /// A step that never waits has waited.
    #[error("a context was waited for")]
    Internal,
    /// An identifier, a type or a reference is no absolute IRI.
    #[error("not an absolute IRI: {text:?}")]
    Iri {
        /// The text, cut to 256 characters.
        text: String,
    },
    /// A context's text is not strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The document is not well-formed JSON-LD.
    #[error("not well-formed JSON-LD: {reason}")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
    /// The document may say what it says under other names or in other places than a reader looks.
    #[error("the document may hide what it says: {at:?} is {reason}")]
    NotPlain {
        /// The member or term, cut to 128 characters.
        at: String,
        /// What it is.
        reason: &'static str,
    },
    /// A number cannot be written canonically.
    #[error(transparent)]
    Number(#[from] JcsError),
    /// No context defines a member's name or a type.
    #[error("no context defines {term:?}")]
    TermUndefined {
        /// The term, cut to 256 characters.
        term: String,
    },
}

impl LdError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Budget(error) => error.code(),
            Self::Context { .. } => Code::LdContext,
            Self::ContextUnknown { .. } => Code::LdContextUnknown,
            Self::Internal => Code::LdInternal,
            Self::Iri { .. } => Code::LdIri,
            Self::Json(error) => error.code(),
            Self::Malformed { .. } => Code::LdMalformed,
            Self::NotPlain { .. } => Code::LdNotPlain,
            Self::Number(error) => error.code(),
            Self::TermUndefined { .. } => Code::LdTermUndefined,
        }
    }

    fn iri(text: &str) -> Self {
        Self::Iri { text: cut(text) }
    }

    fn term(term: &str) -> Self {
        Self::TermUndefined { term: cut(term) }
    }
}

fn cut(text: &str) -> String {
    text.chars().take(256).collect()
}

/// Returns the canonical N-Quads of a document (W3C RDF Dataset Canonicalization 1.0, SHA-256).
///
/// # Errors
/// [`LdError`] when the document cannot be read without loss or costs more than the budget has.
pub fn canonicalize(
    document: &Object<'_>,
    contexts: &Contexts,
    budget: &mut Budget,
) -> Result<String, LdError> {
    canonicalize_object(document, None, Wording::Any, contexts, budget)
}

/// Reads a document as JSON-LD and lets go of what it says: whether it can be read without loss.
///
/// # Errors
/// [`LdError`] when it cannot, or costs more than the budget has.
pub fn check(
    document: &Object<'_>,
    contexts: &Contexts,
    budget: &mut Budget,
) -> Result<(), LdError> {
    expand::to_dataset(document, None, Wording::Any, contexts, budget).map(drop)
}

/// Returns the canonical N-Quads of what is signed, as if it lacked the member named; refuses names under
/// which nobody would look for what they stand for ([`plain`]).
pub(crate) fn canonicalize_plain(
    document: &Object<'_>,
    absent: Option<&str>,
    contexts: &Contexts,
    budget: &mut Budget,
) -> Result<String, LdError> {
    canonicalize_object(document, absent, Wording::Plain, contexts, budget)
}

fn canonicalize_object(
    document: &Object<'_>,
    absent: Option<&str>,
    wording: Wording,
    contexts: &Contexts,
    budget: &mut Budget,
) -> Result<String, LdError> {
    let dataset = expand::to_dataset(document, absent, wording, contexts, budget)?;
    Ok(rdfc::canonicalize::<sha2::Sha256>(dataset, budget)?.nquads)
}
