//! Term status: one entry that ends the mandates of a whole chamber.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{DecisionDigest, Ender, Instant, SlotRef};

/// The status of one term (legislative period).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Term {
    /// The id that mandates name, such as `term/10`.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// When it begins.
    pub start: Instant,
    /// When it ends by the calendar, if that is known: the first instant after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Instant>,
    /// Every ending there was: one that was annulled stays, for it counted until then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endings: Vec<TermEnding>,
}

/// One ending of a term, by a dissolution for example: it counts in `[at, annulledAt)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TermEnding {
    /// From when the term is over; may lie ahead.
    pub at: Instant,
    /// When the ending was annulled; the term runs again from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annulled_at: Option<Instant>,
    /// The decision behind the latest of the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionDigest>,
    /// The mandates that go on after it: a permanent deputation, a caretaker speaker.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub exceptions: BTreeSet<SlotRef>,
}

impl TermEnding {
    /// Makes an ending without exceptions.
    pub fn new(at: impl Into<Instant>) -> Self {
        Self {
            at: at.into(),
            annulled_at: None,
            decision: None,
            exceptions: BTreeSet::new(),
        }
    }

    /// Returns what stands behind it.
    const fn ender(&self) -> Ender {
        match (self.annulled_at, self.decision) {
            (Some(_), _) => Ender::Annulled,
            (None, Some(decision)) => Ender::Decision(decision),
            (None, None) => Ender::Nobody,
        }
    }

    fn counts(&self, at: Instant) -> bool {
        self.at <= at && self.annulled_at.is_none_or(|annulled| at < annulled)
    }
}

impl Term {
    /// Makes a term that has not been ended.
    pub fn new(
        id: impl Into<String>,
        label: impl Into<String>,
        start: impl Into<Instant>,
        end: Option<Instant>,
    ) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
            start: start.into(),
            end,
            endings: Vec::new(),
        }
    }

    /// Returns since when the term is over for the credential in this slot, if it is at `at`, and what
    /// ended it.
    ///
    /// A mandate that outlives an ending which counts then outlives the end by the calendar too; another
    /// ending that does not except it ends it.
    pub fn ended_since(&self, at: Instant, slot: Option<&SlotRef>) -> Option<(Instant, Ender)> {
        let excepted = |ending: &TermEnding| slot.is_some_and(|s| ending.exceptions.contains(s));
        let counting = self.endings.iter().filter(|ending| ending.counts(at));
        let ended = counting
            .filter(|ending| !excepted(ending))
            .map(|ending| (ending.at, ending.ender()));
        let by_calendar = self.end.filter(|end| *end <= at);
        let outlives = |ending: &TermEnding| ending.counts(at) && excepted(ending);
        let by_calendar = by_calendar.filter(|_| !self.endings.iter().any(outlives));
        let by_calendar = by_calendar.map(|end| (end, Ender::Calendar));
        // What the calendar ended needs no decision, and is named first where both fall on one instant.
        by_calendar
            .into_iter()
            .chain(ended)
            .min_by_key(|(at, _)| *at)
    }
}
