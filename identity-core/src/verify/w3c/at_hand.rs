//! What the caller has at hand.

use std::collections::BTreeMap;

#[cfg(feature = "rdfc")]
use crate::ld::Contexts;
use crate::{
    did::{LocalResolver, Resolver},
    status::w3c::{ListIssuers, StatusLists},
};

/// Documents by URL; none of them is trusted for being here.
pub trait Documents {
    /// Returns the document of that URL, byte for byte as it was received.
    fn find(&self, url: &str) -> Option<&[u8]>;
}

/// No document at all.
impl Documents for () {
    fn find(&self, _url: &str) -> Option<&[u8]> {
        None
    }
}

impl Documents for BTreeMap<String, Vec<u8>> {
    fn find(&self, url: &str) -> Option<&[u8]> {
        self.get(url).map(Vec::as_slice)
    }
}

/// What [`AtHand::nothing`] knows of contexts.
#[cfg(feature = "rdfc")]
static STANDARD: std::sync::LazyLock<Contexts> = std::sync::LazyLock::new(Contexts::standard);

/// What [`AtHand::nothing`] resolves with.
static LOCAL: LocalResolver = LocalResolver::new();

/// Everything that a document may refer to, handed in by the caller. Nothing is fetched.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct AtHand<'h> {
    /// Finds the keys of DIDs.
    pub resolver: &'h dyn Resolver,
    /// Status lists that were verified, each by its URL; see
    /// [`verify_status_list`](super::verify_status_list).
    pub status_lists: &'h dyn StatusLists,
    /// Who may sign the status list of a credential.
    pub list_issuers: ListIssuers<'h>,
    /// JSON-LD contexts.
    #[cfg(feature = "rdfc")]
    pub contexts: &'h Contexts,
    /// JSON Schemas, each by the `id` under which a credential names it.
    pub schemas: &'h dyn Documents,
    /// Other resources, each by its URL; the base context is always at hand.
    pub resources: &'h dyn Documents,
}

impl<'h> AtHand<'h> {
    /// Has the keys of did:key and did:jwk and the contexts compiled in at hand, and no documents.
    pub fn nothing() -> Self {
        Self {
            resolver: &LOCAL,
            status_lists: &(),
            list_issuers: ListIssuers::SameDid,
            #[cfg(feature = "rdfc")]
            contexts: &STANDARD,
            schemas: &(),
            resources: &(),
        }
    }

    /// Finds keys with another resolver.
    #[must_use]
    pub const fn with_resolver(mut self, resolver: &'h dyn Resolver) -> Self {
        self.resolver = resolver;
        self
    }

    /// Has these status lists at hand, signed by those.
    #[must_use]
    pub const fn with_status_lists(
        mut self,
        lists: &'h dyn StatusLists,
        issuers: ListIssuers<'h>,
    ) -> Self {
        self.status_lists = lists;
        self.list_issuers = issuers;
        self
    }

    /// Has these contexts at hand, instead of those compiled in.
    #[cfg(feature = "rdfc")]
    #[must_use]
    pub const fn with_contexts(mut self, contexts: &'h Contexts) -> Self {
        self.contexts = contexts;
        self
    }

    /// Has these schemas at hand.
    #[must_use]
    pub const fn with_schemas(mut self, schemas: &'h dyn Documents) -> Self {
        self.schemas = schemas;
        self
    }

    /// Has these resources at hand.
    #[must_use]
    pub const fn with_resources(mut self, resources: &'h dyn Documents) -> Self {
        self.resources = resources;
        self
    }
}

impl core::fmt::Debug for AtHand<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("AtHand").finish_non_exhaustive()
    }
}

/// A resolver behind a reference, for functions that are generic over resolvers.
pub(super) struct ByReference<'h>(pub(super) &'h dyn Resolver);

impl Resolver for ByReference<'_> {
    fn resolve(
        &self,
        did: &crate::did::Did,
    ) -> Result<std::borrow::Cow<'_, crate::did::DidDocument>, crate::did::DidError> {
        self.0.resolve(did)
    }
}
