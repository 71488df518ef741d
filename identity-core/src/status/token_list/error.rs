//! What can be wrong with a status claim, with a Status List Token, or between the two.

use crate::{
    Code,
    encoding::strict_json::JsonError,
    proof::jose::JwsError,
    status::{Instant, StatusListError},
    verify::BudgetExhausted,
};

/// Reports why nothing can be said of the status of a referenced token (section 8.3).
///
/// None of these says that it is invalid: that is a status. Unknown is never valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The `status` claim of the referenced token breaks a rule of section 6.2.
    #[error("the status claim's {member} is {fault}")]
    Claim {
        /// The member.
        member: &'static str,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// The Status List Token's `exp` has passed.
    #[error("the status list expired at {at}")]
    Expired {
        /// When it expired.
        at: Instant,
    },
    /// The Status List Token is signed by somebody who may not speak for the credential's issuer.
    #[error("the status list is signed by {signer}, who is not its credential's issuer")]
    ForeignIssuer {
        /// The DID that signed it, or `a key without a DID`.
        signer: String,
    },
    /// The list does not reach as far as the index.
    #[error("the status list has no slot {index}")]
    IndexOutOfRange {
        /// The index.
        index: u64,
    },
    /// The claims are not strict JSON.
    #[error("the status list's claims are {0}")]
    Json(#[from] JsonError),
    /// The token's header or signature is refused.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// The list's text or its compressed form is damaged, or larger than the budget.
    #[error(transparent)]
    ListText(#[from] StatusListError),
    /// A claim of the Status List Token breaks a rule of section 5.1 or 4.2, or an aggregation one of 9.3.
    #[error("the status list's {member} is {fault}")]
    Malformed {
        /// The claim.
        member: &'static str,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// The Status List Token says it counts from later than now (`iat`, `nbf`).
    #[error("the status list counts from {from}")]
    NotYetValid {
        /// From when it counts.
        from: Instant,
    },
    /// The Status List Token is another one than the referenced token names.
    #[error("the status list {expected} is named, and this is another")]
    OtherList {
        /// The `uri` of the referenced token.
        expected: String,
    },
}

impl TokenError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Claim { .. } => Code::StatusEntryMalformed,
            Self::Expired { .. } => Code::StatusListExpired,
            Self::ForeignIssuer { .. } | Self::OtherList { .. } => Code::StatusListForeign,
            Self::IndexOutOfRange { .. } => Code::StatusIndexOutOfRange,
            Self::Json(error) => error.code(),
            Self::Jws(error) => error.code(),
            Self::ListText(error) => error.code(),
            Self::Malformed { .. } => Code::StatusListMalformed,
            Self::NotYetValid { .. } => Code::StatusListNotYetValid,
        }
    }
}

impl From<BudgetExhausted> for TokenError {
    fn from(error: BudgetExhausted) -> Self {
        Self::ListText(error.into())
    }
}
