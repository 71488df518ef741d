//! Changes of the DID: written down before anything is signed, so that one can be finished, or dropped,
//! after a kill.
//!
//! Every entry announces the control key of the next one, so that a stolen control key is of no use: the
//! thief would have to have stolen the one that has never been used yet.

use identity_core::{
    did::webvh::{Draft, Profile, Unsigned},
    key::{KeyError, PublicKey},
    status::Instant,
};
use serde::{Deserialize, Serialize};

use super::{DidError, DidLog, Document};

/// What a change is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a new purpose must be weighed")]
pub enum Purpose {
    /// The document says something else.
    Update,
    /// The control key changes, and nothing else.
    Rotate,
    /// A key of the document is replaced.
    ReplaceKey,
    /// The DID ends.
    Deactivate,
}

/// A control key: its number, and its public half as a multikey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a number and a key, complete")]
pub struct Control {
    /// From 1; each is used for one entry of the log.
    pub number: u64,
    /// The key.
    pub public_key_multibase: String,
}

/// A key that takes another's place once the entry stands in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Replaced {
    /// `issuing` or `status`.
    pub name: String,
    /// The file in `secrets/` that takes its place.
    pub file: String,
}

/// A change that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Pending {
    /// `mandate.did-pending/1`.
    pub schema: String,
    /// What it is for.
    pub purpose: Purpose,
    /// From when on it is in force: the time of its entry, and of its signature.
    pub at: Instant,
    /// What the document will say; of an ended DID it says what it said.
    pub document: Document,
    /// The control key that signs it; none where it is signed on another machine.
    pub signer: Option<Control>,
    /// The control key that it announces; none when the DID ends.
    pub next: Option<Control>,
    /// The key that is replaced, if one is.
    pub replaced: Option<Replaced>,
    /// The version of its entry, once it has been prepared.
    pub version_id: String,
    /// The digest of the request, where it is signed on another machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

impl Control {
    /// Writes down a key.
    pub fn new(number: u64, key: &PublicKey) -> Self {
        Self {
            number,
            public_key_multibase: key.to_multikey(),
        }
    }

    /// Reads the key.
    ///
    /// # Errors
    /// [`KeyError`] when the multikey is none.
    pub fn key(&self) -> Result<PublicKey, KeyError> {
        PublicKey::from_multikey(&self.public_key_multibase)
    }
}

impl Pending {
    /// The `schema`.
    pub const SCHEMA: &'static str = "mandate.did-pending/1";

    /// Prepares the entry that follows the log; the same each time.
    ///
    /// # Errors
    /// [`DidError`] when it cannot follow, or is another than the one that was begun.
    pub fn prepare(&self, log: &DidLog) -> Result<Unsigned, DidError> {
        let signer = self.signer.as_ref();
        let signer = signer.ok_or(DidError::Answer("it is signed on another machine"))?;
        let draft = Draft::update(log.history())?.control(&[signer.key()?]);
        let draft = match &self.next {
            None => draft.deactivate(),
            Some(next) => draft
                .announce(&[next.key()?])
                .content(self.document.content()?),
        };
        let entry = draft.prepare(Profile::A, self.at.timestamp())?;
        if self.version_id.is_empty() || self.version_id == entry.version_id() {
            Ok(entry)
        } else {
            Err(DidError::Entry(
                "the log is another than when the change was begun".to_owned(),
            ))
        }
    }
}

/// Prepares the first entry of a DID at a place, such as `parliament.example` or `parliament.example:id`.
///
/// # Errors
/// [`DidError`] when no DID can have that place.
pub fn genesis(
    place: &str,
    document: &Document,
    (current, next): (&PublicKey, &PublicKey),
    at: Instant,
) -> Result<Unsigned, DidError> {
    let content = document.content()?;
    let draft = Draft::genesis(place, core::slice::from_ref(current), content)
        .map_err(|error| DidError::Place(error.to_string()))?
        .announce(core::slice::from_ref(next))
        // The host may have another name one day; moving takes the announced control key.
        .portable(true);
    draft
        .prepare(Profile::A, at.timestamp())
        .map_err(|error| DidError::Place(error.to_string()))
}
