//! Making officers while no approvals are needed: the first one, and the second by the first.

use std::collections::BTreeSet;

use identity_core::{
    key::{SecretKey, Signer},
    status::Instant,
    trust::officers as policies,
};
use rand_core::CryptoRng;

use super::{
    Actor, Change, Office, OfficeCode, Officers, Refusal,
    approve::change_entry,
    officers::{OFFICERS, OfficersRecord, check_size, text},
    pending::{none, sign_policy},
};
use crate::{
    officers::{OfficerCard, OfficerKeys},
    store::{Family, Store},
};

impl<S: Store> Office<S> {
    /// Makes the first officer, who acts from then on. `control` is the key that controls the DID.
    ///
    /// # Errors
    /// `officer.exists` when there is one; `policy.*` when the key does not control the DID.
    pub fn appoint_first(
        &mut self,
        card: OfficerCard,
        keys: OfficerKeys,
        control: &impl Signer,
        now: Instant,
    ) -> Result<(), Refusal> {
        if self.officers.is_some() {
            return Err(exists("this office has officers already"));
        }
        let draft = self.next_policy(core::slice::from_ref(&card), 1, now);
        let signed = sign_policy(&draft, &keys.signing, now)?;
        let signed = policies::sign(signed, control, now.timestamp())
            .map_err(|error| Refusal::core(error.code(), &error))?;
        let id = card.id.clone();
        let record = OfficersRecord {
            policies: vec![text(&signed)?],
            cards: vec![card],
            shared: None,
            was_alone: true,
            next: None,
        };
        let officers = Officers::verify(record, &self.profile, self.log.as_ref())?;
        let mut change = Change::default();
        change.batch.put(Family::Meta, OFFICERS, &officers.record)?;
        change.note("officers.changed", change_entry(&officers));
        self.officers = Some(officers);
        let acts = self.act_as(Actor::Officer {
            id,
            keys: Box::new(keys),
        });
        let written = acts.and_then(|()| self.commit(now, change));
        if written.is_err() {
            self.officers = None;
        }
        written
    }

    /// Makes the second officer: the only one there is may still do so alone. From then on no single
    /// passphrase opens the issuing secret.
    ///
    /// # Errors
    /// `approval.needed` when there are two and more; `officer.*`.
    pub fn appoint_second(
        &mut self,
        (card, own): (OfficerCard, Option<&SecretKey>),
        secret: &[u8],
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Refusal> {
        let officers = self.officers.as_ref().ok_or_else(none)?;
        if officers.approvals() > 0 {
            return Err(Refusal::new(
                OfficeCode::ApprovalNeeded,
                "with two officers and more a change of officers takes approvals",
            ));
        }
        let cards = self.with_officer(card)?;
        let (_, keys) = self.acting()?;
        let mut policy = sign_policy(&self.next_policy(&cards, 1, now), &keys.signing, now)?;
        if let Some(own) = own {
            policy = policies::sign(policy, own, now.timestamp())
                .map_err(|error| Refusal::core(error.code(), &error))?;
        }
        let after = self.after_change((&policy, now), (cards, 1), Some(secret), rng)?;
        let mut change = Change::default();
        change.batch.put(Family::Meta, OFFICERS, &after.record)?;
        change.note("officers.changed", change_entry(&after));
        self.commit(now, change)?;
        self.officers = Some(after);
        Ok(())
    }

    /// Returns the cards of the officers in force with one more.
    ///
    /// # Errors
    /// `officer.exists`, `officer.card`, `officer.threshold` when there are too many.
    pub fn with_officer(&self, card: OfficerCard) -> Result<Vec<OfficerCard>, Refusal> {
        card.check()?;
        let mut cards = self
            .officers
            .as_ref()
            .map(Officers::cards)
            .unwrap_or_default();
        let taken = self.officer_ids().contains(&card.id);
        let same =
            |other: &OfficerCard| other.did == card.did || other.sealing_key == card.sealing_key;
        if taken || cards.iter().any(same) {
            let message = format!(
                "there is or was an officer {}, or one with that key, already",
                card.id
            );
            return Err(exists(&message));
        }
        cards.push(card);
        check_size(cards.len(), 1)?;
        Ok(cards)
    }

    /// Returns the cards of the officers in force without one.
    ///
    /// # Errors
    /// `officer.unknown`; `officer.threshold` when fewer than two would be left: who acts alone is what
    /// officers are there to end.
    pub fn without_officer(&self, id: &str) -> Result<Vec<OfficerCard>, Refusal> {
        let officers = self.officers.as_ref().ok_or_else(none)?;
        officers.card(id)?;
        let mut cards = officers.cards();
        cards.retain(|card| card.id != id);
        if cards.len() < 2 {
            let message = format!("without {id} there would be fewer than two officers");
            return Err(Refusal::new(OfficeCode::OfficerThreshold, message)
                .hint("add another officer first: mandate-issuer officer add ID"));
        }
        Ok(cards)
    }

    /// Returns the ids of the officers, now and ever, so that no id is given to another person.
    pub fn officer_ids(&self) -> BTreeSet<String> {
        let chain = self
            .officers
            .iter()
            .flat_map(|officers| officers.chain().versions());
        chain
            .flat_map(|policy| policy.officers().iter().map(|officer| officer.id.clone()))
            .collect()
    }
}

fn exists(message: &str) -> Refusal {
    Refusal::new(OfficeCode::OfficerExists, message)
        .hint("see them with: mandate-issuer officer list")
}
