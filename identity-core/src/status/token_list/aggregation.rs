//! Status List Aggregation (section 9): which lists an issuer has.

use super::TokenError;
use crate::{
    encoding::strict_json::{self, Limits, Value},
    status::form::is_uri,
};

/// The URIs of the Status List Tokens of an issuer, so that all can be had before one is needed.
///
/// It is not signed: it says where to look, and nothing about what counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Aggregation {
    /// The URIs.
    pub status_lists: Vec<String>,
}

impl Aggregation {
    /// Makes an aggregation of these lists.
    pub const fn new(status_lists: Vec<String>) -> Self {
        Self { status_lists }
    }

    /// Reads the document (`application/json`, section 9.3).
    ///
    /// # Errors
    /// [`TokenError::Json`], and [`TokenError::Malformed`] when `status_lists` is no array of URIs.
    pub fn read(json: &[u8]) -> Result<Self, TokenError> {
        let document = strict_json::parse(json, &Limits::small())?;
        let lists = document.get("status_lists").and_then(Value::as_array);
        let lists = lists.map(|lists| {
            let uris = lists
                .iter()
                .map(|uri| uri.as_str().filter(|uri| is_uri(uri)));
            uris.map(|uri| uri.map(str::to_owned)).collect()
        });
        lists.flatten().map(Self::new).ok_or(TokenError::Malformed {
            member: "status_lists",
            fault: "no array of URIs",
        })
    }

    /// Writes the document.
    pub fn to_value(&self) -> Value<'static> {
        let lists = Value::array(self.status_lists.iter().cloned());
        Value::object([("status_lists", lists)])
    }
}
