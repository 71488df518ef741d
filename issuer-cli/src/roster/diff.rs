//! What an import changes: for the register, and in words.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::report::{Difference, Left, Note, Problem, Report};
use super::seats::Seats;
use super::sheet::{Content, Sheet};
use super::{Import, ImportOptions};
use crate::records::{Mandate, Member, Register, Term};

/// Records to write: those that are new or differ from the register's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RosterChanges {
    /// Members.
    pub members: Vec<Member>,
    /// Mandates.
    pub mandates: Vec<Mandate>,
    /// Terms.
    pub terms: Vec<Term>,
}

impl RosterChanges {
    /// Says whether there is nothing to write.
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty() && self.mandates.is_empty() && self.terms.is_empty()
    }

    /// Applies the changes to a register in memory.
    pub fn apply(&self, register: &mut Register) {
        let members = self.members.iter().map(|m| (m.id.clone(), m.clone()));
        register.members.extend(members);
        let mandates = self.mandates.iter().map(|m| (m.id.clone(), m.clone()));
        register.mandates.extend(mandates);
        let terms = self.terms.iter().map(|t| (t.id.clone(), t.clone()));
        register.terms.extend(terms);
    }
}

/// Compares what the file says with what the register holds.
pub(super) fn compare(
    sheet: Sheet,
    seats: &Seats,
    existing: &Register,
    options: &ImportOptions<'_>,
) -> Import {
    let taken = members_taken(&sheet);
    let mut differences: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut changes = RosterChanges::default();
    for member in taken.values() {
        let fields = fields_changed(existing.members.get(&member.id), *member, "");
        if !fields.is_empty() {
            changes.members.push((*member).clone());
            differences.entry(&member.id).or_default().extend(fields);
        }
    }
    for mandate in seats
        .mandates
        .iter()
        .map(|(m, _)| m)
        .chain(&seats.followers)
    {
        let known = existing.mandates.get(&mandate.id);
        let fields = fields_changed(known, mandate, "mandate");
        if !fields.is_empty() {
            changes.mandates.push(mandate.clone());
            differences
                .entry(&mandate.member)
                .or_default()
                .extend(fields);
        }
    }
    let occupied: BTreeSet<&str> = seats
        .mandates
        .iter()
        .map(|(m, _)| m.term.as_str())
        .collect();
    for term in seats.terms.values() {
        let known = existing.terms.get(&term.id);
        if (known.is_some() || occupied.contains(term.id.as_str())) && known != Some(term) {
            changes.terms.push(term.clone());
        }
    }

    let mut report = Report {
        unchanged: unchanged(&sheet, seats, &changes),
        sitting: sitting(seats, options).count(),
        left: if sheet.rows.iter().any(|row| row.content.is_ok()) {
            left(&sheet, seats, existing, options)
        } else {
            // A file of which nothing was taken is the wrong file, and says of nobody that they left.
            Vec::new()
        },
        ..Report::default()
    };
    for (id, fields) in differences {
        let known = existing.members.get(id);
        let Some(member) = taken.get(id).copied().or(known) else {
            continue;
        };
        let known = known.is_some();
        let difference = Difference {
            member: id.to_owned(),
            name: member.name.display.clone(),
            fields: if known {
                fields.into_iter().collect()
            } else {
                Vec::new()
            },
        };
        if known {
            report.changed.push(difference);
        } else {
            report.new.push(difference);
        }
    }
    report.rows = sheet.rows.len();
    for (number, row) in sheet.rows.into_iter().enumerate() {
        match row.content {
            Ok(_) => report.imported += 1,
            Err(refusal) => report.problems.push(Problem {
                row: number + 1,
                id: row.id,
                code: refusal.code,
                // Whoever opens the file in a spreadsheet looks for the line, not for the row.
                message: match row.line {
                    Some(line) => format!("line {line}: {}", refusal.message),
                    None => refusal.message,
                },
            }),
        }
    }
    report.refused = report.problems.len();
    report.notes = sheet.notes;
    let nobody = report.problems.iter().filter(|p| p.id.is_none()).count();
    if nobody > 0 && !report.left.is_empty() {
        let message = format!(
            "{nobody} refused rows name nobody: they may be about members who seem to have left"
        );
        report.notes.push(Note::new(None, message));
    }
    Import { report, changes }
}

/// Returns the members about whom at least one row was taken.
fn members_taken(sheet: &Sheet) -> BTreeMap<String, &Member> {
    sheet
        .rows
        .iter()
        .filter_map(|row| match &row.content {
            Ok(Content::Person(id)) => Some(id),
            Ok(Content::Seat(seat)) => Some(&seat.member),
            Err(_) => None,
        })
        .filter_map(|id| Some((id.clone(), sheet.persons.get(id)?.as_ref().ok()?)))
        .collect()
}

fn unchanged(sheet: &Sheet, seats: &Seats, changes: &RosterChanges) -> usize {
    let members: BTreeSet<&str> = changes.members.iter().map(|m| m.id.as_str()).collect();
    let mandates: BTreeSet<&str> = changes.mandates.iter().map(|m| m.id.as_str()).collect();
    let terms: BTreeSet<&str> = changes.terms.iter().map(|t| t.id.as_str()).collect();
    let persons = sheet.rows.iter().filter(
        |row| matches!(&row.content, Ok(Content::Person(id)) if !members.contains(id.as_str())),
    );
    let held = seats.mandates.iter().filter(|(mandate, _)| {
        !members.contains(mandate.member.as_str())
            && !mandates.contains(mandate.id.as_str())
            && !terms.contains(mandate.term.as_str())
    });
    persons.count() + held.map(|(_, rows)| rows.len()).sum::<usize>()
}

fn sitting<'a>(seats: &'a Seats, options: &ImportOptions<'_>) -> impl Iterator<Item = &'a Mandate> {
    seats
        .mandates
        .iter()
        .map(|(mandate, _)| mandate)
        .filter(|mandate| {
            mandate.sits_at(seats.terms.get(&mandate.term), options.zone, options.as_of)
        })
}

/// Lists mandates held until now whose member holds none by the file's account: the file says that
/// the seat is over, or says nothing of it. A row that was refused, or a seat still to come, says
/// something of its member that is not known here; nobody is told to end a mandate over it.
fn left(
    sheet: &Sheet,
    seats: &Seats,
    existing: &Register,
    options: &ImportOptions<'_>,
) -> Vec<Left> {
    let sitting: BTreeSet<&str> = sitting(seats, options).map(|m| m.member.as_str()).collect();
    let is_to_come = |mandate: &Mandate| mandate.start.begins(options.zone) > options.as_of;
    let refused = sheet.rows.iter().filter(|row| row.content.is_err());
    let mut unsure: BTreeSet<&str> = refused.filter_map(|row| row.id.as_deref()).collect();
    let mut told: BTreeMap<&str, &Mandate> = BTreeMap::new();
    for (mandate, _) in &seats.mandates {
        told.insert(&mandate.id, mandate);
        if is_to_come(mandate) {
            unsure.insert(&mandate.member);
        }
    }
    let has_left = |mandate: &Mandate| match told.get(mandate.id.as_str()) {
        Some(told) => !is_to_come(told),
        None => !unsure.contains(mandate.member.as_str()),
    };
    let following = seats.followers.iter().map(|m| (m.id.as_str(), m));
    let ends: BTreeMap<&str, &Mandate> = told
        .iter()
        .map(|(id, m)| (*id, *m))
        .chain(following)
        .collect();
    existing
        .sitting(options.zone, options.as_of)
        .filter(|mandate| !sitting.contains(mandate.member.as_str()) && has_left(mandate))
        .map(|mandate| {
            let known = existing.members.get(&mandate.member);
            Left {
                member: mandate.member.clone(),
                name: known.map_or_else(|| mandate.member.clone(), |m| m.name.display.clone()),
                mandate: mandate.id.clone(),
                end: ends.get(mandate.id.as_str()).and_then(|now| now.end),
            }
        })
        .collect()
}

/// Names the fields in which two records differ; a record without a predecessor differs as a whole.
fn fields_changed<T: Serialize + PartialEq>(old: Option<&T>, new: &T, whole: &str) -> Vec<String> {
    let Some(old) = old else {
        return vec![if whole.is_empty() { "member" } else { whole }.to_owned()];
    };
    if old == new {
        return Vec::new();
    }
    let members = |record: &T| match serde_json::to_value(record) {
        Ok(serde_json::Value::Object(members)) => members,
        _ => serde_json::Map::new(),
    };
    let (old, new) = (members(old), members(new));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    names
        .into_iter()
        .filter(|name| old.get(*name) != new.get(*name))
        .map(|name| {
            if whole.is_empty() {
                name.clone()
            } else {
                format!("{whole}.{name}")
            }
        })
        .collect()
}
