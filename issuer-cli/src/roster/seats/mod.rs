//! From rows to mandates: which chamber, which term, which rows are one seat, and what its id is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::ImportOptions;
use super::report::Note;
use super::sheet::{Content, Refusal, Seat, Sheet};
use crate::Code;
use crate::records::{Mandate, PartialDate, Register, Term};

/// The term of a file that names none.
const CURRENT: &str = "current";

/// Rows decided: a mandate for each seat, and which rows it rests on.
#[derive(Debug)]
pub(super) struct Seats {
    pub(super) mandates: Vec<(Mandate, Vec<usize>)>,
    pub(super) terms: BTreeMap<String, Term>,
}

/// A row on its way to a mandate.
#[derive(Clone, Debug)]
struct Claim {
    row: usize,
    seat: Seat,
    start: PartialDate,
    end: Option<PartialDate>,
    begins: Timestamp,
    ends: Timestamp,
}

/// Decides the seats; rows that cannot stand are refused in the sheet.
pub(super) fn decide(sheet: &mut Sheet, existing: &Register, options: &ImportOptions<'_>) -> Seats {
    refuse_unknown_persons(sheet);
    let chambers = resolve_chambers(sheet, options.chamber);
    let terms = resolve_terms(sheet, existing, options);
    let claims = claims(sheet, &terms, &chambers, options.zone);
    let mut mandates = Vec::new();
    let mut namer = Namer::new(existing, options.zone);
    for ((member, term, chamber), rows) in claims {
        let rows = refuse_second_open_rows(rows, sheet);
        for rows in merge(rows) {
            let mandate = mandate(&member, &term, &chamber, &rows, &mut namer);
            mandates.push((mandate, rows.iter().map(|claim| claim.row).collect()));
        }
    }
    Seats { mandates, terms }
}

fn refuse_unknown_persons(sheet: &mut Sheet) {
    for row in &mut sheet.rows {
        let Ok(Content::Seat(Seat { member, .. }) | Content::Person(member)) = &row.content else {
            continue;
        };
        match sheet.persons.get(member) {
            Some(Ok(_)) => {}
            Some(Err(refusal)) => row.content = Err(refusal.clone()),
            None => {
                let message = "the file describes no person with this id";
                row.content = Err(Refusal::new(Code::RosterPersonUnknown, message));
            }
        }
    }
}

/// Maps each organisation to a chamber's code. The issuer's own, when the file has it, is the only
/// one taken; a file of one chamber is taken to be the issuer's; otherwise each keeps its id.
fn resolve_chambers(sheet: &mut Sheet, issuer: &str) -> BTreeMap<Option<String>, String> {
    let named: BTreeSet<String> = seats(sheet)
        .filter_map(|(_, seat)| seat.chamber.clone())
        .collect();
    let mut chambers = BTreeMap::from([(None, issuer.to_owned())]);
    if named.contains(issuer) {
        for row in &mut sheet.rows {
            let Ok(Content::Seat(seat)) = &row.content else {
                continue;
            };
            if let Some(other) = seat.chamber.as_deref().filter(|id| *id != issuer) {
                let message =
                    format!("the seat is in {other}, and this issuer's chamber is {issuer}");
                row.content = Err(Refusal::new(Code::RosterOtherChamber, message));
            }
        }
        chambers.insert(Some(issuer.to_owned()), issuer.to_owned());
        return chambers;
    }
    let alone = named.len() == 1;
    for id in named {
        let code = if alone { issuer.to_owned() } else { id.clone() };
        chambers.insert(Some(id), code);
    }
    chambers
}

fn resolve_terms(
    sheet: &mut Sheet,
    existing: &Register,
    options: &ImportOptions<'_>,
) -> BTreeMap<String, Term> {
    let mut first_starts: BTreeMap<String, Option<PartialDate>> = BTreeMap::new();
    for (_, seat) in seats(sheet) {
        let term = seat.term.clone().unwrap_or_else(|| CURRENT.to_owned());
        let first = first_starts.entry(term).or_default();
        *first = earliest(*first, seat.start);
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
        term.end = told.map_or_else(|| known.and_then(|known| known.end), |told| told.end);
        term.ended = known.and_then(|known| known.ended.clone());
        terms.insert(id, term);
    }
    terms
}

fn earliest(a: Option<PartialDate>, b: Option<PartialDate>) -> Option<PartialDate> {
    a.into_iter().chain(b).min_by_key(|date| date.first_day())
}

type Place = (String, String, String);

fn claims(
    sheet: &mut Sheet,
    terms: &BTreeMap<String, Term>,
    chambers: &BTreeMap<Option<String>, String>,
    zone: &TimeZone,
) -> BTreeMap<Place, Vec<Claim>> {
    let mut claims: BTreeMap<Place, Vec<Claim>> = BTreeMap::new();
    for (number, row) in sheet.rows.iter_mut().enumerate() {
        let Ok(Content::Seat(seat)) = &row.content else {
            continue;
        };
        let term_id = seat.term.as_deref().unwrap_or(CURRENT);
        let Some(term) = terms.get(term_id) else {
            let message = format!("neither the file nor the register describes the term {term_id}");
            row.content = Err(Refusal::new(Code::RosterTermUnknown, message));
            continue;
        };
        let start = seat.start.unwrap_or(term.start);
        let end = seat.end.or(term.end);
        let begins = start.begins(zone);
        let ends = end.map_or(Timestamp::MAX, |end| end.ends(zone));
        if ends <= begins {
            let whose = |own: bool| if own { "" } else { " (the term's)" };
            let message = format!(
                "ends {}{} before it starts {start}{}",
                end.map(|end| end.to_string()).unwrap_or_default(),
                whose(seat.end.is_some()),
                whose(seat.start.is_some()),
            );
            row.content = Err(Refusal::new(Code::RosterDatesReversed, message));
            continue;
        }
        let chamber = chambers.get(&seat.chamber).or_else(|| chambers.get(&None));
        let chamber = chamber.cloned().unwrap_or_default();
        let place = (seat.member.clone(), term_id.to_owned(), chamber);
        claims.entry(place).or_default().push(Claim {
            row: number,
            seat: seat.clone(),
            start,
            end,
            begins,
            ends,
        });
    }
    claims
}

/// Keeps one open row of a seat: the one that starts last, and of equal ones the first.
fn refuse_second_open_rows(rows: Vec<Claim>, sheet: &mut Sheet) -> Vec<Claim> {
    let open = rows.iter().filter(|claim| claim.seat.end.is_none());
    let Some(winner) = open
        .rev()
        .max_by_key(|claim| claim.begins)
        .map(|claim| claim.row)
    else {
        return rows;
    };
    let mut kept = Vec::with_capacity(rows.len());
    for claim in rows {
        if claim.seat.end.is_none() && claim.row != winner {
            let message = format!(
                "row {} is another open membership in the same term, and counts",
                winner + 1
            );
            sheet.rows[claim.row].content =
                Err(Refusal::new(Code::RosterDuplicateMandate, message));
        } else {
            kept.push(claim);
        }
    }
    kept
}

/// Joins rows that overlap or touch: a change of group does not end a seat.
fn merge(mut rows: Vec<Claim>) -> Vec<Vec<Claim>> {
    rows.sort_by_key(|claim| (claim.begins, claim.row));
    let mut merged: Vec<Vec<Claim>> = Vec::new();
    let mut reach = Timestamp::MIN;
    for claim in rows {
        let touches = claim.begins <= reach;
        reach = reach.max(claim.ends);
        match merged.last_mut() {
            Some(last) if touches => last.push(claim),
            _ => merged.push(vec![claim]),
        }
    }
    merged
}

fn mandate(
    member: &str,
    term: &str,
    chamber: &str,
    rows: &[Claim],
    namer: &mut Namer<'_>,
) -> Mandate {
    let begins = rows.iter().min_by_key(|claim| claim.begins);
    let ends = rows.iter().max_by_key(|claim| claim.ends);
    let (start, end) = begins.zip(ends).map_or(
        (PartialDate::Year(jiff::civil::Date::MIN), None),
        |(first, last)| (first.start, last.end),
    );
    let span = Span {
        begins: begins.map_or(Timestamp::MIN, |claim| claim.begins),
        ends: ends.map_or(Timestamp::MAX, |claim| claim.ends),
    };
    let known = namer.known(member, term, chamber, span);
    // Sorted by start: the last row that says something has the freshest group and constituency.
    let latest = |pick: fn(&Seat) -> &Option<crate::records::Named>| {
        rows.iter()
            .rev()
            .find_map(|claim| pick(&claim.seat).clone())
    };
    Mandate {
        id: known.map_or_else(|| namer.name(member, term), |known| known.id.clone()),
        member: member.to_owned(),
        chamber: chamber.to_owned(),
        term: term.to_owned(),
        constituency: latest(|seat| &seat.constituency),
        group: latest(|seat| &seat.group),
        role: "member".to_owned(),
        start,
        end,
        ended: known.and_then(|known| known.ended.clone()),
    }
}

#[derive(Clone, Copy, Debug)]
struct Span {
    begins: Timestamp,
    ends: Timestamp,
}

/// Gives mandates their ids: the known one for a seat the register holds, a new one otherwise.
struct Namer<'a> {
    zone: &'a TimeZone,
    by_place: BTreeMap<(String, String, String), Vec<&'a Mandate>>,
    used: BTreeSet<String>,
}

impl<'a> Namer<'a> {
    fn new(existing: &'a Register, zone: &'a TimeZone) -> Self {
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

    /// Finds the register's mandate for a seat: the one with the same beginning, else one that
    /// overlaps. A mandate that was ended early does not stretch over a later seat.
    fn known(
        &mut self,
        member: &str,
        term: &str,
        chamber: &str,
        span: Span,
    ) -> Option<&'a Mandate> {
        let zone = self.zone;
        let place = (member.to_owned(), term.to_owned(), chamber.to_owned());
        let candidates = self.by_place.get_mut(&place)?;
        let same = |mandate: &&Mandate| mandate.start.begins(zone) == span.begins;
        let overlaps = |mandate: &&Mandate| {
            let ends = mandate.ends(zone).unwrap_or(Timestamp::MAX);
            mandate.start.begins(zone) < span.ends && span.begins < ends
        };
        let position = candidates
            .iter()
            .position(same)
            .or_else(|| candidates.iter().position(overlaps))?;
        Some(candidates.remove(position))
    }

    fn name(&mut self, member: &str, term: &str) -> String {
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

/// Escapes the two signs that give a mandate's id its structure, so that no two places share an id.
fn escape(id: &str) -> String {
    id.replace('%', "%25")
        .replace('@', "%40")
        .replace('~', "%7E")
}

fn seats(sheet: &Sheet) -> impl Iterator<Item = (usize, &Seat)> {
    sheet
        .rows
        .iter()
        .enumerate()
        .filter_map(|(number, row)| match &row.content {
            Ok(Content::Seat(seat)) => Some((number, seat)),
            _ => None,
        })
}
