//! Reading a table: a header line, then one line for each seat.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};

use super::RosterError;
use super::report::Note;
use super::sheet::{Content, Refusal, Seat, Sheet, date};
use super::text::{self, ID, TEXT};
use crate::Code;
use crate::records::{Member, Name, Named};

/// What a column means, and the header names it goes by.
const COLUMNS: &[(Column, &[&str])] = &[
    (Column::Id, &["id", "member_id", "person_id"]),
    (Column::Name, &["name", "full_name", "display_name"]),
    (Column::Family, &["family_name", "last_name", "surname"]),
    (Column::Given, &["given_name", "first_name", "given_names"]),
    (Column::Native, &["native_name"]),
    (Column::Sort, &["sort_name"]),
    (Column::Start, &["start_date", "start"]),
    (Column::End, &["end_date", "end"]),
    (Column::Constituency, &["constituency", "area", "district"]),
    (Column::ConstituencyId, &["constituency_id", "area_id"]),
    (Column::Group, &["group", "party", "faction"]),
    (Column::GroupId, &["group_id", "party_id"]),
    (Column::Email, &["email", "e_mail"]),
    (Column::Term, &["term", "term_id", "legislative_period_id"]),
    (Column::Chamber, &["chamber", "organization_id"]),
    (Column::Languages, &["languages", "language"]),
    (Column::Image, &["image", "photo"]),
    (Column::Birth, &["birth_date", "date_of_birth"]),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Birth,
    Chamber,
    Constituency,
    ConstituencyId,
    Email,
    End,
    Family,
    Given,
    Group,
    GroupId,
    Id,
    Image,
    Languages,
    Name,
    Native,
    Sort,
    Start,
    Term,
}

/// Reads a table in UTF-8 (with or without a byte order mark), separated by comma, semicolon or tab.
///
/// # Errors
/// [`RosterError`] when the table as a whole cannot be read; what is wrong with single lines is in
/// the sheet.
pub(super) fn read(file: &[u8]) -> Result<Sheet, RosterError> {
    let table = core::str::from_utf8(file).map_err(|error| {
        RosterError::malformed(format!("not UTF-8 at byte {}", error.valid_up_to()))
    })?;
    let mut reader = ReaderBuilder::new()
        .delimiter(separator(table))
        .flexible(true)
        .from_reader(table.as_bytes());
    let mut sheet = Sheet {
        terms_are_implied: true,
        ..Sheet::default()
    };
    let header = reader.headers().map_err(RosterError::malformed)?.clone();
    let columns = columns(&header, &mut sheet.notes)?;
    let mut record = StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(sheet),
            Ok(true) => read_line(&columns, header.len(), &record, &mut sheet),
            Err(error) => return Err(RosterError::malformed(error)),
        }
    }
}

/// Picks the separator that the header line holds most often outside quotes.
fn separator(table: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    for byte in table.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => {
                for (candidate, count) in &mut counts {
                    *count += usize::from(*candidate == byte);
                }
            }
        }
    }
    // Equal counts: the first of the list.
    let best = counts.iter().rev().max_by_key(|(_, count)| *count);
    best.map_or(b',', |(separator, _)| *separator)
}

fn columns(
    header: &StringRecord,
    notes: &mut Vec<Note>,
) -> Result<BTreeMap<Column, usize>, RosterError> {
    let mut columns = BTreeMap::new();
    let mut unknown = Vec::new();
    for (position, title) in header.iter().enumerate() {
        let title = title.trim().to_lowercase().replace([' ', '-'], "_");
        let Some((column, _)) = COLUMNS
            .iter()
            .find(|(_, names)| names.contains(&title.as_str()))
        else {
            unknown.push(text::shown(&title));
            continue;
        };
        if columns.insert(*column, position).is_some() {
            return Err(RosterError::malformed(format!(
                "two columns mean the same: {title}"
            )));
        }
    }
    let has = |column| columns.contains_key(&column);
    if !has(Column::Id) {
        return Err(RosterError::malformed("the header line has no column id"));
    }
    let named = has(Column::Name) || (has(Column::Given) && has(Column::Family));
    if !named {
        let message = "the header line has no column name, and not both given_name and family_name";
        return Err(RosterError::malformed(message));
    }
    if !unknown.is_empty() {
        let message = format!("columns passed over: {}", text::shown(&unknown.join(", ")));
        notes.push(Note::new(None, message));
    }
    Ok(columns)
}

fn read_line(
    columns: &BTreeMap<Column, usize>,
    width: usize,
    record: &StringRecord,
    sheet: &mut Sheet,
) {
    let line = Line { columns, record };
    let id = line.needed(Column::Id, "id", ID);
    let seat = if record.len() == width {
        id.clone().and_then(|id| {
            let member = line.member(&id)?;
            let seat = line.seat(&id)?;
            Ok((member, seat))
        })
    } else {
        let message = format!("{} cells where the header has {width}", record.len());
        Err(Refusal::new(Code::RosterRowMalformed, message))
    };
    match seat {
        Ok((member, seat)) => {
            let conflict = match sheet.persons.get(&member.id) {
                Some(Ok(known)) => {
                    known.name != member.name || known.birth_date != member.birth_date
                }
                Some(Err(_)) => true,
                None => false,
            };
            if conflict {
                let message = "an earlier line has this id with another name or birth date";
                sheet.push(
                    Some(member.id),
                    Err(Refusal::new(Code::RosterDuplicatePerson, message)),
                );
                return;
            }
            // The last line about a member has the freshest contact details.
            sheet.push(Some(member.id.clone()), Ok(Content::Seat(seat)));
            sheet.persons.insert(member.id.clone(), Ok(member));
        }
        Err(refusal) => sheet.push(id.ok(), Err(refusal)),
    }
}

struct Line<'a> {
    columns: &'a BTreeMap<Column, usize>,
    record: &'a StringRecord,
}

impl Line<'_> {
    fn cell(&self, column: Column) -> Option<&str> {
        self.columns
            .get(&column)
            .and_then(|position| self.record.get(*position))
    }

    fn needed(&self, column: Column, field: &str, longest: usize) -> Result<String, Refusal> {
        text::needed(field, self.cell(column).unwrap_or_default(), longest)
    }

    fn optional(
        &self,
        column: Column,
        field: &str,
        longest: usize,
    ) -> Result<Option<String>, Refusal> {
        text::clean(field, self.cell(column).unwrap_or_default(), longest)
    }

    fn member(&self, id: &str) -> Result<Member, Refusal> {
        let family = self.optional(Column::Family, "family_name", TEXT)?;
        let given = self.optional(Column::Given, "given_name", TEXT)?;
        let display = match self.optional(Column::Name, "name", TEXT)? {
            Some(name) => name,
            None => match (&given, &family) {
                (Some(given), Some(family)) => format!("{given} {family}"),
                _ => return Err(Refusal::missing("name")),
            },
        };
        let languages = self
            .optional(Column::Languages, "languages", TEXT)?
            .unwrap_or_default();
        Ok(Member {
            name: Name {
                display,
                family,
                given,
                native: self.optional(Column::Native, "native_name", TEXT)?,
                sort: self.optional(Column::Sort, "sort_name", TEXT)?,
            },
            email: self.optional(Column::Email, "email", TEXT)?,
            languages: languages
                .split([' ', ',', ';', '|'])
                .filter(|tag| !tag.is_empty())
                .map(str::to_owned)
                .collect(),
            image: self.optional(Column::Image, "image", 2 * TEXT)?,
            birth_date: date("birth_date", self.cell(Column::Birth))?,
            ..Member::new(id, "")
        })
    }

    fn seat(&self, id: &str) -> Result<Seat, Refusal> {
        let named = |column, column_id, field| {
            let name = self.optional(column, field, TEXT)?;
            let id = self.optional(column_id, field, ID)?;
            Ok(match (id, name) {
                (Some(id), name) => Some(Named {
                    name: name.unwrap_or_else(|| id.clone()),
                    id,
                }),
                (None, Some(name)) => Some(Named {
                    id: name.clone(),
                    name,
                }),
                (None, None) => None,
            })
        };
        Ok(Seat {
            member: id.to_owned(),
            chamber: self.optional(Column::Chamber, "chamber", ID)?,
            term: self.optional(Column::Term, "term", ID)?,
            constituency: named(Column::Constituency, Column::ConstituencyId, "constituency")?,
            group: named(Column::Group, Column::GroupId, "group")?,
            start: date("start_date", self.cell(Column::Start))?,
            end: date("end_date", self.cell(Column::End))?,
        })
    }
}
