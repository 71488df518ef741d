//! The office open for writing: under the lock, and perhaps with changes that wait for something else.

use std::path::PathBuf;

use cli_kit::{Context, Failure};
use fs_err as fs;

use super::{
    command_name,
    home::{HEAD, Home},
};
use crate::{
    office::{Actor, MachineKeys, Office},
    store::{Head, Lock, RocksStore, Store, Writing},
};

/// The office, open for writing.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) office: Office<Writing<RocksStore>>,
    /// The head of a draft.
    next: Option<NextHead>,
    /// None in a rehearsal, which keeps nobody from writing. Last, so that all else is closed before.
    lock: Option<Lock>,
}

/// The head that a draft signs: beside the one in force, and gone with the draft.
#[derive(Debug)]
struct NextHead(PathBuf);

impl Drop for NextHead {
    fn drop(&mut self) {
        // It was never there, or it has its final name; one that stays is overwritten by the next.
        let _ = fs::remove_file(&self.0);
    }
}

impl Home {
    /// Opens the office to change something; waits for other writers. In a rehearsal nothing is changed.
    /// Where there are officers one of them acts, and is asked for the passphrase before anybody waits.
    pub(super) fn desk(&self, context: &mut Context) -> Result<Desk, Failure> {
        self.desk_as(self.actor(context)?)
    }

    /// Opens the office for somebody whose keys are at hand already.
    pub(super) fn desk_as(&self, actor: Actor) -> Result<Desk, Failure> {
        let mut desk = self.open_desk()?;
        desk.office.act_as(actor)?;
        Ok(desk)
    }

    fn open_desk(&self) -> Result<Desk, Failure> {
        if self.dry {
            return self.rehearsal();
        }
        let lock = Lock::take(&self.path, &command_name())?;
        let keys = self.machine_keys()?;
        let acknowledged = Some(self.head(&keys)?);
        let store = Writing::Real(RocksStore::open(&self.db())?);
        let head_path = Some(self.path.join(HEAD));
        let office = self.office(store, keys, (head_path, acknowledged))?;
        Ok(Desk {
            office,
            next: None,
            lock: Some(lock),
        })
    }

    /// Opens the office as [`desk`](Self::desk) does, but nothing is written before
    /// [`settle`](Desk::settle): for changes whose result has to be out of the house first, such as codes
    /// that nobody could learn later. What fails before leaves everything as it was.
    pub(super) fn draft(&self, context: &mut Context) -> Result<Desk, Failure> {
        let actor = self.actor(context)?;
        let mut desk = self.open_draft()?;
        desk.office.act_as(actor)?;
        Ok(desk)
    }

    fn open_draft(&self) -> Result<Desk, Failure> {
        if self.dry {
            return self.rehearsal();
        }
        let lock = Lock::take(&self.path, &command_name())?;
        let keys = self.machine_keys()?;
        let acknowledged = Some(self.head(&keys)?);
        let store = Writing::dry(RocksStore::open_read_only(&self.db())?);
        let next = self.path.join("journal.head.next");
        let head_path = Some(next.clone());
        let office = self.office(store, keys, (head_path, acknowledged))?;
        Ok(Desk {
            office,
            next: Some(NextHead(next)),
            lock: Some(lock),
        })
    }

    /// Opens the office on a store whose changes are forgotten.
    fn rehearsal(&self) -> Result<Desk, Failure> {
        self.patiently(|| {
            let keys = self.machine_keys()?;
            let acknowledged = Some(self.head(&keys)?);
            let store = Writing::dry(RocksStore::open_read_only(&self.db())?);
            let office = self.office(store, keys, (None, acknowledged))?;
            Ok(Desk {
                office,
                next: None,
                lock: None,
            })
        })
    }

    /// Opens the office on a store, with the log of the DID where it has one.
    pub(super) fn office<S: Store>(
        &self,
        store: S,
        keys: MachineKeys,
        heads: (Option<PathBuf>, Option<Head>),
    ) -> Result<Office<S>, Failure> {
        let office = Office::open(store, self.profile()?, keys, heads)?;
        Ok(match self.did_log()? {
            Some(log) => office.with_log(log)?,
            None => office,
        })
    }

    pub(super) fn db(&self) -> PathBuf {
        self.path.join("db")
    }
}

impl Desk {
    /// Lets whoever waits have the store, and takes it back.
    pub(super) fn make_way(self, home: &Home) -> Result<Self, Failure> {
        if !self.lock.as_ref().is_some_and(Lock::is_wanted) {
            return Ok(self);
        }
        let Self {
            mut office, lock, ..
        } = self;
        let actor = office.stand_down();
        drop(office);
        drop(lock);
        // The one that waits looks every few milliseconds.
        std::thread::sleep(std::time::Duration::from_millis(50));
        home.desk_as(actor)
    }

    /// Writes what was prepared at a [`draft`](Home::draft), in one synchronous write, then the head.
    pub(super) fn settle(self, home: &Home) -> Result<(), Failure> {
        let Self { office, next, lock } = self;
        let changes = office.store().changes();
        drop(office);
        let (Some(next), Some(_lock)) = (next, lock) else {
            return Ok(());
        };
        if changes.is_empty() {
            return Ok(());
        }
        RocksStore::open(&home.db())?.write(changes)?;
        let head = home.path.join(HEAD);
        fs::rename(&next.0, &head).map_err(|error| Failure::writing(&head, &error))
    }
}
