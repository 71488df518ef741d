//! In-office statements: that one mandate is in office, for 24 hours at most, without a status list.
//!
//! The issuer's status key signs it over the digest of what the issuer signed, so it speaks for exactly one
//! credential and one holder's key. It makes no mandate: signature, issuer and dates are judged on the
//! credential alone, and whoever steals the status key can at most call a genuine mandate in office that is not, as
//! with a bundle. Its use is freshness: a holder who fetched one this morning is believed by a
//! verifier that has had no new bundle for days. Its format is in `spec/20-status-and-bundle.md`, section 9.

use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};

use crate::{
    Code,
    did::{self, LocalResolver, Relationship},
    encoding::{
        base64url, jcs,
        strict_json::{self, Limits, Value},
    },
    key::{PublicKey, Signer},
    proof::jose::{Header, Jws, JwsError, Unsigned},
    status::{Instant, LEEWAY},
    verify::{Budget, BudgetExhausted},
};

/// The `typ` of a statement.
pub const TYP: &str = "mandate-in-office+jwt";

/// How long one may be in force.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// The mandate that a statement is to be about, as it was signed and verified.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "what binds a statement, complete"
)]
pub struct Mandate<'m> {
    /// The DID that signed it.
    pub issuer: &'m str,
    /// Its issuer-signed part, a compact JWS.
    pub signed_part: &'m str,
    /// The holder's key.
    pub holder: &'m PublicKey,
}

/// What a statement says. Its own signature holds, and that is all that is known of it: whose key signed,
/// and whether it is about the mandate at hand, [`Statement::check`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    issuer: String,
    mandate: String,
    holder: String,
    issued_at: Instant,
    expires: Instant,
    key: PublicKey,
}

/// Reports why a statement counts for nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InOfficeError {
    /// It costs more than it may.
    #[error(transparent)]
    Budget(#[from] BudgetExhausted),
    /// It is no longer in force.
    #[error("the in-office statement was good until {expires}")]
    Expired {
        /// From when it is not.
        expires: Instant,
    },
    /// It is about another mandate, another holder's key or another issuer's.
    #[error("the in-office statement is about another {what}")]
    Foreign {
        /// What differs.
        what: &'static str,
    },
    /// It is not well formed.
    #[error("not an in-office statement: {reason}")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
    /// It says it was made later than now.
    #[error("the in-office statement says it was made later than now")]
    NotYetIssued,
    /// It is not signed, or not by the status key that the issuer named.
    #[error("the in-office statement is not signed by the issuer's status key")]
    Signature,
}

impl InOfficeError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Budget(error) => error.code(),
            Self::Expired { .. } => Code::InOfficeExpired,
            Self::Foreign { .. } => Code::InOfficeForeign,
            Self::Malformed { .. } => Code::InOfficeMalformed,
            Self::NotYetIssued => Code::InOfficeNotYetIssued,
            Self::Signature => Code::InOfficeSignature,
        }
    }
}

impl Mandate<'_> {
    /// Returns the digest by which statements name it: SHA-256 over what the issuer signed, without the
    /// signature, of which ECDSA allows two forms.
    fn digest(&self) -> String {
        let signed = self.signed_part.rsplit_once('.');
        let covered = signed.map_or(self.signed_part, |(covered, _)| covered);
        base64url::encode(&Sha256::digest(covered))
    }
}

/// Says that a mandate is in office, until `expires` or for [`LONGEST`], whichever ends first.
///
/// # Errors
/// [`InOfficeError`] when that is no time at all, or the key could not sign.
pub fn state(
    mandate: &Mandate<'_>,
    (now, expires): (Instant, Instant),
    status_key: &impl Signer,
) -> Result<String, InOfficeError> {
    let longest = now.timestamp().checked_add(LONGEST);
    let expires = longest.map_or(expires, |longest| expires.min(Instant::floor(longest)));
    if expires <= now {
        return Err(InOfficeError::Expired { expires });
    }
    let payload = Value::object([
        (
            "cnf",
            Value::object([("jkt", base64url::encode(&mandate.holder.thumbprint()))]),
        ),
        ("exp", Value::from(expires.as_second())),
        ("iat", Value::from(now.as_second())),
        ("iss", Value::from(mandate.issuer)),
        ("mandate", Value::from(mandate.digest())),
    ]);
    let payload = jcs::canonicalize(&payload).map_err(|_| InOfficeError::Malformed {
        reason: "the instant is too far away",
    })?;
    let did = did::key::create(status_key.public_key());
    let kid = did.with_fragment(did.specific_id());
    let kid = kid.map_err(|_| InOfficeError::Signature)?;
    let header = Header::with_kid(status_key.public_key().algorithm(), TYP, &kid);
    let signed = Unsigned::new(&header, &payload).sign(status_key);
    signed.map_err(|_| InOfficeError::Signature)
}

impl Statement {
    /// Opens a statement: its signature is that of the did:key which it names.
    ///
    /// # Errors
    /// [`InOfficeError`] when it is not signed or not well formed; a member that is not known is refused,
    /// since whoever shows it would carry it about unseen.
    pub fn open(text: &str, budget: &mut Budget) -> Result<Self, InOfficeError> {
        let malformed = |reason| InOfficeError::Malformed { reason };
        budget.spend_bytes(text.len())?;
        budget.spend_signature()?;
        let jws = Jws::parse(text).map_err(|_| malformed("it is no JWS"))?;
        let jws = jws
            .expect_type(TYP)
            .map_err(|_| malformed("it is of another kind"))?;
        let (signer, payload) = jws
            .verify(&LocalResolver::new(), Relationship::AssertionMethod)
            .map_err(|error| match error {
                JwsError::Malformed { .. } => malformed("it names no key"),
                _ => InOfficeError::Signature,
            })?;
        let payload = strict_json::parse(payload, &Limits::small())
            .map_err(|_| malformed("it is not strict JSON"))?;
        let members = payload.as_object().map(|object| object.iter().count());
        let cnf = payload.get("cnf").and_then(Value::as_object);
        if members != Some(5) || cnf.is_none_or(|cnf| cnf.iter().count() != 1) {
            return Err(malformed("its members are not the five of the format"));
        }
        let text = |value: Option<&Value<'_>>| value.and_then(Value::as_str).map(str::to_owned);
        let second = |name| {
            let second = payload.get(name).and_then(Value::as_i64)?;
            let second = jiff::Timestamp::from_second(second).ok()?;
            Some(Instant::floor(second))
        };
        let read = || {
            Some(Self {
                issuer: text(payload.get("iss"))?,
                mandate: text(payload.get("mandate"))?,
                holder: text(cnf.and_then(|cnf| cnf.get("jkt")))?,
                issued_at: second("iat")?,
                expires: second("exp")?,
                key: signer.key().clone(),
            })
        };
        let statement = read().ok_or_else(|| malformed("a member is missing"))?;
        let lasts = statement.expires.seconds_since(statement.issued_at);
        if lasts <= 0 || lasts > LONGEST.as_secs() {
            return Err(malformed(
                "it is in force for more than 24 hours, or for no time",
            ));
        }
        Ok(statement)
    }

    /// Returns when it was made.
    pub const fn issued_at(&self) -> Instant {
        self.issued_at
    }

    /// Returns from when it is no longer in force.
    pub const fn expires(&self) -> Instant {
        self.expires
    }

    /// Checks that it is about this mandate. A wallet, which does not know the status key, asks no more.
    ///
    /// # Errors
    /// [`InOfficeError::Foreign`].
    pub fn is_about(&self, mandate: &Mandate<'_>) -> Result<(), InOfficeError> {
        let other = |what| Err(InOfficeError::Foreign { what });
        if self.issuer != mandate.issuer {
            return other("issuer's mandate");
        }
        if self.mandate != mandate.digest() {
            return other("mandate");
        }
        if self.holder != base64url::encode(&mandate.holder.thumbprint()) {
            return other("holder's key");
        }
        Ok(())
    }

    /// Checks that it is in force at an instant.
    ///
    /// # Errors
    /// [`InOfficeError::Expired`] and [`InOfficeError::NotYetIssued`], the latter with five minutes of leeway.
    pub fn is_in_force(&self, now: Instant) -> Result<(), InOfficeError> {
        if self.issued_at.seconds_since(now) > LEEWAY.as_secs() {
            return Err(InOfficeError::NotYetIssued);
        }
        if now >= self.expires {
            let expires = self.expires;
            return Err(InOfficeError::Expired { expires });
        }
        Ok(())
    }

    /// Checks everything: that the issuer's status key signed it, that it is about this mandate, and that it
    /// is in force.
    ///
    /// # Errors
    /// [`InOfficeError`] with the first that fails.
    pub fn check(
        &self,
        mandate: &Mandate<'_>,
        status_key: &PublicKey,
        now: Instant,
    ) -> Result<(), InOfficeError> {
        if self.key != *status_key {
            return Err(InOfficeError::Signature);
        }
        self.is_about(mandate)?;
        self.is_in_force(now)
    }
}

#[cfg(test)]
mod tests;
