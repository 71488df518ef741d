//! Enveloping proofs: W3C credentials and presentations as the payload of a JWS or an SD-JWT
//! (W3C Securing Verifiable Credentials using JOSE and COSE).
//!
//! The mandate pipeline signs with the strict headers of [`jose`](super::jose). Here stand the rules
//! of the W3C's text, which other people's wallets and issuers follow: a `typ` may be missing, header
//! members that nobody must understand are ignored, and a JWT claim may stand beside the members of
//! the credential. What names a key stays as narrow as there: `kid` and the issuer, or a key handed
//! in; `jwk`, `jku`, `x5u` and `x5c` never choose one.
//!
//! A verified document is still to be held to the data model: that is the work of whoever called.

mod claims;
mod compact;
mod error;
mod header;
mod jwt;
mod key;
mod make;
mod media;
mod sd_jwt;

#[cfg(test)]
mod tests;

use jiff::Timestamp;

pub use error::EnvelopeError;
pub use key::{JoseKey, JoseSigner};
pub use make::{Concealing, conceal_and_sign, sign};
pub use media::{Form, Kind, MediaType};

use super::{SignerDid, sd_jwt::KeyBinding};
use crate::{
    did::Resolver,
    encoding::strict_json::{Object, Value},
    key::PublicKey,
    verify::Budget,
};

/// Whether `exp`, `nbf` and `iat`, which bound the life of the signature, are held against an instant.
///
/// They say nothing about the data: that is what `validFrom` and `validUntil` do (VC-JOSE-COSE
/// section 3.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "an instant, or none")]
pub enum SignatureLife {
    /// Their form is judged, and whether they contradict one another, but no instant.
    Ignore,
    /// Refuse what is not in force at this instant.
    JudgeAt(Timestamp),
}

/// What a caller expects of a secured document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "both are always to be said")]
pub struct Expected {
    /// The media type: which form the text has, and whether it is a credential or a presentation.
    pub media_type: MediaType,
    /// Which instant the signature must be in force at.
    pub life: SignatureLife,
}

/// A document whose envelope was verified.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Secured {
    /// The payload: the credential or the presentation, with the JWT claims that stand beside its
    /// members, and without a trace of digests.
    pub document: Object<'static>,
    /// The key that the holder must prove to have (`cnf`, RFC 7800), where one is named and of a kind
    /// used here.
    pub confirmation: Option<PublicKey>,
    /// What the holder's key binding says, where there is one: whom it is for is for the caller to
    /// compare.
    pub key_binding: Option<KeyBinding>,
}

/// Verifies a secured document with the key that its issuer's (its holder's) DID names.
///
/// The key is found by `kid`: a DID URL, or the part of one behind the issuer's DID. It must be the
/// issuer's own, listed for assertions in a credential and for authentication in a presentation.
///
/// # Errors
/// [`EnvelopeError`] says which rule is broken.
pub fn verify(
    text: &str,
    expected: Expected,
    resolver: &impl Resolver,
    budget: &mut Budget,
) -> Result<(SignerDid, Secured), EnvelopeError> {
    match expected.media_type.form() {
        Form::Jwt => jwt::verify(text, expected, resolver, budget),
        Form::SdJwt => sd_jwt::verify(text, expected, resolver, budget),
    }
}

/// Verifies a secured document with a key known beforehand.
///
/// `controller` is whose key that is known to be: the issuer (the holder) must be the same. Without
/// it nothing is said about who signed, only that this key did.
///
/// # Errors
/// [`EnvelopeError`] says which rule is broken.
pub fn verify_with_key(
    text: &str,
    expected: Expected,
    key: &impl JoseKey,
    controller: Option<&str>,
    budget: &mut Budget,
) -> Result<Secured, EnvelopeError> {
    match expected.media_type.form() {
        Form::Jwt => jwt::verify_with_key(text, expected, key, controller, budget),
        Form::SdJwt => sd_jwt::verify_with_key(text, expected, key, controller, budget),
    }
}

/// Returns which key a secured document says it was signed with, after a look at its form: a hint for
/// whoever has several keys. Nothing in it is verified.
///
/// # Errors
/// [`EnvelopeError`] when the text is not of this form, or its header is refused.
pub fn unverified_key_id(
    text: &str,
    media_type: MediaType,
    budget: &mut Budget,
) -> Result<Option<String>, EnvelopeError> {
    match media_type.form() {
        Form::Jwt => jwt::unverified_key_id(text, media_type, budget),
        Form::SdJwt => sd_jwt::unverified_key_id(text, media_type, budget),
    }
}

/// Returns whom a document says it is from: `issuer` of a credential, `holder` of a presentation, each
/// a text or an object with an `id` (VCDM 2.0 sections 4.7 and 4.13).
fn author<'d>(document: &'d Object<'_>, kind: Kind) -> Option<&'d str> {
    let author = document.get(kind.author())?;
    author
        .as_str()
        .or_else(|| author.get("id").and_then(Value::as_str))
}
