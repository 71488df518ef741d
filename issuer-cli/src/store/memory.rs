//! A store in memory, for tests and for rehearsals.

use std::collections::BTreeMap;

use super::{Batch, Family, Pair, Store, StoreError, Visit};

/// A store that is gone with the process.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(BTreeMap<(Family, Vec<u8>), Vec<u8>>);

impl MemoryStore {
    /// Returns the records of a family in the order of their keys.
    pub(super) fn pairs(&self, family: Family) -> impl Iterator<Item = (&[u8], &[u8])> {
        let of_family = self.0.iter().filter(move |((f, _), _)| *f == family);
        of_family.map(|((_, key), value)| (key.as_slice(), value.as_slice()))
    }

    /// Returns everything in it as one write.
    pub(super) fn to_batch(&self) -> Batch {
        let mut batch = Batch::default();
        for ((family, key), value) in &self.0 {
            batch.put_bytes(*family, key, value.clone());
        }
        batch
    }
}

impl Store for MemoryStore {
    fn get(&self, family: Family, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.get(&(family, key.to_vec())).cloned())
    }

    fn visit(&self, family: Family, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.pairs(family)
            .try_for_each(|(key, value)| visit(key, value))
    }

    fn last(&self, family: Family) -> Result<Option<Pair>, StoreError> {
        let mut of_family = self.0.iter().rev().filter(|((f, _), _)| *f == family);
        Ok(of_family.next().map(|((_, k), v)| (k.clone(), v.clone())))
    }

    fn write(&mut self, batch: Batch) -> Result<(), StoreError> {
        for (family, key, value) in batch.puts {
            self.0.insert((family, key), value);
        }
        Ok(())
    }
}
