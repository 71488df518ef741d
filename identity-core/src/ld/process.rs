//! Context processing (JSON-LD 1.1 API section 4.1), which `json-ld` does, with bounds around it.

use core::{
    cell::Cell,
    pin::pin,
    task::{Context as Waiting, Poll, Waker},
};
use std::{collections::BTreeMap, sync::Arc};

use ssi_json_ld::{
    Context, ExtractContext as _, Iri, IriBuf, LoadError, Loader, Process as _, RemoteDocument,
    context_processing::{Error, Options},
    syntax::{self, Value as Json},
};

use super::LdError;

/// Most contexts that processing one `@context` may name, directly and through others.
const MAX_LOADS: usize = 64;

/// Contexts that are at hand, by their URL.
pub(super) type Known = BTreeMap<String, Arc<Json>>;

/// How a local context takes effect.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// In this place and everything inside.
    Embedded,
    /// For the values of one property, where protected terms may be defined anew.
    Property,
    /// For a node of one type, but not for the nodes inside it.
    Type,
}

/// Derives a context from another by a local one.
pub(super) fn process(
    known: &Known,
    active: &Context,
    local: &syntax::Context,
    base_url: Option<IriBuf>,
    scope: Scope,
) -> Result<Context, LdError> {
    let at_hand = AtHand {
        known,
        loads: Cell::new(0),
    };
    let options = Options {
        override_protected: scope == Scope::Property,
        propagate: scope != Scope::Type,
        ..Options::default()
    };
    let mut vocabulary = ();
    let future = local.process_full(&mut vocabulary, active, &at_hand, base_url, options, ());
    match at_once(future)? {
        Ok(processed) => Ok(processed.into_processed()),
        Err(_) if at_hand.loads.get() > MAX_LOADS => Err(LdError::Context {
            reason: "it names too many others".to_owned(),
        }),
        Err(Error::ContextLoadingFailed(LoadError { target, .. })) => {
            Err(LdError::ContextUnknown {
                url: super::cut(target.as_str()),
            })
        }
        Err(error) => Err(LdError::Context {
            reason: error.to_string(),
        }),
    }
}

/// Reads a `@context` out of a context's document.
pub(super) fn extract(document: Json) -> Result<syntax::Context, LdError> {
    document
        .into_ld_context()
        .map_err(|error| LdError::Context {
            reason: error.to_string(),
        })
}

/// Runs a future that waits for nothing.
pub(super) fn at_once<T>(future: impl Future<Output = T>) -> Result<T, LdError> {
    match pin!(future).poll(&mut Waiting::from_waker(Waker::noop())) {
        Poll::Ready(value) => Ok(value),
        Poll::Pending => Err(LdError::Internal),
    }
}

/// Hands out the contexts that are at hand and counts them.
struct AtHand<'k> {
    known: &'k Known,
    loads: Cell<usize>,
}

#[derive(Debug, thiserror::Error)]
#[error("not at hand")]
struct NotAtHand;

impl Loader for AtHand<'_> {
    async fn load(&self, url: &Iri) -> Result<RemoteDocument<IriBuf>, LoadError> {
        self.loads.set(self.loads.get() + 1);
        let found = self.known.get(url.as_str());
        match found.filter(|_| self.loads.get() <= MAX_LOADS) {
            Some(document) => Ok(RemoteDocument::new(
                Some(url.to_owned()),
                None,
                Json::clone(document),
            )),
            None => Err(LoadError::new(url.to_owned(), NotAtHand)),
        }
    }
}
