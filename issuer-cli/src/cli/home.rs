//! The issuer's home.
//!
//! ```text
//! issuer.json           profile: DID, name, chamber, country, zone
//! secrets/issuing.key   sealed with the passphrase: signs credentials
//!                       (or issuing.token, status.token: the key is on a token, and where)
//! secrets/machine.key   mode 0600: opens the two below, so that publishing runs unattended
//! secrets/status.key    sealed with the machine key: signs bundles
//! secrets/journal.key   sealed with the machine key: signs the journal's head
//! db/                   the store; journal.head, store.lock and waiting/ beside it
//! ```

use std::path::{Path, PathBuf};

use cli_kit::{
    Context, Failure,
    files::{self, Access, Durability},
    passphrase::{Passphrase, Purpose},
    run::system_rng,
    sealed::{self, Cost},
};
use fs_err as fs;
use identity_core::{
    did,
    key::{Algorithm, SecretKey, Signer as _},
    trust::status_key,
};
use rand_core::Rng as _;
use zeroize::Zeroizing;

use super::places::{NewKey, remember};
use crate::{
    keys::KeyHandle,
    office::{MachineKeys, OfficeCode, Profile},
    store::{Head, RocksStore, StoreError},
};

/// The file with the journal's signed head.
pub(super) const HEAD: &str = "journal.head";

/// A home that exists.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) path: PathBuf,
    /// Whether changes are only to be shown.
    pub(super) dry: bool,
}

impl Home {
    /// Opens the home that the flags and the environment name.
    pub(super) fn open(context: &Context) -> Result<Self, Failure> {
        let path = context.home()?;
        if path.join("issuer.json").exists() {
            let dry = context.args.dry_run;
            return Ok(Self { path, dry });
        }
        let message = format!("there is no issuer in {}", path.display());
        Err(Failure::failed("issuer.missing", message)
            .hint("make one with: mandate-issuer init --name NAME --chamber CODE --country CC")
            .hint("or name its folder with --home"))
    }

    /// Makes a home: keys, profile, store.
    pub(super) fn create(
        path: &Path,
        mut profile: Profile,
        issuing: &NewKey,
        status: &NewKey,
        context: &mut Context,
    ) -> Result<Profile, Failure> {
        if path.join("issuer.json").exists() {
            let message = format!("there is an issuer in {} already", path.display());
            return Err(Failure::failed("issuer.exists", message)
                .hint("show it with: mandate-issuer id")
                .hint("or name another folder with --home"));
        }
        let passphrase = match issuing {
            NewKey::Secret(_) => Some(context.input.passphrase("the issuing key", Purpose::Seal)?),
            NewKey::OnToken(..) => None,
        };
        let mut rng = system_rng()?;
        let journal = SecretKey::generate(Algorithm::EdDsa, &mut rng);
        let method = profile
            .did
            .with_fragment(profile.did.specific_id())
            .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
        profile.status_key =
            status_key::certify(status.public_key(), &method, cli_kit::run::now(), issuing)
                .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
        files::make_private_dir(path)?;
        let secrets = path.join("secrets");
        files::make_private_dir(&secrets)?;
        let mut machine = Zeroizing::new([0; 32]);
        rng.fill_bytes(machine.as_mut_slice());
        let write = |name: &str, bytes: &[u8]| {
            files::write_atomic(
                &secrets.join(name),
                bytes,
                Access::Private,
                Durability::Synced,
            )
        };
        write("machine.key", machine.as_slice())?;
        let mut unattended = |name: &str, key: &SecretKey| {
            let sealed = sealed::seal_with_key(&*key.secret_bytes(), &machine, &mut rng)
                .map_err(|error| error.failure(&secrets.join(name)))?;
            write(name, &sealed)
        };
        unattended("journal.key", &journal)?;
        match status {
            NewKey::Secret(key) => unattended("status.key", key)?,
            NewKey::OnToken(_, record) => remember(path, "status", record)?,
        }
        match (issuing, &passphrase) {
            (NewKey::Secret(key), Some(passphrase)) => {
                let sealed =
                    sealed::seal(&*key.secret_bytes(), passphrase, Cost::STANDARD, &mut rng)
                        .map_err(|error| error.failure(&secrets.join("issuing.key")))?;
                write("issuing.key", &sealed)?;
            }
            (NewKey::OnToken(_, record), _) => remember(path, "issuing", record)?,
            (NewKey::Secret(_), None) => {}
        }
        if !context.args.dry_run {
            drop(RocksStore::create(&path.join("db"))?);
        }
        // From the beginning: a head that is not there is then one that was taken away. It lags behind
        // the first change until that has its own.
        let head = Head::BEGINNING.sign(&journal)?;
        files::write_atomic(
            &path.join(HEAD),
            head.as_bytes(),
            Access::Private,
            Durability::Synced,
        )?;
        let json = serde_json::to_vec_pretty(&profile)
            .map_err(|error| Failure::from_error("profile.invalid", &error))?;
        // Last: a home with a profile is complete.
        let at = path.join("issuer.json");
        files::create_new(&at, &json, Access::Private, Durability::Synced)?;
        Ok(profile)
    }

    pub(super) fn profile(&self) -> Result<Profile, Failure> {
        let path = self.path.join("issuer.json");
        let bytes = files::read_bounded(&path, 1 << 20)?;
        let profile: Option<Profile> = serde_json::from_slice(&bytes).ok();
        profile
            .filter(|profile| profile.schema == Profile::SCHEMA)
            .ok_or_else(|| {
                let message = format!("{} is not what was written there", path.display());
                Failure::failed(OfficeCode::ProfileInvalid.as_str(), message)
                    .hint("restore a backup: mandate-issuer backup restore FILE")
            })
    }

    /// Opens the keys that work unattended.
    pub(super) fn machine_keys(&self) -> Result<MachineKeys, Failure> {
        let secrets = self.path.join("secrets");
        let path = secrets.join("machine.key");
        let bytes = files::read_bounded(&path, 1 << 10)?;
        let machine: [u8; 32] = bytes.as_slice().try_into().map_err(|_| damaged(&path))?;
        let machine = Zeroizing::new(machine);
        let open = |name: &str| {
            let path = secrets.join(name);
            let bytes = files::read_bounded(&path, 1 << 16)?;
            let seed =
                sealed::open_with_key(&bytes, &machine).map_err(|error| error.failure(&path))?;
            secret(&seed, &path)
        };
        let status = match self.token_record("status")? {
            Some(record) => self.unattended_on_token(record)?,
            None => open("status.key")?.into(),
        };
        Ok(MachineKeys {
            status,
            journal: open("journal.key")?.into(),
        })
    }

    /// Opens the issuing key, wherever it is.
    pub(super) fn issuing_key(&self, context: &mut Context) -> Result<KeyHandle, Failure> {
        if let Some(record) = self.token_record("issuing")? {
            let key = Self::open_on_token(&record, context)?;
            return if did::key::create(key.public_key()) == self.profile()?.did {
                Ok(key)
            } else {
                Err(damaged(&self.path.join("secrets/issuing.token")))
            };
        }
        let passphrase = context.input.passphrase("the issuing key", Purpose::Open)?;
        Ok(self.issuing_key_under(&passphrase)?.into())
    }

    /// Opens the issuing key with this passphrase.
    pub(super) fn issuing_key_under(&self, passphrase: &Passphrase) -> Result<SecretKey, Failure> {
        let path = self.path.join("secrets/issuing.key");
        let bytes = files::read_bounded(&path, 1 << 16)?;
        let seed = sealed::open(&bytes, passphrase).map_err(|error| error.failure(&path))?;
        let key = secret(&seed, &path)?;
        if did::key::create(key.public_key()) == self.profile()?.did {
            Ok(key)
        } else {
            Err(damaged(&path))
        }
    }

    /// Returns the journal's signed head. Every home has one from its making on: without it nobody could
    /// tell whether the journal was cut.
    pub(super) fn head(&self, keys: &MachineKeys) -> Result<Head, Failure> {
        let path = self.path.join(HEAD);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Head::open(&text, keys.journal.public_key())?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(StoreError::HeadMissing.into())
            }
            Err(error) => Err(Failure::reading(&path, &error)),
        }
    }
}

fn secret(seed: &[u8], path: &Path) -> Result<SecretKey, Failure> {
    let seed: [u8; 32] = seed.try_into().map_err(|_| damaged(path))?;
    let seed = Zeroizing::new(seed);
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &seed).map_err(|_| damaged(path))
}

fn damaged(path: &Path) -> Failure {
    let message = format!("{} is not what was written there", path.display());
    Failure::failed("file.sealed_damaged", message)
        .hint("restore a backup: mandate-issuer backup restore FILE")
}
