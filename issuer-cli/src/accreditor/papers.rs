//! What officers sign, as a file that goes round: a policy, a statement or a trust list.
//!
//! It is the document itself and nothing around it: what an officer sees is what is signed, and what is
//! signed is what verifiers read.

use cli_kit::Failure;
use identity_core::{
    did::Did,
    encoding::{
        jcs,
        strict_json::{self, Limits, Object, Value},
    },
    key::Signer,
    status::Instant,
    trust::{
        accreditation::{
            ListDraft, State,
            statement::{self, Body, StatementDraft},
        },
        officers::{self, PolicyDraft},
    },
};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{
    error::{AccreditorCode, core, refuse},
    hex,
};

/// A document for officers to sign, in any number of signatures from none on.
#[derive(Clone, Debug)]
pub struct Paper {
    document: Object<'static>,
    says: Says,
    id: String,
}

/// What a document says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete: three kinds of document")]
pub enum Says {
    /// Who the officers are.
    Policy(PolicyDraft),
    /// What holds of a parliament.
    Statement(StatementDraft),
    /// What holds of all.
    List(ListDraft),
}

impl Says {
    /// Returns the verb that records it.
    pub const fn verb(&self) -> &'static str {
        match self {
            Self::Policy(_) => "officers record",
            Self::List(_) => "publish",
            Self::Statement(draft) => match &draft.body {
                Body::Accredits(_) => "accredit",
                Body::Changes { state, .. } => match state {
                    State::Active => "reinstate",
                    State::Suspended => "suspend",
                    State::Withdrawn => "withdraw",
                    State::Dissolved => "dissolve",
                    State::KeyCompromised => "compromised",
                },
            },
        }
    }

    /// Returns the accreditor.
    pub const fn accreditor(&self) -> &Did {
        match self {
            Self::Policy(draft) => &draft.issuer,
            Self::Statement(draft) => &draft.accreditor,
            Self::List(draft) => &draft.accreditor,
        }
    }

    /// Returns when it was drawn up.
    pub const fn drawn_up(&self) -> Instant {
        match self {
            Self::Policy(draft) => draft.issued_at,
            Self::Statement(draft) => draft.recorded,
            Self::List(draft) => draft.issued_at,
        }
    }

    /// Returns the officer policy it is to be signed under; for a policy the one before it.
    pub const fn policy_version(&self) -> u64 {
        match self {
            Self::Policy(draft) => draft.version.saturating_sub(1),
            Self::Statement(draft) => draft.policy_version,
            Self::List(draft) => draft.policy_version,
        }
    }
}

impl Paper {
    /// Takes a document.
    ///
    /// # Errors
    /// `accreditor.paper_malformed`, or what the core finds wrong with it.
    pub fn new(document: Object<'static>) -> Result<Self, Failure> {
        let schema = document.get("schema").and_then(Value::as_str);
        let says = match schema {
            Some("mandate.officer-policy/1") => Says::Policy(
                PolicyDraft::read(&document).map_err(|error| core(error.code(), &error))?,
            ),
            Some("mandate.trust-list/1") => {
                Says::List(ListDraft::read(&document).map_err(|error| core(error.code(), &error))?)
            }
            None if document.get("credentialSubject").is_some() => Says::Statement(
                StatementDraft::read(&document).map_err(|error| core(error.code(), &error))?,
            ),
            _ => return Err(malformed()),
        };
        let id = content_id(&document)?;
        Ok(Self { document, says, id })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn read(bytes: &[u8]) -> Result<Self, Failure> {
        match strict_json::parse(bytes, &Limits::large()) {
            Ok(Value::Object(object)) => Self::new(object.into_owned()),
            _ => Err(malformed()),
        }
    }

    /// Returns its id, which depends on what it says and not on who signed it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns what it says.
    pub const fn says(&self) -> &Says {
        &self.says
    }

    /// Returns the document.
    pub const fn document(&self) -> &Object<'static> {
        &self.document
    }

    /// Returns the DIDs that signatures on it claim; none of them has been verified.
    pub fn claimed_signers(&self) -> Vec<String> {
        let methods = proofs_of(&self.document).into_iter().filter_map(|proof| {
            let method = proof.get("verificationMethod")?.as_str()?;
            let did = method.split_once('#').map_or(method, |(did, _)| did);
            Some(did.to_owned())
        });
        let mut signers: Vec<String> = methods.collect();
        signers.sort_unstable();
        signers.dedup();
        signers
    }

    /// Adds a signature.
    ///
    /// # Errors
    /// What the core says when the key could not sign.
    pub fn sign(self, key: &impl Signer, now: Timestamp) -> Result<Self, Failure> {
        let Self { document, says, id } = self;
        let document = match &says {
            Says::Policy(_) => {
                officers::sign(document, key, now).map_err(|error| core(error.code(), &error))
            }
            Says::Statement(_) | Says::List(_) => {
                statement::sign(document, key, now).map_err(|error| core(error.code(), &error))
            }
        }?;
        Ok(Self { document, says, id })
    }

    /// Puts the signatures of several copies of one document together.
    ///
    /// # Errors
    /// `accreditor.copies_differ`; `accreditor.paper_malformed` when there is no copy.
    pub fn merge(copies: Vec<Self>) -> Result<Self, Failure> {
        let Some(first) = copies.first().cloned() else {
            return Err(malformed());
        };
        if copies.iter().any(|copy| copy.id != first.id) {
            return Err(refuse(
                AccreditorCode::AccreditorCopiesDiffer,
                "the files are not copies of one document: they say different things",
            )
            .hint("compare them with: mandate-issuer accreditor show --file FILE"));
        }
        let documents = copies.into_iter().map(|copy| copy.document).collect();
        Ok(Self {
            document: merge_proofs(documents),
            ..first
        })
    }

    /// Returns the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let value = Value::Object(self.document.clone()).to_serde();
        format!("{value:#}\n").into_bytes()
    }
}

/// Puts the proofs of several copies of one document into one.
pub(crate) fn merge_proofs(mut copies: Vec<Object<'static>>) -> Object<'static> {
    let mut proofs: Vec<Value<'static>> = Vec::new();
    for proof in copies.iter().flat_map(proofs_of) {
        if !proofs.contains(proof) {
            proofs.push(proof.clone());
        }
    }
    // In one order, whoever sent theirs first: the digest of the document covers them.
    proofs.sort_by_cached_key(|proof| jcs::canonicalize(proof).unwrap_or_default());
    let mut merged = copies.pop().unwrap_or_default();
    merged.remove("proof");
    if proofs.len() == 1 {
        merged.insert("proof", proofs.remove(0));
    } else if !proofs.is_empty() {
        merged.insert("proof", Value::Array(proofs));
    }
    merged
}

fn proofs_of<'d>(document: &'d Object<'static>) -> Vec<&'d Value<'static>> {
    match document.get("proof") {
        None => Vec::new(),
        Some(Value::Array(proofs)) => proofs.iter().collect(),
        Some(proof) => vec![proof],
    }
}

fn content_id(document: &Object<'_>) -> Result<String, Failure> {
    let bytes = jcs::canonicalize_object(document, Some("proof")).map_err(|_| malformed())?;
    Ok(hex(&Sha256::digest(&bytes)[..8]))
}

fn malformed() -> Failure {
    refuse(
        AccreditorCode::AccreditorPaperMalformed,
        "the file is no document that officers sign",
    )
    .hint("such documents are made with: mandate-issuer accreditor prepare")
}
