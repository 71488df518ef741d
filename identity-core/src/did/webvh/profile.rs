//! The two profiles in which logs are written.

use super::{DidHistory, Parameters, WebvhError, address, content::SWISS_PROFILE};
use crate::{
    did::{Did, DidDocument, Relationship},
    encoding::strict_json::{self, Limits, Value},
};

/// How a log is written, within what did:webvh allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new profile must be weighed at every match"
)]
pub enum Profile {
    /// Ours: the next control keys are always announced; keys stand as `Multikey` under their own names;
    /// the did:web DID of the same place stands in `alsoKnownAs`. Witnesses, watchers, services and
    /// moves are allowed.
    A,
    /// That of the Swiss base registry ("Swiss Profile Anchor", version 1.0): no moves, witnesses,
    /// watchers, services or other names; P-256 keys as JWKs, for `assertionMethod` and
    /// `authentication` alone.
    B,
}

impl Profile {
    /// Returns its letter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }

    /// Checks that every version of a DID keeps to the profile. The one that ended it need not.
    ///
    /// # Errors
    /// [`WebvhError::Profile`] for the first rule that is broken.
    pub fn check(self, history: &DidHistory) -> Result<(), WebvhError> {
        for version in history.versions() {
            let state = strict_json::parse(version.document_json.as_bytes(), &Limits::small())?;
            self.check_version(&version.parameters, &version.document, &state)?;
        }
        Ok(())
    }

    pub(super) fn check_version(
        self,
        parameters: &Parameters,
        document: &DidDocument,
        state: &Value<'_>,
    ) -> Result<(), WebvhError> {
        if parameters.deactivated {
            return Ok(());
        }
        let broken = match self {
            Self::A => broken_in_a(parameters, document, state),
            Self::B => broken_in_b(parameters, document.id(), state),
        };
        broken.map_or(Ok(()), |reason| {
            Err(WebvhError::Profile {
                profile: self.as_str(),
                reason,
            })
        })
    }
}

fn list<'v, 'a>(state: &'v Value<'a>, name: &str) -> &'v [Value<'a>] {
    state
        .get(name)
        .and_then(Value::as_array)
        .unwrap_or_default()
}

fn broken_in_a(
    parameters: &Parameters,
    document: &DidDocument,
    state: &Value<'_>,
) -> Option<&'static str> {
    if !parameters.has_pre_rotation() {
        return Some("the next control keys are not announced");
    }
    let Ok(web) = address::web_did(document.id()) else {
        return Some("its place has no did:web DID");
    };
    let names = list(state, "alsoKnownAs").iter().filter_map(Value::as_str);
    if !names.into_iter().any(|name| name == web.as_str()) {
        return Some("alsoKnownAs lacks the did:web DID of its place");
    }
    if list(state, "verificationMethod").len() != document.methods().len() {
        return Some("a verification method is none that is used here");
    }
    let is_named = |method: &crate::did::VerificationMethod| {
        method.id().did() == document.id()
            && method.id().fragment() == Some(&method.key().to_multikey())
    };
    if !document.methods().iter().all(is_named) {
        return Some("a key is not named by its multikey");
    }
    None
}

fn broken_in_b(parameters: &Parameters, did: &Did, state: &Value<'_>) -> Option<&'static str> {
    if parameters.portable {
        return Some("it is portable");
    }
    if parameters.witness.is_some() {
        return Some("it has witnesses");
    }
    if !parameters.watchers.is_empty() {
        return Some("it has watchers");
    }
    if state.get("profile_version").and_then(Value::as_str) != Some(SWISS_PROFILE) {
        return Some("it does not name the version of the profile");
    }
    let forbidden = [
        "@context",
        "alsoKnownAs",
        "service",
        "keyAgreement",
        "capabilityInvocation",
        "capabilityDelegation",
    ];
    if forbidden.iter().any(|name| state.get(name).is_some()) {
        return Some("it has a member that the profile does not have");
    }
    let own = |value: Option<&Value<'_>>| value.and_then(Value::as_str) == Some(did.as_str());
    if state.get("controller").is_some() && !own(state.get("controller")) {
        return Some("it has another controller");
    }
    let mut names = Vec::new();
    for method in list(state, "verificationMethod") {
        let id = method.get("id").and_then(Value::as_str).unwrap_or_default();
        // No name that hangs on where it stands: the whole DID before each fragment.
        if id.split_once('#').map(|(before, _)| before) != Some(did.as_str()) {
            return Some("a verification method has no absolute name of its own");
        }
        names.push(id);
        if !own(method.get("controller")) {
            return Some("a verification method has another controller");
        }
        if method.get("publicKeyMultibase").is_some() {
            return Some("a key stands as a multikey");
        }
        let jwk = |name| {
            let jwk = method.get("publicKeyJwk")?;
            jwk.get(name).and_then(Value::as_str)
        };
        if jwk("crv") != Some("P-256") || jwk("alg") != Some("ES256") {
            return Some("a key is no JWK for ES256");
        }
    }
    for purpose in [Relationship::AssertionMethod, Relationship::Authentication] {
        let listed = list(state, purpose.as_str()).iter();
        let mut listed = listed.map(|entry| entry.as_str().unwrap_or_default());
        if !listed.all(|name| names.contains(&name)) {
            return Some("a purpose names a method by something other than its absolute name");
        }
    }
    None
}
