//! Reading a Popolo document (popoloproject.com/specs): `persons`, `memberships`, `organizations`,
//! `events` (terms) and `areas`.

use std::collections::{BTreeMap, BTreeSet};

use identity_core::encoding::strict_json::{self, Limits, Value};

use super::RosterError;
use super::report::Note;
use super::sheet::{Content, Refusal, Seat, Sheet, TermDates, date};
use super::text::{self, ID, TEXT};
use crate::Code;
use crate::records::{Identifier, Member, Name, Named, OtherName, PartialDate};

/// Kinds of organisation in which a membership is a seat.
const CHAMBERS: &[&str] = &[
    "assembly",
    "chamber",
    "house",
    "legislature",
    "lower chamber",
    "lower house",
    "parliament",
    "senate",
    "upper chamber",
    "upper house",
];

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
    let organisations = organisations(list(&document, "organizations")?, &mut sheet.notes);
    let areas = names(list(&document, "areas")?);
    read_terms(list(&document, "events")?, &mut sheet);

    for person in persons {
        if let Ok(id) = id_of(person, "id") {
            let described = member(&id, person, &mut sheet.notes);
            sheet.describe(id, described);
        }
    }

    let mut seated = BTreeSet::new();
    let mut other_roles: BTreeMap<String, usize> = BTreeMap::new();
    for membership in memberships {
        let id = id_of(membership, "person_id");
        seated.extend(id.iter().cloned());
        let role = membership.get("role").and_then(Value::as_str);
        if let Some(role) = role.filter(|role| !role.trim().eq_ignore_ascii_case("member")) {
            *other_roles.entry(text::shown(role)).or_default() += 1;
            continue;
        }
        let seat = seat(membership, &organisations, &areas, chamber);
        sheet.push(id.ok(), seat.map(Content::Seat));
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

fn read_terms(events: &[Value<'_>], sheet: &mut Sheet) {
    for event in events {
        let kind = event.get("classification").and_then(Value::as_str);
        if kind.is_some_and(|kind| !kind.trim().eq_ignore_ascii_case("legislative period")) {
            continue;
        }
        match term(event) {
            Ok((id, dates)) if !sheet.terms.contains_key(&id) => {
                sheet.terms.insert(id, dates);
            }
            Ok((id, _)) => sheet
                .notes
                .push(Note::new(id, "a second term with this id was passed over")),
            Err((id, refusal)) => {
                sheet.notes.push(Note::new(
                    id,
                    format!("a term was passed over: {}", refusal.message),
                ));
            }
        }
    }
}

fn term(event: &Value<'_>) -> Result<(String, TermDates), (Option<String>, Refusal)> {
    let id = id_of(event, "id").map_err(|refusal| (None, refusal))?;
    let read = || {
        let label = optional(event, "name", TEXT)?.unwrap_or_else(|| id.clone());
        let (start, end) = dates(event)?;
        Ok(TermDates { label, start, end })
    };
    match read() {
        Ok(dates) => Ok((id, dates)),
        Err(refusal) => Err((Some(id), refusal)),
    }
}

/// Says of each organisation whether a membership in it is a seat, and what it is called.
struct Organisation {
    name: String,
    is_chamber: bool,
    kind: String,
}

fn organisations(list: &[Value<'_>], notes: &mut Vec<Note>) -> BTreeMap<String, Organisation> {
    let mut found = BTreeMap::new();
    for organisation in list {
        let Ok(id) = id_of(organisation, "id") else {
            notes.push(Note::new(
                None,
                "an organisation without a usable id was passed over",
            ));
            continue;
        };
        let kind = organisation.get("classification").and_then(Value::as_str);
        let kind = kind.unwrap_or_default().trim().to_lowercase();
        let name = optional(organisation, "name", TEXT).ok().flatten();
        let entry = Organisation {
            name: name.unwrap_or_else(|| id.clone()),
            is_chamber: kind.is_empty() || CHAMBERS.contains(&kind.as_str()),
            kind,
        };
        found.entry(id).or_insert(entry);
    }
    found
}

fn names(list: &[Value<'_>]) -> BTreeMap<String, String> {
    list.iter()
        .filter_map(|entry| {
            let id = id_of(entry, "id").ok()?;
            Some((id, optional(entry, "name", TEXT).ok()??))
        })
        .collect()
}

fn seat(
    membership: &Value<'_>,
    organisations: &BTreeMap<String, Organisation>,
    areas: &BTreeMap<String, String>,
    issuer: &str,
) -> Result<Seat, Refusal> {
    let member = id_of(membership, "person_id")?;
    let chamber = optional(membership, "organization_id", ID)?;
    if let Some(id) = chamber.as_deref().filter(|id| *id != issuer) {
        let known = organisations.get(id).filter(|known| !known.is_chamber);
        if let Some(known) = known {
            let message = format!(
                "{} is a {}, not a chamber",
                known.name,
                text::shown(&known.kind)
            );
            return Err(Refusal::new(Code::RosterNotAChamber, message));
        }
    }
    let group = optional(membership, "on_behalf_of_id", ID)?.map(|id| {
        let known = organisations.get(&id);
        named(known.map(|known| known.name.clone()), id)
    });
    let constituency =
        optional(membership, "area_id", ID)?.map(|id| named(areas.get(&id).cloned(), id));
    let (start, end) = dates(membership)?;
    Ok(Seat {
        member,
        chamber,
        term: optional(membership, "legislative_period_id", ID)?,
        constituency,
        group,
        start,
        end,
    })
}

fn named(name: Option<String>, id: String) -> Named {
    Named {
        name: name.unwrap_or_else(|| id.clone()),
        id,
    }
}

/// Reads a person. What a credential shows must be right; contact details that are not are left out.
fn member(id: &str, person: &Value<'_>, notes: &mut Vec<Note>) -> Result<Member, Refusal> {
    let name = Name {
        display: optional(person, "name", TEXT)?.ok_or_else(|| Refusal::missing("name"))?,
        family: optional(person, "family_name", TEXT)?,
        given: optional(person, "given_name", TEXT)?,
        native: None,
        sort: optional(person, "sort_name", TEXT)?,
    };
    let birth_date = date("birth_date", string(person, "birth_date")?)?;
    let mut left_out = BTreeSet::new();
    let mut lenient = |value: &Value<'_>, field: &'static str, longest| {
        optional(value, field, longest).unwrap_or_else(|_| {
            left_out.insert(field);
            None
        })
    };
    let email = lenient(person, "email", TEXT);
    let image = lenient(person, "image", 2 * TEXT);
    let mut other_names = Vec::new();
    for other in items(person, "other_names") {
        if let Some(name) = lenient(other, "name", TEXT) {
            let lang = lenient(other, "lang", ID);
            other_names.push(OtherName { name, lang });
        }
    }
    let mut identifiers = Vec::new();
    for other in items(person, "identifiers") {
        let scheme = lenient(other, "scheme", ID);
        if let (Some(scheme), Some(identifier)) = (scheme, lenient(other, "identifier", TEXT)) {
            identifiers.push(Identifier { scheme, identifier });
        }
    }
    for field in left_out {
        let message = format!("{field} was left out: it is too long, or holds what text must not");
        notes.push(Note::new(id.to_owned(), message));
    }
    Ok(Member {
        name,
        other_names,
        email,
        image,
        identifiers,
        birth_date,
        ..Member::new(id, "")
    })
}

fn dates(value: &Value<'_>) -> Result<(Option<PartialDate>, Option<PartialDate>), Refusal> {
    let start = date("start_date", string(value, "start_date")?)?;
    let end = date("end_date", string(value, "end_date")?)?;
    Ok((start, end))
}

fn items<'v>(value: &'v Value<'_>, name: &str) -> &'v [Value<'v>] {
    value
        .get(name)
        .and_then(Value::as_array)
        .unwrap_or_default()
}

fn id_of(value: &Value<'_>, field: &str) -> Result<String, Refusal> {
    optional(value, field, ID)?.ok_or_else(|| Refusal::missing(field))
}

fn optional(value: &Value<'_>, field: &str, longest: usize) -> Result<Option<String>, Refusal> {
    string(value, field)?.map_or(Ok(None), |found| text::clean(field, found, longest))
}

fn string<'v>(value: &'v Value<'_>, field: &str) -> Result<Option<&'v str>, Refusal> {
    let malformed = |message: String| Refusal::new(Code::RosterRowMalformed, message);
    if value.as_object().is_none() {
        return Err(malformed("the entry is not a JSON object".to_owned()));
    }
    match value.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(found) => match found.as_str() {
            Some(found) => Ok(Some(found)),
            None => Err(malformed(format!("{field} is not a text"))),
        },
    }
}
