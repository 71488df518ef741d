//! Credentials of VC Data Model 1.1 that are secured by Data Integrity.
//!
//! They are verified only by who asks for it. What they say is held to the rules of 2.0, in the words of
//! 2.0; what is signed is the document as it stands.

use crate::encoding::strict_json::{Object, Value};

/// The context that every credential of VC Data Model 1.1 begins with (section 4.1).
pub const CONTEXT_V1: &str = "https://www.w3.org/2018/credentials/v1";

/// Returns a credential of VC Data Model 1.1 in the words of 2.0: `issuanceDate` is `validFrom` and
/// `expirationDate` is `validUntil`. `None` when it is not one of 1.1.
///
/// 1.1 demands an `issuanceDate` (section 4.5), and has no `validFrom` or `validUntil`: where it is otherwise
/// a member stands here that no check of 2.0 lets pass.
pub fn in_words_of_2_0(document: &Object<'_>) -> Option<Object<'static>> {
    let context = document.get("@context")?;
    let first = context.as_array()?.first()?;
    if first.as_str() != Some(CONTEXT_V1) {
        return None;
    }
    let mut said = document.clone().into_owned();
    if let Some(Value::Array(contexts)) = said.get_mut("@context")
        && let Some(first) = contexts.first_mut()
    {
        *first = crate::credential::CONTEXT_V2.into();
    }
    for (earlier, later, needed) in [
        ("issuanceDate", "validFrom", true),
        ("expirationDate", "validUntil", false),
    ] {
        let value = said.remove(earlier);
        let misplaced = said.get(later).is_some();
        match value {
            Some(value) if !misplaced => drop(said.insert(later, value)),
            None if !misplaced && !needed => {}
            _ => drop(said.insert(later, Value::Null)),
        }
    }
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Code,
        credential::data_model::{ModelError, check_credential},
        encoding::strict_json::{Limits, parse},
    };

    fn checked(dates: &str) -> Option<Result<(), Vec<Code>>> {
        let text = format!(
            r#"{{"@context":["{CONTEXT_V1}"],"type":["VerifiableCredential"],"issuer":"did:example:a",
            "credentialSubject":{{"id":"did:example:b"}}{dates}}}"#
        );
        let value = parse(text.as_bytes(), &Limits::small()).unwrap();
        let said = in_words_of_2_0(value.as_object().unwrap())?;
        let checked = check_credential(&said);
        Some(checked.map_err(|errors| errors.found().iter().map(ModelError::code).collect()))
    }

    #[test]
    fn the_dates_of_1_1_are_those_of_2_0() {
        let issued = r#","issuanceDate":"2020-03-16T22:37:26.544Z""#;
        assert_eq!(checked(issued), Some(Ok(())));
        let expires = format!(r#"{issued},"expirationDate":"2021-03-16T22:37:26Z""#);
        assert_eq!(checked(&expires), Some(Ok(())));
        let refused = Some(Err(vec![Code::VcDates]));
        for wrong in [
            "",
            r#","issuanceDate":"yesterday""#,
            r#","issuanceDate":"2020-03-16T22:37:26Z","validFrom":"2019-03-16T22:37:26Z""#,
            r#","issuanceDate":"2020-03-16T22:37:26Z","validUntil":"2029-03-16T22:37:26Z""#,
            r#","issuanceDate":"2020-03-16T22:37:26Z","expirationDate":"2019-03-16T22:37:26Z""#,
        ] {
            assert_eq!(checked(wrong), refused, "{wrong}");
        }
    }

    #[test]
    fn what_is_not_of_1_1_is_left_alone() {
        for context in [
            r#"["https://www.w3.org/ns/credentials/v2"]"#,
            r#""https://www.w3.org/2018/credentials/v1""#,
        ] {
            let text = format!(r#"{{"@context":{context}}}"#);
            let value = parse(text.as_bytes(), &Limits::small()).unwrap();
            assert_eq!(in_words_of_2_0(value.as_object().unwrap()), None);
        }
    }
}
