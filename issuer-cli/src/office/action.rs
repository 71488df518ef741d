//! What needs approvals: the action as it was ordered, and its decoded content, which officers read.

use std::collections::BTreeSet;

use identity_core::{
    credential::{Kind, Securing},
    did,
    encoding::{base64url, jcs, merkle::Hash, strict_json::Value},
    status::{DecisionDigest, Instant},
    trust::approval::{Evidence, Manifest, Salt, issue_item},
};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::{
    Handed, IssueOrder, Office, OfficeCode, Reason, Refusal,
    officers::object,
    parallel::in_parallel,
    plan::{Plan, Ready, open},
    records::securing_name,
    settled::{Places, Salts, digest_of_settled, seed},
};
use crate::{officers::OfficerCard, store::Store};

/// Something to be done once enough officers have approved it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[expect(clippy::exhaustive_enums, reason = "each must be weighed")]
pub enum Action {
    /// Change the DID, or a key that it names.
    ChangeDid {
        /// What officers read, as canonical JSON.
        content: String,
    },
    /// Change who the officers are, and how many approve.
    ChangeOfficers {
        /// The officers from then on.
        cards: Vec<OfficerCard>,
        /// How many approve from then on.
        threshold: usize,
    },
    /// End a delegation.
    EndDelegation {
        /// The delegation.
        delegation: String,
        /// From when.
        at: Instant,
    },
    /// End a mandate.
    EndMandate {
        /// The member.
        member: String,
        /// From when.
        at: Instant,
        /// Why.
        reason: Reason,
        /// The decision behind it.
        decision: Option<DecisionDigest>,
    },
    /// End a term.
    EndTerm {
        /// The term.
        term: String,
        /// From when.
        at: Instant,
        /// Members or mandates that go on.
        except: Vec<String>,
        /// The decision behind it.
        decision: Option<DecisionDigest>,
    },
    /// Issue credentials.
    Issue {
        /// To whom.
        orders: Vec<StoredOrder>,
        /// Whether what earlier keys hold is revoked.
        replace: bool,
    },
    /// Let a term run again.
    ReinstateTerm {
        /// The term.
        term: String,
        /// The decision behind it.
        decision: DecisionDigest,
    },
    /// Revoke a credential.
    Revoke {
        /// The credential.
        credential: String,
        /// From when.
        effective: Instant,
        /// Why.
        reason: Reason,
        /// The decision behind it.
        decision: Option<DecisionDigest>,
    },
}

/// An order as it is kept until it is carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a record of the store")]
pub struct StoredOrder {
    /// The member; `None` for whoever the code was given to.
    pub member: Option<String>,
    /// The enrolment.
    pub enrolment: String,
    /// The type.
    pub kind: String,
    /// `sd-jwt` or `data-integrity`.
    pub securing: String,
    /// The claims of another type than the mandate, as JSON.
    pub claims: Option<String>,
}

/// What becomes of one order before anybody approved anything.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "complete")]
pub enum Sifted {
    /// It was carried out before, for the same enrolment.
    Before(Box<Handed>),
    /// It can be carried out.
    Ready,
}

/// One thing that officers approve: what they read, and the digest of the credential that would be issued.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    pub(super) content: Json,
    pub(super) credential: Option<Hash>,
}

impl Item {
    /// Returns what stands for it under the officers' digest.
    pub(super) fn value(&self) -> Result<Value<'static>, Refusal> {
        match &self.credential {
            Some(credential) => Ok(issue_item(credential, &digest_of(&self.content)?)),
            None => Ok(Value::from_serde(&self.content)),
        }
    }
}

impl Action {
    /// Makes the action of a change of the DID out of what officers read.
    ///
    /// # Errors
    /// [`Refusal`] when it cannot be written canonically.
    pub fn change_did(content: &Json) -> Result<Self, Refusal> {
        let bytes = jcs::canonicalize(&Value::from_serde(content))
            .map_err(|error| Refusal::core(error.code(), &error))?;
        let content = String::from_utf8(bytes).map_err(|_| changed("it is no text"))?;
        Ok(Self::ChangeDid { content })
    }

    /// Returns the name under which officers approve it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ChangeDid { .. } => "did.change",
            Self::ChangeOfficers { .. } => "officers.change",
            Self::EndDelegation { .. } => "delegation.end",
            Self::EndMandate { .. } => "mandate.end",
            Self::EndTerm { .. } => "term.end",
            Self::Issue { .. } => Evidence::ACTION,
            Self::ReinstateTerm { .. } => "term.reinstate",
            Self::Revoke { .. } => "credential.revoke",
        }
    }

    /// Returns whether the issuing secret is needed to carry it out.
    pub const fn needs_secret(&self) -> bool {
        matches!(self, Self::ChangeOfficers { .. } | Self::Issue { .. })
    }
}

impl StoredOrder {
    /// Keeps an order.
    ///
    /// # Errors
    /// [`Refusal`] when its claims cannot be written canonically.
    pub fn keep(order: &IssueOrder) -> Result<Self, Refusal> {
        let claims = order
            .claims
            .as_ref()
            .map(super::officers::text)
            .transpose()?;
        Ok(Self {
            member: order.member.clone(),
            enrolment: order.enrolment.clone(),
            kind: order.kind.to_string(),
            securing: securing_name(order.securing).to_owned(),
            claims,
        })
    }

    /// Returns the order.
    ///
    /// # Errors
    /// `approval.changed` when it is not what was kept.
    pub fn order(&self) -> Result<IssueOrder, Refusal> {
        let kind: Kind = self.kind.parse().map_err(|_| changed("its type is none"))?;
        let securing = [Securing::SdJwt, Securing::DataIntegrity]
            .into_iter()
            .find(|securing| securing_name(*securing) == self.securing);
        Ok(IssueOrder {
            member: self.member.clone(),
            enrolment: self.enrolment.clone(),
            kind,
            securing: securing.ok_or_else(|| changed("its securing is none"))?,
            claims: self.claims.as_deref().map(object).transpose()?,
        })
    }
}

/// Says that what would be carried out is not what was prepared.
pub(super) fn changed(what: &str) -> Refusal {
    let message = format!("what would be carried out is not what was prepared: {what}");
    Refusal::new(OfficeCode::ApprovalChanged, message)
        .hint("reject it, look at audit verify, and prepare it again: mandate-issuer approve sign ID --reject")
}

/// Returns the digest of what officers read of one item.
pub(super) fn digest_of(content: &Json) -> Result<[u8; 32], Refusal> {
    let bytes = jcs::canonicalize(&Value::from_serde(content))
        .map_err(|error| Refusal::core(error.code(), &error))?;
    Ok(Sha256::digest(&bytes).into())
}

/// Returns a digest as entries of the journal have it, base64url.
pub(super) fn digest_text(content: &Json) -> Result<String, Refusal> {
    Ok(base64url::encode(&digest_of(content)?))
}

/// Puts what officers read under one digest, each with that of the credential it is about, where it is one.
pub(super) fn manifest(items: &[Item], salts: &[Salt]) -> Result<Manifest, Refusal> {
    if items.len() != salts.len() {
        return Err(changed("there are more items than salts, or fewer"));
    }
    let items: Vec<Value<'static>> = items.iter().map(Item::value).collect::<Result<_, _>>()?;
    Manifest::new(items.iter().zip(salts.iter().copied()))
        .map_err(|error| Refusal::core(error.code(), &error))
}

impl<S: Store> Office<S> {
    /// Says of each order whether it was carried out before, can be now, or why it cannot.
    ///
    /// # Errors
    /// In each place [`Refusal`] with the reason.
    pub fn sift(
        &self,
        orders: &[IssueOrder],
        replace: bool,
        (dated, now): (Instant, Instant),
        rng: &mut impl CryptoRng,
    ) -> Vec<Result<Sifted, Refusal>> {
        let plans = self.plan_each(orders, replace, (dated, now), (0, &seed(rng)));
        let sift = |plan: Result<Plan, Refusal>| match plan? {
            Plan::Before(handed) => Ok(Sifted::Before(handed)),
            Plan::Ready(_) => Ok(Sifted::Ready),
        };
        plans.into_iter().map(sift).collect()
    }

    /// Plans each order as it was settled when it was prepared: the first of them stands at `from`.
    pub(super) fn plan_settled(
        &self,
        orders: &[IssueOrder],
        replace: bool,
        dates: (Instant, Instant),
        (from, places): (usize, &Places),
    ) -> Result<Vec<Result<Plan, Refusal>>, Refusal> {
        let taken = self.taken()?;
        let plans = self.plan_each(orders, replace, dates, (from, &places.seed));
        let settle = |(at, plan): (usize, Result<Plan, Refusal>)| match plan? {
            Plan::Ready(mut ready) => {
                self.settle(&mut ready, places.number(from + at), &taken)?;
                Ok(Plan::Ready(ready))
            }
            before @ Plan::Before(_) => Ok(before),
        };
        Ok(plans.into_iter().enumerate().map(settle).collect())
    }

    /// Plans each order: judged now, and dated as it was prepared. A member comes once.
    fn plan_each(
        &self,
        orders: &[IssueOrder],
        replace: bool,
        (dated, now): (Instant, Instant),
        (from, seed): (usize, &Hash),
    ) -> Vec<Result<Plan, Refusal>> {
        let did = self.did().clone();
        let opened = in_parallel(orders.iter().collect(), |order| open(order, &did, now));
        let mut members = BTreeSet::new();
        let mut plans = Vec::with_capacity(orders.len());
        for (at, (order, opened)) in orders.iter().zip(&opened).enumerate() {
            let salts = Salts::new(seed, from + at);
            let plan = self
                .plan(order, opened, replace, now, &mut salts.of_claims())
                .and_then(|plan| {
                    let Plan::Ready(mut ready) = plan else {
                        return Ok(plan);
                    };
                    if !members.insert(ready.member.clone()) {
                        let message = format!("{} comes twice in this batch", ready.member);
                        return Err(Refusal::new(OfficeCode::CredentialAlreadyIssued, message)
                            .hint("leave one of the two enrolments out"));
                    }
                    let (mandate, claims) = (ready.mandate.as_ref(), &ready.draft.claims);
                    let (from, until) = self.validity(mandate, claims, dated)?;
                    (ready.draft.valid_from, ready.draft.valid_until) = (from, until);
                    ready.salts = Some(salts);
                    Ok(Plan::Ready(ready))
                });
            plans.push(plan);
        }
        plans
    }

    /// Returns what officers read of a credential to be issued.
    fn content_of(&self, ready: &Ready, replace: bool) -> Result<Json, Refusal> {
        let draft = &ready.draft;
        let mut claims = draft.claims.clone();
        // Salted anew each time; which mandate it ties to follows from the member.
        let tied = claims.remove("basedOn").is_some();
        let member = self.member(&ready.member)?;
        let revokes: Vec<&str> = ready.supersedes.iter().map(|c| c.id.as_str()).collect();
        Ok(json!({
            "do": if replace { "replace" } else { "issue" },
            "member": ready.member,
            "name": member.name.display,
            "type": draft.kind.as_str(),
            "securing": securing_name(draft.securing),
            "mandate": ready.mandate.as_ref().map(|mandate| &mandate.id),
            "chamber": draft.chamber,
            "country": draft.country,
            "term": draft.term,
            "validFrom": Instant::floor(draft.valid_from).to_string(),
            "validUntil": Instant::floor(draft.valid_until).to_string(),
            "claims": Value::Object(claims).to_serde(),
            "tiedToMandate": tied,
            "revokes": revokes,
            "holder": base64url::encode(&ready.holder.thumbprint()),
            // As the wallet shows it.
            "wallet": did::key::create(&ready.holder).to_string(),
            "list": draft.slot.list,
            "index": draft.slot.index,
            "salt": ready.salts.as_ref().map(Salts::of_content),
        }))
    }

    /// Returns what officers read of an action, as it would be carried out now, and the digests of the
    /// credentials that would be issued in the places settled for them.
    ///
    /// # Errors
    /// [`Refusal`] when it could not be carried out; in the places of single orders why they cannot.
    pub(super) fn items(
        &self,
        action: &Action,
        places: Option<&Places>,
        (dated, now): (Instant, Instant),
    ) -> Result<Vec<Result<Item, Refusal>>, Refusal> {
        let one = match action {
            Action::Issue { orders, replace } => {
                let orders: Vec<IssueOrder> = orders
                    .iter()
                    .map(StoredOrder::order)
                    .collect::<Result<_, _>>()?;
                if orders.len() > 1 {
                    self.allow_bulk(now)?;
                }
                let places = places.ok_or_else(|| changed("its places were not settled"))?;
                let plans = self.plan_settled(&orders, *replace, (dated, now), (0, places))?;
                let item = |plan: Result<Plan, Refusal>| match plan? {
                    Plan::Ready(ready) => self.item_of(&ready, *replace),
                    Plan::Before(_) => Err(changed("it was issued since")),
                };
                return Ok(plans.into_iter().map(item).collect());
            }
            Action::Revoke {
                credential,
                effective,
                reason,
                decision,
            } => {
                let record = self.plan_revoke(credential, *effective, (*reason, *decision), now)?;
                json!({
                    "do": "revoke",
                    "credential": credential,
                    "member": record.member,
                    "name": self.member(&record.member)?.name.display,
                    "type": record.kind,
                    "effective": effective.to_string(),
                    "reason": reason.as_str(),
                    "decision": decision,
                })
            }
            Action::EndMandate {
                member,
                at,
                reason,
                decision,
            } => {
                let (_, ended) = self.plan_end_mandate(member, *at, (*reason, *decision), now)?;
                json!({
                    "do": "end-mandate",
                    "member": member,
                    "name": self.member(member)?.name.display,
                    "mandate": ended.mandate,
                    "at": at.to_string(),
                    "reason": reason.as_str(),
                    "decision": decision,
                    "revokes": ended.credentials,
                })
            }
            Action::EndTerm {
                term,
                at,
                except,
                decision,
            } => {
                let (_, ended) = self.plan_end_term(term, *at, (except, *decision), now)?;
                json!({
                    "do": "end-term",
                    "term": term,
                    "label": ended.label,
                    "at": at.to_string(),
                    "except": ended.endings.last().map(|ending| &ending.exceptions),
                    "decision": decision,
                })
            }
            Action::EndDelegation { delegation, at } => {
                let (_, record) = self.plan_end_delegation(delegation, *at, dated)?;
                json!({
                    "do": "delegation.ended",
                    "delegation": delegation,
                    "unit": record.draft()?.unit,
                    "at": at.to_string(),
                })
            }
            Action::ReinstateTerm { term, decision } => {
                let (_, again) = self.plan_reinstate_term(term, *decision, now)?;
                json!({
                    "do": "reinstate-term",
                    "term": term,
                    "label": again.label,
                    "decision": decision,
                })
            }
            Action::ChangeDid { content } => Value::Object(object(content)?).to_serde(),
            Action::ChangeOfficers { cards, threshold } => {
                self.content_of_change(cards, *threshold)?
            }
        };
        Ok(vec![Ok(Item {
            content: one,
            credential: None,
        })])
    }

    /// Returns what is approved of one credential.
    pub(super) fn item_of(&self, ready: &Ready, replace: bool) -> Result<Item, Refusal> {
        Ok(Item {
            content: self.content_of(ready, replace)?,
            credential: Some(digest_of_settled(ready)?),
        })
    }

    fn content_of_change(&self, cards: &[OfficerCard], threshold: usize) -> Result<Json, Refusal> {
        super::officers::check_size(cards.len(), threshold)?;
        for (at, card) in cards.iter().enumerate() {
            card.check()?;
            // Two keys to sign with and one to open with are one person.
            let same = |other: &OfficerCard| other.sealing_key == card.sealing_key;
            if let Some(other) = cards[..at].iter().find(|other| same(other)) {
                let message = format!("{} and {} have one sealing key", other.id, card.id);
                return Err(Refusal::new(OfficeCode::OfficerExists, message)
                    .hint("each officer makes a card of their own: mandate-issuer officer card"));
            }
        }
        let version = self.officers.as_ref().map_or(0, |o| o.policy().version());
        let officers: Vec<Json> = cards
            .iter()
            .map(|card| {
                json!({
                    "id": card.id,
                    "name": card.name,
                    "role": card.role,
                    "key": card.did,
                    "sealingKey": card.sealing_key,
                })
            })
            .collect();
        Ok(json!({
            "do": "change-officers",
            "version": version + 1,
            "approvals": threshold,
            "officers": officers,
        }))
    }
}
