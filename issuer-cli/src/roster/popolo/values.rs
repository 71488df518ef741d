//! Values of a Popolo document as its many writers have them: a number where an id should be a
//! text, `null` for what is missing, a whole object where its id would do.

use std::borrow::Cow;

use identity_core::encoding::strict_json::Value;

use crate::Code;
use crate::roster::sheet::Refusal;
use crate::roster::text::{self, Use};

/// Returns a member's text; a number is the text it was written with.
///
/// # Errors
/// A [`Refusal`] for any other value, and for an entry that is no object.
pub(super) fn text<'v>(value: &'v Value<'_>, field: &str) -> Result<Option<Cow<'v, str>>, Refusal> {
    let malformed = |message: String| Refusal::new(Code::RosterRowMalformed, message);
    if value.as_object().is_none() {
        return Err(malformed("the entry is not a JSON object".to_owned()));
    }
    match value.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text) | Value::Number(text)) => Ok(Some(Cow::Borrowed(text))),
        Some(_) => Err(malformed(format!("{field} is not a text"))),
    }
}

/// Returns a member's cleaned text.
///
/// # Errors
/// As [`text`] and [`text::clean`].
pub(super) fn cleaned(
    value: &Value<'_>,
    field: &str,
    purpose: Use,
) -> Result<Option<String>, Refusal> {
    text(value, field)?.map_or(Ok(None), |found| text::clean(field, &found, purpose))
}

/// Returns the text of an id that must be there.
///
/// # Errors
/// As [`cleaned`], and when there is none.
pub(super) fn id_of(value: &Value<'_>, field: &str) -> Result<String, Refusal> {
    cleaned(value, field, Use::Id)?.ok_or_else(|| Refusal::missing(field))
}

/// Returns the members of an array; of anything else, none.
pub(super) fn items<'v>(value: &'v Value<'_>, name: &str) -> &'v [Value<'v>] {
    let found = value.get(name).and_then(Value::as_array);
    found.unwrap_or_default()
}

/// What one entry says of another: `area_id`, or the whole of it as `area`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reference<'v> {
    /// Only its id.
    Id(&'v Value<'v>),
    /// The thing itself.
    Inline(&'v Value<'v>),
}

impl<'v> Reference<'v> {
    /// Returns the references under a name, one or several, its `_id` form first.
    pub(super) fn all(value: &'v Value<'v>, name: &str) -> Vec<Self> {
        let several = |found: Option<&'v Value<'v>>| -> &'v [Value<'v>] {
            match found {
                None | Some(Value::Null) => &[],
                Some(Value::Array(items)) => items,
                Some(one) => core::slice::from_ref(one),
            }
        };
        let ids = several(value.get(&format!("{name}_id"))).iter();
        let inline = several(value.get(name)).iter();
        ids.map(Self::Id)
            .chain(inline.map(|one| match one {
                Value::Object(_) => Self::Inline(one),
                _ => Self::Id(one),
            }))
            .collect()
    }

    /// Returns the id.
    ///
    /// # Errors
    /// A [`Refusal`] for an id that cannot be used.
    pub(super) fn id(self, field: &str) -> Result<Option<String>, Refusal> {
        match self {
            Self::Inline(object) => cleaned(object, "id", Use::Id),
            Self::Id(Value::Null) => Ok(None),
            Self::Id(Value::String(text) | Value::Number(text)) => {
                text::clean(field, text, Use::Id)
            }
            Self::Id(_) => {
                let message = format!("{field} is not a text");
                Err(Refusal::new(Code::RosterRowMalformed, message))
            }
        }
    }

    /// Returns the name, where the thing itself is there.
    ///
    /// # Errors
    /// A [`Refusal`] for a name that cannot be used.
    pub(super) fn name(self, field: &str) -> Result<Option<String>, Refusal> {
        match self {
            Self::Id(_) => Ok(None),
            Self::Inline(object) => {
                text(object, "name")?.map_or(Ok(None), |n| text::clean(field, &n, Use::Shown))
            }
        }
    }
}

/// Returns the one id of a reference that decides which seat a row is about.
///
/// # Errors
/// A [`Refusal`] when it cannot be used, or there are several different ones.
pub(super) fn one_id(value: &Value<'_>, name: &str) -> Result<Option<String>, Refusal> {
    let mut found: Option<String> = None;
    for reference in Reference::all(value, name) {
        let Some(id) = reference.id(&format!("{name}_id"))? else {
            continue;
        };
        if found.as_ref().is_some_and(|found| *found != id) {
            let message = format!("the entry names more than one {name}");
            return Err(Refusal::new(Code::RosterRowMalformed, message));
        }
        found = Some(id);
    }
    Ok(found)
}
