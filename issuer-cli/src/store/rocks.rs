//! `RocksDB` behind the [`Store`] trait.
//!
//! The write-ahead log is recovered with `TolerateCorruptedTailRecords`: the tail that a kill tears is
//! dropped, for it was never acknowledged. That mode alone would also drop acknowledged entries from
//! a tail damaged later; the journal's signed head, kept beside the store, shows that
//! (`spec/adr/0006-write-ahead-log.md`).

use std::{collections::BTreeSet, ffi::OsString, path::Path};

use fs_err as fs;
use rocksdb::{
    ColumnFamily, ColumnFamilyDescriptor, DB, DBRecoveryMode, IteratorMode, Options, WriteBatch,
    WriteOptions,
};

use super::{Batch, Family, Pair, Store, StoreError, Visit};

/// A store on the disk.
#[derive(Debug)]
pub struct RocksStore(DB);

impl RocksStore {
    /// Makes a new store.
    ///
    /// # Errors
    /// [`StoreError`] when there is one already or it cannot be written.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        let mut options = options();
        options.create_if_missing(true);
        options.create_missing_column_families(true);
        options.set_error_if_exists(true);
        DB::open_cf_descriptors(&options, path, families())
            .map(Self)
            .map_err(StoreError::failed)
    }

    /// Opens a store to write to it. The caller holds the [`Lock`](super::Lock).
    ///
    /// # Errors
    /// [`StoreError`] when there is none or it cannot be read.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        exists(path)?;
        DB::open_cf_descriptors(&options(), path, families())
            .map(Self)
            .map_err(|error| damaged_or_failed(&error))
    }

    /// Opens a store to read what had been written by now; nobody is kept from writing.
    ///
    /// # Errors
    /// [`StoreError`] when there is none or it cannot be read; also when a writer replaced files while
    /// they were being opened, which the next attempt may not meet.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        exists(path)?;
        let before = files_of(path)?;
        let mut options = options();
        // Every file is opened now and held: it can be read to its end though a writer deletes it.
        options.set_max_open_files(-1);
        let opened = DB::open_cf_descriptors_read_only(&options, path, families(), false)
            .map_err(|error| damaged_or_failed(&error))?;
        // A log that a writer deleted between the manifest and its turn is missed in silence, and the
        // entries in it with it: only files that stayed the same are one state of the store.
        if files_of(path)? == before {
            Ok(Self(opened))
        } else {
            Err(StoreError::failed(
                "a writer replaced its files while they were opened",
            ))
        }
    }

    fn family(&self, family: Family) -> Result<&ColumnFamily, StoreError> {
        self.0
            .cf_handle(family.as_str())
            .ok_or_else(|| StoreError::Damaged {
                what: format!("it has no {}", family.as_str()),
            })
    }
}

impl Store for RocksStore {
    fn get(&self, family: Family, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let family = self.family(family)?;
        self.0
            .get_cf(family, key)
            .map_err(|error| damaged_or_failed(&error))
    }

    fn visit(&self, family: Family, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        for item in self
            .0
            .iterator_cf(self.family(family)?, IteratorMode::Start)
        {
            let (key, value) = item.map_err(|error| damaged_or_failed(&error))?;
            visit(&key, &value)?;
        }
        Ok(())
    }

    fn last(&self, family: Family) -> Result<Option<Pair>, StoreError> {
        let mut last = self.0.iterator_cf(self.family(family)?, IteratorMode::End);
        match last.next() {
            None => Ok(None),
            Some(Ok((key, value))) => Ok(Some((key.into(), value.into()))),
            Some(Err(error)) => Err(damaged_or_failed(&error)),
        }
    }

    fn write(&mut self, batch: Batch) -> Result<(), StoreError> {
        let mut write = WriteBatch::default();
        for (family, key, value) in batch.puts {
            write.put_cf(self.family(family)?, key, value);
        }
        let mut options = WriteOptions::default();
        options.set_sync(true);
        self.0
            .write_opt(write, &options)
            .map_err(|error| damaged_or_failed(&error))
    }
}

fn options() -> Options {
    let mut options = Options::default();
    options.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
    options.set_compression_type(rocksdb::DBCompressionType::Lz4);
    options.set_paranoid_checks(true);
    options.set_keep_log_file_num(2);
    options.set_max_open_files(256);
    options
}

fn families() -> impl Iterator<Item = ColumnFamilyDescriptor> {
    Family::ALL.into_iter().map(|family| {
        let mut options = Options::default();
        options.set_compression_type(rocksdb::DBCompressionType::Lz4);
        ColumnFamilyDescriptor::new(family.as_str(), options)
    })
}

/// Returns which manifest, tables and logs there are; their names are never used twice.
fn files_of(path: &Path) -> Result<BTreeSet<OsString>, StoreError> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(path).map_err(StoreError::failed)? {
        let name = entry.map_err(StoreError::failed)?.file_name();
        let end = Path::new(&name).extension();
        let is_data = end.is_some_and(|end| end == "log" || end == "sst");
        if is_data || name.to_string_lossy().starts_with("MANIFEST-") {
            names.insert(name);
        }
    }
    Ok(names)
}

fn exists(path: &Path) -> Result<(), StoreError> {
    if path.join("CURRENT").exists() {
        return Ok(());
    }
    Err(StoreError::Missing {
        path: path.to_owned(),
    })
}

fn damaged_or_failed(error: &rocksdb::Error) -> StoreError {
    match error.kind() {
        rocksdb::ErrorKind::Corruption => StoreError::Damaged {
            what: error.to_string(),
        },
        _ => StoreError::failed(error),
    }
}
