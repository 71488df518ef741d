//! Envelopes (VC Data Model 2.0 sections 4.13.1 and 4.13.2; Securing Verifiable Credentials using
//! JOSE and COSE).

use super::{AtHand, Binding, Problem, Question, at_hand::ByReference, problem::Findings};
use crate::{
    Code,
    credential::data_model::Place,
    encoding::strict_json::{Object, Value},
    proof::{
        SignerDid,
        enveloping::{self, Expected, Kind, MediaType, Secured, SignatureLife},
    },
    verify::Budget,
};

/// Splits the `id` of an envelope into what it is and its text, if it holds what is expected there.
pub(super) fn split<'d>(
    document: &'d Object<'_>,
    kind: Kind,
    at: &Place<'_>,
    found: &mut Findings,
) -> Option<(MediaType, &'d str)> {
    let id = document.get("id").and_then(Value::as_str);
    let id = id.unwrap_or_default();
    match MediaType::split_data_url(id) {
        Ok((media_type, text)) => is_of(media_type, kind, at, found).then_some((media_type, text)),
        Err(error) => {
            found.refuse(Problem::of_envelope(&error, &at.member("id")));
            None
        }
    }
}

/// Refuses a presentation where a credential is expected, and the other way round.
pub(super) fn is_of(
    media_type: MediaType,
    kind: Kind,
    at: &Place<'_>,
    found: &mut Findings,
) -> bool {
    let fits = media_type.kind() == kind;
    if !fits {
        let detail = format!("{} is not expected here", media_type.as_str());
        found.refuse(Problem::new(Code::VcMediaType, at, detail));
    }
    fits
}

/// Verifies an envelope and returns what is in it, with whose key signed it: that of the issuer or
/// holder named inside.
pub(super) fn open(
    (media_type, text): (MediaType, &str),
    question: &Question<'_>,
    at_hand: &AtHand<'_>,
    budget: &mut Budget,
    at: &Place<'_>,
    found: &mut Findings,
) -> Option<(SignerDid, Object<'static>)> {
    let expected = Expected {
        media_type,
        life: SignatureLife::JudgeAt(question.now),
    };
    let resolver = ByReference(at_hand.resolver);
    match enveloping::verify(text, expected, &resolver, budget) {
        Ok((signer, secured)) => {
            bindings(&secured, question, at, found);
            Some((signer, secured.document))
        }
        Err(error) => {
            found.refuse(Problem::of_envelope(&error, at));
            None
        }
    }
}

/// Compares whom the document was made for: by the key binding where there is one, else by the claims
/// `nonce` and `aud` (RFC 9901 section 4.3; RFC 7519 section 4.1.3).
fn bindings(secured: &Secured, question: &Question<'_>, at: &Place<'_>, found: &mut Findings) {
    let claim = |name| secured.document.get(name);
    let (nonce, audience) = match &secured.key_binding {
        Some(binding) => (
            Some(Some(binding.nonce.as_str())),
            Some(vec![binding.audience.as_str()]),
        ),
        None => (claim("nonce").map(Value::as_str), claim("aud").map(names)),
    };
    let fits = match question.challenge {
        Binding::Absent => nonce.is_none(),
        Binding::Any => true,
        Binding::Exactly(challenge) => nonce == Some(Some(challenge)),
    };
    if !fits {
        found.refuse(Problem::of_binding("challenge", at));
    }
    let fits = match question.domain {
        Binding::Absent => audience.is_none(),
        Binding::Any => true,
        Binding::Exactly(domain) => {
            audience.is_some_and(|names| domain.iter().all(|name| names.contains(name)))
                && !domain.is_empty()
        }
    };
    if !fits {
        found.refuse(Problem::of_binding("domain", at));
    }
}

fn names<'v>(value: &'v Value<'_>) -> Vec<&'v str> {
    let items = value
        .as_array()
        .unwrap_or_else(|| std::slice::from_ref(value));
    items.iter().filter_map(Value::as_str).collect()
}
