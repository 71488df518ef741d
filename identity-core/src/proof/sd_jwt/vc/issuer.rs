//! Who signed an SD-JWT VC (draft-ietf-oauth-sd-jwt-vc section 2.5).

#[cfg(feature = "x5c")]
use super::Certificate;
use crate::{key::PublicKey, proof::SignerDid};

/// The key that signed, and how it is known to be an issuer's.
///
/// Made only where the signature has been verified. Only a DID makes a [`SignerDid`]: what trusts DIDs
/// never takes a certificate or a web address for one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssuerKey {
    /// A certificate that leads to a trust anchor: the issuer is its subject.
    #[cfg(feature = "x5c")]
    Certificate(Certificate),
    /// A DID that lists the key for statements.
    Did(SignerDid),
    /// The metadata of an issuer that is a web address.
    Metadata(MetadataKey),
}

/// A key from the metadata of an issuer, with which a signature verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataKey {
    issuer: String,
    key: PublicKey,
}

impl IssuerKey {
    /// Returns the key.
    pub const fn key(&self) -> &PublicKey {
        match self {
            #[cfg(feature = "x5c")]
            Self::Certificate(certificate) => certificate.key(),
            Self::Did(signer) => signer.key(),
            Self::Metadata(metadata) => metadata.key(),
        }
    }

    /// Returns the DID, when it is one that signed.
    pub const fn did(&self) -> Option<&SignerDid> {
        if let Self::Did(signer) = self {
            Some(signer)
        } else {
            None
        }
    }
}

impl MetadataKey {
    /// States that a signature by this key was verified: to be called in the line after, and nowhere
    /// else.
    pub(super) const fn assertion(issuer: String, key: PublicKey) -> Self {
        Self { issuer, key }
    }

    /// Returns the issuer: the `iss` claim, which is also the `issuer` of the metadata.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Returns the key.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }
}
