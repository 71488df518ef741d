//! Approving what was prepared; the last approval that it takes carries it out at once.

use std::collections::BTreeSet;

use identity_core::{
    encoding::{base64url, strict_json::Object},
    status::Instant,
    trust::{
        approval::{self, ApprovalDraft, Evidence},
        officers as policies,
    },
    verify::Budget,
};
use rand_core::CryptoRng;
use serde_json::{Value as Json, json};

use super::{
    Action, Change, CredentialRecord, DelegationRecord, Ended, Handed, IssueOrder, Office,
    OfficeCode, Officers, PendingAction, PendingState, Refusal, StoredOrder,
    action::changed,
    officers::{OFFICERS, object, of_policy, text},
    pending::{document_digest, key_of, none, of_approval},
};
use crate::{
    keys::KeyHandle,
    officers::{OfficerCard, OfficerKeys, Opened, Shared, persons},
    records::Term,
    store::{Family, Store},
};

/// What an approval led to.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "both must be weighed")]
pub enum Approved {
    /// It was the last that it takes: the action was carried out.
    Done(Box<Outcome>),
    /// Others have to approve too.
    Waiting {
        /// How many have approved.
        given: usize,
        /// How many it takes.
        needed: usize,
    },
}

/// Makes the issuing key out of what the officers opened together: a seed, or the PIN of its token.
pub type Unlock<'u> = dyn Fn(&[u8]) -> Result<KeyHandle, Refusal> + 'u;

/// What was done.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "each is printed")]
pub enum Outcome {
    /// The DID may be changed, by one of those who approved it: its control key is elsewhere.
    Authorised,
    /// Credentials were issued, or why not, in the order of what was approved.
    Issued(Vec<Result<Handed, Refusal>>),
    /// A delegation was ended.
    DelegationEnded(DelegationRecord),
    /// A mandate was ended.
    MandateEnded(Ended),
    /// The officers are others.
    OfficersChanged {
        /// The version of the policy in force.
        version: u64,
    },
    /// A credential was revoked.
    Revoked(Box<CredentialRecord>),
    /// A term was ended.
    TermEnded(Term),
    /// A term runs again.
    TermReinstated(Term),
}

impl<S: Store> Office<S> {
    /// Approves a prepared action as the officer who acts. `unlock` is called where this is the last
    /// approval that it takes, and the issuing key is needed.
    ///
    /// # Errors
    /// `approval.own_action`, `approval.duplicate`, `approval.closed`, `approval.expired`,
    /// `approval.policy_version`, `approval.foreign`, `approval.changed`, `approval.unsigned` and why else
    /// it could not be carried out; then nothing was changed.
    pub fn approve(
        &mut self,
        id: &str,
        unlock: &Unlock<'_>,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Approved, Refusal> {
        let mut pending = self.pending(id)?;
        let officers = self.officers.clone().ok_or_else(none)?;
        let (draft, _) = self.judge(&pending, &officers, now)?;
        let (own, keys) = self.acting()?;
        let own = own.to_owned();
        let mut approvers = pending.approvers(officers.policy().officers())?;
        let resumed = pending.state == PendingState::Approved;
        match (resumed, approvers.contains(&own)) {
            (true, false) => {
                return Err(closed("enough others have approved it, and carry it out"));
            }
            (false, true) => return Err(duplicate(&own)),
            (true, true) => {}
            (false, false) => {
                let signed =
                    approval::approve(object(&pending.document)?, &keys.signing, now.timestamp())
                        .map_err(|error| of_approval(&error))?;
                pending.document = text(&signed)?;
                if let Some(policy) = &pending.policy {
                    let signed = policies::sign(object(policy)?, &keys.signing, now.timestamp())
                        .map_err(|error| Refusal::core(error.code(), &error))?;
                    pending.policy = Some(text(&signed)?);
                }
                approvers.push(own.clone());
            }
        }
        let mut change = Change::default();
        let given = json!({ "approval": pending.id, "document": document_digest(&draft)? });
        let behind: BTreeSet<String> = approvers
            .iter()
            .cloned()
            .chain([draft.preparer.clone()])
            .collect();
        let needed = self.approvals_at(&officers, pending.action.needs_secret(), now)?;
        if approvers.len() < needed {
            if let Some(shared) = officers.shared().filter(|_| pending.action.needs_secret()) {
                let cards = officers.cards();
                let own = (own.as_str(), &keys.sealing);
                let more = shared.release(own, &behind, &cards, (self.did(), &pending.id), rng)?;
                pending.releases.extend(more);
            }
            change
                .batch
                .put(Family::Meta, &key_of(&pending.id), &pending)?;
            change.note("approval.given", given);
            self.commit(now, change)?;
            return Ok(Approved::Waiting {
                given: approvers.len(),
                needed,
            });
        }
        let document = object(&pending.document)?;
        let policy = officers.policy();
        approval::verify(&document, policy, now, needed, &mut Budget::presentation())
            .map_err(|error| of_approval(&error))?;
        let opened = self.open_secret(&pending, &officers, (&own, keys), &behind)?;
        if !resumed {
            change.note("approval.given", given);
        }
        self.under = Some(pending.id.clone());
        let done = self.carry_approved_out(
            (pending, &draft),
            (opened.as_ref(), unlock),
            change,
            now,
            rng,
        );
        self.under = None;
        done.map(|outcome| Approved::Done(Box::new(outcome)))
    }

    /// Says no: the action is never carried out. Also whoever prepared it may take it back.
    ///
    /// # Errors
    /// `approval.unknown`, `approval.closed`, `officer.needed`.
    pub fn reject(&mut self, id: &str, now: Instant) -> Result<PendingAction, Refusal> {
        let mut pending = self.pending(id)?;
        check_open(&pending.state)?;
        let by = self.acting()?.0.to_owned();
        pending.state = PendingState::Rejected { by };
        let mut change = Change::default();
        change.batch.put(Family::Meta, &key_of(id), &pending)?;
        change.note("approval.rejected", json!({ "approval": id }));
        self.commit(now, change)?;
        Ok(pending)
    }

    /// Judges a prepared action as whoever acts would approve it: what it is, who prepared it, and that it
    /// would be carried out now as it was prepared. Returns its content, or why single items cannot be
    /// carried out any more.
    ///
    /// # Errors
    /// As [`approve`](Self::approve).
    pub fn judge(
        &self,
        pending: &PendingAction,
        officers: &Officers,
        now: Instant,
    ) -> Result<(ApprovalDraft, Vec<Result<Json, Refusal>>), Refusal> {
        // Only these are approved before they are carried out, and can be interrupted in between.
        let goes_on = matches!(
            pending.action,
            Action::Issue { .. } | Action::ChangeDid { .. }
        );
        if pending.state != PendingState::Approved || !goes_on {
            check_open(&pending.state)?;
        }
        let draft = pending.verify(officers, now)?;
        if self.acting()?.0 == draft.preparer {
            let message = format!("{} prepared it: others have to approve it", draft.preparer);
            return Err(Refusal::new(OfficeCode::ApprovalOwnAction, message)
                .hint(
                    "another officer approves with: mandate-issuer approve sign ID --officer OTHER",
                )
                .hint("to take it back: mandate-issuer approve sign ID --reject"));
        }
        self.check_policy(pending, &draft)?;
        let places = pending.places()?;
        if let Some(places) = &places {
            self.check_reserved(places, pending.contents.len())?;
        }
        let items = self.items(&pending.action, places.as_ref(), (draft.created, now))?;
        let shown = pending.items()?;
        if items.len() != shown.len() {
            return Err(changed("there are more items, or fewer"));
        }
        let single = items.len() == 1;
        for (found, shown) in items.iter().zip(&shown) {
            match found {
                Ok(found) if found == shown => {}
                Ok(_) => return Err(changed("the register says something else by now")),
                // Of many, one who left since is left out; what was interrupted goes on after it.
                Err(refusal) if single && pending.state == PendingState::Open => {
                    return Err(refusal.clone());
                }
                Err(_) => {}
            }
        }
        let contents = items.into_iter().map(|item| item.map(|item| item.content));
        Ok((draft, contents.collect()))
    }

    /// Checks that the policy which is signed along is the one that is shown: nothing is signed unseen.
    fn check_policy(&self, pending: &PendingAction, draft: &ApprovalDraft) -> Result<(), Refusal> {
        let expected = match &pending.action {
            Action::ChangeOfficers { cards, threshold } => {
                let next = self.next_policy(cards, *threshold, draft.created);
                Some(next.document().map_err(|error| of_policy(&error))?)
            }
            _ => None,
        };
        let mut found = pending.policy.as_deref().map(object).transpose()?;
        if let Some(found) = &mut found {
            found.remove("proof");
        }
        // Compared as it is signed: the order of members is nobody's.
        let found = found.as_ref().map(text).transpose()?;
        if found == expected.as_ref().map(text).transpose()? {
            return Ok(());
        }
        Err(changed(
            "the officer policy to be signed is not the one that is shown",
        ))
    }

    fn open_secret(
        &self,
        pending: &PendingAction,
        officers: &Officers,
        own: (&str, &OfficerKeys),
        behind: &BTreeSet<String>,
    ) -> Result<Option<Opened>, Refusal> {
        let Some(shared) = officers.shared().filter(|_| pending.action.needs_secret()) else {
            return Ok(None);
        };
        let key = (own.0, &own.1.sealing);
        let place = (self.did(), pending.id.as_str());
        shared.open(key, behind, &pending.releases, place).map(Some)
    }

    fn carry_approved_out(
        &mut self,
        (mut pending, draft): (PendingAction, &ApprovalDraft),
        (opened, unlock): (Option<&Opened>, &Unlock<'_>),
        mut change: Change,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome, Refusal> {
        let outcome = match pending.action.clone() {
            Action::Issue { orders, replace } => {
                // First that it was approved, so that it can be gone on with when it is interrupted.
                pending.state = PendingState::Approved;
                change
                    .batch
                    .put(Family::Meta, &key_of(&pending.id), &pending)?;
                self.commit(now, change)?;
                change = Change::default();
                let key = unlock(opened.map_or(&[], Opened::secret_bytes))?;
                let orders: Vec<IssueOrder> = orders
                    .iter()
                    .map(StoredOrder::order)
                    .collect::<Result<_, _>>()?;
                let what = (orders.as_slice(), replace);
                let dates = (draft.created, now);
                let issued = self.issue_approved(what, (&pending, &key), dates, rng)?;
                Outcome::Issued(issued)
            }
            Action::Revoke {
                credential,
                effective,
                reason,
                decision,
            } => {
                let record = self.plan_revoke(&credential, effective, (reason, decision), now)?;
                change.batch.put(Family::Credentials, &record.id, &record)?;
                change.note(
                    "credential.revoked",
                    json!({
                        "credential": record.id,
                        "effective": effective.to_string(),
                        "reason": reason.as_str(),
                        "decision": decision,
                    }),
                );
                Outcome::Revoked(Box::new(record))
            }
            Action::EndMandate {
                member,
                at,
                reason,
                decision,
            } => {
                let why = (reason, decision);
                let (planned, ended) = self.plan_end_mandate(&member, at, why, now)?;
                change.extend(planned);
                Outcome::MandateEnded(ended)
            }
            Action::EndTerm {
                term,
                at,
                except,
                decision,
            } => {
                let (planned, term) = self.plan_end_term(&term, at, (&except, decision), now)?;
                change.extend(planned);
                Outcome::TermEnded(term)
            }
            Action::EndDelegation { delegation, at } => {
                let (planned, record) = self.plan_end_delegation(&delegation, at, draft.created)?;
                change.extend(planned);
                Outcome::DelegationEnded(record)
            }
            Action::ReinstateTerm { term, decision } => {
                let (planned, term) = self.plan_reinstate_term(&term, decision, now)?;
                change.extend(planned);
                Outcome::TermReinstated(term)
            }
            Action::ChangeDid { .. } => {
                pending.state = PendingState::Approved;
                change
                    .batch
                    .put(Family::Meta, &key_of(&pending.id), &pending)?;
                self.commit(now, change)?;
                return Ok(Outcome::Authorised);
            }
            Action::ChangeOfficers { cards, threshold } => {
                let policy = object(pending.policy.as_deref().unwrap_or("{}"))?;
                let secret = opened.map(Opened::secret_bytes);
                let after =
                    self.after_change((&policy, draft.created), (cards, threshold), secret, rng)?;
                return self.change_officers(after, (pending, draft), change, now);
            }
        };
        self.finish(&mut change, &mut pending, draft, now)?;
        self.commit(now, change)?;
        Ok(outcome)
    }

    /// Notes that it was carried out. The orders are not needed any more: what they proved is in the records.
    pub(super) fn finish(
        &self,
        change: &mut Change,
        pending: &mut PendingAction,
        draft: &ApprovalDraft,
        now: Instant,
    ) -> Result<(), Refusal> {
        pending.state = PendingState::Done { at: now };
        pending.releases.clear();
        if let Action::Issue { orders, .. } = &mut pending.action {
            orders.clear();
        }
        if let Some(settled) = &mut pending.settled {
            settled.seed = None;
        }
        change
            .batch
            .put(Family::Meta, &key_of(&pending.id), &*pending)?;
        if pending.action.name() == Evidence::ACTION {
            self.put_index(change, draft.created)?;
        }
        let body = json!({ "approval": pending.id, "document": document_digest(draft)? });
        change.note("approval.carried_out", body);
        Ok(())
    }

    /// Returns the officers as they are after a change, with the issuing secret shared among them.
    pub(super) fn after_change(
        &self,
        (policy, created): (&Object<'static>, Instant),
        (cards, threshold): (Vec<OfficerCard>, usize),
        secret: Option<&[u8]>,
        rng: &mut impl CryptoRng,
    ) -> Result<Officers, Refusal> {
        if self.approvals_index()?.latest >= Some(created) {
            // From the new policy's instant on verifiers count by it, and what was issued since would
            // rest on approvals under the old one.
            return Err(changed("credentials were issued since it was prepared"));
        }
        let mut record = self
            .officers
            .as_ref()
            .map(|o| o.record.clone())
            .unwrap_or_default();
        record.policies.push(text(policy)?);
        record.cards.clone_from(&cards);
        let version = u64::try_from(record.policies.len()).unwrap_or(u64::MAX);
        if let Some(secret) = secret {
            let size = persons(cards.len(), threshold);
            let place = (self.did(), version);
            record.shared = Some(Shared::split(secret, &cards, size, place, rng)?);
        }
        let after = Officers::verify(record, &self.profile, self.log.as_ref())?;
        let policy = after.policy();
        let ids = |of: &mut dyn Iterator<Item = String>| of.collect::<Vec<_>>();
        let listed = ids(&mut policy.officers().iter().map(|officer| officer.id.clone()));
        let wanted = ids(&mut cards.iter().map(|card| card.id.clone()));
        if listed != wanted || policy.threshold() != threshold {
            return Err(changed("the policy that was signed lists others"));
        }
        Ok(after)
    }

    fn change_officers(
        &mut self,
        after: Officers,
        (mut pending, draft): (PendingAction, &ApprovalDraft),
        mut change: Change,
        now: Instant,
    ) -> Result<Outcome, Refusal> {
        let version = after.policy().version();
        change.batch.put(Family::Meta, OFFICERS, &after.record)?;
        // Last but one: whoever signs it may be an officer no longer.
        self.finish(&mut change, &mut pending, draft, now)?;
        change.note("officers.changed", change_entry(&after));
        self.commit(now, change)?;
        self.officers = Some(after);
        Ok(Outcome::OfficersChanged { version })
    }
}

/// Returns the body of the entry that says from where on other officers count.
pub(super) fn change_entry(after: &Officers) -> Json {
    let policy = after.policy();
    json!({
        "version": policy.version(),
        "digest": base64url::encode(policy.digest()),
        "officers": policy.officers().iter().map(|officer| &officer.id).collect::<Vec<_>>(),
        "threshold": policy.threshold(),
    })
}

fn check_open(state: &PendingState) -> Result<(), Refusal> {
    match state {
        PendingState::Open => Ok(()),
        PendingState::Approved => Err(closed("enough officers have approved it")),
        PendingState::Done { at } => Err(closed(&format!("it was carried out at {at}"))),
        PendingState::Rejected { by } => Err(closed(&format!("{by} rejected it"))),
    }
}

fn closed(message: &str) -> Refusal {
    Refusal::new(OfficeCode::ApprovalClosed, message).hint("see: mandate-issuer approve list")
}

fn duplicate(id: &str) -> Refusal {
    let message = format!("{id} has approved it already");
    Refusal::new(OfficeCode::ApprovalDuplicate, message)
        .hint("it waits for another officer: mandate-issuer approve show ID")
}
