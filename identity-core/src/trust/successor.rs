//! The statement by which a DID says which DID comes after it: for a parliament that leaves a trial's
//! did:key, whose key can never be replaced, for a DID with a history.
//!
//! It says nothing of whether the new DID is to be trusted: who anchors the old one decides that, and is
//! told here by the only one who could.

use jiff::Timestamp;

use crate::{
    Code,
    did::{Did, DidUrl, LocalResolver, Relationship},
    encoding::{
        jcs,
        strict_json::{self, Limits, Value},
    },
    key::Signer,
    proof::{
        SignerDid,
        jose::{Header, Jws, Unsigned},
    },
};

/// The `typ` of the statement.
pub const TYP: &str = "mandate-successor+jwt";

/// A statement that was verified.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Succession {
    /// Who says so.
    pub from: SignerDid,
    /// Who comes after it.
    pub to: Did,
    /// Since when, in whole seconds.
    pub at: Timestamp,
}

/// Reports that a statement does not count; it names the reason and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no statement of a successor: {reason}")]
#[non_exhaustive]
pub struct SuccessorError {
    /// What is wrong.
    pub reason: &'static str,
}

impl SuccessorError {
    /// Returns [`Code::SuccessorInvalid`].
    pub const fn code(&self) -> Code {
        Code::SuccessorInvalid
    }
}

/// Makes the statement, with the key of the DID that is left.
///
/// # Errors
/// [`SuccessorError`] when the key could not sign.
pub fn certify(
    to: &Did,
    method: &DidUrl,
    now: Timestamp,
    signer: &impl Signer,
) -> Result<String, SuccessorError> {
    let refused = |reason| SuccessorError { reason };
    let payload = Value::object([
        ("iat", Value::from(now.as_second())),
        ("iss", method.did().to_string().into()),
        ("sub", to.to_string().into()),
    ]);
    let payload =
        jcs::canonicalize(&payload).map_err(|_| refused("the instant is too far away"))?;
    let header = Header::with_kid(signer.public_key().algorithm(), TYP, method);
    let unsigned = Unsigned::new(&header, &payload);
    unsigned
        .sign(signer)
        .map_err(|_| refused("the key could not sign"))
}

/// Verifies the statement: signed by the DID that is left, which holds its key itself.
///
/// # Errors
/// [`SuccessorError`] when it is not, or not well formed.
pub fn verify(text: &str) -> Result<Succession, SuccessorError> {
    let refused = |reason| SuccessorError { reason };
    let jws = Jws::parse(text).map_err(|_| refused("it is no JWS"))?;
    let (from, payload) = jws
        .expect_type(TYP)
        .and_then(|jws| jws.verify(&LocalResolver::new(), Relationship::AssertionMethod))
        .map_err(|_| refused("it is not signed by the DID that it is of"))?;
    let payload = strict_json::parse(payload, &Limits::small())
        .map_err(|_| refused("it is not strict JSON"))?;
    let text = |name| payload.get(name).and_then(Value::as_str);
    if text("iss") != Some(from.did().as_str()) {
        return Err(refused("it names another DID than signed it"));
    }
    let to = text("sub").and_then(|did| did.parse().ok());
    let at = payload.get("iat").and_then(Value::as_i64);
    let at = at.and_then(|at| Timestamp::from_second(at).ok());
    Ok(Succession {
        from,
        to: to.ok_or_else(|| refused("it names no successor"))?,
        at: at.ok_or_else(|| refused("it is of no instant"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        did,
        key::{Algorithm, SecretKey},
    };

    fn key(seed: u8) -> SecretKey {
        SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).unwrap()
    }

    fn method(seed: u8) -> DidUrl {
        let did = did::key::create(key(seed).public_key());
        did.with_fragment(did.specific_id()).unwrap()
    }

    #[test]
    fn only_the_did_that_is_left_names_its_successor() {
        let to = did::key::create(key(2).public_key());
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        let text = certify(&to, &method(1), at, &key(1)).unwrap();
        let read = verify(&text).unwrap();
        assert_eq!(read.from.did(), method(1).did());
        assert_eq!((read.to, read.at), (to.clone(), at));
        // Another key signs in its name; a statement of another kind; one that names somebody else.
        let stolen = certify(&to, &method(1), at, &key(3)).unwrap();
        assert!(verify(&stolen).is_err());
        let other = crate::trust::status_key::certify(key(2).public_key(), &method(1), at, &key(1));
        assert!(verify(&other.unwrap()).is_err());
        let header = Header::with_kid(Algorithm::EdDsa, TYP, &method(1));
        for payload in [
            format!(r#"{{"iat":1,"iss":"{}","sub":"{to}"}}"#, method(3).did()),
            format!(r#"{{"iat":1,"iss":"{}"}}"#, method(1).did()),
            format!(r#"{{"iss":"{}","sub":"{to}"}}"#, method(1).did()),
            format!(r#"{{"iat":1,"iss":"{}","sub":"nobody"}}"#, method(1).did()),
        ] {
            let unsigned = Unsigned::new(&header, payload.as_bytes());
            assert!(
                verify(&unsigned.sign(&key(1)).unwrap()).is_err(),
                "{payload}"
            );
        }
        assert!(verify("").is_err());
    }
}
