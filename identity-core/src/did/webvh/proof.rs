//! Proofs of a log: `eddsa-jcs-2022` with a did:key, and nothing else (sections "Authorized Keys" and
//! "Witness DIDs and Reputation").

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::WebvhError;
use crate::{
    did::{DidError, Relationship, key},
    encoding::{
        jcs, multibase,
        strict_json::{Object, Value},
    },
    key::{Algorithm, PublicKey, Signature, Signer},
    proof::data_integrity::{Cryptosuite, Expected, Strictness},
};

/// What is expected of every proof of a log.
pub(super) const fn expected(now: Timestamp) -> Expected<'static> {
    Expected {
        strictness: Strictness::W3c,
        ..Expected::mandate(Relationship::AssertionMethod, now)
    }
}

/// Returns the multikey that a `verificationMethod` of the form `did:key:X#X` names.
///
/// The body is the key, and the fragment must repeat it byte for byte: who is named and whose key is
/// used can then not be two.
pub(super) fn named_key(method: &str) -> Option<&str> {
    let (did, fragment) = method.split_once('#')?;
    let body = did.strip_prefix("did:key:")?;
    (body == fragment && !body.is_empty()).then_some(body)
}

/// A proof that lacks its signature, over a document whose canonical form has this hash.
#[derive(Clone, Debug)]
pub(super) struct Unproven {
    proof: Object<'static>,
    hash: [u8; 32],
}

impl Unproven {
    /// A proof by this key, made at this instant.
    pub(super) fn new(
        hash: [u8; 32],
        key: &PublicKey,
        created: Timestamp,
    ) -> Result<Self, WebvhError> {
        if key.algorithm() != Algorithm::EdDsa {
            return Err(DidError::Key(crate::key::KeyError::Unsupported).into());
        }
        let did = key::create(key);
        let method = did.with_fragment(did.specific_id())?;
        let mut proof = Object::default();
        for (name, text) in [
            ("type", "DataIntegrityProof".to_owned()),
            ("cryptosuite", Cryptosuite::EddsaJcs2022.as_str().to_owned()),
            ("verificationMethod", method.to_string()),
            ("created", format!("{created:.0}")),
            (
                "proofPurpose",
                Relationship::AssertionMethod.as_str().to_owned(),
            ),
        ] {
            proof.insert(name, text.into());
        }
        Ok(Self { proof, hash })
    }

    /// Returns the bytes that are signed: a hash of the proof and one of the document.
    pub(super) fn to_be_signed(&self) -> Result<[u8; 64], WebvhError> {
        let proof = jcs::canonicalize_object(&self.proof, None)?;
        let mut signed = [0; 64];
        signed[..32].copy_from_slice(&Sha256::digest(proof));
        signed[32..].copy_from_slice(&self.hash);
        Ok(signed)
    }

    /// Signs.
    pub(super) fn sign(
        self,
        signer: &(impl Signer + ?Sized),
    ) -> Result<Value<'static>, WebvhError> {
        let signature = signer.try_sign(&self.to_be_signed()?)?;
        Ok(self.complete(&signature))
    }

    /// Puts in a signature that was made elsewhere.
    pub(super) fn complete(self, signature: &Signature) -> Value<'static> {
        let text = multibase::encode_z(signature.as_bytes());
        let mut members: Vec<_> = self.proof.into_iter().collect();
        members.push(("proofValue".into(), text.into()));
        // In the order in which it comes back from canonical JSON.
        members.sort_by(|(a, _), (b, _)| a.cmp(b));
        Value::object(members)
    }
}
