//! The file `did.jsonl` and its entries (section "The DID Log File"), read but not verified.

use std::borrow::Cow;

use jiff::Timestamp;

use super::WebvhError;
use crate::{
    encoding::strict_json::{self, Limits, Object, Value},
    status::Instant,
    verify::Budget,
};

/// A log as it was read. Nothing of it can be used before [`Log::verify`].
#[derive(Clone, Debug)]
pub struct Log<'a> {
    pub(super) entries: Vec<Entry<'a>>,
}

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    pub(super) version_id: Cow<'a, str>,
    pub(super) time: Timestamp,
    pub(super) time_text: Cow<'a, str>,
    pub(super) parameters: Object<'a>,
    pub(super) state: Value<'a>,
    pub(super) proofs: Vec<Value<'a>>,
}

impl<'a> Log<'a> {
    /// Reads the lines: JSON objects with the five members of an entry and no others, each on a line
    /// of its own.
    ///
    /// # Errors
    /// [`WebvhError`] when a line is empty, not strict JSON or not an entry, or the budget is too
    /// small for the bytes.
    pub fn parse(jsonl: &'a [u8], budget: &mut Budget) -> Result<Self, WebvhError> {
        budget.spend_bytes(jsonl.len())?;
        let lines = jsonl.strip_suffix(b"\n").unwrap_or(jsonl);
        let entries: Result<_, _> = (1..)
            .zip(lines.split(|byte| *byte == b'\n'))
            .map(|(number, line)| Entry::read(number, line))
            .collect();
        Ok(Self { entries: entries? })
    }

    /// Returns how many entries there are.
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether there is no entry; a log that was read has one at least.
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<'a> Entry<'a> {
    pub(super) fn read(number: u64, line: &'a [u8]) -> Result<Self, WebvhError> {
        let malformed = WebvhError::malformed;
        // A line has no white space around its entry, so that it has one spelling.
        if !(line.starts_with(b"{") && line.ends_with(b"}")) {
            return Err(malformed("a line is no JSON object"));
        }
        let Value::Object(members) = strict_json::parse(line, &Limits::small())? else {
            return Err(malformed("a line is no JSON object"));
        };
        let [
            mut version_id,
            mut time,
            mut parameters,
            mut state,
            mut proof,
        ] = [const { None }; 5];
        for (name, value) in members {
            let place = match name.as_ref() {
                "versionId" => &mut version_id,
                "versionTime" => &mut time,
                "parameters" => &mut parameters,
                "state" => &mut state,
                "proof" => &mut proof,
                _ => return Err(malformed("an entry has a member that is not its own")),
            };
            *place = Some(value);
        }
        let Some(Value::String(version_id)) = version_id else {
            return Err(malformed("an entry has no versionId"));
        };
        let Some(Value::String(time_text)) = time else {
            return Err(malformed("an entry has no versionTime"));
        };
        let Some(Value::Object(parameters)) = parameters else {
            return Err(malformed("an entry has no parameters"));
        };
        let Some(state @ Value::Object(_)) = state else {
            return Err(malformed("an entry has no state"));
        };
        let proofs = match proof {
            Some(Value::Array(proofs)) if !proofs.is_empty() => proofs,
            Some(proof @ Value::Object(_)) => vec![proof],
            _ => return Err(malformed("an entry has no proof")),
        };
        Ok(Self {
            version_id,
            time: read_time(&time_text).ok_or(WebvhError::Time {
                entry: number,
                reason: "is not RFC 3339 in UTC",
            })?,
            time_text,
            parameters,
            state,
            proofs,
        })
    }
}

/// Reads an instant in UTC: `Z` or `+00:00`, for no other zone and none unsaid are accepted (section
/// "Read (Resolve)", step 4).
pub(super) fn read_time(text: &str) -> Option<Timestamp> {
    if !(text.ends_with('Z') || text.ends_with("+00:00")) {
        return None;
    }
    // The shape of RFC 3339 is checked there; the fraction that it drops is read here.
    text.parse::<Instant>().ok()?;
    text.parse().ok()
}
