//! What became of an accreditation, and how it stood at an instant.

use serde::{Deserialize, Serialize};

use crate::{
    Code,
    status::{DecisionDigest, Instant},
};

/// The state of an accreditation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a verdict must name every case")]
pub enum State {
    /// In force.
    Active,
    /// The affiliation is suspended: abroad each verifier decides, at home nothing changes.
    Suspended,
    /// Taken back.
    Withdrawn,
    /// The parliament does not function any more: its mandates have ended.
    Dissolved,
    /// Its keys are in other hands: nothing issued from then on counts, and what says it is older may lie.
    KeyCompromised,
}

impl State {
    /// Returns the word used in JSON and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Withdrawn => "withdrawn",
            Self::Dissolved => "dissolved",
            Self::KeyCompromised => "key-compromised",
        }
    }

    /// Returns the code of a check that does not pass because of it; `None` in force.
    pub const fn code(self) -> Option<Code> {
        match self {
            Self::Active => None,
            Self::Suspended => Some(Code::AccreditationSuspended),
            Self::Withdrawn => Some(Code::AccreditationWithdrawn),
            Self::Dissolved => Some(Code::AccreditationDissolved),
            Self::KeyCompromised => Some(Code::AccreditationKeyCompromised),
        }
    }
}

/// A change of state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct StateChange {
    /// The new state.
    pub state: State,
    /// From when.
    pub from: Instant,
    /// When officers signed it; without a decision it does not reach back before that.
    pub recorded: Instant,
    /// Why, as a short word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The digest of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionDigest>,
}

impl StateChange {
    /// Returns from when it counts.
    pub fn counts_from(&self) -> Instant {
        if self.decision.is_some() {
            self.from
        } else {
            self.from.max(self.recorded)
        }
    }
}

/// How an accreditation stood at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a verdict must name every case")]
pub enum Standing {
    /// It had not begun.
    NotYet {
        /// When it begins.
        from: Instant,
    },
    /// It was over by its own terms.
    Over {
        /// Since when.
        since: Instant,
    },
    /// It was in this state.
    In {
        /// The state.
        state: State,
        /// Since when.
        since: Instant,
    },
}

/// Returns the state at an instant: the change that counts from the latest instant up to it, and of two
/// from one instant the one recorded later.
pub(super) fn state_at(changes: &[StateChange], begun: Instant, at: Instant) -> (State, Instant) {
    changes
        .iter()
        .filter(|change| change.counts_from() <= at)
        .max_by_key(|change| (change.counts_from(), change.recorded))
        .map_or((State::Active, begun), |change| {
            (change.state, change.counts_from())
        })
}

/// Returns since when the keys were in other hands, where that casts doubt on something issued at this
/// instant, and whether it says itself that it was issued since then.
///
/// What was issued after the state became another again, with other keys, is free of it. What says that it
/// is older than the theft may have been written by the thief.
pub(super) fn compromised(changes: &[StateChange], issued: Instant) -> Option<(Instant, bool)> {
    let compromises = changes
        .iter()
        .filter(|change| change.state == State::KeyCompromised);
    compromises
        .filter(|theft| {
            let after = |change: &&StateChange| {
                change.state != State::KeyCompromised && change.recorded > theft.recorded
            };
            let over = changes
                .iter()
                .filter(after)
                .map(StateChange::counts_from)
                .min();
            over.is_none_or(|over| issued < over)
        })
        .map(|theft| (theft.from, issued >= theft.from))
        .min()
}
