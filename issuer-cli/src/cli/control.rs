//! The control keys: what the DID itself is changed with. Each is used for one entry of the log, and the
//! next one lies sealed before it is needed.
//!
//! They have the numbers of their entries, from 1; which they are, the log says. In a folder they are `control-1.key`, `control-2.key` and so on, under a
//! passphrase of their own; on a token they have its place's label with `-1`, `-2` behind it.

use std::path::{Path, PathBuf};

use clap::Args;
use cli_kit::{
    Context, Failure,
    files::{self, Access, Durability},
    passphrase::{Passphrase, Purpose},
    run::system_rng,
    sealed::{self, Cost},
};
use identity_core::{
    did::webvh,
    key::{Algorithm, PublicKey, SecretKey, Signer as _},
};
use serde::{Deserialize, Serialize};

use super::places::with_pin;
use crate::{
    did::{DidCode, DidLog},
    keys::{
        KeyHandle,
        token::{self, TokenUri},
    },
};

/// The file in a home that says where the control keys are.
pub(super) const CONTROL: &str = "control.json";

/// The flag for a file with their passphrase.
const FLAG: &str = "--control-passphrase-file";

/// The folder that holds them where no other place is named.
pub(super) const FOLDER: &str = "secrets/control";

/// What a home knows of its control keys beside the log; none of it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ControlKeys {
    /// `mandate.control-keys/1`.
    pub(super) schema: String,
    /// A folder, or a token's place; relative to the home, or absolute.
    pub(super) place: String,
}

/// Where the control keys are, as far as it is said on the command line.
#[derive(Args, Debug, Default)]
pub(super) struct ControlPlace {
    /// Where the control keys are this time, such as a medium from the safe; where init put them without it
    #[arg(long, value_name = "DIR|pkcs11:...")]
    control_keys: Option<String>,
    /// Open the control keys with the passphrase in this file
    #[arg(long, value_name = "FILE")]
    control_passphrase_file: Option<PathBuf>,
}

impl ControlPlace {
    /// Opens the place.
    pub(super) fn open(&self, home: &Path, context: &mut Context) -> Result<Keeper, Failure> {
        let known = ControlKeys::read(home)?.place;
        let place = self.control_keys.as_deref();
        // From where the command is given, as every path; the one that is kept is from the home.
        let here = match place {
            Some(place) if !place.starts_with("pkcs11:") => {
                let folder = std::path::absolute(place);
                let folder = folder.map_err(|error| Failure::reading(Path::new(place), &error))?;
                Some(folder.to_string_lossy().into_owned())
            }
            place => place.map(str::to_owned),
        };
        Keeper::open(
            home,
            here.as_deref().unwrap_or(&known),
            self.control_passphrase_file.as_deref(),
            Purpose::Open,
            context,
        )
    }
}

/// Where control keys are, open for use.
#[derive(Debug)]
pub(super) enum Keeper {
    Folder(PathBuf, Passphrase),
    Token(TokenUri),
}

impl ControlKeys {
    pub(super) const SCHEMA: &'static str = "mandate.control-keys/1";

    pub(super) fn read(home: &Path) -> Result<Self, Failure> {
        let path = home.join(CONTROL);
        let bytes = files::read_bounded(&path, 1 << 14)?;
        let read: Option<Self> = serde_json::from_slice(&bytes).ok();
        read.filter(|read| read.schema == Self::SCHEMA)
            .ok_or_else(|| {
                let message = format!("{} is not what was written there", path.display());
                Failure::failed(DidCode::DidLogDamaged.as_str(), message)
                    .hint("restore a backup: mandate-issuer backup restore FILE")
            })
    }

    pub(super) fn write(&self, home: &Path) -> Result<(), Failure> {
        let json = serde_json::to_vec_pretty(self)
            .map_err(|error| Failure::from_error("file.unwritable", &error))?;
        let path = home.join(CONTROL);
        files::write_atomic(&path, &json, Access::Private, Durability::Synced)
    }
}

impl Keeper {
    /// Opens the place of control keys, with the passphrase that they have for themselves.
    pub(super) fn open(
        home: &Path,
        place: &str,
        passphrase_file: Option<&Path>,
        purpose: Purpose,
        context: &mut Context,
    ) -> Result<Self, Failure> {
        if place.starts_with("pkcs11:") {
            return Ok(Self::Token(place.parse()?));
        }
        let folder = home.join(place);
        if purpose == Purpose::Open && !folder.is_dir() {
            let message = format!(
                "the folder of the control keys is not there: {}",
                folder.display()
            );
            return Err(
                Failure::failed(DidCode::ControlKeyMissing.as_str(), message).hint(
                    "put in the medium that holds it, or say where it is now: --control-keys DIR",
                ),
            );
        }
        let passphrase =
            context
                .input
                .passphrase_from((passphrase_file, FLAG), "the control keys", purpose)?;
        Ok(Self::Folder(folder, passphrase))
    }

    /// Makes the control key of a number. One that an unfinished change has left behind is taken.
    pub(super) fn make(&self, number: u64, context: &mut Context) -> Result<PublicKey, Failure> {
        match self {
            Self::Token(_) if context.args.dry_run => {
                let key = SecretKey::generate(Algorithm::EdDsa, &mut system_rng()?);
                Ok(key.public_key().clone())
            }
            Self::Token(uri) => {
                let uri = uri.numbered(number)?;
                let made = with_pin(&uri, context, |pin| {
                    token::open_or_generate(&uri, Algorithm::EdDsa, pin)
                });
                Ok(made?.0.public_key().clone())
            }
            Self::Folder(folder, passphrase) => {
                let path = file(folder, number);
                if path.exists() {
                    return Ok(open_file(&path, passphrase)?.public_key().clone());
                }
                let mut rng = system_rng()?;
                let key = SecretKey::generate(Algorithm::EdDsa, &mut rng);
                let sealed =
                    sealed::seal(&*key.secret_bytes(), passphrase, Cost::STANDARD, &mut rng)
                        .map_err(|error| error.failure(&path))?;
                files::make_private_dir(folder)?;
                files::create_new(&path, &sealed, Access::Private, Durability::Synced)?;
                Ok(key.public_key().clone())
            }
        }
    }

    /// Opens the control key that the log's last entry announces.
    pub(super) fn announced(
        &self,
        log: &DidLog,
        context: &mut Context,
    ) -> Result<KeyHandle, Failure> {
        let latest = log.live()?;
        let hashes = &latest.parameters.next_key_hashes;
        let fits = |multikey: &str| hashes.contains(&webvh::key_hash(multikey));
        self.key(latest.number + 1, fits, context)
    }

    /// Opens a control key by its number, and holds it to be the one that is wanted.
    pub(super) fn key(
        &self,
        number: u64,
        fits: impl FnOnce(&str) -> bool,
        context: &mut Context,
    ) -> Result<KeyHandle, Failure> {
        let key = match self {
            Self::Token(uri) => {
                let uri = uri.numbered(number)?;
                with_pin(&uri, context, |pin| token::open(&uri, pin))?
            }
            Self::Folder(folder, passphrase) => {
                let path = file(folder, number);
                open_file(&path, passphrase)?.into()
            }
        };
        if fits(&key.public_key().to_multikey()) {
            return Ok(key);
        }
        let message = format!("control key {number} is not the one that was announced");
        Err(
            Failure::failed(DidCode::ControlKeyMissing.as_str(), message)
                .hint("take the medium with the keys of this home"),
        )
    }
}

fn file(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("control-{number}.key"))
}

fn open_file(path: &Path, passphrase: &Passphrase) -> Result<SecretKey, Failure> {
    let bytes = files::read_bounded(path, 1 << 16)?;
    let seed = sealed::open(&bytes, passphrase).map_err(|error| error.failure(path))?;
    super::home::secret(&seed, path)
}
