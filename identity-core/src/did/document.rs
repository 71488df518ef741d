//! DID documents (W3C DID Core 1.0 section 5; W3C Controlled Identifiers 1.0 section 2).

use std::sync::Arc;

use super::{Did, DidError, DidUrl};
use crate::{
    encoding::strict_json::Value,
    key::{Algorithm, PublicKey},
};

/// What a verification method may be used for (W3C Controlled Identifiers 1.0 section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new purpose must be weighed at every match"
)]
pub enum Relationship {
    /// Signing statements, such as credentials.
    AssertionMethod,
    /// Proving to be the subject, such as in a presentation.
    Authentication,
    /// Doing what the DID itself may do: here, signing what is published about its statements.
    CapabilityInvocation,
}

impl Relationship {
    /// Every purpose that is read.
    pub const ALL: [Self; 3] = [
        Self::AssertionMethod,
        Self::Authentication,
        Self::CapabilityInvocation,
    ];

    /// Returns the member of the DID document that lists such methods.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AssertionMethod => "assertionMethod",
            Self::Authentication => "authentication",
            Self::CapabilityInvocation => "capabilityInvocation",
        }
    }
}

/// A key with its name in a DID document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationMethod {
    id: DidUrl,
    key: PublicKey,
    purposes: Vec<Relationship>,
}

/// Most keys that are tried for one verification method.
const MOST_CANDIDATES: usize = 8;

/// A DID with its keys and what each may be used for.
///
/// One id names one key, save in a document that unites the versions of a DID
/// ([`DidHistory::union_document`](super::webvh::DidHistory::union_document)): there an id names every
/// key that it ever named, the latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DidDocument {
    id: Did,
    /// Shared, since the versions of a DID have mostly the same.
    methods: Arc<[VerificationMethod]>,
}

impl VerificationMethod {
    /// Returns the name of the key.
    pub const fn id(&self) -> &DidUrl {
        &self.id
    }

    /// Returns the key.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Returns what the key may be used for.
    pub fn purposes(&self) -> &[Relationship] {
        &self.purposes
    }
}

impl DidDocument {
    /// The document of a DID with one key for both purposes.
    pub(super) fn of_one_key(id: Did, method: DidUrl, key: PublicKey) -> Self {
        let purposes = vec![Relationship::AssertionMethod, Relationship::Authentication];
        Self {
            id,
            methods: Arc::new([VerificationMethod {
                id: method,
                key,
                purposes,
            }]),
        }
    }

    /// The document of a DID whose key is for something other than signing.
    pub(super) fn of_no_key(id: Did) -> Self {
        Self {
            id,
            methods: Arc::new([]),
        }
    }

    /// The document that unites those of several versions, latest first: every key under every id it
    /// stood there with, for the purposes it ever had.
    pub(super) fn of_versions<'d>(id: Did, versions: impl Iterator<Item = &'d Self>) -> Self {
        let mut methods: Vec<VerificationMethod> = Vec::new();
        for method in versions.flat_map(|document| document.methods.iter()) {
            let same = |m: &&mut VerificationMethod| m.id == method.id && m.key == method.key;
            let Some(known) = methods.iter_mut().find(same) else {
                methods.push(method.clone());
                continue;
            };
            for purpose in &method.purposes {
                if !known.purposes.contains(purpose) {
                    known.purposes.push(*purpose);
                }
            }
        }
        let methods = methods.into();
        Self { id, methods }
    }

    /// Returns the DID.
    pub const fn id(&self) -> &Did {
        &self.id
    }

    /// Returns the verification methods with a usable key.
    pub fn methods(&self) -> &[VerificationMethod] {
        &self.methods
    }

    /// Returns the key of a verification method, if the document names it for this purpose.
    ///
    /// # Errors
    /// [`DidError::NoSuchMethod`] when it does not, [`DidError::Document`] when it names several keys.
    pub fn method(&self, id: &DidUrl, purpose: Relationship) -> Result<&PublicKey, DidError> {
        match self.candidates(id, purpose)?.as_slice() {
            [key] => Ok(key),
            _ => Err(DidError::Document {
                reason: "several keys have one id",
            }),
        }
    }

    /// Returns every key of a verification method that the document names for this purpose: one, or
    /// several in a document that unites versions, of which the eight latest are tried.
    ///
    /// # Errors
    /// [`DidError::NoSuchMethod`] when there is none.
    pub fn candidates(
        &self,
        id: &DidUrl,
        purpose: Relationship,
    ) -> Result<Vec<&PublicKey>, DidError> {
        let named = |m: &&VerificationMethod| m.id == *id && m.purposes.contains(&purpose);
        let keys = self.methods.iter().filter(named);
        let keys: Vec<_> = keys
            .map(VerificationMethod::key)
            .take(MOST_CANDIDATES)
            .collect();
        if keys.is_empty() {
            return Err(DidError::NoSuchMethod {
                method: id.to_string(),
                purpose: purpose.as_str(),
            });
        }
        Ok(keys)
    }

    /// Reads a document.
    ///
    /// Methods of another type, and those with a key of another kind, are left out: a document may
    /// serve other software too. Keys of another controller are left out as well, since this DID
    /// cannot speak for it, and so are those that say they are for something other than signing.
    /// Other purposes (`keyAgreement`, `capabilityDelegation`), `alsoKnownAs` and `service` mean
    /// nothing here.
    ///
    /// # Errors
    /// [`DidError`] when a part that is used is not well formed.
    pub fn from_value(value: &Value<'_>) -> Result<Self, DidError> {
        Self::read(value, &mut PublicKey::from_multikey)
    }

    /// Reads a document as [`Self::from_value`] does, its multikeys by this function: whoever reads many
    /// documents with the same keys reads each key once.
    pub(super) fn read(value: &Value<'_>, multikey: ReadMultikey<'_>) -> Result<Self, DidError> {
        let reason = |reason| DidError::Document { reason };
        let id = value
            .get("id")
            .and_then(Value::as_str)
            .ok_or_else(|| reason("it has no id"))?;
        let id: Did = id.parse()?;
        let listed = match value.get("verificationMethod") {
            None => &[],
            Some(list) => list
                .as_array()
                .ok_or_else(|| reason("verificationMethod is no array"))?,
        };
        let mut methods: Vec<VerificationMethod> = Vec::new();
        for method in listed {
            let Some((name, key)) = read_method(&id, method, multikey)? else {
                continue;
            };
            if methods.iter().any(|m| m.id == name) {
                return Err(reason("two verification methods have one id"));
            }
            methods.push(VerificationMethod {
                id: name,
                key,
                purposes: Vec::new(),
            });
        }
        for purpose in Relationship::ALL {
            let listed = match value.get(purpose.as_str()) {
                None => continue,
                Some(list) => list
                    .as_array()
                    .ok_or_else(|| reason("a purpose is no array"))?,
            };
            for entry in listed {
                if let Some(name) = entry.as_str() {
                    let name = absolute(&id, name)?;
                    for method in methods.iter_mut().filter(|m| m.id == name) {
                        method.purposes.push(purpose);
                    }
                } else if let Some((name, key)) = read_method(&id, entry, multikey)? {
                    if methods.iter().any(|m| m.id == name) {
                        return Err(reason("two verification methods have one id"));
                    }
                    methods.push(VerificationMethod {
                        id: name,
                        key,
                        purposes: vec![purpose],
                    });
                }
            }
        }
        let methods = methods.into();
        Ok(Self { id, methods })
    }

    /// Writes the document, its keys as `Multikey`.
    pub fn to_value(&self) -> Value<'static> {
        let methods = self.methods.iter().map(|method| {
            Value::object([
                ("id", method.id.to_string()),
                ("type", "Multikey".to_owned()),
                ("controller", self.id.to_string()),
                ("publicKeyMultibase", method.key.to_multikey()),
            ])
        });
        let mut members = vec![
            (
                "@context",
                Value::array([
                    "https://www.w3.org/ns/did/v1",
                    "https://w3id.org/security/multikey/v1",
                ]),
            ),
            ("id", self.id.to_string().into()),
            ("verificationMethod", Value::array(methods)),
        ];
        for purpose in Relationship::ALL {
            let named = self
                .methods
                .iter()
                .filter(|m| m.purposes.contains(&purpose));
            // Most DIDs have no such key, and their documents are as they were before it had a use.
            if purpose == Relationship::CapabilityInvocation && named.clone().next().is_none() {
                continue;
            }
            members.push((
                purpose.as_str(),
                Value::array(named.map(|m| m.id.to_string())),
            ));
        }
        Value::object(members)
    }
}

/// How a multikey is read.
pub(super) type ReadMultikey<'r> =
    &'r mut dyn FnMut(&str) -> Result<PublicKey, crate::key::KeyError>;

fn read_method(
    did: &Did,
    method: &Value<'_>,
    multikey: ReadMultikey<'_>,
) -> Result<Option<(DidUrl, PublicKey)>, DidError> {
    let text = |name| method.get(name).and_then(Value::as_str);
    let id = text("id").ok_or(DidError::Document {
        reason: "a verification method has no id",
    })?;
    let id = absolute(did, id)?;
    if id.did() != did || text("controller") != Some(did.as_str()) {
        return Ok(None);
    }
    let key = match text("type") {
        Some("Multikey" | "Ed25519VerificationKey2020") => text("publicKeyMultibase").map(multikey),
        Some("JsonWebKey" | "JsonWebKey2020") => {
            let jwk = method.get("publicKeyJwk");
            if jwk.is_some_and(|jwk| !is_for_verifying(jwk)) {
                return Ok(None);
            }
            jwk.map(PublicKey::from_jwk)
        }
        _ => return Ok(None),
    };
    match key {
        // The one type here that names its algorithm (Data Integrity EdDSA Cryptosuites 1.0).
        Some(Ok(key))
            if text("type") == Some("Ed25519VerificationKey2020")
                && key.algorithm() != Algorithm::EdDsa =>
        {
            Err(DidError::Document {
                reason: "a verification method has a key of another kind than its type",
            })
        }
        Some(Ok(key)) => Ok(Some((id, key))),
        Some(Err(crate::key::KeyError::Unsupported)) => Ok(None),
        Some(Err(error)) => Err(error.into()),
        None => Err(DidError::Document {
            reason: "a verification method has no key",
        }),
    }
}

/// Tells whether a JWK may verify signatures by what it says of itself (RFC 7517 sections 4.2 to
/// 4.4). A key for encryption is no fault of a document that lists it.
pub(crate) fn is_for_verifying(jwk: &Value<'_>) -> bool {
    let is_signing = |name: &str| Algorithm::from_jose(name).is_some();
    let says = |name, fits: &dyn Fn(&Value<'_>) -> bool| jwk.get(name).is_none_or(fits);
    says("use", &|value| value.as_str() == Some("sig"))
        && says("alg", &|value| value.as_str().is_some_and(is_signing))
        && says("key_ops", &|value| {
            let operations = value.as_array().unwrap_or_default();
            operations.iter().any(|op| op.as_str() == Some("verify"))
        })
}

/// Reads a method's name, which may be a fragment alone (W3C DID Core 1.0 section 3.2.2).
fn absolute(did: &Did, name: &str) -> Result<DidUrl, DidError> {
    if name.starts_with('#') {
        format!("{did}{name}").parse()
    } else {
        name.parse()
    }
}
