//! A session with a token, through its maker's library.

use core::fmt;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::{Error, RvError},
    mechanism::{
        Mechanism,
        eddsa::{EddsaParams, EddsaSignatureScheme},
    },
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::{Session as Raw, UserType},
    slot::{Slot, TokenInfo},
    types::AuthPin,
};
use identity_core::key::{Algorithm, PublicKey, Signature, Signer, SigningError};
use sha2::{Digest as _, Sha256};

use super::{
    Pin, TokenError, TokenUri,
    point::{ED25519_BY_NAME, ED25519_BY_OID, P256_BY_OID, public_key},
};
use crate::keys::KeyHandle;

/// The libraries that were loaded: each may be initialised once in a process, and stays so until its end.
static MODULES: Mutex<BTreeMap<PathBuf, Pkcs11>> = Mutex::new(BTreeMap::new());

/// A session in which the user is logged in.
pub(super) struct Session {
    raw: Raw,
    uri: TokenUri,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("uri", &self.uri)
            .finish_non_exhaustive()
    }
}

/// Loads the library, or finds it loaded.
fn module(path: &Path) -> Result<Pkcs11, TokenError> {
    let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(module) = modules.get(path) {
        return Ok(module.clone());
    }
    let unusable = |error: Error| TokenError::Module {
        path: path.display().to_string(),
        reason: error.to_string(),
    };
    let module = Pkcs11::new(path).map_err(unusable)?;
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // Under another path the same library may have been loaded before.
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(error) => return Err(unusable(error)),
    }
    modules.insert(path.to_owned(), module.clone());
    Ok(module)
}

/// Finds the one token that fits.
fn token(module: &Pkcs11, uri: &TokenUri) -> Result<(Slot, TokenInfo), TokenError> {
    let mut others = Vec::new();
    let mut fitting = Vec::new();
    for slot in module.get_slots_with_initialized_token().map_err(failed)? {
        // One that is pulled out at this moment is not there.
        let Ok(info) = module.get_token_info(slot) else {
            continue;
        };
        let fits = |asked: &Option<String>, found: &str| {
            asked.as_deref().is_none_or(|asked| asked == found)
        };
        let name = format!("{} (serial {})", info.label(), info.serial_number());
        if fits(&uri.token, info.label())
            && fits(&uri.serial, info.serial_number())
            && fits(&uri.manufacturer, info.manufacturer_id())
            && fits(&uri.model, info.model())
        {
            fitting.push((slot, info, name));
        } else {
            others.push(name);
        }
    }
    let only = fitting.pop();
    match only {
        Some((slot, info, _)) if fitting.is_empty() => Ok((slot, info)),
        Some((_, _, name)) => {
            let mut found: Vec<String> = fitting.into_iter().map(|(_, _, name)| name).collect();
            found.push(name);
            let found = found.join(", ");
            Err(TokenError::Ambiguous { found })
        }
        None if others.is_empty() => Err(TokenError::Missing {
            found: String::new(),
        }),
        None => Err(TokenError::Missing {
            found: format!(": there is {}", others.join(", ")),
        }),
    }
}

pub(super) fn look(uri: &TokenUri) -> Result<bool, TokenError> {
    let (_, info) = token(&module(&uri.module)?, uri)?;
    Ok(info.protected_authentication_path())
}

impl Session {
    /// Opens a session and logs in.
    pub(super) fn open(uri: &TokenUri, pin: Pin<'_>) -> Result<Self, TokenError> {
        let module = module(&uri.module)?;
        let (slot, info) = token(&module, uri)?;
        if !info.user_pin_initialized() {
            return Err(TokenError::PinUnset);
        }
        let raw = module.open_rw_session(slot).map_err(failed)?;
        let login = match pin {
            Pin::Keypad => raw.login(UserType::User, None),
            Pin::Bytes(bytes) => {
                let text = core::str::from_utf8(bytes).map_err(|_| TokenError::PinWrong)?;
                raw.login(UserType::User, Some(&AuthPin::new(text.into())))
            }
        };
        match login {
            // By another key of the same token: the login is the process's.
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => return Err(failed(error)),
        }
        let uri = uri.clone();
        Ok(Self { raw, uri })
    }

    /// Finds the objects of a class that the place names.
    fn objects(&self, class: ObjectClass) -> Result<Vec<ObjectHandle>, TokenError> {
        let mut template = vec![Attribute::Class(class), Attribute::Token(true)];
        template.extend(self.name());
        self.raw.find_objects(&template).map_err(failed)
    }

    fn name(&self) -> Vec<Attribute> {
        let label = self.uri.label.clone().map(String::into_bytes);
        let label = label.map(Attribute::Label);
        let id = self.uri.id.clone().map(Attribute::Id);
        label.into_iter().chain(id).collect()
    }

    /// Tells whether the place names a key that exists.
    pub(super) fn has_key(&self) -> Result<bool, TokenError> {
        Ok(!self.objects(ObjectClass::PRIVATE_KEY)?.is_empty())
    }

    /// Opens the one key that fits.
    pub(super) fn key(self) -> Result<KeyHandle, TokenError> {
        let keys = self.objects(ObjectClass::PRIVATE_KEY)?;
        let [private] = keys[..] else {
            return Err(if keys.is_empty() {
                TokenError::KeyMissing
            } else {
                TokenError::KeyAmbiguous
            });
        };
        self.check_bound(private)?;
        let public = self.public_half(private)?;
        Ok(KeyHandle::new(TokenKey {
            public,
            private,
            session: Mutex::new(self.raw),
        }))
    }

    /// Refuses a key that is not bound to the token.
    fn check_bound(&self, private: ObjectHandle) -> Result<(), TokenError> {
        let asked = [AttributeType::Extractable, AttributeType::Sensitive];
        let found = self.raw.get_attributes(private, &asked).map_err(failed)?;
        let bound = [Attribute::Extractable(false), Attribute::Sensitive(true)];
        if bound.iter().all(|wanted| found.contains(wanted)) {
            Ok(())
        } else {
            Err(TokenError::KeyExtractable)
        }
    }

    /// Reads the public half: the object of the same identifier, else of the same label; some tokens keep
    /// the point with the private key alone.
    fn public_half(&self, private: ObjectHandle) -> Result<PublicKey, TokenError> {
        let asked = [AttributeType::Id, AttributeType::Label];
        let found = self.raw.get_attributes(private, &asked).map_err(failed)?;
        let named = |attribute: &&Attribute| match attribute {
            Attribute::Id(bytes) | Attribute::Label(bytes) => !bytes.is_empty(),
            _ => false,
        };
        for name in found.iter().filter(named) {
            let template = [
                Attribute::Class(ObjectClass::PUBLIC_KEY),
                Attribute::Token(true),
                name.clone(),
            ];
            let public = self.raw.find_objects(&template).map_err(failed)?;
            match public[..] {
                [] => {}
                [public] => return self.point_of(public),
                _ => return Err(TokenError::KeyAmbiguous),
            }
        }
        self.point_of(private)
    }

    fn point_of(&self, object: ObjectHandle) -> Result<PublicKey, TokenError> {
        let asked = [AttributeType::EcParams, AttributeType::EcPoint];
        let found = self.raw.get_attributes(object, &asked).map_err(failed)?;
        let (mut params, mut point) = (None, None);
        for attribute in found {
            match attribute {
                Attribute::EcParams(bytes) => params = Some(bytes),
                Attribute::EcPoint(bytes) => point = Some(bytes),
                _ => {}
            }
        }
        match (params, point) {
            (Some(params), Some(point)) => public_key(&params, &point),
            _ => Err(TokenError::KeyUnusable("its public half is not there")),
        }
    }

    /// Makes a key.
    pub(super) fn generate(self, algorithm: Algorithm) -> Result<KeyHandle, TokenError> {
        if self.uri.label.is_none() {
            return Err(TokenError::KeyUnnamed);
        }
        let (mechanism, kind, curves): (_, _, &[&[u8]]) = match algorithm {
            Algorithm::EdDsa => (
                Mechanism::EccEdwardsKeyPairGen,
                KeyType::EC_EDWARDS,
                &[ED25519_BY_NAME, ED25519_BY_OID],
            ),
            Algorithm::Es256 => (Mechanism::EccKeyPairGen, KeyType::EC, &[P256_BY_OID]),
        };
        let name = self.name();
        let mut private = vec![
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(true),
            Attribute::KeyType(kind),
        ];
        private.extend(name.iter().cloned());
        let mut refusal = TokenError::KeyUnusable("the token makes none of this curve");
        for curve in curves {
            let mut public = vec![
                Attribute::Token(true),
                Attribute::Private(false),
                Attribute::Verify(true),
                Attribute::KeyType(kind),
                Attribute::EcParams(curve.to_vec()),
            ];
            public.extend(name.iter().cloned());
            match self.raw.generate_key_pair(&mechanism, &public, &private) {
                Ok((public, private)) => {
                    self.check_bound(private)?;
                    let public = self.point_of(public)?;
                    return Ok(KeyHandle::new(TokenKey {
                        public,
                        private,
                        session: Mutex::new(self.raw),
                    }));
                }
                // Which of the two names of a curve a token knows is found out by trying.
                Err(error) => refusal = failed(error),
            }
        }
        Err(refusal)
    }
}

/// A key on a token. The session is one, so that signatures are made one after the other.
struct TokenKey {
    public: PublicKey,
    private: ObjectHandle,
    session: Mutex<Raw>,
}

impl Signer for TokenKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs on the token, and checks what comes back: it is this key's, or nobody's.
    fn try_sign(&self, message: &[u8]) -> Result<Signature, SigningError> {
        let signed = {
            let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
            match self.public.algorithm() {
                Algorithm::EdDsa => {
                    let mechanism =
                        Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519));
                    session.sign(&mechanism, self.private, message)
                }
                // The digest is made here: every token signs one, not every token makes one.
                Algorithm::Es256 => {
                    session.sign(&Mechanism::Ecdsa, self.private, &Sha256::digest(message))
                }
            }
        };
        let signed = signed.map_err(|_| SigningError::default())?;
        let signature = Signature::from_slice(&signed).map_err(|_| SigningError::default())?;
        let checked = self.public.verify(message, &signature);
        checked.map_err(|_| SigningError::default())?;
        Ok(signature)
    }
}

fn failed(error: Error) -> TokenError {
    match error {
        Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _) => {
            TokenError::PinWrong
        }
        Error::Pkcs11(RvError::PinLocked, _) => TokenError::PinLocked,
        Error::Pkcs11(RvError::PinExpired | RvError::UserPinNotInitialized, _) => {
            TokenError::PinUnset
        }
        Error::Pkcs11(RvError::TokenNotPresent | RvError::DeviceRemoved, _) => {
            TokenError::Missing {
                found: String::new(),
            }
        }
        other => TokenError::Failed(other.to_string()),
    }
}
