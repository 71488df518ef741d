//! Nodes: objects that are subjects of statements.

use std::sync::Arc;

use ssi_json_ld::syntax::Keyword;

use super::{
    Active, Container, Definition, Entry, Expanded, Item, Named, Node, Place, Reference, Scope,
    Walk, list, malformed, value,
};
use crate::{
    encoding::strict_json::{Object, Value},
    ld::{
        LdError,
        active::{Meaning, Typing},
        literal::{self, Literal},
    },
};

impl Walk<'_, '_> {
    pub(super) fn node<'d>(
        &mut self,
        entries: &[Entry<'d>],
        place: &Place<'_>,
        outside: &Arc<Active>,
        active: &Arc<Active>,
    ) -> Result<Node<'d>, LdError> {
        let mut node = Node::default();
        let mut seen = Vec::new();
        self.members(entries, place, outside, active, &mut node, &mut seen)?;
        Ok(node)
    }

    fn members<'d>(
        &mut self,
        entries: &[Entry<'d>],
        place: &Place<'_>,
        outside: &Arc<Active>,
        active: &Arc<Active>,
        node: &mut Node<'d>,
        seen: &mut Vec<Keyword>,
    ) -> Result<(), LdError> {
        for (name, meaning, value) in entries {
            match meaning {
                Meaning::Keyword(keyword) => {
                    if place.property == Some("@reverse") {
                        return Err(malformed("@reverse holds a keyword"));
                    }
                    let may_repeat =
                        matches!(keyword, Keyword::Included | Keyword::Nest | Keyword::Type);
                    if seen.contains(keyword) && !may_repeat {
                        return Err(malformed("a keyword stands twice, by its aliases"));
                    }
                    seen.push(*keyword);
                    if *keyword == Keyword::Nest {
                        self.nested(name, value, place, outside, active, node, seen)?;
                    } else {
                        self.keyword(*keyword, value, outside, active, node)?;
                    }
                }
                Meaning::Iri(property) => {
                    self.property(name, property, value, active, node)?;
                }
                // A blank node is no property in RDF, and what stands for nothing would be lost.
                Meaning::Blank(_) | Meaning::Nothing | Meaning::Relative => {
                    return Err(LdError::term(name));
                }
            }
        }
        Ok(())
    }

    fn keyword<'d>(
        &mut self,
        keyword: Keyword,
        value: &'d Value<'d>,
        outside: &Arc<Active>,
        active: &Arc<Active>,
        node: &mut Node<'d>,
    ) -> Result<(), LdError> {
        match keyword {
            Keyword::Id => {
                let text = value
                    .as_str()
                    .ok_or_else(|| malformed("an id is no text"))?;
                let meaning = active.expand(text, true, false);
                self.wording.id(text, &meaning)?;
                node.id = Some(Reference::new(meaning, text)?);
            }
            Keyword::Type => {
                for name in list(value) {
                    let name = name
                        .as_str()
                        .ok_or_else(|| malformed("a type is no text"))?;
                    let meaning = outside.expand(name, true, true);
                    self.wording.class(name, &meaning)?;
                    let named = Reference::new(meaning, name);
                    let named = named.map_err(|_| LdError::term(name))?;
                    node.types.push(named);
                }
            }
            Keyword::Graph => {
                let inside = Place::inside(active, Some("@graph"));
                let items = self.expand(value, &inside)?.into_items();
                node.graph = Some(items);
            }
            Keyword::Included => {
                let inside = Place::inside(active, None);
                for item in self.expand(value, &inside)?.into_items() {
                    let Item::Node(included) = item else {
                        return Err(malformed("@included holds no node"));
                    };
                    node.included.push(included);
                }
            }
            Keyword::Index => {
                value
                    .as_str()
                    .ok_or_else(|| malformed("@index is no text"))?;
                node.has_index = true;
            }
            Keyword::Reverse => self.reversed(value, active, node)?,
            _ => return Err(malformed("a keyword stands where it has no meaning")),
        }
        Ok(())
    }

    fn reversed<'d>(
        &mut self,
        value: &'d Value<'d>,
        active: &Arc<Active>,
        node: &mut Node<'d>,
    ) -> Result<(), LdError> {
        if value.as_object().is_none() {
            return Err(malformed("@reverse is no object"));
        }
        let inside = Place::inside(active, Some("@reverse"));
        for item in self.expand(value, &inside)?.into_items() {
            let Item::Node(inner) = item else {
                return Err(malformed("@reverse holds no node"));
            };
            // What is reversed twice is straight again.
            for (property, nodes) in inner.reverse {
                let items = nodes.into_iter().map(Item::Node).collect();
                node.properties.push((property, items));
            }
            for (property, items) in inner.properties {
                node.reverse.push((property, only_nodes(items)?));
            }
        }
        Ok(())
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "what is nested goes on with everything its holder has"
    )]
    fn nested<'d>(
        &mut self,
        name: &str,
        value: &'d Value<'d>,
        place: &Place<'_>,
        outside: &Arc<Active>,
        active: &Arc<Active>,
        node: &mut Node<'d>,
        seen: &mut Vec<Keyword>,
    ) -> Result<(), LdError> {
        let scoped = active.get(name).and_then(|term| term.scoped.as_deref());
        let active = match scoped {
            Some(scoped) => self
                .contexts
                .scoped(active, scoped, Scope::Property, self.budget)?,
            None => Arc::clone(active),
        };
        for inner in list(value) {
            let inner = inner
                .as_object()
                .ok_or_else(|| malformed("@nest is no object"))?;
            let mut entries = Vec::new();
            for (name, value) in inner.iter() {
                let meaning = active.expand(name, false, true);
                if meaning == Meaning::Keyword(Keyword::Value) || name == "@context" {
                    return Err(malformed("@nest holds a value or a context"));
                }
                entries.push((name, meaning, value));
            }
            self.deeper(|walk| walk.members(&entries, place, outside, &active, node, seen))?;
        }
        Ok(())
    }

    fn property<'d>(
        &mut self,
        name: &'d str,
        property: &Named,
        value: &'d Value<'d>,
        active: &Arc<Active>,
        node: &mut Node<'d>,
    ) -> Result<(), LdError> {
        let term = active.get(name);
        let container = term.map_or_else(Container::default, |term| term.container);
        let is_json = term.is_some_and(|term| matches!(term.typing, Typing::Json));
        self.wording.literal(name, is_json)?;
        let is_map = container.index || container.typed || container.id;
        let mut expanded = match (value, term) {
            _ if is_json => Expanded::One(Item::Value(Literal::Json(value))),
            (Value::Object(map), Some(term)) if container.language => {
                self.budget.spend_ld(map.len())?;
                Expanded::Many(language_map(map, term, active)?)
            }
            (Value::Object(map), Some(term)) if is_map => {
                Expanded::Many(self.map(map, name, term, active)?)
            }
            _ => self.expand(value, &Place::inside(active, Some(name)))?,
        };
        if let Expanded::Nothing = expanded {
            return Ok(());
        }
        if container.list && !matches!(expanded, Expanded::One(Item::List(_))) {
            expanded = Expanded::One(Item::List(expanded.into_items()));
        }
        let mut items = expanded.into_items();
        if container.graph && !container.id && !container.index {
            items = items.into_iter().map(as_graph).collect();
        }
        if term.is_some_and(|term| term.reverse) {
            node.reverse.push((property.clone(), only_nodes(items)?));
        } else {
            node.properties.push((property.clone(), items));
        }
        Ok(())
    }

    /// Expands a map by index, by type or by id.
    fn map<'d>(
        &mut self,
        map: &'d Object<'d>,
        name: &'d str,
        term: &Definition,
        active: &Arc<Active>,
    ) -> Result<Vec<Item<'d>>, LdError> {
        let container = term.container;
        let mut result = Vec::new();
        for (key, value) in map.iter() {
            let mut inner = Arc::clone(active);
            if let (true, Some(previous)) = (container.typed || container.id, &active.previous) {
                inner = Arc::clone(previous);
            }
            if container.typed {
                let scoped = inner.get(key).and_then(|term| term.scoped.clone());
                if let Some(scoped) = scoped {
                    inner = self
                        .contexts
                        .scoped(&inner, &scoped, Scope::Embedded, self.budget)?;
                }
            }
            let key_meaning = active.expand(key, false, true);
            let has_key = key_meaning != Meaning::Keyword(Keyword::None);
            let inside = Place {
                active: inner,
                property: Some(name),
                from_map: true,
            };
            for value in list(value) {
                for mut item in self.expand(value, &inside)?.into_items() {
                    let is_graph = matches!(&item, Item::Node(node) if node.graph.is_some());
                    if container.graph && !is_graph {
                        item = as_graph(item);
                    }
                    if has_key {
                        label(&mut item, key, &key_meaning, term, active)?;
                    }
                    result.push(item);
                }
            }
        }
        Ok(result)
    }
}

/// Says of an item in a map what its key says.
fn label<'d>(
    item: &mut Item<'d>,
    key: &'d str,
    meaning: &Meaning,
    term: &Definition,
    active: &Active,
) -> Result<(), LdError> {
    let container = term.container;
    match (item, term.index.as_deref()) {
        (item, Some(property)) if container.index && property != "@index" => {
            let Item::Node(node) = item else {
                return Err(malformed("a value is in a map by a property"));
            };
            let Meaning::Iri(named) = active.expand(property, false, true) else {
                return Err(LdError::term(property));
            };
            let value = value::text(active, property, key)?;
            node.properties.insert(0, (named, vec![value]));
        }
        (Item::Node(node), _) if container.id && node.id.is_none() => {
            node.id = Some(Reference::new(active.expand(key, true, false), key)?);
        }
        (Item::Node(node), _) if container.typed => {
            let named = Reference::new(meaning.clone(), key).map_err(|_| LdError::term(key))?;
            node.types.insert(0, named);
        }
        (Item::Value(_) | Item::List(_), _) if container.id || container.typed => {
            return Err(malformed("a value is in a map by id or type"));
        }
        // An id beside that of the map, and an index, are as the standard has them.
        _ => {}
    }
    Ok(())
}

fn language_map<'d>(
    map: &'d Object<'d>,
    term: &Definition,
    active: &Active,
) -> Result<Vec<Item<'d>>, LdError> {
    let direction = term.direction.or(active.direction.as_ref());
    let mut result = Vec::new();
    for (tag, texts) in map.iter() {
        let is_none = active.expand(tag, false, true) == Meaning::Keyword(Keyword::None);
        let language = if is_none {
            None
        } else {
            Some(literal::language(tag)?)
        };
        for text in list(texts) {
            let text = match text {
                Value::Null => continue,
                Value::String(text) => text,
                _ => return Err(malformed("a map by language holds no text")),
            };
            result.push(Item::Value(Literal::Text {
                text,
                language: language.clone(),
                direction,
            }));
        }
    }
    Ok(result)
}

fn only_nodes(items: Vec<Item<'_>>) -> Result<Vec<Node<'_>>, LdError> {
    let nodes = items.into_iter().map(|item| match item {
        Item::Node(node) => Ok(node),
        Item::List(_) | Item::Value(_) => Err(malformed("a value or a list is reversed")),
    });
    nodes.collect()
}

fn as_graph(item: Item<'_>) -> Item<'_> {
    Item::Node(Node {
        graph: Some(vec![item]),
        ..Node::default()
    })
}
