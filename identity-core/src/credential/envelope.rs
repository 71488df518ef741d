//! What a reader needs of any credential, however it was secured.

use jiff::Timestamp;

use super::{CONTEXT_V2, CredentialError, Kind, claims::ALWAYS_VISIBLE};
use crate::{
    did::{Did, LocalResolver, Resolver as _},
    encoding::strict_json::{Object, Value},
    key::PublicKey,
    status::{Instant, SlotRef},
};

/// The parts of a credential by which it is judged, and its claims.
///
/// All of it is what the signer wrote; whether that signer counts is decided elsewhere.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Envelope {
    /// The type.
    pub kind: Kind,
    /// The issuer named inside (`iss`, `issuer`), to be compared with the signer.
    pub issuer: String,
    /// The key the credential is bound to.
    pub holder: PublicKey,
    /// When it was issued, in whole seconds.
    pub issued_at: Option<Timestamp>,
    /// From when it is valid: the beginning of the mandate, in whole seconds.
    pub valid_from: Timestamp,
    /// From when it is no longer valid, in whole seconds.
    pub valid_until: Timestamp,
    /// Where its status stands.
    pub slot: SlotRef,
    /// The term of the mandate.
    pub term: Option<String>,
    /// What shows that officers approved it (`spec/100-officers.md`), as it stands there.
    pub approval: Option<Value<'static>>,
    /// The claims of its type that are shown, and `chamber`, `country`, `term`.
    pub claims: Object<'static>,
}

impl Envelope {
    /// Reads the claims of an SD-JWT VC after its disclosures were put in place.
    ///
    /// # Errors
    /// [`CredentialError`] when the type is unknown or a member by which it is judged is missing.
    pub fn from_sd_jwt(claims: &Value<'_>) -> Result<Self, CredentialError> {
        let malformed = |reason| CredentialError::Malformed { reason };
        let text = |name| claims.get(name).and_then(Value::as_str);
        let vct = text("vct").ok_or_else(|| malformed("no vct"))?;
        let kind = Kind::from_vct(vct).ok_or_else(|| CredentialError::TypeUnknown {
            found: vct.chars().take(64).collect(),
        })?;
        let second = |name| {
            let second = claims.get(name).and_then(Value::as_i64);
            second.and_then(|second| Timestamp::from_second(second).ok())
        };
        let holder = claims.get("cnf").and_then(|cnf| cnf.get("jwk"));
        let holder = holder.map(PublicKey::from_jwk).transpose();
        let holder = holder.map_err(|_| malformed("cnf holds no usable key"))?;
        let status = claims
            .get("status")
            .and_then(|status| status.get("status_list"));
        let status = status.ok_or_else(|| malformed("no status"))?;
        let uri = status.get("uri").and_then(Value::as_str);
        let slot = SlotRef {
            list: uri
                .and_then(|uri| uri.parse().ok())
                .ok_or_else(|| malformed("its status list is not named by a DID URL"))?,
            index: status
                .get("idx")
                .and_then(Value::as_u64)
                .ok_or_else(|| malformed("its status has no index"))?,
        };
        let envelope = Self {
            kind,
            issuer: text("iss").ok_or_else(|| malformed("no iss"))?.to_owned(),
            holder: holder.ok_or_else(|| malformed("it is bound to no key"))?,
            issued_at: second("iat"),
            valid_from: second("nbf").ok_or_else(|| malformed("no nbf"))?,
            valid_until: second("exp").ok_or_else(|| malformed("no exp"))?,
            slot,
            term: text("term").map(str::to_owned),
            approval: claims.get("approval").cloned().map(Value::into_owned),
            claims: shown(kind, |name| claims.get(name)),
        };
        envelope.check()
    }

    /// Reads a VC 2.0 credential whose proof has been verified or is about to be.
    ///
    /// # Errors
    /// [`CredentialError`] when it does not fit VC Data Model 2.0 section 4, its type is unknown, or
    /// a member by which it is judged is missing.
    pub fn from_vc(document: &Object<'_>) -> Result<Self, CredentialError> {
        let malformed = |reason| CredentialError::Malformed { reason };
        let text = |name| document.get(name).and_then(Value::as_str);
        let context = document.get("@context").and_then(Value::as_array);
        let context = context.unwrap_or_default();
        if context.first().and_then(Value::as_str) != Some(CONTEXT_V2)
            || context
                .iter()
                .any(|c| !matches!(c.as_str(), Some(CONTEXT_V2 | super::CONTEXT)))
        {
            return Err(malformed(
                "its @context is not that of VC 2.0 and of mandates",
            ));
        }
        let types = document.get("type").and_then(Value::as_array);
        let types: Vec<&str> = types
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let ["VerifiableCredential", name] = types[..] else {
            return Err(malformed(
                "its type is not VerifiableCredential and one other",
            ));
        };
        let kind: Kind = name.parse()?;
        let instant = |name| {
            let instant = text(name).and_then(|text| text.parse::<Instant>().ok());
            instant.map(Instant::timestamp)
        };
        let subject = document.get("credentialSubject");
        let subject = subject.ok_or_else(|| malformed("no credentialSubject"))?;
        let holder = subject.get("id").and_then(Value::as_str);
        let status = document.get("credentialStatus");
        let status = status.ok_or_else(|| malformed("no credentialStatus"))?;
        let status_text = |name| status.get(name).and_then(Value::as_str);
        if status_text("type") != Some("BitstringStatusListEntry") {
            return Err(malformed("its status is of another kind"));
        }
        let slot = SlotRef {
            list: status_text("statusListCredential")
                .and_then(|uri| uri.parse().ok())
                .ok_or_else(|| malformed("its status list is not named by a DID URL"))?,
            index: status_text("statusListIndex")
                .and_then(|index| index.parse().ok())
                .ok_or_else(|| malformed("its status has no index"))?,
        };
        let envelope = Self {
            kind,
            issuer: text("issuer")
                .ok_or_else(|| malformed("no issuer"))?
                .to_owned(),
            holder: key_of(holder.ok_or_else(|| malformed("it is bound to no holder"))?)?,
            issued_at: document
                .get("proof")
                .and_then(|proof| proof.get("created"))
                .and_then(Value::as_str)
                .and_then(|text| text.parse::<Instant>().ok())
                .map(Instant::timestamp),
            valid_from: instant("validFrom").ok_or_else(|| malformed("no validFrom"))?,
            valid_until: instant("validUntil").ok_or_else(|| malformed("no validUntil"))?,
            slot,
            term: subject
                .get("term")
                .and_then(Value::as_str)
                .map(str::to_owned),
            approval: document
                .get("evidence")
                .and_then(|evidence| evidence.get("approval"))
                .cloned()
                .map(Value::into_owned),
            claims: shown(kind, |name| subject.get(name)),
        };
        envelope.check()
    }

    fn check(self) -> Result<Self, CredentialError> {
        if self.valid_until <= self.valid_from {
            return Err(CredentialError::Malformed {
                reason: "it ends before it begins",
            });
        }
        if self.kind == Kind::MemberMandate && self.term.is_none() {
            return Err(CredentialError::Malformed {
                reason: "a mandate names its term",
            });
        }
        Ok(self)
    }
}

/// Returns the one key of a holder's did:key or did:jwk.
fn key_of(did: &str) -> Result<PublicKey, CredentialError> {
    let malformed = CredentialError::Malformed {
        reason: "its holder is no did:key or did:jwk",
    };
    let did: Did = did.parse().map_err(|_| malformed.clone())?;
    let resolver = LocalResolver::new();
    let document = resolver.resolve(&did).map_err(|_| malformed.clone())?;
    let [method] = document.methods() else {
        return Err(malformed);
    };
    Ok(method.key().clone())
}

fn shown<'v, 'a: 'v>(kind: Kind, get: impl Fn(&str) -> Option<&'v Value<'a>>) -> Object<'static> {
    let own = kind.claims().iter().map(|spec| spec.name);
    let mut claims = Object::default();
    for name in own.chain(ALWAYS_VISIBLE) {
        if let Some(value) = get(name) {
            claims.insert(name, value.clone().into_owned());
        }
    }
    claims
}
