//! Issuer keys in certificates: the `x5c` header (RFC 7515 section 4.1.6; RFC 5280).
//!
//! Paths are built by `webpki`, over the two signature algorithms used everywhere here. Revocation
//! lists are not looked at, and a trust anchor's own dates do not count: whoever hands it in vouches
//! for it.

mod algorithm;
mod der;

use core::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, DnsName, ServerName, TrustAnchor, UnixTime};
use sha2::{Digest as _, Sha256};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter};

use super::VcError;
use crate::{
    did::web,
    encoding::strict_json::Value,
    key::{Algorithm, PublicKey},
    verify::Budget,
};

/// Most certificates in a header: a signer, and those between it and an anchor.
const MAX_CHAIN: usize = 5;

/// Whom a verifier trusts to say whose key is whose, for credentials.
///
/// These are anchors for issuers of credentials. One that also issues certificates to web servers would
/// let each of them issue credentials, unless a purpose tells them apart: a certificate that names
/// extended key usages is accepted only for one that is named here.
#[derive(Clone, Debug)]
pub struct TrustAnchors {
    anchors: Vec<TrustAnchor<'static>>,
    purposes: Vec<Vec<usize>>,
}

/// A certificate that leads to a trust anchor, with whose key a signature verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    key: PublicKey,
    subject: Vec<u8>,
    common_name: Option<String>,
    dns_names: Vec<String>,
    uris: Vec<String>,
}

impl TrustAnchors {
    /// Takes the certificates of the anchors, in DER, and the extended key usages that issuers'
    /// certificates may name, as object identifiers such as `[1, 3, 6, 1, 5, 5, 7, 3, 36]`.
    ///
    /// # Errors
    /// [`VcError::Certificate`] when one is not well formed, or there is none.
    pub fn new(
        certificates: &[&[u8]],
        purposes: impl IntoIterator<Item = Vec<usize>>,
    ) -> Result<Self, VcError> {
        let mut anchors = Vec::with_capacity(certificates.len());
        for der in certificates {
            let der = CertificateDer::from(*der);
            let anchor = webpki::anchor_from_trusted_cert(&der)
                .map_err(|_| refused("a trust anchor is no certificate"))?;
            anchors.push(anchor.to_owned());
        }
        if anchors.is_empty() {
            return Err(refused("there is no trust anchor"));
        }
        Ok(Self {
            anchors,
            purposes: purposes.into_iter().collect(),
        })
    }

    /// Follows the certificates of a header to an anchor, and returns the first with its key.
    pub(super) fn follow(
        &self,
        x5c: &Value<'_>,
        now: Timestamp,
        budget: &mut Budget,
    ) -> Result<Certificate, VcError> {
        let chain = decode(x5c)?;
        for _ in &chain {
            budget.spend_signature()?;
        }
        let chain: Vec<CertificateDer<'_>> = chain.into_iter().map(Into::into).collect();
        let (leaf_der, between) = chain
            .split_first()
            .ok_or_else(|| refused("there is none in the header"))?;
        let leaf = EndEntityCert::try_from(leaf_der)
            .map_err(|_| refused("it is not a well-formed X.509 certificate of version 3"))?;
        let second = u64::try_from(now.as_second())
            .map_err(|_| refused("no certificate is as old as the instant asked about"))?;
        leaf.verify_for_usage(
            algorithm::ALL,
            &self.anchors,
            between,
            UnixTime::since_unix_epoch(Duration::from_secs(second)),
            Purposes(&self.purposes),
            None,
            None,
        )
        .map_err(|error| refused(reason(&error)))?;
        if !der::may_sign(leaf_der).map_err(refused)? {
            return Err(refused("its key is not for signatures"));
        }
        let key = key_of(leaf.subject_public_key_info().as_ref())?;
        Ok(Certificate {
            der: leaf_der.to_vec(),
            key,
            subject: leaf.subject().to_vec(),
            common_name: der::common_name(leaf.subject()),
            dns_names: leaf.valid_dns_names().map(str::to_owned).collect(),
            uris: leaf.valid_uri_names().map(str::to_owned).collect(),
        })
    }
}

impl Certificate {
    /// Returns the key.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Returns the certificate, in DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Returns its SHA-256 fingerprint.
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(&self.der).into()
    }

    /// Returns the subject, which is the issuer of the credential: the DER of its name, without the
    /// outer tag and length.
    pub fn subject(&self) -> &[u8] {
        &self.subject
    }

    /// Returns the subject's common name, for people. It identifies nobody.
    pub fn common_name(&self) -> Option<&str> {
        self.common_name.as_deref()
    }

    /// Returns the domain names it is for.
    pub fn dns_names(&self) -> &[String] {
        &self.dns_names
    }

    /// Returns the URIs it is for.
    pub fn uris(&self) -> &[String] {
        &self.uris
    }

    /// Tells whether it is for this `iss`: one of its URIs, or an HTTPS URL whose host is one of its
    /// domain names (the rule of drafts 02 to 09, section "Issuer-signed JWT Verification Key
    /// Validation").
    pub(super) fn is_for(&self, issuer: &str) -> bool {
        if self.uris.iter().any(|uri| uri == issuer) {
            return true;
        }
        let Ok((authority, _)) = web::split_https(issuer) else {
            return false;
        };
        let host = authority.split(':').next().unwrap_or_default();
        let Ok(name) = DnsName::try_from(host) else {
            return false;
        };
        let der = CertificateDer::from(self.der.as_slice());
        EndEntityCert::try_from(&der).is_ok_and(|leaf| {
            leaf.verify_is_valid_for_subject_name(&ServerName::DnsName(name))
                .is_ok()
        })
    }
}

/// The purposes accepted: none named, or one of these.
struct Purposes<'p>(&'p [Vec<usize>]);

impl ExtendedKeyUsageValidator for Purposes<'_> {
    fn validate(&self, named: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        let mut none = true;
        for purpose in named {
            none = false;
            if self.0.contains(&purpose?.to_decoded_oid()) {
                return Ok(());
            }
        }
        if none {
            Ok(())
        } else {
            #[expect(
                deprecated,
                reason = "the error that replaces it can only be made inside webpki"
            )]
            Err(webpki::Error::RequiredEkuNotFound)
        }
    }
}

const fn refused(reason: &'static str) -> VcError {
    VcError::Certificate { reason }
}

/// Decodes base64 in its standard alphabet, with padding (RFC 7515 section 4.1.6).
fn decode(x5c: &Value<'_>) -> Result<Vec<Vec<u8>>, VcError> {
    let listed = x5c
        .as_array()
        .ok_or_else(|| refused("x5c is no list of certificates"))?;
    if listed.len() > MAX_CHAIN {
        return Err(refused("there are too many in the header"));
    }
    let decoded = listed.iter().map(|text| {
        let der = text.as_str().and_then(|text| STANDARD.decode(text).ok());
        der.ok_or_else(|| refused("x5c is no list of certificates"))
    });
    decoded.collect()
}

/// Reads the key of a `SubjectPublicKeyInfo` (RFC 5480 section 2; RFC 8410 section 4), of which there
/// is one encoding for each of the two kinds.
fn key_of(spki: &[u8]) -> Result<PublicKey, VcError> {
    const ED25519: &[u8] = &[
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
    ];
    const P256: &[u8] = &[
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
        0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ];
    let key = if let Some(bytes) = spki.strip_prefix(ED25519) {
        PublicKey::from_bytes(Algorithm::EdDsa, bytes)
    } else if let Some(point) = spki.strip_prefix(P256) {
        PublicKey::from_uncompressed(point)
    } else {
        return Err(refused("its key is neither an Ed25519 nor a P-256 key"));
    };
    key.map_err(|_| refused("its key is not well formed"))
}

fn reason(error: &webpki::Error) -> &'static str {
    use webpki::Error;
    match error {
        Error::CertExpired { .. } => "a certificate has expired",
        Error::CertNotValidYet { .. } => "a certificate is not valid yet",
        Error::CaUsedAsEndEntity => "that of an authority signed a credential",
        Error::EndEntityUsedAsCa => "one that is no authority's signed another",
        Error::UnknownIssuer => "it leads to none of the trust anchors",
        Error::PathLenConstraintViolated => "there are more between it and an anchor than allowed",
        Error::NameConstraintViolation => "its name is outside of what its authority may name",
        #[expect(deprecated, reason = "made above")]
        Error::RequiredEkuNotFound => "it is for other purposes",
        _ => "the path to a trust anchor does not hold",
    }
}
