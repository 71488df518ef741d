//! RDFC-1.0 (W3C RDF Dataset Canonicalization 1.0 section 4): one naming of blank nodes and one order.
//!
//! Telling blank nodes apart can cost exponential work on graphs made for it; all work is paid for from
//! the [`Budget`], so such a graph is refused (section 7.1, dataset poisoning).

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use sha2::Digest;

use super::{
    LdError,
    quads::{Dataset, Quad},
};
use crate::verify::Budget;

/// Deepest chain of blank nodes that can only be told apart by one another.
const MAX_DEPTH: usize = 256;

/// A dataset in canonical form.
#[derive(Debug)]
pub(super) struct Canonical {
    /// The statements, one a line, sorted.
    pub(super) nquads: String,
    /// The canonical name of each blank node, such as `c14n0`.
    #[cfg_attr(not(test), expect(dead_code, reason = "the published maps hold them"))]
    pub(super) names: Vec<Option<usize>>,
}

/// Brings a dataset into canonical form (section 4.4.3).
pub(super) fn canonicalize<D: Digest>(
    dataset: Dataset,
    budget: &mut Budget,
) -> Result<Canonical, LdError> {
    let Dataset { mut quads, blanks } = dataset;
    quads.sort_unstable();
    quads.dedup();
    budget.spend_ld(quads.len())?;
    let mut state = State::<D>::new(&quads, blanks, budget);
    state.name_all()?;
    let names = state.canonical.numbers;
    let mut lines: Vec<String> = quads
        .iter()
        .map(|quad| {
            let mut line = String::with_capacity(128);
            quad.write(&mut line, &mut |node, out| {
                // Every blank node of a quad has been named.
                let _ = write!(out, "_:c14n{}", names[node].unwrap_or_default());
            });
            line
        })
        .collect();
    lines.sort_unstable();
    Ok(Canonical {
        nquads: lines.concat(),
        names,
    })
}

/// Gives out names in order (section 4.5).
#[derive(Clone)]
struct Issuer {
    numbers: Vec<Option<usize>>,
    order: Vec<usize>,
}

impl Issuer {
    fn new(blanks: usize) -> Self {
        Self {
            numbers: vec![None; blanks],
            order: Vec::new(),
        }
    }

    fn issue(&mut self, node: usize) -> usize {
        if let Some(number) = self.numbers[node] {
            return number;
        }
        let number = self.order.len();
        self.numbers[node] = Some(number);
        self.order.push(node);
        number
    }
}

/// The names given within one path; few of all nodes, so they are searched, not indexed.
#[derive(Clone, Default)]
struct Path {
    order: Vec<usize>,
}

impl Path {
    fn number(&self, node: usize) -> Option<usize> {
        self.order.iter().position(|other| *other == node)
    }

    fn issue(&mut self, node: usize) -> usize {
        self.number(node).unwrap_or_else(|| {
            self.order.push(node);
            self.order.len() - 1
        })
    }
}

struct State<'q, 'b, D> {
    /// The quads that speak of each blank node.
    mentions: Vec<Vec<&'q Quad>>,
    first: Vec<Arc<str>>,
    canonical: Issuer,
    budget: &'b mut Budget,
    digest: core::marker::PhantomData<D>,
}

impl<'q, 'b, D: Digest> State<'q, 'b, D> {
    fn new(quads: &'q [Quad], blanks: usize, budget: &'b mut Budget) -> Self {
        let mut mentions: Vec<Vec<&Quad>> = vec![Vec::new(); blanks];
        for quad in quads {
            let mut seen = [usize::MAX; 3];
            for (i, (_, node)) in quad.blanks().enumerate() {
                if !seen.contains(&node) {
                    mentions[node].push(quad);
                }
                seen[i] = node;
            }
        }
        let first = mentions
            .iter()
            .enumerate()
            .map(|(node, quads)| hash_first_degree::<D>(node, quads))
            .collect();
        Self {
            mentions,
            first,
            canonical: Issuer::new(blanks),
            budget,
            digest: core::marker::PhantomData,
        }
    }

    fn name_all(&mut self) -> Result<(), LdError> {
        let mut by_hash: BTreeMap<Arc<str>, Vec<usize>> = BTreeMap::new();
        for (node, hash) in self.first.iter().enumerate() {
            // A blank node that no quad speaks of has no name.
            if !self.mentions[node].is_empty() {
                by_hash.entry(Arc::clone(hash)).or_default().push(node);
            }
        }
        for nodes in by_hash.values() {
            if let [node] = nodes.as_slice() {
                self.canonical.issue(*node);
            }
        }
        for nodes in by_hash.into_values().filter(|nodes| nodes.len() > 1) {
            let mut results: Vec<(String, Path)> = Vec::new();
            for node in nodes {
                if self.canonical.numbers[node].is_none() {
                    let mut path = Path::default();
                    path.issue(node);
                    results.push(self.hash_n_degree(node, path, 0)?);
                }
            }
            results.sort_by(|(one, _), (other, _)| one.cmp(other));
            for (_, path) in results {
                for node in path.order {
                    self.canonical.issue(node);
                }
            }
        }
        Ok(())
    }

    /// Hashes a node by what its neighbours are (section 4.8), and names those on the way.
    fn hash_n_degree(
        &mut self,
        node: usize,
        mut path: Path,
        depth: usize,
    ) -> Result<(String, Path), LdError> {
        if depth > MAX_DEPTH {
            return Err(LdError::Malformed {
                reason: "too many blank nodes can only be told apart by one another",
            });
        }
        let mut related: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        self.budget.spend_ld(1 + self.mentions[node].len())?;
        for quad in &self.mentions[node] {
            for (place, other) in quad.blanks() {
                if other != node {
                    let hash = self.hash_related(other, quad, &path, place);
                    let nodes = related.entry(hash).or_default();
                    nodes.push(other);
                }
            }
        }
        let mut data = String::new();
        for (hash, mut nodes) in related {
            data.push_str(&hash);
            nodes.sort_unstable();
            let mut chosen: Option<(String, Path)> = None;
            loop {
                self.budget.spend_ld(nodes.len())?;
                if let Some(better) = self.walk(&nodes, &path, chosen.as_ref(), depth)? {
                    chosen = Some(better);
                }
                if !next_permutation(&mut nodes) {
                    break;
                }
            }
            if let Some((text, taken)) = chosen {
                data.push_str(&text);
                path = taken;
            }
        }
        Ok((hex(&D::digest(data)), path))
    }

    /// Walks related nodes in one order; `None` when what it writes cannot come first.
    fn walk(
        &mut self,
        nodes: &[usize],
        path: &Path,
        chosen: Option<&(String, Path)>,
        depth: usize,
    ) -> Result<Option<(String, Path)>, LdError> {
        let is_worse = |text: &str| {
            chosen.is_some_and(|(best, _)| text.len() >= best.len() && text > best.as_str())
        };
        let mut path = path.clone();
        let mut text = String::new();
        let mut unnamed = Vec::new();
        for &node in nodes {
            if let Some(number) = self.canonical.numbers[node] {
                let _ = write!(text, "_:c14n{number}");
            } else {
                if path.number(node).is_none() {
                    unnamed.push(node);
                }
                let _ = write!(text, "_:b{}", path.issue(node));
            }
            if is_worse(&text) {
                return Ok(None);
            }
        }
        for node in unnamed {
            let (hash, taken) = self.hash_n_degree(node, path.clone(), depth + 1)?;
            let _ = write!(text, "_:b{}<{hash}>", path.issue(node));
            path = taken;
            if is_worse(&text) {
                return Ok(None);
            }
        }
        let is_better = chosen.is_none_or(|(best, _)| text < *best);
        Ok(is_better.then_some((text, path)))
    }

    /// Hashes a neighbour by how it is related (section 4.7).
    fn hash_related(&self, node: usize, quad: &Quad, path: &Path, place: char) -> String {
        let mut input = String::with_capacity(128);
        input.push(place);
        if place != 'g' {
            input.push_str(&quad.predicate);
        }
        if let Some(number) = self.canonical.numbers[node] {
            let _ = write!(input, "_:c14n{number}");
        } else if let Some(number) = path.number(node) {
            let _ = write!(input, "_:b{number}");
        } else {
            input.push_str(&self.first[node]);
        }
        hex(&D::digest(input))
    }
}

/// Hashes a node by the quads that speak of it (section 4.6).
fn hash_first_degree<D: Digest>(node: usize, quads: &[&Quad]) -> Arc<str> {
    let mut lines: Vec<String> = quads
        .iter()
        .map(|quad| {
            let mut line = String::with_capacity(128);
            quad.write(&mut line, &mut |other, out| {
                out.push_str(if other == node { "_:a" } else { "_:z" });
            });
            line
        })
        .collect();
    lines.sort_unstable();
    hex(&D::digest(lines.concat())).into()
}

/// Puts the next order in place of this one; `false` after the last.
fn next_permutation(nodes: &mut [usize]) -> bool {
    let Some(rise) = (1..nodes.len()).rev().find(|&i| nodes[i - 1] < nodes[i]) else {
        return false;
    };
    let swap = (rise..nodes.len())
        .rev()
        .find(|&i| nodes[i] > nodes[rise - 1])
        .unwrap_or(rise);
    nodes.swap(rise - 1, swap);
    nodes[rise..].reverse();
    true
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|b| [b >> 4, b & 15]);
    digits.map(|d| char::from(DIGITS[usize::from(d)])).collect()
}
