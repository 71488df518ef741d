//! When to publish: at instants that nobody's affairs decide.
//!
//! Whoever keeps two bundles sees which slots changed between them. Published at once, each change would
//! stand alone beside the event that everybody read about that day; at fixed instants, whether anything
//! changed or not, it stands among all that changed since the last one (`spec/privacy.md`).

use identity_core::status::Instant;
use jiff::{SignedDuration, Timestamp};

use super::{Office, Profile, Refusal};
use crate::store::Store;

/// The interval of an issuer that chose none: four bundles a day, so that one may fail.
const DEFAULT: SignedDuration = SignedDuration::from_hours(6);

/// The longest interval, in minutes: twice within the freshness of a bundle.
pub(super) const LONGEST: u32 = 12 * 60;

impl Profile {
    /// Returns the interval between the instants of publication.
    pub fn publish_every(&self) -> SignedDuration {
        let chosen = self.publish_every_minutes;
        chosen.map_or(DEFAULT, |minutes| {
            SignedDuration::from_mins(i64::from(minutes))
        })
    }
}

impl<S: Store> Office<S> {
    /// Returns when the next regular publication is due, if that lies ahead; `None` when it is due now.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be read.
    pub fn not_due_until(&self, now: Instant) -> Result<Option<Instant>, Refusal> {
        let Some((_, last)) = self.last_published()? else {
            return Ok(None);
        };
        // Twice within the freshness of a bundle, also where an electoral period makes that an hour.
        let half = self.freshness(now)? / 2;
        let due = after(last, self.profile.publish_every().min(half));
        // A clock that was set back must not stop publication until it has caught up.
        Ok((last <= now && now < due).then_some(due))
    }
}

/// Returns the first instant of the cadence after `last`: a multiple of the interval since 1970, wherever
/// `last` lies, so that an urgent publication in between shifts nothing.
fn after(last: Instant, every: SignedDuration) -> Instant {
    let every = every.as_secs().max(1);
    let next = (last.as_second().div_euclid(every) + 1).saturating_mul(every);
    Timestamp::from_second(next).map_or(last, Instant::floor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instants_are_fixed_whatever_came_between() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let six = SignedDuration::from_hours(6);
        for last in ["06:00:00", "06:00:01", "10:17:33", "11:59:59"] {
            let last = at(&format!("2026-02-01T{last}Z"));
            assert_eq!(after(last, six), at("2026-02-01T12:00:00Z"));
        }
        let last = at("2026-02-01T12:00:00Z");
        assert_eq!(after(last, six), at("2026-02-01T18:00:00Z"));
        let before = at("1969-12-31T23:59:59Z");
        assert_eq!(after(before, six), at("1970-01-01T00:00:00Z"));
    }
}
