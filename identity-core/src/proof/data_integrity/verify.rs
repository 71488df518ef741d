//! Verifying every proof of a document.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{
    Binding, Cryptosuite, Expected, ProofError, Strictness,
    sign::with_previous,
    suite::{self, Setting, Without},
};
use crate::{
    did::{DidUrl, Relationship, Resolver},
    encoding::{
        jcs, multibase,
        strict_json::{Object, Value},
    },
    key::{Algorithm, PublicKey, Signature, SignatureError},
    proof::SignerDid,
    status::Instant,
    verify::Budget,
};

/// Verifies all proofs of a document and returns who made them, in the order of the proofs.
///
/// Who signed is not yet who may: the caller compares each [`SignerDid`] with the issuer or holder
/// that the document names. One signer may stand here twice; whoever counts signers counts DIDs.
///
/// The suites over RDF know the contexts that are compiled in.
///
/// # Errors
/// [`ProofError`] when there is no proof, or any of them is refused.
pub fn verify(
    document: &Object<'_>,
    expected: &Expected<'_>,
    resolver: &impl Resolver,
    budget: &mut Budget,
) -> Result<Vec<SignerDid>, ProofError> {
    #[cfg(feature = "rdfc")]
    let contexts = crate::ld::Contexts::standard();
    let mut setting = Setting {
        strictness: expected.strictness,
        #[cfg(feature = "rdfc")]
        contexts: &contexts,
        #[cfg(not(feature = "rdfc"))]
        contexts: core::marker::PhantomData,
        budget,
    };
    verify_in(document, expected, resolver, &mut setting)
}

/// Verifies as [`verify`] does, under the contexts given.
///
/// # Errors
/// As [`verify`].
#[cfg(feature = "rdfc")]
pub fn verify_with_contexts(
    document: &Object<'_>,
    expected: &Expected<'_>,
    contexts: &crate::ld::Contexts,
    resolver: &impl Resolver,
    budget: &mut Budget,
) -> Result<Vec<SignerDid>, ProofError> {
    let mut setting = Setting {
        strictness: expected.strictness,
        contexts,
        budget,
    };
    verify_in(document, expected, resolver, &mut setting)
}

fn verify_in(
    document: &Object<'_>,
    expected: &Expected<'_>,
    resolver: &impl Resolver,
    setting: &mut Setting<'_>,
) -> Result<Vec<SignerDid>, ProofError> {
    let none = ProofError::Malformed { reason: "no proof" };
    let proofs = match document.get("proof").ok_or_else(|| none.clone())? {
        Value::Array(proofs) => match proofs.len() {
            0 => return Err(none),
            // One proof has one spelling, or a document could be changed without being refused.
            1 if expected.strictness == Strictness::Mandate => {
                return Err(ProofError::Malformed {
                    reason: "a proof stands alone in an array",
                });
            }
            _ => proofs.as_slice(),
        },
        proof => std::slice::from_ref(proof),
    };
    // All of them are paid for before they are compared with one another.
    for _ in proofs {
        setting.budget.spend_signature()?;
    }
    refuse_doubtful_ids(proofs)?;
    proofs
        .iter()
        .map(|proof| {
            let proof = proof.as_object().ok_or(ProofError::Malformed {
                reason: "a proof is no object",
            })?;
            check_claims(proof, expected)?;
            let chained = with_previous(document, proofs, &previous(proof)?)?;
            let input = match &chained {
                Some(chained) => Without::nothing(chained),
                None => Without {
                    object: document,
                    absent: Some("proof"),
                },
            };
            verify_one(input, proof, expected.purpose, resolver, setting)
        })
        .collect()
}

fn verify_one<'a>(
    input: Without<'_, 'a>,
    proof: &Object<'a>,
    purpose: Relationship,
    resolver: &impl Resolver,
    setting: &mut Setting<'_>,
) -> Result<SignerDid, ProofError> {
    let malformed = |reason| ProofError::Malformed { reason };
    let text = |name| proof.get(name).and_then(Value::as_str);
    let name = text("cryptosuite").ok_or_else(|| malformed("no cryptosuite"))?;
    let refused = || ProofError::Cryptosuite {
        name: name.chars().take(64).collect(),
    };
    let suite = Cryptosuite::from_name(name).ok_or_else(refused)?;
    if setting.strictness == Strictness::Mandate && !suite.is_jcs() {
        return Err(refused());
    }
    let method = text("verificationMethod").ok_or_else(|| malformed("no verificationMethod"))?;
    let method: DidUrl = method.parse()?;
    let document_of_key = resolver.resolve(method.did())?;
    // One key, or every one that the id has named in the life of the DID.
    let mut keys = document_of_key.candidates(&method, purpose)?;
    keys.retain(|key| key.algorithm() == suite.algorithm());
    if keys.is_empty() {
        return Err(refused());
    }
    let signature = proof_value(proof)?;
    let configuration = Without {
        object: proof,
        absent: Some("proofValue"),
    };
    #[cfg(feature = "rdfc")]
    if !suite.is_jcs() {
        // What is signed is RDF, and everything behind reads JSON.
        crate::ld::plain::check(input.object)?;
        crate::ld::plain::check_proof(proof)?;
    }
    let signed = suite::hash_data(suite, input, configuration, setting)?;
    for (nth, key) in keys.into_iter().enumerate() {
        // The first has been paid for with the proof.
        if nth > 0 {
            setting.budget.spend_signature()?;
        }
        if key.verify(&signed, &signature).is_ok() {
            return Ok(SignerDid::assertion(method, key.clone()));
        }
    }
    Err(SignatureError::default().into())
}

/// Verifies one proof in `eddsa-jcs-2022` over a document whose canonical form has been hashed already,
/// with a key known beforehand: for logs, where one document is hashed for several reasons.
///
/// The document has no `@context`, so the proof must have none; it rests on no other proof.
pub(crate) fn verify_hashed(
    hash: &[u8; 32],
    proof: &Object<'_>,
    key: &PublicKey,
    expected: &Expected<'_>,
) -> Result<(), ProofError> {
    check_claims(proof, expected)?;
    let name = proof.get("cryptosuite").and_then(Value::as_str);
    let name = name.unwrap_or_default();
    if name != Cryptosuite::EddsaJcs2022.as_str() || key.algorithm() != Algorithm::EdDsa {
        return Err(ProofError::Cryptosuite {
            name: name.chars().take(64).collect(),
        });
    }
    if proof.get("@context").is_some() {
        return Err(ProofError::Context);
    }
    if let Some(id) = previous(proof)?.first() {
        return Err(ProofError::Chain { id: id.clone() });
    }
    let signature = proof_value(proof)?;
    let configuration = jcs::canonicalize_object(proof, Some("proofValue"))?;
    let mut signed = [0; 64];
    signed[..32].copy_from_slice(&Sha256::digest(configuration));
    signed[32..].copy_from_slice(hash);
    Ok(key.verify(&signed, &signature)?)
}

fn proof_value(proof: &Object<'_>) -> Result<Signature, ProofError> {
    let value = proof.get("proofValue").and_then(Value::as_str);
    let value = value.filter(|text| text.starts_with('z'));
    let signature = value.and_then(|text| multibase::decode(text).ok());
    let signature = signature.and_then(|bytes| Signature::from_slice(&bytes).ok());
    signature.ok_or(ProofError::Malformed {
        reason: "no proofValue of 64 bytes in base58btc",
    })
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
    let challenge = match (proof.get("challenge"), expected.challenge) {
        (None, Binding::Absent | Binding::Any) => true,
        (Some(found), Binding::Any) => found.as_str().is_some(),
        (Some(found), Binding::Exactly(wanted)) => found.as_str() == Some(wanted),
        (Some(_), Binding::Absent) | (None, Binding::Exactly(_)) => false,
    };
    if !challenge {
        return other("challenge");
    }
    let domain = match (proof.get("domain"), expected.domain) {
        (None, Binding::Absent | Binding::Any) => true,
        (Some(found), Binding::Any) => names(found, expected.strictness).is_some(),
        (Some(found), Binding::Exactly(wanted)) => {
            let found = names(found, expected.strictness);
            found.is_some_and(|found| is_same_set(&found, wanted))
        }
        (Some(_), Binding::Absent) | (None, Binding::Exactly(_)) => false,
    };
    if !domain {
        return other("domain");
    }
    if proof.get("nonce").is_some() && text("nonce").is_none() {
        return malformed("its nonce is no text");
    }
    for member in ["created", "expires"] {
        let Some(instant) = proof.get(member) else {
            continue;
        };
        let instant = instant.as_str();
        let Some(instant) = instant.and_then(|text| read_instant(text, expected.strictness)) else {
            return malformed("an instant is not RFC 3339");
        };
        if member == "expires" && expected.now >= instant {
            return Err(ProofError::Expired);
        }
    }
    Ok(())
}

/// Reads `domain`: text, or beyond our own forms a set of texts with at least one in it.
fn names<'v>(domain: &'v Value<'_>, strictness: Strictness) -> Option<Vec<&'v str>> {
    match (domain, strictness) {
        (Value::String(one), _) => Some(vec![one]),
        (Value::Array(several), Strictness::W3c) if !several.is_empty() => {
            several.iter().map(Value::as_str).collect()
        }
        _ => None,
    }
}

fn is_same_set(one: &[&str], other: &[&str]) -> bool {
    one.iter().all(|name| other.contains(name)) && other.iter().all(|name| one.contains(name))
}

/// Reads an instant; without an offset it is taken as UTC where the standard's freedom is accepted.
fn read_instant(text: &str, strictness: Strictness) -> Option<Timestamp> {
    let exact = text.parse::<Instant>();
    let instant = match strictness {
        Strictness::Mandate => exact.ok(),
        Strictness::W3c => exact.or_else(|_| format!("{text}Z").parse()).ok(),
    };
    instant.map(Instant::timestamp)
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

/// Refuses two proofs of one id, and a proof that rests on itself, be it through others: which one is
/// meant, and which came first, must be clear.
fn refuse_doubtful_ids(proofs: &[Value<'_>]) -> Result<(), ProofError> {
    let doubtful = |id: &str| ProofError::Chain {
        id: id.chars().take(128).collect(),
    };
    let mut links: Vec<(&str, Vec<String>)> = Vec::new();
    for proof in proofs {
        let Some(id) = proof.get("id") else { continue };
        let id = id.as_str().ok_or(ProofError::Malformed {
            reason: "a proof's id is no text",
        })?;
        let own = proof.as_object().map(previous).transpose()?;
        if links.iter().any(|(other, _)| *other == id) {
            return Err(doubtful(id));
        }
        links.push((id, own.unwrap_or_default()));
    }
    // Whoever rests on nothing that is left is taken out; what can never be taken out is a circle.
    while !links.is_empty() {
        let left: Vec<&str> = links.iter().map(|(id, _)| *id).collect();
        let before = left.len();
        links.retain(|(_, previous)| previous.iter().any(|id| left.contains(&id.as_str())));
        if links.len() == before {
            return Err(doubtful(links[0].0));
        }
    }
    Ok(())
}
