//! The store: what the issuer knows, in families of records, changed by one synchronous write at a time.
//!
//! A change is acknowledged after its write and not before. [`RocksStore`] is the store of an issuer;
//! [`MemoryStore`] serves tests, and rehearsals through [`Writing`].

mod journal;
mod lock;
mod memory;
#[cfg(feature = "cli")]
mod rocks;
mod writing;

pub use journal::{Author, Entry, Head, Journal, MACHINE, Summary, last_entry, verify};
pub use lock::Lock;
pub use memory::MemoryStore;
#[cfg(feature = "cli")]
pub use rocks::RocksStore;
pub use writing::Writing;

use std::path::PathBuf;

use serde::{Serialize, de::DeserializeOwned};

/// A kind of records; a column family of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Family {
    /// Credentials by their id.
    Credentials,
    /// Enrolments by the code's public key.
    Enrolments,
    /// What each member has: an invitation, credentials.
    Holdings,
    /// The journal, by sequence number.
    Journal,
    /// Mandates by their id.
    Mandates,
    /// Members by their id.
    Members,
    /// Counters and secrets of the store itself.
    Meta,
    /// Terms by their id.
    Terms,
}

impl Family {
    /// Every family.
    pub const ALL: [Self; 8] = [
        Self::Credentials,
        Self::Enrolments,
        Self::Holdings,
        Self::Journal,
        Self::Mandates,
        Self::Members,
        Self::Meta,
        Self::Terms,
    ];

    /// Returns the name of the column family.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Enrolments => "enrolments",
            Self::Holdings => "holdings",
            Self::Journal => "journal",
            Self::Mandates => "mandates",
            Self::Members => "members",
            Self::Meta => "meta",
            Self::Terms => "terms",
        }
    }
}

/// Changes that are written together or not at all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    puts: Vec<(Family, Vec<u8>, Vec<u8>)>,
}

/// One record: its key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// Called with each record of a family.
pub type Visit<'v> = dyn FnMut(&[u8], &[u8]) -> Result<(), StoreError> + 'v;

/// Where records are kept.
pub trait Store {
    /// Returns one record.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn get(&self, family: Family, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Visits every record of a family in the order of the keys.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read, and what the visitor returns.
    fn visit(&self, family: Family, visit: &mut Visit<'_>) -> Result<(), StoreError>;

    /// Returns the record with the last key.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn last(&self, family: Family) -> Result<Option<Pair>, StoreError>;

    /// Writes changes durably, all or none.
    ///
    /// # Errors
    /// [`StoreError`] when they are not on the disk.
    fn write(&mut self, batch: Batch) -> Result<(), StoreError>;
}

/// Reports that the store cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process writes to it.
    #[error("the store is in use by {process}")]
    Busy {
        /// The process, as well as is known.
        process: String,
    },
    /// A record is not what was written.
    #[error("the store is damaged: {what}")]
    Damaged {
        /// Which record.
        what: String,
    },
    /// A file could not be used.
    #[error("the store cannot be used: {reason}")]
    Failed {
        /// What the system says.
        reason: String,
    },
    /// The journal does not verify.
    #[error("the journal does not verify at entry {seq}: {reason}")]
    Journal {
        /// The first entry that does not.
        seq: u64,
        /// What is wrong.
        reason: &'static str,
    },
    /// The journal ends before what was acknowledged.
    #[error("the journal ends at entry {found}, but entry {expected} was acknowledged")]
    Truncated {
        /// The last entry found.
        found: u64,
        /// The last entry acknowledged.
        expected: u64,
    },
    /// The file that says how far the journal had come is gone, and with it the proof that nothing was cut.
    #[error("the journal's signed head is missing")]
    HeadMissing,
    /// There is no store there.
    #[error("there is no store at {path}", path = path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
}

impl StoreError {
    /// Returns the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Busy { .. } => "store.busy",
            Self::Damaged { .. } => "store.damaged",
            Self::Failed { .. } => "store.failed",
            Self::Journal { .. } => "journal.broken",
            Self::Truncated { .. } | Self::HeadMissing => "journal.truncated",
            Self::Missing { .. } => "store.missing",
        }
    }

    pub(crate) fn failed(error: impl core::fmt::Display) -> Self {
        Self::Failed {
            reason: error.to_string(),
        }
    }
}

impl Batch {
    /// Puts raw bytes.
    pub fn put_bytes(&mut self, family: Family, key: &[u8], value: Vec<u8>) {
        self.puts.push((family, key.to_vec(), value));
    }

    /// Puts a record as JSON.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when it does not serialise.
    pub fn put(
        &mut self,
        family: Family,
        key: &str,
        record: &impl Serialize,
    ) -> Result<(), StoreError> {
        let value = serde_json::to_vec(record).map_err(StoreError::failed)?;
        self.put_bytes(family, key.as_bytes(), value);
        Ok(())
    }

    /// Adds what another batch puts, after what this one does.
    pub fn extend(&mut self, other: Self) {
        self.puts.extend(other.puts);
    }

    /// Returns whether there is nothing to write.
    pub const fn is_empty(&self) -> bool {
        self.puts.is_empty()
    }
}

/// Reads one record.
///
/// # Errors
/// [`StoreError`] when the store cannot be read or the record is damaged.
pub fn read<T: DeserializeOwned>(
    store: &impl Store,
    family: Family,
    key: &str,
) -> Result<Option<T>, StoreError> {
    match store.get(family, key.as_bytes())? {
        None => Ok(None),
        Some(bytes) => parse(family, key.as_bytes(), &bytes).map(Some),
    }
}

/// Visits every record of a family.
///
/// # Errors
/// [`StoreError`] when the store cannot be read or a record is damaged.
pub fn read_all<T: DeserializeOwned>(
    store: &impl Store,
    family: Family,
    mut visit: impl FnMut(T) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    store.visit(family, &mut |key, value| visit(parse(family, key, value)?))
}

pub(crate) fn parse<T: DeserializeOwned>(
    family: Family,
    key: &[u8],
    value: &[u8],
) -> Result<T, StoreError> {
    serde_json::from_slice(value).map_err(|_| StoreError::Damaged {
        what: format!("{} {}", family.as_str(), String::from_utf8_lossy(key)),
    })
}

#[cfg(test)]
mod tests;
