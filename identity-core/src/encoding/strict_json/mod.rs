//! JSON with one reading (RFC 8259, within I-JSON, RFC 7493): borrowed, one pass, bounded.
//!
//! Refused, because two parsers may read them differently: a member name twice in one object (after
//! unescaping), a lone surrogate, a byte order mark, bytes after the document, and the member name
//! by which a build feature of another library changes what a number is.

mod parse;
mod value;

#[cfg(test)]
mod tests;

pub use parse::{JsonError, parse};
pub use value::{Object, Value};

/// Reads one strict document into a type.
///
/// The document is read strictly first; only what has one reading is handed to the type.
///
/// # Errors
/// [`JsonError`]; what does not fit the type is [`JsonError::Shape`].
pub fn from_slice<T: serde::de::DeserializeOwned>(
    json: &[u8],
    limits: &Limits,
) -> Result<T, JsonError> {
    parse(json, limits)?;
    serde_json::from_slice(json).map_err(|error| JsonError::Shape {
        reason: error.to_string().chars().take(200).collect(),
    })
}

/// How much one document may cost to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Longest document, in bytes.
    pub max_bytes: usize,
    /// Deepest nesting of arrays and objects.
    pub max_depth: usize,
    /// Most values in the document, counting every array element and member value.
    pub max_values: usize,
}

impl Limits {
    /// Limits for a credential, a request or a presentation: 1 MiB, 32 levels, 16,384 values.
    pub const fn small() -> Self {
        Self {
            max_bytes: 1 << 20,
            max_depth: 32,
            max_values: 1 << 14,
        }
    }

    /// Limits for a roster or a bundle: 256 MiB, 64 levels, 2^25 values.
    pub const fn large() -> Self {
        Self {
            max_bytes: 256 << 20,
            max_depth: 64,
            max_values: 1 << 25,
        }
    }
}
