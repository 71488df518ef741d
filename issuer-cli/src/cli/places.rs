//! Where a home's keys are: sealed in a file, or on a token.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use cli_kit::{
    Context, Failure,
    files::{self, Access, Durability},
    passphrase::{self, Purpose},
    run::system_rng,
};
use identity_core::key::{Algorithm, PublicKey, SecretKey, Signature, Signer, SigningError};

use super::{control::ControlKeys, home::Home};
use crate::keys::{
    KeyHandle,
    token::{self, Pin, TokenCode, TokenError, TokenRecord, TokenUri},
};

/// A key of a home in the making.
#[derive(Debug)]
pub(super) enum NewKey {
    /// To be sealed in a file.
    Secret(SecretKey),
    /// On a token.
    OnToken(KeyHandle, TokenRecord),
}

/// The keys of a home in the making.
#[derive(Debug)]
pub(super) struct NewKeys {
    pub(super) issuing: NewKey,
    pub(super) status: NewKey,
    /// For a DID with a history: its control keys and its log.
    pub(super) control: Option<(ControlKeys, String)>,
}

impl NewKey {
    /// Makes a key: on the token that is named, unless one of that name is there already.
    pub(super) fn make(
        place: Option<&TokenUri>,
        algorithm: Algorithm,
        context: &mut Context,
    ) -> Result<Self, Failure> {
        let Some(uri) = place else {
            return Ok(Self::Secret(SecretKey::generate(
                algorithm,
                &mut system_rng()?,
            )));
        };
        if context.args.dry_run {
            let opened = with_pin(uri, context, |pin| match token::open(uri, pin) {
                Err(TokenError::KeyMissing) => Ok(None),
                opened => opened.map(Some),
            })?;
            // A rehearsal makes no key on the token.
            return match opened {
                Some(key) => Ok(Self::on_token(uri, key)),
                None => Self::make(None, algorithm, context),
            };
        }
        let (key, _) = with_pin(uri, context, |pin| {
            token::open_or_generate(uri, algorithm, pin)
        })?;
        Ok(Self::on_token(uri, key))
    }

    fn on_token(uri: &TokenUri, key: KeyHandle) -> Self {
        let record = TokenRecord::new(uri.clone(), key.public_key());
        Self::OnToken(key, record)
    }
}

impl Signer for NewKey {
    fn public_key(&self) -> &PublicKey {
        match self {
            Self::Secret(key) => key.public_key(),
            Self::OnToken(key, _) => key.public_key(),
        }
    }

    fn try_sign(&self, message: &[u8]) -> Result<Signature, SigningError> {
        match self {
            Self::Secret(key) => key.try_sign(message),
            Self::OnToken(key, _) => key.try_sign(message),
        }
    }
}

/// A key on a token that is opened when it has to sign, so that what signs nothing needs no token.
#[derive(Debug)]
struct OnDemand {
    public: PublicKey,
    record: TokenRecord,
    opened: OnceLock<KeyHandle>,
}

impl OnDemand {
    fn open(&self) -> Result<&KeyHandle, Failure> {
        if let Some(key) = self.opened.get() {
            return Ok(key);
        }
        let pin = self.record.uri.pin_source().ok_or_else(no_pin_source)?;
        let pin = passphrase::from_file(pin)?;
        let key = self.record.open(Pin::Bytes(pin.secret_bytes()))?;
        Ok(self.opened.get_or_init(|| key))
    }
}

impl Signer for OnDemand {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn try_sign(&self, message: &[u8]) -> Result<Signature, SigningError> {
        let key = self.open().map_err(|_| SigningError::default())?;
        key.try_sign(message)
    }
}

impl Home {
    /// Returns what the home remembers of a key on a token, if that is where the key is.
    pub(super) fn token_record(&self, name: &str) -> Result<Option<TokenRecord>, Failure> {
        let path = token_file(&self.path, name);
        if !path.exists() {
            return Ok(None);
        }
        let bytes = files::read_bounded(&path, 1 << 14)?;
        let record: Option<TokenRecord> = serde_json::from_slice(&bytes).ok();
        let record = record.filter(|record| record.schema == TokenRecord::SCHEMA);
        record.map(Some).ok_or_else(|| damaged(&path))
    }

    /// Opens a key on a token, with a PIN from wherever it comes.
    pub(super) fn open_on_token(
        record: &TokenRecord,
        context: &mut Context,
    ) -> Result<KeyHandle, Failure> {
        with_pin(&record.uri, context, |pin| record.open(pin))
    }

    /// Returns a key on a token that is opened when it has to sign; nobody is asked for its PIN.
    pub(super) fn unattended_on_token(&self, record: TokenRecord) -> Result<KeyHandle, Failure> {
        let public = PublicKey::from_multikey(&record.public_key_multibase);
        let public = public.map_err(|_| damaged(&self.path.join("secrets")))?;
        Ok(KeyHandle::new(OnDemand {
            public,
            record,
            opened: OnceLock::new(),
        }))
    }

    /// Says what is wrong with the status key's token, before anything is signed with it.
    pub(super) fn check_status_token(&self) -> Result<(), Failure> {
        let Some(record) = self.token_record("status")? else {
            return Ok(());
        };
        let pin = record.uri.pin_source().ok_or_else(no_pin_source)?;
        let pin = passphrase::from_file(pin)?;
        record.open(Pin::Bytes(pin.secret_bytes()))?;
        Ok(())
    }
}

/// Returns where a home remembers that a key is on a token.
pub(super) fn token_file(home: &Path, name: &str) -> PathBuf {
    home.join("secrets").join(format!("{name}.token"))
}

/// Writes down that a key is on a token.
pub(super) fn remember(home: &Path, name: &str, record: &TokenRecord) -> Result<(), Failure> {
    let json = serde_json::to_vec_pretty(record)
        .map_err(|error| Failure::from_error("file.unwritable", &error))?;
    let path = token_file(home, name);
    files::write_atomic(&path, &json, Access::Private, Durability::Synced)
}

/// Refuses a place for the status key from which nobody could publish unattended.
pub(super) fn check_unattended(place: Option<&TokenUri>) -> Result<(), Failure> {
    match place {
        Some(uri) if uri.pin_source().is_none() => Err(no_pin_source()),
        _ => Ok(()),
    }
}

fn no_pin_source() -> Failure {
    let code = TokenCode::TokenPinSourceMissing.as_str();
    Failure::failed(
        code,
        "publishing runs unattended, and nobody could give the token's PIN",
    )
    .hint("add pin-source=/PATH/OF/FILE to the place of the status key; the file has mode 0600")
    .hint("take another token than the issuing key's: what opens one must not open the other")
}

/// Opens a key by its place on a token.
pub(super) fn open_place(place: &str, context: &mut Context) -> Result<KeyHandle, Failure> {
    let uri: TokenUri = place.parse()?;
    with_pin(&uri, context, |pin| token::open(&uri, pin))
}

/// Does something that needs a token's PIN: from the file that its place names, at the token's keypad, or
/// as passphrases come.
pub(super) fn with_pin<T>(
    uri: &TokenUri,
    context: &mut Context,
    work: impl FnOnce(Pin<'_>) -> Result<T, TokenError>,
) -> Result<T, Failure> {
    let has_keypad = token::look(uri)?;
    let what = format!("the token {} (its PIN)", uri.token_name());
    let pin = match uri.pin_source() {
        Some(file) => {
            context
                .input
                .passphrase_from((Some(file), "pin-source"), &what, Purpose::Open)?
        }
        None if has_keypad => return Ok(work(Pin::Keypad)?),
        None => context.input.passphrase(&what, Purpose::Open)?,
    };
    Ok(work(Pin::Bytes(pin.secret_bytes()))?)
}

fn damaged(path: &Path) -> Failure {
    let message = format!("{} is not what was written there", path.display());
    Failure::failed("file.sealed_damaged", message)
        .hint("restore a backup: mandate-issuer backup restore FILE")
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self::from_error(error.code().as_str(), &error).hint(error.hint())
    }
}
