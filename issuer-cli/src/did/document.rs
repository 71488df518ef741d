//! The issuer's DID document, as its office writes it.

use identity_core::{
    did::{DidDocument, Relationship, webvh::Content},
    key::{KeyError, PublicKey},
};
use serde::{Deserialize, Serialize};

/// The keys that a document names, as multikeys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "two keys, each for one thing")]
pub struct Keys {
    /// Signs credentials (`assertionMethod`).
    pub issuing: String,
    /// Signs bundles (`capabilityInvocation`), and nothing else.
    pub status: String,
}

/// What a document says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Document {
    /// The keys.
    pub keys: Keys,
    /// Other DIDs and names of the same parliament (`alsoKnownAs`), without the did:web of its place.
    pub also_known_as: Vec<String>,
}

impl Keys {
    /// Returns the keys that a document names, each where it names one for its purpose.
    pub fn of(document: &DidDocument) -> Option<Self> {
        let key = |purpose| {
            let methods = document.methods().iter();
            let mut methods = methods.filter(|method| method.purposes() == [purpose]);
            let key = methods.next()?.key().to_multikey();
            methods.next().is_none().then_some(key)
        };
        Some(Self {
            issuing: key(Relationship::AssertionMethod)?,
            status: key(Relationship::CapabilityInvocation)?,
        })
    }
}

impl Document {
    /// Returns what is to stand in the document.
    ///
    /// # Errors
    /// [`KeyError`] when a multikey is none.
    pub fn content(&self) -> Result<Content, KeyError> {
        let for_one = |key: &str, purpose| Ok((PublicKey::from_multikey(key)?, vec![purpose]));
        Ok(Content {
            methods: vec![
                for_one(&self.keys.issuing, Relationship::AssertionMethod)?,
                for_one(&self.keys.status, Relationship::CapabilityInvocation)?,
            ],
            also_known_as: self.also_known_as.clone(),
            services: Vec::new(),
        })
    }
}
