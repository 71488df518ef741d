//! Suspending, reinstating and revoking single credentials.

use std::collections::BTreeMap;

use identity_core::status::{DecisionDigest, Instant};
use serde_json::json;

use super::{
    Change, CredentialRecord, Office, OfficeCode, Reason, Refusal, RevocationRecord,
    SuspensionRecord,
};
use crate::{
    records::Mandate,
    store::{Family, Store, read, read_all},
};

impl<S: Store> Office<S> {
    /// Returns a credential.
    ///
    /// # Errors
    /// `credential.unknown`.
    pub fn credential(&self, id: &str) -> Result<CredentialRecord, Refusal> {
        read(&self.store, Family::Credentials, id)?.ok_or_else(|| {
            let message = format!("no credential has the id {id}");
            Refusal::new(OfficeCode::CredentialUnknown, message)
                .hint("see the ids with: mandate-issuer credential list")
        })
    }

    /// Returns the credentials that go on though their mandate is over by a roster that was imported
    /// after they were issued, with the member and since when: verifiers learn of it by `mandate end`.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be read.
    pub fn outliving(&self, now: Instant) -> Result<Vec<(CredentialRecord, Instant)>, Refusal> {
        let mut over: BTreeMap<String, Instant> = BTreeMap::new();
        read_all(&self.store, Family::Mandates, |mandate: Mandate| {
            let end = mandate.end.map(|end| Instant::floor(end.ends(&self.zone)));
            if let Some(end) = end.filter(|end| *end <= now) {
                over.insert(mandate.id, end);
            }
            Ok(())
        })?;
        let mut outliving = Vec::new();
        read_all(
            &self.store,
            Family::Credentials,
            |record: CredentialRecord| {
                let end = record.mandate.as_ref().and_then(|id| over.get(id)).copied();
                if let Some(end) = end
                    && record.valid_until > now
                    && !record.is_revoked(now)
                {
                    outliving.push((record, end));
                }
                Ok(())
            },
        )?;
        Ok(outliving)
    }

    /// Suspends a credential from now on.
    ///
    /// # Errors
    /// `credential.unknown`, `credential.state` when it is revoked or suspended already.
    pub fn suspend(&mut self, id: &str, now: Instant) -> Result<CredentialRecord, Refusal> {
        let mut record = self.credential(id)?;
        Self::refuse_revoked(&record, now)?;
        if record.is_suspended(now) {
            return Err(Refusal::new(
                OfficeCode::CredentialState,
                format!("credential {id} is suspended already"),
            )
            .hint(format!(
                "to lift it: mandate-issuer credential reinstate {id}"
            )));
        }
        record.suspensions.push(SuspensionRecord {
            from: now,
            to: None,
        });
        self.write_credential(record, "credential.suspended", json!({}), now)
    }

    /// Lifts a suspension from now on.
    ///
    /// # Errors
    /// `credential.unknown`, `credential.state` when it is not suspended.
    pub fn reinstate(&mut self, id: &str, now: Instant) -> Result<CredentialRecord, Refusal> {
        let mut record = self.credential(id)?;
        Self::refuse_revoked(&record, now)?;
        let open = record.suspensions.iter_mut().find(|s| s.to.is_none());
        let Some(open) = open else {
            let message = format!("credential {id} is not suspended");
            return Err(Refusal::new(OfficeCode::CredentialState, message)
                .hint(format!("see: mandate-issuer credential show {id}")));
        };
        open.to = Some(now);
        self.write_credential(record, "credential.reinstated", json!({}), now)
    }

    /// Revokes a credential, from an instant on; the mandate itself stays. A revocation that lies ahead
    /// may be brought forward, and one for another reason may turn out to be a stolen key.
    ///
    /// # Errors
    /// `credential.unknown`, `credential.state` when it is revoked at that instant already.
    pub fn revoke(
        &mut self,
        id: &str,
        effective: Instant,
        why: (Reason, Option<DecisionDigest>),
        now: Instant,
    ) -> Result<CredentialRecord, Refusal> {
        let record = self.plan_revoke(id, effective, why, now)?;
        let body = json!({
            "effective": effective.to_string(),
            "reason": why.0.as_str(),
            "decision": why.1,
        });
        self.write_credential(record, "credential.revoked", body, now)
    }

    /// Returns the credential as it will be once it is revoked.
    pub(super) fn plan_revoke(
        &self,
        id: &str,
        effective: Instant,
        (reason, decision): (Reason, Option<DecisionDigest>),
        now: Instant,
    ) -> Result<CredentialRecord, Refusal> {
        let mut record = self.credential(id)?;
        self.allow_revocation(reason, decision, now)?;
        let revocation = RevocationRecord {
            effective,
            reason,
            decision,
            recorded: now,
            published: None,
        };
        if !record.revoke(revocation) {
            return Err(revoked(&record));
        }
        Ok(record)
    }

    fn refuse_revoked(record: &CredentialRecord, at: Instant) -> Result<(), Refusal> {
        if record.is_revoked(at) {
            return Err(revoked(record));
        }
        Ok(())
    }

    fn write_credential(
        &mut self,
        record: CredentialRecord,
        kind: &'static str,
        mut body: serde_json::Value,
        now: Instant,
    ) -> Result<CredentialRecord, Refusal> {
        body["credential"] = record.id.as_str().into();
        let mut change = Change::default();
        change.batch.put(Family::Credentials, &record.id, &record)?;
        change.note(kind, body);
        self.commit(now, change)?;
        Ok(record)
    }
}

fn revoked(record: &CredentialRecord) -> Refusal {
    let message = format!("credential {} is revoked, which is for good", record.id);
    Refusal::new(OfficeCode::CredentialState, message).hint(format!(
        "for a new one: mandate-issuer enrol reinvite {}",
        record.member
    ))
}
