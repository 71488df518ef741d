//! The verifier's home: its key, its open nonces, and the highest bundle number seen of each anchor.
//!
//! ```text
//! verifier.json        name and DID
//! secrets/verifier.key the seed, base64url, mode 0600: it signs requests and nothing else, and
//!                      unattended gates have nobody to type a passphrase
//! nonces/<nonce>       one file for each open request; removing it uses the nonce up, once
//! seen.json            the highest bundle number of each anchor
//! ```

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use cli_kit::{
    Context, Failure,
    files::{self, Access, Durability},
};
use fs_err as fs;
use identity_core::{
    did::{self, Did},
    encoding::base64url,
    key::{Algorithm, SecretKey, Signer as _},
    trust::{LogHead, Seen, TrustSet},
    verify::{Ledger, LedgerError},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::CliCode;

const SCHEMA: &str = "mandate.verifier-home/1";
const SMALL: u64 = 1 << 20;

/// An opened home.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    path: PathBuf,
    pub(crate) did: Did,
    pub(crate) name: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    schema: String,
    did: Did,
    name: String,
}

#[derive(Serialize, Deserialize, Default)]
struct SeenFile(BTreeMap<Did, SeenEntry>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeenEntry {
    #[serde(default, skip_serializing_if = "is_zero")]
    epoch: u64,
    seq: u64,
    digest: String,
    /// How far the log of its DID had come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    log: Option<LogEntry>,
    /// Whether another bundle of this number was seen.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    conflict: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LogEntry {
    number: u64,
    digest: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Home {
    /// Makes a home with a new key.
    pub(super) fn create(path: &Path, name: &str, key: &SecretKey) -> Result<Self, Failure> {
        let profile_path = path.join("verifier.json");
        if profile_path.exists() {
            let message = format!("there is a verifier in {} already", path.display());
            return Err(Failure::failed(CliCode::HomeExists.as_str(), message)
                .hint("show it with: mandate-verifier id")
                .hint("or name another folder with --home"));
        }
        files::make_private_dir(path)?;
        files::make_private_dir(&path.join("secrets"))?;
        files::make_private_dir(&path.join("nonces"))?;
        let seed = Zeroizing::new(base64url::encode(&*key.secret_bytes()));
        let key_path = path.join("secrets/verifier.key");
        files::create_new(
            &key_path,
            seed.as_bytes(),
            Access::Private,
            Durability::Synced,
        )?;
        let profile = Profile {
            schema: SCHEMA.to_owned(),
            did: did::key::create(key.public_key()),
            name: name.to_owned(),
        };
        let json = to_json(&profile)?;
        files::create_new(&profile_path, &json, Access::Private, Durability::Synced)?;
        Ok(Self {
            path: path.to_owned(),
            did: profile.did,
            name: profile.name,
        })
    }

    /// Opens the home that the flags and the environment name.
    pub(crate) fn open(context: &Context) -> Result<Self, Failure> {
        Self::open_at(&context.home()?)
    }

    fn open_at(path: &Path) -> Result<Self, Failure> {
        let profile_path = path.join("verifier.json");
        if !profile_path.exists() {
            let message = format!("there is no verifier in {}", path.display());
            return Err(Failure::failed(CliCode::HomeMissing.as_str(), message)
                .hint("make one with: mandate-verifier init --name NAME")
                .hint("or name its folder with --home"));
        }
        let bytes = files::read_bounded(&profile_path, SMALL)?;
        let profile: Profile =
            serde_json::from_slice(&bytes).map_err(|_| damaged(&profile_path))?;
        if profile.schema != SCHEMA {
            return Err(damaged(&profile_path));
        }
        Ok(Self {
            path: path.to_owned(),
            did: profile.did,
            name: profile.name,
        })
    }

    /// Reads the key.
    pub(crate) fn key(&self) -> Result<SecretKey, Failure> {
        let path = self.path.join("secrets/verifier.key");
        let text = files::read_bounded(&path, 1 << 10)?;
        let seed = core::str::from_utf8(&text)
            .ok()
            .and_then(|text| base64url::decode(text.trim()).ok())
            .map(Zeroizing::new);
        let seed: Option<[u8; 32]> = seed.and_then(|seed| seed.as_slice().try_into().ok());
        let seed = Zeroizing::new(seed.ok_or_else(|| damaged(&path))?);
        let key =
            SecretKey::from_secret_bytes(Algorithm::EdDsa, &seed).map_err(|_| damaged(&path))?;
        if did::key::create(key.public_key()) != self.did {
            return Err(damaged(&path));
        }
        Ok(key)
    }

    /// Opens a nonce, durably, before its request is handed out.
    pub(crate) fn open_nonce(&self, nonce: &str) -> Result<(), Failure> {
        let folder = self.path.join("nonces");
        files::make_private_dir(&folder)?;
        let path = folder.join(nonce);
        files::create_new(&path, b"", Access::Private, Durability::Synced)
    }

    /// Tells the trust set what was seen before.
    pub(crate) fn recall(&self, trust: &mut TrustSet) -> Result<(), Failure> {
        for (did, entry) in self.read_seen()?.0 {
            let digest = |text: &str| -> Result<[u8; 32], Failure> {
                let digest = base64url::decode(text).ok();
                let digest = digest.and_then(|d| d.as_slice().try_into().ok());
                digest.ok_or_else(|| damaged(&self.path.join("seen.json")))
            };
            let log = entry.log.as_ref().map(|log| {
                let digest = digest(&log.digest)?;
                let number = log.number;
                Ok::<_, Failure>(LogHead { number, digest })
            });
            let seen = Seen {
                epoch: entry.epoch,
                seq: entry.seq,
                digest: digest(&entry.digest)?,
                conflict: entry.conflict,
                log: log.transpose()?,
            };
            trust.remember(&did, seen);
        }
        Ok(())
    }

    /// Keeps what the trust set has seen; numbers never go down, also with two checks at once.
    pub(crate) fn keep(&self, trust: &TrustSet) -> Result<(), Failure> {
        let now = cli_kit::run::now();
        let is_newer = |known: &SeenFile, did: &Did, seen: Seen| {
            known.0.get(did).is_none_or(|entry| {
                let (known, new) = ((entry.epoch, entry.seq), (seen.epoch, seen.seq));
                known < new || (known == new && seen.conflict && !entry.conflict)
            })
        };
        let is_news = |known: &SeenFile| {
            trust
                .seen(now)
                .any(|(did, seen)| is_newer(known, did, seen))
        };
        if files::is_rehearsal() || !is_news(&self.read_seen()?) {
            return Ok(());
        }
        let lock_path = self.path.join("seen.lock");
        let file = fs::OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock_path)
            .map_err(|error| Failure::writing(&lock_path, &error))?;
        let mut lock = fd_lock::RwLock::new(file.into_parts().0);
        let _guard = lock
            .write()
            .map_err(|error| Failure::writing(&lock_path, &error))?;
        let mut known = self.read_seen()?;
        for (did, seen) in trust.seen(now) {
            if is_newer(&known, did, seen) {
                let digest = base64url::encode(&seen.digest);
                let entry = SeenEntry {
                    epoch: seen.epoch,
                    seq: seen.seq,
                    digest,
                    log: seen.log.map(|log| LogEntry {
                        number: log.number,
                        digest: base64url::encode(&log.digest),
                    }),
                    conflict: seen.conflict,
                };
                known.0.insert(did.clone(), entry);
            }
        }
        let path = self.path.join("seen.json");
        files::write_atomic(
            &path,
            &to_json(&known)?,
            Access::Private,
            Durability::Synced,
        )
    }

    /// Returns where it is kept what was seen.
    #[cfg(feature = "serve")]
    pub(crate) fn seen_path(&self) -> PathBuf {
        self.path.join("seen.json")
    }

    fn read_seen(&self) -> Result<SeenFile, Failure> {
        let path = self.path.join("seen.json");
        if !path.exists() {
            return Ok(SeenFile::default());
        }
        let bytes = files::read_bounded(&path, 64 * SMALL)?;
        serde_json::from_slice(&bytes).map_err(|_| damaged(&path))
    }

    /// Tells whether a text can be the name of a nonce's file.
    fn nonce_path(&self, nonce: &str) -> Option<PathBuf> {
        let fits = nonce
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        (fits && (16..=128).contains(&nonce.len())).then(|| self.path.join("nonces").join(nonce))
    }
}

impl Ledger for Home {
    fn is_open(&self, nonce: &str) -> Result<bool, LedgerError> {
        Ok(self.nonce_path(nonce).is_some_and(|path| path.exists()))
    }

    fn consume(&mut self, nonce: &str) -> Result<bool, LedgerError> {
        let Some(path) = self.nonce_path(nonce) else {
            return Ok(false);
        };
        if files::is_rehearsal() {
            return Ok(path.exists());
        }
        // Of two processes only one can remove the file.
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(LedgerError::new(error.to_string())),
        }
        let folder = fs::File::open(self.path.join("nonces"));
        let synced = folder.and_then(|folder| folder.sync_all());
        synced.map_err(|error| LedgerError::new(error.to_string()))?;
        Ok(true)
    }
}

fn to_json(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec_pretty(value)
        .map_err(|error| Failure::from_error(CliCode::HomeDamaged.as_str(), &error))
}

fn damaged(path: &Path) -> Failure {
    let message = format!("{} is not what was written there", path.display());
    Failure::failed(CliCode::HomeDamaged.as_str(), message)
        .hint("restore the folder from a backup, or make a new verifier in another --home")
}
