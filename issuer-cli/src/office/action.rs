//! What needs approvals: the action as it was ordered, and its decoded content, which officers read.

use std::collections::BTreeSet;

use identity_core::{
    credential::{Kind, Securing},
    encoding::{base64url, jcs, strict_json::Value},
    status::{DecisionDigest, Instant},
    trust::approval::{Evidence, Manifest, Salt},
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
    Ready(Json),
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

/// Returns the item under the officers' digest that stands for what they read.
pub(super) fn item_of(action: &str, content: &Json) -> Result<Value<'static>, Refusal> {
    let value = Value::from_serde(content);
    if action != Evidence::ACTION {
        return Ok(value);
    }
    // As `issue_item` of the core writes it, from what is kept.
    let text = |name: &str| content[name].as_str().unwrap_or_default().to_owned();
    let mut members = vec![
        ("type", Value::from(text("type"))),
        ("holder", text("holder").into()),
        ("content", base64url::encode(&digest_of(content)?).into()),
    ];
    if content["term"].is_string() {
        members.push(("term", text("term").into()));
    }
    Ok(Value::object(members))
}

/// Returns the digest of what officers read of one item.
pub(super) fn digest_of(content: &Json) -> Result<[u8; 32], Refusal> {
    let bytes = jcs::canonicalize(&Value::from_serde(content))
        .map_err(|error| Refusal::core(error.code(), &error))?;
    Ok(Sha256::digest(&bytes).into())
}

/// Puts what officers read under one digest.
pub(super) fn manifest(
    action: &str,
    contents: &[Json],
    salts: &[Salt],
) -> Result<Manifest, Refusal> {
    let items: Vec<Value<'static>> = contents
        .iter()
        .map(|content| item_of(action, content))
        .collect::<Result<_, _>>()?;
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
        let plans = self.plan_each(orders, replace, (dated, now), rng);
        let sift = |plan: Result<Plan, Refusal>| match plan? {
            Plan::Before(handed) => Ok(Sifted::Before(handed)),
            Plan::Ready(ready) => Ok(Sifted::Ready(self.content_of(&ready, replace)?)),
        };
        plans.into_iter().map(sift).collect()
    }

    /// Plans each order: judged now, and dated as it was prepared. A member comes once.
    pub(super) fn plan_each(
        &self,
        orders: &[IssueOrder],
        replace: bool,
        (dated, now): (Instant, Instant),
        rng: &mut impl CryptoRng,
    ) -> Vec<Result<Plan, Refusal>> {
        let did = self.did().clone();
        let opened = in_parallel(orders.iter().collect(), |order| open(order, &did, now));
        let mut members = BTreeSet::new();
        let mut plans = Vec::with_capacity(orders.len());
        for (order, opened) in orders.iter().zip(&opened) {
            let plan = self
                .plan(order, opened, replace, now, rng)
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
                    Ok(Plan::Ready(ready))
                });
            plans.push(plan);
        }
        plans
    }

    /// Returns what officers read of a credential to be issued.
    pub(super) fn content_of(&self, ready: &Ready, replace: bool) -> Result<Json, Refusal> {
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
        }))
    }

    /// Returns what officers read of an action, as it would be carried out now.
    ///
    /// # Errors
    /// [`Refusal`] when it could not be carried out; in the places of single orders why they cannot.
    pub(super) fn contents(
        &self,
        action: &Action,
        (dated, now): (Instant, Instant),
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Result<Json, Refusal>>, Refusal> {
        let one = match action {
            Action::Issue { orders, replace } => {
                let orders: Vec<IssueOrder> = orders
                    .iter()
                    .map(StoredOrder::order)
                    .collect::<Result<_, _>>()?;
                if orders.len() > 1 {
                    self.allow_bulk(now)?;
                }
                let again = || changed("it was issued since");
                let sifted = self.sift(&orders, *replace, (dated, now), rng).into_iter();
                let content = |sifted| match sifted {
                    Ok(Sifted::Ready(content)) => Ok(content),
                    Ok(Sifted::Before(_)) => Err(again()),
                    Err(refusal) => Err(refusal),
                };
                return Ok(sifted.map(content).collect());
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
        Ok(vec![Ok(one)])
    }

    fn content_of_change(&self, cards: &[OfficerCard], threshold: usize) -> Result<Json, Refusal> {
        super::officers::check_size(cards.len(), threshold)?;
        for card in cards {
            card.check()?;
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
