//! The time model: what holds at one instant, from the evidence of one bundle.
//!
//! Everything is in whole seconds and every period is `[start, end)`. The rules are numbered in
//! `spec/20-status-and-bundle.md`, section 4.

use super::{
    Instant, SlotBits, SlotHistory, SlotRef, StatusList, StatusOutcome, Term, TermOutcome,
    UnknownStatus, values,
};

/// Decides the status of the credential in slot `index` at the instant `at`.
///
/// `as_of` is when the list was signed, `history` what was published about the slot. The history
/// decides where it speaks, before and after `as_of`; the list decides what the history leaves open:
///
/// 1. no such slot: unknown;
/// 2. a void revocation: revoked, at every instant;
/// 3. a revocation that counts by `at`: revoked;
/// 4. a published suspension that covers `at`: suspended;
/// 5. the slot says valid, or the history accounts for what it says: valid;
/// 6. `at` lies before the list was signed: unknown, for nothing says since when;
/// 7. otherwise what the slot says.
pub fn status_at(
    list: &StatusList,
    index: u64,
    at: impl Into<Instant>,
    as_of: impl Into<Instant>,
    history: SlotHistory<'_>,
) -> StatusOutcome {
    let (at, as_of) = (at.into(), as_of.into());
    let Some(value) = list.get(index) else {
        return StatusOutcome::Unknown(UnknownStatus::IndexOutOfRange);
    };
    if history.is_void() {
        return StatusOutcome::Revoked {
            since: None,
            void: true,
            decision: history.decision(at),
        };
    }
    if let Some(since) = history.revoked_since(at) {
        return StatusOutcome::Revoked {
            since: Some(since),
            void: false,
            decision: history.decision(at),
        };
    }
    if let Some(since) = history.suspended_since(at) {
        return StatusOutcome::Suspended { since: Some(since) };
    }
    if value == values::VALID || accounts_for(value, list.bits(), as_of, history) {
        return StatusOutcome::Valid;
    }
    if at < as_of {
        return StatusOutcome::Unknown(UnknownStatus::HistoryMissing);
    }
    match (value, list.bits()) {
        (values::INVALID, SlotBits::Two | SlotBits::Four | SlotBits::Eight) => {
            StatusOutcome::Revoked {
                since: None,
                void: false,
                decision: None,
            }
        }
        (values::SUSPENDED, _) => StatusOutcome::Suspended { since: None },
        _ => StatusOutcome::NotValid,
    }
}

/// Decides what the term does at the instant `at` to the credential whose status stands in `slot`.
///
/// `term` is `None` when the bundle does not hold it.
pub fn term_at(term: Option<&Term>, at: impl Into<Instant>, slot: Option<&SlotRef>) -> TermOutcome {
    let at = at.into();
    let Some(term) = term else {
        return TermOutcome::Missing;
    };
    if at < term.start {
        return TermOutcome::NotBegun { start: term.start };
    }
    match term.ended_since(at, slot) {
        Some((since, by)) => TermOutcome::Ended { since, by },
        None => TermOutcome::Running,
    }
}

/// Says whether the history explains why the slot was set when the list was signed.
fn accounts_for(value: u8, bits: SlotBits, as_of: Instant, history: SlotHistory<'_>) -> bool {
    let revoked = history.revoked_since(as_of).is_some();
    let suspended = history.suspended_since(as_of).is_some();
    match value {
        values::INVALID if bits == SlotBits::One => revoked || suspended,
        values::SUSPENDED => revoked || suspended,
        _ => revoked,
    }
}

#[cfg(test)]
mod tests;
