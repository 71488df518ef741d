//! The canonical text of an entry without its proof, and the hashes taken of it.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::WebvhError;
use crate::encoding::{
    jcs,
    strict_json::{Object, Value},
};

/// An entry in canonical JSON, save its `versionId`.
///
/// The members of an entry stand in the order parameters, state, versionId, versionTime (RFC 8785
/// section 3.2.3). Its hashes differ in the third alone, so that what stands before it is hashed once.
#[derive(Debug)]
pub(super) struct Canonical {
    parameters: String,
    state: Arc<str>,
    tail: String,
    hashed_head: Sha256,
}

/// Writes a value in canonical JSON.
pub(super) fn text(value: &Value<'_>) -> Result<String, WebvhError> {
    utf8(jcs::canonicalize(value)?)
}

fn utf8(bytes: Vec<u8>) -> Result<String, WebvhError> {
    String::from_utf8(bytes).map_err(|_| WebvhError::malformed("it is not UTF-8"))
}

const FIRST: &str = "{\"parameters\":";
const BEFORE_STATE: &str = ",\"state\":";
const BEFORE_ID: &str = ",\"versionId\":\"";

impl Canonical {
    /// Takes the parts of an entry. `state` is canonical already, and `time` is what the entry writes,
    /// and has nothing to escape.
    pub(super) fn new(
        parameters: &Object<'_>,
        state: Arc<str>,
        time: &str,
    ) -> Result<Self, WebvhError> {
        let parameters = utf8(jcs::canonicalize_object(parameters, None)?)?;
        let mut hashed_head = Sha256::new();
        for part in [FIRST, &parameters, BEFORE_STATE, &state, BEFORE_ID] {
            hashed_head.update(part);
        }
        Ok(Self {
            parameters,
            state,
            tail: format!("\",\"versionTime\":\"{time}\"}}"),
            hashed_head,
        })
    }

    /// Returns the parameters.
    pub(super) fn parameters(&self) -> &str {
        &self.parameters
    }

    /// Returns the state.
    pub(super) fn state(&self) -> &str {
        &self.state
    }

    /// Returns the text with this `versionId`, which has nothing to escape.
    pub(super) fn text(&self, version_id: &str) -> String {
        let Self {
            parameters,
            state,
            tail,
            ..
        } = self;
        format!("{FIRST}{parameters}{BEFORE_STATE}{state}{BEFORE_ID}{version_id}{tail}")
    }

    /// Returns the hash of that text.
    pub(super) fn hash(&self, version_id: &str) -> [u8; 32] {
        let mut hash = self.hashed_head.clone();
        hash.update(version_id);
        hash.update(&self.tail);
        hash.finalize().into()
    }
}
