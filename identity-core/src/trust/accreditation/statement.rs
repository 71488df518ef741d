//! Statements of an accreditor: credentials of W3C VC Data Model 2.0 with a set of officers' proofs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{AccreditationError, Parliament, State, StateChange, digest};
use crate::{
    credential::{CONTEXT, CONTEXT_V2, is_displayable},
    did::Did,
    encoding::strict_json::{Object, Value},
    key::Signer,
    status::{DecisionDigest, Instant},
    trust::officers::{OfficerPolicy, PolicyChain, Signers, add_proof},
    verify::Budget,
};

const WHAT: &str = "statement";

/// The type of the statement that accredits.
pub const ACCREDITATION: &str = "ParliamentAccreditation";

/// The type of the statement that changes an accreditation's state.
pub const STATE: &str = "AccreditationState";

/// A credential of an organisation, as serde reads it; what it says counts once officers' proofs have passed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Credential<S> {
    #[serde(rename = "@context")]
    context: Vec<String>,
    #[serde(rename = "type")]
    types: Vec<String>,
    pub(super) issuer: Did,
    pub(super) valid_from: Instant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) valid_until: Option<Instant>,
    #[serde(rename = "credentialSubject")]
    pub(super) subject: S,
    pub(super) terms_of_use: Officers,
}

/// Under which officer policy a statement was made, and when.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Officers {
    #[serde(rename = "type")]
    kind: String,
    pub(super) policy_version: u64,
    pub(super) recorded: Instant,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ChangedState {
    id: Did,
    state: State,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionDigest>,
}

/// What a statement says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete: two kinds of statement")]
pub enum Body {
    /// A parliament is accredited, or accredited anew with other terms.
    Accredits(Parliament),
    /// What became of it.
    Changes {
        /// The parliament.
        parliament: Did,
        /// The state.
        state: State,
        /// Why, as a short word.
        reason: Option<String>,
        /// The digest of the decision.
        decision: Option<DecisionDigest>,
    },
}

/// A statement about to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct StatementDraft {
    /// The accreditor.
    pub accreditor: Did,
    /// The version of its officer policy in force.
    pub policy_version: u64,
    /// When it is made.
    pub recorded: Instant,
    /// From when it holds.
    pub from: Instant,
    /// Until when; an accreditation alone can have an end.
    pub until: Option<Instant>,
    /// What it says.
    pub body: Body,
}

/// A statement whose signatures were verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    draft: StatementDraft,
    digest: [u8; 32],
}

impl<S> Credential<S> {
    pub(super) fn new(
        kind: &str,
        (issuer, policy_version, recorded): (Did, u64, Instant),
        (valid_from, valid_until): (Instant, Option<Instant>),
        subject: S,
    ) -> Self {
        Self {
            context: vec![CONTEXT_V2.to_owned(), CONTEXT.to_owned()],
            types: vec!["VerifiableCredential".to_owned(), kind.to_owned()],
            issuer,
            valid_from,
            valid_until,
            subject,
            terms_of_use: Officers {
                kind: "OfficerPolicy".to_owned(),
                policy_version,
                recorded,
            },
        }
    }
}

impl<S: Serialize> Credential<S> {
    pub(super) fn document(&self) -> Result<Object<'static>, AccreditationError> {
        let json =
            serde_json::to_value(self).map_err(|e| AccreditationError::malformed(WHAT, e))?;
        match Value::from_serde(&json) {
            Value::Object(object) => Ok(object),
            _ => Err(AccreditationError::malformed(WHAT, "it is no object")),
        }
    }
}

impl<S: DeserializeOwned> Credential<S> {
    pub(super) fn read(document: &Object<'_>, kind: &str) -> Result<Self, AccreditationError> {
        let mut document = document.clone();
        document.remove("proof");
        let json = Value::Object(document).to_serde();
        let read: Self =
            serde_json::from_value(json).map_err(|e| AccreditationError::malformed(WHAT, e))?;
        let wrong = |reason: &str| Err(AccreditationError::malformed(WHAT, reason));
        if read.context != [CONTEXT_V2, CONTEXT] || read.types != ["VerifiableCredential", kind] {
            return wrong("its @context or type is another");
        }
        if read.terms_of_use.kind != "OfficerPolicy" {
            return wrong("its termsOfUse names no officer policy");
        }
        if read
            .valid_until
            .is_some_and(|until| until <= read.valid_from)
        {
            return wrong("it ends before it begins");
        }
        Ok(read)
    }
}

impl StatementDraft {
    /// Returns the document that the officers sign.
    ///
    /// # Errors
    /// [`AccreditationError::Malformed`].
    pub fn document(&self) -> Result<Object<'static>, AccreditationError> {
        self.check()?;
        let by = (self.accreditor.clone(), self.policy_version, self.recorded);
        let when = (self.from, self.until);
        match &self.body {
            Body::Accredits(parliament) => {
                Credential::new(ACCREDITATION, by, when, parliament.clone()).document()
            }
            Body::Changes {
                parliament,
                state,
                reason,
                decision,
            } => {
                let subject = ChangedState {
                    id: parliament.clone(),
                    state: *state,
                    reason: reason.clone(),
                    decision: *decision,
                };
                Credential::new(STATE, by, when, subject).document()
            }
        }
    }

    fn check(&self) -> Result<(), AccreditationError> {
        match &self.body {
            Body::Accredits(parliament) => parliament.check(),
            Body::Changes { reason, .. } => {
                if self.until.is_some() {
                    return Err(AccreditationError::malformed(WHAT, "a state has no end"));
                }
                if !reason.iter().all(|reason| is_displayable(reason)) {
                    return Err(AccreditationError::malformed(WHAT, "its reason is no text"));
                }
                Ok(())
            }
        }
    }

    /// Reads a document, signed or not.
    ///
    /// # Errors
    /// [`AccreditationError::Malformed`].
    pub fn read(document: &Object<'_>) -> Result<Self, AccreditationError> {
        let types = document.get("type").and_then(Value::as_array);
        let kind = types.and_then(|types| types.get(1)).and_then(Value::as_str);
        let draft = match kind {
            Some(ACCREDITATION) => {
                let read = Credential::<Parliament>::read(document, ACCREDITATION)?;
                Self::of(&read, Body::Accredits(read.subject.clone()))
            }
            Some(STATE) => {
                let read = Credential::<ChangedState>::read(document, STATE)?;
                let subject = read.subject.clone();
                let body = Body::Changes {
                    parliament: subject.id,
                    state: subject.state,
                    reason: subject.reason,
                    decision: subject.decision,
                };
                Self::of(&read, body)
            }
            _ => return Err(AccreditationError::malformed(WHAT, "its type is another")),
        };
        draft.check()?;
        Ok(draft)
    }

    fn of<S>(read: &Credential<S>, body: Body) -> Self {
        Self {
            accreditor: read.issuer.clone(),
            policy_version: read.terms_of_use.policy_version,
            recorded: read.terms_of_use.recorded,
            from: read.valid_from,
            until: read.valid_until,
            body,
        }
    }

    /// Returns the DID of the parliament it is about.
    pub const fn parliament(&self) -> &Did {
        match &self.body {
            Body::Accredits(parliament) => &parliament.id,
            Body::Changes { parliament, .. } => parliament,
        }
    }
}

/// Adds an officer's signature.
///
/// # Errors
/// [`AccreditationError::Proof`] when the key could not sign.
pub fn sign(
    document: Object<'static>,
    signer: &impl Signer,
    now: Timestamp,
) -> Result<Object<'static>, AccreditationError> {
    Ok(add_proof(document, signer, now, None)?)
}

impl Statement {
    /// Verifies that enough officers of this accreditor signed.
    ///
    /// # Errors
    /// [`AccreditationError`].
    pub fn verify(
        document: &Object<'_>,
        accreditor: &Did,
        chain: &PolicyChain,
        budget: &mut Budget,
    ) -> Result<Self, AccreditationError> {
        let draft = StatementDraft::read(document)?;
        if draft.accreditor.subject() != accreditor.subject() {
            return Err(AccreditationError::Foreign {
                what: "the statement",
                found: draft.accreditor.to_string(),
            });
        }
        let policy = policy_of(chain, draft.policy_version, draft.recorded, "the statement")?;
        let by = (policy, policy.threshold());
        signed(document, by, ("the statement", draft.recorded), budget)?;
        let digest = digest(document)?;
        Ok(Self { draft, digest })
    }

    /// Returns what it says.
    pub const fn draft(&self) -> &StatementDraft {
        &self.draft
    }

    /// Returns the SHA-256 digest of the document with its proofs, in canonical form.
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    pub(super) fn change(&self) -> Option<StateChange> {
        let Body::Changes {
            state,
            reason,
            decision,
            ..
        } = &self.draft.body
        else {
            return None;
        };
        Some(StateChange {
            state: *state,
            from: self.draft.from,
            recorded: self.draft.recorded,
            reason: reason.clone(),
            decision: *decision,
        })
    }
}

/// Finds the version of the policy that was in force, which has to be the one named.
pub(super) fn policy_of<'c>(
    chain: &'c PolicyChain,
    version: u64,
    at: Instant,
    what: &'static str,
) -> Result<&'c OfficerPolicy, AccreditationError> {
    let policy = chain.at(at).filter(|policy| policy.version() == version);
    policy.ok_or(AccreditationError::NoPolicy { what })
}

/// Verifies all proofs of a document and that enough officers, and nobody else, made them.
pub(super) fn signed(
    document: &Object<'_>,
    (policy, needed): (&OfficerPolicy, usize),
    (what, made): (&'static str, Instant),
    budget: &mut Budget,
) -> Result<(), AccreditationError> {
    if document.get("proof").is_none() {
        return Err(AccreditationError::TooFew {
            what,
            found: 0,
            needed,
        });
    }
    let signers = Signers::verify(document, made.timestamp(), budget)?;
    let is_officer = |did: &Did| policy.officers().iter().any(|o| o.did == *did);
    if let Some(stranger) = signers.stranger(|signer| is_officer(signer.did())) {
        return Err(AccreditationError::Stranger {
            what,
            signer: stranger.did().to_string(),
        });
    }
    let found = signers.count(policy.officers());
    if found < needed {
        return Err(AccreditationError::TooFew {
            what,
            found,
            needed,
        });
    }
    Ok(())
}
