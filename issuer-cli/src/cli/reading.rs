//! The office open for reading, while others may write.
//!
//! A writer that comes or goes replaces files of the store: whoever opens it at that moment may find
//! one missing, or two that do not belong together, which looks like damage. So a reader that meets
//! damage looks again, and at last with the writers kept away: what is damaged then is damaged.

use std::time::{Duration, Instant};

use cli_kit::Failure;

use super::{command_name, home::Home};
use crate::{
    Code,
    office::Office,
    store::{Head, Lock, RocksStore, StoreError},
};

/// How long a reader looks again before it asks the writers to wait.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long it waits between two looks.
const PAUSE: Duration = Duration::from_millis(20);

impl Home {
    /// Opens the office to look at what had been written by now; nobody is kept from writing.
    pub(super) fn reading_room(&self) -> Result<Office<RocksStore>, Failure> {
        self.patiently(|| self.look().map(|(office, _)| office))
    }

    /// Reads what could be found damaged, together with the journal's head: a finding counts only when
    /// no writer can have caused it.
    pub(super) fn examine<T>(
        &self,
        mut read: impl FnMut(&Office<RocksStore>, Head) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.patiently(|| {
            let (office, acknowledged) = self.look()?;
            read(&office, acknowledged)
        })
    }

    /// Tries again for a while what fails as it would in passing, and then once under the lock.
    pub(super) fn patiently<T>(
        &self,
        mut read: impl FnMut() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let begun = Instant::now();
        loop {
            match read() {
                Err(failure) if is_damage(&failure) => {}
                outcome => return outcome,
            }
            if begun.elapsed() >= PATIENCE {
                break;
            }
            std::thread::sleep(PAUSE);
        }
        let _lock = match Lock::take(&self.path, &command_name()) {
            Err(busy @ StoreError::Busy { .. }) => return Err(busy.into()),
            // A home that cannot be locked, such as one on a read-only disk, is changed by nobody.
            lock => lock.ok(),
        };
        read()
    }

    fn look(&self) -> Result<(Office<RocksStore>, Head), Failure> {
        let keys = self.machine_keys()?;
        // The head first: it may lag behind the store, but never lead it.
        let acknowledged = self.head(&keys)?;
        let store = RocksStore::open_read_only(&self.db())?;
        let office = self.office(store, keys, (None, Some(acknowledged)))?;
        Ok((office, acknowledged))
    }
}

/// Whether a failure says that the store is damaged; to a reader a writer at work can look like it.
pub(super) fn is_damage(failure: &Failure) -> bool {
    [
        Code::JournalBroken,
        Code::JournalTruncated,
        Code::StoreDamaged,
        Code::StoreFailed,
    ]
    .iter()
    .any(|code| code.as_str() == failure.code)
}
