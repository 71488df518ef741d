//! A JSON document in memory.

use std::borrow::Cow;

/// A JSON value that borrows from the text it was read from.
///
/// A number keeps the text it was written with; which numbers a signed document may hold is for
/// [`jcs`](crate::encoding::jcs) to say.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "complete by RFC 8259 section 3")]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as written.
    Number(Cow<'a, str>),
    /// A string, unescaped.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Self>),
    /// An object.
    Object(Object<'a>),
}

/// The members of an object in the order written, each name once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Value<'a> {
    /// Makes an object; of members with one name the last stays.
    pub fn object<K: Into<Cow<'a, str>>, V: Into<Self>>(
        members: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let mut object = Object::default();
        for (name, value) in members {
            object.insert(name, value.into());
        }
        Self::Object(object)
    }

    /// Makes an array.
    pub fn array<V: Into<Self>>(items: impl IntoIterator<Item = V>) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }

    /// Returns a copy that borrows nothing.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(b) => Value::Bool(b),
            Self::Number(n) => Value::Number(Cow::Owned(n.into_owned())),
            Self::String(s) => Value::String(Cow::Owned(s.into_owned())),
            Self::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Self::Object(object) => Value::Object(object.into_owned()),
        }
    }

    /// Returns the text of a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(s) = self {
            Some(s)
        } else {
            None
        }
    }

    /// Returns the truth value.
    pub const fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(b) = self {
            Some(*b)
        } else {
            None
        }
    }

    /// Returns a number written as an integer that fits.
    pub fn as_i64(&self) -> Option<i64> {
        if let Self::Number(n) = self {
            n.parse().ok()
        } else {
            None
        }
    }

    /// Returns a number written as a non-negative integer that fits.
    pub fn as_u64(&self) -> Option<u64> {
        if let Self::Number(n) = self {
            n.parse().ok()
        } else {
            None
        }
    }

    /// Returns the elements of an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self {
            Some(items)
        } else {
            None
        }
    }

    /// Returns the members of an object.
    pub const fn as_object(&self) -> Option<&Object<'a>> {
        if let Self::Object(object) = self {
            Some(object)
        } else {
            None
        }
    }

    /// Returns the named member, when this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }
}

impl<'a> Object<'a> {
    /// Returns the named member.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value)
    }

    /// Returns the named member, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value<'a>> {
        self.0
            .iter_mut()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value)
    }

    /// Sets the named member and returns what it was before.
    pub fn insert(&mut self, name: impl Into<Cow<'a, str>>, value: Value<'a>) -> Option<Value<'a>> {
        let name = name.into();
        if let Some((_, old)) = self.0.iter_mut().find(|(n, _)| *n == name) {
            return Some(std::mem::replace(old, value));
        }
        self.0.push((name, value));
        None
    }

    /// Takes the named member out.
    pub fn remove(&mut self, name: &str) -> Option<Value<'a>> {
        let at = self.0.iter().position(|(n, _)| n == name)?;
        Some(self.0.remove(at).1)
    }

    /// Returns the members in the order written.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value<'a>)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// Returns how many members there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there is no member.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns a copy that borrows nothing.
    pub fn into_owned(self) -> Object<'static> {
        let owned = |(name, value): (Cow<'_, str>, Value<'_>)| {
            (Cow::Owned(name.into_owned()), value.into_owned())
        };
        Object(self.0.into_iter().map(owned).collect())
    }

    /// Adds a member known to be new; the parser has compared the names.
    pub(super) fn push(&mut self, name: Cow<'a, str>, value: Value<'a>) {
        self.0.push((name, value));
    }

    /// Returns whether a name stands twice, in time that stays near the number of members.
    pub(super) fn has_duplicate(&self) -> bool {
        const FEW: usize = 16;
        if self.0.len() <= FEW {
            return (1..self.0.len()).any(|i| self.0[..i].iter().any(|(n, _)| *n == self.0[i].0));
        }
        let mut names: Vec<&str> = self.0.iter().map(|(n, _)| n.as_ref()).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair[0] == pair[1])
    }
}

impl<'a> IntoIterator for Object<'a> {
    type Item = (Cow<'a, str>, Value<'a>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    /// Takes the members out in the order written.
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::String(Cow::Owned(text))
    }
}

impl From<bool> for Value<'_> {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}

impl From<i64> for Value<'_> {
    fn from(n: i64) -> Self {
        Self::Number(Cow::Owned(n.to_string()))
    }
}

impl From<u64> for Value<'_> {
    fn from(n: u64) -> Self {
        Self::Number(Cow::Owned(n.to_string()))
    }
}

impl<'a> From<Object<'a>> for Value<'a> {
    fn from(object: Object<'a>) -> Self {
        Self::Object(object)
    }
}

impl Value<'_> {
    /// Returns the value in the form of `serde_json`, for printing.
    ///
    /// A number that is no 64-bit integer becomes the nearest double.
    pub fn to_serde(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::Null => Json::Null,
            Self::Bool(b) => Json::Bool(*b),
            Self::Number(n) => {
                let integer = n.parse::<i64>().map(Json::from);
                let natural = integer.or_else(|_| n.parse::<u64>().map(Json::from));
                natural.unwrap_or_else(|_| Json::from(n.parse::<f64>().unwrap_or_default()))
            }
            Self::String(s) => Json::String(s.to_string()),
            Self::Array(items) => Json::Array(items.iter().map(Value::to_serde).collect()),
            Self::Object(object) => Json::Object(
                object
                    .iter()
                    .map(|(name, value)| (name.to_owned(), value.to_serde()))
                    .collect(),
            ),
        }
    }

    /// Takes a value in the form of `serde_json`.
    ///
    /// A number is written as its 64-bit integer or its double, so that it is the same number whether
    /// or not another crate of the build makes `serde_json` keep numbers as text.
    pub fn from_serde(value: &serde_json::Value) -> Value<'static> {
        use serde_json::Value as Json;
        match value {
            Json::Null => Value::Null,
            Json::Bool(b) => Value::Bool(*b),
            Json::Number(n) => Value::Number(Cow::Owned(number_text(n))),
            Json::String(s) => Value::String(Cow::Owned(s.clone())),
            Json::Array(items) => Value::Array(items.iter().map(Value::from_serde).collect()),
            Json::Object(members) => Value::object(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), Value::from_serde(value))),
            ),
        }
    }
}

fn number_text(number: &serde_json::Number) -> String {
    if let Some(integer) = number.as_i64() {
        return integer.to_string();
    }
    if let Some(natural) = number.as_u64() {
        return natural.to_string();
    }
    let double = number.as_f64().and_then(serde_json::Number::from_f64);
    double.map_or_else(|| number.to_string(), |double| double.to_string())
}
