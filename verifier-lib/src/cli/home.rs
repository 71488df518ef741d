//! The verifier's home: its key, its open nonces, what it has seen and what evidence it keeps.
//!
//! ```text
//! verifier.json        name and DID
//! secrets/verifier.key the seed, base64url, mode 0600: it signs requests and nothing else, and
//!                      unattended gates have nobody to type a passphrase
//! nonces/<nonce>       one file for each open request; removing it uses the nonce up, once
//! seen.json            the highest bundle number of each issuer, and networks.json of each accreditor
//!                      (`seen`)
//! names.json           the names given for issuers and accreditors (`names`)
//! trust/               the evidence that `trust update` keeps (`kept`)
//! ```

use std::path::{Path, PathBuf};

use cli_kit::{
    Context, Failure,
    files::{self, Access, Durability},
};
use fs_err as fs;
use identity_core::{
    did::{self, Did},
    encoding::base64url,
    key::{Algorithm, SecretKey, Signer as _},
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

    /// Returns its folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
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

pub(super) fn to_json(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec_pretty(value)
        .map_err(|error| Failure::from_error(CliCode::HomeDamaged.as_str(), &error))
}

pub(super) fn damaged(path: &Path) -> Failure {
    let message = format!("{} is not what was written there", path.display());
    Failure::failed(CliCode::HomeDamaged.as_str(), message)
        .hint("restore the folder from a backup, or make a new verifier in another --home")
}
