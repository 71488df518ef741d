//! The verification of an SD-JWT VC (draft-ietf-oauth-sd-jwt-vc section 2.4; RFC 9901 section 7).

use jiff::{SignedDuration, Timestamp};

#[cfg(feature = "x5c")]
use super::TrustAnchors;
use super::{Claims, Confirmation, IssuerKey, IssuerMetadata, MetadataKey, VcError, claims};
use crate::{
    did::{Relationship, Resolver},
    encoding::{
        base64url,
        strict_json::{self, Limits, Value},
    },
    proof::{
        jose::JwsError,
        sd_jwt::{Disclosed, KeyBinding, SdJwt, SdJwtError, TYP_VC},
    },
    status::LEEWAY,
    verify::Budget,
};

/// Which ways lead to an issuer's key, and which media types are read.
///
/// A way that is not given is closed. The credential does not choose among open ones to its liking: what
/// a certificate, a DID or metadata says has to fit the `iss` that the credential names (section 7.3).
#[derive(Clone, Copy, Debug)]
pub struct Policy<'p> {
    #[cfg(feature = "x5c")]
    certificates: Option<(&'p TrustAnchors, CertificateNames)>,
    dids: Option<Dids<'p>>,
    metadata: Option<&'p IssuerMetadata>,
    media_type: MediaType,
}

#[derive(Clone, Copy)]
struct Dids<'p>(&'p dyn Resolver);

/// Which `typ` is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the two that were ever defined")]
pub enum MediaType {
    /// `dc+sd-jwt`, the one that is defined since draft 06.
    #[default]
    Current,
    /// That, and `vc+sd-jwt` of drafts 00 to 05, which drafts 06 to 18 asked verifiers to accept for a
    /// while. The name now belongs to W3C VCs secured with JOSE.
    Transitional,
}

/// What the name in `iss` has to do with a certificate.
#[cfg(feature = "x5c")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it is looked at or it is not")]
pub enum CertificateNames {
    /// When the credential has `iss`, it is a URI of the certificate, or an HTTPS URL on one of its
    /// domain names.
    #[default]
    Match,
    /// `iss` is one more claim by the certificate's subject, which is the issuer (since draft 10).
    /// Nothing may be decided on it: anyone with a certificate can write any name there.
    Ignore,
}

/// Whether the holder has to have made the presentation, and for whom.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "it is required or it is not")]
pub enum Binding<'b> {
    /// No proof of the holder is looked for, as when a credential has just been issued.
    NotRequired,
    /// The holder of the key in `cnf` made it (RFC 9901 section 7.3).
    Required {
        /// For whom (`aud`).
        audience: &'b str,
        /// In answer to what.
        nonce: &'b str,
        /// At most how long ago.
        max_age: SignedDuration,
    },
}

/// An SD-JWT VC whose signature, form and time have been found good.
///
/// Neither its status nor whether its issuer may issue such credentials has been looked at.
#[derive(Clone, Debug)]
pub struct VerifiedVc {
    signed_by: IssuerKey,
    claims: Claims,
    disclosed: Disclosed,
    key_binding: Option<KeyBinding>,
    type_documents: Vec<Vec<u8>>,
    at: Timestamp,
}

impl<'p> Policy<'p> {
    /// Opens no way yet: nothing verifies.
    pub const fn new() -> Self {
        Self {
            #[cfg(feature = "x5c")]
            certificates: None,
            dids: None,
            metadata: None,
            media_type: MediaType::Current,
        }
    }

    /// Accepts certificates that lead to these anchors.
    #[cfg(feature = "x5c")]
    #[must_use]
    pub const fn with_certificates(
        mut self,
        anchors: &'p TrustAnchors,
        names: CertificateNames,
    ) -> Self {
        self.certificates = Some((anchors, names));
        self
    }

    /// Accepts keys named by the DID URL in `kid`. The draft leaves this way to ecosystems
    /// (section 2.5).
    #[must_use]
    pub const fn with_dids(mut self, resolver: &'p dyn Resolver) -> Self {
        self.dids = Some(Dids(resolver));
        self
    }

    /// Accepts keys from the metadata of issuers that are web addresses.
    #[must_use]
    pub const fn with_metadata(mut self, metadata: &'p IssuerMetadata) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// Reads these media types.
    #[must_use]
    pub const fn with_media_type(mut self, media_type: MediaType) -> Self {
        self.media_type = media_type;
        self
    }

    fn check_type(&self, sd_jwt: &SdJwt<'_>) -> Result<(), JwsError> {
        let issuer = sd_jwt.issuer_jwt();
        match issuer.expect_type(TYP_VC) {
            Err(_) if self.media_type == MediaType::Transitional => {
                issuer.expect_type("vc+sd-jwt")?;
            }
            found => {
                found?;
            }
        }
        Ok(())
    }

    /// Finds the issuer's key, verifies with it, and returns it with the payload.
    fn verify_issuer<'j>(
        &self,
        sd_jwt: &'j SdJwt<'_>,
        header: &Value<'_>,
        now: Timestamp,
        budget: &mut Budget,
    ) -> Result<(IssuerKey, &'j [u8]), VcError> {
        let missing = |reason| VcError::IssuerKey { reason };
        let jws = sd_jwt.issuer_jwt();
        let unverified = strict_json::parse(jws.unverified_payload(), &Limits::small())?;
        let claimed = claims::optional_text(&unverified, "iss")?;
        let mismatch = |issuer: &str| VcError::IssuerMismatch {
            claimed: issuer.chars().take(256).collect(),
        };
        if let Some(x5c) = header.get("x5c") {
            #[cfg(feature = "x5c")]
            {
                let (anchors, names) = self
                    .certificates
                    .ok_or_else(|| missing("certificates are not accepted"))?;
                let certificate = anchors.follow(x5c, now, budget)?;
                budget.spend_signature()?;
                let payload = jws.verify_with_key(certificate.key())?;
                return match &claimed {
                    Some(issuer)
                        if names == CertificateNames::Match && !certificate.is_for(issuer) =>
                    {
                        Err(mismatch(issuer))
                    }
                    _ => Ok((IssuerKey::Certificate(certificate), payload)),
                };
            }
            #[cfg(not(feature = "x5c"))]
            {
                let _ = x5c;
                return Err(missing("certificates are not accepted"));
            }
        }
        let kid = jws.unverified_header().kid.as_deref();
        if kid.is_some_and(|kid| kid.starts_with("did:")) {
            let resolver = self.dids.ok_or_else(|| missing("DIDs are not accepted"))?;
            let purpose = Relationship::AssertionMethod;
            let (signer, payload) = jws.verify_any(&resolver.0, purpose, budget)?;
            return match &claimed {
                Some(issuer) if issuer != signer.did().as_str() => Err(mismatch(issuer)),
                _ => Ok((IssuerKey::Did(signer), payload)),
            };
        }
        let Some(issuer) = claimed.filter(|issuer| issuer.starts_with("https://")) else {
            return Err(missing(
                "neither a certificate, nor a DID, nor a web address",
            ));
        };
        let metadata = self
            .metadata
            .ok_or_else(|| missing("issuers' metadata is not accepted"))?;
        let algorithm = jws.unverified_header().algorithm;
        let key = metadata.key(&issuer, kid, algorithm, now)?;
        budget.spend_signature()?;
        let payload = jws.verify_with_key(key)?;
        let key = MetadataKey::assertion(issuer, key.clone());
        Ok((IssuerKey::Metadata(key), payload))
    }
}

impl Default for Policy<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl core::fmt::Debug for Dids<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Dids")
    }
}

/// Verifies an SD-JWT VC in compact form, at an instant.
///
/// The JSON form is turned into the compact one by [`to_compact`](crate::proof::sd_jwt::json::to_compact).
///
/// # Errors
/// [`VcError`] for the first thing that is not as it should be.
pub fn verify(
    text: &str,
    policy: &Policy<'_>,
    binding: Binding<'_>,
    now: Timestamp,
    budget: &mut Budget,
) -> Result<VerifiedVc, VcError> {
    let (sd_jwt, header) = SdJwt::parse_open(text, budget)?;
    policy.check_type(&sd_jwt)?;
    let header = strict_json::parse(&header, &Limits::small())?;
    let (signed_by, payload) = policy.verify_issuer(&sd_jwt, &header, now, budget)?;
    let disclosed = sd_jwt.disclose_open(payload)?;
    let claims = Claims::read(&disclosed)?;
    claims.check_time(now)?;
    let key_binding = match binding {
        Binding::NotRequired => None,
        Binding::Required {
            audience,
            nonce,
            max_age,
        } => {
            let Some(Confirmation::Key(holder)) = &claims.confirmation else {
                return Err(VcError::HolderKey);
            };
            let binding = sd_jwt.verify_key_binding_in(disclosed.hash(), holder, budget)?;
            check_binding(&binding, audience, nonce, max_age, now)?;
            Some(binding)
        }
    };
    Ok(VerifiedVc {
        signed_by,
        claims,
        disclosed,
        key_binding,
        type_documents: type_documents(&header)?,
        at: now,
    })
}

fn check_binding(
    binding: &KeyBinding,
    audience: &str,
    nonce: &str,
    max_age: SignedDuration,
    now: Timestamp,
) -> Result<(), VcError> {
    if binding.audience != audience {
        let found = binding.audience.chars().take(256).collect();
        return Err(VcError::Audience { found });
    }
    if binding.nonce != nonce {
        return Err(VcError::Nonce);
    }
    let age = now.duration_since(binding.issued_at);
    if age > max_age || age < -LEEWAY {
        return Err(VcError::PresentedAt {
            made_at: binding.issued_at,
        });
    }
    Ok(())
}

/// Reads the type metadata that some issuers send along (`vctm`, of drafts before 11): base64url texts.
fn type_documents(header: &Value<'_>) -> Result<Vec<Vec<u8>>, VcError> {
    let wrong = SdJwtError::Malformed {
        reason: "vctm is no list of documents in base64url",
    };
    let Some(listed) = header.get("vctm") else {
        return Ok(Vec::new());
    };
    let listed = listed.as_array().ok_or_else(|| wrong.clone())?;
    let decoded = listed.iter().map(|text| {
        let text = text.as_str();
        text.and_then(|text| base64url::decode(text).ok())
    });
    let decoded: Option<Vec<Vec<u8>>> = decoded.collect();
    Ok(decoded.ok_or(wrong)?)
}

impl VerifiedVc {
    /// Returns who signed: what trust is decided on.
    pub const fn signed_by(&self) -> &IssuerKey {
        &self.signed_by
    }

    /// Returns the claims by which it is judged.
    pub const fn registered(&self) -> &Claims {
        &self.claims
    }

    /// Returns all claims that are shown.
    pub const fn claims(&self) -> &Value<'static> {
        self.disclosed.claims()
    }

    /// Returns the claims with what was disclosed and what is withheld, as type metadata is checked
    /// against.
    pub const fn disclosed(&self) -> &Disclosed {
        &self.disclosed
    }

    /// Returns the holder's proof, where one was required.
    pub const fn key_binding(&self) -> Option<&KeyBinding> {
        self.key_binding.as_ref()
    }

    /// Returns the type metadata that the issuer sent along in the signed header (`vctm`), not read
    /// yet. It is the issuer's word, not that of the type's publisher.
    pub fn type_documents(&self) -> &[Vec<u8>] {
        &self.type_documents
    }

    /// Returns the instant it was judged at.
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}
