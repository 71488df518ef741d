//! What a mandate is called: as the register calls the seat it holds already, else by a new id.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Place;
use crate::records::{Mandate, Register};

/// From when to when a seat is held by the file's account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) begins: Timestamp,
    pub(super) ends: Timestamp,
}

/// Gives mandates their ids.
pub(super) struct Namer<'a> {
    zone: &'a TimeZone,
    by_place: BTreeMap<Place, Vec<&'a Mandate>>,
    used: BTreeSet<String>,
}

impl<'a> Namer<'a> {
    pub(super) fn new(existing: &'a Register, zone: &'a TimeZone) -> Self {
        let mut by_place: BTreeMap<_, Vec<&Mandate>> = BTreeMap::new();
        for mandate in existing.mandates.values() {
            let place = (
                mandate.member.clone(),
                mandate.term.clone(),
                mandate.chamber.clone(),
            );
            by_place.entry(place).or_default().push(mandate);
        }
        Self {
            zone,
            by_place,
            used: existing.mandates.keys().cloned().collect(),
        }
    }

    /// Finds the register's mandates for the seats of one place, whatever of these names it has: first those with the same beginning,
    /// and of what is left those that overlap, so that no seat takes another's mandate, and with it
    /// an early end that was another's. A mandate that was ended early does not stretch over a later
    /// seat.
    pub(super) fn known(&mut self, names: &[Place], spans: &[Span]) -> Vec<Option<&'a Mandate>> {
        let zone = self.zone;
        let mut known = vec![None; spans.len()];
        let same = |mandate: &Mandate, span: &Span| mandate.start.begins(zone) == span.begins;
        let overlaps = |mandate: &Mandate, span: &Span| {
            let ends = mandate.ends(zone).unwrap_or(Timestamp::MAX);
            mandate.start.begins(zone) < span.ends && span.begins < ends
        };
        for place in names {
            let mut candidates = self.by_place.remove(place).unwrap_or_default();
            take(&mut known, spans, &mut candidates, same);
            take(&mut known, spans, &mut candidates, overlaps);
        }
        known
    }

    /// Makes a new id.
    pub(super) fn name(&mut self, member: &str, term: &str) -> String {
        let first = format!("{}@{}", escape(member), escape(term));
        let mut id = first.clone();
        let mut number = 2_u32;
        while !self.used.insert(id.clone()) {
            id = format!("{first}~{number}");
            number += 1;
        }
        id
    }
}

/// Gives each seat that has none the first mandate that fits it.
fn take<'a>(
    known: &mut [Option<&'a Mandate>],
    spans: &[Span],
    candidates: &mut Vec<&'a Mandate>,
    fits: impl Fn(&Mandate, &Span) -> bool,
) {
    for (known, span) in known.iter_mut().zip(spans) {
        if known.is_none() {
            let position = candidates.iter().position(|mandate| fits(mandate, span));
            *known = position.map(|position| candidates.remove(position));
        }
    }
}

/// Escapes the two signs that give a mandate's id its structure, so that no two places share an id.
fn escape(id: &str) -> String {
    id.replace('%', "%25")
        .replace('@', "%40")
        .replace('~', "%7E")
}
