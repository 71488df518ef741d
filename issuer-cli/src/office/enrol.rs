//! Invitations: one-time codes for exactly those to whom a credential could be issued today.

use identity_core::{enrolment::Code, key::Signer as _, status::Instant};
use jiff::SignedDuration;
use rand_core::CryptoRng;
use serde_json::json;
use zeroize::Zeroizing;

use super::{
    Change, CredentialRecord, EnrolmentRecord, EnrolmentState, Holdings, Office, OfficeCode,
    Refusal,
};
use crate::{
    records::{Mandate, Member, Term},
    store::{Family, Store, read, read_all},
};

/// How long a code can be used.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 30);

/// An invitation about to be handed over; the code is the secret.
#[derive(Debug)]
#[non_exhaustive]
pub struct Invitation {
    /// The member's id.
    pub member: String,
    /// The member's name.
    pub name: String,
    /// The code's text.
    pub secret_code: Zeroizing<String>,
    /// From when it can no longer be used.
    pub expires: Instant,
    /// The code with which the member suspends what is theirs, where one was made.
    pub suspension_code: Option<Zeroizing<String>>,
}

/// What inviting did.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Invited {
    /// The invitations.
    pub invitations: Vec<Invitation>,
    /// How many earlier codes no longer work.
    pub replaced: usize,
    /// Members who sit but to whom nothing can be issued, with the reason.
    pub left_out: Vec<(String, Refusal)>,
}

impl<S: Store> Office<S> {
    /// Invites one member who holds a mandate now, or one of staff, for whom the roster has no mandate at
    /// any time. Codes given out before still work: their letters may be on the way. The first that is
    /// used ends the others.
    ///
    /// # Errors
    /// `member.unknown`, `mandate.not_sitting`, `credential.already_issued`.
    pub fn invite(
        &mut self,
        member: &str,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Invited, Refusal> {
        let record = self.member(member)?;
        if self.is_staff(member)? {
            return self.invite_each(vec![record], false, now, rng);
        }
        let mandate = self.sitting_mandate(member, now)?;
        self.would_issue(&record, &mandate, now)?;
        if let Some(live) = self.live_credential(member, &mandate.id, now)? {
            let message = format!("{member} has credential {} already", live.id);
            return Err(
                Refusal::new(OfficeCode::CredentialAlreadyIssued, message).hint(format!(
                    "for another device: mandate-issuer enrol reinvite {member}"
                )),
            );
        }
        self.invite_each(vec![record], false, now, rng)
    }

    /// Invites a member again, for another key: after a lost device, before `credential replace`. Codes
    /// given out before no longer work.
    ///
    /// # Errors
    /// `member.unknown`, `mandate.not_sitting`.
    pub fn reinvite(
        &mut self,
        member: &str,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Invited, Refusal> {
        let record = self.member(member)?;
        if !self.is_staff(member)? {
            let mandate = self.sitting_mandate(member, now)?;
            self.would_issue(&record, &mandate, now)?;
        }
        self.invite_each(vec![record], true, now, rng)
    }

    /// Invites everybody to whom a mandate could be issued now and has not been.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be used.
    pub fn invite_all(
        &mut self,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Invited, Refusal> {
        let (mut wanting, mut left_out) = (Vec::new(), Vec::new());
        for member in self.sitting_members(now)? {
            let mandate = self.sitting_mandate(&member, now)?;
            let record = self.member(&member)?;
            if self.live_credential(&member, &mandate.id, now)?.is_some() {
                continue;
            }
            match self.would_issue(&record, &mandate, now) {
                Ok(()) => wanting.push(record),
                Err(refusal) => left_out.push((member, refusal)),
            }
        }
        let mut invited = self.invite_each(wanting, false, now, rng)?;
        invited.left_out = left_out;
        Ok(invited)
    }

    fn is_staff(&self, member: &str) -> Result<bool, Refusal> {
        Ok(self.mandates_of(member)?.is_empty())
    }

    /// Takes a member's open codes back.
    ///
    /// # Errors
    /// `enrolment.code_unknown` when there is none.
    pub fn cancel_invitation(&mut self, member: &str, now: Instant) -> Result<(), Refusal> {
        let mut change = Change::default();
        let mut holdings = self.holdings(member)?;
        if self.cancel_open(&mut holdings, now, &mut change)? == 0 {
            let message = format!("{member} has no open code");
            return Err(Refusal::new(OfficeCode::EnrolmentCodeUnknown, message)
                .hint("see: mandate-issuer enrol list"));
        }
        change.batch.put(Family::Holdings, member, &holdings)?;
        change.note("enrolment.cancelled", json!({ "member": member }));
        self.commit(now, change)
    }

    fn invite_each(
        &mut self,
        members: Vec<Member>,
        replace: bool,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Invited, Refusal> {
        let expires = now.timestamp().checked_add(LIFETIME);
        let expires = expires.map_err(|_| {
            Refusal::new(
                OfficeCode::InstantInvalid,
                "the clock is beyond the calendar",
            )
        })?;
        let expires = Instant::floor(expires);
        let mut invited = Invited::default();
        let mut change = Change::default();
        for member in members {
            let mut holdings = self.holdings(&member.id)?;
            if replace {
                invited.replaced += self.cancel_open(&mut holdings, now, &mut change)?;
            }
            let code = Code::generate(self.did(), rng);
            let key = code
                .key(self.did())
                .map_err(|error| Refusal::core(error.code(), &error))?;
            let code_key = key.public_key().to_multikey();
            let record = EnrolmentRecord {
                member: member.id.clone(),
                code_key: code_key.clone(),
                invited: now,
                expires,
                state: EnrolmentState::Open,
            };
            change.batch.put(Family::Enrolments, &code_key, &record)?;
            holdings.open_codes.push(code_key);
            change.batch.put(Family::Holdings, &member.id, &holdings)?;
            change.note("enrolment.invited", json!({ "member": member.id }));
            invited.invitations.push(Invitation {
                member: member.id,
                name: member.name.display,
                secret_code: code.secret_text(),
                expires,
                suspension_code: None,
            });
        }
        self.commit(now, change)?;
        Ok(invited)
    }

    /// Takes back every code that could still be used; returns how many there were.
    pub(super) fn cancel_open(
        &self,
        holdings: &mut Holdings,
        now: Instant,
        change: &mut Change,
    ) -> Result<usize, Refusal> {
        let mut cancelled = 0;
        for code_key in holdings.open_codes.drain(..) {
            let record = read::<EnrolmentRecord>(&self.store, Family::Enrolments, &code_key)?;
            if let Some(mut record) = record
                && record.state == EnrolmentState::Open
                && record.expires > now
            {
                record.state = EnrolmentState::Cancelled;
                change.batch.put(Family::Enrolments, &code_key, &record)?;
                cancelled += 1;
            }
        }
        Ok(cancelled)
    }

    /// Returns a member.
    ///
    /// # Errors
    /// `member.unknown`, with the ids that look alike.
    pub fn member(&self, id: &str) -> Result<Member, Refusal> {
        if let Some(member) = read(&self.store, Family::Members, id)? {
            return Ok(member);
        }
        let wanted = id.to_lowercase();
        let mut near = Vec::new();
        read_all(&self.store, Family::Members, |member: Member| {
            let name = member.name.display.to_lowercase();
            if near.len() < 3 && (member.id.to_lowercase() == wanted || name.contains(&wanted)) {
                near.push(format!("{} ({})", member.id, member.name.display));
            }
            Ok(())
        })?;
        let refusal = Refusal::new(
            OfficeCode::MemberUnknown,
            format!("no member has the id {id}"),
        );
        Err(if near.is_empty() {
            refusal.hint("see the ids with: mandate-issuer roster list")
        } else {
            refusal.hint(format!("did you mean {}?", near.join(" or ")))
        })
    }

    /// Returns what a member has.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be read.
    pub fn holdings(&self, member: &str) -> Result<Holdings, Refusal> {
        Ok(read(&self.store, Family::Holdings, member)?.unwrap_or_default())
    }

    /// Returns the mandate that a member holds now; of several the latest.
    ///
    /// # Errors
    /// `mandate.not_sitting` when there is none.
    pub fn sitting_mandate(&self, member: &str, now: Instant) -> Result<Mandate, Refusal> {
        let mut found: Option<Mandate> = None;
        for mandate in self.mandates_of(member)? {
            let term: Option<Term> = read(&self.store, Family::Terms, &mandate.term)?;
            let sits = mandate.sits_at(term.as_ref(), &self.zone, now.timestamp());
            let later =
                |other: &Mandate| mandate.start.begins(&self.zone) > other.start.begins(&self.zone);
            if sits && found.as_ref().is_none_or(later) {
                found = Some(mandate);
            }
        }
        found.ok_or_else(|| {
            let message = format!("{member} holds no mandate at {now}");
            Refusal::new(OfficeCode::MandateNotSitting, message)
                .hint(format!("see: mandate-issuer mandate show {member}"))
        })
    }

    /// Returns the mandates of a member, in the order of their ids.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be read.
    pub fn mandates_of(&self, member: &str) -> Result<Vec<Mandate>, Refusal> {
        let ids: Vec<String> =
            read(&self.store, Family::Meta, &mandates_key(member))?.unwrap_or_default();
        let mut mandates = Vec::with_capacity(ids.len());
        for id in ids {
            mandates.extend(read::<Mandate>(&self.store, Family::Mandates, &id)?);
        }
        Ok(mandates)
    }

    /// Returns the ids of the members who hold a mandate now.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be read.
    pub fn sitting_members(&self, now: Instant) -> Result<Vec<String>, Refusal> {
        let register = self.register()?;
        let mut members: Vec<String> = register
            .sitting(&self.zone, now.timestamp())
            .map(|mandate| mandate.member.clone())
            .collect();
        members.sort();
        members.dedup();
        Ok(members)
    }

    /// Returns a member's credential of this very mandate that was neither revoked nor has expired; one
    /// of an earlier term does not keep a member who was elected again from a new one.
    pub(crate) fn live_credential(
        &self,
        member: &str,
        mandate: &str,
        now: Instant,
    ) -> Result<Option<CredentialRecord>, Refusal> {
        for id in self.holdings(member)?.credentials.iter().rev() {
            let record = read::<CredentialRecord>(&self.store, Family::Credentials, id)?;
            if let Some(record) = record
                && record.kind == "MemberMandate"
                && record.mandate.as_deref() == Some(mandate)
                && !record.is_revoked(now)
                && record.valid_until > now
            {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }
}

/// The key under which the ids of a member's mandates stand in `meta`.
pub(super) fn mandates_key(member: &str) -> String {
    format!("mandates-of/{member}")
}
