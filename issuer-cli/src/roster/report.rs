//! What an import found and did, for people and for programs.

use serde::Serialize;

use crate::Code;

/// The outcome of an import.
///
/// `imported + refused = rows`; a second import of the same file has `imported == unchanged`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Rows of the file: memberships of role member, persons with no membership, or data lines.
    pub rows: usize,
    /// Rows taken.
    pub imported: usize,
    /// Rows taken that say what the register already holds.
    pub unchanged: usize,
    /// Rows not taken.
    pub refused: usize,
    /// Why rows were not taken, in the order of the rows.
    pub problems: Vec<Problem>,
    /// What else deserves to be known; no row was lost over it.
    pub notes: Vec<Note>,
    /// Members the register did not hold.
    pub new: Vec<Difference>,
    /// Members about whom something changes.
    pub changed: Vec<Difference>,
    /// Mandates held by the register's account, whose member does not sit by the file's.
    pub left: Vec<Left>,
    /// How many mandates are held, by the file's account.
    pub sitting: usize,
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// The row, counted from 1: memberships of role member in their order, then persons with no
    /// membership; in a table, data lines.
    pub row: usize,
    /// The person's id, where it could be read.
    pub id: Option<String>,
    /// The stable code.
    #[serde(serialize_with = "as_text")]
    pub code: Code,
    /// What is wrong, for people.
    pub message: String,
}

/// Something about the file that cost no row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Note {
    /// The id of the person, term or organisation concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What is noteworthy, for people.
    pub message: String,
}

impl Note {
    pub(crate) fn new(id: impl Into<Option<String>>, message: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            message: message.into(),
        }
    }
}

/// A member who is new or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The member's id.
    pub member: String,
    /// The name, as the file has it.
    pub name: String,
    /// Which fields differ, such as `name`, `mandate` (a new one) or `mandate.group`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// A mandate that needs ending by hand: an import never ends one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Left {
    /// The member's id.
    pub member: String,
    /// The name, as the register has it.
    pub name: String,
    /// The mandate's id.
    pub mandate: String,
    /// The last day, where the file gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<super::dates::PartialDate>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls serialize_with functions with a reference"
)]
fn as_text<S: serde::Serializer>(code: &Code, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}
