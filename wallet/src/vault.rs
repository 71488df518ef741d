//! The vault: one encrypted file that holds a member's keys, credentials and the parties trusted.
//!
//! The file is sealed with the member's passphrase ([`cli_kit::sealed`]) and replaced in one step, so
//! that a crash leaves the old vault or the new one. No previous copy is kept: a credential or a key
//! that was removed would live on in it, under a passphrase that may have been changed because it
//! became known. Whoever wants an older state makes a [`backup`].

pub mod backup;
mod contents;
mod error;
mod lock;

use std::fmt;
use std::path::{Path, PathBuf};

use cli_kit::files::{self, Access, Durability};
use cli_kit::sealed::{self, Cost};
use cli_kit::{Failure, Passphrase};
use rand_core::CryptoRng;

pub use contents::{
    Contents, HolderKey, PendingEnrolment, Securing, StoredCredential, TrustedIssuer,
    TrustedVerifier, credential_id,
};
pub use error::{Code, VaultError};
use lock::Lock;

/// The name of the vault's file in the wallet's home.
pub const FILE_NAME: &str = "vault.mandate";

/// The largest vault read, in bytes: some thousand credentials with a photograph each.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// An open vault. Nobody else can open it until it is dropped.
pub struct Vault {
    path: PathBuf,
    passphrase: Passphrase,
    cost: Cost,
    contents: Contents,
    /// None for one that is only rehearsed.
    _lock: Option<Lock>,
}

impl Vault {
    /// Makes an empty vault, and its folder.
    ///
    /// # Errors
    /// [`VaultError::Exists`], [`VaultError::Locked`], [`VaultError::File`].
    pub fn create(
        path: &Path,
        passphrase: Passphrase,
        cost: Cost,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, VaultError> {
        Self::create_with(path, passphrase, cost, Contents::default(), rng)
    }

    /// Opens a vault, once no other process has it open; waits for one up to five seconds.
    ///
    /// # Errors
    /// [`VaultError::Missing`], [`VaultError::Locked`], [`VaultError::WrongPassphrase`],
    /// [`VaultError::Damaged`], [`VaultError::File`].
    pub fn open(path: &Path, passphrase: Passphrase, cost: Cost) -> Result<Self, VaultError> {
        // Asked before the lock, so that nothing is made where there is no vault.
        if !exists(path)? {
            let path = path.to_owned();
            return Err(VaultError::Missing { path });
        }
        let lock = Lock::take(path)?;
        let bytes = files::read_bounded(path, MAX_BYTES)?;
        let plain = sealed::open(&bytes, &passphrase)
            .map_err(|error| VaultError::from_sealed(path, error))?;
        let contents = Contents::from_json(&plain).map_err(|reason| VaultError::Damaged {
            path: path.to_owned(),
            reason,
        })?;
        Ok(Self {
            path: path.to_owned(),
            passphrase,
            cost,
            contents,
            _lock: Some(lock),
        })
    }

    /// Writes the vault. Only then is a change kept.
    ///
    /// # Errors
    /// [`VaultError::Memory`], [`VaultError::File`]; the vault on the disk is then as it was.
    pub fn save(&self, rng: &mut impl CryptoRng) -> Result<(), VaultError> {
        let bytes = self.seal(rng)?;
        files::write_atomic(&self.path, &bytes, Access::Private, Durability::Synced)?;
        Ok(())
    }

    /// Changes the passphrase, and writes the vault.
    ///
    /// # Errors
    /// As [`save`](Self::save); the old passphrase then stays.
    pub fn change_passphrase(
        &mut self,
        passphrase: Passphrase,
        rng: &mut impl CryptoRng,
    ) -> Result<(), VaultError> {
        let old = std::mem::replace(&mut self.passphrase, passphrase);
        let saved = self.save(rng);
        if saved.is_err() {
            self.passphrase = old;
        }
        saved
    }

    /// Returns where the vault lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns what the vault holds.
    pub const fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Returns what the vault holds, to be changed; [`save`](Self::save) keeps it.
    pub const fn contents_mut(&mut self) -> &mut Contents {
        &mut self.contents
    }

    fn create_with(
        path: &Path,
        passphrase: Passphrase,
        cost: Cost,
        contents: Contents,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, VaultError> {
        let exists_error = || VaultError::Exists {
            path: path.to_owned(),
        };
        // Asked early, so that an existing vault is reported before its lock is waited for.
        if exists(path)? {
            return Err(exists_error());
        }
        if files::is_rehearsal() {
            return Ok(Self {
                path: path.to_owned(),
                passphrase,
                cost,
                contents,
                _lock: None,
            });
        }
        if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
            files::make_private_dir(folder)?;
        }
        let vault = Self {
            path: path.to_owned(),
            passphrase,
            cost,
            contents,
            _lock: Some(Lock::take(path)?),
        };
        let bytes = vault.seal(rng)?;
        // Another process may have made one meanwhile: `create_new` refuses to replace it.
        files::create_new(path, &bytes, Access::Private, Durability::Synced).map_err(
            |failure| {
                if failure.code == cli_kit::Code::FileExists.as_str() {
                    exists_error()
                } else {
                    failure.into()
                }
            },
        )?;
        Ok(vault)
    }

    fn seal(&self, rng: &mut impl CryptoRng) -> Result<Vec<u8>, VaultError> {
        let plain = self.contents.to_json();
        sealed::seal(&plain, &self.passphrase, self.cost, rng)
            .map_err(|error| VaultError::from_sealed(&self.path, error))
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Says whether there is something at the path; a folder that cannot be read is not "nothing there".
fn exists(path: &Path) -> Result<bool, VaultError> {
    let found = path.try_exists();
    found.map_err(|error| VaultError::File(Failure::reading(path, &error)))
}

#[cfg(test)]
mod tests;
