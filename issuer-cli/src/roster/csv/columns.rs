//! What the columns of a table mean.

use std::collections::BTreeMap;

use csv::StringRecord;

use crate::Code;
use crate::roster::RosterError;
use crate::roster::report::Note;
use crate::roster::sheet::Refusal;
use crate::roster::text::shown;

/// What a column means, and the header names it goes by. Of several, the one that stands first here
/// counts, wherever it stands in the table; but see [`DECIDING`].
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

/// Columns that decide who sits where and how long. Of several of one meaning none is passed over: the
/// end of a seat would be lost because the better column happens to be empty.
const DECIDING: &[Column] = &[
    Column::Id,
    Column::Start,
    Column::End,
    Column::Term,
    Column::Chamber,
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
    titles: Vec<String>,
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
            if !DECIDING.contains(column) {
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
        Ok(Self {
            positions,
            titles,
            width: header.len(),
        })
    }

    /// Settles what a table means by `id` that has a column of person ids beside it. Where the two
    /// differ, the first is that of the line: by it one person would become several members.
    pub(super) fn settle_id(&mut self, records: &[StringRecord], notes: &mut Vec<Note>) {
        let Some(ids) = self.positions.get_mut(&Column::Id) else {
            return;
        };
        let titles = &self.titles;
        let (lines, persons): (Vec<usize>, Vec<usize>) = ids
            .iter()
            .partition(|at| titles.get(**at).is_some_and(|title| title == "id"));
        let Some(person) = persons.first().and_then(|at| titles.get(*at)) else {
            return;
        };
        let mut all = records.iter();
        if !lines.is_empty() && all.any(|record| differing(&[&*persons, &lines].concat(), record)) {
            let message = format!("the column {person} says who a member is; id is passed over");
            notes.push(Note::new(None, message));
            *ids = persons;
        }
    }

    /// Returns the cell under a column; an empty one where the table has no such column. Of several
    /// columns the first counts that is not empty.
    pub(super) fn cell<'r>(&self, column: Column, record: &'r StringRecord) -> &'r str {
        let positions = self.positions.get(&column);
        let mut cells = filled(positions.map_or(&[], Vec::as_slice), record);
        cells.next().unwrap_or_default()
    }

    /// Says no to a line that tells two things under columns of one meaning.
    ///
    /// # Errors
    /// `roster.row_malformed`.
    pub(super) fn agree(&self, columns: &[Column], record: &StringRecord) -> Result<(), Refusal> {
        for column in columns {
            let positions = self.positions.get(column).map_or(&[][..], Vec::as_slice);
            if differing(positions, record) {
                let titles = positions.iter().filter_map(|at| self.titles.get(*at));
                let titles: Vec<&str> = titles.map(String::as_str).collect();
                let message = format!("the columns {} differ", titles.join(" and "));
                return Err(Refusal::new(Code::RosterRowMalformed, message));
            }
        }
        Ok(())
    }
}

/// Returns the cells that are not empty.
fn filled<'r>(positions: &[usize], record: &'r StringRecord) -> impl Iterator<Item = &'r str> {
    let cells = positions.iter().filter_map(|at| record.get(*at));
    cells.filter(|cell| !cell.trim().is_empty())
}

fn differing(positions: &[usize], record: &StringRecord) -> bool {
    let mut cells = filled(positions, record).map(str::trim);
    let first = cells.next();
    cells.any(|cell| Some(cell) != first)
}
