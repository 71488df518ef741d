//! A verified log, and what can be asked of it.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Parameters, WebvhError};
use crate::{
    did::{Did, DidDocument, DidUrl, Relationship},
    key::PublicKey,
};

/// The whole verified history of a DID.
///
/// Made by [`Log::verify`](super::Log::verify) alone. The times in it are those that whoever controlled
/// the DID wrote: they rise from entry to entry and do not lie in the future, and nothing more is
/// known of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DidHistory {
    scid: String,
    earlier: Vec<Version>,
    latest: Version,
}

/// One version of a DID.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Version {
    /// Its number, from 1.
    pub number: u64,
    /// Its number and the hash of its entry, such as `1-Qm…`.
    pub version_id: String,
    /// From when on it is in force.
    pub version_time: Timestamp,
    /// The parameters in force behind it.
    pub parameters: Parameters,
    /// The keys that control the DID, `updateKeys` as keys.
    pub update_keys: Vec<PublicKey>,
    /// The document, as far as it is used here.
    pub document: DidDocument,
    /// The document as it stands in the entry, in canonical JSON.
    pub document_json: Arc<str>,
}

/// A time during which something was so: from an instant on, and up to another that no longer belongs
/// to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "complete: a beginning and an end"
)]
pub struct Period {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant behind it, or none while it lasts.
    pub to: Option<Timestamp>,
}

impl Period {
    /// Returns whether an instant belongs to it.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }
}

impl Version {
    /// Returns the hash of its entry, the part of its id behind the number.
    pub fn entry_hash(&self) -> &str {
        self.version_id.split_once('-').map_or("", |(_, hash)| hash)
    }
}

impl DidHistory {
    /// To be called by the verification of a log alone; there is no history without a version.
    pub(super) fn of_verified(scid: String, mut versions: Vec<Version>) -> Option<Self> {
        let latest = versions.pop()?;
        Some(Self {
            scid,
            earlier: versions,
            latest,
        })
    }

    /// Returns the DID as it is now.
    pub const fn did(&self) -> &Did {
        self.latest.document.id()
    }

    /// Returns every DID that it ever was, the first one first: one, or several where it moved.
    ///
    /// All have one identifier and are one DID. The domain of a former one says nothing of anybody: the
    /// log need never have stood there.
    pub fn dids(&self) -> Vec<&Did> {
        let mut dids: Vec<&Did> = Vec::new();
        for version in self.versions() {
            if !dids.contains(&version.document.id()) {
                dids.push(version.document.id());
            }
        }
        dids
    }

    /// Returns its identifier, which never changes.
    pub fn scid(&self) -> &str {
        &self.scid
    }

    /// Returns the versions, the first one first.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = &Version> {
        self.earlier.iter().chain(core::iter::once(&self.latest))
    }

    /// Returns the latest version; that of a DID that has ended is its last.
    pub const fn latest(&self) -> &Version {
        &self.latest
    }

    /// Returns the version in force at an instant: none before the first, and none once the DID has
    /// ended.
    pub fn at(&self, at: Timestamp) -> Option<&Version> {
        let begun = |version: &&Version| version.version_time <= at;
        let version = self.versions().rev().find(begun)?;
        (!version.parameters.deactivated).then_some(version)
    }

    /// Returns the version of this `versionId`.
    pub fn version(&self, version_id: &str) -> Option<&Version> {
        self.versions()
            .find(|version| version.version_id == version_id)
    }

    /// Returns the version of this number, from 1.
    pub fn version_number(&self, number: u64) -> Option<&Version> {
        self.versions().find(|version| version.number == number)
    }

    /// Returns whether the DID has ended.
    pub const fn is_deactivated(&self) -> bool {
        self.latest.parameters.deactivated
    }

    /// Returns when the DID ended, if it has.
    pub fn deactivated_at(&self) -> Option<Timestamp> {
        self.is_deactivated().then_some(self.latest.version_time)
    }

    /// Returns the keys that controlled the DID at an instant, where it was in force.
    pub fn update_keys_at(&self, at: Timestamp) -> Option<&[PublicKey]> {
        self.at(at).map(|version| version.update_keys.as_slice())
    }

    /// Returns what to remember of this history: the number of its last entry and the hash of it.
    pub fn head(&self) -> (u64, &str) {
        (self.latest.number, self.latest.entry_hash())
    }

    /// Checks that this history goes on from a [head](Self::head) remembered from before.
    ///
    /// # Errors
    /// [`WebvhError::Rollback`] when it ends before that entry, [`WebvhError::Fork`] when it has
    /// another in its place.
    pub fn extends(&self, number: u64, entry_hash: &str) -> Result<(), WebvhError> {
        match self.version_number(number) {
            Some(version) if version.entry_hash() == entry_hash => Ok(()),
            Some(_) => Err(WebvhError::Fork { entry: number }),
            None => Err(WebvhError::Rollback {
                entry: self.latest.number,
            }),
        }
    }

    /// Returns when a method stood in the DID's document with exactly this key for this purpose, the
    /// first period first. A DID that ends, ends them all.
    pub fn periods(&self, method: &DidUrl, key: &PublicKey, purpose: Relationship) -> Vec<Period> {
        let mut periods: Vec<Period> = Vec::new();
        for version in self.versions() {
            let stands = !version.parameters.deactivated
                && version
                    .document
                    .candidates(method, purpose)
                    .is_ok_and(|keys| keys.contains(&key));
            let open = periods.last_mut().filter(|period| period.to.is_none());
            match (open, stands) {
                (None, true) => periods.push(Period {
                    from: version.version_time,
                    to: None,
                }),
                (Some(open), false) => open.to = Some(version.version_time),
                (None, false) | (Some(_), true) => {}
            }
        }
        periods
    }

    /// Returns a document with every key that ever stood in the DID's documents, under the ids it stood
    /// there with and for the purposes it had: what old signatures are verified against.
    ///
    /// Whether a key stood there when something was signed, [`Self::periods`] says.
    pub fn union_document(&self) -> DidDocument {
        let documents = self.versions().rev().map(|version| &version.document);
        DidDocument::of_versions(self.did().clone(), documents)
    }
}
