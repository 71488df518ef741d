//! What both file formats are read into, before anything is decided.

use std::collections::BTreeMap;

use super::dates::{self, PartialDate};
use super::report::Note;
use super::text;
use crate::Code;
use crate::records::{Member, Named};

/// A file, read: rows in their order, and what they refer to.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) rows: Vec<Row>,
    /// Persons by id; a person that cannot be taken carries the reason to every row about them.
    pub(super) persons: BTreeMap<String, Result<Member, Refusal>>,
    pub(super) terms: BTreeMap<String, TermDates>,
    /// Whether a row may name a term that nothing describes: a table has no place to describe one.
    pub(super) terms_are_implied: bool,
    /// Whether a row that names a chamber means that one and no other. A table's column says so in the
    /// clerk's own words; an organisation of a document is an id that its maker chose.
    pub(super) chambers_are_codes: bool,
    pub(super) notes: Vec<Note>,
}

impl Sheet {
    /// Adds a row; its number counts from 1.
    pub(super) fn push(&mut self, id: Option<String>, content: Result<Content, Refusal>) {
        self.push_line(None, id, content);
    }

    /// Adds a row that begins at a line of the file.
    pub(super) fn push_line(
        &mut self,
        line: Option<usize>,
        id: Option<String>,
        content: Result<Content, Refusal>,
    ) {
        self.rows.push(Row { line, id, content });
    }

    /// Adds a person. Two different descriptions of one id cannot both be believed, so neither is.
    pub(super) fn describe(&mut self, id: String, person: Result<Member, Refusal>) {
        let conflict = || {
            Refusal::new(
                Code::RosterDuplicatePerson,
                "the file describes this id as two different persons",
            )
        };
        self.persons
            .entry(id)
            .and_modify(|known| {
                if *known != person {
                    *known = Err(conflict());
                }
            })
            .or_insert(person);
    }
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// The line of a table, counted from 1 as an editor does: the header and blank lines are no rows.
    pub(super) line: Option<usize>,
    /// The person's id as the file has it, where it can be read.
    pub(super) id: Option<String>,
    pub(super) content: Result<Content, Refusal>,
}

/// What an acceptable row says.
#[derive(Debug)]
pub(super) enum Content {
    /// A person without a seat.
    Person(String),
    /// A seat.
    Seat(Seat),
}

/// A seat as one row tells it.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    pub(super) member: String,
    /// The organisation's id; absent means the issuer's chamber.
    pub(super) chamber: Option<String>,
    /// The term's id; absent means the one term of a file that names none.
    pub(super) term: Option<String>,
    pub(super) constituency: Option<Named>,
    pub(super) group: Option<Named>,
    pub(super) start: Option<PartialDate>,
    pub(super) end: Option<PartialDate>,
}

/// A term as the file describes it.
#[derive(Debug)]
pub(super) struct TermDates {
    pub(super) label: String,
    pub(super) start: Option<PartialDate>,
    /// An end that is there and cannot be read is not the same as none.
    pub(super) end: Result<Option<PartialDate>, Refusal>,
}

/// Why a row is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: Code,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub(super) fn missing(field: &str) -> Self {
        Self::new(Code::RosterFieldMissing, format!("{field} is missing"))
    }
}

/// Reads a date; an empty one is absent.
pub(super) fn date(field: &str, text: Option<&str>) -> Result<Option<PartialDate>, Refusal> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|error| {
        let shown = text::shown(text);
        let write = dates::rewritten(text);
        let message = format!("{field} {shown}: {error}{write}");
        Refusal::new(Code::RosterDateInvalid, message)
    })
}
