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
    (Column::Chamber, CHAMBER),
    (Column::Languages, &["languages", "language"]),
    (Column::Image, &["image", "photo"]),
    (Column::Birth, &["birth_date", "date_of_birth"]),
];

/// By which names a table says in which chamber a seat is; ids first, for a name may stand beside.
const CHAMBER: &[&str] = &[
    "chamber_id",
    "chamber",
    "organization_id",
    "organisation_id",
    "organization",
    "organisation",
    "house",
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
    positions: BTreeMap<Column, Vec<usize>>,
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
            let named = |name: &&str| {
                let standing = titles.iter().enumerate();
                let same: Vec<usize> = standing
                    .filter(|(_, title)| title == name)
                    .map(|(at, _)| at)
                    .collect();
                same
            };
            let mut found: Vec<usize> = names.iter().flat_map(named).collect();
            // No column that tells the chamber is passed over: a seat of the other house would be
            // taken because the better column happens to be empty.
            if *column != Column::Chamber {
                found.truncate(1);
            }
            if !found.is_empty() {
                positions.insert(*column, found);
            }
        }
        let unused: Vec<String> = titles
            .iter()
            .enumerate()
            .filter(|(position, _)| !positions.values().flatten().any(|used| used == position))
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
        if let Some([first, rest @ ..]) = positions.get(&Column::Chamber).map(Vec::as_slice)
            && !rest.is_empty()
        {
            let rest: Vec<&str> = rest.iter().map(|at| titles[*at].as_str()).collect();
            let message = format!(
                "columns that count where {} is empty: {}",
                titles[*first],
                rest.join(", ")
            );
            notes.push(Note::new(None, message));
        }
        Ok(Self {
            positions,
            width: header.len(),
        })
    }

    /// Returns the cell under a column; an empty one where the table has no such column.
    pub(super) fn cell<'r>(&self, column: Column, record: &'r StringRecord) -> &'r str {
        let positions = self.positions.get(&column).into_iter().flatten();
        let mut cells = positions.filter_map(|position| record.get(*position));
        cells
            .find(|cell| !cell.trim().is_empty())
            .unwrap_or_default()
    }
}
