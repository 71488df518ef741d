//! What is asked about a document.

use jiff::Timestamp;

use super::Binding;

/// What is asked about a credential or presentation; every member is a decision of the caller's.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Question<'q> {
    /// The real instant, from the caller's clock.
    pub now: Timestamp,
    /// The nonce that the document's own proof must answer; those of credentials inside a
    /// presentation may have any.
    pub challenge: Binding<&'q str>,
    /// Whom the document's own proof must be made for; those of credentials inside a presentation may
    /// be made for anybody.
    pub domain: Binding<&'q [&'q str]>,
    /// What follows from an issuer of whom nothing at hand says which keys are its own.
    pub issuer: IssuerPolicy,
    /// What follows from a credential that is not valid at `now`.
    pub validity: ValidityPolicy,
    /// What follows from the status of a credential.
    pub status: StatusPolicy,
}

/// What follows from an `issuer` that is a URL and no DID, in a credential with an embedded proof.
///
/// An issuer that is a DID must have signed, whatever the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssuerPolicy {
    /// Refuse the credential: anybody could have signed it in that name.
    Demand,
    /// Warn that the one named may not be the one who signed. Whoever asks so must decide on the signers
    /// alone, and never on `issuer`.
    Report,
}

/// What follows from `validFrom` and `validUntil` (VC Data Model 2.0 section 4.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValidityPolicy {
    /// Refuse a credential that is not yet or no longer valid.
    Demand,
    /// Warn of it.
    Report,
}

/// What follows from `credentialStatus` (VC Data Model 2.0 section 4.10).
///
/// Whatever the policy, an entry that is not well formed is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatusPolicy {
    /// Refuse a credential that is revoked or suspended, and one whose status is not known.
    Demand,
    /// Warn that the status was not looked up.
    Ignore,
    /// Refuse a credential that is revoked or suspended, and one whose list is at hand and cannot be
    /// used; warn when the list is not at hand, or of another kind, or says what has no known meaning.
    WhereAtHand,
}

impl Question<'_> {
    /// Asks about a document that needs not be made for anybody in particular: issuer and validity are
    /// demanded, and status where the list is at hand.
    pub const fn at(now: Timestamp) -> Self {
        Self {
            now,
            challenge: Binding::Any,
            domain: Binding::Any,
            issuer: IssuerPolicy::Demand,
            validity: ValidityPolicy::Demand,
            status: StatusPolicy::WhereAtHand,
        }
    }
}
