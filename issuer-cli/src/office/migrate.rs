//! Leaving a trial's did:key: the register is taken over by the office of the new DID, which issues anew
//! what the old one has issued, to the same keys and with the same claims.

use std::collections::{BTreeMap, BTreeSet};

use identity_core::{
    credential::{Draft, Kind, Securing, based_on},
    encoding::{base64url, strict_json::Object},
    key::Signer,
    presentation::unverified_envelope,
    status::Instant,
};
use rand_core::CryptoRng;
use serde_json::json;

use super::{
    Change, Copy, CredentialRecord, EnrolmentRecord, EnrolmentState, Handed, Office, OfficeCode,
    Refusal, plan::Ready, register::starts,
};
use crate::{
    records::Mandate,
    store::{Family, Store, StoreError, read, read_all, verify},
};

/// A credential that was issued anew.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reissued {
    /// The id of the old one.
    pub old: String,
    /// The new one.
    pub handed: Handed,
}

/// What tells a credential and its new one apart from all others.
type Identity = (String, Option<String>, String, String, String);

fn identity(record: &CredentialRecord) -> Identity {
    (
        record.member.clone(),
        record.mandate.clone(),
        record.kind.clone(),
        record.securing.clone(),
        record.holder.clone(),
    )
}

impl<S: Store> Office<S> {
    /// Tells whether no register was taken over yet.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be used.
    pub fn has_no_register(&self) -> Result<bool, Refusal> {
        let mut is_empty = true;
        self.store.visit(Family::Members, &mut |_, _| {
            is_empty = false;
            Ok(())
        })?;
        Ok(is_empty)
    }

    /// Takes over members, mandates and terms, and what the journal tells of their ends.
    ///
    /// # Errors
    /// [`Refusal`] when a store cannot be used.
    pub fn take_register<T: Store>(
        &mut self,
        from: &Office<T>,
        now: Instant,
    ) -> Result<(), Refusal> {
        let mut change = Change::default();
        for family in [Family::Members, Family::Mandates, Family::Terms] {
            from.store.visit(family, &mut |key, value| {
                change.batch.put_bytes(family, key, value.to_vec());
                Ok(())
            })?;
        }
        // Nothing is taken over from a journal that was tampered with.
        verify(&from.store, None, |entry| {
            let told = ["mandate.ended", "term.ended", "term.reinstated"];
            if let Some(kind) = told.into_iter().find(|kind| *kind == entry.kind) {
                let at = entry.at.parse().map_err(StoreError::failed)?;
                let mut body = entry.body.clone();
                // Its credentials and approvals stay with the other office: nothing here has a record of them.
                if let Some(body) = body.as_object_mut() {
                    body.remove("approval");
                    if kind == "mandate.ended" {
                        body.insert("credentials".to_owned(), json!([]));
                    }
                }
                change.note_at(at, kind, body);
            }
            Ok(())
        })?;
        let terms = starts(from.register()?.terms.values());
        change.note(
            "register.taken_over",
            json!({ "from": from.did(), "terms": terms }),
        );
        self.commit(now, change)
    }

    /// Issues anew what the other office has issued and what is neither revoked nor over; what was issued
    /// anew before is handed out again.
    ///
    /// # Errors
    /// [`Refusal`] when a store cannot be used, or the key is not the one that the DID names.
    pub fn reissue<T: Store>(
        &mut self,
        from: &Office<T>,
        key: &(impl Signer + Sync),
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Reissued>, Refusal> {
        let mut old: Vec<CredentialRecord> = Vec::new();
        read_all(
            &from.store,
            Family::Credentials,
            |record: CredentialRecord| {
                if !record.is_revoked(now) && record.valid_until > now {
                    old.push(record);
                }
                Ok(())
            },
        )?;
        let mut known: BTreeMap<Identity, CredentialRecord> = BTreeMap::new();
        read_all(
            &self.store,
            Family::Credentials,
            |record: CredentialRecord| {
                known.insert(identity(&record), record);
                Ok(())
            },
        )?;
        let mut done = Vec::new();
        let mut todo = Vec::new();
        for record in old {
            match known.get(&identity(&record)) {
                Some(new) => done.push(Reissued {
                    old: record.id,
                    handed: Handed {
                        member: record.member,
                        credential: new.clone(),
                        is_new: false,
                    },
                }),
                None => todo.push(record),
            }
        }
        let codes = used_codes(from)?;
        let mut mandates_of: BTreeMap<(String, String), String> = BTreeMap::new();
        for record in known.values().filter(|record| is_shown_mandate(record)) {
            let whose = (record.member.clone(), record.holder.clone());
            mandates_of.insert(whose, record.text.clone());
        }
        // Mandates first: the others rest on them.
        let (mandates, others): (Vec<_>, Vec<_>) = todo
            .into_iter()
            .partition(|record| record.kind == Kind::MemberMandate.as_str());
        for mut rest in [mandates, others] {
            while !rest.is_empty() {
                let mut taken = BTreeSet::new();
                let (mut group, mut later) = (Vec::new(), Vec::new());
                for record in rest {
                    // Two of one code are recorded one after the other, for one record keeps both.
                    let code = codes.get(&record.id).ok_or_else(|| no_code(&record.id))?;
                    if taken.insert(code.code_key.clone()) {
                        group.push((record, self.enrolment_again(code)?));
                    } else {
                        later.push(record);
                    }
                }
                rest = later;
                let reissued = self.reissue_group(group, &mandates_of, (key, now), rng)?;
                for one in &reissued {
                    let record = &one.handed.credential;
                    if is_shown_mandate(record) {
                        let whose = (record.member.clone(), record.holder.clone());
                        mandates_of.insert(whose, record.text.clone());
                    }
                }
                done.extend(reissued);
            }
        }
        Ok(done)
    }

    fn reissue_group(
        &mut self,
        group: Vec<(CredentialRecord, EnrolmentRecord)>,
        mandates: &BTreeMap<(String, String), String>,
        (key, now): (&(impl Signer + Sync), Instant),
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Reissued>, Refusal> {
        let mut ready = Vec::with_capacity(group.len());
        let mut old = Vec::with_capacity(group.len());
        for (record, enrolment) in group {
            ready.push(self.again(&record, enrolment, mandates, now, rng)?);
            old.push(record);
        }
        let handed = self.carry_out(ready, key, now, rng)?;
        let mut done = Vec::with_capacity(handed.len());
        for (record, mut handed) in old.into_iter().zip(handed) {
            if record.is_suspended(now) {
                handed.credential = self.suspend(&handed.credential.id, now)?;
            }
            done.push(Reissued {
                old: record.id,
                handed,
            });
        }
        Ok(done)
    }

    /// Plans the same credential under this office's DID.
    fn again(
        &self,
        record: &CredentialRecord,
        enrolment: EnrolmentRecord,
        mandates: &BTreeMap<(String, String), String>,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Ready, Refusal> {
        let envelope = unverified_envelope(&record.text)
            .map_err(|error| Refusal::core(error.code(), &error))?;
        let securing = if record.securing == "data-integrity" {
            Securing::DataIntegrity
        } else {
            Securing::SdJwt
        };
        let kind = envelope.kind;
        let mut claims = Object::default();
        for spec in kind.claims() {
            if let Some(value) = envelope.claims.get(spec.name) {
                claims.insert(spec.name, value.clone());
            }
        }
        if claims.get("basedOn").is_some() {
            let whose = (record.member.clone(), record.holder.clone());
            let mandate = mandates.get(&whose).ok_or_else(|| {
                let message = format!("the mandate of {} was not issued anew", record.member);
                Refusal::new(OfficeCode::CredentialState, message)
            })?;
            let jwt = mandate.split('~').next().unwrap_or_default();
            claims.insert("basedOn", based_on(jwt, rng));
        }
        let mandate: Option<Mandate> = match &record.mandate {
            Some(id) => read(&self.store, Family::Mandates, id)?,
            None => None,
        };
        let text = |name: &str| {
            let text = envelope.claims.get(name).and_then(|value| value.as_str());
            text.map(str::to_owned)
        };
        let draft = Draft {
            kind,
            securing,
            method: self.method()?,
            holder: envelope.holder.clone(),
            chamber: text("chamber").unwrap_or_else(|| self.profile.chamber.clone()),
            country: text("country").unwrap_or_else(|| self.profile.country.clone()),
            term: envelope.term.clone(),
            issued_at: now.timestamp(),
            valid_from: envelope.valid_from,
            valid_until: envelope.valid_until,
            slot: self.slot([0; 32], 0)?,
            claims,
            approval: None,
        };
        draft
            .fits()
            .map_err(|error| Refusal::core(error.code(), &error))?;
        let digest = match kind {
            Kind::MemberMandate => None,
            _ => Some(base64url::encode(record.id.as_bytes())),
        };
        Ok(Ready {
            member: record.member.clone(),
            mandate,
            enrolment,
            holder: envelope.holder,
            copy: Copy {
                kind,
                securing,
                claims: digest,
            },
            draft,
            supersedes: Vec::new(),
            salts: None,
        })
    }

    /// Returns the record of a code as it is kept here: one that was used for nothing yet, or for what was
    /// issued anew before.
    fn enrolment_again(&self, old: &EnrolmentRecord) -> Result<EnrolmentRecord, Refusal> {
        if let Some(known) = read(&self.store, Family::Enrolments, &old.code_key)? {
            return Ok(known);
        }
        let mut new = old.clone();
        if let EnrolmentState::Used { issued, .. } = &mut new.state {
            issued.clear();
        }
        Ok(new)
    }
}

fn is_shown_mandate(record: &CredentialRecord) -> bool {
    record.kind == Kind::MemberMandate.as_str() && record.securing == "sd-jwt"
}

fn no_code(credential: &str) -> Refusal {
    let message = format!("no code is known with which {credential} was issued");
    Refusal::new(OfficeCode::CredentialState, message)
}

/// Returns the records of the codes that were used, by the credentials issued with them.
fn used_codes<T: Store>(from: &Office<T>) -> Result<BTreeMap<String, EnrolmentRecord>, Refusal> {
    let mut codes = BTreeMap::new();
    read_all(
        &from.store,
        Family::Enrolments,
        |record: EnrolmentRecord| {
            if let EnrolmentState::Used { issued, .. } = &record.state {
                for credential in issued.values() {
                    codes.insert(credential.clone(), record.clone());
                }
            }
            Ok(())
        },
    )?;
    Ok(codes)
}
