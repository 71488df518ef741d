//! Delegations: what units of the house may issue of what the parliament may.
//!
//! A delegation is a credential of its own; it goes out in the bundle, and whoever verifies a unit's
//! credential reads it there. How far the parliament may delegate, its accreditor says, and verifiers hold
//! each delegation against that.

use identity_core::{
    did::Relationship,
    encoding::{
        jcs,
        strict_json::{Object, Value},
    },
    key::Signer as _,
    proof::data_integrity::{self, Cryptosuite, ProofOptions},
    status::Instant,
    trust::{
        PublishedDelegation,
        accreditation::{Delegation, DelegationDraft, statement},
    },
    verify::Budget,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::{Change, Office, OfficeCode, Officers, Refusal, action::digest_text};
use crate::{
    accreditor::{AccreditorCode, hex, merge_proofs},
    keys::KeyHandle,
    store::{Family, Store, read},
};

pub(super) const DELEGATIONS: &str = "delegations";

/// A delegation as the store has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "a record of the store")]
pub struct DelegationRecord {
    /// Its id: it depends on what it says and not on who signed it.
    pub id: String,
    /// The signed credential.
    pub credential: Json,
    /// From when it is over, before its own end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Instant>,
}

impl DelegationRecord {
    /// Returns what it says.
    ///
    /// # Errors
    /// `accreditation.malformed`.
    pub fn draft(&self) -> Result<DelegationDraft, Refusal> {
        DelegationDraft::read(&object(&self.credential)?)
            .map_err(|error| Refusal::core(error.code(), &error))
    }
}

impl<S: Store> Office<S> {
    /// Returns the delegations there are and were.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be read.
    pub fn delegations(&self) -> Result<Vec<DelegationRecord>, Refusal> {
        Ok(read(&self.store, Family::Meta, DELEGATIONS)?.unwrap_or_default())
    }

    /// Returns the officer policy that a delegation is to be signed under; 0 where there are no officers.
    pub fn delegates_under(&self) -> u64 {
        self.officers.as_ref().map_or(0, |o| o.policy().version())
    }

    /// Returns how many officers have to sign a delegation: one draws it up and others approve. 0 where the
    /// issuing key signs.
    pub fn delegation_signers(&self) -> usize {
        self.officers.as_ref().map_or(0, |o| o.approvals() + 1)
    }

    /// Adds the signature of the officer who acts to a delegation.
    ///
    /// # Errors
    /// `officer.needed`; `accreditation.malformed`.
    pub fn sign_delegation(
        &self,
        document: Object<'static>,
        now: Instant,
    ) -> Result<Object<'static>, Refusal> {
        self.own(&document)?;
        let (_, keys) = self.acting()?;
        statement::sign(document, &keys.signing, now.timestamp())
            .map_err(|error| Refusal::core(error.code(), &error))
    }

    /// Records a delegation: signed now with the issuing key, or before by officers, in one copy or in
    /// several. Where the issuing key signs, other signatures are taken away.
    ///
    /// # Errors
    /// `delegation.recorded_already`, `accreditation.foreign` for another parliament's, `instant.invalid`
    /// when its time is over, `approval.policy_version`, `accreditor.copies_differ`, and why its signatures are refused.
    pub fn delegate(
        &mut self,
        copies: Vec<Object<'static>>,
        key: Option<&KeyHandle>,
        now: Instant,
    ) -> Result<DelegationRecord, Refusal> {
        let mut document = merge(copies)?;
        let draft = self.own(&document)?;
        if draft.until <= now {
            return Err(Refusal::new(
                OfficeCode::InstantInvalid,
                format!("the delegation is over since {}", draft.until),
            )
            .hint("draw it up anew: mandate-issuer delegation prepare"));
        }
        if let Some(key) = key {
            document.remove("proof");
            let suite = Cryptosuite::jcs(key.public_key().algorithm());
            let method = self.method_of(key.public_key())?;
            let purpose = Relationship::AssertionMethod;
            let options = ProofOptions::new(suite, method, purpose, now.timestamp());
            document = data_integrity::sign(document, &options, key)
                .map_err(|error| Refusal::core(error.code(), &error))?;
        }
        self.verify_delegation(&document)?;
        if draft.policy_version != self.delegates_under() {
            // Officers who were fewer then, or who left, could go on as if it were yesterday.
            return Err(Refusal {
                code: identity_core::Code::ApprovalPolicyVersion.as_str(),
                message: format!(
                    "the delegation is signed under officer policy {}; {} is in force",
                    draft.policy_version,
                    self.delegates_under()
                ),
                hint: Some("draw it up anew: mandate-issuer delegation prepare".to_owned()),
            });
        }
        let record = DelegationRecord {
            id: id(&document)?,
            credential: Value::Object(document).to_serde(),
            ended: None,
        };
        let mut all = self.delegations()?;
        if all.iter().any(|other| other.id == record.id) {
            return Err(Refusal::new(
                OfficeCode::DelegationRecordedAlready,
                "the delegation is recorded already",
            )
            .hint("they are listed by: mandate-issuer delegation list"));
        }
        all.push(record.clone());
        let mut change = Change::default();
        change.batch.put(Family::Meta, DELEGATIONS, &all)?;
        change.note(
            "delegation.added",
            json!({
                "delegation": record.id,
                "unit": draft.unit,
                "until": draft.until,
                "digest": digest_text(&record.credential)?,
            }),
        );
        self.commit(now, change)?;
        Ok(record)
    }

    /// Ends a delegation before its own end. What the unit issued before stays good.
    ///
    /// # Errors
    /// `delegation.unknown`; `instant.invalid` when it is over by then, or `at` lies before now: what was
    /// issued cannot be taken back so.
    pub fn end_delegation(
        &mut self,
        id: &str,
        at: Instant,
        now: Instant,
    ) -> Result<DelegationRecord, Refusal> {
        let (change, record) = self.plan_end_delegation(id, at, now)?;
        self.commit(now, change)?;
        Ok(record)
    }

    pub(super) fn plan_end_delegation(
        &self,
        id: &str,
        at: Instant,
        now: Instant,
    ) -> Result<(Change, DelegationRecord), Refusal> {
        let mut all = self.delegations()?;
        let found = all.iter_mut().find(|record| record.id == id);
        let record = found.ok_or_else(|| {
            Refusal::new(
                OfficeCode::DelegationUnknown,
                format!("there is no delegation of id {id}"),
            )
            .hint("they are listed by: mandate-issuer delegation list")
        })?;
        let end = record.ended.map_or(record.draft()?.until, |ended| ended);
        if at < now || at >= end {
            return Err(Refusal::new(
                OfficeCode::InstantInvalid,
                format!("it can end between now and {end}"),
            )
            .hint("leave --at out to end it now"));
        }
        record.ended = Some(at);
        let record = record.clone();
        let mut change = Change::default();
        change.batch.put(Family::Meta, DELEGATIONS, &all)?;
        change.note("delegation.ended", json!({ "delegation": id, "at": at }));
        Ok((change, record))
    }

    /// Reads a delegation, which has to be of this house.
    fn own(&self, document: &Object<'_>) -> Result<DelegationDraft, Refusal> {
        let draft =
            DelegationDraft::read(document).map_err(|error| Refusal::core(error.code(), &error))?;
        if draft.parliament == *self.did() {
            return Ok(draft);
        }
        let code = identity_core::Code::AccreditationForeign;
        let message = format!("the delegation is that of {}", draft.parliament);
        Err(Refusal {
            code: code.as_str(),
            message,
            hint: Some("draw it up in this home: mandate-issuer delegation prepare".to_owned()),
        })
    }

    /// Returns what goes into the bundle, and the ids of those that cannot, since they count for nobody any more:
    /// officers came since, whose say it is.
    pub(super) fn published_delegations(
        &self,
    ) -> Result<(Vec<PublishedDelegation>, Vec<String>), Refusal> {
        let (mut published, mut left_out) = (Vec::new(), Vec::new());
        for record in self.delegations()? {
            if self.verify_delegation(&object(&record.credential)?).is_ok() {
                published.push(PublishedDelegation {
                    credential: record.credential,
                    ended: record.ended,
                });
            } else {
                left_out.push(record.id);
            }
        }
        Ok((published, left_out))
    }

    fn verify_delegation(&self, document: &Object<'_>) -> Result<(), Refusal> {
        let did = self.did();
        let history = self.log()?.map(crate::did::DidLog::history);
        let budget = &mut Budget::presentation();
        let chain = self.officers.as_ref().map(Officers::chain);
        let verified = Delegation::verify(document, did, (chain, history), None, budget);
        verified
            .map(|_| ())
            .map_err(|error| Refusal::core(error.code(), &error))
    }
}

/// Puts the signatures of several copies together.
fn merge(copies: Vec<Object<'static>>) -> Result<Object<'static>, Refusal> {
    let mut ids = copies.iter().map(id).collect::<Result<Vec<_>, _>>()?;
    ids.dedup();
    if ids.len() != 1 {
        return Err(Refusal {
            code: AccreditorCode::AccreditorCopiesDiffer.as_str(),
            message: "the files are not copies of one delegation".to_owned(),
            hint: Some("hand in copies of one that was drawn up once".to_owned()),
        });
    }
    Ok(merge_proofs(copies))
}

/// Returns the id of a delegation, whoever signed it.
///
/// # Errors
/// `accreditation.malformed`.
pub fn id(document: &Object<'_>) -> Result<String, Refusal> {
    let bytes = jcs::canonicalize_object(document, Some("proof"))
        .map_err(|error| Refusal::core(identity_core::Code::AccreditationMalformed, &error))?;
    Ok(hex(&Sha256::digest(&bytes)[..8]))
}

fn object(json: &Json) -> Result<Object<'static>, Refusal> {
    match Value::from_serde(json) {
        Value::Object(object) => Ok(object),
        _ => Err(Refusal::core(
            identity_core::Code::AccreditationMalformed,
            &"a delegation is no object",
        )),
    }
}
