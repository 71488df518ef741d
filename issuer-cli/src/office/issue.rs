//! Issuing: the intent is journalled, then signed, then recorded; many members share each write.

use std::collections::BTreeMap;

use identity_core::{
    credential::{
        self, Checked, Draft, Intent, Journal as IntentJournal, Kind, Recorded, Securing, based_on,
    },
    encoding::{
        base64url, jcs,
        strict_json::{Object, Value},
    },
    enrolment::Enrolment,
    key::{PublicKey, SecretKey, Signer as _},
    status::{Instant, ListUri, SlotRef},
};
use jiff::SignedDuration;
use rand_core::CryptoRng;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{
    Change, Copy, CredentialRecord, EnrolmentRecord, EnrolmentState, Holdings, Office, OfficeCode,
    Reason, Refusal, RevocationRecord, records::securing_name, slots,
};
use crate::{
    records::{Mandate, Member},
    store::{Family, Store, read},
};

const NEXT_SLOT: &str = "next-slot";
const SLOT_SECRET: &str = "slot-secret";

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

/// An order that may be carried out: everything but the slot and the signature is settled.
struct Ready {
    member: String,
    mandate: Option<Mandate>,
    enrolment: EnrolmentRecord,
    holder: PublicKey,
    copy: Copy,
    draft: Draft,
    supersedes: Vec<CredentialRecord>,
}

enum Plan {
    Ready(Box<Ready>),
    Before(Box<Handed>),
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
        key: &SecretKey,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Handed, Refusal> {
        let plan = self.plan(order, key.public_key(), false, now, rng)?;
        self.carry_out_one(plan, key, now, rng)
    }

    /// Issues a mandate anew to another key, and revokes every credential bound to earlier ones.
    ///
    /// # Errors
    /// [`Refusal`] with the reason; nothing was changed.
    pub fn replace(
        &mut self,
        order: &IssueOrder,
        key: &SecretKey,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Handed, Refusal> {
        let plan = self.plan(order, key.public_key(), true, now, rng)?;
        self.carry_out_one(plan, key, now, rng)
    }

    /// Issues a group: two synchronous writes for all of them. Each order has its own outcome.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be used; then none of the group was handed out.
    pub fn issue_group(
        &mut self,
        orders: &[IssueOrder],
        key: &SecretKey,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Result<Handed, Refusal>>, Refusal> {
        let mut outcomes: Vec<Option<Result<Handed, Refusal>>> = Vec::with_capacity(orders.len());
        let mut ready: Vec<(usize, Ready)> = Vec::new();
        let mut repeated: Vec<(usize, usize)> = Vec::new();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (at, order) in orders.iter().enumerate() {
            match self.plan(order, key.public_key(), false, now, rng) {
                Err(refusal) => outcomes.push(Some(Err(refusal))),
                Ok(Plan::Before(handed)) => outcomes.push(Some(Ok(*handed))),
                Ok(Plan::Ready(one)) => {
                    // The same code twice in one group: the second is judged once the first is recorded.
                    match seen.insert(one.enrolment.code_key.clone(), at) {
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
            let plan = self.plan(&orders[at], key.public_key(), false, now, rng);
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
        key: &SecretKey,
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

    /// Decides on an order without changing anything.
    fn plan(
        &self,
        order: &IssueOrder,
        key: &PublicKey,
        replace: bool,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Plan, Refusal> {
        let core = |error: &identity_core::enrolment::EnrolmentError| {
            Refusal::core(error.code(), error)
                .hint("ask the member to make the enrolment again: mandate-wallet enrol")
        };
        let proof = Enrolment::open(&order.enrolment, self.did(), now.timestamp())
            .map_err(|error| core(&error))?;
        let code_key = proof.code_key.to_multikey();
        let record: Option<EnrolmentRecord> = read(&self.store, Family::Enrolments, &code_key)?;
        let Some(record) = record else {
            let message = "the enrolment was made with a code that is none of this issuer's";
            return Err(Refusal::new(OfficeCode::EnrolmentCodeUnknown, message)
                .hint("invite the member: mandate-issuer enrol invite MEMBER --out FILE"));
        };
        if let Some(member) = &order.member
            && *member != record.member
        {
            self.member(member)?;
            let message =
                format!("the enrolment was made with the code of another member than {member}");
            return Err(
                Refusal::new(OfficeCode::EnrolmentWrongMember, message).hint(
                    "compare the names on the letters: one code may have gone to the wrong person",
                ),
            );
        }
        let copy = Copy {
            kind: order.kind,
            securing: order.securing,
            claims: order.claims.as_ref().map(claims_digest).transpose()?,
        };
        let holder = base64url::encode(&proof.holder.thumbprint());
        match &record.state {
            EnrolmentState::Cancelled => {
                let message = "the code was taken back, or replaced by a newer one";
                return Err(Refusal::new(OfficeCode::EnrolmentCodeCancelled, message)
                    .hint("use the latest letter, or invite the member again"));
            }
            EnrolmentState::Used {
                holder: used,
                issued,
            } => {
                if *used != holder {
                    let message = "the code was used with another key already";
                    return Err(Refusal::new(OfficeCode::EnrolmentCodeUsed, message).hint(
                        format!(
                            "if the member lost the device: mandate-issuer enrol reinvite {}",
                            record.member
                        ),
                    ));
                }
                if let Some(id) = issued.get(&copy.key()) {
                    return Ok(Plan::Before(Box::new(Handed {
                        member: record.member.clone(),
                        credential: self.credential(id)?,
                        is_new: false,
                    })));
                }
            }
            EnrolmentState::Open if record.expires <= now => {
                let message = format!("the code expired at {}", record.expires);
                return Err(
                    Refusal::new(OfficeCode::EnrolmentCodeExpired, message).hint(format!(
                        "invite again: mandate-issuer enrol reinvite {}",
                        record.member
                    )),
                );
            }
            EnrolmentState::Open => {}
        }
        let member = self.member(&record.member)?;
        let mandate = self.sitting_mandate(&member.id, now);
        // Staff hold no mandate; everybody else does.
        let mandate = match (order.kind, mandate) {
            (Kind::StaffAccreditation, _) => None,
            (_, mandate) => Some(mandate?),
        };
        let mut supersedes = Vec::new();
        for id in self.holdings(&member.id)?.credentials {
            let earlier = self.credential(&id)?;
            if earlier.holder != holder && !earlier.is_revoked() {
                supersedes.push(earlier);
            }
        }
        let of_mandate = |c: &CredentialRecord| {
            c.kind == Kind::MemberMandate.as_str()
                && c.mandate.as_ref() == mandate.as_ref().map(|mandate| &mandate.id)
                && c.valid_until > now
        };
        let mandates = supersedes.iter().any(of_mandate);
        if !replace && order.kind == Kind::MemberMandate && mandates {
            let message = format!("{} has a credential with another key already", member.id);
            return Err(
                Refusal::new(OfficeCode::CredentialAlreadyIssued, message).hint(format!(
                    "if the device was lost: mandate-issuer credential replace {} --enrolment FILE",
                    member.id
                )),
            );
        }
        if !replace {
            supersedes.clear();
        }
        let claims = match (&order.claims, order.kind, &mandate) {
            (None, Kind::MemberMandate, Some(mandate)) => {
                mandate_claims(&member, mandate, order.securing)
            }
            (Some(claims), kind, _) if kind != Kind::MemberMandate => self.other_claims(
                (claims, kind),
                (&member, mandate.as_ref()),
                (&holder, now),
                rng,
            )?,
            (None, kind, _) => {
                let message = format!("a {kind} needs its claims");
                return Err(Refusal::new(OfficeCode::CredentialState, message)
                    .hint("write them as a JSON object and give --claims FILE"));
            }
            _ => {
                let message = "the claims of a mandate come from the roster";
                return Err(Refusal::new(OfficeCode::CredentialState, message)
                    .hint("leave --claims out, or correct the roster and import it again"));
            }
        };
        let (valid_from, valid_until) = self.validity(mandate.as_ref(), now)?;
        let draft = Draft {
            kind: order.kind,
            securing: order.securing,
            method: self.method()?,
            holder: proof.holder.clone(),
            chamber: mandate
                .as_ref()
                .map_or_else(|| self.profile.chamber.clone(), |m| m.chamber.clone()),
            country: self.profile.country.clone(),
            term: mandate.as_ref().map(|mandate| mandate.term.clone()),
            issued_at: now.timestamp(),
            valid_from,
            valid_until,
            slot: self.slot([0; 32], 0)?,
            claims,
        };
        // Settle now whether it fits its type, so that one bad row does not hold up its group.
        draft
            .clone()
            .check(key, rng)
            .map_err(|error| Refusal::core(error.code(), &error))?;
        Ok(Plan::Ready(Box::new(Ready {
            member: member.id,
            mandate,
            enrolment: record,
            holder: proof.holder,
            copy,
            draft,
            supersedes,
        })))
    }

    /// Journals the intents, signs, and records the credentials.
    fn carry_out(
        &mut self,
        ready: Vec<Ready>,
        key: &SecretKey,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Handed>, Refusal> {
        if ready.is_empty() {
            return Ok(Vec::new());
        }
        let secret = self.slot_secret(now, rng)?;
        let mut next_slot: u64 = read(&self.store, Family::Meta, NEXT_SLOT)?.unwrap_or(0);
        let mut checked = Vec::with_capacity(ready.len());
        for one in &ready {
            let mut draft = one.draft.clone();
            draft.slot = self.slot(secret, next_slot)?;
            next_slot += 1;
            let draft = draft.check(key.public_key(), rng);
            checked.push(draft.map_err(|error| Refusal::core(error.code(), &error))?);
        }
        let mut intents = Intents {
            office: self,
            next_slot,
            now,
        };
        let recorded: Vec<Recorded> = Checked::record(checked, &mut intents)?;
        let mut change = Change::default();
        let mut holdings: BTreeMap<String, Holdings> = BTreeMap::new();
        let mut handed = Vec::with_capacity(ready.len());
        for (one, recorded) in ready.into_iter().zip(recorded) {
            let issued = recorded
                .sign(key)
                .map_err(|error| Refusal::core(error.code(), &error))?;
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

    /// Consumes the code and records the credential, in the same write.
    fn put_issued(
        &self,
        change: &mut Change,
        holdings: &mut BTreeMap<String, Holdings>,
        one: Ready,
        record: &CredentialRecord,
        now: Instant,
    ) -> Result<(), Refusal> {
        let mut enrolment = one.enrolment;
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
        }
        change.note(
            "credential.issued",
            json!({
                "credential": record.id,
                "member": record.member,
                "type": record.kind,
                "list": record.slot.list,
                "index": record.slot.index,
            }),
        );
        for mut earlier in one.supersedes {
            earlier.revocation = Some(RevocationRecord {
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
                json!({ "credential": earlier.id, "reason": "superseded", "effective": now.to_string() }),
            );
        }
        Ok(())
    }

    fn validity(
        &self,
        mandate: Option<&Mandate>,
        now: Instant,
    ) -> Result<(jiff::Timestamp, jiff::Timestamp), Refusal> {
        let days = i64::from(self.profile.max_term_days);
        let latest = now
            .timestamp()
            .checked_add(SignedDuration::from_hours(24 * days));
        let latest = latest.map_err(|_| {
            Refusal::new(
                OfficeCode::InstantInvalid,
                "the longest term reaches beyond the calendar",
            )
        })?;
        Ok(match mandate {
            None => (now.timestamp(), latest),
            Some(mandate) => (
                mandate.start.begins(&self.zone),
                mandate.ends(&self.zone).unwrap_or(latest),
            ),
        })
    }

    fn other_claims(
        &self,
        (claims, kind): (&Object<'static>, Kind),
        (member, mandate): (&Member, Option<&Mandate>),
        (holder, now): (&str, Instant),
        rng: &mut impl CryptoRng,
    ) -> Result<Object<'static>, Refusal> {
        let mut claims = claims.clone();
        if claims.get("name").is_none() {
            claims.insert("name", name_claim(member));
        }
        let live = match mandate {
            Some(mandate) => self.live_credential(&member.id, &mandate.id, now)?,
            None => None,
        };
        let own = live.filter(|mandate| mandate.holder == holder && mandate.securing == "sd-jwt");
        if let (Some(mandate), true) = (own, kind.claim("basedOn").is_some()) {
            let jwt = mandate.text.split('~').next().unwrap_or_default();
            claims.insert("basedOn", based_on(jwt, rng));
        }
        Ok(claims)
    }

    fn slot(&self, secret: [u8; 32], n: u64) -> Result<SlotRef, Refusal> {
        let (list, index) = slots::place(&secret, n);
        let list = ListUri::new(self.did().as_str(), list)
            .map_err(|error| Refusal::core(error.code(), &error))?;
        Ok(SlotRef { list, index })
    }

    fn slot_secret(&mut self, now: Instant, rng: &mut impl CryptoRng) -> Result<[u8; 32], Refusal> {
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
        revocation: None,
        suspensions: Vec::new(),
    }
}

fn claims_digest(claims: &Object<'static>) -> Result<String, Refusal> {
    let bytes = jcs::canonicalize(&claims.clone().into());
    let bytes = bytes.map_err(|error| Refusal::core(error.code(), &error))?;
    Ok(base64url::encode(&Sha256::digest(bytes)))
}

fn name_claim(member: &Member) -> Value<'static> {
    let mut name = Object::default();
    name.insert("display", member.name.display.clone().into());
    for (part, text) in [
        ("family", &member.name.family),
        ("given", &member.name.given),
        ("native", &member.name.native),
    ] {
        if let Some(text) = text {
            name.insert(part, text.clone().into());
        }
    }
    name.into()
}

fn mandate_claims(member: &Member, mandate: &Mandate, securing: Securing) -> Object<'static> {
    let mut claims = Object::default();
    claims.insert("name", name_claim(member));
    claims.insert("role", mandate.role.clone().into());
    claims.insert("mandateStart", mandate.start.to_string().into());
    if let Some(end) = mandate.end {
        claims.insert("mandateEnd", end.to_string().into());
    }
    if securing == Securing::DataIntegrity {
        return claims;
    }
    for (claim, named) in [
        ("constituency", &mandate.constituency),
        ("group", &mandate.group),
    ] {
        if let Some(named) = named {
            let place = [("label", named.name.clone()), ("code", named.id.clone())];
            claims.insert(claim, Value::object(place));
        }
    }
    if let Some(email) = &member.email {
        claims.insert("email", email.clone().into());
    }
    if !member.languages.is_empty() {
        claims.insert("languages", Value::array(member.languages.iter().cloned()));
    }
    claims
}
