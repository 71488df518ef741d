//! A store that is written to, or one that only seems to be: what `--dry-run` works on, and what a
//! change is prepared on whose result has to be out of the house before it counts.

use super::{Batch, Family, MemoryStore, Pair, Store, StoreError, Visit};

/// Where changes go.
#[derive(Debug)]
#[non_exhaustive]
pub enum Writing<S> {
    /// Into the store.
    Real(S),
    /// Into memory, before the eyes of whoever reads, and nowhere else.
    Dry {
        /// The store, which stays as it is.
        base: S,
        /// What would have been written.
        changes: MemoryStore,
    },
}

impl<S> Writing<S> {
    /// Makes a store whose changes are forgotten with it.
    pub fn dry(base: S) -> Self {
        Self::Dry {
            base,
            changes: MemoryStore::default(),
        }
    }

    /// Returns what would have been written, as one write; nothing when it was written already.
    pub fn changes(&self) -> Batch {
        match self {
            Self::Real(_) => Batch::default(),
            Self::Dry { changes, .. } => changes.to_batch(),
        }
    }
}

impl<S: Store> Store for Writing<S> {
    fn get(&self, family: Family, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::Real(store) => store.get(family, key),
            Self::Dry { base, changes } => match changes.get(family, key)? {
                Some(value) => Ok(Some(value)),
                None => base.get(family, key),
            },
        }
    }

    fn visit(&self, family: Family, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let (base, changes) = match self {
            Self::Real(store) => return store.visit(family, visit),
            Self::Dry { base, changes } => (base, changes),
        };
        // Both in the order of their keys; of two values of one key the changed one counts.
        let mut newer = changes.pairs(family).peekable();
        base.visit(family, &mut |key, value| {
            while let Some((before, value)) = newer.next_if(|(key_of_newer, _)| *key_of_newer < key)
            {
                visit(before, value)?;
            }
            match newer.next_if(|(key_of_newer, _)| *key_of_newer == key) {
                Some((key, value)) => visit(key, value),
                None => visit(key, value),
            }
        })?;
        newer.try_for_each(|(key, value)| visit(key, value))
    }

    fn last(&self, family: Family) -> Result<Option<Pair>, StoreError> {
        match self {
            Self::Real(store) => store.last(family),
            Self::Dry { base, changes } => {
                let (old, new) = (base.last(family)?, changes.last(family)?);
                Ok(match (old, new) {
                    (Some(old), Some(new)) if old.0 > new.0 => Some(old),
                    (old, new) => new.or(old),
                })
            }
        }
    }

    fn write(&mut self, batch: Batch) -> Result<(), StoreError> {
        match self {
            Self::Real(store) => store.write(batch),
            Self::Dry { changes, .. } => changes.write(batch),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(store: &mut impl Store, key: &str, value: &str) {
        let mut batch = Batch::default();
        batch.put_bytes(Family::Meta, key.as_bytes(), value.as_bytes().to_vec());
        store.write(batch).unwrap();
    }

    fn all(store: &impl Store) -> String {
        let mut text = String::new();
        let mut visit = |key: &[u8], value: &[u8]| {
            text.push_str(&String::from_utf8_lossy(&[key, b"=", value, b" "].concat()));
            Ok(())
        };
        store.visit(Family::Meta, &mut visit).unwrap();
        text
    }

    #[test]
    fn what_is_written_dry_is_seen_and_forgotten() {
        let mut base = MemoryStore::default();
        for key in ["b", "d"] {
            put(&mut base, key, "old");
        }
        let before = all(&base);
        let mut dry = Writing::dry(base.clone());
        for key in ["a", "b", "c", "e"] {
            put(&mut dry, key, "new");
        }
        assert_eq!(all(&dry), "a=new b=new c=new d=old e=new ");
        assert_eq!(dry.get(Family::Meta, b"b").unwrap(), Some(b"new".to_vec()));
        assert_eq!(dry.get(Family::Meta, b"d").unwrap(), Some(b"old".to_vec()));
        assert_eq!(dry.last(Family::Meta).unwrap().unwrap().0, b"e");
        let changes = dry.changes();
        let Writing::Dry { mut base, .. } = dry else {
            unreachable!()
        };
        assert_eq!(all(&base), before);
        base.write(changes).unwrap();
        assert_eq!(all(&base), "a=new b=new c=new d=old e=new ");
    }
}
