//! The holder's side: from stored credentials to the file that answers a request.

use jiff::Timestamp;

use super::request::Request;
use crate::{
    Code,
    credential::{CONTEXT_V2, CredentialError, Envelope, Kind},
    did::{self, Relationship},
    encoding::{
        jcs,
        strict_json::{self, Limits, Object, Value},
    },
    key::Signer,
    proof::{
        data_integrity::{self, Cryptosuite, ProofError, ProofOptions},
        sd_jwt::{self, SdJwt, SdJwtError},
    },
    verify::Budget,
};

/// One credential to be shown.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Shown<'s, S> {
    /// The credential as stored: a compact SD-JWT, or JSON.
    pub credential: &'s str,
    /// The claims to disclose; of a credential without selective disclosure all are seen.
    pub disclose: &'s [String],
    /// The key the credential is bound to.
    pub signer: &'s S,
    /// An in-office statement to go along with it, where the credential is an SD-JWT.
    pub in_office: Option<&'s str>,
}

/// Reports why a request cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The stored credential cannot be read.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// There is nothing to show.
    #[error("no credential is to be shown")]
    Nothing,
    /// The proof could not be made.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The SD-JWT cannot be used.
    #[error(transparent)]
    SdJwt(#[from] SdJwtError),
}

impl AnswerError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Credential(error) => error.code(),
            Self::Nothing => Code::PresentationMalformed,
            Self::Proof(error) => error.code(),
            Self::SdJwt(error) => error.code(),
        }
    }
}

/// Answers a request: discloses what is to be shown, bound to its verifier and nonce.
///
/// Whether that verifier is trusted and the request still in time is checked before this.
///
/// # Errors
/// [`AnswerError`] when a credential cannot be read or a key could not sign.
pub fn answer<S: Signer>(
    request: &Request,
    shown: &[Shown<'_, S>],
    now: Timestamp,
) -> Result<String, AnswerError> {
    let mut by_kind: Vec<(Kind, Vec<Value<'static>>)> = Vec::new();
    for one in shown {
        let (kind, presented) = present(request, one, now)?;
        if let (Value::String(text), 1) = (&presented, shown.len()) {
            return Ok(text.to_string());
        }
        match by_kind.iter_mut().find(|(k, _)| *k == kind) {
            Some((_, list)) => list.push(presented),
            None => by_kind.push((kind, vec![presented])),
        }
    }
    if by_kind.is_empty() {
        return Err(AnswerError::Nothing);
    }
    let token = Value::object(
        by_kind
            .into_iter()
            .map(|(kind, list)| (kind.as_str(), Value::Array(list))),
    );
    let json =
        jcs::canonicalize(&Value::object([("vp_token", token)])).map_err(ProofError::from)?;
    String::from_utf8(json).map_err(|_| AnswerError::Nothing)
}

fn present<S: Signer>(
    request: &Request,
    shown: &Shown<'_, S>,
    now: Timestamp,
) -> Result<(Kind, Value<'static>), AnswerError> {
    let audience = request.verifier.as_str();
    if shown.credential.starts_with('{') {
        let document = parse_vc(shown.credential)?;
        let kind = Envelope::from_vc(&document)?.kind;
        let did = did::key::create(shown.signer.public_key());
        let method = did
            .with_fragment(did.specific_id())
            .map_err(ProofError::from)?;
        let mut vp = Object::default();
        vp.insert("@context", Value::array([CONTEXT_V2]));
        vp.insert("type", Value::array(["VerifiablePresentation"]));
        vp.insert("holder", did.to_string().into());
        vp.insert("verifiableCredential", Value::array([document]));
        let mut options = ProofOptions::new(
            Cryptosuite::jcs(shown.signer.public_key().algorithm()),
            method,
            Relationship::Authentication,
            now,
        );
        options.challenge = Some(request.nonce.clone());
        options.domain = vec![audience.to_owned()];
        let vp = data_integrity::sign(vp, &options, shown.signer)?;
        return Ok((kind, vp.into()));
    }
    let sd_jwt =
        SdJwt::parse(shown.credential, &mut Budget::presentation()).map_err(AnswerError::from)?;
    let kind = Envelope::from_sd_jwt(sd_jwt.unverified_disclosed()?.claims())?.kind;
    let selected = sd_jwt.select(|path| {
        let top = path.split(['.', '[']).next().unwrap_or_default();
        shown
            .disclose
            .iter()
            .any(|name| name == path || name == top)
    })?;
    let bound = sd_jwt::bind_with(
        &selected,
        (audience, &request.nonce),
        now,
        shown.in_office,
        shown.signer,
    )?;
    Ok((kind, bound.into()))
}

/// Reads a credential without verifying anything: neither its signature nor its issuer is looked at.
///
/// It is for a holder's own stored credential, which was verified when it was taken in. A verifier
/// has [`crate::verify`].
///
/// # Errors
/// [`AnswerError`] when the credential cannot be read.
pub fn unverified_envelope(credential: &str) -> Result<Envelope, AnswerError> {
    if credential.starts_with('{') {
        return Ok(Envelope::from_vc(&parse_vc(credential)?)?);
    }
    let sd_jwt = SdJwt::parse(credential, &mut Budget::presentation())?;
    Ok(Envelope::from_sd_jwt(
        sd_jwt.unverified_disclosed()?.claims(),
    )?)
}

fn parse_vc(json: &str) -> Result<Object<'static>, AnswerError> {
    let malformed = CredentialError::Malformed {
        reason: "it is not strict JSON",
    };
    let value = strict_json::parse(json.as_bytes(), &Limits::small());
    match value.map(Value::into_owned) {
        Ok(Value::Object(document)) => Ok(document),
        _ => Err(malformed.into()),
    }
}
