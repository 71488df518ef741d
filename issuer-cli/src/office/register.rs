//! The register: importing rosters, ending mandates and terms.

use std::collections::{BTreeMap, BTreeSet};

use identity_core::status::{DecisionDigest, Instant};
use serde_json::json;

use super::{
    Change, CredentialRecord, Office, OfficeCode, Reason, Refusal, RevocationRecord,
    action::digest_text, enrol::mandates_key,
};
use crate::{
    records::{Ending, Mandate, Member, Register, Term, TermEnding},
    roster::{self, ImportOptions, Note},
    store::{Family, Store, read, read_all},
};

/// What an import found, and whether it was written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ImportOutcome {
    /// The report.
    pub report: roster::Report,
    /// Whether anything was written.
    pub written: bool,
}

/// What ending a mandate did.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Ended {
    /// The mandate's id.
    pub mandate: String,
    /// The credentials that are revoked with it.
    pub credentials: Vec<String>,
}

impl<S: Store> Office<S> {
    /// Returns the whole register.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be read.
    pub fn register(&self) -> Result<Register, Refusal> {
        let mut register = Register::default();
        read_all(&self.store, Family::Members, |member: Member| {
            register.members.insert(member.id.clone(), member);
            Ok(())
        })?;
        read_all(&self.store, Family::Mandates, |mandate: Mandate| {
            register.mandates.insert(mandate.id.clone(), mandate);
            Ok(())
        })?;
        read_all(&self.store, Family::Terms, |term: Term| {
            register.terms.insert(term.id.clone(), term);
            Ok(())
        })?;
        Ok(register)
    }

    /// Compares a roster with the register, and takes it in unless `dry`.
    ///
    /// # Errors
    /// [`Refusal`] when the file as a whole cannot be read, or the store cannot be written.
    pub fn import(
        &mut self,
        file: &[u8],
        as_of: Instant,
        now: Instant,
    ) -> Result<ImportOutcome, Refusal> {
        let register = self.register()?;
        let options = ImportOptions::new(&self.profile.chamber, &self.zone, as_of.timestamp());
        let mut import =
            roster::import(&register, file, &options).map_err(|error| unreadable(&error))?;
        self.keep_starts(&register, &mut import)?;
        let mut after = register.clone();
        import.changes.apply(&mut after);
        if after == register {
            return Ok(ImportOutcome {
                report: import.report,
                written: false,
            });
        }
        let mut change = Change::default();
        for (id, member) in &after.members {
            if register.members.get(id) != Some(member) {
                change.batch.put(Family::Members, id, member)?;
            }
        }
        for (id, term) in &after.terms {
            if register.terms.get(id) != Some(term) {
                change.batch.put(Family::Terms, id, term)?;
            }
        }
        let mut of_member: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut touched: Vec<&str> = Vec::new();
        for (id, mandate) in &after.mandates {
            of_member.entry(&mandate.member).or_default().push(id);
            if register.mandates.get(id) != Some(mandate) {
                change.batch.put(Family::Mandates, id, mandate)?;
                touched.push(&mandate.member);
            }
        }
        touched.dedup();
        for member in touched {
            change
                .batch
                .put(Family::Meta, &mandates_key(member), &of_member[member])?;
        }
        let report = &import.report;
        let starts = starts(after.terms.values().filter(|term| {
            let known = register.terms.get(&term.id);
            known.map(|known| known.start) != Some(term.start)
        }));
        change.note(
            "roster.imported",
            json!({
                "rows": report.rows,
                "imported": report.imported,
                "unchanged": report.unchanged,
                "refused": report.refused,
                "terms": starts,
            }),
        );
        self.commit(now, change)?;
        Ok(ImportOutcome {
            report: import.report,
            written: true,
        })
    }

    /// Where an action takes approvals, an import moves no term under which credentials were issued: a term that
    /// begins later ends all of them until then, and imports are one officer's.
    fn keep_starts(&self, register: &Register, import: &mut roster::Import) -> Result<(), Refusal> {
        if self.approvals_needed() == 0 {
            return Ok(());
        }
        let moved = |term: &&mut Term| {
            let known = register.terms.get(&term.id);
            known.is_some_and(|known| known.start != term.start)
        };
        let mut moved: Vec<&mut Term> = import.changes.terms.iter_mut().filter(moved).collect();
        if moved.is_empty() {
            return Ok(());
        }
        let mut in_use = BTreeSet::new();
        read_all(
            &self.store,
            Family::Credentials,
            |record: CredentialRecord| {
                let mandate = record.mandate.and_then(|id| register.mandates.get(&id));
                in_use.extend(mandate.map(|mandate| mandate.term.as_str()));
                Ok(())
            },
        )?;
        for term in &mut moved {
            if let Some(known) = register.terms.get(&term.id)
                && in_use.contains(term.id.as_str())
            {
                let message = format!(
                    "it still begins on {}: credentials were issued under it, and {} was not approved",
                    known.start, term.start
                );
                import
                    .report
                    .notes
                    .push(Note::new(term.id.clone(), message));
                term.start = known.start;
            }
        }
        Ok(())
    }

    /// Returns what the register would be with a roster taken in; changes nothing.
    ///
    /// # Errors
    /// [`Refusal`] when the file as a whole cannot be read.
    pub fn peek(&self, file: &[u8], as_of: Instant) -> Result<Register, Refusal> {
        let mut register = self.register()?;
        let options = ImportOptions::new(&self.profile.chamber, &self.zone, as_of.timestamp());
        let mut import =
            roster::import(&register, file, &options).map_err(|error| unreadable(&error))?;
        self.keep_starts(&register, &mut import)?;
        import.changes.apply(&mut register);
        Ok(register)
    }

    /// Ends a member's mandate, and revokes every credential that rests on it from the same instant.
    ///
    /// # Errors
    /// `member.unknown`, `mandate.not_sitting` when there is none to end.
    pub fn end_mandate(
        &mut self,
        member: &str,
        at: Instant,
        why: (Reason, Option<DecisionDigest>),
        now: Instant,
    ) -> Result<Ended, Refusal> {
        let (change, ended) = self.plan_end_mandate(member, at, why, now)?;
        self.commit(now, change)?;
        Ok(ended)
    }

    pub(super) fn plan_end_mandate(
        &self,
        member: &str,
        at: Instant,
        (reason, decision): (Reason, Option<DecisionDigest>),
        now: Instant,
    ) -> Result<(Change, Ended), Refusal> {
        self.member(member)?;
        self.allow_revocation(reason, decision, now)?;
        let zone = self.zone.clone();
        let mut held = Vec::new();
        for mandate in self.mandates_of(member)? {
            if self.can_be_ended(&mandate, at, decision.is_some())? {
                held.push(mandate);
            }
        }
        let latest = held.into_iter().max_by_key(|m| m.start.begins(&zone));
        let Some(mandate) = latest else {
            let message = format!("{member} holds no mandate at {at}");
            return Err(Refusal::new(OfficeCode::MandateNotSitting, message)
                .hint(format!("see: mandate-issuer mandate show {member}")));
        };
        let mut ended = mandate.clone();
        let mut ending = Ending::new(at, reason, now);
        ending.decision = decision;
        ended.ended = Some(ending);
        let mut change = Change::default();
        change.batch.put(Family::Mandates, &ended.id, &ended)?;
        let mut credentials = Vec::new();
        for id in self.holdings(member)?.credentials {
            let Some(mut record) = read::<CredentialRecord>(&self.store, Family::Credentials, &id)?
            else {
                continue;
            };
            let revocation = RevocationRecord {
                effective: at,
                reason,
                decision,
                recorded: now,
                published: None,
            };
            if record.mandate.as_ref() != Some(&mandate.id) || !record.revoke(revocation) {
                continue;
            }
            change.batch.put(Family::Credentials, &id, &record)?;
            credentials.push(id);
        }
        change.note(
            "mandate.ended",
            json!({
                "member": member,
                "mandate": mandate.id,
                "at": at.to_string(),
                "reason": reason.as_str(),
                "decision": decision,
                "credentials": credentials,
            }),
        );
        let ended = Ended {
            mandate: mandate.id,
            credentials,
        };
        Ok((change, ended))
    }

    /// Says whether there is anything to end. An end that lies ahead can be brought forward. A mandate
    /// that is over by the roster is over, unless a credential goes on: when a roster says afterwards
    /// that somebody left, the credential is older than that news.
    /// A decision may come later, for the instant that was named without one.
    fn can_be_ended(&self, mandate: &Mandate, at: Instant, decided: bool) -> Result<bool, Refusal> {
        let begun = Instant::floor(mandate.start.begins(&self.zone)) <= at;
        if let Some(ending) = &mandate.ended {
            let adds = decided && ending.decision.is_none() && ending.at == at;
            if ending.at <= at && !adds {
                return Ok(false);
            }
        }
        if !begun {
            return Ok(false);
        }
        let by_roster = mandate.end.map(|end| Instant::floor(end.ends(&self.zone)));
        if by_roster.is_none_or(|end| at <= end) {
            return Ok(true);
        }
        for id in self.holdings(&mandate.member)?.credentials {
            let record = self.credential(&id)?;
            let of_mandate = record.mandate.as_ref() == Some(&mandate.id);
            if of_mandate && record.valid_until > at && !record.is_revoked(at) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Ends a term for the whole chamber, but for the mandates of these members or of these ids; without
    /// a decision verifiers call the ending contested.
    ///
    /// # Errors
    /// `term.unknown`, `term.state` when it is ended by then already, `member.unknown` for an exception that
    /// is nobody.
    pub fn end_term(
        &mut self,
        id: &str,
        at: Instant,
        how: (&[String], Option<DecisionDigest>),
        now: Instant,
    ) -> Result<Term, Refusal> {
        let (change, term) = self.plan_end_term(id, at, how, now)?;
        self.commit(now, change)?;
        Ok(term)
    }

    pub(super) fn plan_end_term(
        &self,
        id: &str,
        at: Instant,
        (except, decision): (&[String], Option<DecisionDigest>),
        now: Instant,
    ) -> Result<(Change, Term), Refusal> {
        let mut term = self.term(id)?;
        if at < Instant::floor(term.start.begins(&self.zone)) {
            let message = format!("term {id} begins on {}, which is after {at}", term.start);
            return Err(Refusal::new(OfficeCode::InstantInvalid, message).hint(
                "give an instant within the term with --at: it can be annulled, never erased",
            ));
        }
        // An ending that lies ahead can be brought forward; to put it off, annul it first.
        let in_force = |ending: &&TermEnding| ending.annulled_at.is_none();
        if let Some(before) = term.endings.iter().filter(in_force).find(|e| e.at <= at) {
            let message = format!("term {id} is ended at {} already", before.at);
            return Err(
                Refusal::new(OfficeCode::TermState, message).hint("see: mandate-issuer term list")
            );
        }
        let mut ending = TermEnding::new(at, now);
        ending.decision = decision;
        for name in except {
            let by_id = read::<Mandate>(&self.store, Family::Mandates, name)?;
            let mandates = if let Some(mandate) = by_id {
                vec![mandate]
            } else {
                self.member(name)?;
                self.mandates_of(name)?
            };
            let of_term = mandates.into_iter().filter(|mandate| mandate.term == id);
            ending.exceptions.extend(of_term.map(|mandate| mandate.id));
        }
        let mut change = Change::default();
        // The earlier end takes the place of the one that was to come, with its own exceptions.
        let mut later = term.endings.iter_mut().filter(|e| e.annulled_at.is_none());
        if let Some(first) = later.next() {
            for ending in core::iter::once(first).chain(later) {
                ending.annulled_at = Some(now);
            }
            // What it was ended by is no decision to let it go on.
            change.note("term.reinstated", json!({ "term": id }));
        }
        change.note("term.ended", told_ending(id, &ending)?);
        term.endings.push(ending);
        change.batch.put(Family::Terms, id, &term)?;
        Ok((change, term))
    }

    /// Lets an ended term run again, by a decision: every ending that is in force is annulled from now.
    ///
    /// # Errors
    /// `term.unknown`, `term.state` when it was not ended.
    pub fn reinstate_term(
        &mut self,
        id: &str,
        decision: DecisionDigest,
        now: Instant,
    ) -> Result<Term, Refusal> {
        let (change, term) = self.plan_reinstate_term(id, decision, now)?;
        self.commit(now, change)?;
        Ok(term)
    }

    pub(super) fn plan_reinstate_term(
        &self,
        id: &str,
        decision: DecisionDigest,
        now: Instant,
    ) -> Result<(Change, Term), Refusal> {
        let mut term = self.term(id)?;
        let mut in_force = term.endings.iter_mut().filter(|e| e.annulled_at.is_none());
        let Some(first) = in_force.next() else {
            let message = format!("term {id} has not been ended");
            return Err(
                Refusal::new(OfficeCode::TermState, message).hint("see: mandate-issuer term list")
            );
        };
        for ending in core::iter::once(first).chain(in_force) {
            ending.annulled_at = Some(now);
            ending.decision = Some(decision);
        }
        let mut change = Change::default();
        change.batch.put(Family::Terms, id, &term)?;
        change.note(
            "term.reinstated",
            json!({ "term": id, "decision": decision }),
        );
        Ok((change, term))
    }

    /// Returns a term.
    ///
    /// # Errors
    /// `term.unknown`.
    pub fn term(&self, id: &str) -> Result<Term, Refusal> {
        read(&self.store, Family::Terms, id)?.ok_or_else(|| {
            Refusal::new(OfficeCode::TermUnknown, format!("no term has the id {id}"))
                .hint("see the ids with: mandate-issuer term list")
        })
    }
}

/// Returns what the journal tells of when terms begin.
pub(super) fn starts<'t>(terms: impl Iterator<Item = &'t Term>) -> BTreeMap<String, String> {
    terms
        .map(|term| (term.id.clone(), term.start.to_string()))
        .collect()
}

/// Returns what the journal tells of the ending of a term.
pub(super) fn told_ending(term: &str, ending: &TermEnding) -> Result<serde_json::Value, Refusal> {
    Ok(json!({
        "term": term,
        "at": ending.at.to_string(),
        "exceptions": ending.exceptions.len(),
        "excepted": digest_text(&json!(ending.exceptions))?,
        "decision": ending.decision,
    }))
}

fn unreadable(error: &roster::RosterError) -> Refusal {
    Refusal {
        code: error.code().as_str(),
        message: error.to_string(),
        hint: Some("a roster is Popolo JSON, or a CSV file with a header row".to_owned()),
    }
}
