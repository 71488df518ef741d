//! In-office statements for members who sit: each for one mandate, for a day at most, by the status key.

use std::collections::BTreeMap;

use identity_core::{
    credential::Kind,
    presentation::unverified_envelope,
    proof::sd_jwt::SdJwt,
    status::Instant,
    trust::in_office::{self, LONGEST, Mandate},
    verify::Budget,
};
use serde_json::json;

use super::{Change, CredentialRecord, Office, OfficeCode, Refusal, records::securing_name};
use crate::{
    records::{self, Register},
    store::{Family, Store, read_all},
};

/// A statement for one member.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InOffice {
    /// The member.
    pub member: String,
    /// The credential that it is about.
    pub credential: String,
    /// From when it is no longer in force.
    pub expires: Instant,
    /// The statement.
    pub text: String,
}

impl<S: Store> Office<S> {
    /// Makes a statement for every member who sits and has a mandate's credential that is valid now, or for
    /// these members; all of the same instant, so that it tells nothing of any of them.
    ///
    /// None outlasts what the office knows: an end of the mandate or of the term, or a revocation, ahead.
    ///
    /// # Errors
    /// `member.unknown`, `mandate.not_sitting` or `credential.state` when a member who is named cannot have
    /// one; [`Refusal`] when the store cannot be used.
    pub fn state_in_office(
        &mut self,
        members: Option<&[String]>,
        now: Instant,
    ) -> Result<Vec<InOffice>, Refusal> {
        let register = self.register()?;
        let mut chosen: BTreeMap<String, (CredentialRecord, Instant)> = BTreeMap::new();
        read_all(
            &self.store,
            Family::Credentials,
            |record: CredentialRecord| {
                let Some(until) = self.in_office_until(&register, &record, now) else {
                    return Ok(());
                };
                let known = chosen.get(&record.member);
                if known.is_none_or(|(known, _)| known.issued < record.issued) {
                    chosen.insert(record.member.clone(), (record, until));
                }
                Ok(())
            },
        )?;
        if let Some(members) = members {
            for member in members {
                self.member(member)?;
                self.sitting_mandate(member, now)?;
                if !chosen.contains_key(member) {
                    let message = format!("{member} has no mandate's credential that is valid now");
                    return Err(Refusal::new(OfficeCode::CredentialState, message)
                        .hint("see the credentials with: mandate-issuer credential list"));
                }
            }
            chosen.retain(|member, _| members.contains(member));
        }
        let mut stated = Vec::with_capacity(chosen.len());
        for (member, (record, until)) in chosen {
            stated.push(self.state_one(member, &record, until, now)?);
        }
        let mut change = Change::default();
        change.note("in-office.stated", json!({ "count": stated.len() }));
        self.commit(now, change)?;
        Ok(stated)
    }

    /// Returns until when a statement about this credential may be believed; `None` where there is to be none.
    fn in_office_until(
        &self,
        register: &Register,
        record: &CredentialRecord,
        now: Instant,
    ) -> Option<Instant> {
        let is_mandate = record.kind == Kind::MemberMandate.as_str()
            && record.securing == securing_name(identity_core::credential::Securing::SdJwt);
        if !is_mandate || record.valid_from > now || record.state(now) != "valid" {
            return None;
        }
        let mandate = register.mandates.get(record.mandate.as_ref()?)?;
        let term = register.terms.get(&mandate.term);
        if !mandate.sits_at(term, &self.zone, now.timestamp()) {
            return None;
        }
        let revoked = record.revocations.iter().map(|r| r.effective);
        let ends = mandate.ends(&self.zone).map(Instant::floor);
        let day = now.timestamp().checked_add(LONGEST).ok()?;
        let bounds = revoked
            .chain(ends)
            .chain(term.into_iter().flat_map(endings(&mandate.id)));
        bounds
            .chain([record.valid_until, Instant::floor(day)])
            .filter(|bound| *bound > now)
            .min()
    }

    fn state_one(
        &self,
        member: String,
        record: &CredentialRecord,
        until: Instant,
        now: Instant,
    ) -> Result<InOffice, Refusal> {
        let mut budget = Budget::presentation();
        let credential = SdJwt::parse(&record.text, &mut budget)
            .map_err(|error| Refusal::core(error.code(), &error))?;
        let holder = unverified_envelope(&record.text)
            .map_err(|error| Refusal::core(error.code(), &error))?
            .holder;
        let mandate = Mandate {
            issuer: self.did().as_str(),
            signed_part: credential.issuer_jwt().as_str(),
            holder: &holder,
        };
        let text = in_office::state(&mandate, (now, until), &self.keys.status)
            .map_err(|error| Refusal::core(error.code(), &error))?;
        Ok(InOffice {
            member,
            credential: record.id.clone(),
            expires: until,
            text,
        })
    }
}

/// Returns when a term ends early for a mandate, as far as that is known.
fn endings(mandate: &str) -> impl Fn(&records::Term) -> Vec<Instant> {
    move |term| {
        let endings = term.endings.iter();
        let counts = endings
            .filter(|ending| ending.annulled_at.is_none() && !ending.exceptions.contains(mandate));
        counts.map(|ending| ending.at).collect()
    }
}
