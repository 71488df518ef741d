//! Whether a credential is valid at an instant (VC Data Model 2.0 section 4.9).

use super::{Problem, Question, ValidityPolicy, problem::Findings};
use crate::{
    Code,
    credential::data_model::{Place, Stamp},
    encoding::strict_json::{Object, Value},
};

/// Looks at `validFrom` and `validUntil`; both ends belong to the period, since `validUntil` is the
/// latest instant at which the credential is valid.
pub(super) fn check(
    document: &Object<'_>,
    question: &Question<'_>,
    at: &Place<'_>,
    found: &mut Findings,
) {
    let stamp = |name| {
        document
            .get(name)
            .and_then(Value::as_str)
            .and_then(Stamp::parse)
    };
    let now = Stamp::from(question.now);
    let mut say = |code, name, detail| {
        let problem = Problem::new(code, &at.member(name), detail);
        match question.validity {
            ValidityPolicy::Demand => found.refuse(problem),
            ValidityPolicy::Report => found.warn(problem),
        }
    };
    if stamp("validFrom").is_some_and(|from| now < from) {
        say(
            Code::CredentialNotYetValid,
            "validFrom",
            "it is not valid yet",
        );
    }
    if stamp("validUntil").is_some_and(|until| until < now) {
        say(
            Code::CredentialExpired,
            "validUntil",
            "it is no longer valid",
        );
    }
}
