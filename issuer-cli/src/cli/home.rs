//! The issuer's home.
//!
//! ```text
//! issuer.json           profile: DID, name, chamber, country, zone
//! secrets/issuing.key   sealed with the passphrase: signs credentials; from two officers on in the store,
//!                       so shared among them that no one of them opens it alone
//!                       (or issuing.token, status.token: the key is on a token, and where)
//! did.jsonl             the log of a did:webvh; did-witness.json and did.pending.json beside it
//! control.json          which control keys it has, and where; secrets/control/ unless they are elsewhere
//! secrets/officers/     the slots of the officers, each sealed with the officer's own passphrase
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
    did::{self, Relationship},
    key::{Algorithm, PublicKey, SecretKey, Signer as _},
    trust::status_key,
};
use rand_core::Rng as _;
use zeroize::Zeroizing;

use super::{
    changing::LOG,
    places::{NewKey, NewKeys, remember},
};
use crate::{
    keys::{KeyHandle, token::Pin},
    office::{Actor, MachineKeys, OfficeCode, Profile},
    officers::Slot,
    store::{Head, RocksStore, StoreError},
};

/// The file with the journal's signed head.
pub(super) const HEAD: &str = "journal.head";

/// Whether a folder is the home of an accreditor.
pub(super) fn is_accreditor(path: &Path) -> bool {
    path.join("accreditor.json").exists() && !path.join("issuer.json").exists()
}

/// A home that exists.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) path: PathBuf,
    /// Whether changes are only to be shown.
    pub(super) dry: bool,
    /// Which officer acts, where it was said.
    acting: Option<String>,
}

impl Home {
    /// Opens the home that the flags and the environment name.
    pub(super) fn open(context: &Context) -> Result<Self, Failure> {
        let path = context.home()?;
        if path.join("issuer.json").exists() {
            let dry = context.args.dry_run;
            let acting = context.acting.clone();
            return Ok(Self { path, dry, acting });
        }
        let message = format!("there is no issuer in {}", path.display());
        let failure = Failure::failed("issuer.missing", message);
        if is_accreditor(&path) {
            return Err(failure
                .because("it is an accreditor's home")
                .hint("what an accreditor does begins with: mandate-issuer accreditor"));
        }
        Err(failure
            .hint("make one with: mandate-issuer init --name NAME --chamber CODE --country CC")
            .hint("or name its folder with --home"))
    }

    /// A home in a folder, whether there is one yet or not.
    pub(super) fn at(path: &Path, context: &Context) -> Self {
        Self {
            path: path.to_owned(),
            dry: context.args.dry_run,
            acting: context.acting.clone(),
        }
    }

    /// Refuses a folder in which there is an issuer.
    pub(super) fn vacant(path: &Path) -> Result<(), Failure> {
        if !path.join("issuer.json").exists() {
            return Ok(());
        }
        let message = format!("there is an issuer in {} already", path.display());
        Err(Failure::failed("issuer.exists", message)
            .hint("show it with: mandate-issuer id")
            .hint("or name another folder with --home"))
    }

    /// Makes a home: keys, profile, store.
    pub(super) fn create(
        path: &Path,
        mut profile: Profile,
        NewKeys {
            issuing,
            status,
            control,
        }: &NewKeys,
        context: &mut Context,
    ) -> Result<Profile, Failure> {
        Self::vacant(path)?;
        let passphrase = match issuing {
            NewKey::Secret(_) => Some(context.input.passphrase("the issuing key", Purpose::Seal)?),
            NewKey::OnToken(..) => None,
        };
        let mut rng = system_rng()?;
        let journal = SecretKey::generate(Algorithm::EdDsa, &mut rng);
        if control.is_none() {
            let method = profile
                .did
                .with_fragment(profile.did.specific_id())
                .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
            profile.status_key =
                status_key::certify(status.public_key(), &method, cli_kit::run::now(), issuing)
                    .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
        }
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
        if let Some((control, log)) = control {
            control.write(path)?;
            let at = path.join(LOG);
            files::write_atomic(&at, log.as_bytes(), Access::Private, Durability::Synced)?;
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
        let machine = self.machine_secret()?;
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
        self.no_issuing_key_pending()?;
        if let Some(record) = self.token_record("issuing")? {
            let key = Self::open_on_token(&record, context)?;
            let path = self.path.join("secrets/issuing.token");
            self.check_issuing(key.public_key(), &path)?;
            return Ok(key);
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
        self.check_issuing(key.public_key(), &path)?;
        Ok(key)
    }

    /// Holds a key to be the one that the DID names for issuing.
    fn check_issuing(&self, key: &PublicKey, path: &Path) -> Result<(), Failure> {
        if let Some(log) = self.did_log()? {
            log.method(key, Relationship::AssertionMethod)?;
            return Ok(());
        }
        if did::key::create(key) == self.profile()?.did {
            Ok(())
        } else {
            Err(damaged(path))
        }
    }

    /// Seals a key beside the one that it is to replace, and returns the name of its file. One that an
    /// earlier attempt left behind was never named by anything, and goes.
    pub(super) fn keep_next(
        &self,
        name: &str,
        key: &NewKey,
        context: &mut Context,
    ) -> Result<String, Failure> {
        let next = format!("{name}.next");
        let secrets = self.path.join("secrets");
        let key = match key {
            NewKey::OnToken(_, record) => {
                remember(&self.path, &next, record)?;
                return Ok(format!("{next}.token"));
            }
            NewKey::Secret(key) => key,
        };
        let file = format!("{next}.key");
        let path = secrets.join(&file);
        let mut rng = system_rng()?;
        let sealed = if name == "status" {
            let machine = self.machine_secret()?;
            sealed::seal_with_key(&*key.secret_bytes(), &machine, &mut rng)
        } else {
            // Under the passphrase of the key that it replaces, once that has been opened with it.
            let was_on_token = self.token_record(name)?.is_some();
            let purpose = if was_on_token {
                Purpose::Seal
            } else {
                Purpose::Open
            };
            let passphrase = context.input.passphrase("the issuing key", purpose)?;
            if !was_on_token {
                // Whether the DID names the old one does not matter: that may be why it is replaced.
                let old = secrets.join("issuing.key");
                let bytes = files::read_bounded(&old, 1 << 16)?;
                sealed::open(&bytes, &passphrase).map_err(|error| error.failure(&old))?;
            }
            sealed::seal(&*key.secret_bytes(), &passphrase, Cost::STANDARD, &mut rng)
        };
        let sealed = sealed.map_err(|error| error.failure(&path))?;
        files::write_atomic(&path, &sealed, Access::Private, Durability::Synced)?;
        Ok(file)
    }

    fn machine_secret(&self) -> Result<Zeroizing<[u8; 32]>, Failure> {
        let path = self.path.join("secrets/machine.key");
        let bytes = files::read_bounded(&path, 1 << 10)?;
        let machine: [u8; 32] = bytes.as_slice().try_into().map_err(|_| damaged(&path))?;
        Ok(Zeroizing::new(machine))
    }

    /// Returns who acts: the officer named, or the only one there is, once their passphrase has opened
    /// their slot; nobody where there are no officers.
    pub(super) fn actor(&self, context: &mut Context) -> Result<Actor, Failure> {
        Ok(self.actor_and_passphrase(context)?.0)
    }

    /// Returns who acts, and the passphrase that opened the slot.
    pub(super) fn actor_and_passphrase(
        &self,
        context: &mut Context,
    ) -> Result<(Actor, Option<Passphrase>), Failure> {
        if !self.officers_folder().exists() {
            return Ok((Actor::Nobody, None));
        }
        let office = self.reading_room()?;
        let Some(officers) = office.officers() else {
            return Ok((Actor::Nobody, None));
        };
        let listed = officers.policy().officers();
        let id = match (&self.acting, listed) {
            (Some(id), _) => id.clone(),
            (None, [only]) => only.id.clone(),
            (None, _) => {
                let ids: Vec<&str> = listed.iter().map(|officer| officer.id.as_str()).collect();
                let message = "it has to be said which officer acts";
                return Err(
                    Failure::failed(OfficeCode::OfficerNeeded.as_str(), message).hint(format!(
                        "give --officer ID, or set MANDATE_OFFICER: {}",
                        ids.join(", ")
                    )),
                );
            }
        };
        // Only an id that the policy lists names a file.
        officers.card(&id)?;
        let passphrase = context
            .input
            .passphrase(&format!("officer {id}"), Purpose::Open)?;
        let keys = Box::new(self.slot(&id)?.open(&passphrase)?);
        Ok((Actor::Officer { id, keys }, Some(passphrase)))
    }

    /// Returns the folder with the officers' slots.
    pub(super) fn officers_folder(&self) -> PathBuf {
        self.path.join("secrets/officers")
    }

    /// Returns the folders with what only this user may read.
    pub(super) fn secret_folders(&self) -> [PathBuf; 2] {
        [self.path.join("secrets"), self.officers_folder()]
    }

    /// Reads an officer's slot.
    pub(super) fn slot(&self, id: &str) -> Result<Slot, Failure> {
        let path = self.officers_folder().join(format!("{id}.slot"));
        let slot = Slot::read(&files::read_bounded(&path, 1 << 16)?)?;
        if slot.card.id == id {
            return Ok(slot);
        }
        Err(damaged(&path))
    }

    /// Keeps a new officer's slot.
    pub(super) fn keep_slot(&self, slot: &Slot) -> Result<(), Failure> {
        let folder = self.officers_folder();
        if !files::is_rehearsal() {
            files::make_private_dir(&folder)?;
        }
        let path = folder.join(format!("{}.slot", slot.card.id));
        let json = serde_json::to_vec_pretty(slot)
            .map_err(|error| Failure::from_error("file.unwritable", &error))?;
        // One that was prepared and never approved may lie there; one of an officer never changes.
        files::write_atomic(&path, &json, Access::Private, Durability::Synced)
    }

    /// Says whether what is about to be done takes approvals.
    pub(super) fn takes_approvals(&self) -> Result<bool, Failure> {
        Ok(self.officers_folder().exists() && self.reading_room()?.approvals_needed() > 0)
    }

    /// Makes the issuing key out of what the officers opened together: its seed, or its token's PIN.
    pub(super) fn unlock(&self, secret: &[u8]) -> Result<KeyHandle, Failure> {
        let key = match self.token_record("issuing")? {
            Some(record) => record.open(Pin::Bytes(secret))?,
            None => self::secret(secret, &self.db())?.into(),
        };
        self.check_issuing(key.public_key(), &self.db())?;
        Ok(key)
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

pub(super) fn secret(seed: &[u8], path: &Path) -> Result<SecretKey, Failure> {
    let seed: [u8; 32] = seed.try_into().map_err(|_| damaged(path))?;
    let seed = Zeroizing::new(seed);
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &seed).map_err(|_| damaged(path))
}

fn damaged(path: &Path) -> Failure {
    let message = format!("{} is not what was written there", path.display());
    Failure::failed("file.sealed_damaged", message)
        .hint("restore a backup: mandate-issuer backup restore FILE")
}
