//! The statement by which an issuer's DID names the key that signs its bundles.
//!
//! Publishing runs unattended, so it has a key of its own; a bundle is believed because the DID's
//! key says whose that key is, and not because it signs itself.

use jiff::Timestamp;

use super::BundleError;
use crate::{
    did::{self, DidUrl, LocalResolver, Relationship},
    encoding::{
        jcs,
        strict_json::{self, Limits, Value},
    },
    key::{PublicKey, Signer},
    proof::{
        SignerDid,
        jose::{Header, Jws, Unsigned},
    },
    status::w3c::ListDelegation,
};

/// The `typ` of the statement.
pub const TYP: &str = "mandate-status-key+jwt";

/// Makes the statement.
///
/// # Errors
/// [`BundleError::Signature`] when the key could not sign.
pub fn certify(
    status_key: &PublicKey,
    method: &DidUrl,
    now: Timestamp,
    signer: &impl Signer,
) -> Result<String, BundleError> {
    let payload = Value::object([
        ("iat", Value::from(now.as_second())),
        ("iss", method.did().to_string().into()),
        ("statusKey", status_key.to_multikey().into()),
    ]);
    let payload = jcs::canonicalize(&payload)
        .map_err(|_| BundleError::malformed("the instant is too far away"))?;
    let header = Header::with_kid(signer.public_key().algorithm(), TYP, method);
    Ok(Unsigned::new(&header, &payload).sign(signer)?)
}

/// Verifies the statement and returns whose it is, and which key it names.
///
/// # Errors
/// [`BundleError::StatusKey`] when it is not signed by the DID it names, or not well formed.
pub fn verify(text: &str) -> Result<(SignerDid, PublicKey), BundleError> {
    let refused = |reason| BundleError::StatusKey { reason };
    let jws = Jws::parse(text).map_err(|_| refused("its statement is no JWS"))?;
    let (signer, payload) = jws
        .expect_type(TYP)
        .and_then(|jws| jws.verify(&LocalResolver::new(), Relationship::AssertionMethod))
        .map_err(|_| refused("its statement is not signed by the issuer's key"))?;
    let payload = strict_json::parse(payload, &Limits::small())
        .map_err(|_| refused("its statement is not strict JSON"))?;
    let text = |name| payload.get(name).and_then(Value::as_str);
    if text("iss") != Some(signer.did().as_str()) {
        return Err(refused("its statement names another issuer than signed it"));
    }
    let key = text("statusKey").and_then(|key| PublicKey::from_multikey(key).ok());
    Ok((
        signer,
        key.ok_or_else(|| refused("its statement names no usable key"))?,
    ))
}

/// Reads out of the statement who keeps whose status lists: the status key's own did:key those of the
/// DID that signed the statement (`spec/adr/0015-bitstring-issuer.md`).
///
/// # Errors
/// [`BundleError::StatusKey`], as for [`verify`].
pub fn delegation(text: &str) -> Result<ListDelegation, BundleError> {
    let (signer, key) = verify(text)?;
    Ok(ListDelegation::new(
        signer.did().clone(),
        did::key::create(&key),
    ))
}
