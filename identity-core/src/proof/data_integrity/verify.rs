//! Verifying every proof of a document.

use jiff::Timestamp;

use super::{ProofError, sign::with_previous, suite};
use crate::{
    did::{DidUrl, Relationship, Resolver},
    encoding::{
        multibase,
        strict_json::{Object, Value},
    },
    key::Signature,
    proof::SignerDid,
    status::Instant,
    verify::Budget,
};

/// What the caller expects of every proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Expected<'e> {
    /// What the proof must be for.
    pub purpose: Relationship,
    /// The nonce it must answer; without one, it must answer none.
    pub challenge: Option<&'e str>,
    /// Whom it must be for; without one, it must be for nobody in particular.
    pub domain: Option<&'e str>,
    /// The instant at which it must not have expired.
    pub now: Timestamp,
}

/// Verifies all proofs of a document and returns who made them, in the order of the proofs.
///
/// Who signed is not yet who may: the caller compares each [`SignerDid`] with the issuer or holder
/// that the document names. One signer may stand here twice; whoever counts signers counts DIDs.
///
/// # Errors
/// [`ProofError`] when there is no proof, or any of them is refused.
pub fn verify(
    document: &Object<'_>,
    expected: &Expected<'_>,
    resolver: &impl Resolver,
    budget: &mut Budget,
) -> Result<Vec<SignerDid>, ProofError> {
    let none = ProofError::Malformed { reason: "no proof" };
    let proofs = match document.get("proof").ok_or_else(|| none.clone())? {
        Value::Array(proofs) => match proofs.len() {
            0 => return Err(none),
            // One proof has one spelling, or a document could be changed without being refused.
            1 => {
                return Err(ProofError::Malformed {
                    reason: "a proof stands alone in an array",
                });
            }
            _ => proofs.as_slice(),
        },
        proof => std::slice::from_ref(proof),
    };
    refuse_doubtful_ids(proofs)?;
    proofs
        .iter()
        .map(|proof| {
            budget.spend_signature()?;
            let proof = proof.as_object().ok_or(ProofError::Malformed {
                reason: "a proof is no object",
            })?;
            check_claims(proof, expected)?;
            let chained = with_previous(document, proofs, &previous(proof)?)?;
            let input = match &chained {
                Some(chained) => (chained, None),
                None => (document, Some("proof")),
            };
            verify_one(input, proof, expected.purpose, resolver)
        })
        .collect()
}

fn verify_one<'a>(
    input: (&Object<'a>, Option<&str>),
    proof: &Object<'a>,
    purpose: Relationship,
    resolver: &impl Resolver,
) -> Result<SignerDid, ProofError> {
    let malformed = |reason| ProofError::Malformed { reason };
    let text = |name| proof.get(name).and_then(Value::as_str);
    let cryptosuite = text("cryptosuite").ok_or_else(|| malformed("no cryptosuite"))?;
    let method = text("verificationMethod").ok_or_else(|| malformed("no verificationMethod"))?;
    let method: DidUrl = method.parse()?;
    let document_of_key = resolver.resolve(method.did())?;
    let key = document_of_key.method(&method, purpose)?;
    if cryptosuite != suite::name(key.algorithm()) {
        let name = cryptosuite.chars().take(64).collect();
        return Err(ProofError::Cryptosuite { name });
    }
    let value = text("proofValue").filter(|text| text.starts_with('z'));
    let signature = value.and_then(|text| multibase::decode(text).ok());
    let signature = signature.and_then(|bytes| Signature::from_slice(&bytes).ok());
    let signature = signature.ok_or_else(|| malformed("no proofValue of 64 bytes in base58btc"))?;
    let signed = suite::hash_data(input, (proof, Some("proofValue")))?;
    key.verify(&signed, &signature)?;
    Ok(SignerDid::assertion(method, key.clone()))
}

fn check_claims(proof: &Object<'_>, expected: &Expected<'_>) -> Result<(), ProofError> {
    let malformed = |reason| Err(ProofError::Malformed { reason });
    let text = |name| proof.get(name).and_then(Value::as_str);
    let other = |member| Err(ProofError::Purpose { member });
    if text("type") != Some("DataIntegrityProof") {
        return malformed("its type is not DataIntegrityProof");
    }
    if text("proofPurpose") != Some(expected.purpose.as_str()) {
        return other("proofPurpose");
    }
    for (member, wanted) in [
        ("challenge", expected.challenge),
        ("domain", expected.domain),
    ] {
        let is_there = proof.get(member).is_some();
        if text(member) != wanted || is_there != wanted.is_some() {
            return other(member);
        }
    }
    for member in ["created", "expires"] {
        let Some(instant) = proof.get(member) else {
            continue;
        };
        let instant = instant
            .as_str()
            .and_then(|text| text.parse::<Instant>().ok())
            .map(Instant::timestamp);
        let Some(instant) = instant else {
            return malformed("an instant is not RFC 3339");
        };
        if member == "expires" && expected.now >= instant {
            return Err(ProofError::Expired);
        }
    }
    Ok(())
}

fn previous(proof: &Object<'_>) -> Result<Vec<String>, ProofError> {
    let Some(named) = proof.get("previousProof") else {
        return Ok(Vec::new());
    };
    let ids = suite::list(named)
        .iter()
        .map(|id| id.as_str().map(str::to_owned));
    let ids: Option<Vec<String>> = ids.collect();
    ids.filter(|ids| !ids.is_empty())
        .ok_or(ProofError::Malformed {
            reason: "previousProof names no proof",
        })
}

/// Refuses two proofs of one id, and a proof that rests on itself: which one is meant must be clear.
fn refuse_doubtful_ids(proofs: &[Value<'_>]) -> Result<(), ProofError> {
    let mut seen: Vec<&str> = Vec::new();
    for proof in proofs {
        let Some(id) = proof.get("id") else { continue };
        let id = id.as_str().ok_or(ProofError::Malformed {
            reason: "a proof's id is no text",
        })?;
        let own = proof
            .as_object()
            .map(previous)
            .transpose()?
            .unwrap_or_default();
        if seen.contains(&id) || own.iter().any(|previous| previous == id) {
            return Err(ProofError::Chain {
                id: id.chars().take(128).collect(),
            });
        }
        seen.push(id);
    }
    Ok(())
}
