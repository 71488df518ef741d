//! Self-suspension: a second code of the letter, with which a member suspends all that is theirs.
//!
//! It works when the device is gone and no officer is in the house: no passphrase, no approval, for it can only
//! take away, and only what belongs to whoever has the code. The store keeps the public half of a key
//! derived from it, as for enrolment: a reader of the store cannot suspend anybody. What the code took away an
//! officer gives back.

use identity_core::{enrolment::Code, key::Signer as _, status::Instant};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Change, CredentialRecord, Invited, Office, OfficeCode, Refusal, SuspensionRecord};
use crate::store::{Family, Store, read};

/// A code that was given out; the code itself is nowhere in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SuspensionCode {
    /// The member.
    member: String,
    /// When it was made.
    made: Instant,
    /// When it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used: Option<Instant>,
    /// Whether a newer letter took its place.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    replaced: bool,
}

impl<S: Store> Office<S> {
    /// Makes a code for each invitation and puts it there. With `replace`, those that these members had
    /// before no longer work: their letter may be in other hands.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be used.
    pub fn add_suspension_codes(
        &mut self,
        invited: &mut Invited,
        replace: bool,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Refusal> {
        let mut change = Change::default();
        for invitation in &mut invited.invitations {
            let member = &invitation.member;
            let of_member = of_member(member);
            let mut codes: Vec<String> =
                read(&self.store, Family::Meta, &of_member)?.unwrap_or_default();
            if replace {
                for old in codes.drain(..) {
                    let old = by_key(&old);
                    let record: Option<SuspensionCode> = read(&self.store, Family::Meta, &old)?;
                    if let Some(mut record) = record {
                        record.replaced = true;
                        change.batch.put(Family::Meta, &old, &record)?;
                    }
                }
            }
            let code = Code::generate(self.did(), rng);
            let key = self.suspension_key(&code)?;
            let record = SuspensionCode {
                member: member.clone(),
                made: now,
                used: None,
                replaced: false,
            };
            change.batch.put(Family::Meta, &by_key(&key), &record)?;
            codes.push(key);
            change.batch.put(Family::Meta, &of_member, &codes)?;
            change.note("suspension-code.made", json!({ "member": member }));
            invitation.suspension_code = Some(code.secret_text());
        }
        self.commit(now, change)
    }

    /// Suspends every credential of the member whose code this is, from now on, and uses the code up.
    ///
    /// # Errors
    /// `suspension_code.unknown` and `suspension_code.used`; `credential.state` when nothing of the
    /// member's is in force, and then the code stays good.
    pub fn suspend_by_code(
        &mut self,
        code: &Code,
        now: Instant,
    ) -> Result<Vec<CredentialRecord>, Refusal> {
        let key = by_key(&self.suspension_key(code)?);
        let record: Option<SuspensionCode> = read(&self.store, Family::Meta, &key)?;
        let Some(mut record) = record.filter(|record| !record.replaced) else {
            let message =
                "no such code for suspending was given out, or a newer letter replaced it";
            return Err(Refusal::new(OfficeCode::SuspensionCodeUnknown, message).hint(
                "it is the second code of the letter, not the one for enrolling; an officer suspends \
                 with: mandate-issuer credential suspend ID",
            ));
        };
        if let Some(used) = record.used {
            let message = format!("this code was used at {used}");
            return Err(Refusal::new(OfficeCode::SuspensionCodeUsed, message)
                .hint("an officer suspends with: mandate-issuer credential suspend ID"));
        }
        let mut change = Change::default();
        let mut suspended = Vec::new();
        for id in self.holdings(&record.member)?.credentials {
            let mut credential = self.credential(&id)?;
            let over = credential.is_revoked(now) || credential.valid_until <= now;
            if over || credential.is_suspended(now) {
                continue;
            }
            credential.suspensions.push(SuspensionRecord {
                from: now,
                to: None,
            });
            change.batch.put(Family::Credentials, &id, &credential)?;
            let body = json!({ "credential": id, "by": "member" });
            change.note("credential.suspended", body);
            suspended.push(credential);
        }
        if suspended.is_empty() {
            let message = "nothing of this member's is in force, and the code stays good";
            return Err(Refusal::new(OfficeCode::CredentialState, message)
                .hint("see: mandate-issuer credential list"));
        }
        record.used = Some(now);
        change.batch.put(Family::Meta, &key, &record)?;
        self.commit(now, change)?;
        Ok(suspended)
    }

    fn suspension_key(&self, code: &Code) -> Result<String, Refusal> {
        let key = code
            .suspension_key(self.did())
            .map_err(|error| Refusal::core(error.code(), &error))?;
        Ok(key.public_key().to_multikey())
    }
}

fn by_key(key: &str) -> String {
    format!("suspension-code/{key}")
}

fn of_member(member: &str) -> String {
    format!("suspension-codes-of/{member}")
}
