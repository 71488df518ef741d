//! Whether one act of issuing lies within what was granted.

use core::fmt;

use jiff::SignedDuration;

use super::Grant;
use crate::{Code, status::Instant};

/// What an issuer did, as its credential shows.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Act<'a> {
    /// The type of the credential.
    pub kind: &'a str,
    /// The code of the chamber it is for.
    pub chamber: &'a str,
    /// When it was issued.
    pub issued_at: Instant,
    /// From when it is valid.
    pub valid_from: Instant,
    /// Until when it is valid.
    pub valid_until: Instant,
}

/// Says how far an act goes beyond what was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopeError {
    /// The chamber is not among those granted.
    Chamber {
        /// The chamber.
        chamber: String,
    },
    /// The type is not granted.
    Kind {
        /// The type.
        kind: String,
    },
    /// It is valid for longer than granted.
    Validity {
        /// The longest that is granted, in days.
        days: u32,
    },
}

impl ScopeError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Chamber { .. } => Code::AccreditationChamber,
            Self::Kind { .. } => Code::AccreditationType,
            Self::Validity { .. } => Code::AccreditationValidity,
        }
    }
}

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chamber { chamber } => {
                write!(f, "nothing may be issued for chamber {chamber:?}")
            }
            Self::Kind { kind } => write!(f, "credentials of type {kind} may not be issued"),
            Self::Validity { days } => write!(f, "valid for longer than the {days} days granted"),
        }
    }
}

/// Holds an act against the grants there are, and returns the one that covers it.
pub(super) fn covering<'g>(grants: &'g [Grant], act: &Act<'_>) -> Result<&'g Grant, ScopeError> {
    let grant = grants.iter().find(|grant| grant.kind == act.kind);
    let grant = grant.ok_or_else(|| ScopeError::Kind {
        kind: act.kind.chars().take(64).collect(),
    })?;
    if !grant.chambers.iter().any(|chamber| chamber == act.chamber) {
        return Err(ScopeError::Chamber {
            chamber: act.chamber.chars().take(64).collect(),
        });
    }
    // From the issue on, not from the mandate's first day: a seat may have been held for years before.
    let from = act.valid_from.max(act.issued_at);
    let longest = SignedDuration::from_hours(24 * i64::from(grant.max_validity_days));
    if act.valid_until.seconds_since(from) > longest.as_secs() {
        return Err(ScopeError::Validity {
            days: grant.max_validity_days,
        });
    }
    Ok(grant)
}

/// Tells whether a narrower grant lies within a wider one.
pub(super) fn is_within(narrow: &Grant, wide: &Grant) -> bool {
    narrow.kind == wide.kind
        && wide.may_delegate
        && !narrow.may_delegate
        && narrow
            .chambers
            .iter()
            .all(|chamber| wide.chambers.contains(chamber))
        && narrow.max_validity_days <= wide.max_validity_days
        && narrow.approvals >= wide.approvals
}
