//! Term status: one entry that ends the mandates of a whole chamber.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{DecisionDigest, Instant, SlotRef};

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
    /// When it was ended, by a dissolution for example; may lie ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// When that ending was annulled; the term runs again from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annulled_at: Option<Instant>,
    /// The decision behind the latest of the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionDigest>,
    /// The mandates that go on after the end: a permanent deputation, a caretaker speaker.
    #[serde(default)]
    pub exceptions: BTreeSet<SlotRef>,
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
            ended_at: None,
            annulled_at: None,
            decision: None,
            exceptions: BTreeSet::new(),
        }
    }

    /// Returns since when the term is over, if it is at `at`, exceptions aside.
    pub fn ended_since(&self, at: Instant) -> Option<Instant> {
        let annulled = |at| self.annulled_at.is_some_and(|annulled| annulled <= at);
        let ended = self.ended_at.filter(|_| !annulled(at));
        let since = match (ended, self.end) {
            (Some(ended), Some(end)) => ended.min(end),
            (ended, end) => ended.or(end)?,
        };
        (since <= at).then_some(since)
    }
}
