//! The trust list: every accreditation there is and was, under one set of officers' signatures.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    AccreditationError, Act, Parliament, ScopeError, Standing, State, StateChange,
    grant::Grant,
    scope::covering,
    standing::{compromised, state_at},
    statement::{policy_of, signed},
};
use crate::{
    credential::is_displayable,
    did::Did,
    encoding::{
        jcs,
        strict_json::{Object, Value},
    },
    status::Instant,
    trust::{BundleTimes, officers::PolicyChain},
    verify::Budget,
};

const WHAT: &str = "trust list";
const SCHEMA: &str = "mandate.trust-list/1";

/// Most parliaments of one list.
const MOST: usize = 1 << 16;

/// A list about to be signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct ListDraft {
    /// `mandate.trust-list/1`.
    pub schema: String,
    /// The accreditor.
    pub accreditor: Did,
    /// What the accreditor calls itself.
    pub name: String,
    /// Raised with each list of one epoch.
    pub seq: u64,
    /// The version of the officer policy it is signed under.
    pub policy_version: u64,
    /// When it was compiled.
    pub issued_at: Instant,
    /// When the next one is due.
    pub next_update: Instant,
    /// From when nobody may use it.
    pub expires: Instant,
    /// The parliaments, in the order of their DIDs.
    pub parliaments: Vec<Listed>,
}

/// One parliament of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Listed {
    /// Its DID.
    pub id: Did,
    /// What it was accredited for, from one instant to the next, the earliest first.
    pub versions: Vec<ListedVersion>,
    /// What became of it, in the order in which it was recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<StateChange>,
}

/// What a parliament was accredited for, until the next version or its own end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct ListedVersion {
    /// From when.
    pub from: Instant,
    /// Until when, if it has an end of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// When officers signed it.
    pub recorded: Instant,
    /// The SHA-256 digest of the statement, base64url: whoever keeps statements finds it by that.
    pub statement: String,
    /// The parliament.
    pub parliament: Parliament,
}

/// A list whose signatures were verified.
#[derive(Clone, Debug)]
pub struct TrustList {
    name: String,
    seq: u64,
    policy_version: u64,
    times: BundleTimes,
    /// By what stays of a DID that moves.
    parliaments: BTreeMap<String, Listed>,
    digest: [u8; 32],
}

/// What follows for one act of issuing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a verdict must name every case")]
pub enum Judgement<'l> {
    /// It was within the accreditation, which is in force; this is what was granted.
    Granted(&'l Grant),
    /// The same, but the accreditation is suspended.
    Suspended {
        /// What was granted.
        grant: &'l Grant,
        /// Since when it is suspended.
        since: Instant,
    },
    /// It was not accredited when it was issued, or is not now.
    Refused {
        /// How the accreditation stood.
        standing: Standing,
        /// Whether that was when the credential was issued.
        at_issue: bool,
    },
    /// It goes beyond what was granted.
    Beyond(ScopeError),
    /// The keys are in other hands since then.
    Compromised {
        /// Since when.
        since: Instant,
        /// Whether the credential says itself that it was issued since.
        since_then: bool,
    },
}

impl ListDraft {
    /// Returns the document that the officers sign.
    ///
    /// # Errors
    /// [`AccreditationError::Malformed`].
    pub fn document(&self) -> Result<Object<'static>, AccreditationError> {
        self.check()?;
        let json =
            serde_json::to_value(self).map_err(|e| AccreditationError::malformed(WHAT, e))?;
        match Value::from_serde(&json) {
            Value::Object(object) => Ok(object),
            _ => Err(AccreditationError::malformed(WHAT, "it is no object")),
        }
    }

    fn check(&self) -> Result<(), AccreditationError> {
        let wrong = |reason: &str| Err(AccreditationError::malformed(WHAT, reason));
        if self.schema != SCHEMA {
            return wrong("its schema is not mandate.trust-list/1");
        }
        if !is_displayable(&self.name) {
            return wrong("its name is no text of 1 to 500 characters");
        }
        if self.next_update <= self.issued_at || self.expires < self.next_update {
            return wrong("its instants are out of order");
        }
        if self.seq >= 1 << 53 {
            return wrong("its number leaves none above it");
        }
        if self.parliaments.len() > MOST {
            return wrong("it has more than 65,536 parliaments");
        }
        if !self.parliaments.is_sorted_by_key(|listed| &listed.id) {
            return wrong("its parliaments are out of order");
        }
        let subjects: BTreeSet<&str> = self.parliaments.iter().map(|p| p.id.subject()).collect();
        if subjects.len() < self.parliaments.len() {
            return wrong("a parliament stands in it twice, or under two DIDs");
        }
        for listed in &self.parliaments {
            if listed.versions.is_empty() {
                return wrong("a parliament is accredited for nothing");
            }
            if !listed
                .versions
                .is_sorted_by(|a, b| (a.from, a.recorded) <= (b.from, b.recorded))
            {
                return wrong("the versions of a parliament are out of order");
            }
            for version in &listed.versions {
                version.parliament.check()?;
                if version.parliament.id.subject() != listed.id.subject() {
                    return wrong("a version is another parliament's");
                }
                if version.until.is_some_and(|until| until <= version.from) {
                    return wrong("a version ends before it begins");
                }
            }
        }
        Ok(())
    }

    /// Reads a document, signed or not.
    ///
    /// # Errors
    /// [`AccreditationError::Malformed`].
    pub fn read(document: &Object<'_>) -> Result<Self, AccreditationError> {
        let mut document = document.clone();
        document.remove("proof");
        let json = Value::Object(document).to_serde();
        let draft: Self =
            serde_json::from_value(json).map_err(|e| AccreditationError::malformed(WHAT, e))?;
        draft.check()?;
        Ok(draft)
    }
}

impl TrustList {
    /// Verifies that enough officers of this accreditor signed the list.
    ///
    /// # Errors
    /// [`AccreditationError`].
    pub fn verify(
        document: &Object<'_>,
        accreditor: &Did,
        chain: &PolicyChain,
        budget: &mut Budget,
    ) -> Result<Self, AccreditationError> {
        let draft = ListDraft::read(document)?;
        if draft.accreditor.subject() != accreditor.subject() {
            return Err(AccreditationError::Foreign {
                what: "the trust list",
                found: draft.accreditor.to_string(),
            });
        }
        let policy = policy_of(
            chain,
            draft.policy_version,
            draft.issued_at,
            "the trust list",
        )?;
        signed(
            document,
            (policy, policy.threshold()),
            ("the trust list", draft.issued_at),
            budget,
        )?;
        Ok(Self {
            digest: digest(document)?,
            name: draft.name,
            seq: draft.seq,
            policy_version: draft.policy_version,
            times: BundleTimes {
                issued_at: draft.issued_at,
                next_update: draft.next_update,
                expires: draft.expires,
            },
            parliaments: draft
                .parliaments
                .into_iter()
                .map(|p| (p.id.subject().to_owned(), p))
                .collect(),
        })
    }

    /// Returns what the accreditor calls itself; not a name to show as if it were known.
    pub fn claimed_name(&self) -> &str {
        &self.name
    }

    /// Returns its sequence number.
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// Returns the version of the officer policy it was signed under.
    pub const fn policy_version(&self) -> u64 {
        self.policy_version
    }

    /// Returns its three instants.
    pub const fn times(&self) -> &BundleTimes {
        &self.times
    }

    /// Returns the digest of the document with its proofs.
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Returns a parliament, by any DID of its: which of them are its own its log says.
    pub fn parliament(&self, did: &Did) -> Option<&Listed> {
        self.parliaments.get(did.subject())
    }

    /// Returns the parliaments in the order of their DIDs.
    pub fn parliaments(&self) -> impl ExactSizeIterator<Item = &Listed> {
        self.parliaments.values()
    }
}

/// Returns the SHA-256 digest of a document with its proofs, in canonical form.
///
/// # Errors
/// [`AccreditationError::Canonical`].
pub fn digest(document: &Object<'_>) -> Result<[u8; 32], AccreditationError> {
    let canonical = jcs::canonicalize(&Value::Object(document.clone()))?;
    Ok(Sha256::digest(&canonical).into())
}

impl Listed {
    /// Returns the version in force at an instant: the one that begins last up to then.
    pub fn version_at(&self, at: Instant) -> Option<&ListedVersion> {
        let mut begun = self.versions.iter().rev();
        begun.find(|version| version.from <= at)
    }

    /// Returns the newest version.
    pub fn latest(&self) -> Option<&ListedVersion> {
        self.versions.last()
    }

    /// Returns how the accreditation stood at an instant.
    pub fn standing(&self, at: Instant) -> Standing {
        let Some(version) = self.version_at(at) else {
            let from = self.versions.first().map_or(at, |version| version.from);
            return Standing::NotYet { from };
        };
        if let Some(since) = version.until.filter(|until| *until <= at) {
            return Standing::Over { since };
        }
        let (state, since) = state_at(&self.states, version.from, at);
        Standing::In { state, since }
    }

    /// Judges an act of issuing as it is seen for an instant.
    ///
    /// It had to be accredited when it was done and has to be at that instant. A suspension counts at
    /// the instant alone: what was issued during one that is over is good.
    pub fn judge(&self, act: &Act<'_>, at: Instant) -> Judgement<'_> {
        if let Some((since, since_then)) = compromised(&self.states, act.issued_at) {
            return Judgement::Compromised { since, since_then };
        }
        let standing = self.standing(act.issued_at);
        let version = self.version_at(act.issued_at);
        let (
            Standing::In {
                state: State::Active | State::Suspended,
                ..
            },
            Some(version),
        ) = (standing, version)
        else {
            let at_issue = true;
            return Judgement::Refused { standing, at_issue };
        };
        let grant = match covering(&version.parliament.accredited_for, act) {
            Ok(grant) => grant,
            Err(beyond) => return Judgement::Beyond(beyond),
        };
        // Asked about an instant before the issue: that it was accredited by then does.
        match self.standing(at.max(act.issued_at)) {
            Standing::In {
                state: State::Active,
                ..
            } => Judgement::Granted(grant),
            Standing::In {
                state: State::Suspended,
                since,
            } => Judgement::Suspended { grant, since },
            standing => Judgement::Refused {
                standing,
                at_issue: false,
            },
        }
    }
}
