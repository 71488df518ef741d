//! What can be wrong with a status entry, with its list, or between the two.

use crate::{
    Code,
    status::{Instant, StatusListError},
};

/// Reports why a status entry gives no answer.
///
/// None of these says that a credential is revoked: that is an answer. Whoever gets one of these
/// does not know the status, and unknown is never valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatusError {
    /// The status entry breaks a rule of section 2.1.
    #[error("the status entry's {member} is {fault}")]
    Entry {
        /// The member.
        member: &'static str,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// The entry is of another type than `BitstringStatusListEntry`.
    #[error("a status of type {found:?} is not read here")]
    EntryType {
        /// The type found, at most its first 64 characters.
        found: String,
    },
    /// The list is signed by somebody who may not speak for the credential's issuer.
    #[error("the status list is signed by {signer}, who is not its credential's issuer")]
    ForeignIssuer {
        /// The DID that signed the list.
        signer: String,
    },
    /// The list does not reach as far as the entry's index (section 3.2, `RANGE_ERROR`).
    #[error("the status list has no entry {index}")]
    IndexOutOfRange {
        /// The index, at most its first 32 digits.
        index: String,
    },
    /// The list's `validUntil` has passed.
    #[error("the status list counted until {until}")]
    ListExpired {
        /// The instant from which it no longer counts.
        until: Instant,
    },
    /// The list credential names another issuer than the one whose key signed it.
    #[error("the status list names {issuer:?} as its issuer, who did not sign it")]
    ListIssuer {
        /// The issuer named, at most its first 128 characters.
        issuer: String,
    },
    /// The list credential breaks a rule of section 2.2.
    #[error("the status list credential's {member} is {fault}")]
    ListMalformed {
        /// The member.
        member: &'static str,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// The list is not at hand (section 3.2, `STATUS_RETRIEVAL_ERROR`).
    #[error("the status list {url} is not at hand")]
    ListMissing {
        /// The URL that the entry names.
        url: String,
    },
    /// The list's `validFrom` has not come yet.
    #[error("the status list counts from {from}")]
    ListNotYetValid {
        /// The instant from which it counts.
        from: Instant,
    },
    /// The list's text or its compressed form is damaged, or larger than the budget.
    #[error(transparent)]
    ListText(#[from] StatusListError),
    /// The list has fewer entries than its minimum (section 3.2, `STATUS_LIST_LENGTH_ERROR`).
    #[error("the status list has room for {entries} entries, fewer than 131072")]
    ListTooShort {
        /// How many entries it has room for.
        entries: u64,
    },
    /// The list is another one than the entry names.
    #[error("the entry names the status list {expected}, and this is another")]
    OtherList {
        /// The URL that the entry names.
        expected: String,
    },
    /// The list is not kept for the entry's purpose.
    #[error("the status list is not kept for the purpose {purpose:?}")]
    Purpose {
        /// The purpose that the entry names.
        purpose: String,
    },
    /// The entry and its list disagree on how many bits an entry has.
    #[error("the entry has {entry} bits and its status list {list}")]
    Size {
        /// The entry's `statusSize`.
        entry: u8,
        /// The list's.
        list: u8,
    },
}

impl StatusError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Entry { .. } => Code::StatusEntryMalformed,
            Self::EntryType { .. } => Code::StatusEntryUnknown,
            Self::ForeignIssuer { .. } | Self::OtherList { .. } => Code::StatusListForeign,
            Self::IndexOutOfRange { .. } => Code::StatusIndexOutOfRange,
            Self::ListExpired { .. } => Code::StatusListExpired,
            Self::ListIssuer { .. } => Code::IssuerMismatch,
            Self::ListMalformed { .. } | Self::Size { .. } => Code::StatusListMalformed,
            Self::ListMissing { .. } => Code::StatusListMissing,
            Self::ListNotYetValid { .. } => Code::StatusListNotYetValid,
            Self::ListText(error) => error.code(),
            Self::ListTooShort { .. } => Code::StatusListTooShort,
            Self::Purpose { .. } => Code::StatusPurpose,
        }
    }
}
