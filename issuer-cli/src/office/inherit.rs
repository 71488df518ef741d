//! Taking over what was published after a backup: the store knows nothing of it, verifiers do.
//!
//! Without this a restored office would publish, under a higher number, that a stolen credential is
//! valid again. What the last bundle says of a credential that the store knows becomes part of its
//! record; what it says of one issued after the backup is kept by its slot and published on.

use std::collections::{BTreeMap, BTreeSet};

use identity_core::{
    status::{self, Instant, Revocation, SlotRef, values},
    trust::Bundle,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Change, CredentialRecord, Office, OfficeCode, Reason, Refusal, RevocationRecord,
    SuspensionRecord, action::digest_text, publish::SEQ, register::told_ending,
};
use crate::{
    records::{PartialDate, Term, TermEnding},
    store::{Family, Store, read, read_all},
};
pub(super) const INHERITED: &str = "inherited";

/// What was published of credentials that the store does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Inherited {
    /// Slots that are not valid.
    pub(super) not_valid: Vec<SlotRef>,
    /// Their history.
    pub(super) revocations: Vec<Revocation>,
}

impl Inherited {
    /// Returns the digest by which the journal tells of it, base64url.
    pub(super) fn digest(&self) -> Result<String, Refusal> {
        digest_text(&json!(self))
    }
}

/// What was taken over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TakenOver {
    /// Credentials of the store that are revoked or suspended by it.
    pub known: usize,
    /// Slots of credentials that the store does not know.
    pub unknown: usize,
    /// Terms of which an ending, or its annulment, was taken over.
    pub terms: usize,
}

impl<S: Store> Office<S> {
    /// Takes over what a bundle of this issuer says, in one write.
    ///
    /// # Errors
    /// `backup.foreign_bundle` when another issuer signed it; [`Refusal`] when the store cannot be used.
    pub fn take_over(&mut self, bundle: &Bundle, now: Instant) -> Result<TakenOver, Refusal> {
        if bundle.signer().did() != self.did() {
            let message = format!("the bundle is that of {}", bundle.signer().did());
            return Err(Refusal::new(OfficeCode::BackupForeignBundle, message)
                .hint("give the bundle.json that this issuer published last"));
        }
        let mut records: BTreeMap<SlotRef, CredentialRecord> = BTreeMap::new();
        read_all(
            &self.store,
            Family::Credentials,
            |record: CredentialRecord| {
                records.insert(record.slot.clone(), record);
                Ok(())
            },
        )?;
        let mut change = Change::default();
        let mut taken = TakenOver::default();
        let inherited = take_slots(bundle, &mut records, now, &mut (&mut change, &mut taken))?;
        change.batch.put(Family::Meta, INHERITED, &inherited)?;
        for term in bundle.terms().filter(|term| !term.endings.is_empty()) {
            let known: Option<Term> = read(&self.store, Family::Terms, &term.id)?;
            let start = term.start.timestamp().to_zoned_datetime(self.zone.clone());
            let mut record = known.unwrap_or_else(|| {
                Term::new(&term.id, &term.label, PartialDate::Day(start.date()))
            });
            if take_endings(&mut record, term, &records, now, &mut change)? {
                change.batch.put(Family::Terms, &record.id, &record)?;
                taken.terms += 1;
            }
        }
        let seq = read::<u64>(&self.store, Family::Meta, SEQ)?.unwrap_or(0);
        change
            .batch
            .put(Family::Meta, SEQ, &seq.max(bundle.seq()))?;
        change.note(
            "backup.restored",
            json!({
                "published": bundle.seq(),
                "known": taken.known,
                "unknown": taken.unknown,
                "inherited": inherited.digest()?,
            }),
        );
        self.commit(now, change)?;
        Ok(taken)
    }
}

/// Goes through every slot that the bundle says something of.
fn take_slots(
    bundle: &Bundle,
    records: &mut BTreeMap<SlotRef, CredentialRecord>,
    now: Instant,
    (change, taken): &mut (&mut Change, &mut TakenOver),
) -> Result<Inherited, Refusal> {
    let mut inherited = Inherited::default();
    for (list, held) in bundle.lists() {
        for index in 0..held.list.slots() {
            let history = held.history.slot(index).revocations;
            let is_set = held.list.get(index).is_some_and(|v| v != values::VALID);
            if !is_set && history.is_empty() {
                continue;
            }
            let slot = SlotRef {
                list: list.clone(),
                index,
            };
            let Some(record) = records.get_mut(&slot) else {
                inherited.revocations.extend(history.iter().cloned());
                inherited.not_valid.extend(is_set.then_some(slot));
                taken.unknown += 1;
                continue;
            };
            if take_history(
                record,
                history,
                is_set,
                (bundle.times().issued_at, now),
                change,
            ) {
                change
                    .batch
                    .put(Family::Credentials, &record.id, &*record)?;
                taken.known += 1;
            }
        }
    }
    Ok(inherited)
}

/// Adds to a record what was published of it; returns whether that was news.
fn take_history(
    record: &mut CredentialRecord,
    history: &[Revocation],
    is_set: bool,
    (as_of, now): (Instant, Instant),
    change: &mut Change,
) -> bool {
    let mut is_news = false;
    for entry in history {
        let known = record.revocations.iter_mut().find(|known| {
            let told = known.told(known.published.unwrap_or(entry.published));
            told == entry.effective && known.reason.voids() == entry.void
        });
        if let Some(known) = known {
            // It was first published after the backup: published anew it must not count from later.
            is_news |= known.published.is_none();
            known.published.get_or_insert(entry.published);
            continue;
        }
        // The reason was never published; only whether the credential had been valid at all was.
        let reason = if entry.void {
            Reason::Compromise
        } else {
            Reason::Superseded
        };
        record.revocations.push(RevocationRecord {
            effective: entry.effective,
            reason,
            decision: entry.decision,
            recorded: now,
            published: Some(entry.published),
        });
        change.note(
            "credential.revoked",
            json!({
                "credential": record.id,
                "effective": entry.effective.to_string(),
                "reason": reason.as_str(),
                "decision": entry.decision,
            }),
        );
        is_news = true;
    }
    if is_set && !record.is_revoked(as_of) && !record.is_suspended(now) {
        // Since when is not always published; from now on it is certain.
        record.suspensions.push(SuspensionRecord {
            from: now,
            to: None,
        });
        change.note("credential.suspended", json!({ "credential": record.id }));
        is_news = true;
    }
    is_news
}

/// Adds to a term the endings that were published; returns whether there was one.
fn take_endings(
    record: &mut Term,
    term: &status::Term,
    records: &BTreeMap<SlotRef, CredentialRecord>,
    now: Instant,
    change: &mut Change,
) -> Result<bool, Refusal> {
    let mut is_news = false;
    // Each of ours answers one of theirs: a term may be ended again at the instant of an ending that was
    // annulled, and is over then.
    let mut paired = BTreeSet::new();
    for ending in &term.endings {
        let same = |known: &TermEnding| {
            known.at == ending.at
                && (known.annulled_at.is_none() || known.annulled_at == ending.annulled_at)
        };
        let mut places = 0..record.endings.len();
        let place = places.find(|place| !paired.contains(place) && same(&record.endings[*place]));
        paired.insert(place.unwrap_or(record.endings.len()));
        let known = place.and_then(|place| record.endings.get_mut(place));
        let annulled = known
            .as_ref()
            .is_none_or(|known| known.annulled_at.is_none());
        if let Some(known) = known {
            if known.annulled_at.is_none() && ending.annulled_at.is_some() {
                known.annulled_at = ending.annulled_at;
                known.decision = ending.decision;
                is_news = true;
            }
        } else {
            let mut taken = TermEnding::new(ending.at, now);
            taken.annulled_at = ending.annulled_at;
            taken.decision = ending.decision;
            let excepted = ending
                .exceptions
                .iter()
                .filter_map(|slot| records.get(slot));
            let excepted = excepted.filter_map(|record| record.mandate.clone());
            taken.exceptions.extend(excepted);
            change.note("term.ended", told_ending(&term.id, &taken)?);
            record.endings.push(taken);
            is_news = true;
        }
        if let (true, Some(at)) = (annulled, ending.annulled_at) {
            let body = json!({
                "term": term.id,
                "annulledAt": at.to_string(),
                "decision": ending.decision,
            });
            change.note("term.reinstated", body);
        }
    }
    Ok(is_news)
}
