//! A store in memory, for tests.

use std::collections::BTreeMap;

use super::{Batch, Family, Pair, Store, StoreError, Visit};

/// A store that is gone with the process.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(BTreeMap<(Family, Vec<u8>), Vec<u8>>);

impl Store for MemoryStore {
    fn get(&self, family: Family, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.get(&(family, key.to_vec())).cloned())
    }

    fn visit(&self, family: Family, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let of_family = self.0.iter().filter(|((f, _), _)| *f == family);
        of_family
            .into_iter()
            .try_for_each(|((_, key), value)| visit(key, value))
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
