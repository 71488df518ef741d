//! Issuing: the intent is journalled, then signed, then recorded; many members share each write.

use std::collections::BTreeMap;

use identity_core::{
    credential::{self, Checked, Intent, Journal as IntentJournal, Kind, Recorded, Securing},
    encoding::{base64url, strict_json::Object},
    key::Signer,
    status::{Instant, ListUri, SlotRef},
};
use rand_core::CryptoRng;
use serde_json::json;

use super::parallel::in_parallel;
use super::plan::{Plan, Ready, open};
use super::{
    Change, CredentialRecord, EnrolmentState, Holdings, Office, OfficeCode, Reason, Refusal,
    RevocationRecord, records::securing_name, slots,
};
use crate::store::{Family, Store, read};

pub(super) const NEXT_SLOT: &str = "next-slot";
pub(super) const SLOT_SECRET: &str = "slot-secret";

/// What is to be issued, and to whom.
#[derive(Clone, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct IssueOrder {
    /// The member; `None` for whoever the code was given to.
    pub member: Option<String>,
    /// The enrolment file's text.
    pub enrolment: String,
    /// The type.
    pub kind: Kind,
    /// How it is secured.
    pub securing: Securing,
    /// The claims of another type than the mandate.
    pub claims: Option<Object<'static>>,
}

/// A credential to hand out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Handed {
    /// The member.
    pub member: String,
    /// The credential.
    pub credential: CredentialRecord,
    /// Whether it was issued just now, or before for the same enrolment.
    pub is_new: bool,
}

/// Writes intents into the store's journal, in one synchronous write with the counter of slots.
struct Intents<'o, S> {
    office: &'o mut Office<S>,
    next_slot: u64,
    now: Instant,
}

impl<S: Store> IntentJournal for Intents<'_, S> {
    type Error = Refusal;

    fn record(&mut self, intents: &[&Intent]) -> Result<(), Refusal> {
        let mut change = Change::default();
        for intent in intents {
            change.note(
                "credential.intended",
                json!({
                    "type": intent.kind.as_str(),
                    "list": intent.slot.list,
                    "index": intent.slot.index,
                    "digest": base64url::encode(&intent.digest),
                    "holder": base64url::encode(&intent.holder),
                }),
            );
        }
        change.batch.put(Family::Meta, NEXT_SLOT, &self.next_slot)?;
        self.office.commit(self.now, change)
    }
}

impl<S: Store> Office<S> {
    /// Issues one credential; the same enrolment again returns the same one.
    ///
    /// # Errors
    /// [`Refusal`] with the reason; nothing was changed.
    pub fn issue(
        &mut self,
        order: &IssueOrder,
        key: &(impl Signer + Sync),
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Handed, Refusal> {
        let plan = self.plan(order, &open(order, self.did(), now), false, now, rng)?;
        self.carry_out_one(plan, key, now, rng)
    }

    /// Issues a mandate anew to another key, and revokes every credential bound to earlier ones.
    ///
    /// # Errors
    /// [`Refusal`] with the reason; nothing was changed.
    pub fn replace(
        &mut self,
        order: &IssueOrder,
        key: &(impl Signer + Sync),
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Handed, Refusal> {
        let plan = self.plan(order, &open(order, self.did(), now), true, now, rng)?;
        self.carry_out_one(plan, key, now, rng)
    }

    /// Issues a group: two synchronous writes for all of them. Each order has its own outcome.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be used; then none of the group was handed out.
    pub fn issue_group(
        &mut self,
        orders: &[IssueOrder],
        key: &(impl Signer + Sync),
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Result<Handed, Refusal>>, Refusal> {
        if orders.len() > 1 {
            self.allow_bulk(now)?;
        }
        let mut outcomes: Vec<Option<Result<Handed, Refusal>>> = Vec::with_capacity(orders.len());
        let mut ready: Vec<(usize, Ready)> = Vec::new();
        let mut repeated: Vec<(usize, usize)> = Vec::new();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        // Two signatures each: most of the work, and none of it touches the store.
        let did = self.did().clone();
        let opened = in_parallel(orders.iter().collect(), |order| open(order, &did, now));
        for (at, (order, opened)) in orders.iter().zip(&opened).enumerate() {
            match self.plan(order, opened, false, now, rng) {
                Err(refusal) => outcomes.push(Some(Err(refusal))),
                Ok(Plan::Before(handed)) => outcomes.push(Some(Ok(*handed))),
                Ok(Plan::Ready(one)) => {
                    // The same member twice in one group: the second is judged once the first is recorded.
                    match seen.insert(one.member.clone(), at) {
                        Some(first) => repeated.push((at, first)),
                        None => ready.push((at, *one)),
                    }
                    outcomes.push(None);
                }
            }
        }
        let (places, ready): (Vec<usize>, Vec<Ready>) = ready.into_iter().unzip();
        let handed = self.carry_out(ready, key, now, rng)?;
        for (at, one) in places.into_iter().zip(handed) {
            outcomes[at] = Some(Ok(one));
        }
        for (at, _) in repeated {
            let plan = self.plan(&orders[at], &opened[at], false, now, rng);
            outcomes[at] = Some(plan.and_then(|plan| self.carry_out_one(plan, key, now, rng)));
        }
        let unknown = || {
            Err(Refusal::new(
                OfficeCode::CredentialState,
                "the order was not carried out",
            ))
        };
        Ok(outcomes
            .into_iter()
            .map(|outcome| outcome.unwrap_or_else(unknown))
            .collect())
    }

    fn carry_out_one(
        &mut self,
        plan: Plan,
        key: &(impl Signer + Sync),
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Handed, Refusal> {
        match plan {
            Plan::Before(handed) => Ok(*handed),
            Plan::Ready(ready) => {
                let mut handed = self.carry_out(vec![*ready], key, now, rng)?;
                handed.pop().ok_or_else(|| {
                    Refusal::new(OfficeCode::CredentialState, "the order was not carried out")
                })
            }
        }
    }

    /// Journals the intents, signs, and records the credentials.
    pub(super) fn carry_out(
        &mut self,
        ready: Vec<Ready>,
        key: &(impl Signer + Sync),
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Handed>, Refusal> {
        if ready.is_empty() {
            return Ok(Vec::new());
        }
        let method = self.method_of(key.public_key())?;
        let secret = self.slot_secret(now, rng)?;
        let mut next_slot = self.next_slot()?;
        let mut checked = Vec::with_capacity(ready.len());
        for one in &ready {
            let mut draft = one.draft.clone();
            draft.method = method.clone();
            let draft = if let Some(salts) = &one.salts {
                draft.check(key.public_key(), &mut salts.of_disclosures())
            } else {
                draft.slot = self.slot(secret, next_slot)?;
                next_slot += 1;
                draft.check(key.public_key(), rng)
            };
            checked.push(draft.map_err(|error| Refusal::core(error.code(), &error))?);
        }
        let mut intents = Intents {
            office: self,
            next_slot,
            now,
        };
        let recorded: Vec<Recorded> = Checked::record(checked, &mut intents)?;
        let issued = in_parallel(recorded, |recorded| recorded.sign(key));
        let mut change = Change::default();
        let mut holdings: BTreeMap<String, Holdings> = BTreeMap::new();
        let mut handed = Vec::with_capacity(ready.len());
        for (one, issued) in ready.into_iter().zip(issued) {
            let issued = issued.map_err(|error| Refusal::core(error.code(), &error))?;
            let record = record_of(&one, issued, now, rng);
            self.put_issued(&mut change, &mut holdings, one, &record, now)?;
            handed.push(Handed {
                member: record.member.clone(),
                credential: record,
                is_new: true,
            });
        }
        for (member, holdings) in &holdings {
            change.batch.put(Family::Holdings, member, holdings)?;
        }
        self.commit(now, change)?;
        Ok(handed)
    }

    /// Consumes the code, ends the member's others, and records the credential, in the same write.
    fn put_issued(
        &self,
        change: &mut Change,
        holdings: &mut BTreeMap<String, Holdings>,
        one: Ready,
        record: &CredentialRecord,
        now: Instant,
    ) -> Result<(), Refusal> {
        let mut enrolment = one.enrolment;
        let first_use = enrolment.state == EnrolmentState::Open;
        let mut issued = match enrolment.state {
            EnrolmentState::Used { issued, .. } => issued,
            _ => BTreeMap::new(),
        };
        issued.insert(one.copy.key(), record.id.clone());
        let holder = base64url::encode(&one.holder.thumbprint());
        enrolment.state = EnrolmentState::Used { holder, issued };
        change
            .batch
            .put(Family::Enrolments, &enrolment.code_key, &enrolment)?;
        change.batch.put(Family::Credentials, &record.id, record)?;
        if !holdings.contains_key(&record.member) {
            holdings.insert(record.member.clone(), self.holdings(&record.member)?);
        }
        if let Some(holdings) = holdings.get_mut(&record.member) {
            holdings.credentials.push(record.id.clone());
            if first_use {
                // One letter was answered: whoever finds another of this member's cannot use it.
                let other = |code: &String| *code != enrolment.code_key;
                holdings.open_codes.retain(other);
                self.cancel_open(holdings, now, change)?;
            }
        }
        change.note(
            "credential.issued",
            json!({
                "credential": record.id,
                "member": record.member,
                "mandate": record.mandate,
                "type": record.kind,
                "list": record.slot.list,
                "index": record.slot.index,
            }),
        );
        for mut earlier in one.supersedes {
            earlier.revoke(RevocationRecord {
                effective: now,
                reason: Reason::Superseded,
                decision: None,
                recorded: now,
                published: None,
            });
            change
                .batch
                .put(Family::Credentials, &earlier.id, &earlier)?;
            change.note(
                "credential.revoked",
                json!({
                    "credential": earlier.id,
                    "reason": "superseded",
                    "effective": now.to_string(),
                    "decision": null,
                }),
            );
        }
        Ok(())
    }

    pub(super) fn slot(&self, secret: [u8; 32], n: u64) -> Result<SlotRef, Refusal> {
        let (list, index) = slots::place(&secret, n);
        let list = ListUri::new(self.did().as_str(), list)
            .map_err(|error| Refusal::core(error.code(), &error))?;
        Ok(SlotRef { list, index })
    }

    pub(super) fn slot_secret(
        &mut self,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<[u8; 32], Refusal> {
        if let Some(secret) = read(&self.store, Family::Meta, SLOT_SECRET)? {
            return Ok(secret);
        }
        let mut secret = [0; 32];
        rng.fill_bytes(&mut secret);
        let mut change = Change::default();
        change.batch.put(Family::Meta, SLOT_SECRET, &secret)?;
        self.commit(now, change)?;
        Ok(secret)
    }
}

fn record_of(
    one: &Ready,
    issued: credential::Issued,
    now: Instant,
    rng: &mut impl CryptoRng,
) -> CredentialRecord {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut random = [0; 12];
    rng.fill_bytes(&mut random);
    let symbol = |byte: &u8| char::from(ALPHABET[usize::from(byte & 31)]);
    CredentialRecord {
        id: format!("c{}", random.iter().map(symbol).collect::<String>()),
        member: one.member.clone(),
        mandate: one.mandate.as_ref().map(|mandate| mandate.id.clone()),
        kind: one.copy.kind.to_string(),
        securing: securing_name(one.copy.securing).to_owned(),
        holder: base64url::encode(&one.holder.thumbprint()),
        slot: issued.intent.slot,
        issued: now,
        valid_from: Instant::floor(one.draft.valid_from),
        valid_until: Instant::floor(one.draft.valid_until),
        text: issued.text,
        revocations: Vec::new(),
        suspensions: Vec::new(),
    }
}
