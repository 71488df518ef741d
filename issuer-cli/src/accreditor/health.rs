//! What needs attention in an accreditor's home; nothing is changed.

use cli_kit::Failure;
use identity_core::{Code as CoreCode, status::Instant};

use super::{AccreditorCode, Archive};

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// What is wrong, each with its code.
    pub found: Vec<(&'static str, String)>,
    /// What waits for somebody, and is not wrong.
    pub waiting: Vec<String>,
}

impl Archive {
    /// Says what needs attention: what verifiers miss, or will before long.
    ///
    /// # Errors
    /// [`Failure`] when a file of the home cannot be read.
    pub fn health(&self, now: Instant) -> Result<Health, Failure> {
        let mut health = Health::default();
        for paper in self.pending()? {
            let (verb, id) = (paper.says().verb(), paper.id());
            let waits = format!("waits for signatures: pending/{id}.json, for {verb}");
            health.waiting.push(waits);
        }
        let mut find = |code: &'static str, message: String| health.found.push((code, message));
        if self.policy().is_err() {
            let message = "the officers have not signed their first policy yet".to_owned();
            find(AccreditorCode::AccreditorNotFounded.as_str(), message);
            return Ok(health);
        }
        if self.statements().next().is_none() && self.list().is_none() {
            // Nobody is accredited: there is nothing that could be out of date.
            return Ok(health);
        }
        match self.list() {
            None => find(
                AccreditorCode::AccreditorListExpired.as_str(),
                "no trust list has been signed yet".to_owned(),
            ),
            Some(list) if now >= list.expires => find(
                AccreditorCode::AccreditorListExpired.as_str(),
                format!("the trust list has expired at {}", list.expires),
            ),
            Some(list) if now >= list.next_update => find(
                CoreCode::NetworkStale.as_str(),
                format!(
                    "the trust list was due to be signed anew at {}",
                    list.next_update
                ),
            ),
            Some(list) => {
                let new = self.parliaments(now)?;
                if new != list.parliaments {
                    find(
                        AccreditorCode::AccreditorListDiffers.as_str(),
                        "statements were recorded that the trust list in force does not have"
                            .to_owned(),
                    );
                }
            }
        }
        let published = self.published();
        match (published.issued_at, published.next_update) {
            (None, _) => find(
                CoreCode::NetworkStale.as_str(),
                "no trust bundle was published yet".to_owned(),
            ),
            (Some(at), Some(next)) if needs_another(at, next, now) => find(
                CoreCode::NetworkStale.as_str(),
                format!(
                    "trust bundle {} of {at} was good until {next}: less than a third of that is left",
                    published.seq
                ),
            ),
            _ => {}
        }
        let members = self.members()?;
        let (without, old) = self.gaps(&members, now);
        for did in without {
            let message = format!("no bundle of {did} is held: nothing can be decided about it");
            find(CoreCode::BundleMissing.as_str(), message);
        }
        for did in old {
            let message = format!("the bundle of {did} is old: collect a newer one");
            find(CoreCode::BundleStale.as_str(), message);
        }
        Ok(health)
    }
}

/// Whether less than a third of the time is left: then the unattended publications have stopped.
fn needs_another(issued: Instant, next: Instant, now: Instant) -> bool {
    next.seconds_since(now) * 3 < next.seconds_since(issued)
}
