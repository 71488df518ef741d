//! The enrolment file: the holder's proof of its key (`OpenID4VCI` 1.0 appendix F.1), signed once more
//! with the key of the one-time code.
//!
//! The inner signature says "I hold this key", for this issuer and this code; the outer one says "I
//! have the code". Neither can be taken out and used with another: the inner one names the code's
//! key by its thumbprint.

use jiff::{SignedDuration, Timestamp};

use super::{Code, CodeError};
use crate::{
    did::Did,
    encoding::{
        base64url, jcs,
        strict_json::{self, Limits, Value},
    },
    error,
    key::{PublicKey, Signer},
    proof::jose::{Header, Jws, JwsError, Unsigned},
};

/// The `typ` of an enrolment file.
pub const TYP: &str = "mandate-enrolment+jwt";

/// The `typ` of the holder's proof.
pub const TYP_PROOF: &str = "openid4vci-proof+jwt";

/// How far the holder's clock may run ahead of the issuer's.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// A verified enrolment: who has the code and holds the key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Enrolment {
    /// The public half of the code's key.
    pub code_key: PublicKey,
    /// The holder's key, to which credentials are to be bound.
    pub holder: PublicKey,
    /// When it was made, by the holder's clock.
    pub issued_at: Timestamp,
}

/// Reports why an enrolment is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnrolmentError {
    /// It was made for another issuer, or to be handed in another way.
    #[error("the enrolment was made for {found}, not for this issuer")]
    Audience {
        /// Whom it was made for.
        found: String,
    },
    /// The code cannot be used.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// It lacks a part.
    #[error("not a well-formed enrolment: {reason}")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
    /// A signature is refused.
    #[error("the enrolment does not prove that its maker has the code and the key: {0}")]
    Proof(#[from] JwsError),
    /// It says it was made later than now.
    #[error("the enrolment says it was made at {issued_at}, which has not come yet")]
    Time {
        /// The instant.
        issued_at: Timestamp,
    },
}

impl EnrolmentError {
    /// Returns the stable code.
    pub const fn code(&self) -> error::Code {
        match self {
            Self::Audience { .. } => error::Code::EnrolmentAudience,
            Self::Code(error) => error.code(),
            Self::Malformed { .. } | Self::Time { .. } => error::Code::EnrolmentMalformed,
            Self::Proof(_) => error::Code::EnrolmentProof,
        }
    }
}

/// Makes the enrolment of a holder's key with a code, to be handed to the issuer as a file.
///
/// # Errors
/// [`EnrolmentError::Code`] when another issuer gave the code out, [`EnrolmentError::Proof`] when
/// the key could not sign.
pub fn prove(
    code: &Code,
    issuer: &Did,
    holder: &impl Signer,
    now: Timestamp,
) -> Result<String, EnrolmentError> {
    let code_key = code.key(issuer)?;
    let nonce = base64url::encode(&code_key.public_key().thumbprint());
    let inner = Value::object([
        ("aud", Value::from(issuer.as_str())),
        ("iat", now.as_second().into()),
        ("nonce", nonce.into()),
    ]);
    let header = Header::with_jwk(TYP_PROOF, holder.public_key().clone());
    let inner = Unsigned::new(&header, &canonical(&inner)?).sign(holder)?;
    let outer = Value::object([
        ("aud", Value::from(issuer.as_str())),
        ("iat", now.as_second().into()),
        ("proof", inner.into()),
    ]);
    let header = Header::with_jwk(TYP, code_key.public_key().clone());
    Ok(Unsigned::new(&header, &canonical(&outer)?).sign(&code_key)?)
}

impl Enrolment {
    /// Opens an enrolment handed in as a file and verifies both signatures.
    ///
    /// Whether the code is one of this issuer's, unused and in time, the issuer's store says.
    ///
    /// # Errors
    /// [`EnrolmentError`] when it was made for another issuer, or a signature is refused.
    pub fn open(text: &str, issuer: &Did, now: Timestamp) -> Result<Self, EnrolmentError> {
        let outer = Jws::parse(text.trim_end_matches(['\r', '\n']))?;
        let (code_key, payload) = verify_own_key(&outer, TYP)?;
        let outer = read(payload)?;
        check_audience(&outer, issuer)?;
        let inner = outer.get("proof").and_then(Value::as_str);
        let inner = Jws::parse(inner.ok_or(EnrolmentError::Malformed { reason: "no proof" })?)?;
        let (holder, payload) = verify_own_key(&inner, TYP_PROOF)?;
        let inner = read(payload)?;
        check_audience(&inner, issuer)?;
        let nonce = base64url::encode(&code_key.thumbprint());
        if inner.get("nonce").and_then(Value::as_str) != Some(&nonce) {
            return Err(EnrolmentError::Malformed {
                reason: "the key was proved for another code",
            });
        }
        if holder == code_key {
            return Err(EnrolmentError::Malformed {
                reason: "the code's key stands in place of the holder's",
            });
        }
        let issued_at = inner.get("iat").and_then(Value::as_i64);
        let issued_at = issued_at.and_then(|second| Timestamp::from_second(second).ok());
        let issued_at = issued_at.ok_or(EnrolmentError::Malformed { reason: "no iat" })?;
        if now
            .checked_add(AHEAD)
            .is_ok_and(|latest| issued_at > latest)
        {
            return Err(EnrolmentError::Time { issued_at });
        }
        Ok(Self {
            code_key,
            holder,
            issued_at,
        })
    }
}

/// Verifies a signature with the key in its own header: proof of that key and of nothing else.
fn verify_own_key<'j>(
    jws: &'j Jws<'_>,
    typ: &'static str,
) -> Result<(PublicKey, &'j [u8]), EnrolmentError> {
    let header = jws.expect_type(typ)?.unverified_header();
    let key = header.jwk.clone().ok_or(EnrolmentError::Malformed {
        reason: "the header has no jwk",
    })?;
    if header.kid.is_some() {
        return Err(EnrolmentError::Malformed {
            reason: "a kid stands beside the jwk",
        });
    }
    let payload = jws.verify_with_key(&key)?;
    Ok((key, payload))
}

fn read(payload: &[u8]) -> Result<Value<'_>, EnrolmentError> {
    strict_json::parse(payload, &Limits::small()).map_err(|_| EnrolmentError::Malformed {
        reason: "a payload is not strict JSON",
    })
}

fn check_audience(payload: &Value<'_>, issuer: &Did) -> Result<(), EnrolmentError> {
    let found = payload.get("aud").and_then(Value::as_str);
    let found = found.ok_or(EnrolmentError::Malformed { reason: "no aud" })?;
    if found == issuer.as_str() {
        return Ok(());
    }
    Err(EnrolmentError::Audience {
        found: found.chars().take(128).collect(),
    })
}

fn canonical(value: &Value<'_>) -> Result<Vec<u8>, EnrolmentError> {
    jcs::canonicalize(value).map_err(|_| EnrolmentError::Malformed {
        reason: "the instant is too far away",
    })
}

#[cfg(test)]
mod tests;
