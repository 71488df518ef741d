//! The home: two keys, and a mark that says it is for tests.
//!
//! ```text
//! conformance.json  the mark
//! ed25519.key       a seed, base64url, mode 0600
//! p256.key          a scalar, likewise
//! ```

use std::path::Path;

use cli_kit::{
    Failure,
    files::{self, Access, Durability},
    run::system_rng,
};
use identity_core::{
    encoding::base64url,
    key::{Algorithm, SecretKey},
};

const MARK: &str = "{\"schema\": \"mandate.conformance-home/1\"}\n";

/// The keys of an opened home.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) ed25519: SecretKey,
    pub(crate) p256: SecretKey,
}

impl Home {
    /// Opens the home, or makes one in a folder that is empty or not there.
    pub(crate) fn open(folder: &Path) -> Result<Self, Failure> {
        let mark = folder.join("conformance.json");
        if !mark.exists() {
            let empty = fs_err::read_dir(folder).map_or(true, |mut found| found.next().is_none());
            if !empty {
                let message = format!("{} is no home made for tests", folder.display());
                return Err(Failure::failed("conformance.home", message)
                    .hint("name an empty folder: an issuer's keys are never used here"));
            }
            files::make_private_dir(folder)?;
            for (name, algorithm) in [
                ("ed25519.key", Algorithm::EdDsa),
                ("p256.key", Algorithm::Es256),
            ] {
                let key = SecretKey::generate(algorithm, &mut system_rng()?);
                let text = base64url::encode(&*key.secret_bytes());
                let path = folder.join(name);
                files::create_new(&path, text.as_bytes(), Access::Private, Durability::Synced)?;
            }
            files::create_new(&mark, MARK.as_bytes(), Access::Private, Durability::Synced)?;
        }
        Ok(Self {
            ed25519: read(&folder.join("ed25519.key"), Algorithm::EdDsa)?,
            p256: read(&folder.join("p256.key"), Algorithm::Es256)?,
        })
    }
}

fn read(path: &Path, algorithm: Algorithm) -> Result<SecretKey, Failure> {
    let text = files::read_bounded(path, 1 << 10)?;
    let bytes = core::str::from_utf8(&text)
        .ok()
        .and_then(|text| base64url::decode(text).ok());
    let bytes: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.as_slice().try_into().ok());
    let key = bytes.and_then(|bytes| SecretKey::from_secret_bytes(algorithm, &bytes).ok());
    key.ok_or_else(|| {
        Failure::failed("conformance.home", format!("{} is no key", path.display()))
            .hint("make another home")
    })
}
