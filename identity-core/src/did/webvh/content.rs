//! What a DID document is to say, and the document that says it in each profile.

use super::{DidHistory, Profile, WebvhError, address};
use crate::{
    did::Relationship,
    encoding::strict_json::{self, Limits, Object, Value},
    key::PublicKey,
};

/// The version of the Swiss profile that profile B writes ("Swiss Profile Anchor", appendix).
pub(super) const SWISS_PROFILE: &str = "swiss-profile-anchor:1.0.0";

/// What the document of a DID is to say.
///
/// Each key is named by its multikey, so that one name never means two keys.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever leaves a part out must know it"
)]
pub struct Content {
    /// The keys, each with what it may be used for.
    pub methods: Vec<(PublicKey, Vec<Relationship>)>,
    /// Other names of the DID (`alsoKnownAs`), without the did:web DID of the same place, which is added.
    pub also_known_as: Vec<String>,
    /// Services (`service`), as they are to stand there.
    pub services: Vec<Value<'static>>,
}

impl Content {
    /// Returns what the latest document of a DID says, to be changed.
    ///
    /// Methods that are not used here are left out.
    ///
    /// # Errors
    /// [`WebvhError`] when the document cannot be read.
    pub fn of(history: &DidHistory) -> Result<Self, WebvhError> {
        let version = history.latest();
        let state = strict_json::parse(version.document_json.as_bytes(), &Limits::small())?;
        let list = |name| {
            state
                .get(name)
                .and_then(Value::as_array)
                .unwrap_or_default()
        };
        let own = address::web_did(history.did())?;
        let names = list("alsoKnownAs").iter().filter_map(Value::as_str);
        let methods = version.document.methods().iter();
        Ok(Self {
            methods: methods
                .map(|method| (method.key().clone(), method.purposes().to_vec()))
                .collect(),
            also_known_as: names
                .filter(|name| *name != own.as_str())
                .map(str::to_owned)
                .collect(),
            services: list("service")
                .iter()
                .map(|service| service.clone().into_owned())
                .collect(),
        })
    }

    /// Writes the document of this DID, which is text since its identifier may be a placeholder still.
    ///
    /// `place` is its domain and path.
    pub(super) fn write(&self, profile: Profile, did: &str, place: &str) -> Object<'static> {
        let mut document = Object::default();
        match profile {
            Profile::A => {
                let contexts = [
                    "https://www.w3.org/ns/did/v1",
                    "https://w3id.org/security/multikey/v1",
                ];
                document.insert("@context", Value::array(contexts));
            }
            // The profile takes the JSON of a document, not its JSON-LD.
            Profile::B => drop(document.insert("profile_version", SWISS_PROFILE.into())),
        }
        document.insert("id", did.to_owned().into());
        let mut known_as = self.also_known_as.clone();
        if profile == Profile::A {
            known_as.insert(0, format!("did:web:{place}"));
        }
        if !known_as.is_empty() {
            document.insert("alsoKnownAs", Value::array(known_as));
        }
        let methods = self.methods.iter();
        let methods = methods.map(|(key, _)| write_method(profile, did, key));
        document.insert("verificationMethod", Value::array(methods));
        for purpose in Relationship::ALL {
            let named = self
                .methods
                .iter()
                .filter(|(_, for_)| for_.contains(&purpose));
            let listed: Vec<String> = named
                .map(|(key, _)| format!("{did}#{}", key.to_multikey()))
                .collect();
            if !listed.is_empty() {
                document.insert(purpose.as_str(), Value::array(listed));
            }
        }
        if !self.services.is_empty() {
            document.insert("service", Value::Array(self.services.clone()));
        }
        document
    }
}

fn write_method(profile: Profile, did: &str, key: &PublicKey) -> Value<'static> {
    let name = key.to_multikey();
    let mut method = Object::default();
    method.insert("id", format!("{did}#{name}").into());
    method.insert("controller", did.to_owned().into());
    match profile {
        Profile::A => {
            method.insert("type", "Multikey".into());
            method.insert("publicKeyMultibase", name.into());
        }
        Profile::B => {
            method.insert("type", "JsonWebKey".into());
            if let Value::Object(mut jwk) = key.to_jwk() {
                jwk.insert("alg", key.algorithm().as_jose().into());
                jwk.insert("kid", name.into());
                method.insert("publicKeyJwk", jwk.into());
            }
        }
    }
    method.into()
}
