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
    match data_integrity::verify(document, &expected, &resolver, budget) {
        Ok(signers) => signers,
        Err(error) => {
            found.refuse(Problem::of_proof(&error, &at.member("proof")));
            Vec::new()
        }
    }
}
