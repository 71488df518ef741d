//! The office: everything a secretariat does, as operations on the store. Nothing here prints or reads
//! a clock.

mod action;
mod appoint;
mod approve;
mod authority;
mod beside;
mod cadence;
mod claims;
mod delegate;
mod electoral;
mod enrol;
mod error;
mod facts;
mod in_office;
mod inherit;
mod issue;
mod migrate;
mod moves;
mod officers;
mod parallel;
mod parts;
mod pending;
mod plan;
mod profile;
mod publish;
mod records;
mod register;
mod replay;
mod restored;
mod self_suspend;
mod settled;
mod site;
mod slots;
mod status;
mod validity;
mod watch;

#[cfg(test)]
mod tests;

pub use action::{Action, Sifted, StoredOrder};
pub use approve::{Approved, Outcome, Unlock};
pub use delegate::{DelegationRecord, id as delegation_id};
pub use electoral::{BulkRecord, Declared, PeriodRecord};
pub use enrol::{Invitation, Invited};
pub use error::{OfficeCode, Refusal};
pub use in_office::InOffice;
pub use inherit::TakenOver;
pub use issue::{Handed, IssueOrder};
pub use migrate::Reissued;
pub use officers::{Actor, Officers};
pub use pending::{LIFETIME, PendingAction, PendingState};
pub use profile::Profile;
pub use publish::{Publication, Published};
pub use records::{
    Copy, CredentialRecord, EnrolmentRecord, EnrolmentState, Holdings, Reason, RevocationRecord,
    SuspensionRecord,
};
pub use register::{Ended, ImportOutcome};
pub use replay::{Difference, Replayed, replay};
pub use restored::Counters;
pub use settled::Settled;

use std::path::PathBuf;

use officers::is_guarded;

use identity_core::{
    did::{self, Did, DidUrl, Relationship},
    key::PublicKey,
    status::Instant,
};
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use crate::{
    did::{DidError, DidLog},
    keys::KeyHandle,
    store::{Author, Batch, Head, Journal, Store, StoreError},
};

/// An issuer at work: its store, its journal, and what it may do without a passphrase.
#[derive(Debug)]
pub struct Office<S> {
    store: S,
    journal: Journal,
    profile: Profile,
    zone: TimeZone,
    keys: MachineKeys,
    /// The log of its DID, where it has a history.
    log: Option<DidLog>,
    officers: Option<Officers>,
    actor: Actor,
    /// The approvals under which something is being done.
    under: Option<String>,
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
    /// Each with its instant, where that is not the commit's.
    entries: Vec<Noted>,
}

/// An entry of the journal to be: its instant where that is not the commit's, its kind, its body.
type Noted = (Option<Instant>, &'static str, Json);

impl Change {
    pub(crate) fn note(&mut self, kind: &'static str, body: Json) {
        self.entries.push((None, kind, body));
    }

    /// Notes what another journal has told, of the instant that it told it of.
    pub(crate) fn note_at(&mut self, at: Instant, kind: &'static str, body: Json) {
        self.entries.push((Some(at), kind, body));
    }

    /// Adds what another change says, after what this one does.
    pub(crate) fn extend(&mut self, other: Self) {
        self.batch.extend(other.batch);
        self.entries.extend(other.entries);
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
        // With a history it takes the log to say who controlled the DID.
        let officers = match profile.did.method() {
            "webvh" => None,
            _ => officers::load(&store, &profile, None)?,
        };
        Ok(Self {
            store,
            journal,
            profile,
            zone,
            keys,
            log: None,
            officers,
            actor: Actor::Nobody,
            under: None,
            head_path,
        })
    }

    /// Takes the log of its DID: without it nothing is done in the name of a DID with a history.
    ///
    /// # Errors
    /// [`Refusal`] when what the store says of the officers does not verify.
    pub fn with_log(mut self, log: DidLog) -> Result<Self, Refusal> {
        self.officers = officers::load(&self.store, &self.profile, Some(&log))?;
        self.log = Some(log);
        Ok(self)
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

    /// Returns the log of a DID that has one.
    fn log(&self) -> Result<Option<&DidLog>, Refusal> {
        match &self.log {
            None if self.did().method() == "webvh" => {
                Err(DidError::Other(self.did().to_string()).into())
            }
            log => Ok(log.as_ref()),
        }
    }

    /// Names the issuing key, whichever it is now.
    fn method(&self) -> Result<DidUrl, Refusal> {
        let did = self.did();
        let key = match self.log()? {
            None => did.specific_id().to_owned(),
            Some(log) => log.document()?.keys.issuing,
        };
        did.with_fragment(&key)
            .map_err(|error| Refusal::core(error.code(), &error))
    }

    /// Names this key, where the DID says that it signs credentials.
    fn method_of(&self, key: &PublicKey) -> Result<DidUrl, Refusal> {
        match self.log()? {
            Some(log) => Ok(log.method(key, Relationship::AssertionMethod)?),
            None if did::key::create(key) == *self.did() => self.method(),
            None => Err(DidError::KeyNotNamed {
                key: key.to_multikey(),
                purpose: Relationship::AssertionMethod.as_str(),
            }
            .into()),
        }
    }

    /// Writes changes and their journal entries in one synchronous write, then the signed head. Where
    /// there are officers, the entries say who writes them and under which approvals.
    pub(crate) fn commit(&mut self, now: Instant, change: Change) -> Result<(), Refusal> {
        let Change {
            mut batch,
            mut entries,
        } = change;
        if entries.is_empty() && batch.is_empty() {
            return Ok(());
        }
        let mut journal = self.journal;
        if let Some(officers) = &self.officers {
            self.put_under_approvals(&mut entries)?;
            let entries: Vec<_> = entries
                .iter()
                .map(|(_, kind, body)| (*kind, body))
                .collect();
            let (by, signer) = self.author(&entries)?;
            let author = Author {
                by,
                policy: officers.policy().version(),
                home: self.did(),
                signer,
            };
            journal.append_signed(&mut batch, now, &entries, &author)?;
        } else {
            for (at, kind, body) in &entries {
                journal.append(&mut batch, at.unwrap_or(now), kind, body)?;
            }
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

    /// Names in each entry that needs approvals those under which it is written.
    fn put_under_approvals(&self, entries: &mut [Noted]) -> Result<(), Refusal> {
        // Also what is taken over from a signed bundle: the key that signs bundles works unattended, and
        // whoever reads the home could end anything by it.
        if self.approvals_needed() == 0 {
            return Ok(());
        }
        for (_, kind, body) in entries.iter_mut().filter(|(_, kind, _)| is_guarded(kind)) {
            let Some(id) = &self.under else {
                let message =
                    format!("with two officers and more no {kind} is written without approvals");
                return Err(Refusal::new(OfficeCode::ApprovalNeeded, message)
                    .hint("prepare it with the command of its own, and let others approve it"));
            };
            body["approval"] = id.as_str().into();
        }
        Ok(())
    }
}
