//! Values: scalars under a property, and value objects.

use ssi_json_ld::syntax::Keyword;

use super::{Entry, Item, Node, Reference, malformed};
use crate::{
    encoding::strict_json::Value,
    ld::{
        LdError,
        active::{Active, Meaning, Typing},
        literal::{self, Literal},
    },
};

/// Expands a scalar by what is said of its property (JSON-LD 1.1 API section 5.3).
pub(super) fn expand<'d>(
    active: &Active,
    property: &str,
    value: &'d Value<'d>,
) -> Result<Item<'d>, LdError> {
    let term = active.get(property);
    let typing = term.map_or(&Typing::Plain, |term| &term.typing);
    if let (Value::String(text), Typing::Id | Typing::Vocab) = (value, typing) {
        let vocab = matches!(typing, Typing::Vocab);
        return reference(active, text, vocab);
    }
    if let Typing::Datatype(datatype) = typing {
        return Ok(Item::Value(Literal::Typed {
            value,
            datatype: Some(datatype.clone()),
        }));
    }
    let Value::String(text) = value else {
        return Ok(Item::Value(Literal::Typed {
            value,
            datatype: None,
        }));
    };
    Ok(plain(active, property, text))
}

/// Expands the key of a map as a value of the property that it stands for.
pub(super) fn text<'d>(
    active: &Active,
    property: &str,
    text: &'d str,
) -> Result<Item<'d>, LdError> {
    let typing = active
        .get(property)
        .map_or(&Typing::Plain, |term| &term.typing);
    match typing {
        Typing::Plain => Ok(plain(active, property, text)),
        Typing::Id => reference(active, text, false),
        Typing::Vocab => reference(active, text, true),
        Typing::Json | Typing::Datatype(_) => {
            Err(malformed("a map is by a property that is no plain text"))
        }
    }
}

fn reference<'d>(active: &Active, text: &str, vocab: bool) -> Result<Item<'d>, LdError> {
    let id = Reference::new(active.expand(text, true, vocab), text)?;
    Ok(Item::Node(Node {
        id: Some(id),
        ..Node::default()
    }))
}

fn plain<'d>(active: &Active, property: &str, text: &'d str) -> Item<'d> {
    let term = active.get(property);
    let (language, direction) = (active.language.as_ref(), active.direction.as_ref());
    Item::Value(Literal::Text {
        text,
        language: term.map_or_else(|| language.cloned(), |term| term.language.or(language)),
        direction: term.map_or_else(|| direction.copied(), |term| term.direction.or(direction)),
    })
}

/// Reads a value object; `None` for one that is null.
pub(super) fn object<'d>(
    outside: &Active,
    entries: &[Entry<'d>],
    value: &'d Value<'d>,
) -> Result<Option<Literal<'d>>, LdError> {
    let (mut datatype, mut language, mut direction) = (None, None, None);
    let mut seen = Vec::new();
    for (_, meaning, member) in entries {
        let Meaning::Keyword(keyword) = meaning else {
            return Err(malformed("a value has members that are none of a value"));
        };
        if seen.contains(keyword) {
            return Err(malformed("a keyword stands twice, by its aliases"));
        }
        seen.push(*keyword);
        let text = member.as_str();
        match keyword {
            Keyword::Value => {}
            Keyword::Index => {
                text.ok_or_else(|| malformed("@index is no text"))?;
            }
            Keyword::Type => {
                datatype = Some(text.ok_or_else(|| malformed("a datatype is no text"))?);
            }
            Keyword::Language => {
                let tag = text.ok_or_else(|| malformed("@language is no text"))?;
                language = Some(literal::language(tag)?);
            }
            Keyword::Direction => {
                direction = match text {
                    Some("ltr") => Some("ltr"),
                    Some("rtl") => Some("rtl"),
                    _ => return Err(malformed("@direction is neither ltr nor rtl")),
                };
            }
            _ => return Err(malformed("a value has members that are none of a value")),
        }
    }
    if datatype.is_some() && (language.is_some() || direction.is_some()) {
        return Err(malformed(
            "a value has both a datatype and a language or direction",
        ));
    }
    let datatype = match datatype {
        None => None,
        Some(text) => match outside.expand(text, true, true) {
            Meaning::Keyword(Keyword::Json) => return Ok(Some(Literal::Json(value))),
            Meaning::Iri(named) => Some(named.plain),
            _ => return Err(LdError::iri(text)),
        },
    };
    match value {
        Value::Null => Ok(None),
        Value::Array(_) | Value::Object(_) => Err(malformed("@value is no scalar")),
        Value::String(text) if datatype.is_none() => Ok(Some(Literal::Text {
            text,
            language,
            direction,
        })),
        _ if language.is_some() || direction.is_some() => {
            Err(malformed("a value in a language is no text"))
        }
        _ => Ok(Some(Literal::Typed { value, datatype })),
    }
}
