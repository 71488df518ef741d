//! A change of the DID that is signed on another machine, which holds the control keys and no network:
//! one file out, one file back.
//!
//! The request carries the whole log, so that the other machine sees what it changes, and makes the entry
//! itself. The answer is the entry's line. It names the request by its digest; what is done with it rests
//! on the line alone, which is verified behind the home's own log and held to what was asked for.

use identity_core::{
    did::{Did, webvh::Profile},
    encoding::{base64url, jcs, strict_json::Value},
    status::Instant,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{DidError, DidLog, Document, Pending, Purpose};

/// A change that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Request {
    /// `mandate.did-request/1`.
    pub schema: String,
    /// The DID.
    pub did: Did,
    /// What for.
    pub purpose: Purpose,
    /// From when on the change is in force.
    pub at: Instant,
    /// What the document is to say.
    pub document: Document,
    /// The log that it continues.
    pub log: String,
    /// Its witnesses' proofs, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
    /// What keeps two requests apart, base64url of 16 random bytes.
    pub nonce: String,
}

/// The line that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "three members, complete")]
pub struct Answer {
    /// `mandate.did-answer/1`.
    pub schema: String,
    /// The digest of the request, base64url.
    pub request: String,
    /// The entry, signed.
    pub line: String,
}

impl Request {
    /// The `schema`.
    pub const SCHEMA: &'static str = "mandate.did-request/1";

    /// Returns the SHA-256 digest of its canonical form, base64url.
    ///
    /// # Errors
    /// [`DidError::Entry`] when it has no canonical form.
    pub fn digest(&self) -> Result<String, DidError> {
        let entry = |error: &dyn core::fmt::Display| DidError::Entry(error.to_string());
        let json = serde_json::to_value(self).map_err(|error| entry(&error))?;
        let canonical = jcs::canonicalize(&Value::from_serde(&json));
        let canonical = canonical.map_err(|error| entry(&error))?;
        Ok(base64url::encode(&Sha256::digest(canonical)))
    }

    /// Verifies the log that it carries.
    ///
    /// # Errors
    /// [`DidError`] when it is not that of the DID, or not in order.
    pub fn verified_log(&self, now: jiff::Timestamp) -> Result<DidLog, DidError> {
        DidLog::read(&self.did, self.log.clone(), self.witness.clone(), now)
    }
}

impl Answer {
    /// The `schema`.
    pub const SCHEMA: &'static str = "mandate.did-answer/1";

    /// Returns the log with the line, once that is what the pending change asked for and nothing else.
    ///
    /// # Errors
    /// [`DidError::Answer`] when it answers another request or says something else, and what
    /// [`DidLog::with`] refuses.
    pub fn accept(
        &self,
        pending: &Pending,
        log: &DidLog,
        now: jiff::Timestamp,
    ) -> Result<DidLog, DidError> {
        let refused = |reason| Err(DidError::Answer(reason));
        if pending.request.as_deref() != Some(self.request.as_str()) {
            return refused("it answers another request");
        }
        if self.line.trim_end().contains('\n') {
            return refused("it has more than one line");
        }
        let new = log.with(&self.line, now)?;
        let latest = new.history().latest();
        if latest.version_time != pending.at.timestamp() {
            return refused("its entry is of another instant");
        }
        if pending.purpose == Purpose::Deactivate {
            return if new.history().is_deactivated() {
                Ok(new)
            } else {
                refused("it does not end the DID")
            };
        }
        if new.document()? != pending.document {
            return refused("its document says something else");
        }
        let before = log.history().latest();
        let same = latest.parameters.witness == before.parameters.witness
            && latest.parameters.watchers == before.parameters.watchers
            && latest.parameters.portable == before.parameters.portable;
        if !same || latest.update_keys.len() != 1 {
            return refused("it changes more than was asked for");
        }
        if Profile::A.check(new.history()).is_err() {
            return refused("it announces no control key");
        }
        Ok(new)
    }
}
