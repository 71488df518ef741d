//! Electoral periods: declared before they begin, and obeyed from their first second to their last.
//!
//! What an office declared binds it, also where it failed to publish it in time: then verifiers are told
//! nothing, and the hands are bound all the same.

use identity_core::{
    encoding::strict_json::{Object, Value},
    key::PublicKey,
    status::{DecisionDigest, Instant},
    trust::{
        electoral::{
            Announced, BULK_NOTICE, BulkChange, ElectoralError, PeriodDraft, PublishedPeriod, sign,
        },
        officers::OfficerPolicy,
    },
    verify::Budget,
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Change, Office, OfficeCode, Officers, Reason, Refusal};
use crate::{
    keys::KeyHandle,
    store::{Family, Store, read},
};

/// Where the periods stand in `meta`.
pub(super) const PERIODS: &str = "electoral-periods";

/// Where one stands that waits for signatures of other officers.
const OPEN: &str = "electoral-period-open";

/// When the next bundle is due in a period.
const NEXT_UPDATE: SignedDuration = SignedDuration::from_hours(1);

/// What may revoke in a period, and by a decision only.
const ALLOWED: [Reason; 4] = [
    Reason::Death,
    Reason::Resignation,
    Reason::Court,
    Reason::Compromise,
];

/// A period that was declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a record of the store")]
pub struct PeriodRecord {
    /// The signed document.
    pub document: serde_json::Value,
    /// From when.
    pub from: Instant,
    /// Until when.
    pub to: Instant,
    /// The digest of the law or decree that it rests on.
    pub legal_basis: DecisionDigest,
    /// When it was declared.
    pub announced: Instant,
    /// When it was first published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Instant>,
    /// Changes in bulk that were announced for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bulk: Vec<BulkRecord>,
}

/// A change in bulk that was announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a record of the store")]
pub struct BulkRecord {
    /// From when, for 24 hours.
    pub at: Instant,
    /// When it was first published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Instant>,
}

/// What became of a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete")]
pub enum Declared {
    /// It stands.
    Done(Box<PeriodRecord>),
    /// Other officers have to sign.
    Waiting {
        /// How many have.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
}

impl PeriodRecord {
    /// Returns whether it covers an instant; intervals are `[from, to)`.
    pub fn covers(&self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }
}

impl<S: Store> Office<S> {
    /// Returns the periods that were declared, in the order of their declaration.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be read.
    pub fn electoral_periods(&self) -> Result<Vec<PeriodRecord>, Refusal> {
        Ok(read(&self.store, Family::Meta, PERIODS)?.unwrap_or_default())
    }

    /// Returns the period that covers an instant. In it approvals take one officer more.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be read.
    pub fn electoral_period(&self, at: Instant) -> Result<Option<PeriodRecord>, Refusal> {
        let mut periods = self.electoral_periods()?.into_iter();
        Ok(periods.find(|period| period.covers(at)))
    }

    /// Draws a period up, for all chambers of this issuer.
    pub fn draw_up_period(
        &self,
        (from, to): (Instant, Instant),
        legal_basis: DecisionDigest,
        now: Instant,
    ) -> PeriodDraft {
        PeriodDraft {
            issuer: self.did().clone(),
            chamber: None,
            from,
            to,
            legal_basis,
            announced: now,
        }
    }

    /// Declares a period: under the key of the officer who acts, or without officers under the issuing key.
    /// Where the officer policy takes several, the document waits for the others ([`Self::sign_period`]).
    ///
    /// # Errors
    /// `electoral.late` when it would begin before it is declared, `electoral.malformed`,
    /// `electoral.too_few` when the key is not the issuing one, `officer.needed`.
    pub fn declare_period(
        &mut self,
        draft: &PeriodDraft,
        issuing_key: Option<&KeyHandle>,
        now: Instant,
    ) -> Result<Declared, Refusal> {
        let document = draft.document().map_err(|error| refused(&error))?;
        let document = match issuing_key {
            Some(key) if self.officers().is_none() => sign(document, key, now.timestamp()),
            _ => sign(document, &self.acting()?.1.signing, now.timestamp()),
        };
        let document = document.map_err(|error| Refusal::core(error.code(), &error))?;
        self.take_or_keep(&document, now)
    }

    /// Returns the period that waits for signatures of other officers.
    ///
    /// # Errors
    /// `electoral.none` when none does.
    pub fn open_period(&self) -> Result<(Object<'static>, PeriodDraft), Refusal> {
        let open: Option<serde_json::Value> = read(&self.store, Family::Meta, OPEN)?;
        let open = open.as_ref().map(Value::from_serde);
        let Some(Value::Object(document)) = open else {
            let message = "no electoral period waits for signatures";
            return Err(Refusal::new(OfficeCode::ElectoralNone, message)
                .hint("see: mandate-issuer electoral list"));
        };
        let draft = PeriodDraft::read(&document).map_err(|error| refused(&error))?;
        Ok((document, draft))
    }

    /// Adds the signature of the officer who acts to the period that waits.
    ///
    /// # Errors
    /// `electoral.none` when none does, `officer.needed`, `electoral.late` when it has begun meanwhile.
    pub fn sign_period(&mut self, now: Instant) -> Result<Declared, Refusal> {
        let (document, draft) = self.open_period()?;
        let created = draft.announced.timestamp();
        let document = sign(document, &self.acting()?.1.signing, created)
            .map_err(|error| Refusal::core(error.code(), &error))?;
        self.take_or_keep(&document, now)
    }

    /// Takes in a signed period once it verifies as a verifier will; keeps it where officers are missing.
    fn take_or_keep(
        &mut self,
        document: &Object<'static>,
        now: Instant,
    ) -> Result<Declared, Refusal> {
        let json = Value::Object(document.clone()).to_serde();
        let mut change = Change::default();
        let announced = match self.verify_period(document) {
            Ok(announced) => announced,
            Err(ElectoralError::TooFew { found, needed }) if found > 0 => {
                change.batch.put(Family::Meta, OPEN, &json)?;
                change.note("electoral.drafted", json!({ "signed": found }));
                self.commit(now, change)?;
                return Ok(Declared::Waiting { found, needed });
            }
            Err(error) => return Err(refused(&error)),
        };
        let draft = announced.draft();
        if draft.from <= now {
            return Err(refused(&ElectoralError::Late));
        }
        let record = PeriodRecord {
            document: json,
            from: draft.from,
            to: draft.to,
            legal_basis: draft.legal_basis,
            announced: draft.announced,
            published: None,
            bulk: Vec::new(),
        };
        let mut periods = self.electoral_periods()?;
        periods.push(record.clone());
        change.batch.put(Family::Meta, PERIODS, &periods)?;
        change
            .batch
            .put(Family::Meta, OPEN, &serde_json::Value::Null)?;
        change.note(
            "electoral.declared",
            json!({ "from": record.from, "to": record.to }),
        );
        self.commit(now, change)?;
        Ok(Declared::Done(Box::new(record)))
    }

    fn verify_period(&self, document: &Object<'static>) -> Result<Announced, ElectoralError> {
        self.verify_period_under(document, self.officers().map(Officers::policy))
    }

    /// Returns whether a period is the one that its record says, and signed as this policy takes it.
    pub(super) fn is_signed_period(
        &self,
        period: &PeriodRecord,
        policy: Option<&OfficerPolicy>,
    ) -> bool {
        let Value::Object(document) = Value::from_serde(&period.document).into_owned() else {
            return false;
        };
        let announced = self.verify_period_under(&document, policy);
        announced.is_ok_and(|announced| {
            let draft = announced.draft();
            (draft.from, draft.to) == (period.from, period.to)
        })
    }

    fn verify_period_under(
        &self,
        document: &Object<'static>,
        policy: Option<&OfficerPolicy>,
    ) -> Result<Announced, ElectoralError> {
        let may_issue = |key: &PublicKey, _| self.method_of(key).is_ok();
        let listed = policy.map(|policy| (policy.officers(), policy.threshold()));
        let mut budget = Budget::bundle();
        Announced::verify(document, self.did(), |_| listed, may_issue, &mut budget)
    }

    /// Returns how many approvals an action takes now: one more in an electoral period, as far as there are
    /// officers. Not where the officers open the issuing secret together: its pads are for a fixed number.
    pub(super) fn approvals_at(
        &self,
        officers: &Officers,
        needs_secret: bool,
        now: Instant,
    ) -> Result<usize, Refusal> {
        let needed = officers.approvals();
        if needed == 0 || needs_secret || self.electoral_period(now)?.is_none() {
            return Ok(needed);
        }
        let most = officers.policy().officers().len().saturating_sub(1);
        Ok((needed + 1).min(most.max(needed)))
    }

    /// Announces a change in bulk for the 24 hours from an instant on, which lies a day ahead at least.
    ///
    /// # Errors
    /// `instant.invalid` when it lies nearer, or in no period.
    pub fn announce_bulk(&mut self, at: Instant, now: Instant) -> Result<(), Refusal> {
        let mut periods = self.electoral_periods()?;
        let Some(period) = periods.iter_mut().find(|period| period.covers(at)) else {
            let message = format!("no electoral period covers {at}: nothing need be announced");
            return Err(Refusal::new(OfficeCode::InstantInvalid, message)
                .hint("see: mandate-issuer electoral list"));
        };
        if at.seconds_since(now) < BULK_NOTICE.as_secs() {
            let message =
                "a change in bulk is announced 24 hours ahead, and counts from its publication";
            return Err(Refusal::new(OfficeCode::InstantInvalid, message)
                .hint("name a later instant with --at, then publish at once"));
        }
        period.bulk.push(BulkRecord {
            at,
            published: None,
        });
        let mut change = Change::default();
        change.batch.put(Family::Meta, PERIODS, &periods)?;
        change.note("electoral.bulk-announced", json!({ "at": at }));
        self.commit(now, change)
    }

    /// Returns how long a bundle that is published at an instant is fresh, if a period says so.
    pub(super) fn electoral_freshness(
        &self,
        at: Instant,
    ) -> Result<Option<SignedDuration>, Refusal> {
        Ok(self.electoral_period(at)?.map(|_| NEXT_UPDATE))
    }

    /// Refuses a revocation that a period does not allow.
    pub(super) fn allow_revocation(
        &self,
        reason: Reason,
        decision: Option<DecisionDigest>,
        now: Instant,
    ) -> Result<(), Refusal> {
        let Some(period) = self.electoral_period(now)? else {
            return Ok(());
        };
        if ALLOWED.contains(&reason) && decision.is_some() {
            return Ok(());
        }
        Err(forbidden(
            &period,
            "a mandate is revoked only for death, resignation, court or compromise, and with --decision",
            "suspend what cannot wait: mandate-issuer credential suspend ID",
        ))
    }

    /// Refuses another key, unless the old one is in other hands.
    ///
    /// # Errors
    /// `electoral.forbidden`.
    pub fn allow_key_rotation(&self, compromised: bool, now: Instant) -> Result<(), Refusal> {
        match self.electoral_period(now)? {
            Some(period) if !compromised => Err(forbidden(
                &period,
                "a key is replaced only when it is in other hands",
                "if it is: give --compromise",
            )),
            _ => Ok(()),
        }
    }

    /// Refuses a change of many mandates that was not announced and published a day ahead.
    pub(super) fn allow_bulk(&self, now: Instant) -> Result<(), Refusal> {
        let Some(period) = self.electoral_period(now)? else {
            return Ok(());
        };
        let mut announced = period.bulk.iter().filter_map(|bulk| {
            let published = bulk.published?;
            Some(BulkChange {
                at: bulk.at,
                published,
            })
        });
        if announced.any(|bulk| bulk.allows(now)) {
            return Ok(());
        }
        Err(forbidden(
            &period,
            "a change in bulk is announced and published 24 hours ahead",
            "announce it: mandate-issuer electoral announce --at INSTANT",
        ))
    }

    /// Returns the periods for a bundle; what is published for the first time is marked so in the change.
    /// One that has begun unpublished stays out: nobody could have known it beforehand.
    pub(super) fn told_periods(
        &self,
        now: Instant,
        change: &mut Change,
    ) -> Result<Vec<PublishedPeriod>, Refusal> {
        let mut periods = self.electoral_periods()?;
        let before = periods.clone();
        let mut told = Vec::new();
        for period in &mut periods {
            if period.published.is_none() && period.from <= now {
                continue;
            }
            let published = *period.published.get_or_insert(now);
            let bulk_changes = period.bulk.iter_mut().map(|bulk| BulkChange {
                at: bulk.at,
                published: *bulk.published.get_or_insert(now),
            });
            told.push(PublishedPeriod {
                document: period.document.clone(),
                published,
                bulk_changes: bulk_changes.collect(),
            });
        }
        if periods != before {
            change.batch.put(Family::Meta, PERIODS, &periods)?;
        }
        Ok(told)
    }
}

fn refused(error: &ElectoralError) -> Refusal {
    Refusal::core(error.code(), error).hint("see: mandate-issuer electoral declare --help")
}

fn forbidden(period: &PeriodRecord, what: &str, hint: &str) -> Refusal {
    let message = format!("in the electoral period until {} {what}", period.to);
    Refusal::new(OfficeCode::ElectoralForbidden, message).hint(hint)
}
