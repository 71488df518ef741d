//! Reading a Popolo document (popoloproject.com/specs): `persons`, `memberships`, `organizations`,
//! `events` (terms) and `areas`.

mod organisations;
mod person;
mod terms;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use identity_core::encoding::strict_json::{self, Limits, Value};

use self::organisations::Organisations;
use self::values::{Reference, cleaned, id_of, one_id, text};
use super::RosterError;
use super::about::{About, named};
use super::report::Note;
use super::sheet::{Content, Refusal, Seat, Sheet, date};
use super::text::{Use, shown};
use crate::records::Named;

/// Reads a document. `chamber` is the issuer's own, which is a chamber whatever its kind is called.
///
/// # Errors
/// [`RosterError`] when the document as a whole cannot be read; what is wrong with single rows is in
/// the sheet.
pub(super) fn read(file: &[u8], chamber: &str) -> Result<Sheet, RosterError> {
    let document = strict_json::parse(file, &Limits::large())?;
    if document.as_object().is_none() {
        return Err(RosterError::malformed("the document is not a JSON object"));
    }
    let persons = list(&document, "persons")?;
    let memberships = list(&document, "memberships")?;
    let mut sheet = Sheet::default();
    let mut seated = BTreeSet::new();
    let mut other_roles: BTreeMap<String, usize> = BTreeMap::new();
    let mut seats: Vec<&Value<'_>> = Vec::new();
    for membership in memberships {
        seated.extend(one_id(membership, "person").ok().flatten());
        // What says nothing of a role, or nothing that can be read, is a row to be judged.
        let role = text(membership, "role").ok().flatten().unwrap_or_default();
        match role.trim() {
            role if role.is_empty() || role.eq_ignore_ascii_case("member") => {
                seats.push(membership);
            }
            role => *other_roles.entry(shown(role)).or_default() += 1,
        }
    }

    let listed = list(&document, "organizations")?;
    let places = Places {
        organisations: Organisations::read(listed, &seats, &mut sheet.notes),
        areas: names(list(&document, "areas")?),
        issuer: chamber,
    };
    let periods = seats.iter().map(|seat| one_id(seat, "legislative_period"));
    let periods: BTreeSet<String> = periods.filter_map(|id| id.ok().flatten()).collect();
    terms::read(list(&document, "events")?, &periods, &mut sheet);

    for person in persons {
        if let Ok(id) = id_of(person, "id") {
            let described = person::read(&id, person, &mut sheet.notes);
            sheet.describe(id, described);
        }
    }
    let mut without_term = 0;
    for membership in seats {
        let id = one_id(membership, "person").ok().flatten();
        let seat = places.seat(membership, id.as_deref(), &mut sheet.notes);
        without_term += usize::from(matches!(&seat, Ok(Seat { term: None, .. })));
        sheet.push(id, seat.map(Content::Seat));
    }
    if without_term > 0 && !sheet.terms.is_empty() {
        let message = format!(
            "{without_term} memberships name no legislative period and make a term of their own"
        );
        sheet.notes.push(Note::new(None, message));
    }
    for person in persons {
        let id = id_of(person, "id");
        if id.as_ref().is_ok_and(|id| seated.contains(id)) {
            continue;
        }
        sheet.push(id.clone().ok(), id.map(Content::Person));
    }
    for (role, count) in other_roles {
        let message =
            format!("{count} memberships of role {role} are no seats and were passed over");
        sheet.notes.push(Note::new(None, message));
    }
    Ok(sheet)
}

fn list<'v>(document: &'v Value<'_>, name: &str) -> Result<&'v [Value<'v>], RosterError> {
    match document.get(name) {
        None | Some(Value::Null) => Ok(&[]),
        Some(value) => value
            .as_array()
            .ok_or_else(|| RosterError::malformed(format!("{name} is not an array"))),
    }
}

fn names(list: &[Value<'_>]) -> BTreeMap<String, String> {
    list.iter()
        .filter_map(|entry| {
            let id = id_of(entry, "id").ok()?;
            Some((id, cleaned(entry, "name", Use::Shown).ok()??))
        })
        .collect()
}

/// What memberships refer to.
struct Places<'a> {
    organisations: Organisations,
    areas: BTreeMap<String, String>,
    issuer: &'a str,
}

impl Places<'_> {
    /// Reads a membership. Who sits where, in which term and when decides on a mandate and must be
    /// right; the group and the constituency are left out where they cannot be used.
    fn seat(
        &self,
        membership: &Value<'_>,
        person: Option<&str>,
        notes: &mut Vec<Note>,
    ) -> Result<Seat, Refusal> {
        text(membership, "role")?;
        let member = one_id(membership, "person")?.ok_or_else(|| Refusal::missing("person_id"))?;
        let chamber = one_id(membership, "organization")?;
        if let Some(id) = chamber.as_deref().filter(|id| *id != self.issuer) {
            self.organisations.seat_in(id)?;
        }
        let term = one_id(membership, "legislative_period")?;
        let mut about = About::new(person, notes);
        let start = date("start_date", text(membership, "start_date")?.as_deref())?;
        let end = text(membership, "end_date")?;
        let end = about.end("end_date", end.as_deref())?;
        let area = |id: &str| self.areas.get(id).cloned();
        let group = |id: &str| self.organisations.name(id);
        Ok(Seat {
            member,
            chamber,
            term,
            constituency: first(membership, "area", area, &mut about),
            group: first(membership, "on_behalf_of", group, &mut about),
            start,
            end,
        })
    }
}

/// Returns the first of what a membership names that can be used.
fn first(
    membership: &Value<'_>,
    name: &str,
    known: impl Fn(&str) -> Option<String>,
    about: &mut About<'_>,
) -> Option<Named> {
    let mut found: Vec<Named> = Vec::new();
    for reference in Reference::all(membership, name) {
        let id = about.keep(reference.id(&format!("{name}_id")));
        let own = about.keep(reference.name(name));
        let listed = id.as_deref().and_then(&known);
        if let Some(named) = named(id, listed.or(own))
            && !found.iter().any(|other| other.id == named.id)
        {
            found.push(named);
        }
    }
    if found.len() > 1 {
        about.note(format!("of {} under {name} the first counts", found.len()));
    }
    found.into_iter().next()
}
