//! The office: everything a secretariat does, as operations on the store. Nothing here prints or reads
//! a clock.

mod cadence;
mod claims;
mod enrol;
mod error;
mod facts;
mod in_office;
mod inherit;
mod issue;
mod parallel;
mod plan;
mod profile;
mod publish;
mod records;
mod register;
mod replay;
mod restored;
mod self_suspend;
mod slots;
mod status;
mod validity;

#[cfg(test)]
mod tests;

pub use enrol::{Invitation, Invited};
pub use error::{OfficeCode, Refusal};
pub use in_office::InOffice;
pub use inherit::TakenOver;
pub use issue::{Handed, IssueOrder};
pub use profile::Profile;
pub use publish::{Publication, Published, overdue};
pub use records::{
    Copy, CredentialRecord, EnrolmentRecord, EnrolmentState, Holdings, Reason, RevocationRecord,
    SuspensionRecord,
};
pub use register::{Ended, ImportOutcome};
pub use replay::{Difference, Replayed, replay};
pub use restored::Counters;

use std::path::PathBuf;

use identity_core::{
    did::{Did, DidUrl},
    status::Instant,
};
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use crate::{
    keys::KeyHandle,
    store::{Batch, Head, Journal, Store, StoreError},
};

/// An issuer at work: its store, its journal, and what it may do without a passphrase.
#[derive(Debug)]
pub struct Office<S> {
    store: S,
    journal: Journal,
    profile: Profile,
    zone: TimeZone,
    keys: MachineKeys,
    /// Where the journal's signed head is kept; `None` in tests.
    head_path: Option<PathBuf>,
}

/// The keys that work unattended.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "two keys, both needed")]
pub struct MachineKeys {
    /// Signs bundles and status lists.
    pub status: KeyHandle,
    /// Signs the journal's head.
    pub journal: KeyHandle,
}

/// Changes about to be committed, with what the journal will say about them.
#[derive(Debug, Default)]
pub(crate) struct Change {
    pub(crate) batch: Batch,
    entries: Vec<(&'static str, Json)>,
}

impl Change {
    pub(crate) fn note(&mut self, kind: &'static str, body: Json) {
        self.entries.push((kind, body));
    }
}

impl<S: Store> Office<S> {
    /// Opens the office over a store.
    ///
    /// # Errors
    /// [`Refusal`] when the journal ends before what was acknowledged, or the zone is not known.
    pub fn open(
        store: S,
        profile: Profile,
        keys: MachineKeys,
        (head_path, acknowledged): (Option<PathBuf>, Option<Head>),
    ) -> Result<Self, Refusal> {
        let journal = Journal::open(&store, acknowledged)?;
        let zone = profile.zone()?;
        Ok(Self {
            store,
            journal,
            profile,
            zone,
            keys,
            head_path,
        })
    }

    /// Returns who the issuer is.
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Returns the chamber's time zone.
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Returns the store, to read from.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Gives the keys and the store back, so that the store can be closed and opened again.
    pub fn close(self) -> (Profile, MachineKeys) {
        (self.profile, self.keys)
    }

    fn did(&self) -> &Did {
        &self.profile.did
    }

    fn method(&self) -> Result<DidUrl, Refusal> {
        let did = self.did();
        did.with_fragment(did.specific_id())
            .map_err(|error| Refusal::core(error.code(), &error))
    }

    /// Writes changes and their journal entries in one synchronous write, then the signed head.
    pub(crate) fn commit(&mut self, now: Instant, change: Change) -> Result<(), Refusal> {
        let Change { mut batch, entries } = change;
        if entries.is_empty() && batch.is_empty() {
            return Ok(());
        }
        let mut journal = self.journal;
        for (kind, body) in &entries {
            journal.append(&mut batch, now, kind, body)?;
        }
        self.store.write(batch)?;
        self.journal = journal;
        if let Some(path) = &self.head_path {
            let head = journal.head().sign(&self.keys.journal)?;
            // It can lag behind: the journal itself was synchronised.
            cli_kit::files::write_atomic(
                path,
                head.as_bytes(),
                cli_kit::files::Access::Private,
                cli_kit::files::Durability::Cached,
            )
            .map_err(|failure| StoreError::failed(failure.to_human()))?;
        }
        Ok(())
    }
}
