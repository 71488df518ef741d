//! What is wrong with a document, and where.

use super::place::Place;
use crate::Code;

/// One thing that VC Data Model 2.0 does not allow, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// `@context` is missing, out of order or holds something else (section 4.3).
    #[error(transparent)]
    Context(Fault),
    /// `validFrom` or `validUntil` is no `dateTimeStamp`, or they are in the wrong order (section 4.9).
    #[error(transparent)]
    Dates(Fault),
    /// An enveloped credential or presentation is not well formed (sections 4.13.1 and 4.13.2).
    #[error(transparent)]
    Envelope(Fault),
    /// `evidence` (section 5.6).
    #[error(transparent)]
    Evidence(Fault),
    /// A presentation's `holder` is no URL and has none (section 4.13).
    #[error(transparent)]
    Holder(Fault),
    /// An `id` is not one URL (section 4.4).
    #[error(transparent)]
    Id(Fault),
    /// `issuer` is missing, or is no URL and has none (section 4.7).
    #[error(transparent)]
    Issuer(Fault),
    /// A text with language and direction is not well formed (section 11.1).
    #[error(transparent)]
    Language(Fault),
    /// A presentation's `verifiableCredential` holds something else than credentials (section 4.13).
    #[error(transparent)]
    Presented(Fault),
    /// `proof` has not the shape of proofs (Data Integrity 1.0 section 2.1).
    #[error(transparent)]
    Proof(Fault),
    /// `refreshService`, or a reserved property of that form (sections 5.4 and 5.9).
    #[error(transparent)]
    Refresh(Fault),
    /// `relatedResource` is not well formed (section 5.3).
    #[error(transparent)]
    Related(Fault),
    /// `credentialSchema` (section 4.11).
    #[error(transparent)]
    Schema(Fault),
    /// `credentialStatus` (section 4.10).
    #[error(transparent)]
    Status(Fault),
    /// `credentialSubject` is missing or says nothing (section 4.8).
    #[error(transparent)]
    Subject(Fault),
    /// `termsOfUse` (section 5.5).
    #[error(transparent)]
    Terms(Fault),
    /// A `type` is missing, empty or not the one that must be there (section 4.5).
    #[error(transparent)]
    Type(Fault),
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", if .at.is_empty() { "the document" } else { .at.as_str() })]
#[non_exhaustive]
pub struct Fault {
    /// The place, as a JSON Pointer (RFC 6901), cut to 256 characters.
    pub at: String,
    /// What is wrong.
    pub reason: &'static str,
}

/// Everything found wrong with a document, at most [`ModelErrors::MAX`] things.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a document of VC Data Model 2.0: {}", .found.first().map(ToString::to_string).unwrap_or_default())]
pub struct ModelErrors {
    found: Vec<ModelError>,
}

impl ModelError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Context(_) => Code::VcContext,
            Self::Dates(_) => Code::VcDates,
            Self::Envelope(_) => Code::VcEnvelope,
            Self::Evidence(_) => Code::VcEvidence,
            Self::Holder(_) => Code::VcHolder,
            Self::Id(_) => Code::VcId,
            Self::Issuer(_) => Code::VcIssuer,
            Self::Language(_) => Code::VcLanguage,
            Self::Presented(_) => Code::VcPresented,
            Self::Proof(_) => Code::VcProof,
            Self::Refresh(_) => Code::VcRefresh,
            Self::Related(_) => Code::VcRelated,
            Self::Schema(_) => Code::VcSchema,
            Self::Status(_) => Code::VcStatus,
            Self::Subject(_) => Code::VcSubject,
            Self::Terms(_) => Code::VcTerms,
            Self::Type(_) => Code::VcType,
        }
    }

    /// Returns what is wrong, and where.
    pub const fn fault(&self) -> &Fault {
        match self {
            Self::Context(fault)
            | Self::Dates(fault)
            | Self::Envelope(fault)
            | Self::Evidence(fault)
            | Self::Holder(fault)
            | Self::Id(fault)
            | Self::Issuer(fault)
            | Self::Language(fault)
            | Self::Presented(fault)
            | Self::Proof(fault)
            | Self::Refresh(fault)
            | Self::Related(fault)
            | Self::Schema(fault)
            | Self::Status(fault)
            | Self::Subject(fault)
            | Self::Terms(fault)
            | Self::Type(fault) => fault,
        }
    }
}

impl ModelErrors {
    /// How many things are named at most; what comes after is left out.
    pub const MAX: usize = 32;

    /// Returns what was found, in the order of the checks; never empty.
    pub fn found(&self) -> &[ModelError] {
        &self.found
    }
}

impl IntoIterator for ModelErrors {
    type Item = ModelError;
    type IntoIter = std::vec::IntoIter<ModelError>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

/// Collects what is found, up to the bound.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<ModelError>);

impl Findings {
    /// Notes one thing.
    pub(super) fn add(
        &mut self,
        kind: fn(Fault) -> ModelError,
        at: &Place<'_>,
        reason: &'static str,
    ) {
        if self.0.len() < ModelErrors::MAX {
            let at = at.pointer();
            self.0.push(kind(Fault { at, reason }));
        }
    }

    /// Returns whether there is no room for more.
    pub(super) const fn is_full(&self) -> bool {
        self.0.len() >= ModelErrors::MAX
    }

    /// Ends the collection.
    pub(super) fn into_result(self) -> Result<(), ModelErrors> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(ModelErrors { found: self.0 })
        }
    }
}
