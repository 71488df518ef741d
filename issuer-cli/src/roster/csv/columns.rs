//! What the columns of a table mean.

use std::collections::BTreeMap;

use csv::StringRecord;

use crate::roster::RosterError;
use crate::roster::report::Note;
use crate::roster::text::shown;

/// What a column means, and the header names it goes by. Of several, the one that stands first here
/// counts, wherever it stands in the table.
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
pub(super) enum Column {
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

/// Where the columns stand.
#[derive(Debug)]
pub(super) struct Columns {
    positions: BTreeMap<Column, usize>,
    /// How many cells the header has.
    pub(super) width: usize,
}

impl Columns {
    /// Reads the header line.
    ///
    /// # Errors
    /// [`RosterError`] when there is no id, or nothing to call a member by.
    pub(super) fn read(header: &StringRecord, notes: &mut Vec<Note>) -> Result<Self, RosterError> {
        let titles: Vec<String> = header
            .iter()
            .map(|title| title.trim().to_lowercase().replace([' ', '-'], "_"))
            .collect();
        let mut positions = BTreeMap::new();
        for (column, names) in COLUMNS {
            let found = names
                .iter()
                .find_map(|name| titles.iter().position(|title| title == name));
            positions.extend(found.map(|position| (*column, position)));
        }
        let unused: Vec<String> = titles
            .iter()
            .enumerate()
            .filter(|(position, _)| !positions.values().any(|used| used == position))
            .map(|(_, title)| shown(title))
            .collect();
        let has = |column| positions.contains_key(&column);
        if !has(Column::Id) {
            return Err(RosterError::malformed("the header line has no column id"));
        }
        let names = [Column::Name, Column::Given, Column::Family, Column::Sort];
        if !names.into_iter().any(has) {
            let message = "the header line has no column name, and no given_name and family_name";
            return Err(RosterError::malformed(message));
        }
        if !unused.is_empty() {
            let message = format!("columns passed over: {}", shown(&unused.join(", ")));
            notes.push(Note::new(None, message));
        }
        Ok(Self {
            positions,
            width: header.len(),
        })
    }

    /// Returns the cell under a column; an empty one where the table has no such column.
    pub(super) fn cell<'r>(&self, column: Column, record: &'r StringRecord) -> &'r str {
        let position = self.positions.get(&column);
        position
            .and_then(|position| record.get(*position))
            .unwrap_or_default()
    }
}
