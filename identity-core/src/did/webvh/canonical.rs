//! The canonical text of an entry without its proof, and the hashes taken of it.

use sha2::{Digest as _, Sha256};

use super::WebvhError;
use crate::encoding::{
    jcs,
    strict_json::{Object, Value},
};

/// An entry in canonical JSON, save its `versionId`.
///
/// The members of an entry stand in the order parameters, state, versionId, versionTime (RFC 8785
/// section 3.2.3). Its hashes differ in the third alone, so that what stands before it is written and
/// hashed once.
#[derive(Debug)]
pub(super) struct Canonical {
    head: String,
    state_from: usize,
    tail: String,
    hashed_head: Sha256,
}

/// Writes a value in canonical JSON.
pub(super) fn text(value: &Value<'_>) -> Result<String, WebvhError> {
    let bytes = jcs::canonicalize(value)?;
    String::from_utf8(bytes).map_err(|_| WebvhError::malformed("it is not UTF-8"))
}

const FIRST: &str = "{\"parameters\":";
const BEFORE_STATE: &str = ",\"state\":";
const BEFORE_ID: &str = ",\"versionId\":\"";

impl Canonical {
    /// Writes the entry. `state` is canonical already, and `time` is what the entry writes, and has nothing to escape.
    pub(super) fn new(
        parameters: &Object<'_>,
        state: &str,
        time: &str,
    ) -> Result<Self, WebvhError> {
        let mut head = Vec::with_capacity(state.len() + 512);
        head.extend_from_slice(FIRST.as_bytes());
        jcs::append_object(parameters, &mut head)?;
        head.extend_from_slice(BEFORE_STATE.as_bytes());
        let state_from = head.len();
        head.extend_from_slice(state.as_bytes());
        head.extend_from_slice(BEFORE_ID.as_bytes());
        let hashed_head = Sha256::new_with_prefix(&head);
        Ok(Self {
            head: String::from_utf8(head)
                .map_err(|_| WebvhError::malformed("an entry is not UTF-8"))?,
            state_from,
            tail: format!("\",\"versionTime\":\"{time}\"}}"),
            hashed_head,
        })
    }

    /// Returns what stands before the `versionId`.
    pub(super) fn head(&self) -> &str {
        &self.head
    }

    /// Returns the parameters.
    pub(super) fn parameters(&self) -> &str {
        &self.head[FIRST.len()..self.state_from - BEFORE_STATE.len()]
    }

    /// Returns the state.
    pub(super) fn state(&self) -> &str {
        &self.head[self.state_from..self.head.len() - BEFORE_ID.len()]
    }

    /// Returns the text with this `versionId`, which has nothing to escape.
    pub(super) fn text(&self, version_id: &str) -> String {
        format!("{}{version_id}{}", self.head, self.tail)
    }

    /// Returns the hash of that text.
    pub(super) fn hash(&self, version_id: &str) -> [u8; 32] {
        let mut hash = self.hashed_head.clone();
        hash.update(version_id);
        hash.update(&self.tail);
        hash.finalize().into()
    }
}
