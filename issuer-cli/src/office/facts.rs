//! What is public of the register: status lists, history and terms, gathered for one publication.

use std::collections::BTreeMap;

use identity_core::status::{
    Instant, ListUri, Revocation, SlotBits, SlotRef, StatusList, Suspension, Term, TermEnding,
    values,
};

use super::{
    Change, CredentialRecord, Office, Refusal,
    inherit::{INHERITED, Inherited},
};
use crate::{
    records,
    store::{Family, Store, read, read_all},
};

/// The facts of one publication.
pub(super) struct Facts {
    pub(super) lists: BTreeMap<ListUri, StatusList>,
    pub(super) revocations: Vec<Revocation>,
    pub(super) suspensions: Vec<Suspension>,
    pub(super) terms: Vec<Term>,
}

impl<S: Store> Office<S> {
    /// Gathers them; a revocation that is published for the first time is marked so in the change.
    pub(super) fn facts(&self, now: Instant, change: &mut Change) -> Result<Facts, Refusal> {
        let bits = if self.profile.publish_suspensions {
            SlotBits::Two
        } else {
            SlotBits::One
        };
        // The list begun, and each that holds a credential's slot: a restored store begins a list far
        // from its last one, and those between do not exist.
        let next = self.next_slot()?;
        let begun = self.slot([0; 32], next)?.list;
        let mut lists = BTreeMap::from([(begun, StatusList::new(bits))]);
        let mut revocations = Vec::new();
        let mut suspensions = Vec::new();
        let mut of_mandate: BTreeMap<String, Vec<SlotRef>> = BTreeMap::new();
        let mut marked = Vec::new();
        read_all(
            &self.store,
            Family::Credentials,
            |mut record: CredentialRecord| {
                if let Some(mandate) = &record.mandate {
                    let slots = of_mandate.entry(mandate.clone()).or_default();
                    slots.push(record.slot.clone());
                }
                let suspended = record.is_suspended(now);
                let revoked = record.is_revoked(now);
                let value = match (revoked, suspended) {
                    (false, true) if bits == SlotBits::Two => values::SUSPENDED,
                    (true, _) | (false, true) => values::INVALID,
                    (false, false) => values::VALID,
                };
                let list = record.slot.list.clone();
                let list = lists.entry(list).or_insert_with(|| StatusList::new(bits));
                if value != values::VALID {
                    list.set(record.slot.index, value)
                        .map_err(crate::store::StoreError::failed)?;
                }
                if bits == SlotBits::Two {
                    suspensions.extend(record.suspensions.iter().map(|s| {
                        Suspension::new(record.slot.list.clone(), record.slot.index, s.from, s.to)
                    }));
                }
                let mut is_news = false;
                for revocation in &mut record.revocations {
                    is_news |= revocation.published.is_none();
                    let published = *revocation.published.get_or_insert(now);
                    let mut entry = Revocation::new(
                        record.slot.list.clone(),
                        record.slot.index,
                        revocation.told(published),
                        published,
                    );
                    entry.decision = revocation.decision;
                    entry.void = revocation.reason.voids();
                    revocations.push(entry);
                }
                if is_news {
                    marked.push(record);
                }
                Ok(())
            },
        )?;
        let inherited: Inherited = read(&self.store, Family::Meta, INHERITED)?.unwrap_or_default();
        for slot in inherited.not_valid {
            let list = lists
                .entry(slot.list)
                .or_insert_with(|| StatusList::new(bits));
            list.set(slot.index, values::INVALID)
                .map_err(crate::store::StoreError::failed)?;
        }
        for entry in inherited.revocations {
            let list = entry.list.clone();
            lists.entry(list).or_insert_with(|| StatusList::new(bits));
            revocations.push(entry);
        }
        for record in &marked {
            change.batch.put(Family::Credentials, &record.id, record)?;
        }
        // The store's order is that of the credentials' ids, which nobody outside is to learn.
        let place = |list: &ListUri, index: u64| (list.clone(), index);
        revocations.sort_by_key(|r| (place(&r.list, r.index), r.effective, r.published));
        suspensions.sort_by_key(|s| (place(&s.list, s.index), s.from));
        let mut terms = Vec::new();
        read_all(&self.store, Family::Terms, |term: records::Term| {
            let mut entry = Term::new(
                term.id,
                term.label,
                Instant::floor(term.start.begins(&self.zone)),
                None,
            );
            for ending in &term.endings {
                let mut told = TermEnding::new(ending.at);
                told.annulled_at = ending.annulled_at;
                told.decision = ending.decision;
                for mandate in &ending.exceptions {
                    let slots = of_mandate.get(mandate).into_iter().flatten();
                    told.exceptions.extend(slots.cloned());
                }
                entry.endings.push(told);
            }
            terms.push(entry);
            Ok(())
        })?;
        Ok(Facts {
            lists,
            revocations,
            suspensions,
            terms,
        })
    }
}
