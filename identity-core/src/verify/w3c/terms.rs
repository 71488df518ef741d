//! What the contexts make of a document's terms (VC Data Model 2.0 sections 4.3 and 4.5; JSON-LD 1.1).

#[cfg(feature = "rdfc")]
pub(super) use with_contexts::{check, check_draft};
#[cfg(not(feature = "rdfc"))]
pub(super) use without_contexts::{check, check_draft};

/// Without JSON-LD: whoever names a context that is not known by heart is told so.
#[cfg(not(feature = "rdfc"))]
mod without_contexts {
    use super::super::{AtHand, Problem, problem::Findings};
    use crate::{
        Code,
        credential::{
            CONTEXT,
            data_model::{Place, is_base_context},
        },
        encoding::strict_json::{Object, Value},
        verify::Budget,
    };

    pub(in super::super) fn check(
        document: &Object<'_>,
        _at_hand: &AtHand<'_>,
        _budget: &mut Budget,
        at: &Place<'_>,
        found: &mut Findings,
    ) {
        let here = at.member("@context");
        let context = document.get("@context").and_then(Value::as_array);
        for (index, item) in context.unwrap_or_default().iter().enumerate() {
            let known = item
                .as_str()
                .is_some_and(|url| is_base_context(url) || url == CONTEXT);
            if !known {
                let detail = "what the terms of this context mean was not looked at";
                let at = here.element(index);
                found.warn(Problem::new(Code::VcContextUnchecked, &at, detail));
            }
        }
    }

    pub(in super::super) fn check_draft(
        document: &Object<'_>,
        at_hand: &AtHand<'_>,
        budget: &mut Budget,
        found: &mut Findings,
    ) {
        check(document, at_hand, budget, &Place::ROOT, found);
    }
}

/// With JSON-LD: contexts that cannot be used and types that none of them defines are refused.
#[cfg(feature = "rdfc")]
mod with_contexts {
    use super::super::{AtHand, Problem, problem::Findings, proofs};
    use crate::{
        Code,
        credential::data_model::{DocumentKind, Place},
        encoding::strict_json::{Object, Value},
        ld::{self, LdError},
        verify::Budget,
    };

    /// Claims that stand beside the members of a document in an envelope, and belong to no context
    /// (Securing Verifiable Credentials using JOSE and COSE section 3.1.3).
    const CLAIMS: [&str; 10] = [
        "_sd_alg", "aud", "cnf", "exp", "iat", "iss", "jti", "nbf", "nonce", "sub",
    ];

    /// Looks at the terms of a document whose proof covers its JSON; one that covers its meaning has
    /// done so already.
    ///
    /// Of members that no context defines there is only a warning: they are signed, and JSON-LD lets
    /// them be there, but what they mean nobody but the issuer can say.
    pub(in super::super) fn check(
        document: &Object<'_>,
        at_hand: &AtHand<'_>,
        budget: &mut Budget,
        at: &Place<'_>,
        found: &mut Findings,
    ) {
        if proofs::cover_meaning(document) {
            return;
        }
        match ld::check(&only_types(document), at_hand.contexts, budget) {
            Ok(()) => {}
            Err(error @ LdError::ContextUnknown { .. }) => {
                let at = at.member("@context");
                return found.warn(Problem::new(
                    Code::VcContextUnchecked,
                    &at,
                    error.to_string(),
                ));
            }
            Err(error) => return refuse(&error, at, found),
        }
        let mut members = document.clone();
        // The credentials of a presentation are looked at on their own.
        for name in CLAIMS.iter().chain(&["proof", "verifiableCredential"]) {
            members.remove(name);
        }
        if let Err(error) = ld::check(&members, at_hand.contexts, budget) {
            found.warn(Problem::new(
                Code::VcContextUnchecked,
                at,
                error.to_string(),
            ));
        }
    }

    /// Looks at the terms of a draft: who signs must know every context.
    pub(in super::super) fn check_draft(
        document: &Object<'_>,
        at_hand: &AtHand<'_>,
        budget: &mut Budget,
        found: &mut Findings,
    ) {
        let at = &Place::ROOT;
        if let Err(error) = ld::check(&only_types(document), at_hand.contexts, budget) {
            return refuse(&error, at, found);
        }
        let mut members = document.clone();
        members.remove("proof");
        if let Err(error) = ld::check(&members, at_hand.contexts, budget) {
            found.warn(Problem::new(
                Code::VcContextUnchecked,
                at,
                error.to_string(),
            ));
        }
    }

    fn refuse(error: &LdError, at: &Place<'_>, found: &mut Findings) {
        let (code, member) = match error {
            LdError::TermUndefined { .. } | LdError::Iri { .. } => (Code::VcType, "type"),
            LdError::Budget(error) => (error.code(), "@context"),
            _ => (Code::VcContext, "@context"),
        };
        found.refuse(Problem::new(code, &at.member(member), error.to_string()));
    }

    /// The document's contexts and types, and nothing else.
    fn only_types(document: &Object<'_>) -> Object<'static> {
        let mut only = Object::default();
        if let Some(context) = document.get("@context") {
            only.insert("@context", context.clone().into_owned());
        }
        let types = document.get("type").map(|types| match types {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        });
        // What is no text was named with the data model.
        let types = types.unwrap_or_default().iter().filter_map(Value::as_str);
        let mut types: Vec<String> = types.map(str::to_owned).collect();
        if types.is_empty() {
            // Without any the contexts alone are looked at.
            types.push(DocumentKind::Credential.as_str().to_owned());
        }
        only.insert("type", Value::array(types));
        only
    }
}
