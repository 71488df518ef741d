//! Why a vault was not made, opened or kept.

use std::path::{Path, PathBuf};

use cli_kit::Failure;
use cli_kit::sealed::SealedError;

identity_core::codes! {
    /// A stable code of the vault.
    pub enum Code {
        /// The backup is damaged, or no backup of a wallet.
        BackupDamaged = "vault.backup_damaged",
        /// The vault is damaged, or no vault.
        Damaged = "vault.damaged",
        /// There is a vault already.
        Exists = "vault.exists",
        /// Another process has the vault open.
        Locked = "vault.locked",
        /// There is not enough memory to derive the vault's key.
        Memory = "vault.memory",
        /// There is no vault.
        Missing = "vault.missing",
        /// The vault is of a newer version than this program knows.
        Version = "vault.version",
        /// The passphrase is not the vault's, or not the backup's.
        WrongPassphrase = "vault.wrong_passphrase",
    }
}

/// Why a vault was not made, opened or kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The backup is damaged, or no backup of a wallet.
    #[error("the backup {path} cannot be used: {reason}", path = path.display())]
    BackupDamaged {
        /// Where it lies.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The vault is damaged, or no vault.
    #[error("the vault {path} cannot be used: {reason}", path = path.display())]
    Damaged {
        /// Where it lies.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// There is a vault already; it is never overwritten.
    #[error("there is a vault already: {path}", path = path.display())]
    Exists {
        /// Where it lies.
        path: PathBuf,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] Failure),
    /// Another process has the vault open.
    #[error("another process has the vault open: {path}", path = path.display())]
    Locked {
        /// Where the vault lies.
        path: PathBuf,
    },
    /// There is not enough memory to derive the key.
    #[error("there is not enough memory to derive the key")]
    Memory,
    /// There is no vault.
    #[error("there is no vault: {path}", path = path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file is of a newer version than this program knows.
    #[error("{path} is of a newer version than this program knows", path = path.display())]
    Version {
        /// Where it lies.
        path: PathBuf,
    },
    /// The passphrase is not the one the file was sealed with; the file itself is not damaged.
    #[error("the passphrase of {path} is wrong", path = path.display())]
    WrongPassphrase {
        /// The vault or the backup.
        path: PathBuf,
    },
}

impl VaultError {
    /// Returns the stable code: one of [`Code`], or the code of a failure with a file.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BackupDamaged { .. } => Code::BackupDamaged.as_str(),
            Self::Damaged { .. } => Code::Damaged.as_str(),
            Self::Exists { .. } => Code::Exists.as_str(),
            Self::File(failure) => failure.code,
            Self::Locked { .. } => Code::Locked.as_str(),
            Self::Memory => Code::Memory.as_str(),
            Self::Missing { .. } => Code::Missing.as_str(),
            Self::Version { .. } => Code::Version.as_str(),
            Self::WrongPassphrase { .. } => Code::WrongPassphrase.as_str(),
        }
    }

    pub(super) fn from_sealed(path: &Path, error: SealedError) -> Self {
        let path = path.to_owned();
        match error {
            SealedError::WrongPassphrase => Self::WrongPassphrase { path },
            SealedError::Version => Self::Version { path },
            SealedError::Memory => Self::Memory,
            other => Self::Damaged {
                path,
                reason: other.to_string(),
            },
        }
    }

    /// Calls damage what it is when the file was a backup.
    pub(super) fn of_backup(self) -> Self {
        match self {
            Self::Damaged { path, reason } => Self::BackupDamaged { path, reason },
            other => other,
        }
    }

    fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::BackupDamaged { .. } => "use another backup",
            Self::Damaged { .. } => {
                "move the file away, then run: mandate-wallet backup restore FILE"
            }
            Self::Exists { .. } => "use it, or choose another folder with --home DIR",
            Self::File(_) => return None,
            Self::Locked { .. } => "wait until the other command has ended, then run it again",
            Self::Memory => "close other programs, then run it again",
            Self::Missing { .. } => {
                "run: mandate-wallet init, or restore one: mandate-wallet backup restore FILE"
            }
            Self::Version { .. } => "install the newer version of this program",
            Self::WrongPassphrase { .. } => "try again; the file is not damaged",
        })
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        match (error.hint(), error) {
            (_, VaultError::File(failure)) => failure,
            (Some(hint), error) => Self::failed(error.code(), error.to_string()).hint(hint),
            (None, error) => Self::failed(error.code(), error.to_string()),
        }
    }
}
