//! The claim in a referenced token (section 6).

use super::TokenError;
use crate::{
    encoding::strict_json::{Object, Value},
    status::form::{is_uri, natural},
};

/// The `status` claim of a referenced token: by which mechanisms its status can be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusClaim {
    /// Its place in a Status List Token (`status_list`).
    pub list: Option<ListReference>,
    /// The names of mechanisms that are not read here. Where there is no other, the status is unknown.
    pub others: Vec<String>,
}

/// A place in a Status List Token (section 6.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a list and an index, complete by definition"
)]
pub struct ListReference {
    /// The slot, from 0.
    pub idx: u64,
    /// The list's URI, which is the token's `sub`.
    pub uri: String,
}

impl StatusClaim {
    /// Makes the claim of a token whose status stands in a list.
    ///
    /// # Errors
    /// [`TokenError::Claim`] if that is no URI.
    pub fn new(idx: u64, uri: impl Into<String>) -> Result<Self, TokenError> {
        let uri = uri.into();
        if !is_uri(&uri) {
            return Err(claim("uri", "no URI"));
        }
        Ok(Self {
            list: Some(ListReference { idx, uri }),
            others: Vec::new(),
        })
    }

    /// Reads the value of the claim.
    ///
    /// # Errors
    /// [`TokenError::Claim`] when it is no object, names no mechanism, or its `status_list` breaks a
    /// rule of section 6.2.
    pub fn read(value: &Value<'_>) -> Result<Self, TokenError> {
        let members = value.as_object().filter(|members| !members.is_empty());
        let members = members.ok_or_else(|| claim("value", "no object that names a mechanism"))?;
        let others = members.iter().map(|(name, _)| name);
        let others = others.filter(|name| *name != "status_list");
        let others = others.map(str::to_owned).collect();
        let Some(list) = members.get("status_list") else {
            return Ok(Self { list: None, others });
        };
        let list = list
            .as_object()
            .ok_or_else(|| claim("status_list", "no object"))?;
        let idx = list.get("idx").and_then(natural);
        let idx = idx.ok_or_else(|| claim("idx", "no natural number"))?;
        let uri = list.get("uri").and_then(Value::as_str);
        let uri = uri.ok_or_else(|| claim("uri", "no string"))?;
        Ok(Self {
            others,
            ..Self::new(idx, uri)?
        })
    }

    /// Writes the value of the claim; of other mechanisms it knows the names only.
    pub fn to_value(&self) -> Value<'static> {
        let mut members = Object::default();
        if let Some(list) = &self.list {
            let mut reference = Object::default();
            reference.insert("idx", list.idx.into());
            reference.insert("uri", list.uri.clone().into());
            members.insert("status_list", reference.into());
        }
        members.into()
    }
}

const fn claim(member: &'static str, fault: &'static str) -> TokenError {
    TokenError::Claim { member, fault }
}
