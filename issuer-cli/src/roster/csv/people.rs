//! Which lines are about one person.
//!
//! A table repeats the person on every line, and over the years the name may change: by marriage, by
//! a correction. The line that starts last has the freshest name and contact details, and every seat
//! counts. But lines whose names cannot be one person's, or whose dates of birth cannot both be true, are two
//! persons under one id: only the first can be believed, and the seats of the other are refused, for
//! a mandate would be handed to the wrong one. A line whose seat is refused still says whose id it is.

use std::collections::{BTreeMap, BTreeSet};

use super::names::can_be_one;
use crate::Code;
use crate::records::{Member, PartialDate};
use crate::roster::report::Note;
use crate::roster::sheet::{Content, Refusal, Seat, Sheet};

/// A line as it was read.
pub(super) struct Line {
    /// Where it begins in the file, counted from 1.
    pub(super) number: usize,
    /// The person's id, where it can be read.
    pub(super) id: Option<String>,
    /// The person, and the seat where that can be read too.
    pub(super) content: Result<(Member, Result<Seat, Refusal>), Refusal>,
}

/// What a line told of a person.
struct Told {
    member: Member,
    start: Option<PartialDate>,
    /// Whether the line is taken: a refused one says whose the id is, and nothing else.
    taken: bool,
}

/// Puts lines into the sheet, in their order, and the persons they agree on.
pub(super) fn put(lines: Vec<Line>, sheet: &mut Sheet) {
    let mut persons: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for line in lines {
        let Line {
            number,
            id,
            content,
        } = line;
        let seat = content.and_then(|(member, seat)| {
            let told = persons.entry(member.id.clone()).or_default();
            if !told.is_empty() {
                is_one_of(&member, told)?;
            }
            told.push(Told {
                member,
                start: seat.as_ref().ok().and_then(|seat| seat.start),
                taken: seat.is_ok(),
            });
            Ok(Content::Seat(seat?))
        });
        sheet.push_line(Some(number), id, seat);
    }
    for (id, told) in persons {
        let taken = told.into_iter().filter(|told| told.taken);
        let told: Vec<(Option<PartialDate>, Member)> =
            taken.map(|told| (told.start, told.member)).collect();
        let names: BTreeSet<&str> = told
            .iter()
            .map(|(_, member)| member.name.display.as_str())
            .collect();
        let several = names.len() > 1;
        let birth_date = told.iter().filter_map(|(_, member)| member.birth_date);
        let birth_date = birth_date.max_by_key(|date| date.to_string().len());
        let latest = told
            .into_iter()
            .max_by_key(|(start, _)| start.map(PartialDate::first_day));
        let Some((_, mut member)) = latest else {
            continue;
        };
        member.birth_date = birth_date;
        if several {
            let message = format!(
                "the lines have several names; the one that starts last is taken: {}",
                member.name.display
            );
            sheet.notes.push(Note::new(id.clone(), message));
        }
        sheet.persons.insert(id, Ok(member));
    }
}

fn is_one_of(member: &Member, told: &[Told]) -> Result<(), Refusal> {
    let differs = |what: &str| {
        let message = format!("an earlier line has this id with {what}");
        Err(Refusal::new(Code::RosterDuplicatePerson, message))
    };
    // Every earlier one: a bare family name would otherwise join those of two persons.
    let mut earlier = told.iter().map(|told| &told.member.name);
    if !earlier.all(|other| can_be_one(&member.name, other)) {
        return differs("a name that is another person's");
    }
    let mut births = told.iter().filter_map(|told| told.member.birth_date);
    if let Some(birth) = member.birth_date
        && births.any(|other| !agree(birth, other))
    {
        return differs("another birth date");
    }
    Ok(())
}

/// Says whether two dates can both be true: one may be less precise than the other.
fn agree(a: PartialDate, b: PartialDate) -> bool {
    let (a, b) = (a.to_string(), b.to_string());
    a.starts_with(&b) || b.starts_with(&a)
}
