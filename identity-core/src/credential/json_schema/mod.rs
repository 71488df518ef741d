//! Holding a credential against a JSON Schema (W3C Verifiable Credentials JSON Schema Specification
//! 1.0; JSON Schema 2020-12, 2019-09 and draft 7).
//!
//! The schema is one that the caller has at hand. Nothing that it refers to is fetched: it may refer to
//! its own parts and to nothing else. A schema comes from outside as the credential does, so what it may
//! cost is bounded before it is used: its size, its patterns (which take linear time), and how often one
//! value of the credential would be looked at.

mod cost;

#[cfg(test)]
mod tests;

use jsonschema::{Draft, PatternOptions};

use crate::{
    Code,
    encoding::strict_json::{self, Limits, Object, Value},
};

/// Reports why a credential does not fit a schema, or why that cannot be said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The credential does not fit.
    #[error("{at}: it does not fit {keyword:?} of the schema")]
    Mismatch {
        /// Where in the credential, as a JSON Pointer, cut to 256 characters.
        at: String,
        /// The keyword of the schema that it does not fit.
        keyword: String,
    },
    /// The schema cannot be used, so nothing was compared.
    #[error("the schema cannot be used: {reason}")]
    Unusable {
        /// Why not.
        reason: &'static str,
    },
}

impl SchemaError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Mismatch { .. } => Code::VcSchemaMismatch,
            Self::Unusable { .. } => Code::VcSchemaUnchecked,
        }
    }
}

/// What a schema may be: 64 KiB, 32 levels, 4,096 values.
const LIMITS: Limits = Limits {
    max_bytes: 1 << 16,
    max_depth: 32,
    max_values: 1 << 12,
};

/// How many steps a comparison may take: what the schema costs for one value, times the values.
const MAX_STEPS: u64 = 10_000_000;

/// How large one compiled pattern may become, in bytes.
const PATTERN_BYTES: usize = 1 << 18;

/// Holds a credential against a schema; the credential's proof is not looked at, so that the answer is
/// the same before and after signing.
///
/// # Errors
/// [`SchemaError::Mismatch`] for the first thing that does not fit, [`SchemaError::Unusable`] for a
/// schema that is none, of an unknown dialect, refers to others, or would cost too much.
pub fn check(credential: &Object<'_>, schema: &[u8]) -> Result<(), SchemaError> {
    let unusable = |reason| SchemaError::Unusable { reason };
    let schema = strict_json::parse(schema, &LIMITS)
        .map_err(|_| unusable("it is not JSON of at most 64 KiB"))?;
    let draft = dialect(&schema).ok_or_else(|| unusable("it is of an unknown dialect"))?;
    let mut credential = credential.clone();
    credential.remove("proof");
    let credential = Value::Object(credential);
    let cost = cost::of(&schema).map_err(unusable)?;
    if cost.saturating_mul(count(&credential)) > MAX_STEPS {
        return Err(unusable("the comparison would cost too much"));
    }
    let patterns = PatternOptions::regex()
        .size_limit(PATTERN_BYTES)
        .dfa_size_limit(PATTERN_BYTES);
    let validator = jsonschema::options()
        .with_draft(draft)
        .with_pattern_options(patterns)
        .offline()
        .build(&schema.to_serde())
        .map_err(|_| unusable("it is not a schema of its dialect"))?;
    let instance = credential.to_serde();
    validator.validate(&instance).map_err(|error| {
        let cut = |text: &str| text.chars().take(256).collect::<String>();
        SchemaError::Mismatch {
            at: cut(error.instance_path().as_str()),
            keyword: cut(error.kind().keyword()),
        }
    })
}

/// Returns the dialect that a schema names, as the specification demands that it does (section 2.1).
fn dialect(schema: &Value<'_>) -> Option<Draft> {
    match schema.get("$schema")?.as_str()?.trim_end_matches('#') {
        "https://json-schema.org/draft/2020-12/schema" => Some(Draft::Draft202012),
        "https://json-schema.org/draft/2019-09/schema" => Some(Draft::Draft201909),
        "http://json-schema.org/draft-07/schema" => Some(Draft::Draft7),
        _ => None,
    }
}

/// Counts the values of a document.
fn count(value: &Value<'_>) -> u64 {
    match value {
        Value::Array(items) => items.iter().map(count).fold(1, u64::saturating_add),
        Value::Object(object) => {
            let members = object.iter().map(|(_, value)| count(value));
            members.fold(1, u64::saturating_add)
        }
        _ => 1,
    }
}
