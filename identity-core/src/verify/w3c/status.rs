//! The status of a credential (VC Data Model 2.0 section 4.10; Bitstring Status List 1.0).

use super::{AtHand, Problem, Question, StatusPolicy, problem::Findings};
use crate::{
    Code,
    credential::data_model::Place,
    encoding::strict_json::{Object, Value},
};

/// Looks every status entry up.
pub(super) fn check(
    document: &Object<'_>,
    question: &Question<'_>,
    _at_hand: &AtHand<'_>,
    at: &Place<'_>,
    found: &mut Findings,
) {
    let Some(entries) = document.get("credentialStatus") else {
        return;
    };
    let here = at.member("credentialStatus");
    let count = entries.as_array().map_or(1, <[Value<'_>]>::len);
    for _ in 0..count {
        let problem = Problem::new(
            Code::VcStatusUnchecked,
            &here,
            "its status was not looked up",
        );
        match question.status {
            StatusPolicy::Demand => found.refuse(problem),
            StatusPolicy::Ignore | StatusPolicy::WhereAtHand => found.warn(problem),
        }
    }
}
