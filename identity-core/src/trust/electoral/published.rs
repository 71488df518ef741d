//! A period as a bundle carries it: with when it was made public, and what was announced in it.

use serde::{Deserialize, Serialize};

use super::{Announced, BULK_NOTICE, ElectoralError, PeriodDraft};
use crate::status::Instant;

/// A period as it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::exhaustive_structs, reason = "three members, complete")]
pub struct PublishedPeriod {
    /// The signed document.
    pub document: serde_json::Value,
    /// When this was first published: before the period begins, or it counts for nothing.
    pub published: Instant,
    /// Changes in bulk that were announced for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bulk_changes: Vec<BulkChange>,
}

/// A change of many mandates at once, announced a day ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "two members, complete")]
pub struct BulkChange {
    /// From when, for 24 hours.
    pub at: Instant,
    /// When this was first published.
    pub published: Instant,
}

/// A period that was signed by those who may, and made public before it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElectoralPeriod {
    draft: PeriodDraft,
    published: Instant,
    bulk_changes: Vec<BulkChange>,
}

impl BulkChange {
    /// Returns whether it was announced long enough ahead, and is for this instant.
    pub fn allows(&self, at: Instant) -> bool {
        let since = at.seconds_since(self.at);
        self.at.seconds_since(self.published) >= BULK_NOTICE.as_secs()
            && since >= 0
            && since < BULK_NOTICE.as_secs()
    }
}

impl ElectoralPeriod {
    /// Takes an announced period that was published at this instant.
    ///
    /// # Errors
    /// [`ElectoralError::Late`] when it had begun by then.
    pub fn new(
        announced: &Announced,
        published: Instant,
        bulk_changes: Vec<BulkChange>,
    ) -> Result<Self, ElectoralError> {
        let draft = announced.draft().clone();
        if draft.from <= published {
            return Err(ElectoralError::Late);
        }
        Ok(Self {
            draft,
            published,
            bulk_changes,
        })
    }

    /// Returns from when.
    pub const fn from(&self) -> Instant {
        self.draft.from
    }

    /// Returns until when.
    pub const fn to(&self) -> Instant {
        self.draft.to
    }

    /// Returns what it says.
    pub const fn draft(&self) -> &PeriodDraft {
        &self.draft
    }

    /// Returns when it was made public.
    pub const fn published(&self) -> Instant {
        self.published
    }

    /// Returns whether it covers an instant, for a chamber.
    pub fn covers(&self, at: Instant, chamber: &str) -> bool {
        let of = self.draft.chamber.as_deref();
        self.draft.from <= at && at < self.draft.to && of.is_none_or(|of| of == chamber)
    }

    /// Returns whether a change in bulk at an instant was announced in time.
    pub fn allows_bulk(&self, at: Instant) -> bool {
        self.bulk_changes.iter().any(|change| change.allows(at))
    }
}
