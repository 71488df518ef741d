//! Records of enrolments and credentials. Those of members, mandates and terms are in
//! [`crate::records`].

use std::collections::BTreeMap;

use identity_core::{
    credential::{Kind, Securing},
    status::{DecisionDigest, Instant, SlotRef},
};
use serde::{Deserialize, Serialize};

pub use crate::records::Reason;

/// A one-time code that was given out; the code itself is nowhere in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a record of the store")]
pub struct EnrolmentRecord {
    /// The member.
    pub member: String,
    /// The public half of the code's key, a multikey.
    pub code_key: String,
    /// When it was made.
    pub invited: Instant,
    /// From when it can no longer be used for the first time.
    pub expires: Instant,
    /// Whether it was used.
    pub state: EnrolmentState,
}

/// What became of a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "every state must be weighed")]
pub enum EnrolmentState {
    /// It can be used.
    Open,
    /// It was taken back.
    Cancelled,
    /// It was used with one key, to which these credentials were issued.
    Used {
        /// The thumbprint of the holder's key, base64url.
        holder: String,
        /// The credentials by the key of their copy.
        issued: BTreeMap<String, String>,
    },
}

/// What tells two credentials of one enrolment apart.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "complete")]
pub struct Copy {
    /// The type.
    pub kind: Kind,
    /// How it is secured.
    pub securing: Securing,
    /// A digest of the claims given, for other types than the mandate.
    pub claims: Option<String>,
}

impl Copy {
    /// Returns the key in [`EnrolmentState::Used`].
    pub fn key(&self) -> String {
        let securing = securing_name(self.securing);
        match &self.claims {
            None => format!("{}/{securing}", self.kind),
            Some(digest) => format!("{}/{securing}/{digest}", self.kind),
        }
    }
}

/// Returns the word of the command line and of the store.
pub(crate) const fn securing_name(securing: Securing) -> &'static str {
    match securing {
        Securing::DataIntegrity => "data-integrity",
        _ => "sd-jwt",
    }
}

/// What one member has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a record of the store")]
pub struct Holdings {
    /// The keys of the codes that were given out and neither used nor taken back.
    pub open_codes: Vec<String>,
    /// Ids of credentials, the oldest first.
    pub credentials: Vec<String>,
}

/// A credential that was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a record of the store")]
pub struct CredentialRecord {
    /// Its id.
    pub id: String,
    /// The member.
    pub member: String,
    /// The mandate it is about, if it is about one.
    pub mandate: Option<String>,
    /// The type.
    pub kind: String,
    /// `sd-jwt` or `data-integrity`.
    pub securing: String,
    /// The thumbprint of the holder's key, base64url.
    pub holder: String,
    /// Where its status stands.
    pub slot: SlotRef,
    /// When it was issued.
    pub issued: Instant,
    /// From when it is valid.
    pub valid_from: Instant,
    /// From when it is no longer valid.
    pub valid_until: Instant,
    /// The credential itself.
    pub text: String,
    /// Its revocations. One is never replaced by a later one: what it took away stays away.
    pub revocations: Vec<RevocationRecord>,
    /// Periods of suspension.
    pub suspensions: Vec<SuspensionRecord>,
}

/// A revocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a record of the store")]
pub struct RevocationRecord {
    /// From when.
    pub effective: Instant,
    /// Why; never published.
    pub reason: Reason,
    /// The digest of the decision.
    pub decision: Option<DecisionDigest>,
    /// When it was recorded.
    pub recorded: Instant,
    /// When it was first published.
    pub published: Option<Instant>,
}

/// A period of suspension, `[from, to)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a record of the store")]
pub struct SuspensionRecord {
    /// From when.
    pub from: Instant,
    /// Until when; absent while it lasts.
    pub to: Option<Instant>,
}

impl RevocationRecord {
    /// Returns the instant that is published: to the second what a decision says, and otherwise not before
    /// the publication, from which alone it counts. When an officer pressed a key is nobody's business.
    pub(super) fn told(&self, published: Instant) -> Instant {
        if self.decision.is_some() {
            self.effective
        } else {
            self.effective.max(published)
        }
    }

    /// Returns from when verifiers count it: a decision reaches back, anything else counts from its
    /// first publication, which for one not yet published is `now` at the earliest.
    fn counts_from(&self, now: Instant) -> Instant {
        self.told(self.published.unwrap_or(now))
    }
}

impl CredentialRecord {
    /// Returns the revocation that takes most away: one by which it was never valid, or else the one
    /// with the earliest instant.
    pub fn revocation(&self) -> Option<&RevocationRecord> {
        let rank = |r: &&RevocationRecord| (!r.reason.voids(), r.effective);
        self.revocations.iter().min_by_key(rank)
    }

    /// Returns whether it is revoked at an instant. One that is to be revoked later still counts until
    /// then, so it can be suspended, replaced, or revoked earlier.
    pub fn is_revoked(&self, at: Instant) -> bool {
        self.revocation()
            .is_some_and(|r| r.effective <= at || r.reason.voids())
    }

    /// Revokes it, if that takes more away than the revocations that stand already: if it counts from
    /// an earlier instant, or says that it was never valid. Returns whether anything changed.
    pub(super) fn revoke(&mut self, new: RevocationRecord) -> bool {
        let sooner =
            |old: &RevocationRecord| new.counts_from(new.recorded) < old.counts_from(new.recorded);
        let takes_more = if new.reason.voids() {
            !self.revocations.iter().any(|old| old.reason.voids())
        } else {
            self.revocations
                .iter()
                .all(|old| !old.reason.voids() && sooner(old))
        };
        if takes_more {
            self.revocations.push(new);
        }
        takes_more
    }

    /// Returns whether it is suspended at an instant.
    pub fn is_suspended(&self, at: Instant) -> bool {
        let covers = |s: &SuspensionRecord| s.from <= at && s.to.is_none_or(|to| at < to);
        self.suspensions.iter().any(covers)
    }

    /// Returns the state in one word.
    pub fn state(&self, now: Instant) -> &'static str {
        if self.is_revoked(now) {
            "revoked"
        } else if self.is_suspended(now) {
            "suspended"
        } else if self.valid_until <= now {
            "expired"
        } else {
            "valid"
        }
    }
}
