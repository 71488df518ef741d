//! Backups: the vault's contents in a file of their own, sealed with a passphrase of their own.
//!
//! A backup is kept elsewhere and for longer than the vault, by other people perhaps: the daily
//! passphrase must not open it.

use std::path::Path;

use cli_kit::Passphrase;
use cli_kit::files::{self, Access, Durability};
use cli_kit::sealed::{self, Cost};
use identity_core::status::Instant;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use super::contents::{Contents, said, to_wiped_json};
use super::{MAX_BYTES, Vault, VaultError};

/// The `schema` of a backup's contents.
pub const SCHEMA: &str = "mandate.wallet-backup/1";

/// Writes a backup of a vault to a new file.
///
/// # Errors
/// [`VaultError::File`], `file.exists` among its codes; [`VaultError::Memory`].
pub fn create(
    vault: &Vault,
    path: &Path,
    passphrase: &Passphrase,
    cost: Cost,
    now: Instant,
    rng: &mut impl CryptoRng,
) -> Result<(), VaultError> {
    let plain = to_wiped_json(&Written {
        schema: SCHEMA,
        created: now,
        vault: vault.contents(),
    });
    let bytes = sealed::seal(&plain, passphrase, cost, rng)
        .map_err(|error| VaultError::from_sealed(path, error))?;
    files::create_new(path, &bytes, Access::Private, Durability::Synced)?;
    Ok(())
}

/// Makes a vault from a backup where there is none, and returns it with the instant of the backup.
///
/// # Errors
/// [`VaultError::Exists`]; [`VaultError::BackupDamaged`] or [`VaultError::WrongPassphrase`] for the
/// backup; else as [`Vault::create`].
pub fn restore(
    (backup, backup_passphrase): (&Path, &Passphrase),
    path: &Path,
    passphrase: Passphrase,
    cost: Cost,
    rng: &mut impl CryptoRng,
) -> Result<(Vault, Instant), VaultError> {
    let bytes = files::read_bounded(backup, MAX_BYTES)?;
    let plain = sealed::open(&bytes, backup_passphrase)
        .map_err(|error| VaultError::from_sealed(backup, error).of_backup())?;
    let damaged = |reason| VaultError::BackupDamaged {
        path: backup.to_owned(),
        reason,
    };
    let read: Read = serde_json::from_slice(&plain).map_err(|error| damaged(said(&error)))?;
    if read.schema != SCHEMA {
        return Err(damaged("its contents are of another schema".to_owned()));
    }
    let contents = read.vault.checked().map_err(damaged)?;
    let vault = Vault::create_with(path, passphrase, cost, contents, rng)?;
    Ok((vault, read.created))
}

#[derive(Serialize)]
struct Written<'a> {
    schema: &'static str,
    created: Instant,
    vault: &'a Contents,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    schema: String,
    created: Instant,
    vault: Contents,
}
