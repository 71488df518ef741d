//! W3C Data Integrity 1.0 proofs, alone, in sets and in chains: over canonical JSON (`eddsa-jcs-2022`,
//! `ecdsa-jcs-2019`) and, with the feature `rdfc`, over canonical RDF (`eddsa-rdfc-2022`,
//! `ecdsa-rdfc-2019`).
//!
//! Every proof of a document is verified, or none counts. A proof in a chain covers the proofs it
//! names, so that none of those can be taken away.
//!
//! A signature over RDF covers what the document says, not its JSON: another `@context` may give the
//! same statements under other member names, and arrays have no order. Whoever reads members by name
//! must also hold `@context` against the list it expects (Data Integrity 1.0 section 4.6). The checks
//! of mandates read members by name, so [`Strictness::Mandate`] takes canonical JSON alone.

mod expect;
mod sign;
mod suite;
mod verify;

#[cfg(test)]
mod tests;

pub use expect::{Binding, Expected, Strictness};
#[cfg(feature = "rdfc")]
pub use sign::sign_with_contexts;
pub use sign::{ProofOptions, sign, to_be_signed};
pub use suite::Cryptosuite;
pub use verify::verify;
pub(crate) use verify::verify_hashed;
#[cfg(feature = "rdfc")]
pub use verify::verify_with_contexts;

use crate::{
    Code,
    did::DidError,
    encoding::jcs::JcsError,
    key::{SignatureError, SigningError},
    verify::BudgetExhausted,
};

/// Reports why a Data Integrity proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// There are too many proofs.
    #[error(transparent)]
    Budget(#[from] BudgetExhausted),
    /// A number in the document cannot be written canonically.
    #[error(transparent)]
    Canonical(#[from] JcsError),
    /// The proof names earlier proofs that are not there, or that name it in turn.
    #[error("the proof rests on {id:?}, which is not there or rests on it")]
    Chain {
        /// The id of the earlier proof.
        id: String,
    },
    /// The document's `@context` does not begin with that of the proof.
    #[error("the document's @context is not the one that was signed")]
    Context,
    /// The cryptosuite is not one used here, or not that of the key.
    #[error("the cryptosuite {name:?} is not accepted for this key")]
    Cryptosuite {
        /// The cryptosuite named.
        name: String,
    },
    /// The verification method could not be found.
    #[error(transparent)]
    Did(#[from] DidError),
    /// The proof's `expires` has passed.
    #[error("the proof has expired")]
    Expired,
    /// The document cannot be read as JSON-LD without loss.
    #[cfg(feature = "rdfc")]
    #[error(transparent)]
    Ld(#[from] crate::ld::LdError),
    /// The document or the proof is not well formed.
    #[error("not a well-formed proof: {reason}")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
    /// The cryptosuite needs the feature `rdfc`.
    #[error(
        "the cryptosuite {} is not part of this program: it was built without the feature `rdfc`",
        suite.as_str()
    )]
    NotBuiltIn {
        /// The cryptosuite.
        suite: Cryptosuite,
    },
    /// The proof was made for another purpose, verifier or request.
    #[error("the proof's {member} is not the one expected")]
    Purpose {
        /// `proofPurpose`, `challenge` or `domain`.
        member: &'static str,
    },
    /// The signature does not match.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The key could not sign.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

impl ProofError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Budget(error) => error.code(),
            Self::Canonical(error) => error.code(),
            Self::Chain { .. } => Code::ProofChain,
            Self::Context => Code::ProofContext,
            Self::Cryptosuite { .. } | Self::NotBuiltIn { .. } => Code::ProofCryptosuite,
            Self::Did(error) => error.code(),
            Self::Expired => Code::ProofExpired,
            #[cfg(feature = "rdfc")]
            Self::Ld(error) => error.code(),
            Self::Malformed { .. } => Code::ProofMalformed,
            Self::Purpose { .. } => Code::ProofPurpose,
            Self::Signature(error) => error.code(),
            Self::Signing(error) => error.code(),
        }
    }
}
