//! Deciding on an order: what would be issued, or why nothing is. Nothing is changed here.

use std::collections::BTreeSet;

use identity_core::{
    credential::{Draft, Kind, Securing},
    did::Did,
    encoding::{base64url, strict_json::Object},
    enrolment::{Enrolment, EnrolmentError},
    key::{PublicKey, Signer as _},
    status::Instant,
};
use rand_core::CryptoRng;

use super::{
    Copy, CredentialRecord, EnrolmentRecord, EnrolmentState, Handed, IssueOrder, Office,
    OfficeCode, Reason, Refusal,
    claims::{claims_digest, mandate_claims},
    settled::Salts,
};
use crate::{
    records::{Mandate, Member},
    store::{Family, Store, read},
};

/// An order that may be carried out: everything but the signature, and often the slot, is settled.
pub(super) struct Ready {
    pub(super) member: String,
    pub(super) mandate: Option<Mandate>,
    pub(super) enrolment: EnrolmentRecord,
    pub(super) holder: PublicKey,
    pub(super) copy: Copy,
    pub(super) draft: Draft,
    pub(super) supersedes: Vec<CredentialRecord>,
    /// What its salts come from, where they and its slot were settled when it was prepared.
    pub(super) salts: Option<Salts>,
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
                for id in issued.values() {
                    if lost(&self.credential(id)?, now) {
                        let message =
                            "what this enrolment brought is revoked: nothing more comes of it";
                        return Err(Refusal::new(OfficeCode::CredentialState, message).hint(
                            format!(
                                "for a new key: mandate-issuer enrol reinvite {}",
                                record.member
                            ),
                        ));
                    }
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
        // What the same letter brought, such as a second copy of the mandate, belongs together.
        let together = match &record.state {
            EnrolmentState::Used { issued, .. } => issued.values().cloned().collect(),
            _ => BTreeSet::new(),
        };
        let mut supersedes = Vec::new();
        for id in self.holdings(&member.id)?.credentials {
            let earlier = self.credential(&id)?;
            // A replaced mandate counts no more, also where the wallet enrolled with the key it had;
            // what another key holds is gone with it.
            let is_mandate = earlier.kind == Kind::MemberMandate.as_str();
            let goes = is_mandate || earlier.holder != holder;
            if earlier.holder == holder && is_stolen(&earlier) {
                let message = "this key was reported stolen: nothing is issued to it again";
                return Err(Refusal::new(OfficeCode::CredentialState, message).hint(format!(
                    "let the member make a new wallet, and invite again: mandate-issuer enrol reinvite {}",
                    member.id
                )));
            }
            let here =
                mandate.is_some() && earlier.mandate == mandate.as_ref().map(|m| m.id.clone());
            if !replace
                && here
                && is_mandate
                && earlier.is_suspended(now)
                && !earlier.is_revoked(now)
            {
                let message = format!("the mandate's credential {} is suspended", earlier.id);
                return Err(
                    Refusal::new(OfficeCode::CredentialState, message).hint(format!(
                        "lift it first: mandate-issuer credential reinstate {}",
                        earlier.id
                    )),
                );
            }
            if goes && !together.contains(&earlier.id) && !earlier.is_revoked(now) {
                supersedes.push(earlier);
            }
        }
        let of_mandate = |c: &CredentialRecord| {
            c.kind == Kind::MemberMandate.as_str()
                && c.mandate.as_ref() == mandate.as_ref().map(|mandate| &mandate.id)
                && c.valid_until > now
        };
        // The pass on a lost device must not go on beside a new one, but has nothing to be replaced with.
        let other_pass = |c: &&CredentialRecord| {
            c.kind == Kind::StaffAccreditation.as_str() && c.holder != holder && c.valid_until > now
        };
        if let Some(pass) = supersedes.iter().find(other_pass)
            && order.kind == Kind::StaffAccreditation
        {
            let message = format!("{} is accredited with another key already", member.id);
            return Err(
                Refusal::new(OfficeCode::CredentialAlreadyIssued, message).hint(format!(
                    "if that device was lost: mandate-issuer credential revoke {} --reason superseded",
                    pass.id
                )),
            );
        }
        if !replace && order.kind == Kind::MemberMandate && supersedes.iter().any(of_mandate) {
            let message = format!("{} has a mandate's credential already", member.id);
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
        let what = (order.kind, order.securing, claims);
        let draft = self.draft(what, mandate.as_ref(), &proof.holder, now)?;
        Ok(Plan::Ready(Box::new(Ready {
            member: member.id,
            mandate,
            enrolment: record,
            holder: proof.holder.clone(),
            copy,
            draft,
            supersedes,
            salts: None,
        })))
    }

    /// Says why a mandate could not be issued to a member, whatever their key.
    pub(super) fn would_issue(
        &self,
        member: &Member,
        mandate: &Mandate,
        now: Instant,
    ) -> Result<(), Refusal> {
        let securing = Securing::SdJwt;
        let claims = mandate_claims(member, mandate, securing);
        let what = (Kind::MemberMandate, securing, claims);
        let any_key = self.keys.status.public_key();
        self.draft(what, Some(mandate), any_key, now).map(|_| ())
    }

    /// Drafts a credential; that it fits its type is settled here, so that one bad row does not hold up
    /// its group, and nobody is invited to whom nothing can be issued.
    fn draft(
        &self,
        (kind, securing, claims): (Kind, Securing, Object<'static>),
        mandate: Option<&Mandate>,
        holder: &PublicKey,
        now: Instant,
    ) -> Result<Draft, Refusal> {
        let (valid_from, valid_until) = self.validity(mandate, &claims, now)?;
        let draft = Draft {
            kind,
            securing,
            method: self.method()?,
            holder: holder.clone(),
            chamber: mandate.map_or_else(|| self.profile.chamber.clone(), |m| m.chamber.clone()),
            country: self.profile.country.clone(),
            term: mandate.map(|mandate| mandate.term.clone()),
            issued_at: now.timestamp(),
            valid_from,
            valid_until,
            slot: self.slot([0; 32], 0)?,
            claims,
            approval: None,
        };
        draft.fits().map_err(|error| {
            Refusal::core(error.code(), &error)
                .hint("correct the roster, or the claims, and try again")
        })?;
        Ok(draft)
    }
}

/// Whether the device with this credential is gone, or the credential should never have been.
fn lost(credential: &CredentialRecord, now: Instant) -> bool {
    credential.is_revoked(now)
        && credential
            .revocations
            .iter()
            .any(|r| r.reason.voids() || r.reason == Reason::Superseded)
}

fn is_stolen(credential: &CredentialRecord) -> bool {
    let mut revocations = credential.revocations.iter();
    revocations.any(|r| r.reason == Reason::Compromise)
}
