//! Who wrote each entry of the journal, and under which approvals: checked against the policy in force
//! when it was written.

use std::collections::{BTreeMap, BTreeSet};

use identity_core::{
    encoding::base64url,
    key::{PublicKey, Signature, Signer as _},
    status::Instant,
    trust::approval::{self, ApprovalDraft},
    trust::officers::OfficerPolicy,
    verify::Budget,
};
use serde_json::json;

use super::{
    Difference, Office, Officers, PendingAction, PeriodRecord, Refusal, Replayed,
    electoral::PERIODS,
    moves::Moves,
    officers::{is_guarded, is_unattended, object},
    parts::part_of,
    pending::{document_digest, key_of, of_approval},
    replay,
};
use crate::{
    officers::persons,
    store::{Entry, Family, Head, MACHINE, Store, StoreError, read, verify},
};

impl<S: Store> Office<S> {
    /// Replays the journal as [`replay`] does, and where there are officers checks who wrote each entry
    /// and that approvals stand behind those that need them.
    ///
    /// # Errors
    /// [`StoreError`] when the journal does not verify, or the store cannot be read.
    pub fn audit(&self, acknowledged: Option<Head>) -> Result<Replayed, StoreError> {
        let mut replayed = replay(&self.store, acknowledged)?;
        replayed.differences.extend(self.unapproved(acknowledged)?);
        Ok(replayed)
    }

    /// Returns what is wrong with who wrote each entry, and with the approvals behind those that need
    /// them; nothing while there are no officers.
    ///
    /// # Errors
    /// [`StoreError`] when the journal does not verify, or the store cannot be read.
    fn unapproved(&self, acknowledged: Option<Head>) -> Result<Vec<Difference>, StoreError> {
        let mut watch = Watch {
            office: self,
            version: 0,
            next: None,
            run: Vec::new(),
            prepared: BTreeMap::new(),
            seen: BTreeMap::new(),
            used: BTreeSet::new(),
            moves: Moves::default(),
            differences: Vec::new(),
        };
        verify(&self.store, acknowledged, |entry| watch.take(entry))?;
        Ok(watch.finish())
    }
}

/// An entry that no signature covers yet.
struct Open {
    seq: u64,
    by: String,
    /// What is wrong with its approvals.
    unapproved: Option<String>,
}

struct Watch<'o, S> {
    office: &'o Office<S>,
    /// The version of the policy in force; 0 before the first.
    version: u64,
    /// That which is in force after the next signature.
    next: Option<u64>,
    run: Vec<Open>,
    /// Who prepared each action, and the digest of its document.
    prepared: BTreeMap<String, (String, String)>,
    /// Actions whose approvals were verified, at an instant, for who carried them out.
    seen: BTreeMap<(String, String, String), Result<PendingAction, String>>,
    used: BTreeSet<(String, String)>,
    moves: Moves,
    differences: Vec<Difference>,
}

impl<S: Store> Watch<'_, S> {
    fn take(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let several = self
            .policy(self.version)
            .is_some_and(|policy| policy.officers().len() > 1);
        let moved = self.moves.take(entry, &self.office.store, several)?;
        if let Some(what) = moved {
            self.odd(entry.seq, &what);
        }
        if entry.kind == "officers.changed" && self.version == 0 {
            self.version = 1;
        }
        if self.version == 0 {
            if entry.by.is_some() || entry.signature.is_some() {
                self.odd(entry.seq, "names an officer, of whom there was none");
            }
            return Ok(());
        }
        let Some(by) = entry.by.clone() else {
            self.odd(entry.seq, "names no officer");
            return Ok(());
        };
        if entry.policy != Some(self.version) {
            let what = format!("was not written under officer policy {}", self.version);
            self.odd(entry.seq, &what);
        }
        if self.run.last().is_some_and(|open| open.by != by) {
            self.close(Err("is not signed by the officer it names"));
        }
        if by == MACHINE && !is_unattended(&entry.kind, &entry.body) {
            self.odd(
                entry.seq,
                "is nothing that the machine does without an officer",
            );
        }
        if entry.kind == "approval.prepared" {
            let text = |name: &str| entry.body[name].as_str().unwrap_or_default().to_owned();
            let prepared = (by.clone(), text("document"));
            // Ids are short: whoever prepares two can make them the same, and show one and have the other
            // approved.
            if self.prepared.insert(text("approval"), prepared).is_some() {
                let what = format!("prepares {} a second time", text("approval"));
                self.odd(entry.seq, &what);
            }
        }
        if several && entry.kind == "electoral.declared" && !self.is_declared(entry)? {
            self.odd(entry.seq, "declares a period that too few officers signed");
        }
        let unapproved = self.check_approval(entry)?;
        self.run.push(Open {
            seq: entry.seq,
            by: by.clone(),
            unapproved,
        });
        if entry.kind == "officers.changed" {
            self.change(entry);
        }
        if entry.signature.is_some() {
            let is_signed = self
                .key(&by)
                .is_some_and(|key| is_signed(entry, &key, self.office));
            self.close(if is_signed {
                Ok(())
            } else {
                Err("is not signed by the officer it names")
            });
            self.version = self.next.take().unwrap_or(self.version);
        }
        Ok(())
    }

    /// Ends a run of entries with its signature, or with what is wrong with it.
    fn close(&mut self, signed: Result<(), &str>) {
        for open in core::mem::take(&mut self.run) {
            if let Err(what) = signed {
                self.odd(open.seq, what);
            }
            if let Some(what) = open.unapproved {
                self.odd(open.seq, &what);
            }
        }
    }

    /// From here on other officers count, once the entry is signed by one of those before.
    fn change(&mut self, entry: &Entry) {
        let version = entry.body["version"].as_u64().unwrap_or(0);
        let policy = self.policy(version);
        let digest = policy.map(|policy| base64url::encode(policy.digest()));
        let follows = version == self.version + 1 || (version == 1 && self.version == 1);
        if !follows || digest.as_deref() != entry.body["digest"].as_str() {
            self.odd(
                entry.seq,
                "says that an officer policy came into force that is not there",
            );
            return;
        }
        self.next = Some(version);
    }

    /// Returns whether the period that an entry declares is signed by enough of the officers of that day.
    fn is_declared(&self, entry: &Entry) -> Result<bool, StoreError> {
        let periods: Option<Vec<PeriodRecord>> = read(&self.office.store, Family::Meta, PERIODS)?;
        let same =
            |period: &PeriodRecord| json!({ "from": period.from, "to": period.to }) == entry.body;
        let mut periods = periods.into_iter().flatten().filter(same);
        let policy = self.policy(self.version);
        // One that is not there is found by the comparison of records.
        Ok(periods.all(|period| self.office.is_signed_period(&period, policy)))
    }

    fn officers(&self) -> Option<&Officers> {
        self.office.officers()
    }

    fn policy(&self, version: u64) -> Option<&OfficerPolicy> {
        self.officers()?.chain().version(version)
    }

    fn key(&self, by: &str) -> Option<PublicKey> {
        if by == MACHINE {
            return Some(self.office.keys.journal.public_key().clone());
        }
        let officer = self.policy(self.version)?.officer(by)?;
        PublicKey::from_multikey(officer.did.specific_id()).ok()
    }

    /// Says what is wrong with the approvals of an entry that needs them.
    fn check_approval(&mut self, entry: &Entry) -> Result<Option<String>, StoreError> {
        let alone = self
            .policy(self.version)
            .is_none_or(|policy| policy.officers().len() < 2);
        if alone || !is_guarded(&entry.kind) {
            return Ok(None);
        }
        let Some(id) = entry.body["approval"].as_str() else {
            return Ok(Some(format!("is a {} without approvals", entry.kind)));
        };
        let by = entry.by.clone().unwrap_or_default();
        let key = (id.to_owned(), entry.at.clone(), by);
        if !self.seen.contains_key(&key) {
            let found = self.approved(id, entry)?;
            self.seen.insert(key.clone(), found);
        }
        let pending = match &self.seen[&key] {
            Ok(pending) => pending,
            Err(what) => return Ok(Some(what.clone())),
        };
        let Some(part) = part_of(entry, &pending.contents) else {
            return Ok(Some(format!(
                "is a {} that was not approved in {id}",
                entry.kind
            )));
        };
        // An intent whose signature was interrupted is written again.
        let once = (id.to_owned(), format!("{} {part}", entry.kind));
        if entry.kind != "credential.intended" && !self.used.insert(once) {
            return Ok(Some(format!("does again what was approved once in {id}")));
        }
        Ok(None)
    }

    /// Returns an action whose approvals stand, or says why they do not.
    fn approved(
        &self,
        id: &str,
        entry: &Entry,
    ) -> Result<Result<PendingAction, String>, StoreError> {
        let pending: Option<PendingAction> =
            match read(&self.office.store, Family::Meta, &key_of(id)) {
                Err(StoreError::Damaged { .. }) => None,
                pending => pending?,
            };
        let Some(pending) = pending else {
            return Ok(Err(format!("rests on approvals {id}, which are not there")));
        };
        let stands = self.stands(&pending, id, entry);
        Ok(stands.map(|()| pending).map_err(|refusal| {
            format!(
                "rests on approvals {id}, which do not count: {}",
                refusal.message
            )
        }))
    }

    fn stands(&self, pending: &PendingAction, id: &str, entry: &Entry) -> Result<(), Refusal> {
        let changed = super::action::changed;
        let document = object(&pending.document)?;
        let draft = ApprovalDraft::read(&document).map_err(|error| of_approval(&error))?;
        let policy = self.policy(self.version);
        let policy = policy.ok_or_else(|| changed("there is no such policy"))?;
        let at: Instant = entry
            .at
            .parse()
            .map_err(|_| changed("the entry has no instant"))?;
        let needed = persons(policy.officers().len(), policy.threshold()) - 1;
        let approval = approval::verify(&document, policy, at, needed, &mut Budget::presentation())
            .map_err(|error| of_approval(&error))?;
        // Who gives the last approval carries it out, and writes that; its preparer never does.
        let by = entry.by.as_ref();
        if !approval.approvers().iter().any(|id| Some(id) == by) {
            return Err(changed("none of those who approved it carried it out"));
        }
        if pending.id != id || pending.manifest()?.digest() != draft.manifest {
            return Err(changed("its content is not the one under the digest"));
        }
        if draft.action != pending.action.name() {
            return Err(changed("the document is of another action"));
        }
        let digest = document_digest(&draft)?;
        if self.prepared.get(id) != Some(&(draft.preparer.clone(), digest)) {
            return Err(changed("the officer it names did not prepare it"));
        }
        Ok(())
    }

    fn odd(&mut self, seq: u64, what: &str) {
        self.differences.push(Difference {
            entry: Some(seq),
            record: None,
            message: format!("entry {seq} {what}"),
        });
    }

    fn finish(mut self) -> Vec<Difference> {
        self.close(Err("is signed by nobody"));
        let latest = self
            .officers()
            .map_or(0, |officers| officers.policy().version());
        if latest != self.version {
            self.differences.push(Difference {
                entry: None,
                record: None,
                message: format!(
                    "officer policy {latest} is in the store; by the journal {} is in force",
                    self.version
                ),
            });
        }
        self.differences
    }
}

fn is_signed<S: Store>(entry: &Entry, key: &PublicKey, office: &Office<S>) -> bool {
    let signature = entry
        .signature
        .as_deref()
        .and_then(|text| base64url::decode(text).ok());
    let signature = signature.and_then(|bytes| Signature::from_slice(&bytes).ok());
    let message = entry.message(&office.profile.did).ok();
    signature
        .zip(message)
        .is_some_and(|(signature, message)| key.verify(&message, &signature).is_ok())
}
