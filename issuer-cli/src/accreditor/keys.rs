//! The keys: an officer's in a file of its own, the accreditor's in its home.

use std::path::Path;

use cli_kit::{
    Failure, Passphrase,
    files::{self, Access, Durability},
    sealed::{self, Cost},
};
use identity_core::{
    did::{self, Did},
    encoding::strict_json::{self, Limits},
    key::{Algorithm, SecretKey, Signer as _},
    trust::officers::Officer,
};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::error::{AccreditorCode, damaged, refuse};

/// The public card of an officer: what goes into a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "a file, complete")]
pub struct OfficerCard {
    /// `mandate.accreditor-officer/1`.
    pub schema: String,
    /// The officer's short name.
    pub id: String,
    /// The officer's key, as a did:key.
    pub did: Did,
    /// What the officer is.
    pub roles: Vec<String>,
}

impl OfficerCard {
    /// The `schema` of a card.
    pub const SCHEMA: &'static str = "mandate.accreditor-officer/1";

    /// Makes a card.
    pub fn new(id: impl Into<String>, did: Did, roles: Vec<String>) -> Self {
        Self {
            schema: Self::SCHEMA.to_owned(),
            id: id.into(),
            did,
            roles,
        }
    }

    /// Reads a card's file.
    ///
    /// # Errors
    /// `accreditor.officer_file`.
    pub fn read(bytes: &[u8]) -> Result<Self, Failure> {
        let card: Option<Self> = strict_json::from_slice(bytes, &Limits::small()).ok();
        card.filter(|card| card.schema == Self::SCHEMA)
            .ok_or_else(|| {
                refuse(
                    AccreditorCode::AccreditorOfficerFile,
                    "the file is no officer's card",
                )
                .hint("an officer makes one with: mandate-issuer accreditor officer-key ID --out KEY --card CARD")
            })
    }

    /// Returns the officer as a policy lists it.
    pub fn officer(&self) -> Officer {
        Officer {
            id: self.id.clone(),
            did: self.did.clone(),
            roles: self.roles.clone(),
        }
    }
}

/// An officer's key.
#[derive(Debug)]
pub struct OfficerKey(SecretKey);

impl OfficerKey {
    /// Makes a key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(SecretKey::generate(Algorithm::EdDsa, rng))
    }

    /// Returns its did:key.
    pub fn did(&self) -> Did {
        did::key::create(self.0.public_key())
    }

    /// Returns the file, sealed.
    ///
    /// # Errors
    /// `file.sealed_cost` when there is no memory.
    pub fn seal(
        &self,
        passphrase: &Passphrase,
        rng: &mut impl CryptoRng,
        path: &Path,
    ) -> Result<Vec<u8>, Failure> {
        seal(&self.0, passphrase, rng, path)
    }
}

/// Seals a key with a passphrase.
///
/// # Errors
/// `file.sealed_cost` when there is no memory.
pub fn seal(
    key: &SecretKey,
    passphrase: &Passphrase,
    rng: &mut impl CryptoRng,
    path: &Path,
) -> Result<Vec<u8>, Failure> {
    sealed::seal(&*key.secret_bytes(), passphrase, Cost::STANDARD, rng)
        .map_err(|error| error.failure(path))
}

/// Opens a key's file.
///
/// # Errors
/// As [`files::read_bounded`]; `passphrase.wrong` and what else a sealed file meets.
pub fn open_sealed(path: &Path, passphrase: &Passphrase) -> Result<SecretKey, Failure> {
    let bytes = files::read_bounded(path, 1 << 16)?;
    let seed = sealed::open(&bytes, passphrase).map_err(|error| error.failure(path))?;
    secret(&seed, path)
}

fn secret(seed: &[u8], path: &Path) -> Result<SecretKey, Failure> {
    let seed: [u8; 32] = seed.try_into().map_err(|_| damaged(path))?;
    let seed = Zeroizing::new(seed);
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &seed).map_err(|_| damaged(path))
}

/// Writes a secret of the home.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    files::write_atomic(path, bytes, Access::Private, Durability::Synced)
}

/// Makes the key of the machine and the publishing key sealed with it.
pub(super) fn make_publishing(
    secrets: &Path,
    rng: &mut impl CryptoRng,
) -> Result<SecretKey, Failure> {
    let mut machine = Zeroizing::new([0; 32]);
    rng.fill_bytes(machine.as_mut_slice());
    write(&secrets.join("machine.key"), machine.as_slice())?;
    let key = SecretKey::generate(Algorithm::EdDsa, rng);
    write_publishing(secrets, "publishing.key", &key, &machine, rng)?;
    Ok(key)
}

/// Makes another publishing key beside the one in use; a later policy names it.
pub(super) fn make_next_publishing(
    secrets: &Path,
    rng: &mut impl CryptoRng,
) -> Result<SecretKey, Failure> {
    let machine = machine(secrets)?;
    let key = SecretKey::generate(Algorithm::EdDsa, rng);
    write_publishing(secrets, "publishing.next.key", &key, &machine, rng)?;
    Ok(key)
}

fn write_publishing(
    secrets: &Path,
    name: &str,
    key: &SecretKey,
    machine: &[u8; 32],
    rng: &mut impl CryptoRng,
) -> Result<(), Failure> {
    let path = secrets.join(name);
    let sealed = sealed::seal_with_key(&*key.secret_bytes(), machine, rng)
        .map_err(|error| error.failure(&path))?;
    write(&path, &sealed)
}

/// Opens a publishing key; `None` when there is no such file.
pub(super) fn publishing(secrets: &Path, name: &str) -> Result<Option<SecretKey>, Failure> {
    let path = secrets.join(name);
    if !path.exists() {
        return Ok(None);
    }
    let bytes = files::read_bounded(&path, 1 << 16)?;
    let machine = machine(secrets)?;
    let seed = sealed::open_with_key(&bytes, &machine).map_err(|error| error.failure(&path))?;
    secret(&seed, &path).map(Some)
}

fn machine(secrets: &Path) -> Result<Zeroizing<[u8; 32]>, Failure> {
    let path = secrets.join("machine.key");
    let bytes = files::read_bounded(&path, 1 << 10)?;
    let machine: [u8; 32] = bytes.as_slice().try_into().map_err(|_| damaged(&path))?;
    Ok(Zeroizing::new(machine))
}
