//! A verifier's request: who asks, what for, which claims, and the nonce to answer to.
//!
//! A compact JWS by the verifier's own key, over exact bytes. A holder reads nothing of it before
//! the signature has passed, and answers only a verifier they were told to trust.

use jiff::{SignedDuration, Timestamp};
use rand_core::CryptoRng;

use crate::{
    Code,
    did::{Did, DidUrl, LocalResolver, Relationship},
    encoding::{
        base64url, jcs,
        strict_json::{self, Limits, Value},
    },
    key::Signer,
    proof::jose::{Header, Jws, JwsError, Unsigned},
    status::LEEWAY,
};

/// The `typ` of a request.
pub const TYP: &str = "mandate-request+jwt";

/// Most credentials and most claims that one request may ask for.
const MOST: usize = 64;

/// The claims asked for from one credential.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked {
    /// The credential type, such as `MemberMandate`.
    pub credential_type: String,
    /// Claims without which the answer is not accepted.
    pub required: Vec<String>,
    /// Claims that the holder may leave out.
    pub optional: Vec<String>,
}

/// A request whose signature has been verified, or that is about to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The DID of the verifier that asks.
    pub verifier: Did,
    /// The name the verifier gives itself; a holder shows their own name for it instead.
    pub name: String,
    /// What the answer is for, in the verifier's words.
    pub purpose: String,
    /// What the answer must be bound to: base64url of at least 128 random bits.
    pub nonce: String,
    /// When it was made, in whole seconds.
    pub issued_at: Timestamp,
    /// From when on it is no longer to be answered, in whole seconds.
    pub expires: Timestamp,
    /// What is asked for.
    pub asked: Vec<Asked>,
}

/// Reports why a request is not answered or not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// Its time to be answered has passed.
    #[error("the request expired at {expires}")]
    Expired {
        /// The instant.
        expires: Timestamp,
    },
    /// The content is not a request.
    #[error("not a well-formed request: {reason}")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
    /// It says it was made later than now.
    #[error("the request says it was made at {issued_at}, which has not come yet")]
    NotYetIssued {
        /// The instant.
        issued_at: Timestamp,
    },
    /// It is not signed, or its signature is refused.
    #[error("the request is not signed by its verifier: {0}")]
    Signature(#[from] JwsError),
    /// The key that signed is not that of the verifier named.
    #[error("the request names {named}, but {signer} signed it")]
    VerifierMismatch {
        /// The DID named.
        named: String,
        /// The DID whose key signed.
        signer: Did,
    },
}

impl RequestError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Expired { .. } => Code::RequestExpired,
            Self::Malformed { .. } => Code::RequestMalformed,
            Self::NotYetIssued { .. } => Code::RequestNotYetIssued,
            Self::Signature(_) => Code::RequestSignature,
            Self::VerifierMismatch { .. } => Code::RequestVerifierMismatch,
        }
    }
}

impl Asked {
    /// Asks for claims of one credential type.
    pub const fn new(
        credential_type: String,
        required: Vec<String>,
        optional: Vec<String>,
    ) -> Self {
        Self {
            credential_type,
            required,
            optional,
        }
    }

    /// Reads `TYPE:claim[,claim]`, where `?` behind a claim marks it optional.
    ///
    /// # Errors
    /// [`RequestError::Malformed`] when the type or a claim is empty, or a claim stands twice.
    pub fn from_flag(text: &str) -> Result<Self, RequestError> {
        let malformed = |reason| RequestError::Malformed { reason };
        let (credential_type, claims) = text.split_once(':').unwrap_or((text, ""));
        if !is_name(credential_type) {
            return Err(malformed("the credential type is empty or not a name"));
        }
        let mut asked = Self::new(credential_type.to_owned(), Vec::new(), Vec::new());
        for claim in claims.split(',').filter(|_| !claims.is_empty()) {
            let (name, list) = match claim.strip_suffix('?') {
                Some(name) => (name, &mut asked.optional),
                None => (claim, &mut asked.required),
            };
            if !is_name(name) {
                return Err(malformed("a claim is empty or not a name"));
            }
            list.push(name.to_owned());
        }
        if asked.repeats_a_claim() {
            return Err(malformed("a claim stands twice"));
        }
        Ok(asked)
    }

    /// Adds what is asked of the same type; a claim that either requires is required.
    pub fn join(&mut self, other: Self) {
        for name in other.required {
            self.optional.retain(|optional| *optional != name);
            if !self.required.contains(&name) {
                self.required.push(name);
            }
        }
        for name in other.optional {
            if !self.required.contains(&name) && !self.optional.contains(&name) {
                self.optional.push(name);
            }
        }
    }

    fn repeats_a_claim(&self) -> bool {
        let mut names: Vec<&String> = self.required.iter().chain(&self.optional).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair[0] == pair[1])
    }
}

impl Request {
    /// Makes a request with a fresh nonce of 128 random bits.
    ///
    /// Instants are floored to whole seconds.
    ///
    /// # Errors
    /// [`RequestError::Malformed`] when nothing is asked for, the purpose is empty, or it would
    /// expire at once or out of range.
    pub fn new(
        verifier: Did,
        name: String,
        purpose: String,
        asked: Vec<Asked>,
        (now, lifetime): (Timestamp, SignedDuration),
        rng: &mut impl CryptoRng,
    ) -> Result<Self, RequestError> {
        let mut nonce = [0; 16];
        rng.fill_bytes(&mut nonce);
        let out_of_range = RequestError::Malformed {
            reason: "its instants are out of range",
        };
        let issued_at =
            Timestamp::from_second(now.as_second()).map_err(|_| out_of_range.clone())?;
        let expires = issued_at.checked_add(lifetime).map_err(|_| out_of_range)?;
        let nonce = base64url::encode(&nonce);
        let request = Self {
            verifier,
            name,
            purpose,
            nonce,
            issued_at,
            expires,
            asked,
        };
        request.check()?;
        Ok(request)
    }

    /// Signs the request with the verifier's key.
    ///
    /// # Errors
    /// [`RequestError::VerifierMismatch`] when `kid` is of another DID, or the key cannot sign.
    pub fn sign(&self, kid: &DidUrl, signer: &impl Signer) -> Result<String, RequestError> {
        if kid.did() != &self.verifier {
            let (named, signer) = (self.verifier.to_string(), kid.did().clone());
            return Err(RequestError::VerifierMismatch { named, signer });
        }
        let header = Header::with_kid(signer.public_key().algorithm(), TYP, kid);
        let payload = jcs::canonicalize(&self.to_value()).map_err(|_| RequestError::Malformed {
            reason: "its instants are out of range",
        })?;
        Ok(Unsigned::new(&header, &payload).sign(signer)?)
    }

    /// Opens a request: verifies that the verifier it names has signed it, then reads it.
    ///
    /// Whether that verifier is one to answer is for the holder to say; whether it has expired,
    /// [`Request::check_time`] says.
    ///
    /// # Errors
    /// [`RequestError`] when it is unsigned, signed by another, or not well formed.
    pub fn open(text: &str) -> Result<Self, RequestError> {
        let jws = Jws::parse(text.trim_end_matches(['\r', '\n']))?;
        let purpose = Relationship::AssertionMethod;
        let (signer, payload) = jws
            .expect_type(TYP)?
            .verify(&LocalResolver::new(), purpose)?;
        let malformed = |reason| RequestError::Malformed { reason };
        let payload = strict_json::parse(payload, &Limits::small())
            .map_err(|_| malformed("its payload is not strict JSON"))?;
        let text = |name| payload.get(name).and_then(Value::as_str);
        let named = text("iss").ok_or_else(|| malformed("it names no verifier"))?;
        if named != signer.did().as_str() {
            let (named, signer) = (named.chars().take(128).collect(), signer.did().clone());
            return Err(RequestError::VerifierMismatch { named, signer });
        }
        let instant = |name| {
            let second = payload.get(name).and_then(Value::as_i64);
            second.and_then(|second| Timestamp::from_second(second).ok())
        };
        let missing = || malformed("it lacks name, purpose, nonce, iat or exp");
        let asked = payload.get("requested").and_then(Value::as_array);
        let asked = asked.ok_or_else(|| malformed("it asks for nothing"))?;
        if asked.len() > MOST {
            return Err(malformed("it asks for too much"));
        }
        let request = Self {
            verifier: signer.did().clone(),
            name: text("name").ok_or_else(missing)?.to_owned(),
            purpose: text("purpose").ok_or_else(missing)?.to_owned(),
            nonce: text("nonce").ok_or_else(missing)?.to_owned(),
            issued_at: instant("iat").ok_or_else(missing)?,
            expires: instant("exp").ok_or_else(missing)?,
            asked: asked
                .iter()
                .map(asked_from_value)
                .collect::<Result<_, _>>()?,
        };
        request.check()?;
        Ok(request)
    }

    /// Checks that the request may be answered at this instant: within [made, expires), with
    /// [`LEEWAY`] before for a clock that is behind.
    ///
    /// # Errors
    /// [`RequestError::Expired`] or [`RequestError::NotYetIssued`].
    pub fn check_time(&self, now: Timestamp) -> Result<(), RequestError> {
        if now >= self.expires {
            return Err(RequestError::Expired {
                expires: self.expires,
            });
        }
        let earliest = self.issued_at.checked_sub(LEEWAY);
        if earliest.is_ok_and(|earliest| now < earliest) {
            return Err(RequestError::NotYetIssued {
                issued_at: self.issued_at,
            });
        }
        Ok(())
    }

    fn check(&self) -> Result<(), RequestError> {
        let malformed = |reason| Err(RequestError::Malformed { reason });
        if !base64url::decode(&self.nonce).is_ok_and(|bytes| (16..=64).contains(&bytes.len())) {
            return malformed("its nonce is not base64url of 128 to 512 bits");
        }
        if self.expires <= self.issued_at {
            return malformed("it expires before it was made");
        }
        if self.purpose.trim().is_empty() {
            return malformed("it does not say what for");
        }
        if self.asked.is_empty() {
            return malformed("it asks for nothing");
        }
        let mut types: Vec<&str> = self
            .asked
            .iter()
            .map(|a| a.credential_type.as_str())
            .collect();
        types.sort_unstable();
        if types.windows(2).any(|pair| pair[0] == pair[1]) {
            return malformed("it asks twice for one credential type");
        }
        Ok(())
    }

    fn to_value(&self) -> Value<'static> {
        let requested = self.asked.iter().map(|asked| {
            Value::object([
                ("type", Value::from(asked.credential_type.clone())),
                ("required", Value::array(asked.required.iter().cloned())),
                ("optional", Value::array(asked.optional.iter().cloned())),
            ])
        });
        Value::object([
            ("iss", Value::from(self.verifier.to_string())),
            ("name", Value::from(self.name.clone())),
            ("purpose", Value::from(self.purpose.clone())),
            ("nonce", Value::from(self.nonce.clone())),
            ("iat", Value::from(self.issued_at.as_second())),
            ("exp", Value::from(self.expires.as_second())),
            ("requested", Value::array(requested)),
        ])
    }
}

fn asked_from_value(value: &Value<'_>) -> Result<Asked, RequestError> {
    let malformed = |reason| RequestError::Malformed { reason };
    let names = |member| -> Option<Vec<String>> {
        match value.get(member) {
            None => Some(Vec::new()),
            Some(list) => list
                .as_array()
                .filter(|list| list.len() <= MOST)?
                .iter()
                .map(|name| {
                    name.as_str()
                        .filter(|name| is_name(name))
                        .map(str::to_owned)
                })
                .collect(),
        }
    };
    let credential_type = value
        .get("type")
        .and_then(Value::as_str)
        .filter(|name| is_name(name));
    let asked = credential_type
        .map(str::to_owned)
        .zip(names("required"))
        .zip(names("optional"));
    let ((credential_type, required), optional) =
        asked.ok_or_else(|| malformed("what it asks for is not a type with names of claims"))?;
    let asked = Asked::new(credential_type, required, optional);
    if asked.repeats_a_claim() {
        return Err(malformed("a claim stands twice"));
    }
    Ok(asked)
}

/// Tells whether the text may name a type or a claim, and cannot disturb a terminal.
fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-' || b == b'.')
}

#[cfg(test)]
mod tests;
