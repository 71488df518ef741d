//! Anchors: whom a verifier trusts, by their DIDs, under its own names for them.

use core::str::FromStr;

use crate::{
    Code,
    did::{Did, DidDocument, DidError, LocalResolver, Resolver as _},
};

/// A body that a verifier trusts, under the verifier's own name for it: an issuer, or an accreditor that
/// says whom to trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    did: Did,
    name: Option<String>,
    /// What the DID itself says; a did:webvh has its history in the bundle.
    document: Option<DidDocument>,
}

/// Reports that nobody would be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The anchor is not a DID, or not one that can be resolved here.
    #[error("not an anchor: {0}")]
    Did(#[from] DidError),
    /// Two anchors have one DID.
    #[error("{did} is named twice")]
    Repeated {
        /// The DID.
        did: Did,
    },
    /// No anchor is named.
    #[error("no anchor is named, so nobody is trusted")]
    NoAnchor,
}

impl TrustError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Did(error) => error.code(),
            Self::Repeated { .. } | Self::NoAnchor => Code::TrustNoAnchor,
        }
    }
}

impl Anchor {
    /// Trusts the body of this DID, under a name.
    ///
    /// # Errors
    /// [`TrustError::Did`] when the DID's method is not resolved here, or a did:webvh names no host.
    pub fn new(did: Did, name: Option<String>) -> Result<Self, TrustError> {
        let document = match did.method() {
            "webvh" => {
                crate::did::webvh::url(&did)?;
                None
            }
            _ => Some(LocalResolver::new().resolve(&did)?.into_owned()),
        };
        Ok(Self {
            did,
            name,
            document,
        })
    }

    /// Returns the DID.
    pub const fn did(&self) -> &Did {
        &self.did
    }

    /// Returns the name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(super) const fn document(&self) -> Option<&DidDocument> {
        self.document.as_ref()
    }
}

impl FromStr for Anchor {
    type Err = TrustError;

    /// Reads `DID` or `DID=NAME`.
    fn from_str(text: &str) -> Result<Self, TrustError> {
        let (did, name) = match text.split_once('=') {
            Some((did, name)) => (did, Some(name.trim()).filter(|name| !name.is_empty())),
            None => (text, None),
        };
        Self::new(did.trim().parse()?, name.map(str::to_owned))
    }
}
