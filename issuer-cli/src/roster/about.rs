//! What both formats say of a person, read generously: what no mandate rests on is left out with a
//! note where it cannot be used, and costs nobody a seat.

use super::dates::{self, PartialDate};
use super::report::Note;
use super::sheet::{Refusal, date};
use super::text::{self, Use};
use crate::records::Named;

/// Notes about one person, term or organisation.
pub(super) struct About<'n> {
    id: Option<String>,
    notes: &'n mut Vec<Note>,
}

impl<'n> About<'n> {
    pub(super) fn new(id: Option<&str>, notes: &'n mut Vec<Note>) -> Self {
        let id = id.map(str::to_owned);
        Self { id, notes }
    }

    pub(super) fn note(&mut self, message: impl Into<String>) {
        self.notes.push(Note::new(self.id.clone(), message));
    }

    /// Returns what was read, or leaves it out with a note.
    pub(super) fn keep<T>(&mut self, read: Result<Option<T>, Refusal>) -> Option<T> {
        read.unwrap_or_else(|refusal| {
            self.note(format!("left out: {}", refusal.message));
            None
        })
    }

    /// Reads an end. One at the end of the calendar is how databases write that there is none.
    ///
    /// # Errors
    /// As [`date`].
    pub(super) fn end(
        &mut self,
        field: &str,
        text: Option<&str>,
    ) -> Result<Option<PartialDate>, Refusal> {
        if let Some(text) = text.map(str::trim).filter(|text| dates::means_no_end(text)) {
            self.note(format!("{field} {text} means that there is no end"));
            return Ok(None);
        }
        date(field, text)
    }

    /// Returns the name to show: the roster's own, else one made of its parts.
    ///
    /// # Errors
    /// A [`Refusal`] when there is no name, or it would be too long.
    pub(super) fn display_name(
        &mut self,
        own: Option<String>,
        (given, family, sort): (&Option<String>, &Option<String>, &Option<String>),
    ) -> Result<String, Refusal> {
        if let Some(own) = own {
            return Ok(own);
        }
        if let (Some(given), Some(family)) = (given, family) {
            return text::needed("name", &format!("{given} {family}"), Use::Shown);
        }
        for (field, name) in [
            ("sort_name", sort),
            ("family_name", family),
            ("given_name", given),
        ] {
            if let Some(name) = name {
                self.note(format!("there is no name: {field} is shown"));
                return Ok(name.clone());
            }
        }
        Err(Refusal::missing("name"))
    }
}

/// Makes a place or a group of its id and its name, one standing in for the other.
pub(super) fn named(id: Option<String>, name: Option<String>) -> Option<Named> {
    match (id, name) {
        (Some(id), Some(name)) => Some(Named { id, name }),
        (Some(one), None) | (None, Some(one)) => Some(Named {
            id: one.clone(),
            name: one,
        }),
        (None, None) => None,
    }
}
