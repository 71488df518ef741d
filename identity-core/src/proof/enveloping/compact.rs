//! A compact JWS (RFC 7515 section 7.1) with the open header, and the key it is verified with.

use super::{EnvelopeError, JoseKey, Kind, header::Header};
use crate::{
    did::{Did, DidUrl, Relationship, Resolver},
    encoding::base64url,
    key::PublicKey,
    proof::{SignerDid, jose::JwsError},
    verify::Budget,
};

/// A compact JWS that has been read but not verified.
#[derive(Debug)]
pub(super) struct Compact<'t> {
    signing_input: &'t str,
    header: Header,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'t> Compact<'t> {
    pub(super) fn parse(text: &'t str) -> Result<Self, EnvelopeError> {
        let malformed = |reason| JwsError::Malformed { reason };
        let (signing_input, signature) = text
            .rsplit_once('.')
            .ok_or_else(|| malformed("it has no signature"))?;
        let (header, payload) = signing_input
            .split_once('.')
            .ok_or_else(|| malformed("it has fewer than three parts"))?;
        if payload.contains('.') {
            return Err(malformed("it has more than three parts").into());
        }
        let decode =
            |part| base64url::decode(part).map_err(|_| malformed("a part is not base64url"));
        Ok(Self {
            signing_input,
            header: Header::parse(&decode(header)?)?,
            payload: decode(payload)?,
            signature: decode(signature)?,
        })
    }

    /// Returns the header; it is a claim until the signature has been verified.
    pub(super) const fn unverified_header(&self) -> &Header {
        &self.header
    }

    /// Returns the payload before anything has been verified, for finding the key.
    pub(super) fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// Verifies with a known key and returns the payload.
    pub(super) fn verify_with_key(
        &self,
        key: &impl JoseKey,
        budget: &mut Budget,
    ) -> Result<&[u8], EnvelopeError> {
        if !key.accepts(&self.header.alg) {
            return Err(self.other_algorithm());
        }
        budget.spend_signature()?;
        key.verify(self.signing_input.as_bytes(), &self.signature)?;
        Ok(&self.payload)
    }

    /// Verifies with the key that `kid` names and returns the payload with whose key that is.
    ///
    /// `author` finds the issuer or holder, behind whose DID a relative `kid` stands: only then is the
    /// payload looked at before it is verified (VC-JOSE-COSE section 5).
    pub(super) fn verify(
        &self,
        author: impl FnOnce() -> Option<String>,
        kind: Kind,
        resolver: &impl Resolver,
        budget: &mut Budget,
    ) -> Result<(SignerDid, &[u8]), EnvelopeError> {
        let method = self.method(author)?;
        let document = resolver.resolve(method.did())?;
        let purpose = match kind {
            Kind::Credential => Relationship::AssertionMethod,
            Kind::Presentation => Relationship::Authentication,
        };
        // One key, or every one that the id has named in the life of the DID.
        let candidates = document.candidates(&method, purpose)?;
        let accepts = |key: &&PublicKey| key.accepts(&self.header.alg);
        let mut refused = None;
        for key in candidates.iter().copied().filter(accepts) {
            match self.verify_with_key(key, budget) {
                Ok(payload) => return Ok((SignerDid::assertion(method, key.clone()), payload)),
                Err(error @ EnvelopeError::Jws(JwsError::Signature(_))) => refused = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(refused.unwrap_or_else(|| self.other_algorithm()))
    }

    fn other_algorithm(&self) -> EnvelopeError {
        EnvelopeError::Jws(JwsError::Algorithm {
            alg: self.header.alg.chars().take(32).collect(),
        })
    }

    /// Returns the verification method that `kid` names (VC-JOSE-COSE section 4.1): it must be there
    /// when keys are found by DID.
    fn method(&self, author: impl FnOnce() -> Option<String>) -> Result<DidUrl, EnvelopeError> {
        let kid = self.header.kid.as_deref();
        let kid = kid.ok_or(JwsError::Malformed { reason: "no kid" })?;
        if kid.starts_with("did:") {
            return Ok(kid.parse()?);
        }
        let author: Did = author()
            .ok_or(JwsError::Malformed {
                reason: "kid is relative, and nothing says to which DID",
            })?
            .parse()?;
        Ok(author.with_fragment(kid.strip_prefix('#').unwrap_or(kid))?)
    }
}
