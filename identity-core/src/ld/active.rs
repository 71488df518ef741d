//! Active contexts: what every term means at one place in a document (JSON-LD 1.1 API section 4.1).

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use ssi_json_ld::{
    ContainerKind, Context, Id, Iri, IriBuf, IriRef, Nullable, Term as Mapped, Type, ValidId,
    context::TermDefinitionRef,
    syntax::{self, Direction, Keyword, is_keyword_like},
};

use super::{literal, quads};

/// An active context, its terms in the form in which they are looked up.
pub(super) struct Active {
    /// Tells this context apart from all others of the process.
    pub(super) id: u64,
    /// The form from which further contexts are derived.
    pub(super) source: Context,
    /// What counts again inside, where this context is not passed on.
    pub(super) previous: Option<Arc<Self>>,
    pub(super) language: Option<String>,
    pub(super) direction: Option<&'static str>,
    terms: HashMap<String, Definition>,
    vocabulary: Option<String>,
    base: Option<IriBuf>,
}

/// What a context says of one term.
pub(super) struct Definition {
    mapping: Meaning,
    /// Whether `term:suffix` stands for the mapping with the suffix behind it.
    prefix: Option<String>,
    pub(super) reverse: bool,
    pub(super) typing: Typing,
    pub(super) container: Container,
    pub(super) index: Option<String>,
    pub(super) language: Own<String>,
    pub(super) direction: Own<&'static str>,
    pub(super) scoped: Option<Arc<Scoped>>,
}

/// A context that counts for the values of a term, or for the nodes of a type.
pub(super) struct Scoped {
    pub(super) id: u64,
    pub(super) context: syntax::Context,
    pub(super) base_url: Option<IriBuf>,
}

/// What a term says of its texts, whatever its context says.
pub(super) enum Own<T> {
    /// What its context says.
    Inherited,
    /// This, or that there is none.
    Set(Option<T>),
}

impl<T: Clone> Own<T> {
    pub(super) fn or(&self, inherited: Option<&T>) -> Option<T> {
        match self {
            Self::Inherited => inherited.cloned(),
            Self::Set(own) => own.clone(),
        }
    }
}

/// How the values of a term are to be taken.
#[derive(Clone)]
pub(super) enum Typing {
    /// As nothing in particular.
    Plain,
    /// As references relative to the document.
    Id,
    /// As references in the vocabulary.
    Vocab,
    /// As JSON.
    Json,
    /// As literals of a datatype.
    Datatype(Arc<str>),
}

/// How the values of a term are grouped.
#[derive(Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a container mapping is a set of six flags by its standard"
)]
pub(super) struct Container {
    pub(super) graph: bool,
    pub(super) id: bool,
    pub(super) index: bool,
    pub(super) language: bool,
    pub(super) list: bool,
    pub(super) typed: bool,
}

/// What a text stands for where an IRI is expected.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Meaning {
    /// A blank node, by the name it has in the document.
    Blank(String),
    /// An absolute IRI.
    Iri(Named),
    Keyword(Keyword),
    /// Nothing: the context says so, or the text looks like a keyword.
    Nothing,
    /// No absolute IRI.
    Relative,
}

/// An IRI, plain and as it stands in N-Quads.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named {
    pub(super) plain: Arc<str>,
    pub(super) written: Arc<str>,
}

impl Named {
    pub(super) fn new(iri: &str) -> Option<Self> {
        Iri::new(iri).ok().map(|_| Self {
            plain: iri.into(),
            written: quads::iri(iri),
        })
    }
}

fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Active {
    /// The context that defines nothing, and has no base.
    pub(super) fn empty() -> Self {
        Self {
            id: next_id(),
            source: Context::new(None),
            previous: None,
            language: None,
            direction: None,
            terms: HashMap::new(),
            vocabulary: None,
            base: None,
        }
    }

    /// Takes over a processed context; `None` when a default language is no language.
    ///
    /// `parent` is the context it was derived from, whose `previous` it shares where that is the same.
    pub(super) fn new(source: Context, parent: Option<&Arc<Self>>) -> Option<Self> {
        let previous = match (source.previous_context(), parent) {
            (None, _) => None,
            (Some(_), Some(parent)) => {
                let shared = parent.previous.as_ref().unwrap_or(parent);
                Some(Arc::clone(shared))
            }
            (Some(previous), None) => Some(Arc::new(Self::new(previous.clone(), None)?)),
        };
        let vocabulary = source.vocabulary().map(|vocabulary| match vocabulary {
            Mapped::Id(id) => id_text(id),
            _ => String::new(),
        });
        let language = match source.default_language() {
            Some(tag) => Some(literal::language(tag.as_ref()).ok()?),
            None => None,
        };
        let terms = source.definitions().iter().map(|binding| {
            let name = binding.term().as_str().to_owned();
            Some((name, Definition::new(binding.definition())?))
        });
        let terms = terms.collect::<Option<_>>()?;
        Some(Self {
            id: next_id(),
            previous,
            language,
            direction: source.default_base_direction().map(direction_text),
            terms,
            vocabulary,
            base: source.base_iri().cloned(),
            source,
        })
    }

    /// Returns what the context says of a term.
    pub(super) fn get(&self, term: &str) -> Option<&Definition> {
        self.terms.get(term)
    }

    /// Returns how many terms the context defines.
    pub(super) fn len(&self) -> usize {
        self.terms.len()
    }

    /// Expands a text to what it stands for (JSON-LD 1.1 API section 5.2).
    ///
    /// `relative` resolves it against the base, of which a document has none of its own; `vocab` looks
    /// for it among the terms and in the vocabulary.
    pub(super) fn expand(&self, text: &str, relative: bool, vocab: bool) -> Meaning {
        if text.starts_with('@') {
            if let Ok(keyword) = Keyword::try_from(text) {
                return Meaning::Keyword(keyword);
            }
            if is_keyword_like(text) {
                return Meaning::Nothing;
            }
        }
        if let Some(Definition { mapping, .. }) = self.terms.get(text)
            && (vocab || matches!(mapping, Meaning::Keyword(_)))
        {
            return mapping.clone();
        }
        if let Some((prefix, suffix)) = text.split_once(':').filter(|(p, _)| !p.is_empty()) {
            if prefix == "_" {
                return if suffix.is_empty() {
                    Meaning::Relative
                } else {
                    Meaning::Blank(suffix.to_owned())
                };
            }
            if !suffix.starts_with("//") {
                let definition = self.terms.get(prefix);
                if let Some(start) = definition.and_then(|found| found.prefix.as_deref()) {
                    return absolute(&format!("{start}{suffix}"));
                }
            }
            if let Some(named) = Named::new(text) {
                return Meaning::Iri(named);
            }
        }
        if let (true, Some(start)) = (vocab, &self.vocabulary) {
            return absolute(&format!("{start}{text}"));
        }
        if let (true, Some(base), Ok(reference)) = (relative, &self.base, IriRef::new(text)) {
            return absolute(reference.resolved(base.as_iri()).as_str());
        }
        Meaning::Relative
    }
}

/// Takes a text as an absolute IRI or the name of a blank node.
fn absolute(text: &str) -> Meaning {
    match text.strip_prefix("_:") {
        Some("") => Meaning::Relative,
        Some(name) => Meaning::Blank(name.to_owned()),
        None => Named::new(text).map_or(Meaning::Relative, Meaning::Iri),
    }
}

impl Definition {
    fn new(of: TermDefinitionRef<'_>) -> Option<Self> {
        let mapping = match (of, of.value()) {
            (TermDefinitionRef::Type(_), _) => Meaning::Keyword(Keyword::Type),
            (_, Some(Mapped::Keyword(keyword))) => Meaning::Keyword(*keyword),
            (_, Some(Mapped::Id(id))) => absolute(&id_text(id)),
            (_, Some(Mapped::Null) | None) => Meaning::Nothing,
        };
        let prefix = match of.value() {
            Some(Mapped::Id(id)) if of.prefix() => Some(id_text(id)),
            _ => None,
        };
        let typing = match of.typ() {
            None | Some(Type::None) => Typing::Plain,
            Some(Type::Id) => Typing::Id,
            Some(Type::Vocab) => Typing::Vocab,
            Some(Type::Json) => Typing::Json,
            Some(Type::Iri(iri)) => Typing::Datatype(iri.as_str().into()),
        };
        let language = match of.language() {
            None => Own::Inherited,
            Some(Nullable::Null) => Own::Set(None),
            Some(Nullable::Some(tag)) => Own::Set(Some(literal::language(tag.as_str()).ok()?)),
        };
        let direction = match of.direction() {
            None => Own::Inherited,
            Some(Nullable::Null) => Own::Set(None),
            Some(Nullable::Some(direction)) => Own::Set(Some(direction_text(direction))),
        };
        let container = of.container();
        Some(Self {
            mapping,
            prefix,
            reverse: of.reverse_property(),
            typing,
            container: Container {
                graph: container.contains(ContainerKind::Graph),
                id: container.contains(ContainerKind::Id),
                index: container.contains(ContainerKind::Index),
                language: container.contains(ContainerKind::Language),
                list: container.contains(ContainerKind::List),
                typed: container.contains(ContainerKind::Type),
            },
            index: of.index().map(|index| index.as_str().to_owned()),
            language,
            direction,
            scoped: of.context().map(|context| {
                Arc::new(Scoped {
                    id: next_id(),
                    context: context.clone(),
                    base_url: of.base_url().cloned(),
                })
            }),
        })
    }
}

fn id_text(id: &Id) -> String {
    match id {
        Id::Valid(ValidId::Iri(iri)) => iri.as_str().to_owned(),
        Id::Valid(ValidId::Blank(blank)) => blank.as_str().to_owned(),
        Id::Invalid(text) => text.clone(),
    }
}

const fn direction_text(direction: Direction) -> &'static str {
    match direction {
        Direction::Ltr => "ltr",
        Direction::Rtl => "rtl",
    }
}
