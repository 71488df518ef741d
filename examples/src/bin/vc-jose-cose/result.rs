//! What is written.

use core::fmt;

/// What became of the call.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The call cannot be answered: a file is missing, or the key is none.
    Error(String),
    /// The document is refused.
    Failure(String),
    /// The feature is not supported.
    Indeterminate(String),
    /// The secured document, or the verified one.
    Success(String),
}

impl Outcome {
    pub(crate) fn error(reason: impl fmt::Display) -> Self {
        Self::Error(reason.to_string())
    }

    pub(crate) fn failure(reason: impl fmt::Display) -> Self {
        Self::Failure(reason.to_string())
    }

    pub(crate) fn to_json(&self) -> String {
        let (result, data) = match self {
            Self::Error(data) => ("error", data),
            Self::Failure(data) => ("failure", data),
            Self::Indeterminate(data) => ("indeterminate", data),
            Self::Success(data) => ("success", data),
        };
        serde_json::json!({ "result": result, "data": data }).to_string()
    }
}
