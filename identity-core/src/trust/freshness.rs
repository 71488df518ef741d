//! How old a bundle may be: its own instants against the verifier's clock.

use core::time::Duration;

use crate::Code;
use crate::status::{Instant, LEEWAY};

/// The three instants of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "three instants, complete by definition"
)]
pub struct BundleTimes {
    /// When it was signed.
    pub issued_at: Instant,
    /// When the next one is due, 24 hours later by default.
    pub next_update: Instant,
    /// From when nobody may use it, seven days later by default.
    pub expires: Instant,
}

/// What the age of a bundle allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a verdict must name every case")]
pub enum Freshness {
    /// Young enough for every answer.
    Fresh,
    /// Still good for "revoked" and "ended", too old for "valid".
    Stale,
    /// Past `expires`: good for nothing.
    Expired,
    /// Signed later than now, by more than the [`LEEWAY`]: one of the two clocks is wrong.
    NotYetIssued,
}

impl BundleTimes {
    /// Judges the bundle at `now`, the verifier's own clock.
    ///
    /// It is stale once older than `max_age`, and without one from `nextUpdate` on; no `max_age`
    /// reaches past `expires`.
    pub fn freshness(&self, now: impl Into<Instant>, max_age: Option<Duration>) -> Freshness {
        let now = now.into();
        let ahead = self.issued_at.seconds_since(now);
        if ahead > LEEWAY.as_secs() {
            return Freshness::NotYetIssued;
        }
        if now >= self.expires {
            return Freshness::Expired;
        }
        // Signed a moment from now by our clock: as young as can be.
        let age = u64::try_from(-ahead).unwrap_or(0);
        let stale = max_age.map_or(now >= self.next_update, |max_age| age > max_age.as_secs());
        if stale {
            Freshness::Stale
        } else {
            Freshness::Fresh
        }
    }
}

impl Freshness {
    /// Returns the code of the undecided check for an accreditor's trust bundle, `None` when fresh.
    pub const fn network_code(self) -> Option<Code> {
        match self {
            Self::Fresh => None,
            Self::Stale => Some(Code::NetworkStale),
            Self::Expired => Some(Code::NetworkExpired),
            Self::NotYetIssued => Some(Code::NetworkNotYetIssued),
        }
    }

    /// Returns the code of the undecided check, `None` when fresh.
    pub const fn code(self) -> Option<Code> {
        match self {
            Self::Fresh => None,
            Self::Stale => Some(Code::BundleStale),
            Self::Expired => Some(Code::BundleExpired),
            Self::NotYetIssued => Some(Code::BundleNotYetIssued),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(now: &str, max_age: Option<u64>) -> Freshness {
        let instant = |text: &str| text.parse::<Instant>().unwrap();
        let times = BundleTimes {
            issued_at: instant("2026-03-01T12:00:00Z"),
            next_update: instant("2026-03-02T12:00:00Z"),
            expires: instant("2026-03-08T12:00:00Z"),
        };
        times.freshness(instant(now), max_age.map(Duration::from_secs))
    }

    #[test]
    fn without_a_maximum_age_the_next_update_bounds_it() {
        assert_eq!(
            judged("2026-03-01T11:54:59Z", None),
            Freshness::NotYetIssued
        );
        // Five minutes of difference between two clocks are nobody's fault.
        assert_eq!(judged("2026-03-01T11:55:00Z", None), Freshness::Fresh);
        assert_eq!(judged("2026-03-01T11:55:00Z", Some(60)), Freshness::Fresh);
        assert_eq!(judged("2026-03-01T12:00:00Z", None), Freshness::Fresh);
        assert_eq!(judged("2026-03-02T11:59:59Z", None), Freshness::Fresh);
        assert_eq!(judged("2026-03-02T12:00:00Z", None), Freshness::Stale);
        assert_eq!(judged("2026-03-08T11:59:59Z", None), Freshness::Stale);
        assert_eq!(judged("2026-03-08T12:00:00Z", None), Freshness::Expired);
    }

    #[test]
    fn a_maximum_age_replaces_the_next_update_and_never_the_expiry() {
        assert_eq!(judged("2026-03-01T13:00:00Z", Some(3600)), Freshness::Fresh);
        assert_eq!(judged("2026-03-01T13:00:01Z", Some(3600)), Freshness::Stale);
        let year = Some(365 * 86_400);
        assert_eq!(judged("2026-03-08T11:59:59Z", year), Freshness::Fresh);
        assert_eq!(judged("2026-03-08T12:00:00Z", year), Freshness::Expired);
    }
}
