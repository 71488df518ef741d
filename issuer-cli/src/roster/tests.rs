//! One test for each rule, and every real roster.

mod messages;
mod people;
mod popolo;
mod random;
mod real;
mod rules;
mod tables;
mod terms;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Import, ImportOptions, import};
use crate::records::{Ending, Reason, Register};

const AS_OF: &str = "2016-01-01T12:00:00Z";

/// Imports into a register and writes the changes.
fn take(register: &mut Register, file: &str) -> Import {
    take_as(register, file, "house", AS_OF)
}

fn take_as(register: &mut Register, file: &str, chamber: &str, as_of: &str) -> Import {
    let zone = TimeZone::UTC;
    let as_of: Timestamp = as_of.parse().unwrap();
    let options = ImportOptions::new(chamber, &zone, as_of);
    let imported = import(register, file.as_bytes(), &options).unwrap();
    let report = &imported.report;
    assert_eq!(report.imported + report.refused, report.rows, "{report:?}");
    imported.changes.apply(register);
    imported
}

/// Returns the problems as `row code`.
fn problems(imported: &Import) -> Vec<String> {
    let problems = imported.report.problems.iter();
    problems.map(|p| format!("{} {}", p.row, p.code)).collect()
}
