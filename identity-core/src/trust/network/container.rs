//! The file: its parts one after the other, compressed.
//!
//! ```text
//! mandate.network/1
//! policy 812
//! {"schema":"mandate.officer-policy/1",…}
//! snapshot 1834
//! eyJhbGciOi…
//! list 93120
//! {"schema":"mandate.trust-list/1",…}
//! bundle 4211
//! eyJhbGciOi….kPq3…
//! {"schema":"mandate.bundle/1",…}
//! ```
//!
//! Each part has a line with its kind and its length in bytes, and a line feed behind it. A bundle stands
//! there as header and signature in one line, and the payload as it was signed below: base64url of JSON
//! does not compress, JSON does. The whole is zlib (RFC 1950).

use super::{Entry, NetworkError};
use crate::{
    encoding::{
        base64url,
        strict_json::{self, Limits, Value},
    },
    status::inflate,
    trust::bundle::signed_digest,
    verify::Budget,
};

const FIRST: &str = "mandate.network/1\n";

/// The parts of a trust bundle, none of them verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "an accreditor that leaves a part out must not compile"
)]
pub struct Parts {
    /// The accreditor's officer policies, the first version first, as JSON.
    pub policies: Vec<String>,
    /// The log of the accreditor's DID, where it has one.
    pub did_log: Option<String>,
    /// The witnesses' proofs of that log.
    pub did_witness: Option<String>,
    /// The snapshot, a compact JWS.
    pub snapshot: String,
    /// The trust list, as JSON.
    pub list: String,
    /// The bundles, in the order of the snapshot.
    pub bundles: Vec<SignedBundle>,
}

/// A parliament's bundle in its three parts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "complete by RFC 7515")]
pub struct SignedBundle {
    /// The protected header, base64url.
    pub protected: String,
    /// The payload as it was signed.
    pub payload: String,
    /// The signature, base64url.
    pub signature: String,
}

impl SignedBundle {
    /// Takes a bundle as its issuer publishes it.
    ///
    /// # Errors
    /// [`NetworkError::Malformed`].
    pub fn from_json(json: &[u8]) -> Result<Self, NetworkError> {
        let value = strict_json::parse(json, &Limits::large())?;
        let text = |name: &str| {
            let member = value.get(name).and_then(Value::as_str);
            let member = member.map(str::to_owned);
            member.ok_or_else(|| NetworkError::malformed(format!("a bundle has no {name}")))
        };
        let payload = base64url::decode(&text("payload")?)
            .map_err(|_| NetworkError::malformed("a bundle's payload is not base64url"))?;
        Ok(Self {
            protected: text("protected")?,
            payload: String::from_utf8(payload)
                .map_err(|_| NetworkError::malformed("a bundle's payload is no text"))?,
            signature: text("signature")?,
        })
    }

    /// Returns the compact form that its issuer signed.
    pub fn to_compact(&self) -> String {
        let Self {
            protected,
            payload,
            signature,
        } = self;
        let payload = base64url::encode(payload.as_bytes());
        format!("{protected}.{payload}.{signature}")
    }

    /// Returns the line that a snapshot has for it, by what it says of itself: nothing of it is verified.
    ///
    /// # Errors
    /// [`NetworkError::Malformed`] when it names no issuer or has no number.
    pub fn entry(&self) -> Result<Entry, NetworkError> {
        let payload = strict_json::parse(self.payload.as_bytes(), &Limits::large())?;
        let issuer = payload.get("issuer").and_then(Value::as_str);
        let issuer = issuer.and_then(|issuer| issuer.parse().ok());
        let seq = payload.get("seq").and_then(Value::as_u64);
        Ok(Entry {
            issuer: issuer.ok_or_else(|| NetworkError::malformed("a bundle names no issuer"))?,
            seq: seq.ok_or_else(|| NetworkError::malformed("a bundle has no number"))?,
            digest: base64url::encode(&signed_digest(&self.to_compact())),
        })
    }
}

impl Parts {
    /// Returns the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = FIRST.to_owned();
        let mut part = |kind: &str, content: &str| put(&mut text, kind, content);
        for policy in &self.policies {
            part("policy", policy);
        }
        for (kind, content) in [
            ("did-log", &self.did_log),
            ("did-witness", &self.did_witness),
        ] {
            if let Some(content) = content {
                part(kind, content);
            }
        }
        part("snapshot", &self.snapshot);
        part("list", &self.list);
        for bundle in &self.bundles {
            let SignedBundle {
                protected,
                payload,
                signature,
            } = bundle;
            part("bundle", &format!("{protected}.{signature}\n{payload}"));
        }
        inflate::to_zlib(text.as_bytes())
    }

    /// Reads a file: every part once but policies and bundles, in the order in which they are written.
    ///
    /// # Errors
    /// [`NetworkError`] when it is not of that shape, or larger than the budget.
    pub fn from_bytes(bytes: &[u8], budget: &mut Budget) -> Result<Self, NetworkError> {
        let text = unpack(bytes, budget)?;
        let mut rest = text
            .strip_prefix(FIRST)
            .ok_or_else(|| NetworkError::malformed("it does not begin with mandate.network/1"))?;
        let mut parts = Self::default();
        let mut last = Kind::Policy;
        while !rest.is_empty() {
            let (kind, content, after) = take(rest)?;
            let kind = Kind::of(kind)?;
            let again = kind == last && !matches!(kind, Kind::Policy | Kind::Bundle);
            if kind < last || again {
                return Err(NetworkError::malformed("its parts are out of order"));
            }
            last = kind;
            rest = after;
            match kind {
                Kind::Policy => parts.policies.push(content.to_owned()),
                Kind::DidLog => parts.did_log = Some(content.to_owned()),
                Kind::DidWitness => parts.did_witness = Some(content.to_owned()),
                Kind::Snapshot => content.clone_into(&mut parts.snapshot),
                Kind::List => content.clone_into(&mut parts.list),
                Kind::Bundle => parts.bundles.push(read_bundle(content)?),
            }
        }
        if parts.policies.is_empty() || parts.snapshot.is_empty() || parts.list.is_empty() {
            return Err(NetworkError::malformed("a part is missing"));
        }
        Ok(parts)
    }
}

/// The kinds of parts, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Policy,
    DidLog,
    DidWitness,
    Snapshot,
    List,
    Bundle,
}

impl Kind {
    fn of(word: &str) -> Result<Self, NetworkError> {
        Ok(match word {
            "policy" => Self::Policy,
            "did-log" => Self::DidLog,
            "did-witness" => Self::DidWitness,
            "snapshot" => Self::Snapshot,
            "list" => Self::List,
            "bundle" => Self::Bundle,
            _ => return Err(NetworkError::malformed("it has a part of an unknown kind")),
        })
    }
}

/// Adds a part.
pub(super) fn put(text: &mut String, kind: &str, content: &str) {
    let length = content.len().to_string();
    for piece in [kind, " ", &length, "\n", content, "\n"] {
        text.push_str(piece);
    }
}

/// Decompresses a file of parts.
pub(super) fn unpack(bytes: &[u8], budget: &mut Budget) -> Result<String, NetworkError> {
    budget.spend_bytes(bytes.len())?;
    let text = inflate::from_zlib(bytes, budget).map_err(|error| match error {
        crate::status::StatusListError::Budget(error) => error.into(),
        _ => NetworkError::malformed("it is not compressed as it should be, or was cut off"),
    })?;
    String::from_utf8(text).map_err(|_| NetworkError::malformed("it is no text"))
}

/// Takes the next part off: its kind, its content, and what follows it.
pub(super) fn take(text: &str) -> Result<(&str, &str, &str), NetworkError> {
    let malformed = || NetworkError::malformed("a part has no line with its kind and length");
    let (line, rest) = text.split_once('\n').ok_or_else(malformed)?;
    let (kind, length) = line.split_once(' ').ok_or_else(malformed)?;
    let is_canonical = length.bytes().all(|b| b.is_ascii_digit()) && !length.starts_with('0');
    let length: usize = length
        .parse()
        .ok()
        .filter(|_| is_canonical)
        .ok_or_else(malformed)?;
    let (content, after) = rest
        .split_at_checked(length)
        .ok_or_else(|| NetworkError::malformed("a part is shorter than it says"))?;
    let after = after
        .strip_prefix('\n')
        .ok_or_else(|| NetworkError::malformed("a part is longer than it says"))?;
    Ok((kind, content, after))
}

fn read_bundle(content: &str) -> Result<SignedBundle, NetworkError> {
    let malformed = || NetworkError::malformed("a bundle has no line with header and signature");
    let (line, payload) = content.split_once('\n').ok_or_else(malformed)?;
    let (protected, signature) = line.split_once('.').ok_or_else(malformed)?;
    Ok(SignedBundle {
        protected: protected.to_owned(),
        payload: payload.to_owned(),
        signature: signature.to_owned(),
    })
}
