//! Documents handed in by whoever fetched them, and how long they are good for.

use std::{borrow::Cow, collections::HashMap};

use jiff::{SignedDuration, Timestamp};

use super::{Did, DidDocument, DidError, LocalResolver, Resolver, web};

/// DID documents of did:web that somebody fetched, each with the instant it was fetched at.
#[derive(Clone, Debug, Default)]
pub struct PinnedDocuments(HashMap<Did, Pinned>);

#[derive(Clone, Debug)]
struct Pinned {
    document: DidDocument,
    fetched_at: Timestamp,
}

/// Resolves did:key and did:jwk from the DID itself, and did:web from documents held that are recent
/// enough at one instant.
#[derive(Clone, Copy, Debug)]
pub struct PinnedResolver<'p> {
    documents: &'p PinnedDocuments,
    now: Timestamp,
    max_age: SignedDuration,
}

/// How far the clock of whoever fetched may be ahead.
const LEEWAY: SignedDuration = SignedDuration::from_mins(5);

impl PinnedDocuments {
    /// Holds no document.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a document as it came from [`web::url`]; of two for one DID the later fetched stays.
    ///
    /// # Errors
    /// [`DidError`] when the DID is no did:web, or the bytes are not its document.
    pub fn insert(
        &mut self,
        did: &Did,
        json: &[u8],
        fetched_at: Timestamp,
    ) -> Result<(), DidError> {
        let document = web::read_document(did, json)?;
        let held = self.0.get(did).map(|held| held.fetched_at);
        if held.is_none_or(|held| held <= fetched_at) {
            let pinned = Pinned {
                document,
                fetched_at,
            };
            self.0.insert(did.clone(), pinned);
        }
        Ok(())
    }

    /// Returns a resolver that takes documents no older than `max_age` at `now`.
    pub const fn at(&self, now: Timestamp, max_age: SignedDuration) -> PinnedResolver<'_> {
        PinnedResolver {
            documents: self,
            now,
            max_age,
        }
    }
}

impl Resolver for PinnedResolver<'_> {
    fn resolve(&self, did: &Did) -> Result<Cow<'_, DidDocument>, DidError> {
        if did.method() != "web" {
            let local = LocalResolver::new();
            return Ok(Cow::Owned(local.resolve(did)?.into_owned()));
        }
        // What is wrong with the DID itself comes before what is not at hand.
        web::url(did)?;
        let held = self.documents.0.get(did);
        let held = held.ok_or_else(|| DidError::NotHeld { did: did.clone() })?;
        let age = self.now.duration_since(held.fetched_at);
        if age > self.max_age || age < -LEEWAY {
            return Err(DidError::Stale {
                did: did.clone(),
                fetched_at: held.fetched_at,
            });
        }
        Ok(Cow::Borrowed(&held.document))
    }
}
