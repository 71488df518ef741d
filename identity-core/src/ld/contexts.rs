//! The contexts that are at hand.

use core::fmt;
use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use ssi_json_ld::{
    self as ssi, IriBuf,
    syntax::{self, Parse as _, Value as Json},
};

use super::{
    LdError,
    active::{Active, Scoped},
    plain::without_wrapper,
    process::{self, Known, Scope},
};
use crate::{
    credential::CONTEXT_DOCUMENT,
    encoding::{
        jcs,
        strict_json::{self, Limits, Value},
    },
    verify::Budget,
};

/// Most values that a context inside a document may have; one that is at hand may have any number.
const MAX_INLINE: usize = 256;

/// Most derived contexts kept; past that, keeping starts anew.
const MAX_KEPT: usize = 128;

/// The contexts that are at hand: those compiled in, and those a caller hands in.
///
/// A copy shares what has been worked out, so keep one rather than making it anew for every document.
#[derive(Clone)]
pub struct Contexts(Arc<Inner>);

struct Inner {
    known: Known,
    empty: Arc<Active>,
    kept: Mutex<HashMap<Key, Arc<Active>>>,
}

/// What a kept context was derived from: another, by a list of URLs or by a scoped context.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Scoped(u64, u64, Scope),
    Urls(u64, Vec<String>),
}

impl Contexts {
    /// The contexts compiled in: W3C credentials v1 and v2 with their example vocabularies, DID v1,
    /// Data Integrity v1 and v2, Multikey v1, Security v1 and v2, and the mandates' own.
    pub fn standard() -> Self {
        static STANDARD: LazyLock<Contexts> = LazyLock::new(|| Contexts::of(compiled_in()));
        STANDARD.clone()
    }

    /// Adds a context: its URL, and the document found there, with its `@context` member.
    ///
    /// # Errors
    /// [`LdError`] when the text is not strict JSON, no usable context, names one that is not at hand,
    /// or stands for a URL that is taken.
    pub fn with(&self, url: &str, document: &[u8]) -> Result<Self, LdError> {
        let limits = Limits::small();
        let value = strict_json::parse(document, &limits)?;
        let mut known = self.0.known.clone();
        if known.contains_key(url) {
            let reason = "its URL is taken by another".to_owned();
            return Err(LdError::Context { reason });
        }
        known.insert(url.to_owned(), Arc::new(to_json(&value)?));
        let with = Self::of(known);
        let urls = Value::array([url]);
        with.embedded(&with.0.empty, &urls, &mut Budget::presentation())?;
        Ok(with)
    }

    #[cfg(test)]
    pub(super) fn known(&self) -> Known {
        self.0.known.clone()
    }

    fn of(known: Known) -> Self {
        Self(Arc::new(Inner {
            known,
            empty: Arc::new(Active::empty()),
            kept: Mutex::default(),
        }))
    }

    /// Returns the context in which a document begins, which defines nothing.
    pub(super) fn empty(&self) -> &Arc<Active> {
        &self.0.empty
    }

    /// Derives a context by the `@context` of a document or a node.
    pub(super) fn embedded(
        &self,
        active: &Arc<Active>,
        local: &Value<'_>,
        budget: &mut Budget,
    ) -> Result<Arc<Active>, LdError> {
        let local = &*without_wrappers(local);
        let items = local
            .as_array()
            .unwrap_or_else(|| core::slice::from_ref(local));
        let urls = items.iter().map(|item| item.as_str().map(str::to_owned));
        let key = urls
            .collect::<Option<_>>()
            .map(|urls| Key::Urls(active.id, urls));
        self.derive(key, active, Scope::Embedded, None, budget, || {
            let mut left = MAX_INLINE;
            if !count(local, &mut left) {
                let reason = "it is too large to stand in a document".to_owned();
                return Err(LdError::Context { reason });
            }
            let mut document = syntax::Object::new();
            document.insert("@context".into(), to_json(local)?);
            process::extract(Json::Object(document))
        })
    }

    /// Derives a context by one that counts for a property or a type.
    pub(super) fn scoped(
        &self,
        active: &Arc<Active>,
        scoped: &Scoped,
        scope: Scope,
        budget: &mut Budget,
    ) -> Result<Arc<Active>, LdError> {
        let key = Some(Key::Scoped(active.id, scoped.id, scope));
        let base_url = scoped.base_url.clone();
        self.derive(key, active, scope, base_url, budget, || {
            Ok(scoped.context.clone())
        })
    }

    fn derive(
        &self,
        key: Option<Key>,
        active: &Arc<Active>,
        scope: Scope,
        base_url: Option<IriBuf>,
        budget: &mut Budget,
        local: impl FnOnce() -> Result<syntax::Context, LdError>,
    ) -> Result<Arc<Active>, LdError> {
        let kept = || self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = key.as_ref().and_then(|key| kept().get(key).cloned()) {
            budget.spend_ld(1)?;
            return Ok(found);
        }
        // What a derivation costs is near the number of terms it copies, each several times.
        budget.spend_ld(4 * (64 + active.len()))?;
        let local = local()?;
        let source = process::process(&self.0.known, &active.source, &local, base_url, scope)?;
        let parent = shares_previous(active, &local, scope).then_some(active);
        let derived = Active::new(source, parent).ok_or_else(|| LdError::Context {
            reason: "it names a language that is none".to_owned(),
        })?;
        budget.spend_ld(4 * derived.len())?;
        let derived = Arc::new(derived);
        if let Some(key) = key {
            let mut kept = kept();
            if kept.len() >= MAX_KEPT {
                kept.clear();
            }
            kept.insert(key, Arc::clone(&derived));
        }
        Ok(derived)
    }
}

/// Returns whether what counts again inside a derived context is what does so in its parent, or the
/// parent itself. Otherwise it is a context on the way from one to the other.
fn shares_previous(parent: &Active, local: &syntax::Context, scope: Scope) -> bool {
    let mut entries = local.into_iter();
    let from_parent = parent.previous.is_some() || scope == Scope::Type;
    entries.all(|entry| match entry {
        syntax::ContextEntry::Null => false,
        syntax::ContextEntry::IriRef(_) => from_parent,
        syntax::ContextEntry::Definition(_) => true,
    })
}

impl fmt::Debug for Contexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.known.keys()).finish()
    }
}

/// Returns a local context as its entries are read.
fn without_wrappers<'v, 'a>(local: &'v Value<'a>) -> Cow<'v, Value<'a>> {
    match local {
        Value::Array(items) => {
            let plain = items.iter().map(|item| without_wrapper(item).clone());
            Cow::Owned(Value::Array(plain.collect()))
        }
        one => Cow::Borrowed(without_wrapper(one)),
    }
}

/// Counts values; `false` when there are more than are left.
fn count(value: &Value<'_>, left: &mut usize) -> bool {
    let Some(less) = left.checked_sub(1) else {
        return false;
    };
    *left = less;
    match value {
        Value::Array(items) => items.iter().all(|item| count(item, left)),
        Value::Object(members) => members.iter().all(|(_, member)| count(member, left)),
        _ => true,
    }
}

/// Contexts are few and small, so they go through text, in which both forms agree.
fn to_json(value: &Value<'_>) -> Result<Json, LdError> {
    let text = jcs::canonicalize(value)?;
    let parsed = Json::parse_slice(&text);
    parsed.map(|(json, _)| json).map_err(|_| LdError::Internal)
}

fn compiled_in() -> Known {
    let published = [
        (
            "https://www.w3.org/2018/credentials/v1",
            ssi::CREDENTIALS_V1_CONTEXT_DOCUMENT.document(),
        ),
        (
            "https://www.w3.org/ns/credentials/v2",
            ssi::CREDENTIALS_V2_CONTEXT_DOCUMENT.document(),
        ),
        (
            "https://www.w3.org/ns/did/v1",
            ssi::DID_V1_CONTEXT_DOCUMENT.document(),
        ),
        (
            "https://w3id.org/security/data-integrity/v1",
            ssi::W3ID_DATA_INTEGRITY_V1_CONTEXT_DOCUMENT.document(),
        ),
        (
            "https://w3id.org/security/data-integrity/v2",
            ssi::W3ID_DATA_INTEGRITY_V2_CONTEXT_DOCUMENT.document(),
        ),
        (
            "https://w3id.org/security/multikey/v1",
            ssi::W3ID_MULTIKEY_V1_CONTEXT_DOCUMENT.document(),
        ),
        (
            "https://w3id.org/security/v1",
            ssi::SECURITY_V1_CONTEXT_DOCUMENT.document(),
        ),
        (
            "https://w3id.org/security/v2",
            ssi::SECURITY_V2_CONTEXT_DOCUMENT.document(),
        ),
    ];
    let own = [
        (
            "https://www.w3.org/ns/credentials/examples/v2",
            r#"{"@context":{"@vocab":"https://www.w3.org/ns/credentials/examples#"}}"#,
        ),
        (
            "https://www.w3.org/ns/credentials/undefined-terms/v2",
            r#"{"@context":{"@vocab":"https://www.w3.org/ns/credentials/undefined-term#"}}"#,
        ),
        ("urn:mandate:context:1", CONTEXT_DOCUMENT),
    ];
    let own = own.into_iter().filter_map(|(url, text)| {
        let (json, _) = Json::parse_str(text).ok()?;
        Some((url.to_owned(), Arc::new(json)))
    });
    published
        .into_iter()
        .map(|(url, json)| (url.to_owned(), Arc::new(json.clone())))
        .chain(own)
        .collect()
}
