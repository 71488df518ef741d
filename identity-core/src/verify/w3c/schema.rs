//! The schemas that a credential names (VC Data Model 2.0 section 4.11).

use super::{AtHand, Problem, problem::Findings};
use crate::{
    Code,
    credential::data_model::Place,
    encoding::strict_json::{Object, Value},
};

/// Holds the credential against every schema that it names.
pub(super) fn check(
    document: &Object<'_>,
    _at_hand: &AtHand<'_>,
    at: &Place<'_>,
    found: &mut Findings,
) {
    let Some(schemas) = document.get("credentialSchema") else {
        return;
    };
    let here = at.member("credentialSchema");
    let count = schemas.as_array().map_or(1, <[Value<'_>]>::len);
    for _ in 0..count {
        let detail = "the credential was not held against its schema";
        found.warn(Problem::new(Code::VcSchemaUnchecked, &here, detail));
    }
}
