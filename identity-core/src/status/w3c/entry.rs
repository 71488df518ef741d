//! The entry in a credential (section 2.1).

use core::fmt;

use super::{StatusError, StatusSize};
use crate::{
    encoding::strict_json::{Object, Value},
    status::form::{is_url, natural},
};

/// What a status is for (`statusPurpose`, sections 2.1 and 2.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// `message`: says something about the credential; what, the entry's messages tell.
    Message,
    /// Any other: its meaning is the issuer's.
    Other(String),
    /// `refresh`: a newer credential is to be had; this one stays valid.
    Refresh,
    /// `revocation`: cancelled for good.
    Revocation,
    /// `suspension`: not accepted for now.
    Suspension,
}

/// The place of an entry in its list: a natural number of any size, in base 10 (`statusListIndex`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StatusIndex(String);

/// What one value of an entry means, for those who look for faults (`statusMessage`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusMessage {
    /// The value.
    pub value: u32,
    /// The text.
    pub message: String,
}

/// A `BitstringStatusListEntry`: where the status of a credential stands, and what it is for.
///
/// Whoever holds one holds one that keeps the rules of section 2.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusEntry {
    id: Option<String>,
    purpose: Purpose,
    index: StatusIndex,
    list: String,
    size: StatusSize,
    messages: Vec<StatusMessage>,
    references: Vec<String>,
}

/// The name of an entry's type.
pub(super) const TYPE: &str = "BitstringStatusListEntry";

impl Purpose {
    /// Returns the text, such as `revocation`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Message => "message",
            Self::Other(text) => text,
            Self::Refresh => "refresh",
            Self::Revocation => "revocation",
            Self::Suspension => "suspension",
        }
    }
}

impl From<&str> for Purpose {
    fn from(text: &str) -> Self {
        match text {
            "message" => Self::Message,
            "refresh" => Self::Refresh,
            "revocation" => Self::Revocation,
            "suspension" => Self::Suspension,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl StatusIndex {
    /// Reads an index: digits, and no zero before others, so that one place has one spelling.
    ///
    /// # Errors
    /// [`StatusError::Entry`].
    pub fn parse(text: &str) -> Result<Self, StatusError> {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if digits && (text == "0" || !text.starts_with('0')) {
            return Ok(Self(text.to_owned()));
        }
        Err(entry("statusListIndex", "no natural number in base 10"))
    }

    /// Returns the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the number, where it fits; one that does not lies beyond the end of every list.
    pub fn as_u64(&self) -> Option<u64> {
        self.0.parse().ok()
    }
}

impl From<u64> for StatusIndex {
    fn from(index: u64) -> Self {
        Self(index.to_string())
    }
}

impl StatusEntry {
    /// Makes an entry of one bit in the list published at `list`.
    ///
    /// # Errors
    /// [`StatusError::Entry`] if that is no URL.
    pub fn new(
        purpose: Purpose,
        index: impl Into<StatusIndex>,
        list: impl Into<String>,
    ) -> Result<Self, StatusError> {
        let list = list.into();
        if !is_url(&list) {
            return Err(entry("statusListCredential", "no URL"));
        }
        Ok(Self {
            id: None,
            purpose,
            index: index.into(),
            list,
            size: StatusSize::ONE,
            messages: Vec::new(),
            references: Vec::new(),
        })
    }

    /// Gives the entry an `id`, which says nothing about its status.
    ///
    /// # Errors
    /// [`StatusError::Entry`] if it is no URL, or that of the list.
    pub fn with_id(mut self, id: impl Into<String>) -> Result<Self, StatusError> {
        let id = id.into();
        if !is_url(&id) {
            return Err(entry("id", "no URL"));
        }
        if id == self.list {
            return Err(entry("id", "the URL of the status list"));
        }
        self.id = Some(id);
        Ok(self)
    }

    /// Says how many bits the entry has and what each of its values means.
    ///
    /// # Errors
    /// [`StatusError::Entry`] unless each of the 2^n values has one message.
    pub fn with_messages(
        mut self,
        size: StatusSize,
        messages: Vec<StatusMessage>,
    ) -> Result<Self, StatusError> {
        check_messages(size, &messages)?;
        (self.size, self.messages) = (size, messages);
        Ok(self)
    }

    /// Names material about the status (`statusReference`).
    ///
    /// # Errors
    /// [`StatusError::Entry`] if one is no URL.
    pub fn with_references(mut self, urls: Vec<String>) -> Result<Self, StatusError> {
        if !urls.iter().all(|url| is_url(url)) {
            return Err(entry("statusReference", "no URL"));
        }
        self.references = urls;
        Ok(self)
    }

    /// Reads one entry.
    ///
    /// Members that the standard does not name are passed over, as VC Data Model 2.0 lets them be.
    ///
    /// # Errors
    /// [`StatusError::EntryType`] for another type, [`StatusError::Entry`] when a rule of section 2.1
    /// is broken.
    pub fn read(value: &Value<'_>) -> Result<Self, StatusError> {
        let object = value
            .as_object()
            .ok_or_else(|| entry("credentialStatus", "no object"))?;
        if !is_entry(object) {
            let types = object.get("type").map(items).unwrap_or_default();
            let found = types.iter().find_map(Value::as_str).unwrap_or_default();
            let found = found.chars().take(64).collect();
            return Err(StatusError::EntryType { found });
        }
        let text = |member| {
            let value = object.get(member).ok_or_else(|| entry(member, "missing"))?;
            value.as_str().ok_or_else(|| entry(member, "no string"))
        };
        let purpose = Purpose::from(text("statusPurpose")?);
        let index = StatusIndex::parse(text("statusListIndex")?)?;
        let mut read = Self::new(purpose, index, text("statusListCredential")?)?;
        if object.get("id").is_some() {
            read = read.with_id(text("id")?)?;
        }
        let size = object
            .get("statusSize")
            .map_or(Ok(StatusSize::ONE), |size| {
                let size = natural(size).and_then(|size| StatusSize::try_from(size).ok());
                size.ok_or_else(|| entry("statusSize", "not 1 to 32"))
            })?;
        read = match object.get("statusMessage") {
            Some(messages) => read.with_messages(size, read_messages(messages)?)?,
            None if size == StatusSize::ONE => read,
            None => return Err(entry("statusMessage", "missing")),
        };
        if let Some(references) = object.get("statusReference") {
            let urls = items(references)
                .iter()
                .map(|url| url.as_str().map(str::to_owned));
            let urls: Option<Vec<_>> = urls.collect();
            let urls = urls.ok_or_else(|| entry("statusReference", "no URL"))?;
            read = read.with_references(urls)?;
        }
        Ok(read)
    }

    /// Writes the entry, to be put into a credential's `credentialStatus`.
    ///
    /// `statusSize` is left out where it is 1, which is what its absence means.
    pub fn to_value(&self) -> Value<'static> {
        let mut object = Object::default();
        if let Some(id) = &self.id {
            object.insert("id", id.clone().into());
        }
        object.insert("type", TYPE.into());
        object.insert("statusPurpose", self.purpose.to_string().into());
        object.insert("statusListIndex", self.index.0.clone().into());
        object.insert("statusListCredential", self.list.clone().into());
        if self.size != StatusSize::ONE {
            object.insert("statusSize", u64::from(self.size.get()).into());
        }
        if !self.messages.is_empty() {
            let messages = self.messages.iter().map(|message| {
                Value::object([
                    ("status", Value::from(format!("{:#x}", message.value))),
                    ("message", message.message.clone().into()),
                ])
            });
            object.insert("statusMessage", Value::array(messages));
        }
        match &self.references[..] {
            [] => {}
            [one] => {
                object.insert("statusReference", one.clone().into());
            }
            several => {
                let urls = Value::array(several.iter().cloned());
                object.insert("statusReference", urls);
            }
        }
        object.into()
    }

    /// Returns the `id`.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Returns what the status is for.
    pub const fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// Returns the place in the list.
    pub const fn index(&self) -> &StatusIndex {
        &self.index
    }

    /// Returns the URL of the list credential.
    pub fn list(&self) -> &str {
        &self.list
    }

    /// Returns how many bits the entry has.
    pub const fn size(&self) -> StatusSize {
        self.size
    }

    /// Returns what the values mean; empty where the entry does not say.
    pub fn messages(&self) -> &[StatusMessage] {
        &self.messages
    }

    /// Returns the URLs of material about the status.
    pub fn references(&self) -> &[String] {
        &self.references
    }

    /// Returns what a value means: the entry's message for it, and without messages `unset` for 0 and
    /// `set` for 1 (section 2.1).
    ///
    /// It is meant for developers and not to be shown to the people concerned.
    pub fn message(&self, value: u32) -> Option<&str> {
        if self.messages.is_empty() {
            return match value {
                0 => Some("unset"),
                1 => Some("set"),
                _ => None,
            };
        }
        let found = self.messages.iter().find(|message| message.value == value);
        found.map(|message| message.message.as_str())
    }
}

impl StatusMessage {
    /// Says what a value means.
    pub fn new(value: u32, message: impl Into<String>) -> Self {
        Self {
            value,
            message: message.into(),
        }
    }
}

/// Returns the elements of an array, or what is no array as the one element that it stands for.
pub(super) fn items<'v, 'a>(value: &'v Value<'a>) -> &'v [Value<'a>] {
    match value {
        Value::Array(items) => items,
        one => core::slice::from_ref(one),
    }
}

/// Says whether an object names the type of an entry.
pub(super) fn is_entry(object: &Object<'_>) -> bool {
    let types = object.get("type").map(items).unwrap_or_default();
    types.iter().any(|item| item.as_str() == Some(TYPE))
}

fn read_messages(value: &Value<'_>) -> Result<Vec<StatusMessage>, StatusError> {
    let wrong = |fault| entry("statusMessage", fault);
    let messages = value.as_array().ok_or_else(|| wrong("no array"))?;
    let read = messages.iter().map(|message| {
        let text = |name| message.get(name).and_then(Value::as_str);
        let digits = text("status").and_then(|status| status.strip_prefix("0x"));
        let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let value = value.ok_or_else(|| wrong("without a status such as 0x1"))?;
        let message = text("message").ok_or_else(|| wrong("without a message"))?;
        Ok(StatusMessage::new(value, message))
    });
    read.collect()
}

/// Each value has one message: with two, a reader could choose; with none, it could invent.
fn check_messages(size: StatusSize, messages: &[StatusMessage]) -> Result<(), StatusError> {
    let wrong = |fault| Err(entry("statusMessage", fault));
    if u64::try_from(messages.len()) != Ok(size.values()) {
        return wrong("not one for each value");
    }
    let mut values: Vec<u32> = messages.iter().map(|message| message.value).collect();
    values.sort_unstable();
    values.dedup();
    let last = values.last().copied().unwrap_or_default();
    if values.len() != messages.len() || u64::from(last) >= size.values() {
        return wrong("not one for each value");
    }
    Ok(())
}

const fn entry(member: &'static str, fault: &'static str) -> StatusError {
    StatusError::Entry { member, fault }
}
