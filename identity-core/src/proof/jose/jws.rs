//! Compact JWS: reading, verifying, signing.

use super::{Header, JwsError};
use crate::{
    did::{DidUrl, Relationship, Resolver},
    encoding::base64url,
    key::{PublicKey, Signature, Signer},
    proof::SignerDid,
    verify::Budget,
};

/// A compact JWS that has been read but not verified; it gives its payload only to whoever verifies.
#[derive(Clone, Debug)]
pub struct Jws<'a> {
    text: &'a str,
    signing_input: &'a str,
    header: Header,
    payload: Vec<u8>,
    signature: Signature,
}

/// The exact bytes about to be signed, so that a journal can hold them before there is a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsigned(String);

impl<'a> Jws<'a> {
    /// Reads the compact form (RFC 7515 section 7.1).
    ///
    /// # Errors
    /// [`JwsError`] when it is not three parts of canonical base64url, or the header is not accepted.
    pub fn parse(text: &'a str) -> Result<Self, JwsError> {
        Self::read(text, Header::parse).map(|(jws, _)| jws)
    }

    /// Reads the compact form with header members that are not known here, and returns the header's
    /// JSON with it: for credentials that others issue, whose certificates stand there.
    ///
    /// # Errors
    /// [`JwsError`] as for [`Jws::parse`].
    pub fn parse_open(text: &'a str) -> Result<(Self, Vec<u8>), JwsError> {
        Self::read(text, Header::parse_open)
    }

    fn read(
        text: &'a str,
        parse_header: fn(&[u8]) -> Result<Header, JwsError>,
    ) -> Result<(Self, Vec<u8>), JwsError> {
        let malformed = |reason| JwsError::Malformed { reason };
        let (signing_input, signature) = text
            .rsplit_once('.')
            .ok_or_else(|| malformed("it has no signature"))?;
        let (header, payload) = signing_input
            .split_once('.')
            .ok_or_else(|| malformed("it has fewer than three parts"))?;
        if payload.contains('.') {
            return Err(malformed("it has more than three parts"));
        }
        let decode =
            |part| base64url::decode(part).map_err(|_| malformed("a part is not base64url"));
        let header = decode(header)?;
        let jws = Self {
            text,
            signing_input,
            header: parse_header(&header)?,
            payload: decode(payload)?,
            signature: Signature::from_slice(&decode(signature)?)
                .map_err(|_| malformed("the signature is not 64 bytes long"))?,
        };
        Ok((jws, header))
    }

    /// Returns the header; it is a claim until the signature has been verified.
    pub const fn unverified_header(&self) -> &Header {
        &self.header
    }

    /// Returns the payload before anything has been verified.
    ///
    /// For finding out which key to verify with, and for nothing else.
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// Returns the compact text.
    pub const fn as_str(&self) -> &'a str {
        self.text
    }

    /// Checks that this is a document of the expected kind (RFC 8725 section 3.11).
    ///
    /// # Errors
    /// [`JwsError::Type`] when `typ` is missing or another.
    pub fn expect_type(&self, expected: &'static str) -> Result<&Self, JwsError> {
        let found = self.header.typ.as_deref().unwrap_or_default();
        if found == expected {
            return Ok(self);
        }
        Err(JwsError::Type {
            expected,
            found: found.chars().take(64).collect(),
        })
    }

    /// Verifies with a key known beforehand and returns the payload.
    ///
    /// # Errors
    /// [`JwsError`] when the header names another algorithm than the key's, or the signature does
    /// not match.
    pub fn verify_with_key(&self, key: &PublicKey) -> Result<&[u8], JwsError> {
        if key.algorithm() != self.header.algorithm {
            return Err(JwsError::Algorithm {
                alg: self.header.algorithm.as_jose().to_owned(),
            });
        }
        key.verify(self.signing_input.as_bytes(), &self.signature)?;
        Ok(&self.payload)
    }

    /// Verifies with the key that `kid` names, and returns whose key that is with the payload.
    ///
    /// For DIDs whose document names one key by one id, such as did:key; [`Self::verify_any`] serves
    /// all.
    ///
    /// # Errors
    /// [`JwsError`] when there is no `kid`, its DID does not list it for this purpose, a `jwk`
    /// stands beside it, or the signature does not match.
    pub fn verify(
        &self,
        resolver: &impl Resolver,
        purpose: Relationship,
    ) -> Result<(SignerDid, &[u8]), JwsError> {
        let kid = self.kid()?;
        let document = resolver.resolve(kid.did())?;
        let key = document.method(&kid, purpose)?;
        let payload = self.verify_with_key(key)?;
        Ok((SignerDid::assertion(kid, key.clone()), payload))
    }

    /// Verifies with whichever of the keys that `kid` ever named made the signature: as
    /// [`Self::verify`], but in a document that unites the versions of a DID an id may name several.
    ///
    /// # Errors
    /// As [`Self::verify`], and when the budget does not allow for every key that is tried.
    pub fn verify_any(
        &self,
        resolver: &impl Resolver,
        purpose: Relationship,
        budget: &mut Budget,
    ) -> Result<(SignerDid, &[u8]), JwsError> {
        let kid = self.kid()?;
        let document = resolver.resolve(kid.did())?;
        let mut refused = JwsError::Algorithm {
            alg: self.header.algorithm.as_jose().to_owned(),
        };
        for key in document.candidates(&kid, purpose)? {
            if key.algorithm() != self.header.algorithm {
                continue;
            }
            budget.spend_signature()?;
            match self.verify_with_key(key) {
                Ok(payload) => return Ok((SignerDid::assertion(kid, key.clone()), payload)),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// Returns the verification method that `kid` names.
    fn kid(&self) -> Result<DidUrl, JwsError> {
        let kid = self
            .header
            .kid
            .as_deref()
            .ok_or(JwsError::Malformed { reason: "no kid" })?;
        let kid: DidUrl = kid.parse()?;
        if self.header.jwk.is_some() {
            return Err(JwsError::Header {
                name: "jwk".to_owned(),
            });
        }
        Ok(kid)
    }
}

impl Unsigned {
    /// Puts a header and a payload together.
    pub fn new(header: &Header, payload: &[u8]) -> Self {
        let header = base64url::encode(&header.to_json());
        Self(format!("{header}.{}", base64url::encode(payload)))
    }

    /// Returns the bytes that a signature must cover (RFC 7515 section 5.1).
    pub fn signing_input(&self) -> &str {
        &self.0
    }

    /// Signs and returns the compact form.
    ///
    /// # Errors
    /// [`JwsError::Signing`] when the key could not sign.
    pub fn sign(self, signer: &impl Signer) -> Result<String, JwsError> {
        let signature = signer.try_sign(self.0.as_bytes())?;
        Ok(format!(
            "{}.{}",
            self.0,
            base64url::encode(signature.as_bytes())
        ))
    }
}
