//! The resources whose digests a credential states (VC Data Model 2.0 section 5.3).

use super::{AtHand, Problem, problem::Findings};
use crate::{
    Code,
    credential::data_model::{Place, RelatedOutcome, related_resource},
    encoding::strict_json::{Object, Value},
};

/// Compares every related resource that is at hand.
pub(super) fn check(
    document: &Object<'_>,
    at_hand: &AtHand<'_>,
    at: &Place<'_>,
    found: &mut Findings,
) {
    let here = at.member("relatedResource");
    let mut compare = |value: &Value<'_>, at: &Place<'_>| {
        // Others were refused with the data model.
        let Some(related) = value.as_object() else {
            return;
        };
        let Some(id) = related.get("id").and_then(Value::as_str) else {
            return;
        };
        let say = |code, detail| Problem::new(code, at, detail);
        match related_resource(related, at_hand.resources.find(id)) {
            RelatedOutcome::Earlier => found.warn(say(
                Code::VcRelatedEarlier,
                "the digest is that of an earlier edition of the resource",
            )),
            RelatedOutcome::Mismatch => found.refuse(say(
                Code::VcRelatedMismatch,
                "the resource has another digest",
            )),
            RelatedOutcome::Same => {}
            RelatedOutcome::Unchecked => found.warn(say(
                Code::VcRelatedUnchecked,
                "the resource is not at hand, so its digest was not compared",
            )),
        }
    };
    match document.get("relatedResource") {
        None => {}
        Some(Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                compare(item, &here.element(index));
            }
        }
        Some(one) => compare(one, &here),
    }
}
