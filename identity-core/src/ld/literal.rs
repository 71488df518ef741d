//! Literals: how JSON values are written in RDF (JSON-LD 1.1 API section 8.2.2).

use std::sync::Arc;

use super::{
    LdError,
    quads::{RDF, XSD, tagged, typed},
};
use crate::encoding::{
    jcs::{self, JcsError},
    strict_json::Value,
};

/// A JSON value with what its context says of it.
#[derive(Clone, Debug)]
pub(super) enum Literal<'d> {
    /// Any JSON, as itself (`@json`).
    Json(&'d Value<'d>),
    /// Text with a language, a direction or both; languages in lower case.
    Text {
        text: &'d str,
        language: Option<String>,
        direction: Option<&'static str>,
    },
    /// Text, a number or a truth value, of a datatype if one is given.
    Typed {
        value: &'d Value<'d>,
        datatype: Option<Arc<str>>,
    },
}

impl Literal<'_> {
    /// Writes the literal as it stands in N-Quads.
    pub(super) fn write(&self) -> Result<Arc<str>, LdError> {
        match self {
            Self::Json(value) => {
                let text = String::from_utf8(jcs::canonicalize(value)?);
                let text = text.map_err(|_| LdError::Internal)?;
                Ok(typed(&text, &format!("{RDF}JSON")))
            }
            Self::Text {
                text,
                language,
                direction: Some(direction),
            } => {
                let language = language.as_deref().unwrap_or_default();
                let datatype = format!("https://www.w3.org/ns/i18n#{language}_{direction}");
                Ok(typed(text, &datatype))
            }
            Self::Text {
                text,
                language: Some(language),
                direction: None,
            } => Ok(tagged(text, language)),
            Self::Text {
                text,
                language: None,
                direction: None,
            } => Ok(typed(text, &format!("{XSD}string"))),
            Self::Typed { value, datatype } => scalar(value, datatype.as_deref()),
        }
    }
}

fn scalar(value: &Value<'_>, datatype: Option<&str>) -> Result<Arc<str>, LdError> {
    let (lexical, natural) = match value {
        Value::String(text) => (text.to_string(), "string"),
        Value::Bool(truth) => (truth.to_string(), "boolean"),
        Value::Number(text) => {
            let is_double = datatype.and_then(|d| d.strip_prefix(XSD)) == Some("double");
            number(value, text, is_double)?
        }
        _ => {
            return Err(LdError::Malformed {
                reason: "a value is neither text, number nor truth value",
            });
        }
    };
    match datatype {
        Some(datatype) => Ok(typed(&lexical, datatype)),
        None => Ok(typed(&lexical, &format!("{XSD}{natural}"))),
    }
}

/// Writes a number: a whole one below 10^21 with its digits, any other as a double with sixteen
/// significant digits. A double that needs more is refused, as two of them would be written alike.
fn number(
    value: &Value<'_>,
    text: &str,
    is_double: bool,
) -> Result<(String, &'static str), LdError> {
    let refuse = || JcsError {
        number: text.to_owned(),
    };
    let shortest = jcs::canonicalize(value)?;
    let is_whole = shortest.iter().all(|b| b.is_ascii_digit() || *b == b'-');
    if is_whole && !is_double {
        let digits = String::from_utf8(shortest).map_err(|_| LdError::Internal)?;
        return Ok((digits, "integer"));
    }
    let number: f64 = text.parse().map_err(|_| refuse())?;
    // There is one zero.
    let number = if number == 0.0 { 0.0 } else { number };
    let written = format!("{number:.15E}");
    let (mantissa, exponent) = written.split_once('E').ok_or_else(refuse)?;
    let mantissa = mantissa.trim_end_matches('0');
    let point = if mantissa.ends_with('.') { "0" } else { "" };
    let written = format!("{mantissa}{point}E{exponent}");
    if written.parse() != Ok(number) {
        return Err(refuse().into());
    }
    Ok((written, "double"))
}

/// Reads a language tag (BCP 47 in outline, as N-Quads writes it); case does not count.
pub(super) fn language(tag: &str) -> Result<String, LdError> {
    let parts_fit = tag.split('-').enumerate().all(|(i, part)| {
        let fits = |b: u8| b.is_ascii_alphabetic() || (i > 0 && b.is_ascii_digit());
        (1..=8).contains(&part.len()) && part.bytes().all(fits)
    });
    if parts_fit {
        Ok(tag.to_ascii_lowercase())
    } else {
        Err(LdError::Malformed {
            reason: "a language tag is not of BCP 47",
        })
    }
}
