//! Which checks are made, in which order.

use super::{
    AtHand, Authentic, Binding, Credential, NotAuthentic, Presentation, Presented, Problem,
    Question, Secured, binding, enveloped, problem::Findings, proofs, related, schema, status,
    validity,
};
use crate::{
    Code,
    credential::data_model::{
        DocumentKind, ModelErrors, Place, check_credential, check_envelope, check_presentation,
        holder, issuer,
    },
    did::Relationship,
    encoding::strict_json::{Object, Value},
    proof::SignerDid,
    verify::Budget,
};

/// Verifies a credential of anybody (VC Data Model 2.0 section 7.1).
///
/// # Errors
/// [`NotAuthentic`] with everything found: that the document is not one of the data model, that a proof
/// does not verify, that the issuer it names did not sign it, or what the question demands beyond.
pub fn verify_credential(
    secured: Secured<'_>,
    question: &Question<'_>,
    at_hand: &AtHand<'_>,
    budget: &mut Budget,
) -> Result<Authentic<Credential>, NotAuthentic> {
    let mut found = Findings::default();
    let credential = match secured {
        Secured::Object(document) if DocumentKind::EnvelopedCredential.is_named_by(document) => {
            let checked = check_envelope(document, DocumentKind::EnvelopedCredential);
            note(checked, &mut found);
            envelope(document, &Place::ROOT, &mut found);
            None
        }
        Secured::Object(document) => {
            note(check_credential(document), &mut found);
            let at = &Place::ROOT;
            Some(credential(
                document, question, at_hand, budget, at, &mut found,
            ))
        }
        Secured::Text { media_type, .. } => {
            enveloped::refuse(media_type, &Place::ROOT, &mut found);
            None
        }
    };
    finish(credential, found)
}

/// Verifies a presentation of anybody and every credential in it (VC Data Model 2.0 sections 4.13 and
/// 7.1).
///
/// # Errors
/// [`NotAuthentic`] with everything found, in the presentation and in the credentials.
pub fn verify_presentation(
    secured: Secured<'_>,
    question: &Question<'_>,
    at_hand: &AtHand<'_>,
    budget: &mut Budget,
) -> Result<Authentic<Presentation>, NotAuthentic> {
    let mut found = Findings::default();
    let presentation = match secured {
        Secured::Object(document) if DocumentKind::EnvelopedPresentation.is_named_by(document) => {
            let checked = check_envelope(document, DocumentKind::EnvelopedPresentation);
            note(checked, &mut found);
            envelope(document, &Place::ROOT, &mut found);
            None
        }
        Secured::Object(document) => {
            note(check_presentation(document), &mut found);
            let checked = presentation(document, question, at_hand, budget, &mut found);
            Some(checked)
        }
        Secured::Text { media_type, .. } => {
            enveloped::refuse(media_type, &Place::ROOT, &mut found);
            None
        }
    };
    finish(presentation, found)
}

/// Checks a credential that is about to be signed: the data model, and the schemas and resources at
/// hand. Returns what could not be checked.
///
/// # Errors
/// [`NotAuthentic`] with everything found.
pub fn check_draft(
    document: &Object<'_>,
    at_hand: &AtHand<'_>,
) -> Result<Vec<Problem>, NotAuthentic> {
    let mut found = Findings::default();
    note(check_credential(document), &mut found);
    schema::check(document, at_hand, &Place::ROOT, &mut found);
    related::check(document, at_hand, &Place::ROOT, &mut found);
    found.into_result()
}

/// Ends the checks: only what has passed all of them is authentic.
fn finish<T>(checked: Option<T>, found: Findings) -> Result<Authentic<T>, NotAuthentic> {
    let Some(checked) = checked else {
        return Err(found.into_refusal());
    };
    let warnings = found.into_result()?;
    Ok(Authentic::assertion(checked, warnings))
}

fn note(checked: Result<(), ModelErrors>, found: &mut Findings) {
    if let Err(errors) = checked {
        for error in errors.found() {
            found.refuse(Problem::of_model(error));
        }
    }
}

fn envelope(document: &Object<'_>, at: &Place<'_>, found: &mut Findings) {
    let id = document
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let media_type = id
        .strip_prefix("data:")
        .and_then(|rest| rest.split(',').next());
    enveloped::refuse(media_type.unwrap_or_default(), &at.member("id"), found);
}

/// Verifies one credential with an embedded proof, whose data model has been looked at.
fn credential(
    document: &Object<'_>,
    question: &Question<'_>,
    at_hand: &AtHand<'_>,
    budget: &mut Budget,
    at: &Place<'_>,
    found: &mut Findings,
) -> Credential {
    let purpose = Relationship::AssertionMethod;
    let signers = proofs::signers(document, purpose, question, at_hand, budget, at, found);
    bind_issuer(document, &signers, at, found);
    contents(document, question, at_hand, at, found);
    Credential {
        document: without_proof(document),
        signers,
    }
}

fn bind_issuer(document: &Object<'_>, signers: &[SignerDid], at: &Place<'_>, found: &mut Findings) {
    // Without a signer or an issuer something was refused already.
    if let (Some(issuer), false) = (issuer(document), signers.is_empty()) {
        let at = at.member("issuer");
        binding::check(issuer, signers, Code::IssuerMismatch, &at, found);
    }
}

/// Everything that is asked about what a credential says, however it was secured.
fn contents(
    document: &Object<'_>,
    question: &Question<'_>,
    at_hand: &AtHand<'_>,
    at: &Place<'_>,
    found: &mut Findings,
) {
    validity::check(document, question, at, found);
    status::check(document, question, at_hand, at, found);
    schema::check(document, at_hand, at, found);
    related::check(document, at_hand, at, found);
}

fn presentation(
    document: &Object<'_>,
    question: &Question<'_>,
    at_hand: &AtHand<'_>,
    budget: &mut Budget,
    found: &mut Findings,
) -> Presentation {
    let at = &Place::ROOT;
    let purpose = Relationship::Authentication;
    let signers = proofs::signers(document, purpose, question, at_hand, budget, at, found);
    let named = holder(document);
    if let (Some(holder), false) = (named, signers.is_empty()) {
        let at = at.member("holder");
        binding::check(holder, &signers, Code::VcHolderMismatch, &at, found);
    }
    let inside = Question {
        challenge: Binding::Any,
        domain: Binding::Any,
        ..*question
    };
    let here = at.member("verifiableCredential");
    let mut credentials = Vec::new();
    let mut one = |value: &Value<'_>, at: &Place<'_>| {
        // Others were refused with the data model.
        let Some(object) = value.as_object() else {
            return;
        };
        if DocumentKind::EnvelopedCredential.is_named_by(object) {
            envelope(object, at, found);
        } else if object.get("proof").is_none() && named.is_some() && issuer(object) == named {
            contents(object, &inside, at_hand, at, found);
            let object = object.clone().into_owned();
            credentials.push(Presented::SelfAsserted(Box::new(object)));
        } else {
            let checked = credential(object, &inside, at_hand, budget, at, found);
            credentials.push(Presented::Credential(Box::new(checked)));
        }
    };
    match document.get("verifiableCredential") {
        None => {}
        Some(Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                one(item, &here.element(index));
            }
        }
        Some(value) => one(value, &here),
    }
    Presentation {
        document: without_proof(document),
        signers,
        credentials,
    }
}

fn without_proof(document: &Object<'_>) -> Object<'static> {
    let mut document = document.clone();
    document.remove("proof");
    document.into_owned()
}
