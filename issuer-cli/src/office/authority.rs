//! Changing the DID and its keys under approvals: what was approved is carried out with the control key,
//! which is elsewhere, by one of those who approved it.

use identity_core::{status::Instant, trust::approval, verify::Budget};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{
    Action, Change, Office, OfficeCode, PendingAction, PendingState, Refusal,
    officers::{OFFICERS, object},
    pending::{none, of_approval},
};
use crate::{
    did::DidLog,
    officers::{Shared, persons},
    store::{Family, Store},
};

/// An issuing secret that is shared already, and waits for the DID to name its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NextShared {
    /// The key's public half, a multikey.
    key: String,
    shared: Shared,
}

impl<S: Store> Office<S> {
    /// Goes on under the approvals of a change of the DID: of this content, or of the only one that was
    /// begun. Who prepared it does not carry it out.
    ///
    /// # Errors
    /// `approval.needed` when no such change was approved; `approval.own_action` for who prepared it, and
    /// for whoever has not approved it.
    pub fn authorise(&mut self, content: Option<&Json>, now: Instant) -> Result<(), Refusal> {
        if self.approvals_needed() == 0 {
            return Ok(());
        }
        let wanted = |pending: &PendingAction| {
            let same = content.is_none_or(|content| pending.contents.first() == Some(content));
            let is_change = matches!(pending.action, Action::ChangeDid { .. });
            same && is_change && pending.state == PendingState::Approved
        };
        let pending = self.prepared()?.into_iter().rev().find(wanted);
        let Some(pending) = pending else {
            let message = "with two officers and more the DID and its keys are not changed by one";
            return Err(Refusal::new(OfficeCode::ApprovalNeeded, message)
                .hint("prepare it with the command of its own, and let others approve it"));
        };
        let officers = self.officers.as_ref().ok_or_else(none)?;
        let draft = pending.verify(officers, now)?;
        let document = object(&pending.document)?;
        let (policy, needed) = (officers.policy(), officers.approvals());
        let approval =
            approval::verify(&document, policy, now, needed, &mut Budget::presentation())
                .map_err(|error| of_approval(&error))?;
        let own = self.acting()?.0;
        if !approval.approvers().iter().any(|id| id == own) {
            let message = format!(
                "{} prepared it: one of those who approved it carries it out",
                draft.preparer
            );
            return Err(Refusal::new(OfficeCode::ApprovalOwnAction, message)
                .hint(format!("one of: {}", approval.approvers().join(", "))));
        }
        self.under = Some(pending.id);
        Ok(())
    }

    /// Shares the secret of an issuing key among the officers before the DID names it.
    ///
    /// # Errors
    /// `officer.needed` where there are none.
    pub fn keep_next_secret(
        &mut self,
        (key, secret): (&str, &[u8]),
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Refusal> {
        self.acting()?;
        let mut officers = self.officers.clone().ok_or_else(none)?;
        let policy = officers.policy();
        let size = persons(policy.officers().len(), policy.threshold());
        let place = (self.did(), policy.version());
        let shared = Shared::split(secret, &officers.cards(), size, place, rng)?;
        let key = key.to_owned();
        officers.record.next = Some(NextShared { key, shared });
        let mut change = Change::default();
        change.batch.put(Family::Meta, OFFICERS, &officers.record)?;
        self.commit(now, change)?;
        self.officers = Some(officers);
        Ok(())
    }

    /// Goes on with the log of a DID that has just been changed, and journals its version.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be used; `approval.needed` when nobody approved it.
    pub fn did_changed(&mut self, log: &DidLog, now: Instant) -> Result<(), Refusal> {
        self.log = Some(log.clone());
        let mut change = Change::default();
        let version = &log.history().latest().version_id;
        change.note("did.changed", json!({ "versionId": version }));
        if let Some(id) = self.under.clone() {
            let mut pending = self.pending(&id)?;
            let draft = pending.draft()?;
            self.finish(&mut change, &mut pending, &draft, now)?;
        }
        let mut officers = self.officers.clone();
        if let Some(officers) = &mut officers
            && let Some(next) = officers.record.next.take()
        {
            // One that was prepared for a change that was dropped is dropped too.
            if log
                .document()
                .is_ok_and(|document| document.keys.issuing == next.key)
            {
                officers.record.shared = Some(next.shared);
                officers.record.was_alone = false;
            }
            change.batch.put(Family::Meta, OFFICERS, &officers.record)?;
        }
        let written = self.commit(now, change);
        self.under = None;
        written?;
        self.officers = officers;
        Ok(())
    }
}
