//! What an SD-JWT discloses, and what it withholds.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::encoding::{base64url, strict_json::Value};

/// The claims of an SD-JWT after its disclosures were put in place.
#[derive(Clone, Debug, PartialEq)]
pub struct Disclosed {
    pub(super) claims: Value<'static>,
    pub(super) found: Vec<Found>,
    pub(super) withheld: Withheld,
    pub(super) hash: Hash,
}

/// Where digests stand whose disclosures were not sent: something that is withheld, or a decoy.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Withheld {
    /// Elements of arrays, by their places as issued.
    pub(super) elements: HashSet<Vec<Part>>,
    /// Objects that may have further members.
    pub(super) members: HashSet<Vec<Part>>,
}

/// A step of a place in a payload as it was issued, in which an element that is withheld is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Element(usize),
    Member(String),
}

/// A hash function of digests (IANA "Named Information Hash Algorithm", RFC 9901 section 4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha-256",
            Self::Sha384 => "sha-384",
            Self::Sha512 => "sha-512",
        }
    }

    /// Returns the digest of a text as sent (RFC 9901 section 4.2.3).
    pub(super) fn digest(self, text: &str) -> String {
        match self {
            Self::Sha256 => base64url::encode(&Sha256::digest(text)),
            Self::Sha384 => base64url::encode(&Sha384::digest(text)),
            Self::Sha512 => base64url::encode(&Sha512::digest(text)),
        }
    }
}

/// Where one disclosure belongs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) index: usize,
    pub(super) path: String,
    pub(super) place: Vec<Part>,
    /// The disclosure in which this one's digest stands.
    pub(super) parent: Option<usize>,
}

impl Disclosed {
    /// Returns the claims, without a trace of the digests.
    pub const fn claims(&self) -> &Value<'static> {
        &self.claims
    }

    /// Returns the claims alone.
    pub(in crate::proof) fn into_claims(self) -> Value<'static> {
        self.claims
    }

    /// Returns the paths of what was disclosed, such as `name` or `languages[0]`.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.found.iter().map(|found| found.path.as_str())
    }

    pub(super) fn found(&self) -> &[Found] {
        &self.found
    }

    pub(super) const fn withheld(&self) -> &Withheld {
        &self.withheld
    }

    pub(super) const fn hash(&self) -> Hash {
        self.hash
    }
}

/// Returns the digest of a disclosure in SHA-256.
pub(super) fn digest(disclosure: &str) -> String {
    Hash::Sha256.digest(disclosure)
}
