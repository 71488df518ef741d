//! The Status List Token (section 5.1) and how it is validated (section 8.3).

use super::{ListReference, StatusType, TokenError, TtlSeconds, decode, encode};
use crate::{
    did::{DidUrl, Relationship, Resolver},
    encoding::{
        jcs,
        strict_json::{self, Limits, Object, Value},
    },
    key::{PublicKey, Signer},
    proof::{
        SignerDid,
        jose::{Header, Jws, JwsError, Unsigned},
    },
    status::{
        Instant, LEEWAY, StatusList,
        form::{is_uri, natural},
        w3c::ListIssuers,
    },
    verify::Budget,
};

/// The `typ` of a Status List Token.
pub const TYP: &str = "statuslist+jwt";

/// The media type under which a Status List Token is served (section 8.2).
pub const MEDIA_TYPE: &str = "application/statuslist+jwt";

/// A Status List Token whose signature was verified.
///
/// Its slots are read through [`Self::status`] alone, which checks that it is the list asked for, by
/// whoever may keep it, at its time.
#[derive(Clone, Debug)]
pub struct StatusListToken {
    uri: String,
    signer: TokenSigner,
    issued_at: Instant,
    not_before: Option<Instant>,
    expires: Option<Instant>,
    ttl: Option<TtlSeconds>,
    aggregation_uri: Option<String>,
    list: StatusList,
}

/// Whose signature was verified.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TokenSigner {
    /// That of a DID, whose key the token's `kid` names.
    Did(Box<SignerDid>),
    /// That of a key which the caller named.
    Key(PublicKey),
}

/// Who may sign the list of a referenced token (section 11.3).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum TokenIssuers<'a> {
    /// The DID that signed the referenced token, and who is known to keep its lists.
    Did {
        /// Who signed the referenced token.
        signer: &'a SignerDid,
        /// Who else may.
        others: ListIssuers<'a>,
    },
    /// The key that signed the referenced token, however it was found.
    SameKey(&'a PublicKey),
}

/// What a Status List Token is made of, besides the list and its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct TokenDraft {
    /// The URI at which it is published, which referenced tokens name (`sub`).
    pub uri: String,
    /// When it is issued (`iat`).
    pub issued_at: Instant,
    /// From when it no longer counts (`exp`).
    pub expires: Option<Instant>,
    /// How long a copy may be used before a newer one is fetched (`ttl`).
    pub ttl: Option<TtlSeconds>,
    /// Where all lists of the issuer are named (`aggregation_uri`).
    pub aggregation_uri: Option<String>,
}

impl StatusListToken {
    /// Verifies a token by the key that its `kid` names: a DID URL.
    ///
    /// # Errors
    /// [`TokenError`] when the `typ` is another, the signature or a claim is refused, or the list is
    /// damaged or larger than the budget.
    pub fn verify(
        text: &str,
        resolver: &impl Resolver,
        budget: &mut Budget,
    ) -> Result<Self, TokenError> {
        let jws = open(text, budget)?;
        let (signer, payload) = jws.verify_any(resolver, Relationship::AssertionMethod, budget)?;
        Self::read(payload, TokenSigner::Did(Box::new(signer)), budget)
    }

    /// Verifies a token by a key known beforehand, such as that of the referenced token.
    ///
    /// # Errors
    /// [`TokenError`], as for [`Self::verify`].
    pub fn verify_with_key(
        text: &str,
        key: &PublicKey,
        budget: &mut Budget,
    ) -> Result<Self, TokenError> {
        let jws = open(text, budget)?;
        budget.spend_signature()?;
        let payload = jws.verify_with_key(key)?;
        Self::read(payload, TokenSigner::Key(key.clone()), budget)
    }

    fn read(payload: &[u8], signer: TokenSigner, budget: &mut Budget) -> Result<Self, TokenError> {
        let limits = Limits {
            max_bytes: payload.len(),
            ..Limits::small()
        };
        let claims = strict_json::parse(payload, &limits)?;
        let uri = claims.get("sub").and_then(Value::as_str);
        let uri = uri.filter(|uri| is_uri(uri));
        let date = |member| claims.get(member).map(|date| numeric_date(member, date));
        let ttl = claims.get("ttl").map(positive_seconds).transpose()?;
        if claims.get("aud").is_some() {
            // RFC 7519 section 4.1.3: a list for somebody in particular is not for us.
            return Err(malformed("aud", "for somebody in particular"));
        }
        let list = claims.get("status_list").and_then(Value::as_object);
        let list = list.ok_or_else(|| malformed("status_list", "no object"))?;
        let aggregation_uri = match list.get("aggregation_uri") {
            None => None,
            Some(uri) => Some(
                uri.as_str()
                    .filter(|uri| is_uri(uri))
                    .ok_or_else(|| malformed("aggregation_uri", "no URI"))?
                    .to_owned(),
            ),
        };
        Ok(Self {
            uri: uri.ok_or_else(|| malformed("sub", "no URI"))?.to_owned(),
            signer,
            issued_at: date("iat").ok_or_else(|| malformed("iat", "missing"))??,
            not_before: date("nbf").transpose()?,
            expires: date("exp").transpose()?,
            ttl,
            aggregation_uri,
            list: read_list(list, budget)?,
        })
    }

    /// Looks up the status at a place that a referenced token names.
    ///
    /// The referenced token comes first: one that is expired or badly signed has no status to look up
    /// (section 8.3).
    ///
    /// # Errors
    /// [`TokenError`] when this is another list, its signer may not keep it, it does not count at that
    /// instant, or it does not reach that far.
    pub fn status(
        &self,
        place: &ListReference,
        issuers: &TokenIssuers<'_>,
        now: Instant,
    ) -> Result<StatusType, TokenError> {
        self.check_signer(issuers)?;
        if self.uri != place.uri {
            return Err(TokenError::OtherList {
                expected: place.uri.clone(),
            });
        }
        self.check_period(now)?;
        let value = self.list.get(place.idx);
        value
            .map(StatusType::from)
            .ok_or(TokenError::IndexOutOfRange { index: place.idx })
    }

    /// Returns the list's URI (`sub`).
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Returns whose signature was verified.
    pub const fn signer(&self) -> &TokenSigner {
        &self.signer
    }

    /// Returns when the list was issued, for a verifier that asks how fresh it is.
    pub const fn issued_at(&self) -> Instant {
        self.issued_at
    }

    /// Returns from when the list no longer counts.
    pub const fn expires(&self) -> Option<Instant> {
        self.expires
    }

    /// Returns how long a copy may be used, from when it was fetched, before a newer one should be.
    pub const fn ttl(&self) -> Option<TtlSeconds> {
        self.ttl
    }

    /// Returns where all lists of the issuer are named.
    pub fn aggregation_uri(&self) -> Option<&str> {
        self.aggregation_uri.as_deref()
    }

    fn check_signer(&self, issuers: &TokenIssuers<'_>) -> Result<(), TokenError> {
        let may = match (&self.signer, issuers) {
            (TokenSigner::Did(own), TokenIssuers::Did { signer, others }) => {
                others.admit(own, signer)
            }
            (TokenSigner::Did(own), TokenIssuers::SameKey(key)) => own.key() == *key,
            (TokenSigner::Key(own), TokenIssuers::SameKey(key)) => own == *key,
            // A key without a DID cannot be told to be that DID's.
            (TokenSigner::Key(_), TokenIssuers::Did { .. }) => false,
        };
        if may {
            return Ok(());
        }
        let signer = match &self.signer {
            TokenSigner::Did(signer) => signer.did().to_string(),
            TokenSigner::Key(_) => "a key without a DID".to_owned(),
        };
        Err(TokenError::ForeignIssuer { signer })
    }

    fn check_period(&self, now: Instant) -> Result<(), TokenError> {
        for from in [Some(self.issued_at), self.not_before]
            .into_iter()
            .flatten()
        {
            if from.seconds_since(now) > LEEWAY.as_secs() {
                return Err(TokenError::NotYetValid { from });
            }
        }
        match self.expires {
            Some(at) if now >= at => Err(TokenError::Expired { at }),
            _ => Ok(()),
        }
    }
}

impl TokenDraft {
    /// Writes the claims of the token that publishes the list (section 5.1), as canonical JSON.
    pub fn claims(&self, list: &StatusList) -> Vec<u8> {
        let mut status_list = Object::default();
        status_list.insert("bits", u64::from(list.bits().get()).into());
        status_list.insert("lst", encode(list).into());
        if let Some(uri) = &self.aggregation_uri {
            status_list.insert("aggregation_uri", uri.clone().into());
        }
        let mut claims = Object::default();
        claims.insert("sub", self.uri.clone().into());
        claims.insert("iat", self.issued_at.as_second().into());
        if let Some(expires) = self.expires {
            claims.insert("exp", expires.as_second().into());
        }
        if let Some(ttl) = self.ttl {
            claims.insert("ttl", ttl.as_secs().into());
        }
        claims.insert("status_list", status_list.into());
        jcs::canonicalize(&claims.into()).unwrap_or_default()
    }

    /// Signs the token.
    ///
    /// # Errors
    /// [`JwsError`] when the key could not sign.
    pub fn sign(
        &self,
        list: &StatusList,
        kid: &DidUrl,
        signer: &impl Signer,
    ) -> Result<String, JwsError> {
        let algorithm = signer.public_key().algorithm();
        let header = Header::with_kid(algorithm, TYP, kid);
        Unsigned::new(&header, &self.claims(list)).sign(signer)
    }
}

/// Reads the compact form, as far as it can be read before its signature is verified.
fn open<'t>(text: &'t str, budget: &mut Budget) -> Result<Jws<'t>, TokenError> {
    budget.spend_list_bytes(text.len())?;
    let (jws, _) = Jws::parse_open(text)?;
    jws.expect_type(TYP)?;
    Ok(jws)
}

fn read_list(members: &Object<'_>, budget: &mut Budget) -> Result<StatusList, TokenError> {
    let bits = members.get("bits").and_then(natural);
    let bits = bits.ok_or_else(|| malformed("bits", "no natural number"))?;
    let lst = members.get("lst").and_then(Value::as_str);
    let lst = lst.ok_or_else(|| malformed("lst", "no string"))?;
    Ok(decode(lst, bits.try_into()?, budget)?)
}

/// Reads a `NumericDate` (RFC 7519 section 2), which may have a fraction, and floors it.
fn numeric_date(member: &'static str, value: &Value<'_>) -> Result<Instant, TokenError> {
    let Value::Number(text) = value else {
        return Err(malformed(member, "no number"));
    };
    let second = text.parse::<i64>().ok().or_else(|| {
        let second = text.parse::<f64>().ok()?.floor();
        format!("{second:.0}").parse().ok()
    });
    let timestamp = second.and_then(|second| jiff::Timestamp::from_second(second).ok());
    timestamp
        .map(Instant::floor)
        .ok_or_else(|| malformed(member, "beyond the calendar"))
}

/// Reads a `ttl`: a number above 0 (section 5.1), in whole seconds, of which a part is rounded up.
fn positive_seconds(value: &Value<'_>) -> Result<TtlSeconds, TokenError> {
    let wrong = || malformed("ttl", "no positive number of seconds");
    let Value::Number(text) = value else {
        return Err(wrong());
    };
    let seconds = natural(value).or_else(|| {
        let seconds = text.parse::<f64>().ok()?.ceil();
        format!("{seconds:.0}").parse().ok()
    });
    let seconds = seconds.filter(|seconds| *seconds > 0);
    seconds.map(TtlSeconds::from_secs).ok_or_else(wrong)
}

const fn malformed(member: &'static str, fault: &'static str) -> TokenError {
    TokenError::Malformed { member, fault }
}
