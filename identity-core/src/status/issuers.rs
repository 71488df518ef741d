//! Who may keep the status list of whose credentials.

use crate::{did::Did, proof::SignerDid};

/// Who may sign the list of a credential, besides the DID that signed the credential.
///
/// Both standards let the two differ and leave it to the verifier whom it trusts (Bitstring Status
/// List 1.0 sections 2.2 and 3.2; Token Status List section 11.3). A list by anybody would let anybody
/// unrevoke, so whoever calls says here who else there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListIssuers<'a> {
    /// Those who are known to keep the lists of certain others.
    Delegated(&'a [ListDelegation]),
    /// Nobody.
    SameDid,
}

/// One DID keeps the status lists of another's credentials.
///
/// It is a pair, so that whoever keeps the lists of one issuer cannot speak for another one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListDelegation {
    /// Who signs the credentials.
    pub issuer: Did,
    /// Who signs their lists.
    pub keeper: Did,
}

impl ListDelegation {
    /// States that `keeper` keeps the lists of `issuer`, which the caller knows from elsewhere.
    pub const fn new(issuer: Did, keeper: Did) -> Self {
        Self { issuer, keeper }
    }
}

impl ListIssuers<'_> {
    /// Says whether this list may speak of that credential, by who signed them.
    pub(super) fn admit(&self, list: &SignerDid, credential: &SignerDid) -> bool {
        let delegated = match self {
            Self::Delegated(delegations) => delegations
                .iter()
                .any(|d| d.keeper == *list.did() && d.issuer == *credential.did()),
            Self::SameDid => false,
        };
        delegated || list.did() == credential.did()
    }
}
