//! Files that are written first and get their name once something else is done.

use std::path::{Path, PathBuf};

use fs_err as fs;
use tempfile::TempPath;

use crate::files::{self, Access, Durability};
use crate::{Failure, interrupt::Unfinished, output};

/// A file that is on the disk beside its final name, and is gone when this is dropped.
///
/// For results without which a change must not be made: the file is written, the change is made, and
/// the file gets its name, which nothing but a failing disk can still prevent.
#[derive(Debug)]
#[must_use = "dropped, the file is gone"]
pub struct Staged {
    path: PathBuf,
    /// None when there is nothing to name: in a rehearsal, and for a pipe or device.
    temporary: Option<(TempPath, Unfinished)>,
}

impl Staged {
    /// Writes a file without its name. A pipe or device at the path is written to at once.
    ///
    /// # Errors
    /// `file.unwritable`, and as [`output::allow`].
    pub fn write(path: &Path, bytes: &[u8], access: Access) -> Result<Self, Failure> {
        output::allow(path, "--out")?;
        let named = |temporary| Self {
            path: path.to_owned(),
            temporary,
        };
        if files::is_rehearsal() {
            return Ok(named(None));
        }
        if path.is_dir() {
            let error = std::io::ErrorKind::IsADirectory.into();
            return Err(Failure::writing(path, &error));
        }
        if files::is_special(path) {
            files::write_atomic(path, bytes, access, Durability::Cached)?;
            return Ok(named(None));
        }
        let prepared = files::prepare(files::folder_of(path), bytes, access, Durability::Synced);
        let (temporary, unfinished) = prepared.map_err(|error| Failure::writing(path, &error))?;
        // Without its descriptor: there may be thousands of them.
        Ok(named(Some((temporary.into_temp_path(), unfinished))))
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// `file.unwritable`.
    pub fn keep(self) -> Result<(), Failure> {
        let Some((temporary, _unfinished)) = self.temporary else {
            return Ok(());
        };
        let kept = temporary.persist(&self.path);
        kept.map_err(|error| Failure::writing(&self.path, &error.error))?;
        files::sync_folder(files::folder_of(&self.path))
            .map_err(|error| Failure::writing(&self.path, &error))
    }

    /// Gives the file its name, and keeps what had it under another: `FILE.1`, `FILE.2` and so on, which is
    /// returned. For what cannot be made again, such as codes.
    ///
    /// # Errors
    /// `file.unwritable`; then what had the name has it still, or the other one.
    pub fn keep_beside(self) -> Result<Option<PathBuf>, Failure> {
        let holds = |path: &Path| fs::metadata(path).is_ok_and(|found| found.len() > 0);
        if self.temporary.is_none() || !holds(&self.path) {
            return self.keep().map(|()| None);
        }
        let named = |n: u32| {
            let mut name = self.path.clone().into_os_string();
            name.push(format!(".{n}"));
            PathBuf::from(name)
        };
        let free = (1..=u32::MAX).map(named).find(|path| !path.exists());
        if let Some(free) = &free {
            fs::rename(&self.path, free).map_err(|error| Failure::writing(free, &error))?;
        }
        self.keep().map(|()| free)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_staged_file_has_its_name_only_once_it_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("codes");
        let count = || std::fs::read_dir(folder.path()).unwrap().count();
        std::fs::write(&path, b"before").unwrap();
        let staged = Staged::write(&path, b"after", Access::Private).unwrap();
        assert_eq!(
            (std::fs::read(&path).unwrap(), count()),
            (b"before".to_vec(), 2)
        );
        drop(staged);
        assert_eq!(count(), 1);
        let staged = Staged::write(&path, b"after", Access::Private).unwrap();
        staged.keep().unwrap();
        assert_eq!(
            (std::fs::read(&path).unwrap(), count()),
            (b"after".to_vec(), 1)
        );
    }

    #[test]
    fn what_had_the_name_is_kept_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("codes");
        let keep = |bytes: &[u8]| {
            let staged = Staged::write(&path, bytes, Access::Private).unwrap();
            let beside = staged.keep_beside().unwrap();
            beside.map(|path| std::fs::read(path).unwrap())
        };
        // Neither nothing nor an empty file is worth keeping.
        assert_eq!(keep(b""), None);
        assert_eq!(keep(b"one"), None);
        assert_eq!(keep(b"two").as_deref(), Some(&b"one"[..]));
        assert_eq!(keep(b"three").as_deref(), Some(&b"two"[..]));
        let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
        assert_eq!(
            [read("codes"), read("codes.1"), read("codes.2")],
            [&b"three"[..], b"one", b"two"]
        );
    }

    #[test]
    fn what_could_not_be_kept_is_not_staged() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), folder.path().join("none/codes")] {
            let refused = Staged::write(&path, b"", Access::Private).unwrap_err();
            assert_eq!(refused.code, "file.unwritable");
        }
    }
}
