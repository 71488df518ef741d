//! Statements: nodes become quads.

use std::{collections::HashMap, sync::Arc};

use super::{Item, Named, Node, Reference, malformed};
use crate::{
    ld::{
        LdError,
        quads::{self, Dataset, Quad, RDF, Term},
    },
    verify::Budget,
};

/// Returns the statements of the nodes at the top of a document.
pub(super) fn deserialize(items: Vec<Item<'_>>, budget: &mut Budget) -> Result<Dataset, LdError> {
    let written = |name: &str| quads::iri(&format!("{RDF}{name}"));
    let mut graph = Statements {
        dataset: Dataset::default(),
        blanks: HashMap::new(),
        budget,
        typed: written("type"),
        first: written("first"),
        rest: written("rest"),
        nil: written("nil"),
    };
    for item in items {
        match item {
            // Whoever has a graph and nothing else is the document.
            Item::Node(node) if node.is_document() => {
                graph.free(node.graph.unwrap_or_default(), None)?;
            }
            item => graph.free(vec![item], None)?,
        }
    }
    Ok(graph.dataset)
}

impl Node<'_> {
    fn is_document(&self) -> bool {
        self.graph.is_some()
            && self.id.is_none()
            && !self.has_index
            && self.types.is_empty()
            && self.properties.is_empty()
            && self.reverse.is_empty()
            && self.included.is_empty()
    }
}

struct Statements<'b> {
    dataset: Dataset,
    /// The blank nodes that have a name in the document.
    blanks: HashMap<String, usize>,
    budget: &'b mut Budget,
    typed: Arc<str>,
    first: Arc<str>,
    rest: Arc<str>,
    nil: Arc<str>,
}

impl Statements<'_> {
    fn blank(&mut self) -> Term {
        self.dataset.blanks += 1;
        Term::Blank(self.dataset.blanks - 1)
    }

    fn named(&mut self, reference: Reference) -> Term {
        match reference {
            Reference::Iri(named) => Term::Written(named.written),
            Reference::Blank(name) => {
                if let Some(number) = self.blanks.get(&name) {
                    return Term::Blank(*number);
                }
                self.blanks.insert(name, self.dataset.blanks);
                self.blank()
            }
        }
    }

    fn say(
        &mut self,
        subject: &Term,
        predicate: &Arc<str>,
        object: Term,
        graph: Option<&Term>,
    ) -> Result<(), LdError> {
        self.budget.spend_ld(1)?;
        self.dataset.quads.push(Quad {
            subject: subject.clone(),
            predicate: Arc::clone(predicate),
            object,
            graph: graph.cloned(),
        });
        Ok(())
    }

    /// States what stands in a graph by itself.
    fn free(&mut self, items: Vec<Item<'_>>, graph: Option<&Term>) -> Result<(), LdError> {
        for item in items {
            match item {
                Item::Node(node) => drop(self.node(node, graph)?),
                Item::List(_) | Item::Value(_) => {
                    return Err(malformed("a value belongs to nothing"));
                }
            }
        }
        Ok(())
    }

    fn node(&mut self, node: Node<'_>, graph: Option<&Term>) -> Result<Term, LdError> {
        let subject = match node.id {
            Some(id) => self.named(id),
            None => self.blank(),
        };
        for kind in node.types {
            let kind = self.named(kind);
            let typed = Arc::clone(&self.typed);
            self.say(&subject, &typed, kind, graph)?;
        }
        for (Named { written, .. }, items) in node.properties {
            for item in items {
                let object = self.object(item, graph)?;
                self.say(&subject, &written, object, graph)?;
            }
        }
        for (Named { written, .. }, nodes) in node.reverse {
            for other in nodes {
                let other = self.node(other, graph)?;
                self.say(&other, &written, subject.clone(), graph)?;
            }
        }
        if let Some(items) = node.graph {
            self.free(items, Some(&subject))?;
        }
        for included in node.included {
            self.node(included, graph)?;
        }
        Ok(subject)
    }

    fn object(&mut self, item: Item<'_>, graph: Option<&Term>) -> Result<Term, LdError> {
        match item {
            Item::Value(literal) => Ok(Term::Written(literal.write()?)),
            Item::Node(node) => self.node(node, graph),
            Item::List(items) => {
                let mut rest = Term::Written(Arc::clone(&self.nil));
                for item in items.into_iter().rev() {
                    let object = self.object(item, graph)?;
                    let cell = self.blank();
                    let (first, tail) = (Arc::clone(&self.first), Arc::clone(&self.rest));
                    self.say(&cell, &first, object, graph)?;
                    self.say(&cell, &tail, rest, graph)?;
                    rest = cell;
                }
                Ok(rest)
            }
        }
    }
}
