//! What a claim may hold, and the check that it does.

use super::{CredentialError, Kind};
use crate::encoding::{
    base64url,
    strict_json::{Object, Value},
};

/// Longest text of a claim, in characters.
const MAX_TEXT: usize = 500;

/// Claims that every credential shows beside those of its type.
pub(super) const ALWAYS_VISIBLE: [&str; 3] = ["chamber", "country", "term"];

/// What kind of value a claim holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimForm {
    /// `{salt, digest}`: a salted digest of the mandate that this credential rests on.
    BasedOn,
    /// `true` or `false`.
    Boolean,
    /// A day, a month or a year: `2026-03-12`, `2026-03` or `2026`.
    Date,
    /// A SHA-256 digest in base64url.
    Digest,
    /// A natural number below 2^53.
    Natural,
    /// A person's name: `display`, and `family`, `given`, `native` where known.
    Person,
    /// `{label, code?}`: what a place or group is called, and its identifier.
    Place,
    /// A text.
    Text,
    /// Several texts.
    Texts,
}

/// One claim of a credential type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimSpec {
    /// Its name in the credential.
    pub name: &'static str,
    /// What it holds.
    pub form: ClaimForm,
    /// Whether every credential of the type has it.
    pub required: bool,
    /// Whether every verifier sees it.
    pub always_visible: bool,
    /// What people call it.
    pub label: &'static str,
}

impl ClaimSpec {
    pub(super) const fn required(name: &'static str, form: ClaimForm, label: &'static str) -> Self {
        Self {
            name,
            form,
            required: true,
            always_visible: false,
            label,
        }
    }

    pub(super) const fn optional(name: &'static str, form: ClaimForm, label: &'static str) -> Self {
        Self {
            required: false,
            ..Self::required(name, form, label)
        }
    }

    pub(super) const fn visible(mut self) -> Self {
        self.always_visible = true;
        self
    }
}

/// Tells whether a text can be shown to a person without disturbing what stands around it: not
/// empty, no control characters, no characters that turn the writing direction or cannot be seen.
pub fn is_displayable(text: &str) -> bool {
    let disturbs = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
    };
    !text.trim().is_empty() && text.chars().count() <= MAX_TEXT && !text.chars().any(disturbs)
}

/// Checks the claims of a credential that is about to be issued.
pub(super) fn check(kind: Kind, claims: &Object<'_>) -> Result<(), CredentialError> {
    for (name, value) in claims.iter() {
        let spec = kind
            .claim(name)
            .ok_or_else(|| CredentialError::ClaimUnknown {
                kind,
                name: name.chars().take(64).collect(),
            })?;
        if let Some(expected) = fault(spec.form, value) {
            let name = name.to_owned();
            return Err(CredentialError::ClaimInvalid { name, expected });
        }
    }
    match kind
        .claims()
        .iter()
        .find(|spec| spec.required && claims.get(spec.name).is_none())
    {
        Some(spec) => Err(CredentialError::ClaimMissing { name: spec.name }),
        None => Ok(()),
    }
}

/// Returns what the value should have been, if it is not.
fn fault(form: ClaimForm, value: &Value<'_>) -> Option<&'static str> {
    let (fits, expected) = match form {
        ClaimForm::BasedOn => (
            is_record(value, &["salt", "digest"], &[], |text| {
                base64url::decode(text).is_ok_and(|bytes| bytes.len() >= 16)
            }),
            "an object with a salt and a digest in base64url",
        ),
        ClaimForm::Boolean => (value.as_bool().is_some(), "true or false"),
        ClaimForm::Date => (
            value.as_str().is_some_and(is_date),
            "a date such as 2026-03-12, 2026-03 or 2026",
        ),
        ClaimForm::Digest => (
            value
                .as_str()
                .and_then(|text| base64url::decode(text).ok())
                .is_some_and(|bytes| bytes.len() == 32),
            "a SHA-256 digest in base64url",
        ),
        ClaimForm::Natural => (
            value.as_u64().is_some_and(|n| n < 1 << 53),
            "a whole number from 0",
        ),
        ClaimForm::Person => (
            is_record(
                value,
                &["display"],
                &["family", "given", "native"],
                is_displayable,
            ),
            "an object with display, and family, given and native where known",
        ),
        ClaimForm::Place => (
            is_record(value, &["label"], &["code"], is_displayable),
            "an object with a label and perhaps a code",
        ),
        ClaimForm::Text => (
            value.as_str().is_some_and(is_displayable),
            "a text of 1 to 500 characters without control characters",
        ),
        ClaimForm::Texts => (
            value.as_array().is_some_and(|items| {
                (1..=64).contains(&items.len())
                    && items
                        .iter()
                        .all(|item| item.as_str().is_some_and(is_displayable))
            }),
            "a list of texts",
        ),
    };
    (!fits).then_some(expected)
}

fn is_record(
    value: &Value<'_>,
    required: &[&str],
    optional: &[&str],
    fits: impl Fn(&str) -> bool,
) -> bool {
    let Some(object) = value.as_object() else {
        return false;
    };
    required.iter().all(|name| object.get(name).is_some())
        && object.iter().all(|(name, value)| {
            (required.contains(&name) || optional.contains(&name))
                && value.as_str().is_some_and(&fits)
        })
}

fn is_date(text: &str) -> bool {
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        10 => text.to_owned(),
        _ => return false,
    };
    let digits = |b: &[u8]| b.iter().all(u8::is_ascii_digit);
    let bytes = whole.as_bytes();
    digits(&bytes[..4])
        && digits(&bytes[5..7])
        && digits(&bytes[8..])
        && whole.parse::<jiff::civil::Date>().is_ok()
}
