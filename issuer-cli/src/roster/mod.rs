//! The roster: reading it, deciding what it says, and comparing it with the register.
//!
//! [`import`] is pure. It reads a file in one of two forms, Popolo JSON or a table, and returns a
//! [`Report`] with the [`RosterChanges`] to write. Rows that cannot be taken are refused one by one
//! with a stable code; nothing else is lost. An import never ends a mandate: what `mandate end` and
//! `term end` recorded stays.

mod about;
mod csv;
pub mod dates;
mod diff;
mod popolo;
mod report;
mod seats;
mod sheet;
mod text;

#[cfg(test)]
mod tests;

use core::fmt;

use identity_core::encoding::strict_json::JsonError;
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use self::diff::RosterChanges;
pub use self::report::{Difference, Left, Note, Problem, Report};
use crate::Code;
use crate::records::Register;

/// Largest file, in bytes: some 200,000 seats with everything that is known about them.
const MAX_FILE: usize = 256 << 20;

/// Who imports, and when.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ImportOptions<'a> {
    /// The issuer's chamber code, opaque.
    pub chamber: &'a str,
    /// The chamber's time zone.
    pub zone: &'a TimeZone,
    /// The instant at which "who sits" is asked.
    pub as_of: Timestamp,
}

impl<'a> ImportOptions<'a> {
    /// Makes options.
    pub const fn new(chamber: &'a str, zone: &'a TimeZone, as_of: Timestamp) -> Self {
        Self {
            chamber,
            zone,
            as_of,
        }
    }
}

/// What an import found, and what there is to write.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Import {
    /// The report.
    pub report: Report,
    /// New and changed records.
    pub changes: RosterChanges,
}

/// Reads a roster and compares it with the register.
///
/// A file whose first sign is `{` is read as Popolo, any other as a table.
///
/// # Errors
/// [`RosterError`] when the file as a whole cannot be read. A file of which every row is refused is
/// no error; see [`Report::imported`].
pub fn import(
    existing: &Register,
    file: &[u8],
    options: &ImportOptions<'_>,
) -> Result<Import, RosterError> {
    if file.len() > MAX_FILE {
        return Err(RosterError::TooLarge { limit: MAX_FILE });
    }
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut sheet = match file.trim_ascii_start().first() {
        Some(b'{') => popolo::read(file, options.chamber)?,
        Some(b'[') => {
            return Err(RosterError::malformed(
                "a JSON array is not a Popolo document",
            ));
        }
        Some(_) => csv::read(file)?,
        None => return Err(RosterError::malformed("the file is empty")),
    };
    let seats = seats::decide(&mut sheet, existing, options);
    Ok(diff::compare(sheet, &seats, existing, options))
}

/// Describes the columns of a table, one a line, to whoever has to make one.
pub fn table_columns() -> String {
    csv::described()
}

/// Reports why a file as a whole cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RosterError {
    /// The file is not strict JSON.
    #[error("the roster is not strict JSON: {0}")]
    Json(#[from] JsonError),
    /// The file has another shape.
    #[error("the roster cannot be read: {reason}")]
    Malformed {
        /// What does not fit.
        reason: String,
    },
    /// The file is larger than any roster.
    #[error("the roster is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
}

impl RosterError {
    fn malformed(reason: impl fmt::Display) -> Self {
        Self::Malformed {
            reason: reason.to_string(),
        }
    }

    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Json(JsonError::TooLarge { .. }) | Self::TooLarge { .. } => Code::RosterTooLarge,
            Self::Json(_) | Self::Malformed { .. } => Code::RosterMalformed,
        }
    }
}
