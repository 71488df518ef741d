//! The syntax of DIDs and DID URLs (W3C DID Core 1.0 sections 3.1 and 3.2).

use core::{fmt, str::FromStr};

use serde::{
    Deserialize, Serialize,
    de::{Deserializer, Error as _},
    ser::Serializer,
};

use super::DidError;

/// Longest DID that is read: a P-256 did:jwk has about 300 characters.
const MAX: usize = 2048;

/// A DID such as `did:key:z6Mk…`, without path, query or fragment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Did(String);

/// A DID with what follows it, such as `did:key:z6Mk…#z6Mk…`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DidUrl {
    did: Did,
    rest: String,
}

impl Did {
    /// Returns what stays where it is when a did:webvh moves: method and SCID (did:webvh 1.0 section "DID
    /// Portability"); of every other DID all of it.
    ///
    /// Two DIDs of one subject are one subject's only once the log of one names the other.
    pub fn subject(&self) -> &str {
        match self.as_str().match_indices(':').nth(2) {
            Some((end, _)) if self.method() == "webvh" => &self.as_str()[..end],
            _ => self.as_str(),
        }
    }

    /// Returns the DID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the method's name, such as `key`.
    pub fn method(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or_default()
    }

    /// Returns what follows the method's name.
    pub fn specific_id(&self) -> &str {
        self.0.splitn(3, ':').nth(2).unwrap_or_default()
    }

    /// Makes the DID URL with this fragment.
    ///
    /// # Errors
    /// [`DidError::Malformed`] when the fragment has characters that a fragment cannot have.
    pub fn with_fragment(&self, fragment: &str) -> Result<DidUrl, DidError> {
        format!("{self}#{fragment}").parse()
    }
}

impl FromStr for Did {
    type Err = DidError;

    fn from_str(text: &str) -> Result<Self, DidError> {
        let malformed = || DidError::malformed(text);
        if text.len() > MAX {
            return Err(malformed());
        }
        let rest = text.strip_prefix("did:").ok_or_else(malformed)?;
        let (method, id) = rest.split_once(':').ok_or_else(malformed)?;
        let method_fits = !method.is_empty()
            && method
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if method_fits && !id.is_empty() && !id.ends_with(':') && is_id(id.as_bytes()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(malformed())
        }
    }
}

/// Tells whether the bytes are `idchar`s and colons, with whole percent escapes.
fn is_id(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        rest = match first {
            b'%' => match tail {
                [a, b, tail @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => tail,
                _ => return false,
            },
            b'.' | b'-' | b'_' | b':' => tail,
            _ if first.is_ascii_alphanumeric() => tail,
            _ => return false,
        };
    }
    true
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Did {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Did {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl DidUrl {
    /// Returns the DID.
    pub const fn did(&self) -> &Did {
        &self.did
    }

    /// Returns the path with its leading slash, or nothing.
    pub fn path(&self) -> &str {
        let end = self.rest.find(['?', '#']).unwrap_or(self.rest.len());
        &self.rest[..end]
    }

    /// Returns the query without its `?`.
    pub fn query(&self) -> Option<&str> {
        let before = self.rest.split('#').next().unwrap_or_default();
        before.split_once('?').map(|(_, query)| query)
    }

    /// Returns the fragment without its `#`.
    pub fn fragment(&self) -> Option<&str> {
        self.rest.split_once('#').map(|(_, fragment)| fragment)
    }
}

impl FromStr for DidUrl {
    type Err = DidError;

    fn from_str(text: &str) -> Result<Self, DidError> {
        let end = text.find(['/', '?', '#']).unwrap_or(text.len());
        let (did, rest) = text.split_at(end);
        let is_allowed = |b: u8| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b);
        if text.len() > MAX || !rest.bytes().all(is_allowed) || rest.matches('#').count() > 1 {
            return Err(DidError::malformed(text));
        }
        Ok(Self {
            did: did.parse()?,
            rest: rest.to_owned(),
        })
    }
}

impl fmt::Display for DidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.did, self.rest)
    }
}
