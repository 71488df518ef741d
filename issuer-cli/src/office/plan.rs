//! Deciding on an order: what would be issued, or why nothing is. Nothing is changed here.

use identity_core::{
    credential::{Draft, Kind},
    did::Did,
    encoding::base64url,
    enrolment::{Enrolment, EnrolmentError},
    key::PublicKey,
    status::Instant,
};
use jiff::SignedDuration;
use rand_core::CryptoRng;

use super::{
    Copy, CredentialRecord, EnrolmentRecord, EnrolmentState, Handed, IssueOrder, Office,
    OfficeCode, Refusal,
    claims::{claims_digest, mandate_claims},
};
use crate::{
    records::Mandate,
    store::{Family, Store, read},
};

/// An order that may be carried out: everything but the slot and the signature is settled.
pub(super) struct Ready {
    pub(super) member: String,
    pub(super) mandate: Option<Mandate>,
    pub(super) enrolment: EnrolmentRecord,
    pub(super) holder: PublicKey,
    pub(super) copy: Copy,
    pub(super) draft: Draft,
    pub(super) supersedes: Vec<CredentialRecord>,
}

pub(super) enum Plan {
    Ready(Box<Ready>),
    Before(Box<Handed>),
}

/// Reads an enrolment; what it proves, it proves for this issuer.
pub(super) fn open(
    order: &IssueOrder,
    did: &Did,
    now: Instant,
) -> Result<Enrolment, EnrolmentError> {
    Enrolment::open(&order.enrolment, did, now.timestamp())
}

impl<S: Store> Office<S> {
    /// Decides on an order without changing anything.
    pub(super) fn plan(
        &self,
        order: &IssueOrder,
        proof: &Result<Enrolment, EnrolmentError>,
        replace: bool,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Plan, Refusal> {
        let proof = proof.as_ref().map_err(|error| {
            Refusal::core(error.code(), error)
                .hint("ask the member to make the enrolment again: mandate-wallet enrol")
        })?;
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
            if earlier.holder != holder && !earlier.is_revoked(now) {
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
            .fits()
            .map_err(|error| Refusal::core(error.code(), &error))?;
        Ok(Plan::Ready(Box::new(Ready {
            member: member.id,
            mandate,
            enrolment: record,
            holder: proof.holder.clone(),
            copy,
            draft,
            supersedes,
        })))
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
}
