//! Reading the events that are legislative periods.

use std::collections::BTreeSet;

use identity_core::encoding::strict_json::Value;

use super::values::{cleaned, id_of, text};
use crate::roster::about::About;
use crate::roster::dates::{self, PartialDate};
use crate::roster::report::Note;
use crate::roster::sheet::{Refusal, Sheet, TermDates, date};
use crate::roster::text::{Use, shown};

/// Reads the terms: the events of that kind, and those that memberships name as their period.
pub(super) fn read(events: &[Value<'_>], named: &BTreeSet<String>, sheet: &mut Sheet) {
    for event in events {
        let kind = text(event, "classification").ok().flatten();
        let kind = kind.unwrap_or_default();
        let is_period = kind.trim().is_empty()
            || [
                "legislative period",
                "legislative-period",
                "legislative_period",
            ]
            .contains(&kind.trim().to_lowercase().as_str());
        let id = match id_of(event, "id") {
            Ok(id) if is_period || named.contains(&id) => id,
            Ok(_) => continue,
            Err(_) if !is_period => continue,
            Err(refusal) => {
                let message = format!("a term was passed over: {}", refusal.message);
                sheet.notes.push(Note::new(None, message));
                continue;
            }
        };
        if sheet.terms.contains_key(&id) {
            let message = "a second term with this id was passed over";
            sheet.notes.push(Note::new(id, message));
            continue;
        }
        let term = term(&id, event, &mut sheet.notes);
        sheet.terms.insert(id, term);
    }
}

fn term(id: &str, event: &Value<'_>, notes: &mut Vec<Note>) -> TermDates {
    let mut about = About::new(Some(id), notes);
    let label = about.keep(cleaned(event, "name", Use::Shown));
    let start = match text(event, "start_date") {
        Ok(start) => {
            let read = date("start_date", start.as_deref());
            approximately(read, start.as_deref(), &mut about).unwrap_or_default()
        }
        Err(refusal) => about.keep(Err(refusal)),
    };
    let end = match text(event, "end_date") {
        Ok(end) => {
            let read = about.end("end_date", end.as_deref());
            approximately(read, end.as_deref(), &mut about)
        }
        Err(refusal) => {
            about.note(refusal.message.clone());
            Err(refusal)
        }
    };
    TermDates {
        label: label.unwrap_or_else(|| id.to_owned()),
        start,
        end,
    }
}

/// Keeps of a term's date what the calendar has. A whole chamber hangs on it: without its start
/// nobody could be taken, and without its end its members would sit on.
///
/// # Errors
/// The [`Refusal`] of a date of which nothing can be kept: that is not the same as no date.
fn approximately(
    read: Result<Option<PartialDate>, Refusal>,
    text: Option<&str>,
    about: &mut About<'_>,
) -> Result<Option<PartialDate>, Refusal> {
    let text = text.unwrap_or_default().trim();
    if let (Err(refusal), Some(date)) = (&read, dates::coarser(text)) {
        about.note(format!("{}: read as {date}", refusal.message));
        return Ok(Some(date));
    }
    if read.is_err() {
        about.note(format!("the term's date {} cannot be used", shown(text)));
    }
    read
}
