//! What the columns of a table mean.

use std::collections::BTreeMap;

use csv::StringRecord;

use crate::Code;
use crate::roster::RosterError;
use crate::roster::report::Note;
use crate::roster::sheet::Refusal;
use crate::roster::text::shown;

/// What a column is called, and what it means to a clerk.
///
/// Of several names, the one that stands first here counts, wherever it stands in the table.
struct Known {
    column: Column,
    names: &'static [&'static str],
    meaning: &'static str,
}

const fn known(column: Column, names: &'static [&'static str], meaning: &'static str) -> Known {
    Known {
        column,
        names,
        meaning,
    }
}

/// Every column, in the order in which a clerk reads of them.
const COLUMNS: &[Known] = &[
    known(
        Column::Id,
        &["id", "member_id", "person_id"],
        "the member's id; needed, and the same in every import",
    ),
    known(
        Column::Name,
        &["name", "full_name", "display_name"],
        "the name as it is shown; needed unless its parts are there",
    ),
    known(
        Column::Given,
        &["given_name", "first_name", "given_names"],
        "a part of the name",
    ),
    known(
        Column::Family,
        &["family_name", "last_name", "surname"],
        "a part of the name",
    ),
    known(
        Column::Native,
        &["native_name"],
        "the name in its own script",
    ),
    known(Column::Sort, &["sort_name"], "the name as lists sort it"),
    known(
        Column::Start,
        &["start_date", "start"],
        "first day of the seat: 2026-02-03, 2026-02 or 2026",
    ),
    known(
        Column::End,
        &["end_date", "end"],
        "last day of the seat; empty while it goes on",
    ),
    known(
        Column::Chamber,
        CHAMBER,
        "the chamber's code; another than the issuer's is refused, empty is the issuer's",
    ),
    known(
        Column::Term,
        &["term", "term_id", "legislative_period_id"],
        "the legislative period",
    ),
    known(
        Column::Constituency,
        &["constituency", "area", "district"],
        "the constituency's name",
    ),
    known(
        Column::ConstituencyId,
        &["constituency_id", "area_id"],
        "the constituency's id",
    ),
    known(
        Column::Group,
        &["group", "party", "faction"],
        "the group's name",
    ),
    known(Column::GroupId, &["group_id", "party_id"], "the group's id"),
    known(Column::Email, &["email", "e_mail"], "the e-mail address"),
    known(
        Column::Languages,
        &["languages", "language"],
        "language tags with blanks between them: en fr",
    ),
    known(
        Column::Image,
        &["image", "photo"],
        "the address of a picture",
    ),
    known(
        Column::Birth,
        &["birth_date", "date_of_birth"],
        "the date of birth",
    ),
];

/// Describes the columns, one a line, for the help of the command line.
pub(in crate::roster) fn described() -> String {
    let mut lines = Vec::new();
    for Known { names, meaning, .. } in COLUMNS {
        let [name, others @ ..] = names else { continue };
        lines.push(format!("  {name:<16} {meaning}"));
        if !others.is_empty() {
            lines.push(format!("  {:<16} also {}", "", others.join(", ")));
        }
    }
    lines.join("\n")
}

/// Reports a column that every table needs, to people who have only the table before them.
fn lacking(column: &str, header: &StringRecord) -> RosterError {
    let has: Vec<&str> = header.iter().map(str::trim).collect();
    let known = COLUMNS.iter().filter_map(|known| known.names.first());
    RosterError::malformed(format!(
        "the header line has no column {column}; it has: {}; known columns: {}",
        shown(&has.join(", ")),
        known.copied().collect::<Vec<_>>().join(", ")
    ))
}

/// By which names a table says in which chamber a seat is; an organisation's id counts before its name.
const CHAMBER: &[&str] = &[
    "chamber",
    "chamber_id",
    "organization_id",
    "organisation_id",
    "organization",
    "organisation",
    "house",
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
        for Known { column, names, .. } in COLUMNS {
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
            return Err(lacking("id", header));
        }
        let names = [Column::Name, Column::Given, Column::Family, Column::Sort];
        if !names.into_iter().any(has) {
            return Err(lacking("name, given_name or family_name", header));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_describe_every_column() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../examples/parliament/README.md"
        );
        let readme = fs_err::read_to_string(path).unwrap();
        let help = described();
        for Known { names, meaning, .. } in COLUMNS {
            let code: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let others = code[1..].join(", ");
            let row = format!("| {} | {others} | {meaning} |", code[0]).replace("|  |", "| |");
            assert!(readme.contains(&row), "{row}");
            assert!(help.contains(meaning) && names.iter().all(|name| help.contains(name)));
        }
    }
}
