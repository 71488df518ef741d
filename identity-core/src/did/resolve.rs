//! Resolution: from a DID to its document.

use std::borrow::Cow;

use super::{Did, DidDocument, DidError, jwk, key};

/// Whoever can find the document of a DID, without asking the network.
pub trait Resolver {
    /// Finds the document.
    ///
    /// # Errors
    /// [`DidError`] when the DID is not well formed or of a method not resolved here.
    fn resolve(&self, did: &Did) -> Result<Cow<'_, DidDocument>, DidError>;
}

impl<R: Resolver + ?Sized> Resolver for &R {
    fn resolve(&self, did: &Did) -> Result<Cow<'_, DidDocument>, DidError> {
        (**self).resolve(did)
    }
}

/// Resolves the methods whose DIDs hold their key: did:key and did:jwk.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct LocalResolver;

impl LocalResolver {
    /// Makes the resolver.
    pub const fn new() -> Self {
        Self
    }
}

impl Resolver for LocalResolver {
    fn resolve(&self, did: &Did) -> Result<Cow<'_, DidDocument>, DidError> {
        match did.method() {
            "key" => key::resolve(did).map(Cow::Owned),
            "jwk" => jwk::resolve(did).map(Cow::Owned),
            other => Err(DidError::UnsupportedMethod {
                method: other.to_owned(),
            }),
        }
    }
}
