//! Embedded proofs (Data Integrity 1.0 section 4.4).

use super::{AtHand, Binding, Problem, Question, at_hand::ByReference, problem::Findings};
use crate::{
    Code,
    credential::data_model::Place,
    did::Relationship,
    encoding::strict_json::{Object, Value},
    proof::{
        SignerDid,
        data_integrity::{self, Expected},
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
    let said = |member: &str| {
        let proof = document.get("proof")?;
        let first = proof.as_array().and_then(<[_]>::first).unwrap_or(proof);
        first.get(member).and_then(Value::as_str)
    };
    let expected = Expected {
        purpose,
        challenge: match question.challenge {
            Binding::Absent => None,
            Binding::Any => said("challenge"),
            Binding::Exactly(challenge) => Some(challenge),
        },
        domain: match question.domain {
            Binding::Absent => None,
            Binding::Any => said("domain"),
            Binding::Exactly(domain) => domain.first().copied(),
        },
        now: question.now,
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
