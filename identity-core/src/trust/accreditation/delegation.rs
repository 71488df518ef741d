//! Delegation: a parliament lets a unit of its house issue a part of what it may issue itself.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use super::{
    AccreditationError, Act, Grant, ScopeError,
    grant::check_grants,
    scope::{covering, is_within},
    statement::{Credential, policy_of, signed},
};
use crate::{
    credential::is_displayable,
    did::{Did, DidDocument, DidError, LocalResolver, Relationship, Resolver, webvh::DidHistory},
    encoding::strict_json::Object,
    proof::data_integrity::{self, Expected},
    status::Instant,
    trust::officers::PolicyChain,
    verify::Budget,
};

const WHAT: &str = "delegation";
const TYPE: &str = "DelegationCredential";

/// A delegation about to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct DelegationDraft {
    /// The parliament.
    pub parliament: Did,
    /// The version of its officer policy in force; 0 where it has none.
    pub policy_version: u64,
    /// When it is made.
    pub recorded: Instant,
    /// The unit.
    pub unit: Did,
    /// What the unit is called, by language (BCP 47).
    pub name: BTreeMap<String, String>,
    /// What the unit may issue.
    pub grants: Vec<Grant>,
    /// From when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
}

/// A delegation whose signatures were verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    draft: DelegationDraft,
    ended: Option<Instant>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Unit {
    id: Did,
    name: BTreeMap<String, String>,
    delegated: Vec<Grant>,
}

impl DelegationDraft {
    /// Returns the document to be signed: by the parliament's officers where it has such, else by its
    /// DID's key.
    ///
    /// # Errors
    /// [`AccreditationError::Malformed`].
    pub fn document(&self) -> Result<Object<'static>, AccreditationError> {
        self.check()?;
        let unit = Unit {
            id: self.unit.clone(),
            name: self.name.clone(),
            delegated: self.grants.clone(),
        };
        let by = (self.parliament.clone(), self.policy_version, self.recorded);
        Credential::new(TYPE, by, (self.from, Some(self.until)), unit).document()
    }

    fn check(&self) -> Result<(), AccreditationError> {
        let wrong = |reason: &str| Err(AccreditationError::malformed(WHAT, reason));
        if self.unit == self.parliament {
            return wrong("a parliament needs no delegation from itself");
        }
        if self.name.is_empty() || !self.name.values().all(|name| is_displayable(name)) {
            return wrong("the unit has no name");
        }
        let chambers = self
            .grants
            .iter()
            .flat_map(|grant| grant.chambers.iter().cloned());
        let chambers: Vec<String> = chambers.collect();
        if let Err(reason) = check_grants(&self.grants, &chambers) {
            return wrong(reason);
        }
        if self.grants.iter().any(|grant| grant.may_delegate) {
            return wrong("a unit cannot be allowed to delegate further");
        }
        if self.until <= self.from {
            return wrong("it ends before it begins");
        }
        Ok(())
    }

    /// Reads a document, signed or not.
    ///
    /// # Errors
    /// [`AccreditationError::Malformed`].
    pub fn read(document: &Object<'_>) -> Result<Self, AccreditationError> {
        let read = Credential::<Unit>::read(document, TYPE)?;
        let no_end = || AccreditationError::malformed(WHAT, "it has no end");
        let unit = read.subject;
        let draft = Self {
            parliament: read.issuer,
            policy_version: read.terms_of_use.policy_version,
            recorded: read.terms_of_use.recorded,
            unit: unit.id,
            name: unit.name,
            grants: unit.delegated,
            from: read.valid_from,
            until: read.valid_until.ok_or_else(no_end)?,
        };
        draft.check()?;
        Ok(draft)
    }
}

impl Delegation {
    /// Verifies that the parliament delegated: its officers where it has an officer policy, one more of
    /// them than its threshold, or all; else the key that its DID had for assertions when it did. A key that
    /// was replaced since takes nothing back.
    ///
    /// # Errors
    /// [`AccreditationError`].
    pub fn verify(
        document: &Object<'_>,
        parliament: &Did,
        (officers, history): (Option<&PolicyChain>, Option<&DidHistory>),
        ended: Option<Instant>,
        budget: &mut Budget,
    ) -> Result<Self, AccreditationError> {
        let draft = DelegationDraft::read(document)?;
        let own = history.map_or_else(Vec::new, DidHistory::dids);
        if draft.parliament != *parliament && !own.contains(&&draft.parliament) {
            return Err(AccreditationError::Foreign {
                what: "the delegation",
                found: draft.parliament.to_string(),
            });
        }
        if let Some(chain) = officers {
            let what = "the delegation";
            let policy = policy_of(chain, draft.policy_version, draft.recorded, what)?;
            // In a secretariat one prepares and others approve: its threshold counts the others alone.
            let persons = (policy.threshold() + 1).min(policy.officers().len());
            signed(document, (policy, persons), (what, draft.recorded), budget)?;
        } else {
            let made = draft.recorded.timestamp();
            let expected = Expected::mandate(Relationship::AssertionMethod, made);
            let then = Then(
                history
                    .and_then(|history| history.at(made))
                    .map(|v| &v.document),
            );
            let signers = data_integrity::verify(document, &expected, &then, budget)?;
            let name = then.0.map_or(parliament, DidDocument::id);
            if let Some(other) = signers.iter().find(|signer| signer.did() != name) {
                return Err(AccreditationError::Stranger {
                    what: "the delegation",
                    signer: other.did().to_string(),
                });
            }
        }
        Ok(Self { draft, ended })
    }

    /// Returns what it says.
    pub const fn draft(&self) -> &DelegationDraft {
        &self.draft
    }

    /// Returns the unit.
    pub const fn unit(&self) -> &Did {
        &self.draft.unit
    }

    /// Returns the name of the unit to show: in English where there is one, else the first.
    pub fn display_name(&self) -> &str {
        let name = &self.draft.name;
        let shown = name.get("en").or_else(|| name.values().next());
        shown.map_or("", String::as_str)
    }

    /// Returns from when it is over.
    pub fn over_from(&self) -> Instant {
        self.ended
            .map_or(self.draft.until, |ended| ended.min(self.draft.until))
    }

    /// Returns whether it counts at an instant.
    pub fn counts_at(&self, at: Instant) -> bool {
        self.draft.from <= at && at < self.over_from()
    }

    /// Returns what covers an act, within what the unit was given.
    ///
    /// # Errors
    /// [`ScopeError`] when the act goes beyond it.
    pub fn covering(&self, act: &Act<'_>) -> Result<&Grant, ScopeError> {
        covering(&self.draft.grants, act)
    }

    /// Returns whether a grant of this delegation lies within what the parliament may delegate.
    pub fn is_within(grant: &Grant, of_parliament: &Grant) -> bool {
        is_within(grant, of_parliament)
    }
}

/// Resolves the parliament's DID as it was then.
struct Then<'d>(Option<&'d DidDocument>);

impl Resolver for Then<'_> {
    fn resolve(&self, did: &Did) -> Result<Cow<'_, DidDocument>, DidError> {
        match self.0.filter(|document| document.id() == did) {
            Some(document) => Ok(Cow::Borrowed(document)),
            None => Ok(Cow::Owned(LocalResolver::new().resolve(did)?.into_owned())),
        }
    }
}
