//! From JSON to statements: expansion (JSON-LD 1.1 API section 5.1) and deserialisation to RDF
//! (section 8.1) in one walk each.

mod node;
mod rdf;
mod value;

use std::sync::Arc;

use ssi_json_ld::syntax;

use super::{
    Contexts, LdError,
    active::{Active, Container, Definition, Meaning, Named, Typing},
    literal::Literal,
    plain::Wording,
    process::Scope,
    quads::Dataset,
};
use crate::{
    encoding::strict_json::{Object, Value},
    verify::Budget,
};

/// Deepest nesting, which is more than any limit of strict JSON.
const MAX_DEPTH: usize = 64;

/// Returns what a document says, as if it lacked the member named.
pub(super) fn to_dataset(
    document: &Object<'_>,
    absent: Option<&str>,
    wording: Wording,
    contexts: &Contexts,
    budget: &mut Budget,
) -> Result<Dataset, LdError> {
    let mut walk = Walk {
        wording,
        contexts,
        budget,
        depth: 0,
    };
    let members = Members {
        object: document,
        absent,
    };
    let place = Place {
        active: Arc::clone(contexts.empty()),
        property: None,
        from_map: false,
    };
    let expanded = walk.object(members, &place)?;
    rdf::deserialize(expanded.into_items(), walk.budget)
}

/// An object of the document, as if it lacked a member.
#[derive(Clone, Copy)]
struct Members<'d> {
    object: &'d Object<'d>,
    absent: Option<&'d str>,
}

impl<'d> Members<'d> {
    fn iter(self) -> impl Iterator<Item = (&'d str, &'d Value<'d>)> {
        let members = self.object.iter();
        members.filter(move |(name, _)| self.absent != Some(*name))
    }
}

/// Where in a document a value stands.
struct Place<'p> {
    active: Arc<Active>,
    /// The member that holds it.
    property: Option<&'p str>,
    /// Whether the member is a map by index, type or id.
    from_map: bool,
}

impl<'p> Place<'p> {
    fn inside(active: &Arc<Active>, property: Option<&'p str>) -> Self {
        Self {
            active: Arc::clone(active),
            property,
            from_map: false,
        }
    }

    fn definition(&self) -> Option<&Definition> {
        self.active.get(self.property?)
    }

    /// Whether a value here belongs to nothing.
    fn is_free(&self) -> bool {
        matches!(self.property, None | Some("@graph"))
    }
}

/// What a value has become.
enum Expanded<'d> {
    Nothing,
    One(Item<'d>),
    Many(Vec<Item<'d>>),
}

impl<'d> Expanded<'d> {
    fn into_items(self) -> Vec<Item<'d>> {
        match self {
            Self::Nothing => Vec::new(),
            Self::One(item) => vec![item],
            Self::Many(items) => items,
        }
    }
}

/// An object of a statement.
enum Item<'d> {
    List(Vec<Self>),
    Node(Node<'d>),
    Value(Literal<'d>),
}

/// A subject with its statements.
#[derive(Default)]
struct Node<'d> {
    id: Option<Reference>,
    types: Vec<Reference>,
    properties: Vec<(Named, Vec<Item<'d>>)>,
    reverse: Vec<(Named, Vec<Self>)>,
    graph: Option<Vec<Item<'d>>>,
    included: Vec<Self>,
    /// Whether it has `@index`, which says nothing in RDF.
    has_index: bool,
}

/// What names a node.
#[derive(Clone)]
enum Reference {
    Blank(String),
    Iri(Named),
}

impl Reference {
    /// Takes a text's meaning as a name; anything else would be lost.
    fn new(meaning: Meaning, text: &str) -> Result<Self, LdError> {
        match meaning {
            Meaning::Blank(name) => Ok(Self::Blank(name)),
            Meaning::Iri(named) => Ok(Self::Iri(named)),
            Meaning::Keyword(_) | Meaning::Nothing | Meaning::Relative => Err(LdError::iri(text)),
        }
    }
}

impl Node<'_> {
    /// Whether it makes no statement.
    fn is_bare(&self) -> bool {
        self.types.is_empty()
            && self.properties.is_empty()
            && self.reverse.is_empty()
            && self.graph.is_none()
            && self.included.is_empty()
    }
}

/// One pass over a document.
struct Walk<'c, 'b> {
    wording: Wording,
    contexts: &'c Contexts,
    budget: &'b mut Budget,
    depth: usize,
}

fn malformed(reason: &'static str) -> LdError {
    LdError::Malformed { reason }
}

impl Walk<'_, '_> {
    fn expand<'d>(
        &mut self,
        value: &'d Value<'d>,
        place: &Place<'_>,
    ) -> Result<Expanded<'d>, LdError> {
        self.budget.spend_ld(1)?;
        match value {
            Value::Null => Ok(Expanded::Nothing),
            Value::Array(items) => self.deeper(|walk| walk.array(items, place)),
            Value::Object(object) => self.deeper(|walk| {
                walk.object(
                    Members {
                        object,
                        absent: None,
                    },
                    place,
                )
            }),
            scalar => self.scalar(scalar, place),
        }
    }

    fn deeper<T>(
        &mut self,
        body: impl FnOnce(&mut Self) -> Result<T, LdError>,
    ) -> Result<T, LdError> {
        if self.depth >= MAX_DEPTH {
            return Err(malformed("it is nested too deeply"));
        }
        self.depth += 1;
        let result = body(self);
        self.depth -= 1;
        result
    }

    fn array<'d>(
        &mut self,
        items: &'d [Value<'d>],
        place: &Place<'_>,
    ) -> Result<Expanded<'d>, LdError> {
        let is_list = place.definition().is_some_and(|term| term.container.list);
        let mut result = Vec::with_capacity(items.len());
        for item in items {
            match self.expand(item, place)? {
                Expanded::Many(inner) if is_list => result.push(Item::List(inner)),
                expanded => result.extend(expanded.into_items()),
            }
        }
        Ok(Expanded::Many(result))
    }

    fn scalar<'d>(
        &mut self,
        value: &'d Value<'d>,
        place: &Place<'_>,
    ) -> Result<Expanded<'d>, LdError> {
        let Some(property) = place.property.filter(|_| !place.is_free()) else {
            return Err(malformed("a value belongs to nothing"));
        };
        let scoped = place.definition().and_then(|term| term.scoped.as_deref());
        let derived;
        let active = match scoped {
            Some(scoped) => {
                let scope = Scope::Property;
                derived = self
                    .contexts
                    .scoped(&place.active, scoped, scope, self.budget)?;
                &derived
            }
            None => &place.active,
        };
        if let (Value::String(text), Some(Typing::Id)) =
            (value, active.get(property).map(|term| &term.typing))
        {
            let property = place.active.expand(property, false, true);
            let meaning = active.expand(text, true, false);
            self.wording.reference(&property, text, &meaning)?;
        }
        value::expand(active, property, value).map(Expanded::One)
    }

    fn object<'d>(
        &mut self,
        members: Members<'d>,
        place: &Place<'_>,
    ) -> Result<Expanded<'d>, LdError> {
        let scoped = place.definition().and_then(|term| term.scoped.as_deref());
        let mut active = Arc::clone(&place.active);
        if let Some(previous) = active.previous.clone().filter(|_| !place.from_map) {
            let keyword =
                |name: &str, keyword| active.expand(name, false, true) == Meaning::Keyword(keyword);
            let is_value = members
                .iter()
                .any(|(name, _)| keyword(name, syntax::Keyword::Value));
            let is_reference = members.iter().count() == 1
                && members
                    .iter()
                    .all(|(name, _)| keyword(name, syntax::Keyword::Id));
            if !is_value && !is_reference {
                active = previous;
            }
        }
        if let Some(scoped) = scoped {
            active = self
                .contexts
                .scoped(&active, scoped, Scope::Property, self.budget)?;
        }
        let local = members.iter().find(|(name, _)| *name == "@context");
        if let Some((_, local)) = local {
            active = self.contexts.embedded(&active, local, self.budget)?;
        }
        self.typed_object(members, place, &active)
    }

    /// Goes on with an object whose own context is known, once its types have had their say.
    fn typed_object<'d>(
        &mut self,
        members: Members<'d>,
        place: &Place<'_>,
        outside: &Arc<Active>,
    ) -> Result<Expanded<'d>, LdError> {
        let mut active = Arc::clone(outside);
        let mut entries: Vec<(&str, &Value<'_>)> = members.iter().collect();
        entries.retain(|(name, value)| {
            let is_type = Meaning::Keyword(syntax::Keyword::Type);
            *name != "@context"
                && outside.expand(name, false, true) == is_type
                && !value.as_array().is_some_and(<[_]>::is_empty)
        });
        entries.sort_unstable_by_key(|(name, _)| *name);
        for (_, value) in &entries {
            let mut types: Vec<&str> = list(value).iter().filter_map(Value::as_str).collect();
            types.sort_unstable();
            for name in types {
                let scoped = outside.get(name).and_then(|term| term.scoped.as_deref());
                if let Some(scoped) = scoped {
                    active = self
                        .contexts
                        .scoped(&active, scoped, Scope::Type, self.budget)?;
                }
            }
        }
        let mut meanings = Vec::with_capacity(8);
        for (name, value) in members.iter().filter(|(name, _)| *name != "@context") {
            let meaning = active.expand(name, false, true);
            self.wording.member(name, &meaning)?;
            meanings.push((name, meaning, value));
        }
        let keyword = |wanted| {
            let mut found = meanings.iter();
            let found = found.find(|(_, meaning, _)| *meaning == Meaning::Keyword(wanted));
            found.map(|(_, _, value)| *value)
        };
        if let Some(value) = keyword(syntax::Keyword::Value) {
            let literal = value::object(outside, &meanings, value)?;
            return match literal {
                None => Ok(Expanded::Nothing),
                Some(_) if place.is_free() => Err(malformed("a value belongs to nothing")),
                Some(literal) => Ok(Expanded::One(Item::Value(literal))),
            };
        }
        for (group, is_list) in [(syntax::Keyword::List, true), (syntax::Keyword::Set, false)] {
            let Some(value) = keyword(group) else {
                continue;
            };
            let others = meanings
                .iter()
                .filter(|(_, meaning, _)| *meaning != Meaning::Keyword(group));
            for (_, meaning, index) in others {
                if *meaning != Meaning::Keyword(syntax::Keyword::Index) || index.as_str().is_none()
                {
                    return Err(malformed("@list or @set has other members beside it"));
                }
            }
            let inside = Place::inside(&active, place.property);
            if !is_list {
                return self.expand(value, &inside);
            }
            if place.is_free() {
                return Err(malformed("a list belongs to nothing"));
            }
            let mut items = Vec::new();
            for item in list(value) {
                match self.expand(item, &inside)? {
                    // An array in a list is a list in it.
                    Expanded::Many(inner) if item.as_array().is_some() => {
                        items.push(Item::List(inner));
                    }
                    expanded => items.extend(expanded.into_items()),
                }
            }
            return Ok(Expanded::One(Item::List(items)));
        }
        let node = self.node(&meanings, place, outside, &active)?;
        if place.is_free() && node.is_bare() {
            return Err(malformed("a node says nothing"));
        }
        Ok(Expanded::One(Item::Node(node)))
    }
}

/// A value that may stand alone or in an array.
fn list<'v, 'a>(value: &'v Value<'a>) -> &'v [Value<'a>] {
    value
        .as_array()
        .unwrap_or_else(|| core::slice::from_ref(value))
}

/// A member with what its name stands for.
type Entry<'d> = (&'d str, Meaning, &'d Value<'d>);
