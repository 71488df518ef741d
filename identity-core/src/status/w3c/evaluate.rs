//! From an entry and its list to an answer (section 3.2).

use std::{collections::BTreeMap, sync::Arc};

use super::{
    ListCredential, ListIssuers, Purpose, StatusEntry, StatusError,
    entry::{is_entry, items},
};
use crate::{
    encoding::strict_json::{Object, Value},
    proof::SignerDid,
    status::{Instant, LEEWAY, SLOTS},
};

/// Whoever has list credentials at hand, authenticated, by their URL.
pub trait StatusLists {
    /// Returns the list that is published at this URL.
    ///
    /// # Errors
    /// [`StatusError::ListMissing`] where it is not at hand, and what [`ListCredential::read`] says
    /// where it is but cannot be used.
    fn list(&self, url: &str) -> Result<Arc<ListCredential>, StatusError>;
}

/// Lists kept by their URL.
#[derive(Clone, Debug, Default)]
pub struct KnownLists(BTreeMap<String, Arc<ListCredential>>);

/// What a list says of one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntryStatus {
    /// What the entry is for.
    pub purpose: Purpose,
    /// The value found.
    pub value: u32,
    /// The text that the entry gives to this value; for developers, not to be shown to others.
    pub message: Option<String>,
    /// From when the list counts.
    pub as_of: Option<Instant>,
}

/// What the answer to one entry means for its credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Something is said of the credential that does not touch its validity by itself: a newer one
    /// is to be had.
    Informs,
    /// Nothing stands against the credential.
    None,
    /// Revoked: not valid.
    Revoked,
    /// Suspended: not valid now.
    Suspended,
    /// A value is set whose meaning only the issuer's rules tell: of purpose `message`, or of one that
    /// is not known here. A verifier without such rules cannot decide.
    Unknown,
}

impl KnownLists {
    /// Adds a list under its own URL; a list that has none is given back. Of two under one URL the one
    /// that is valid from later stays: an older copy takes back no revocation.
    ///
    /// # Errors
    /// The list, when neither its `id` nor [`ListCredential::found_at`] says where it is published.
    pub fn insert(&mut self, list: ListCredential) -> Result<(), Box<ListCredential>> {
        let Some(url) = list.url().map(str::to_owned) else {
            return Err(Box::new(list));
        };
        let held = self.0.get(&url);
        if held.is_none_or(|held| held.valid_from <= list.valid_from) {
            self.0.insert(url, Arc::new(list));
        }
        Ok(())
    }

    /// Keeps what was known before of the lists that are still here, where it is of the same signer and
    /// valid from later.
    pub fn keep_newer_of(&mut self, before: &Self) {
        for (url, list) in &mut self.0 {
            if let Some(held) = before.0.get(url)
                && held.signer.did() == list.signer.did()
                && held.valid_from > list.valid_from
            {
                *list = Arc::clone(held);
            }
        }
    }
}

/// No list at all.
impl StatusLists for () {
    fn list(&self, url: &str) -> Result<Arc<ListCredential>, StatusError> {
        Err(StatusError::ListMissing {
            url: url.to_owned(),
        })
    }
}

impl StatusLists for KnownLists {
    fn list(&self, url: &str) -> Result<Arc<ListCredential>, StatusError> {
        let list = self.0.get(url).cloned();
        list.ok_or_else(|| StatusError::ListMissing {
            url: url.to_owned(),
        })
    }
}

impl EntryStatus {
    /// Returns whether the value is 0, which is what the standard calls `valid` for every purpose.
    pub const fn is_clear(&self) -> bool {
        self.value == 0
    }

    /// Returns what this means for the credential.
    pub const fn effect(&self) -> Effect {
        match (&self.purpose, self.value) {
            (_, 0) => Effect::None,
            (Purpose::Refresh, _) => Effect::Informs,
            (Purpose::Revocation, _) => Effect::Revoked,
            (Purpose::Suspension, _) => Effect::Suspended,
            (Purpose::Message | Purpose::Other(_), _) => Effect::Unknown,
        }
    }
}

/// Reads what a list says of an entry at an instant.
///
/// `issuer` is who signed the credential that holds the entry, not whom it claims.
///
/// # Errors
/// [`StatusError`] when the list is not this entry's, not its issuer's, does not count at that instant,
/// is not kept for that purpose, or is too short.
pub fn evaluate(
    entry: &StatusEntry,
    list: &ListCredential,
    issuer: &SignerDid,
    accepted: &ListIssuers<'_>,
    now: Instant,
) -> Result<EntryStatus, StatusError> {
    if !accepted.admit(&list.signer, issuer) {
        let signer = list.signer.did().to_string();
        return Err(StatusError::ForeignIssuer { signer });
    }
    if list.url() != Some(entry.list()) {
        return Err(StatusError::OtherList {
            expected: entry.list().to_owned(),
        });
    }
    check_period(list, now)?;
    if !list.purposes.contains(entry.purpose()) {
        return Err(StatusError::Purpose {
            purpose: entry.purpose().to_string(),
        });
    }
    let size = entry.size();
    if let Some(list) = list.size.filter(|list| *list != size) {
        let (entry, list) = (size.get(), list.get());
        return Err(StatusError::Size { entry, list });
    }
    let entries = list.bits.entries(size);
    if entries < SLOTS {
        return Err(StatusError::ListTooShort { entries });
    }
    let index = entry.index();
    let value = index.as_u64().and_then(|at| list.bits.get(at, size));
    let value = value.ok_or_else(|| StatusError::IndexOutOfRange {
        index: index.as_str().chars().take(32).collect(),
    })?;
    Ok(EntryStatus {
        purpose: entry.purpose().clone(),
        value,
        message: entry.message(value).map(str::to_owned),
        as_of: list.valid_from,
    })
}

/// Reads what the lists say of every entry of a credential that was authenticated, in the order of
/// its `credentialStatus`; without that member there is nothing to say.
///
/// Every entry has an answer or a reason why there is none: an entry of another type is a
/// [`StatusError::EntryType`], and for the caller to decide about.
pub fn evaluate_all(
    credential: &Object<'_>,
    issuer: &SignerDid,
    lists: &impl StatusLists,
    accepted: &ListIssuers<'_>,
    now: Instant,
) -> Vec<Result<EntryStatus, StatusError>> {
    let entries = credential.get("credentialStatus").map(items);
    let entries = entries.unwrap_or_default().iter();
    entries
        .map(|entry| {
            let entry = StatusEntry::read(entry)?;
            let list = lists.list(entry.list())?;
            evaluate(&entry, &list, issuer, accepted, now)
        })
        .collect()
}

/// Checks every object of the type of a status entry, wherever it stands in a document: what an
/// issuer does before it signs, for a signed entry that no reader can use is worse than none.
///
/// # Errors
/// [`StatusError::Entry`] for the first that breaks a rule of section 2.1.
pub fn check_entries(document: &Object<'_>) -> Result<(), StatusError> {
    if is_entry(document) {
        StatusEntry::read(&Value::Object(document.clone()))?;
    }
    document
        .iter()
        .try_for_each(|(_, value)| check_value(value))
}

fn check_value(value: &Value<'_>) -> Result<(), StatusError> {
    match value {
        Value::Array(items) => items.iter().try_for_each(check_value),
        Value::Object(object) => check_entries(object),
        _ => Ok(()),
    }
}

/// A list counts in `[validFrom, validUntil)`, and a little before it if the clocks differ.
fn check_period(list: &ListCredential, now: Instant) -> Result<(), StatusError> {
    if let Some(from) = list.valid_from
        && from.seconds_since(now) > LEEWAY.as_secs()
    {
        return Err(StatusError::ListNotYetValid { from });
    }
    match list.valid_until {
        Some(until) if now >= until => Err(StatusError::ListExpired { until }),
        _ => Ok(()),
    }
}
