//! What a restored store must not do again: whatever happened after its backup is not known to it.
//!
//! Verifiers refuse a bundle whose number is lower than one they saw, and a status index that stands
//! in a credential already handed out must never stand in a second one. Both counters therefore go on
//! from the clock, which no earlier life of the store can have passed: fewer than one publication and
//! one full status list a second.

use identity_core::status::{Instant, SLOTS};

use super::{issue::NEXT_SLOT, publish::SEQ};
use crate::store::{Batch, Family, StoreError, parse};

/// The two counters of a store that is being restored.
#[derive(Debug, Default)]
pub struct Counters {
    seq: u64,
    next_slot: u64,
}

impl Counters {
    /// Takes note of a record of the backup.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it is a counter and no number.
    pub fn see(&mut self, family: Family, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        if family == Family::Meta && key == SEQ.as_bytes() {
            self.seq = parse(family, key, value)?;
        }
        if family == Family::Meta && key == NEXT_SLOT.as_bytes() {
            self.next_slot = parse(family, key, value)?;
        }
        Ok(())
    }

    /// Puts both beyond everything that can have been given out before `now`.
    ///
    /// # Errors
    /// [`StoreError::Failed`], never for numbers.
    pub fn move_past(&self, now: Instant, batch: &mut Batch) -> Result<(), StoreError> {
        let second = u64::try_from(now.as_second()).unwrap_or(0);
        let seq = second.max(self.seq);
        // The first slot of a list that is not begun; lists are numbered from one.
        let list = second.max(self.next_slot / SLOTS + 1);
        batch.put(Family::Meta, SEQ, &seq)?;
        batch.put(Family::Meta, NEXT_SLOT, &(list * SLOTS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{MemoryStore, Store as _, read};

    fn restored(seq: Option<u64>, next_slot: Option<u64>, now: i64) -> (u64, u64) {
        let mut counters = Counters::default();
        for (key, value) in [(SEQ, seq), (NEXT_SLOT, next_slot)] {
            if let Some(value) = value {
                let text = value.to_string();
                counters
                    .see(Family::Meta, key.as_bytes(), text.as_bytes())
                    .unwrap();
            }
        }
        let mut batch = Batch::default();
        let now = Instant::floor(jiff::Timestamp::from_second(now).unwrap());
        counters.move_past(now, &mut batch).unwrap();
        let mut store = MemoryStore::default();
        store.write(batch).unwrap();
        let number = |key| read(&store, Family::Meta, key).unwrap().unwrap();
        (number(SEQ), number(NEXT_SLOT))
    }

    #[test]
    fn counters_go_on_where_nothing_was_given_out() {
        let (seq, slot) = restored(Some(5), Some(700), 1_790_000_000);
        assert_eq!((seq, slot), (1_790_000_000, 1_790_000_000 * SLOTS));
        // The same backup a day later, after a first restoration was used and lost.
        let (later, later_slot) = restored(Some(5), Some(700), 1_790_086_400);
        assert!(later > seq + 10_000 && later_slot >= slot + SLOTS);
        // A backup of a restored store, brought back by a clock that runs behind.
        let behind = restored(Some(seq + 3), Some(slot + 3), 1_000);
        assert_eq!(behind, (seq + 3, slot + SLOTS));
        // A store that had issued and published nothing when it was backed up.
        assert_eq!(restored(None, None, 77), (77, 77 * SLOTS));
    }
}
