//! The log as the home keeps it: verified each time it is read.

use identity_core::{
    did::{
        Did, DidUrl, Relationship,
        webvh::{Content, DidHistory, Log, Version, web_document},
    },
    encoding::strict_json::Value,
    key::PublicKey,
    verify::Budget,
};
use jiff::Timestamp;

use super::{DidError, Document, Keys};

/// The issuer's log, verified.
#[derive(Clone, Debug)]
pub struct DidLog {
    text: String,
    witness: Option<String>,
    history: DidHistory,
}

impl DidLog {
    /// Verifies the log of this DID.
    ///
    /// # Errors
    /// [`DidError`] when it is not that DID's, or not in order.
    pub fn read(
        did: &Did,
        text: String,
        witness: Option<String>,
        now: Timestamp,
    ) -> Result<Self, DidError> {
        let mut budget = Budget::did_log();
        let witness_bytes = witness.as_deref().map(str::as_bytes);
        let history = Log::parse(text.as_bytes(), &mut budget)?.verify(
            Some(did),
            witness_bytes,
            now,
            &mut budget,
        )?;
        if history.did() != did {
            return Err(DidError::Other(did.to_string()));
        }
        Ok(Self {
            text,
            witness,
            history,
        })
    }

    /// Returns the log with one line more, verified as a whole.
    ///
    /// # Errors
    /// [`DidError`] when the line does not continue it.
    pub fn with(&self, line: &str, now: Timestamp) -> Result<Self, DidError> {
        let mut text = self.text.clone();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(line);
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Self::read(self.history.did(), text, self.witness.clone(), now)
    }

    /// Returns `did.jsonl`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns `did-witness.json`, where there is one.
    pub fn witness(&self) -> Option<&str> {
        self.witness.as_deref()
    }

    /// Returns the verified history.
    pub const fn history(&self) -> &DidHistory {
        &self.history
    }

    /// Returns the version in force.
    ///
    /// # Errors
    /// [`DidError::Deactivated`] when the DID has ended.
    pub fn live(&self) -> Result<&Version, DidError> {
        match self.history.deactivated_at() {
            Some(at) => Err(DidError::Deactivated { at }),
            None => Ok(self.history.latest()),
        }
    }

    /// Returns the document in force, or the last one before the DID ended.
    pub fn last_document(&self) -> &identity_core::did::DidDocument {
        let mut versions = self.history.versions().rev();
        let live = versions.find(|version| !version.parameters.deactivated);
        &live.unwrap_or_else(|| self.history.latest()).document
    }

    /// Returns what the document in force says, in the office's terms.
    ///
    /// # Errors
    /// [`DidError`] when the DID has ended, or its document is not one that this office writes.
    pub fn document(&self) -> Result<Document, DidError> {
        let live = self.live()?;
        let content = Content::of(&self.history)?;
        let keys = Keys::of(&live.document).filter(|_| content.services.is_empty());
        Ok(Document {
            keys: keys.ok_or_else(|| {
                DidError::Entry("its document is not one of this office".to_owned())
            })?,
            also_known_as: content.also_known_as,
        })
    }

    /// Names a key as the document in force does.
    ///
    /// # Errors
    /// [`DidError`] when the DID has ended, or its document does not name the key for this purpose.
    pub fn method(&self, key: &PublicKey, purpose: Relationship) -> Result<DidUrl, DidError> {
        let document = &self.live()?.document;
        let mut methods = document.methods().iter();
        let named = methods.find(|m| m.key() == key && m.purposes().contains(&purpose));
        let named = named.ok_or_else(|| DidError::KeyNotNamed {
            key: key.to_multikey(),
            purpose: purpose.as_str(),
        })?;
        Ok(named.id().clone())
    }

    /// Returns the document of the parallel did:web, `did.json`; none once the DID has ended.
    pub fn web_document(&self) -> Option<Value<'static>> {
        web_document(&self.history).ok()
    }
}
