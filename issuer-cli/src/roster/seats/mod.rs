//! From rows to mandates: which chamber, which term, which rows are one seat, and what its id is.

mod naming;
mod terms;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use self::naming::{Namer, Span};
use self::terms::CURRENT;
use super::ImportOptions;
use super::sheet::{Content, Refusal, Seat, Sheet};
use crate::Code;
use crate::records::{Mandate, PartialDate, Register, Term};

/// Rows decided: a mandate for each seat, and which rows it rests on.
#[derive(Debug)]
pub(super) struct Seats {
    pub(super) mandates: Vec<(Mandate, Vec<usize>)>,
    /// Mandates that no row of the file is about, and that end with a term whose end changed.
    pub(super) followers: Vec<Mandate>,
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
    let chambers = resolve_chambers(sheet, existing, options.chamber);
    let terms = terms::resolve(sheet, existing, options);
    let claims = claims(sheet, &terms, &chambers, options.zone);
    let mut mandates = Vec::new();
    let mut namer = Namer::new(existing, options.zone);
    let heirs = heirs(&claims, existing, options.chamber);
    let issuers = |(member, term, _): &Place| {
        let place = (member.clone(), term.clone(), options.chamber.to_owned());
        (!claims.contains_key(&place)).then_some(place)
    };
    let mut places: Vec<Vec<Place>> = Vec::with_capacity(claims.len());
    for place in claims.keys() {
        let issuers = heirs.contains(&place.2).then(|| issuers(place)).flatten();
        places.push([place.clone()].into_iter().chain(issuers).collect());
    }
    for ((place, rows), names) in claims.into_iter().zip(places) {
        let rows = refuse_second_open_rows(rows, sheet);
        let seats = merge(rows);
        let spans: Vec<Span> = seats.iter().map(|rows| span(rows)).collect();
        let known = namer.known(&names, &spans);
        for (rows, known) in seats.into_iter().zip(known) {
            let mandate = mandate(&place, &rows, known, &mut namer);
            mandates.push((mandate, rows.iter().map(|claim| claim.row).collect()));
        }
    }
    let decided: BTreeSet<&str> = mandates.iter().map(|(m, _)| m.id.as_str()).collect();
    let followers = terms::followers(existing, &terms, &decided, options.zone);
    Seats {
        mandates,
        followers,
        terms,
    }
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
/// one taken, and in a table always: whoever fills the column of the upper house means it. A document
/// of one organisation is taken to be the issuer's, unless the register knows it by its own id from a
/// file of several; otherwise each keeps its id.
fn resolve_chambers(
    sheet: &mut Sheet,
    existing: &Register,
    issuer: &str,
) -> BTreeMap<Option<String>, String> {
    let named: BTreeSet<String> = seats(sheet)
        .filter_map(|(_, seat)| seat.chamber.clone())
        .collect();
    let mut chambers = BTreeMap::from([(None, issuer.to_owned())]);
    if sheet.chambers_are_codes || named.contains(issuer) {
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
    let known = |id: &String| existing.mandates.values().any(|m| m.chamber == *id);
    let alone = named.len() == 1 && !named.iter().any(known);
    for id in named {
        let code = if alone { issuer.to_owned() } else { id.clone() };
        chambers.insert(Some(id), code);
    }
    chambers
}

/// Member, term and chamber.
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

/// Finds the organisations that may be the issuer's chamber under their own id: a file of one chamber
/// was taken to be the issuer's, and a later one tells of several. It is the one with the most of the
/// seats that the register has under the issuer's code; whoever resigned from it would sit again.
fn heirs(
    claims: &BTreeMap<Place, Vec<Claim>>,
    existing: &Register,
    issuer: &str,
) -> BTreeSet<String> {
    let mandates = existing.mandates.values();
    let seated: BTreeSet<(&str, &str)> = mandates
        .filter(|mandate| mandate.chamber == issuer)
        .map(|mandate| (mandate.member.as_str(), mandate.term.as_str()))
        .collect();
    let mut seats: BTreeMap<&str, usize> = BTreeMap::new();
    for (member, term, chamber) in claims.keys() {
        if chamber != issuer && seated.contains(&(member.as_str(), term.as_str())) {
            *seats.entry(chamber).or_default() += 1;
        }
    }
    let most = seats.values().max().copied();
    let heirs = seats.into_iter().filter(|(_, count)| Some(*count) == most);
    heirs.map(|(chamber, _)| chamber.to_owned()).collect()
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
            let line = sheet.rows[winner].line;
            let line = line.map_or_else(String::new, |line| format!(" (line {line})"));
            let message = format!(
                "row {}{line} is another open membership in the same term, and counts",
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

fn span(rows: &[Claim]) -> Span {
    let begins = rows.iter().map(|claim| claim.begins).min();
    let ends = rows.iter().map(|claim| claim.ends).max();
    Span {
        begins: begins.unwrap_or(Timestamp::MIN),
        ends: ends.unwrap_or(Timestamp::MAX),
    }
}

fn mandate(
    (member, term, chamber): &Place,
    rows: &[Claim],
    known: Option<&Mandate>,
    namer: &mut Namer<'_>,
) -> Mandate {
    let begins = rows.iter().min_by_key(|claim| claim.begins);
    let ends = rows.iter().max_by_key(|claim| claim.ends);
    let (start, end) = begins.zip(ends).map_or(
        (PartialDate::Year(jiff::civil::Date::MIN), None),
        |(first, last)| (first.start, last.end),
    );
    // Sorted by start: the last row that says something has the freshest group and constituency.
    let latest = |pick: fn(&Seat) -> &Option<crate::records::Named>| {
        rows.iter()
            .rev()
            .find_map(|claim| pick(&claim.seat).clone())
    };
    Mandate {
        id: known.map_or_else(|| namer.name(member, term), |known| known.id.clone()),
        member: member.clone(),
        // A seat stays in the chamber in which credentials have named it.
        chamber: known.map_or_else(|| chamber.clone(), |known| known.chamber.clone()),
        term: term.clone(),
        constituency: latest(|seat| &seat.constituency),
        group: latest(|seat| &seat.group),
        role: "member".to_owned(),
        start,
        end,
        ended: known.and_then(|known| known.ended.clone()),
    }
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
