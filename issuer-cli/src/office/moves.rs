//! What an officer writes alone, and may not turn into an ending: a term that is moved, a delegation of
//! former officers.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    records::Mandate,
    store::{Entry, Family, Store, StoreError, read},
};

use super::{DelegationRecord, delegate::DELEGATIONS};

/// What was told of so far.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// When each term begins.
    starts: BTreeMap<String, String>,
    /// The mandates of which credentials were issued.
    mandates: BTreeSet<String>,
}

impl Moves {
    /// Takes an entry, and says what is wrong with it where several officers act.
    pub(super) fn take(
        &mut self,
        entry: &Entry,
        store: &impl Store,
        several: bool,
    ) -> Result<Option<String>, StoreError> {
        match entry.kind.as_str() {
            "credential.issued" => {
                let mandate = entry.body["mandate"].as_str();
                self.mandates.extend(mandate.map(str::to_owned));
            }
            "roster.imported" | "register.taken_over" => {
                let mut moved = None;
                for (term, start) in entry.body["terms"].as_object().into_iter().flatten() {
                    let start = start.as_str().unwrap_or_default().to_owned();
                    let before = self.starts.insert(term.clone(), start.clone());
                    if before.is_some_and(|before| before != start) && self.in_use(term, store)? {
                        moved = Some(format!(
                            "moves term {term}, under which credentials were issued"
                        ));
                    }
                }
                return Ok(moved.filter(|_| several));
            }
            "delegation.added" => return Self::under_another_policy(entry, store),
            _ => {}
        }
        Ok(None)
    }

    fn in_use(&self, term: &str, store: &impl Store) -> Result<bool, StoreError> {
        for id in &self.mandates {
            let mandate: Option<Mandate> = read(store, Family::Mandates, id)?;
            if mandate.is_some_and(|mandate| mandate.term == term) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A delegation under a policy that was not in force any more: fewer signed it than it takes now, or
    /// others.
    fn under_another_policy(
        entry: &Entry,
        store: &impl Store,
    ) -> Result<Option<String>, StoreError> {
        let records: Option<Vec<DelegationRecord>> = read(store, Family::Meta, DELEGATIONS)?;
        let id = entry.body["delegation"].as_str();
        let mut records = records.into_iter().flatten();
        let found = records.find(|record| Some(record.id.as_str()) == id);
        // One that is not there is found by the comparison of records.
        let drawn_up = found.and_then(|record| record.draft().ok());
        let differs =
            drawn_up.is_some_and(|draft| draft.policy_version != entry.policy.unwrap_or_default());
        let what = "adds a delegation under another officer policy than the one in force";
        Ok(differs.then(|| what.to_owned()))
    }
}
