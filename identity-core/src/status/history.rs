//! The public history of a list: since when a credential is revoked, and suspensions where they are public.

use core::fmt;
use core::str::FromStr;

use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Instant, ListUri};

/// The SHA-256 digest of the decision behind a revocation or a term's end; the decision itself stays private.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DecisionDigest([u8; 32]);

impl DecisionDigest {
    /// Takes a digest made elsewhere, such as a salted one.
    pub const fn from_bytes(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// Digests the bytes of a decision.
    pub fn of(decision: &[u8]) -> Self {
        Self(Sha256::digest(decision).into())
    }
}

impl fmt::Display for DecisionDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::encoding::base64url::encode(&self.0))
    }
}

impl fmt::Debug for DecisionDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reports text that is no SHA-256 digest in base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a decision is given as its SHA-256 digest: 43 characters of base64url")]
#[non_exhaustive]
pub struct ParseDecisionError;

impl FromStr for DecisionDigest {
    type Err = ParseDecisionError;

    fn from_str(text: &str) -> Result<Self, ParseDecisionError> {
        let bytes = crate::encoding::base64url::decode(text)
            .ok()
            .ok_or(ParseDecisionError)?;
        let digest = bytes
            .as_slice()
            .try_into()
            .map_err(|_| ParseDecisionError)?;
        Ok(Self(digest))
    }
}

impl Serialize for DecisionDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DecisionDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// One revocation: which slot, and since when. The reason is never part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Revocation {
    /// The list.
    pub list: ListUri,
    /// The slot.
    pub index: u64,
    /// From when the credential is revoked; may lie ahead.
    pub effective: Instant,
    /// When this was first published.
    pub published: Instant,
    /// The decision, which alone lets a revocation reach back before its publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionDigest>,
    /// Whether the credential was never valid (its key was stolen, or it was issued in error).
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub void: bool,
}

impl Revocation {
    /// Makes a revocation without a decision.
    pub fn new(
        list: ListUri,
        index: u64,
        effective: impl Into<Instant>,
        published: impl Into<Instant>,
    ) -> Self {
        Self {
            list,
            index,
            effective: effective.into(),
            published: published.into(),
            decision: None,
            void: false,
        }
    }

    /// Adds the decision.
    #[must_use]
    pub const fn with_decision(mut self, decision: DecisionDigest) -> Self {
        self.decision = Some(decision);
        self
    }

    /// Says that the credential was never valid.
    #[must_use]
    pub const fn never_valid(mut self) -> Self {
        self.void = true;
        self
    }

    /// Returns from when the revocation counts: the effective instant, but not before it was
    /// published unless a decision stands behind it. Otherwise whoever holds the status key could
    /// rewrite what was true last month.
    pub fn counts_from(&self) -> Instant {
        if self.decision.is_some() {
            self.effective
        } else {
            self.effective.max(self.published)
        }
    }
}

/// One period of suspension, `[from, to)`; published only by issuers that chose to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Suspension {
    /// The list.
    pub list: ListUri,
    /// The slot.
    pub index: u64,
    /// When it began.
    pub from: Instant,
    /// When it ended; absent while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Instant>,
}

impl Suspension {
    /// Makes a suspension.
    pub fn new(list: ListUri, index: u64, from: impl Into<Instant>, to: Option<Instant>) -> Self {
        Self {
            list,
            index,
            from: from.into(),
            to,
        }
    }

    /// Says whether the credential was suspended at an instant.
    pub fn covers(&self, at: Instant) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }
}

/// The history of one list, ready for look-ups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListHistory {
    revocations: Vec<Revocation>,
    suspensions: Vec<Suspension>,
}

impl ListHistory {
    /// Sorts the entries of one list; that they are of one list is the caller's care.
    pub fn new(mut revocations: Vec<Revocation>, mut suspensions: Vec<Suspension>) -> Self {
        revocations.sort_by_key(|entry| entry.index);
        suspensions.sort_by_key(|entry| entry.index);
        Self {
            revocations,
            suspensions,
        }
    }

    /// Returns the entries of one slot.
    pub fn slot(&self, index: u64) -> SlotHistory<'_> {
        SlotHistory {
            revocations: equal_range(&self.revocations, index, |entry| entry.index),
            suspensions: equal_range(&self.suspensions, index, |entry| entry.index),
        }
    }

    /// Returns the largest index named, if any.
    pub fn last_index(&self) -> Option<u64> {
        let revoked = self.revocations.last().map(|entry| entry.index);
        let suspended = self.suspensions.last().map(|entry| entry.index);
        revoked.max(suspended)
    }
}

/// The entries of one slot, in no particular order.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SlotHistory<'a> {
    /// Its revocations; more than one if it was revoked, corrected and published again.
    pub revocations: &'a [Revocation],
    /// Its suspensions.
    pub suspensions: &'a [Suspension],
}

impl SlotHistory<'_> {
    /// Says whether a revocation marks the credential as never valid.
    pub fn is_void(&self) -> bool {
        self.revocations.iter().any(|entry| entry.void)
    }

    /// Returns since when the credential is revoked, if it is at `at`.
    pub fn revoked_since(&self, at: Instant) -> Option<Instant> {
        let since = self.revocations.iter().map(Revocation::counts_from).min()?;
        (since <= at).then_some(since)
    }

    /// Returns the decision behind what is revoked at `at`: of the revocations that count by then, and of
    /// those that count at every instant, the one that has a decision and counts first.
    pub fn decision(&self, at: Instant) -> Option<DecisionDigest> {
        let counting = self.revocations.iter();
        let counting = counting.filter(|entry| entry.void || entry.counts_from() <= at);
        let decided = counting.filter_map(|entry| Some((entry.counts_from(), entry.decision?)));
        decided
            .min_by_key(|(from, _)| *from)
            .map(|(_, decision)| decision)
    }

    /// Returns since when the credential is suspended, if it is at `at`.
    pub fn suspended_since(&self, at: Instant) -> Option<Instant> {
        let covering = self.suspensions.iter().filter(|entry| entry.covers(at));
        covering.map(|entry| entry.from).min()
    }
}

fn equal_range<T>(sorted: &[T], index: u64, key: impl Fn(&T) -> u64) -> &[T] {
    let start = sorted.partition_point(|entry| key(entry) < index);
    let end = sorted.partition_point(|entry| key(entry) <= index);
    sorted.get(start..end).unwrap_or_default()
}
