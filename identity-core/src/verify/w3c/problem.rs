//! What is wrong with a document, in the words of the W3C's problem types (RFC 9457).

use core::fmt;

use crate::{
    Code,
    credential::data_model::{ModelError, Place},
    proof::{data_integrity::ProofError, enveloping::EnvelopeError},
    status::w3c::StatusError,
};

/// One thing that is wrong with a document, or was not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The stable code.
    pub code: Code,
    /// What is wrong, for people; it may quote at most a few characters of the document.
    pub detail: String,
    /// Where, as a JSON Pointer (RFC 6901) into the document; empty for the document itself.
    pub at: String,
    kind: ProblemType,
}

/// The problem types that the W3C's standards define.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemType {
    /// VC Data Model 2.0 section 7.2.
    CryptographicSecurity,
    /// Data Integrity 1.0 section 4.7.
    InvalidChallenge,
    /// Controlled Identifiers 1.0 section 3.5: the document of the key's controller.
    InvalidControlledIdentifierDocument,
    /// Data Integrity 1.0 section 4.7.
    InvalidDomain,
    /// Controlled Identifiers 1.0 section 3.5: the key is not for this purpose.
    InvalidRelationship,
    /// Controlled Identifiers 1.0 section 3.5: the key itself.
    InvalidVerificationMethod,
    /// VC Data Model 2.0 section 7.2.
    MalformedValue,
    /// VC Data Model 2.0 section 7.2.
    Parsing,
    /// Data Integrity 1.0 section 4.7.
    ProofTransformation,
    /// Data Integrity 1.0 section 4.7.
    ProofVerification,
    /// VC Data Model 2.0 section 7.2.
    Range,
    /// Bitstring Status List 1.0 section 3.5.
    StatusListLength,
    /// Bitstring Status List 1.0 section 3.5.
    StatusRetrieval,
    /// Bitstring Status List 1.0 section 3.5.
    StatusVerification,
}

/// Reports that a document is not authentic, or not well formed, with everything that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAuthentic {
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl Problem {
    pub(super) fn new(code: Code, at: &Place<'_>, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            at: at.pointer(),
            kind: ProblemType::of(code),
        }
    }

    pub(super) fn of_model(error: &ModelError) -> Self {
        let fault = error.fault();
        Self {
            code: error.code(),
            detail: fault.reason.to_owned(),
            at: fault.at.clone(),
            kind: ProblemType::of(error.code()),
        }
    }

    pub(super) fn of_proof(error: &ProofError, at: &Place<'_>) -> Self {
        let kind = match error {
            ProofError::Purpose {
                member: "challenge",
            } => ProblemType::InvalidChallenge,
            ProofError::Purpose { member: "domain" } => ProblemType::InvalidDomain,
            ProofError::Canonical(_) => ProblemType::ProofTransformation,
            other => ProblemType::of(other.code()),
        };
        Self {
            code: error.code(),
            detail: error.to_string(),
            at: at.pointer(),
            kind,
        }
    }

    /// Says that a document was made for another challenge or domain.
    pub(super) fn of_binding(member: &'static str, at: &Place<'_>) -> Self {
        Self::of_proof(&ProofError::Purpose { member }, at)
    }

    pub(super) fn of_envelope(error: &EnvelopeError, at: &Place<'_>) -> Self {
        Self::new(error.code(), at, error.to_string())
    }

    pub(super) fn of_status(error: &StatusError, at: &Place<'_>) -> Self {
        Self::new(error.code(), at, error.to_string())
    }

    /// Returns the problem type, whose URL and title an RFC 9457 problem detail carries.
    pub const fn problem_type(&self) -> ProblemType {
        self.kind
    }
}

impl ProblemType {
    /// Every type.
    pub const ALL: [Self; 14] = [
        Self::CryptographicSecurity,
        Self::InvalidChallenge,
        Self::InvalidControlledIdentifierDocument,
        Self::InvalidDomain,
        Self::InvalidRelationship,
        Self::InvalidVerificationMethod,
        Self::MalformedValue,
        Self::Parsing,
        Self::ProofTransformation,
        Self::ProofVerification,
        Self::Range,
        Self::StatusListLength,
        Self::StatusRetrieval,
        Self::StatusVerification,
    ];

    /// Returns the type of a problem with this code.
    ///
    /// The standards leave most faults without a type of their own; those of a value that is not as it
    /// must be are malformed values.
    pub fn of(code: Code) -> Self {
        match code {
            Code::CredentialExpired | Code::CredentialNotYetValid | Code::StatusIndexOutOfRange => {
                Self::Range
            }
            Code::DidDocument | Code::DidUnsupportedMethod => {
                Self::InvalidControlledIdentifierDocument
            }
            Code::DidMalformed => Self::InvalidVerificationMethod,
            Code::DidNoSuchMethod => Self::InvalidRelationship,
            Code::VcHolderMismatch
            | Code::IssuerMismatch
            | Code::IssuerUnbound
            | Code::SignatureInvalid
            | Code::VcRelatedMismatch
            | Code::VcUnsecured => Self::CryptographicSecurity,
            Code::StatusEntryMalformed | Code::StatusListMalformed => Self::MalformedValue,
            Code::StatusListMissing | Code::VcStatusUnchecked => Self::StatusRetrieval,
            Code::StatusListTooShort => Self::StatusListLength,
            other => Self::of_room(other.as_str()),
        }
    }

    fn of_room(code: &str) -> Self {
        match code.split('.').next().unwrap_or_default() {
            "json" => Self::Parsing,
            "envelope" | "jws" | "proof" | "sd_jwt" => Self::ProofVerification,
            "key" => Self::InvalidVerificationMethod,
            "ld" => Self::ProofTransformation,
            "status" => Self::StatusVerification,
            _ => Self::MalformedValue,
        }
    }

    /// Returns the URL that names the type.
    pub const fn url(self) -> &'static str {
        match self {
            Self::CryptographicSecurity => {
                "https://www.w3.org/TR/vc-data-model#CRYPTOGRAPHIC_SECURITY_ERROR"
            }
            Self::InvalidChallenge => "https://w3id.org/security#INVALID_CHALLENGE_ERROR",
            Self::InvalidControlledIdentifierDocument => {
                "https://w3id.org/security#INVALID_CONTROLLED_IDENTIFIER_DOCUMENT"
            }
            Self::InvalidDomain => "https://w3id.org/security#INVALID_DOMAIN_ERROR",
            Self::InvalidRelationship => {
                "https://w3id.org/security#INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"
            }
            Self::InvalidVerificationMethod => {
                "https://w3id.org/security#INVALID_VERIFICATION_METHOD"
            }
            Self::MalformedValue => "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR",
            Self::Parsing => "https://www.w3.org/TR/vc-data-model#PARSING_ERROR",
            Self::ProofTransformation => "https://w3id.org/security#PROOF_TRANSFORMATION_ERROR",
            Self::ProofVerification => "https://w3id.org/security#PROOF_VERIFICATION_ERROR",
            Self::Range => "https://www.w3.org/TR/vc-data-model#RANGE_ERROR",
            Self::StatusListLength => {
                "https://www.w3.org/ns/credentials/status-list#STATUS_LIST_LENGTH_ERROR"
            }
            Self::StatusRetrieval => {
                "https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR"
            }
            Self::StatusVerification => {
                "https://www.w3.org/ns/credentials/status-list#STATUS_VERIFICATION_ERROR"
            }
        }
    }

    /// Returns the short name, which is the `title`: the URL's last part.
    pub fn title(self) -> &'static str {
        self.url().rsplit('#').next().unwrap_or_default()
    }
}

impl NotAuthentic {
    /// How many problems are named at most; what comes after is left out.
    pub const MAX: usize = 32;

    pub(super) const fn new(problems: Vec<Problem>, warnings: Vec<Problem>) -> Self {
        Self { problems, warnings }
    }

    /// Returns what is wrong, in the order of the checks; never empty.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Returns what was not checked.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// Returns the code of the first problem.
    pub fn code(&self) -> Code {
        self.problems
            .first()
            .map_or(Code::VcUnsecured, |problem| problem.code)
    }
}

impl fmt::Display for NotAuthentic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not authentic")?;
        for problem in &self.problems {
            write!(f, "; {problem}")?;
        }
        Ok(())
    }
}

impl core::error::Error for NotAuthentic {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.at.is_empty() {
            write!(f, "{}: ", self.at)?;
        }
        write!(f, "{} ({})", self.detail, self.code)
    }
}

/// Collects what is found, up to the bound.
#[derive(Debug, Default)]
pub(super) struct Findings {
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl Findings {
    pub(super) fn refuse(&mut self, problem: Problem) {
        if self.problems.len() < NotAuthentic::MAX {
            self.problems.push(problem);
        }
    }

    pub(super) fn warn(&mut self, problem: Problem) {
        if self.warnings.len() < NotAuthentic::MAX {
            self.warnings.push(problem);
        }
    }

    /// Returns the warnings when nothing was refused.
    pub(super) fn into_result(self) -> Result<Vec<Problem>, NotAuthentic> {
        if self.problems.is_empty() {
            Ok(self.warnings)
        } else {
            Err(NotAuthentic::new(self.problems, self.warnings))
        }
    }

    /// Returns the refusal of a document of which nothing is left to return; it always has a problem.
    pub(super) fn into_refusal(mut self) -> NotAuthentic {
        if self.problems.is_empty() {
            let detail = "nothing that could be verified was found";
            self.refuse(Problem::new(Code::VcUnsecured, &Place::ROOT, detail));
        }
        NotAuthentic::new(self.problems, self.warnings)
    }
}
