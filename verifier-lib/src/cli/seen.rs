//! What a home remembers of what it has seen, so that nobody can show it something older.
//!
//! ```text
//! seen.json      the highest bundle number of each issuer, and how far the log of its DID had come
//! networks.json  the same of each accreditor: its officers, its snapshot, its trust list
//! seen.lock      held while one of the two is written
//! ```
//!
//! Numbers never go down, also with two programs at once: each writes the higher of what it saw and what
//! stands there. A home of an earlier version has no `networks.json`, or names a did:webvh by all of it.

use core::cmp::Ordering;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use cli_kit::{
    Failure,
    files::{self, Access, Durability},
};
use fs_err as fs;
use identity_core::{
    did::Did,
    encoding::base64url,
    status::Instant,
    trust::{LogHead, NetworkSeen, PolicySeen, Seen, TrustSet},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::home::{Home, damaged, to_json};

/// Largest file of these that is read.
const MAX: u64 = 64 << 20;

type SeenFile = Remembered<SeenEntry>;
type NetworksFile = Remembered<NetworkEntry>;

/// What is remembered, by what stays of a DID that moves: of a did:webvh method and SCID, else all of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Remembered<E>(BTreeMap<Did, E>);

/// What is known and rises.
trait Rising: Clone {
    /// Raises what is known by what was seen: each number is the higher of the two.
    fn raise(&mut self, new: &Self);
}

impl<E> Default for Remembered<E> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<E: Rising> Remembered<E> {
    fn raise(&mut self, did: &Did, new: &E) {
        let subject = did.subject().parse().unwrap_or_else(|_| did.clone());
        match self.0.get_mut(&subject) {
            Some(entry) => entry.raise(new),
            None => {
                self.0.insert(subject, new.clone());
            }
        }
    }

    /// Puts together what a home of an earlier version remembers of each name apart.
    fn joined(self) -> Self {
        let mut joined = Self::default();
        for (did, entry) in &self.0 {
            joined.raise(did, entry);
        }
        joined
    }
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeenEntry {
    #[serde(default, skip_serializing_if = "is_zero")]
    epoch: u64,
    seq: u64,
    digest: Digest,
    /// How far the log of its DID had come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    log: Option<LogEntry>,
    /// The newest version of its officer policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<PolicyEntry>,
    /// Whether another bundle of this number was seen.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    conflict: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyEntry {
    version: u64,
    digest: Digest,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NetworkEntry {
    policy_version: u64,
    policy_digest: Digest,
    epoch: u64,
    seq: u64,
    digest: Digest,
    list_seq: u64,
    issued_at: Instant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    log: Option<LogEntry>,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    conflict: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LogEntry {
    number: u64,
    digest: Digest,
}

/// A SHA-256 digest, base64url in the file.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Digest([u8; 32]);

impl TryFrom<String> for Digest {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digest = base64url::decode(&text).ok();
        let digest = digest.and_then(|digest| digest.as_slice().try_into().ok());
        digest.map(Self).ok_or("not a SHA-256 digest in base64url")
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        base64url::encode(&digest.0)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Home {
    /// Tells the trust set what was seen before.
    pub(crate) fn recall(&self, trust: &mut TrustSet) -> Result<(), Failure> {
        for (did, entry) in read::<SeenEntry>(&self.seen_path())?.0 {
            trust.remember(&did, entry.into());
        }
        for (did, entry) in read::<NetworkEntry>(&self.networks_path())?.0 {
            trust.remember_network(&did, entry.into());
        }
        Ok(())
    }

    /// Keeps what the trust set has seen.
    pub(crate) fn keep(&self, trust: &TrustSet) -> Result<(), Failure> {
        let now = cli_kit::run::now();
        let issuers = |known: &mut SeenFile| {
            for (did, seen) in trust.seen(now) {
                known.raise(did, &seen.into());
            }
        };
        let networks = |known: &mut NetworksFile| {
            for (did, seen) in trust.networks_seen(now) {
                known.raise(did, &seen.into());
            }
        };
        self.update(&self.seen_path(), issuers)?;
        self.update(&self.networks_path(), networks)
    }

    /// Returns where it is kept what was seen of issuers.
    pub(crate) fn seen_path(&self) -> PathBuf {
        self.path().join("seen.json")
    }

    /// Returns where it is kept what was seen of accreditors.
    pub(crate) fn networks_path(&self) -> PathBuf {
        self.path().join("networks.json")
    }

    /// Writes a file anew where something in it rises, alone among all programs that do.
    fn update<E: Rising + PartialEq + Serialize + DeserializeOwned>(
        &self,
        path: &Path,
        raise: impl Fn(&mut Remembered<E>),
    ) -> Result<(), Failure> {
        let is_news = |known: &Remembered<E>| {
            let mut raised = known.clone();
            raise(&mut raised);
            (raised != *known).then_some(raised)
        };
        if files::is_rehearsal() || is_news(&read(path)?).is_none() {
            return Ok(());
        }
        let lock_path = self.path().join("seen.lock");
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
        // What stands there may have risen while this one waited.
        match is_news(&read(path)?) {
            None => Ok(()),
            Some(raised) => {
                let json = to_json(&raised)?;
                files::write_atomic(path, &json, Access::Private, Durability::Synced)
            }
        }
    }
}

fn read<E: Rising + DeserializeOwned>(path: &Path) -> Result<Remembered<E>, Failure> {
    if !path.exists() {
        return Ok(Remembered::default());
    }
    let bytes = files::read_bounded(path, MAX)?;
    let read: Remembered<E> = serde_json::from_slice(&bytes).map_err(|_| damaged(path))?;
    Ok(read.joined())
}

impl Rising for SeenEntry {
    fn raise(&mut self, new: &Self) {
        let log = further(self.log, new.log);
        let policy = match (self.policy, new.policy) {
            (Some(known), Some(new)) if new.version > known.version => Some(new),
            (known, new) => known.or(new),
        };
        match (new.epoch, new.seq).cmp(&(self.epoch, self.seq)) {
            Ordering::Less => {}
            Ordering::Equal => self.conflict |= new.conflict || new.digest != self.digest,
            Ordering::Greater => *self = new.clone(),
        }
        self.log = log;
        self.policy = policy;
    }
}

impl Rising for NetworkEntry {
    fn raise(&mut self, new: &Self) {
        let log = further(self.log, new.log);
        let known = self.clone();
        match (new.epoch, new.seq).cmp(&(known.epoch, known.seq)) {
            Ordering::Less => {}
            Ordering::Equal => self.conflict |= new.conflict || new.digest != known.digest,
            Ordering::Greater => *self = new.clone(),
        }
        let officers = if new.policy_version > known.policy_version {
            new
        } else {
            &known
        };
        self.policy_version = officers.policy_version;
        self.policy_digest = officers.policy_digest;
        if new.epoch == known.epoch {
            self.list_seq = new.list_seq.max(known.list_seq);
        }
        self.issued_at = new.issued_at.max(known.issued_at);
        self.log = log;
    }
}

fn further(known: Option<LogEntry>, new: Option<LogEntry>) -> Option<LogEntry> {
    match (known, new) {
        (Some(known), Some(new)) if new.number > known.number => Some(new),
        (known, new) => known.or(new),
    }
}

impl From<LogHead> for LogEntry {
    fn from(head: LogHead) -> Self {
        Self {
            number: head.number,
            digest: Digest(head.digest),
        }
    }
}

impl From<LogEntry> for LogHead {
    fn from(entry: LogEntry) -> Self {
        Self {
            number: entry.number,
            digest: entry.digest.0,
        }
    }
}

impl From<Seen> for SeenEntry {
    fn from(seen: Seen) -> Self {
        Self {
            epoch: seen.epoch,
            seq: seen.seq,
            digest: Digest(seen.digest),
            log: seen.log.map(LogEntry::from),
            policy: seen.policy.map(|policy| PolicyEntry {
                version: policy.version,
                digest: Digest(policy.digest),
            }),
            conflict: seen.conflict,
        }
    }
}

impl From<SeenEntry> for Seen {
    fn from(entry: SeenEntry) -> Self {
        Self {
            epoch: entry.epoch,
            seq: entry.seq,
            digest: entry.digest.0,
            conflict: entry.conflict,
            log: entry.log.map(LogHead::from),
            policy: entry.policy.map(|policy| PolicySeen {
                version: policy.version,
                digest: policy.digest.0,
            }),
        }
    }
}

impl From<NetworkSeen> for NetworkEntry {
    fn from(seen: NetworkSeen) -> Self {
        Self {
            policy_version: seen.policy_version,
            policy_digest: Digest(seen.policy_digest),
            epoch: seen.epoch,
            seq: seen.seq,
            digest: Digest(seen.digest),
            list_seq: seen.list_seq,
            issued_at: seen.issued_at,
            log: seen.log.map(LogEntry::from),
            conflict: seen.conflict,
        }
    }
}

impl From<NetworkEntry> for NetworkSeen {
    fn from(entry: NetworkEntry) -> Self {
        Self {
            policy_version: entry.policy_version,
            policy_digest: entry.policy_digest.0,
            epoch: entry.epoch,
            seq: entry.seq,
            digest: entry.digest.0,
            conflict: entry.conflict,
            list_seq: entry.list_seq,
            issued_at: entry.issued_at,
            log: entry.log.map(LogHead::from),
        }
    }
}

#[cfg(test)]
mod tests;
