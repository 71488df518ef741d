//! What else of the records is published, or decides what is: delegations, electoral periods, when terms begin,
//! who holds what, and what was taken over from a bundle.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::{Difference, Replay, Slot, text};
use crate::{
    office::{
        CredentialRecord, DelegationRecord, Holdings, PeriodRecord,
        action::digest_text,
        delegate::DELEGATIONS,
        electoral::PERIODS,
        inherit::{INHERITED, Inherited},
    },
    records::Term,
    store::{Family, Store, StoreError, parse, read},
};

/// What the entries tell of a delegation.
#[derive(Debug)]
struct Delegated {
    /// The entry that told it last.
    seq: u64,
    /// From when it is over.
    ended: Option<String>,
    /// The digest of the signed credential.
    digest: String,
}

/// What the entries tell of these.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// The digest of what was taken over from a bundle, with the entry that tells of it.
    inherited: Option<(u64, Option<String>)>,
    /// When terms begin.
    starts: BTreeMap<String, (u64, String)>,
    /// Delegations, by id.
    delegations: BTreeMap<String, Delegated>,
    /// Electoral periods from and to, and what was announced in bulk.
    periods: Vec<(u64, String)>,
    /// Which credentials there are of each member.
    held: BTreeMap<String, BTreeSet<String>>,
}

impl Kept {
    pub(super) fn restored(&mut self, seq: u64, body: &Json) {
        self.inherited = Some((seq, text(body, "inherited")));
    }

    /// Takes an entry that tells of one of these; every other one tells of none.
    pub(super) fn take(&mut self, seq: u64, kind: &str, body: &Json) -> Option<()> {
        match kind {
            "delegation.added" => {
                let added = Delegated {
                    seq,
                    ended: None,
                    digest: text(body, "digest")?,
                };
                self.delegations.insert(text(body, "delegation")?, added);
            }
            "delegation.ended" => {
                let known = self.delegations.get_mut(&text(body, "delegation")?)?;
                (known.seq, known.ended) = (seq, Some(text(body, "at")?));
            }
            "electoral.declared" => {
                let (from, to) = (text(body, "from")?, text(body, "to")?);
                self.periods.push((seq, format!("period {from} to {to}")));
            }
            "electoral.bulk-announced" => {
                let at = text(body, "at")?;
                self.periods.push((seq, format!("change in bulk at {at}")));
            }
            "roster.imported" | "register.taken_over" => {
                for (term, start) in body["terms"].as_object().into_iter().flatten() {
                    let start = start.as_str()?.to_owned();
                    self.starts.insert(term.clone(), (seq, start));
                }
            }
            _ => {}
        }
        Some(())
    }

    pub(super) fn holds(&mut self, record: &CredentialRecord) {
        let held = self.held.entry(record.member.clone()).or_default();
        held.insert(record.id.clone());
    }
}

impl Replay {
    /// Compares each of these with what the journal tells of it.
    pub(super) fn compare_kept(&mut self, store: &impl Store) -> Result<(), StoreError> {
        self.compare_inherited(read(store, Family::Meta, INHERITED)?);
        let records: Option<Vec<DelegationRecord>> = read(store, Family::Meta, DELEGATIONS)?;
        self.compare_delegations(records.unwrap_or_default());
        let records: Option<Vec<PeriodRecord>> = read(store, Family::Meta, PERIODS)?;
        self.compare_periods(&records.unwrap_or_default());
        self.compare_terms_gone();
        self.compare_holdings(store)
    }

    fn differs(&mut self, entry: Option<u64>, record: (Family, &str), message: String) {
        self.differences.push(Difference {
            entry,
            record: Some((record.0, record.1.to_owned())),
            message,
        });
    }

    /// Compares what was taken over from a bundle with what the latest entry tells of it. It is about
    /// credentials that the store does not know: one that was issued here is revoked by an entry of its own.
    fn compare_inherited(&mut self, found: Option<Inherited>) {
        let slots = found.iter().flat_map(|found| {
            let revoked = found.revocations.iter().map(|r| (r.list.as_str(), r.index));
            let set = found.not_valid.iter().map(|s| (s.list.as_str(), s.index));
            revoked.chain(set)
        });
        let mut slots = slots.map(|(list, index)| Slot(list.to_owned(), index));
        let known = slots.find(|slot| self.intents.get(slot).is_some_and(|i| i.used.is_some()));
        if let Some(slot) = known {
            let message =
                format!("what was taken over from a bundle is about {slot}, which was issued here");
            return self.differs(None, (Family::Meta, INHERITED), message);
        }
        let digest = found.and_then(|found| found.digest().ok());
        let (entry, told) = match &self.kept.inherited {
            Some((entry, told)) => (Some(*entry), told.clone()),
            None => (None, None),
        };
        if digest != told {
            let message = "what was taken over from a bundle is not what the journal tells of";
            self.differs(entry, (Family::Meta, INHERITED), message.to_owned());
        }
    }

    fn compare_delegations(&mut self, records: Vec<DelegationRecord>) {
        let mut told = core::mem::take(&mut self.kept.delegations);
        let place = (Family::Meta, DELEGATIONS);
        for record in records {
            let ended = record.ended.map(|at| at.to_string());
            let digest = digest_text(&record.credential).ok();
            let (entry, what) = match told.remove(&record.id) {
                None => (None, "no entry tells of it"),
                Some(told) if told.ended != ended => (Some(told.seq), "ends at another instant"),
                Some(told) if Some(&told.digest) != digest.as_ref() => {
                    (Some(told.seq), "is not what was signed")
                }
                Some(_) => continue,
            };
            self.differs(entry, place, format!("delegation {}: {what}", record.id));
        }
        for (id, Delegated { seq, .. }) in told {
            let message = format!("delegation {id}: entry {seq} tells of it; it has no record");
            self.differs(Some(seq), place, message);
        }
    }

    fn compare_periods(&mut self, records: &[PeriodRecord]) {
        let mut told = core::mem::take(&mut self.kept.periods);
        let place = (Family::Meta, PERIODS);
        let recorded = records.iter().flat_map(|record| {
            let bulk = record.bulk.iter();
            let bulk = bulk.map(|bulk| format!("change in bulk at {}", bulk.at));
            let period = format!("period {} to {}", record.from, record.to);
            core::iter::once(period).chain(bulk)
        });
        for what in recorded {
            match told.iter().position(|(_, told)| *told == what) {
                Some(at) => drop(told.swap_remove(at)),
                None => self.differs(
                    None,
                    place,
                    format!("electoral {what}: no entry tells of it"),
                ),
            }
        }
        for (seq, what) in told {
            let message = format!("electoral {what}: entry {seq} tells of it; it has no record");
            self.differs(Some(seq), place, message);
        }
    }

    /// Compares when a term begins: what is published of it decides on every mandate of the chamber.
    pub(super) fn compare_start(&mut self, term: &Term) {
        let Some((seq, start)) = self.kept.starts.remove(&term.id) else {
            return;
        };
        if start != term.start.to_string() {
            let message = format!(
                "term {}: entry {seq} says it begins on {start}; its record says {}",
                term.id, term.start
            );
            self.differs(Some(seq), (Family::Terms, &term.id), message);
        }
    }

    /// What is left was told of terms that are not there.
    fn compare_terms_gone(&mut self) {
        for (term, (seq, _)) in core::mem::take(&mut self.kept.starts) {
            let message = format!("term {term}: entry {seq} tells of it; it has no record");
            self.differs(Some(seq), (Family::Terms, &term), message);
        }
    }

    /// A credential that its member is not said to hold would go on when the mandate ends.
    fn compare_holdings(&mut self, store: &impl Store) -> Result<(), StoreError> {
        let mut held = core::mem::take(&mut self.kept.held);
        store.visit(Family::Holdings, &mut |key, value| {
            let holdings: Holdings = parse(Family::Holdings, key, value)?;
            let member = core::str::from_utf8(key).unwrap_or_default();
            if let Some(there) = held.get_mut(member) {
                there.retain(|id| !holdings.credentials.contains(id));
            }
            Ok(())
        })?;
        // One whose record is at odds already may be said to be another's.
        let odd = |id: &String, differences: &[Difference]| {
            let place = Some((Family::Credentials, id.clone()));
            differences.iter().any(|found| found.record == place)
        };
        for (member, credentials) in held {
            for id in credentials {
                if odd(&id, &self.differences) {
                    continue;
                }
                let message = format!("credential {id}: {member} is not said to hold it");
                self.differs(None, (Family::Credentials, &id), message);
            }
        }
        Ok(())
    }
}
