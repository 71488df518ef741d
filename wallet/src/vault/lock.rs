//! One process at a time: two that each read, change and write would lose one's changes.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use cli_kit::Failure;
use fd_lock::RwLock;

use super::VaultError;

/// How often the lock is tried for, and how long is waited between: five seconds in all.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// The right to use a vault, given back when dropped or when the process ends.
///
/// It is held on a file beside the vault, since the vault's own file is replaced at each save.
pub(super) struct Lock {
    _file: RwLock<File>,
}

impl Lock {
    /// Takes the lock, waiting up to five seconds for another process.
    pub(super) fn take(vault: &Path) -> Result<Self, VaultError> {
        Self::take_within(vault, TRIES)
    }

    pub(super) fn take_within(vault: &Path, tries: u32) -> Result<Self, VaultError> {
        let mut path = vault.as_os_str().to_owned();
        path.push(".lock");
        let path = Path::new(&path);
        let failed = |error| VaultError::File(Failure::writing(path, &error));
        let file = open(path).map_err(failed)?;
        let mut file = RwLock::new(file);
        for attempt in 1.. {
            match file.try_write() {
                Ok(guard) => {
                    // The guard would unlock; closing the file does as well, and needs no borrow.
                    std::mem::forget(guard);
                    break;
                }
                Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => {
                    return Err(failed(error));
                }
                Err(_) if attempt >= tries => {
                    let path = vault.to_owned();
                    return Err(VaultError::Locked { path });
                }
                Err(_) => std::thread::sleep(PAUSE),
            }
        }
        Ok(Self { _file: file })
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use fs_err::os::unix::fs::OpenOptionsExt as _;

        options.mode(0o600);
    }
    options.open(path).map(Into::into)
}
