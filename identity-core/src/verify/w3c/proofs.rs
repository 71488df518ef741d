//! Embedded proofs (Data Integrity 1.0 section 4.4).

use super::{AtHand, Problem, Question, at_hand::ByReference, problem::Findings};
use crate::{
    Code,
    credential::data_model::Place,
    did::Relationship,
    encoding::strict_json::Object,
    proof::{
        SignerDid,
        data_integrity::{self, Expected, Strictness},
    },
    verify::Budget,
};
#[cfg(feature = "rdfc")]
use crate::{encoding::strict_json::Value, ld::plain};

/// Verifies every proof of a document; returns nobody when any is refused.
pub(super) fn signers(
    document: &Object<'_>,
    purpose: Relationship,
    question: &Question<'_>,
    at_hand: &AtHand<'_>,
    budget: &mut Budget,
    at: &Place<'_>,
    found: &mut Findings,
) -> Vec<SignerDid> {
    if document.get("proof").is_none() {
        let detail = "it has no proof and is in no envelope";
        found.refuse(Problem::new(Code::VcUnsecured, at, detail));
        return Vec::new();
    }
    let expected = Expected {
        purpose,
        challenge: question.challenge,
        domain: question.domain,
        now: question.now,
        strictness: Strictness::W3c,
    };
    let resolver = ByReference(at_hand.resolver);
    #[cfg(feature = "rdfc")]
    let verified = data_integrity::verify_with_contexts(
        document,
        &expected,
        at_hand.contexts,
        &resolver,
        budget,
    );
    #[cfg(not(feature = "rdfc"))]
    let verified = data_integrity::verify(document, &expected, &resolver, budget);
    match verified {
        Ok(signers) => {
            #[cfg(feature = "rdfc")]
            if cover_meaning(document) && plain::has_contexts_of_its_own(document) {
                // Whoever holds the document may have written them: only what they lead to was signed.
                let detail =
                    "the contexts written into it are not signed, only what they lead to is";
                let at = at.member("@context");
                found.warn(Problem::new(Code::VcContextOwn, &at, detail));
            }
            signers
        }
        Err(error) => {
            found.refuse(Problem::of_proof(&error, &at.member("proof")));
            Vec::new()
        }
    }
}

/// Tells whether every proof of a document covers what it says as JSON-LD, so that verifying it has
/// read the document without loss.
#[cfg(feature = "rdfc")]
pub(super) fn cover_meaning(document: &Object<'_>) -> bool {
    let Some(proof) = document.get("proof") else {
        return false;
    };
    let proofs = proof
        .as_array()
        .unwrap_or_else(|| std::slice::from_ref(proof));
    proofs.iter().all(|proof| {
        let suite = proof.get("cryptosuite").and_then(Value::as_str);
        suite.is_some_and(|suite| suite.contains("-rdfc-"))
    })
}
