//! Who may write: one process at a time, and a long one makes way for those that wait.
//!
//! The operating system drops the lock of a process that dies. Whoever waits leaves a file with its
//! process id in `waiting/`, so that a batch can see that somebody is in a hurry.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use fs_err as fs;

use super::StoreError;

/// How long a writer waits for another.
const PATIENCE: Duration = Duration::from_secs(10);

/// The right to write.
#[derive(Debug)]
pub struct Lock {
    _file: File,
    folder: PathBuf,
}

/// A sign in `waiting/` that goes away with its owner.
struct Sign(PathBuf);

impl Drop for Sign {
    fn drop(&mut self) {
        // A sign that stays is skipped once its process is gone.
        let _ = fs::remove_file(&self.0);
    }
}

impl Lock {
    /// Takes the lock of a store, waiting up to ten seconds. `command` is what others who wait are told.
    ///
    /// # Errors
    /// [`StoreError::Busy`], which names the process that has it.
    pub fn take(folder: &Path, command: &str) -> Result<Self, StoreError> {
        Self::take_within(folder, command, PATIENCE)
    }

    fn take_within(folder: &Path, command: &str, patience: Duration) -> Result<Self, StoreError> {
        let path = folder.join("store.lock");
        let open = fs::OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path);
        let file = open.map_err(StoreError::failed)?.into_parts().0;
        let begun = Instant::now();
        let mut sign = None;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(StoreError::failed(error)),
            }
            if begun.elapsed() >= patience {
                return Err(StoreError::Busy {
                    process: holder(folder),
                });
            }
            if sign.is_none() {
                sign = Some(put_sign(folder)?);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let own = format!("{command} (process {})", std::process::id());
        fs::write(folder.join("store.owner"), own).map_err(StoreError::failed)?;
        Ok(Self {
            _file: file,
            folder: folder.to_owned(),
        })
    }

    /// Returns whether another living process waits.
    pub fn is_wanted(&self) -> bool {
        let Ok(entries) = fs::read_dir(self.folder.join("waiting")) else {
            return false;
        };
        entries.flatten().any(|entry| {
            let name = entry.file_name();
            let pid = name.to_str().and_then(|name| name.parse::<u32>().ok());
            pid.is_some_and(|pid| pid != std::process::id() && is_alive(pid))
        })
    }
}

fn put_sign(folder: &Path) -> Result<Sign, StoreError> {
    let waiting = folder.join("waiting");
    fs::create_dir_all(&waiting).map_err(StoreError::failed)?;
    let path = waiting.join(std::process::id().to_string());
    fs::write(&path, b"").map_err(StoreError::failed)?;
    Ok(Sign(path))
}

fn holder(folder: &Path) -> String {
    fs::read_to_string(folder.join("store.owner")).unwrap_or_else(|_| "another process".to_owned())
}

fn is_alive(pid: u32) -> bool {
    let processes = Path::new("/proc");
    // Where processes cannot be looked up, a sign counts.
    !processes.join("self").exists() || processes.join(pid.to_string()).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_writes_and_the_other_learns_who() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::take(folder.path(), "mandate-issuer batch issue").unwrap();
        assert!(!lock.is_wanted());
        let busy = Lock::take_within(folder.path(), "", Duration::from_millis(20)).unwrap_err();
        assert_eq!(busy.code(), "store.busy");
        let who = format!(
            "mandate-issuer batch issue (process {})",
            std::process::id()
        );
        assert!(busy.to_string().ends_with(&who), "{busy}");
        fs::write(folder.path().join("waiting/1"), b"").unwrap();
        assert!(lock.is_wanted());
        drop(lock);
        Lock::take_within(folder.path(), "", Duration::ZERO).unwrap();
    }
}
