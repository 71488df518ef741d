//! What governs a log from one entry on (section "did:webvh DID Method Parameters").

use super::{METHOD, WebvhError, Witnesses, hash, keys::Keys, witness};
use crate::encoding::strict_json::{Object, Value};

/// Most keys, hashes, watchers or witnesses that one entry may name.
const MOST: usize = 64;

/// Longest text among the parameters.
const LONGEST: usize = 2048;

/// How long a resolved DID may be kept where the log does not say, in seconds.
const TTL: u32 = 3600;

/// The parameters in force after an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameters {
    /// The keys that control the DID, as multikeys (`updateKeys`).
    pub update_keys: Vec<String>,
    /// Hashes of the keys that may control it next; empty where none are announced (`nextKeyHashes`).
    pub next_key_hashes: Vec<String>,
    /// Who must witness the entries behind this one (`witness`).
    pub witness: Option<Witnesses>,
    /// Who watches the DID, as URLs (`watchers`).
    pub watchers: Vec<String>,
    /// Whether the DID may move to another address (`portable`).
    pub portable: bool,
    /// Whether this entry ended the DID (`deactivated`).
    pub deactivated: bool,
    /// How long a resolved DID may be kept, in seconds (`ttl`).
    pub ttl: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            update_keys: Vec::new(),
            next_key_hashes: Vec::new(),
            witness: None,
            watchers: Vec::new(),
            portable: false,
            deactivated: false,
            ttl: TTL,
        }
    }
}

impl Parameters {
    /// Returns whether the keys behind this entry are announced by it.
    pub const fn has_pre_rotation(&self) -> bool {
        !self.next_key_hashes.is_empty()
    }

    /// Reads the parameters of an entry over those in force before it.
    pub(super) fn read(
        entry: u64,
        written: &Object<'_>,
        before: Option<&Self>,
        keys: &mut Keys,
    ) -> Result<Self, WebvhError> {
        let bad = |name, reason| WebvhError::Parameter {
            entry,
            name,
            reason,
        };
        let mut read = before.map_or_else(Self::default, |before| before.kept(written));
        for (name, value) in written.iter() {
            // Early writers put null for what was switched off; the method asks readers to bear it.
            let is_null = *value == Value::Null;
            match name {
                // The first entry's identifier is compared with its hash.
                "method" | "scid" => {}
                "updateKeys" if is_null => read.update_keys.clear(),
                "updateKeys" => {
                    read.update_keys = texts(value).ok_or_else(|| bad("updateKeys", NO_TEXTS))?;
                    let usable = |key: &String| keys.read_ed25519(key).is_some();
                    if !read.update_keys.iter().all(usable) {
                        return Err(bad("updateKeys", "names a key that is no Ed25519 multikey"));
                    }
                }
                "nextKeyHashes" if is_null => read.next_key_hashes.clear(),
                "nextKeyHashes" => {
                    read.next_key_hashes =
                        texts(value).ok_or_else(|| bad("nextKeyHashes", NO_TEXTS))?;
                }
                "witness" if is_null => read.witness = None,
                "witness" => {
                    read.witness =
                        witness::read_list(value, keys).map_err(|reason| bad("witness", reason))?;
                }
                "watchers" if is_null => read.watchers.clear(),
                "watchers" => {
                    read.watchers = texts(value).ok_or_else(|| bad("watchers", NO_TEXTS))?;
                }
                "portable" => {
                    read.portable = value
                        .as_bool()
                        .ok_or_else(|| bad("portable", "is no boolean"))?;
                    if read.portable && before.is_some() {
                        return Err(bad("portable", "is true behind the first entry"));
                    }
                }
                "deactivated" => {
                    read.deactivated = value
                        .as_bool()
                        .ok_or_else(|| bad("deactivated", "is no boolean"))?;
                }
                "ttl" if is_null => read.ttl = TTL,
                "ttl" => {
                    let seconds = value.as_u64().filter(|seconds| *seconds <= 1 << 31);
                    let seconds = seconds.and_then(|seconds| u32::try_from(seconds).ok());
                    read.ttl = seconds.ok_or_else(|| bad("ttl", "is no number from 0 to 2^31"))?;
                }
                _ => return Err(bad("", "has a name that the method does not know")),
            }
        }
        check_method(entry, written, before.is_none())?;
        if before.is_none() {
            if written.get("updateKeys").is_none() {
                return Err(bad("updateKeys", "is missing in the first entry"));
            }
        } else if written.get("scid").is_some() {
            return Err(bad("scid", "stands behind the first entry"));
        }
        if let Some(before) = before.filter(|before| before.has_pre_rotation()) {
            read.check_announced(entry, written, before)?;
        }
        Ok(read)
    }

    /// Returns what stays in force behind an entry: all that it does not write anew.
    fn kept(&self, written: &Object<'_>) -> Self {
        let keep = |name, texts: &[String]| match written.get(name) {
            None => texts.to_vec(),
            Some(_) => Vec::new(),
        };
        Self {
            update_keys: keep("updateKeys", &self.update_keys),
            next_key_hashes: keep("nextKeyHashes", &self.next_key_hashes),
            watchers: keep("watchers", &self.watchers),
            witness: self.witness.clone(),
            portable: self.portable,
            deactivated: self.deactivated,
            ttl: self.ttl,
        }
    }

    /// Checks what an entry must say when the one before announced its keys: every key, those that
    /// stay too, and what comes next; nothing is inherited (section "Read (Resolve)", step 7).
    fn check_announced(
        &self,
        entry: u64,
        written: &Object<'_>,
        before: &Self,
    ) -> Result<(), WebvhError> {
        let bad = |reason| WebvhError::PreRotation { entry, reason };
        if written.get("updateKeys").is_none() {
            return Err(bad("updateKeys is missing, though keys were announced"));
        }
        if written.get("nextKeyHashes").is_none() {
            return Err(bad("nextKeyHashes is missing, though keys were announced"));
        }
        let announced = |key: &String| before.next_key_hashes.contains(&hash::key_hash(key));
        if !self.update_keys.iter().all(announced) {
            return Err(bad("one of updateKeys was not announced"));
        }
        Ok(())
    }
}

const NO_TEXTS: &str = "is no array of at most 64 texts";

fn check_method(entry: u64, written: &Object<'_>, is_first: bool) -> Result<(), WebvhError> {
    match written.get("method") {
        Some(method) if method.as_str() == Some(METHOD) => Ok(()),
        None if !is_first => Ok(()),
        _ => Err(WebvhError::Method { entry }),
    }
}

fn texts(value: &Value<'_>) -> Option<Vec<String>> {
    let items = value.as_array().filter(|items| items.len() <= MOST)?;
    let text = |item: &Value<'_>| item.as_str().map(str::to_owned);
    let texts: Option<Vec<String>> = items.iter().map(text).collect();
    texts.filter(|texts| {
        texts
            .iter()
            .all(|text| !text.is_empty() && text.len() <= LONGEST)
    })
}
