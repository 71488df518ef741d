//! The parser.

use std::borrow::Cow;

use super::{Limits, Object, Value};
use crate::Code;

/// The member name by which a feature of `serde_json` smuggles numbers through maps.
const NUMBER_TOKEN: &str = "$serde_json::private::Number";

/// Reports why a document is not strict JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// A member name stands twice in one object, or is one that no document may use.
    #[error("the object that ends at byte {at} has a member name twice, or a reserved one")]
    DuplicateName {
        /// Offset of the byte after the object.
        at: usize,
    },
    /// The text is not JSON.
    #[error("not JSON at byte {at}: expected {expected}")]
    Malformed {
        /// Offset of the first byte that does not fit.
        at: usize,
        /// What would have fitted.
        expected: &'static str,
    },
    /// The document is JSON, but not of the shape expected.
    #[error("not of the expected shape: {reason}")]
    Shape {
        /// What does not fit.
        reason: String,
    },
    /// Arrays and objects are nested too deeply.
    #[error("nested more than {limit} levels deep")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// The document has too many bytes or values.
    #[error("larger than the limit of {limit} {unit}")]
    TooLarge {
        /// The limit.
        limit: usize,
        /// `bytes` or `values`.
        unit: &'static str,
    },
}

impl JsonError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::DuplicateName { .. } => Code::JsonDuplicateName,
            Self::Malformed { .. } | Self::Shape { .. } => Code::JsonMalformed,
            Self::TooDeep { .. } => Code::JsonTooDeep,
            Self::TooLarge { .. } => Code::JsonTooLarge,
        }
    }
}

/// Reads one JSON document that fills the input.
///
/// # Errors
/// [`JsonError`], with the offset in bytes.
pub fn parse<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Value<'a>, JsonError> {
    if bytes.len() > limits.max_bytes {
        return Err(JsonError::TooLarge {
            limit: limits.max_bytes,
            unit: "bytes",
        });
    }
    let text = std::str::from_utf8(bytes).map_err(|e| JsonError::Malformed {
        at: e.valid_up_to(),
        expected: "UTF-8",
    })?;
    let mut parser = Parser {
        text,
        bytes,
        at: 0,
        depth: 0,
        values: 0,
        limits,
    };
    parser.space();
    let value = parser.value()?;
    parser.space();
    if parser.at < bytes.len() {
        return Err(parser.expected("the end of the document"));
    }
    Ok(value)
}

const fn is_plain(byte: u8) -> bool {
    byte >= 0x20 && byte != b'"' && byte != b'\\'
}

struct Parser<'a, 'l> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    values: usize,
    limits: &'l Limits,
}

impl<'a> Parser<'a, '_> {
    fn value(&mut self) -> Result<Value<'a>, JsonError> {
        self.values += 1;
        if self.values > self.limits.max_values {
            return Err(JsonError::TooLarge {
                limit: self.limits.max_values,
                unit: "values",
            });
        }
        match self.peek() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.expected("a value")),
        }
    }

    fn nested(
        &mut self,
        body: fn(&mut Self) -> Result<Value<'a>, JsonError>,
    ) -> Result<Value<'a>, JsonError> {
        self.depth += 1;
        if self.depth > self.limits.max_depth {
            return Err(JsonError::TooDeep {
                limit: self.limits.max_depth,
            });
        }
        self.at += 1;
        self.space();
        let value = body(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Value<'a>, JsonError> {
        let mut object = Object::default();
        if self.take(b'}') {
            return Ok(Value::Object(object));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.expected("a member name"));
            }
            let name = self.string()?;
            let reserved = name == NUMBER_TOKEN;
            self.space();
            if reserved {
                return Err(JsonError::DuplicateName { at: self.at });
            }
            if !self.take(b':') {
                return Err(self.expected("`:`"));
            }
            self.space();
            let value = self.value()?;
            object.push(name, value);
            self.space();
            if self.take(b'}') {
                break;
            }
            if !self.take(b',') {
                return Err(self.expected("`,` or `}`"));
            }
            self.space();
        }
        if object.has_duplicate() {
            return Err(JsonError::DuplicateName { at: self.at });
        }
        Ok(Value::Object(object))
    }

    fn array(&mut self) -> Result<Value<'a>, JsonError> {
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value()?);
            self.space();
            if self.take(b']') {
                return Ok(Value::Array(items));
            }
            if !self.take(b',') {
                return Err(self.expected("`,` or `]`"));
            }
            self.space();
        }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.at += 1;
        let mut start = self.at;
        let mut unescaped = String::new();
        // A block at a time, as long as nothing in it ends the string or needs a look: without a way
        // out of the inner loop the whole block is compared at once.
        while let Some(block) = self.bytes[self.at..].first_chunk::<16>() {
            if !block.iter().fold(true, |plain, b| plain & is_plain(*b)) {
                break;
            }
            self.at += block.len();
        }
        loop {
            match self.peek() {
                Some(b'"') => {
                    let tail = &self.text[start..self.at];
                    self.at += 1;
                    if unescaped.is_empty() {
                        return Ok(Cow::Borrowed(tail));
                    }
                    unescaped.push_str(tail);
                    return Ok(Cow::Owned(unescaped));
                }
                Some(b'\\') => {
                    unescaped.push_str(&self.text[start..self.at]);
                    unescaped.push(self.escape()?);
                    start = self.at;
                }
                Some(0x20..) => self.at += 1,
                Some(_) => return Err(self.expected("an escaped control character")),
                None => return Err(self.expected("the end of the string")),
            }
        }
    }

    /// Reads one escape (RFC 8259 section 7), a surrogate pair as one character.
    fn escape(&mut self) -> Result<char, JsonError> {
        self.at += 1;
        let simple = match self.peek() {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.expected("an escape")),
        };
        self.at += 1;
        Ok(simple)
    }

    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let first = self.hex4()?;
        let code = if (0xD800..0xDC00).contains(&first) {
            if !(self.take(b'\\') && self.take(b'u')) {
                return Err(self.expected("the second half of a surrogate pair"));
            }
            let second = self.hex4()?;
            if !(0xDC00..0xE000).contains(&second) {
                return Err(self.expected("the second half of a surrogate pair"));
            }
            0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.expected("no lone surrogate"))
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let digits = self.bytes.get(self.at..self.at + 4);
        let code = digits.and_then(|digits| {
            digits
                .iter()
                .try_fold(0, |sum, &d| Some(sum * 16 + char::from(d).to_digit(16)?))
        });
        let code = code.ok_or_else(|| self.expected("four hexadecimal digits"))?;
        self.at += 4;
        Ok(code)
    }

    fn number(&mut self) -> Result<Value<'a>, JsonError> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let text = &self.text[start..self.at];
        // Beyond the range of a double, readers disagree (RFC 8259 section 6); only an exponent or
        // some three hundred digits get there.
        let may_overflow = text.len() > 300 || text.bytes().any(|b| matches!(b, b'e' | b'E'));
        if may_overflow && !text.parse::<f64>().is_ok_and(f64::is_finite) {
            return Err(self.expected("a number within the range of a double"));
        }
        Ok(Value::Number(Cow::Borrowed(text)))
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            Err(self.expected("a digit"))
        } else {
            Ok(())
        }
    }

    fn word(&mut self, word: &'static str, value: Value<'a>) -> Result<Value<'a>, JsonError> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return Err(self.expected(word));
        }
        self.at += word.len();
        Ok(value)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    const fn expected(&self, expected: &'static str) -> JsonError {
        JsonError::Malformed {
            at: self.at,
            expected,
        }
    }
}
