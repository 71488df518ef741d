//! The file `did.jsonl` and its entries (section "The DID Log File"), read but not verified.

use std::borrow::Cow;

use jiff::Timestamp;

use super::WebvhError;
use crate::{
    encoding::strict_json::{self, Limits, Object, Value},
    status::is_rfc3339,
    verify::Budget,
};

/// A log as it was read. Nothing of it can be used before [`Log::verify`].
#[derive(Clone, Debug)]
pub struct Log<'a> {
    lines: Vec<&'a str>,
}

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    pub(super) version_id: Cow<'a, str>,
    pub(super) time: Timestamp,
    pub(super) time_text: Cow<'a, str>,
    pub(super) parameters: Object<'a>,
    /// The document; none where it is the one of the entry before.
    pub(super) state: Option<Value<'a>>,
    pub(super) proofs: Vec<Value<'a>>,
}

impl<'a> Log<'a> {
    /// Splits the file into its lines, each of which must be an object. What is in them is read when
    /// they are verified, one after another.
    ///
    /// # Errors
    /// [`WebvhError`] when a line is empty or no object, or the budget is too small for the bytes.
    pub fn parse(jsonl: &'a [u8], budget: &mut Budget) -> Result<Self, WebvhError> {
        budget.spend_bytes(jsonl.len())?;
        let text = std::str::from_utf8(jsonl);
        let text = text.map_err(|_| WebvhError::malformed("it is not UTF-8"))?;
        let lines: Vec<_> = text
            .strip_suffix('\n')
            .unwrap_or(text)
            .split('\n')
            .collect();
        // A line has no white space around its entry, so that it has one spelling.
        let is_object = |line: &&str| line.starts_with('{') && line.ends_with('}');
        if !lines.iter().all(is_object) {
            return Err(WebvhError::malformed("a line is no JSON object"));
        }
        Ok(Self { lines })
    }

    /// Returns the lines, one at least.
    pub(super) fn lines(&self) -> &[&'a str] {
        &self.lines
    }
}

/// Stands for a state that is the one of the entry before.
const SAME: &str = "= the state before";

/// A line to be read, perhaps without its state.
#[derive(Debug)]
pub(super) struct Line<'l> {
    text: Cow<'l, str>,
    is_short: bool,
}

impl<'l> Line<'l> {
    /// A line as it is.
    pub(super) const fn whole(text: &'l str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            is_short: false,
        }
    }

    /// The line with [`SAME`] in place of its state, where that is word for word `before`: most entries
    /// change the keys that control a DID and leave its document as it was.
    ///
    /// What stands before and behind a value is read alike whatever the value is, so that nothing else
    /// of the line is read otherwise; and since the line does not hold the word yet, the state is where
    /// it was put if the state is what it is read as.
    pub(super) fn shortened(text: &'l str, before: &str) -> Self {
        const NAME: &str = "\"state\":";
        let short = text.find(NAME).and_then(|at| {
            let (ahead, behind) = text.split_at(at + NAME.len());
            let behind = behind.strip_prefix(before)?;
            let word_is_new = !ahead.contains(SAME) && !behind.contains(SAME);
            word_is_new.then(|| format!("{ahead}\"{SAME}\"{behind}"))
        });
        match short {
            Some(short) => Self {
                text: Cow::Owned(short),
                is_short: true,
            },
            None => Self::whole(text),
        }
    }

    /// Tells whether what was taken out was something other than the entry's state.
    pub(super) const fn lost_another(&self, entry: &Entry<'_>) -> bool {
        self.is_short && entry.state.is_some()
    }
}

impl<'a> Entry<'a> {
    pub(super) fn read(number: u64, line: &'a Line<'_>) -> Result<Self, WebvhError> {
        let malformed = WebvhError::malformed;
        let read = strict_json::parse(line.text.as_bytes(), &Limits::small())?;
        let Value::Object(members) = read else {
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
        let state = match state {
            Some(state @ Value::Object(_)) => Some(state),
            Some(Value::String(word)) if line.is_short && word == SAME => None,
            _ => return Err(malformed("an entry has no state")),
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
    is_rfc3339(text).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(state: &str, parameters: &str) -> String {
        format!(
            r#"{{"versionId":"2-x","versionTime":"2026-01-01T00:00:00Z","parameters":{parameters},"state":{state},"proof":[{{}}]}}"#
        )
    }

    /// What was taken out of a line is the state, or nothing is.
    #[test]
    fn a_state_that_stays_is_not_read_again() {
        let same = r#"{"id":"did:webvh:x:parliament.example"}"#;
        let text = entry(same, "{}");
        let line = Line::shortened(&text, same);
        assert!(line.is_short && line.text.len() < text.len());
        let read = Entry::read(2, &line).unwrap();
        assert!(read.state.is_none() && !line.lost_another(&read));
        // Another state, and the word itself in the line.
        let other = entry(r#"{"id":"did:y"}"#, "{}");
        let spoken = entry(same, &format!(r#"{{"a":"{SAME}"}}"#));
        let behind = text.replace("[{}]", &format!(r#"["{SAME}"]"#));
        for text in [other, spoken, behind] {
            let line = Line::shortened(&text, same);
            assert!(!line.is_short, "{text}");
            let read = Entry::read(2, &line).unwrap();
            assert!(read.state.is_some() && !line.lost_another(&read));
        }
        // A member of that name elsewhere is not the state.
        let nested = entry(r#"{"id":"did:y"}"#, &format!(r#"{{"state":{same}}}"#));
        let line = Line::shortened(&nested, same);
        assert!(line.is_short);
        let read = Entry::read(2, &line).unwrap();
        assert!(line.lost_another(&read));
    }
}
