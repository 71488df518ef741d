//! Which terms a file is about, and what follows when a term's end changes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::seats;
use crate::records::{Mandate, PartialDate, Register, Term};
use crate::roster::ImportOptions;
use crate::roster::report::Note;
use crate::roster::sheet::{Content, Refusal, Sheet};

/// The term of a file that names none.
pub(super) const CURRENT: &str = "current";

/// Finds the terms that rows name, and those of the register of which the file tells.
pub(super) fn resolve(
    sheet: &mut Sheet,
    existing: &Register,
    options: &ImportOptions<'_>,
) -> BTreeMap<String, Term> {
    refuse_unreadable_ends(sheet, existing);
    let mut first_starts: BTreeMap<String, Option<PartialDate>> = BTreeMap::new();
    for (_, seat) in seats(sheet) {
        let term = seat.term.clone().unwrap_or_else(|| CURRENT.to_owned());
        let first = first_starts.entry(term).or_default();
        *first = earliest(*first, seat.start);
    }
    // A term of the register may have got its end though nobody who sits in it is in the file.
    for id in sheet.terms.keys() {
        if existing.terms.contains_key(id) {
            first_starts.entry(id.clone()).or_default();
        }
    }
    let mut terms = BTreeMap::new();
    for (id, first_start) in first_starts {
        let known = existing.terms.get(&id);
        let told = sheet.terms.get(&id);
        if known.is_none() && told.is_none() && id != CURRENT && !sheet.terms_are_implied {
            continue;
        }
        let start = told
            .and_then(|told| told.start)
            .or_else(|| earliest(first_start, known.map(|known| known.start)))
            .unwrap_or_else(|| {
                let message = "no start is known for this term or its members: it starts today";
                sheet.notes.push(Note::new(id.clone(), message));
                PartialDate::Day(options.as_of.to_zoned_datetime(options.zone.clone()).date())
            });
        let label = told
            .map(|told| &told.label)
            .or_else(|| known.map(|known| &known.label));
        let label = label.cloned().unwrap_or_else(|| id.clone());
        let mut term = Term::new(id.clone(), label, start);
        let known_end = known.and_then(|known| known.end);
        term.end = match told.map(|told| &told.end) {
            Some(Ok(end)) => *end,
            Some(Err(_)) | None => known_end,
        };
        term.endings = known.map_or_else(Vec::new, |known| known.endings.clone());
        terms.insert(id, term);
    }
    terms
}

/// Refuses the rows of a term whose end nobody can read, for they would sit for ever; unless the
/// register knows when it ends, and that stays.
fn refuse_unreadable_ends(sheet: &mut Sheet, existing: &Register) {
    for row in &mut sheet.rows {
        let Ok(Content::Seat(seat)) = &row.content else {
            continue;
        };
        let id = seat.term.as_deref().unwrap_or(CURRENT);
        let ends = existing.terms.get(id).and_then(|known| known.end);
        if let (Some(Err(refusal)), None) = (sheet.terms.get(id).map(|told| &told.end), ends) {
            let message = format!("the end of the term {id}: {}", refusal.message);
            row.content = Err(Refusal::new(refusal.code, message));
        }
    }
}

fn earliest(a: Option<PartialDate>, b: Option<PartialDate>) -> Option<PartialDate> {
    a.into_iter().chain(b).min_by_key(|date| date.first_day())
}

/// Finds the mandates that end with a term whose end the file changes, though no row of the file is
/// about them: an own end stays, the term's follows it.
pub(super) fn followers(
    existing: &Register,
    terms: &BTreeMap<String, Term>,
    decided: &BTreeSet<&str>,
    zone: &TimeZone,
) -> Vec<Mandate> {
    let follows = |mandate: &Mandate| {
        let (before, after) = (
            existing.terms.get(&mandate.term)?,
            terms.get(&mandate.term)?,
        );
        let took_it = mandate.end == before.end && before.end != after.end;
        let follows = Mandate {
            end: after.end,
            ..mandate.clone()
        };
        let ends_later = |end: PartialDate| end.ends(zone) > mandate.start.begins(zone);
        (took_it && after.end.is_none_or(ends_later)).then_some(follows)
    };
    let mandates = existing.mandates.values();
    mandates
        .filter(|mandate| !decided.contains(mandate.id.as_str()))
        .filter_map(follows)
        .collect()
}
