//! What lies at the place of publication already: a home of before must not publish over what a later one said.

use std::collections::BTreeSet;

use identity_core::{
    status::{Instant, SlotRef, values},
    trust::Bundle,
};

use super::{Change, Office, OfficeCode, Refusal, publish::SEQ};
use crate::store::{Family, Store, read};

impl<S: Store> Office<S> {
    /// Checks that what would be published takes back nothing of what this bundle says, which was published
    /// last. That of another issuer says nothing here.
    ///
    /// # Errors
    /// `publish.rolled_back` when its number was never given here; `publish.forgotten` when a revoked credential
    /// would be valid again, or an ended term run on.
    pub fn may_follow(&self, bundle: &Bundle, now: Instant) -> Result<(), Refusal> {
        if bundle.signer().did().subject() != self.did().subject() {
            return Ok(());
        }
        let own = read::<u64>(&self.store, Family::Meta, SEQ)?.unwrap_or(0);
        if bundle.seq() > own {
            let message = format!(
                "number {} of this issuer lies there, and this home has come to {own}: another copy of it has published",
                bundle.seq()
            );
            return Err(Refusal::new(OfficeCode::PublishRolledBack, message).hint(
                "publish from that copy alone, for verifiers call this one rolled back; if it is lost: mandate-issuer backup restore FILE --published bundle.json",
            ));
        }
        let (credentials, terms) = self.forgotten(bundle, now)?;
        if credentials + terms == 0 {
            return Ok(());
        }
        let message = format!(
            "what was published says of {credentials} credentials that they are revoked, and of {terms} terms that they have ended, which nothing here says"
        );
        Err(Refusal::new(OfficeCode::PublishForgotten, message).hint(
            "this home is older than what it published: restore with --published, or suspend and revoke them again (OPERATIONS.md, part 6)",
        ))
    }

    /// Counts what a bundle says and this home does not.
    fn forgotten(&self, bundle: &Bundle, now: Instant) -> Result<(usize, usize), Refusal> {
        // Only looked at: nothing of the change is written.
        let facts = self.facts(now, &mut Change::default())?;
        let mut revoked: BTreeSet<SlotRef> = BTreeSet::new();
        for (list, held) in bundle.lists() {
            let last = held.history.last_index().unwrap_or(0);
            for index in 0..=last.min(held.list.slots().saturating_sub(1)) {
                let is_set = held.list.get(index).is_some_and(|v| v != values::VALID);
                if !is_set || held.history.slot(index).revocations.is_empty() {
                    continue;
                }
                let here = facts.lists.get(list).and_then(|list| list.get(index));
                if here.is_none_or(|value| value == values::VALID) {
                    revoked.insert(SlotRef {
                        list: list.clone(),
                        index,
                    });
                }
            }
        }
        let ended = bundle.terms().filter(|term| {
            let in_force = term.endings.iter().filter(|e| e.annulled_at.is_none());
            let mut in_force = in_force.peekable();
            let here = facts.terms.iter().find(|here| here.id == term.id);
            in_force.peek().is_some() && here.is_none_or(|here| here.endings.is_empty())
        });
        Ok((revoked.len(), ended.count()))
    }
}
