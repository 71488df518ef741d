//! Whether a document means what its member names say.
//!
//! A proof over RDF covers statements, and JSON-LD can write one statement in many ways: `validUntil`
//! can be renamed by a context of the holder's, written as an absolute IRI, or moved into another node
//! object of the same id. The proof still verifies, and whoever looks for `validUntil` by name finds
//! none: a credential that has expired would be valid for ever. Data Integrity 1.0 section 4.6 warns of
//! it; here such documents are refused, so that everything behind may read members by name.

mod wording;

pub(super) use wording::Wording;

use std::collections::BTreeSet;

use super::LdError;
use crate::encoding::strict_json::{Object, Value};

/// What the members mean by which credentials are judged: no context but the standard's own may name
/// them (VC Data Model 2.0 appendix B.1, Bitstring Status List 1.0, and this project's context).
const RESERVED: [&str; 8] = [
    "http://purl.org/dc/terms/created",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "https://schema.org/encodingFormat",
    "https://w3id.org/security#",
    "https://www.iana.org/assignments/jwt#",
    "https://www.w3.org/2018/credentials#",
    "https://www.w3.org/ns/credentials/status#",
    "urn:mandate:vocab:1#",
];

/// Members whose value is JSON and no part of the graph (`@json`), unless [`Wording`] refuses them.
const LITERALS: [&str; 3] = ["_sd", "jsonSchema", "jwk"];

/// Members with documents of their own, each with its own proof.
const OTHER_DOCUMENTS: [&str; 2] = ["proof", "verifiableCredential"];

/// What a proof may say (Data Integrity 1.0 section 2.1). Some of the standard's own contexts have a second
/// name for `expires`.
const PROOF: [&str; 13] = [
    "@context",
    "challenge",
    "created",
    "cryptosuite",
    "domain",
    "expires",
    "id",
    "nonce",
    "previousProof",
    "proofPurpose",
    "proofValue",
    "type",
    "verificationMethod",
];

/// Schemes whose IRIs have no `//`.
const FULL: [&str; 2] = ["did", "urn"];

/// What a definition of a term may say beside what it stands for; the rest of JSON-LD 1.1 section 9.15.1
/// can move members to other nodes.
const DEFINITION: [&str; 6] = [
    "@container",
    "@direction",
    "@id",
    "@language",
    "@protected",
    "@type",
];

/// Refuses a document in which a reserved member may stand under another name or in another place.
///
/// Contexts named by a URL are those that are compiled in or that the caller handed in: they are known.
/// Contexts written into the document are its holder's, and may name nothing that is reserved.
///
/// # Errors
/// [`LdError::NotPlain`], with the place.
pub(crate) fn check(document: &Object<'_>) -> Result<(), LdError> {
    let contexts = document.get("@context").map(items).unwrap_or_default();
    contexts.iter().try_for_each(context)?;
    let mut reading = Reading {
        contexts,
        described: BTreeSet::new(),
    };
    reading.describes(document)?;
    for (name, value) in document.iter() {
        if name != "@context" && !OTHER_DOCUMENTS.contains(&name) {
            reading.member(name, value, document)?;
        }
    }
    let presented = document.get("verifiableCredential").map(items);
    let presented = presented.unwrap_or_default().iter();
    // What has no proof of its own is secured by this one.
    presented
        .filter_map(Value::as_object)
        .filter(|inner| inner.get("proof").is_none())
        .try_for_each(check)
}

/// Refuses a proof in which a member may stand under another name.
///
/// # Errors
/// [`LdError::NotPlain`], with the member.
pub(crate) fn check_proof(proof: &Object<'_>) -> Result<(), LdError> {
    let mut names = proof.iter().map(|(name, _)| name);
    match names.find(|name| !PROOF.contains(name)) {
        None => Ok(()),
        Some(name) => Err(refused(name, "a proof has no such member")),
    }
}

/// Tells whether a document carries contexts of its own, under which a claim's name says little.
pub(crate) fn has_contexts_of_its_own(document: &Object<'_>) -> bool {
    let contexts = document.get("@context").map(items).unwrap_or_default();
    contexts.iter().any(|item| item.as_object().is_some())
}

/// What is known while a document is read.
struct Reading<'d, 'a> {
    /// The document's contexts.
    contexts: &'d [Value<'a>],
    /// The ids that an object with other members has.
    described: BTreeSet<&'d str>,
}

/// Takes the context out of an entry that holds nothing else, `{"@context": {..}}`.
///
/// To the letter (JSON-LD 1.1 API section 4.1.2) such an entry would redefine a keyword, and nothing could
/// be made of it. The processors in use take it for what it holds, and the W3C's suites sign chains of
/// proofs in that reading; there is no third. Whoever looks at a context or derives one looks at this.
pub(super) fn without_wrapper<'v, 'a>(entry: &'v Value<'a>) -> &'v Value<'a> {
    let alone = entry.as_object().filter(|object| object.len() == 1);
    let held = alone.and_then(|object| object.get("@context"));
    held.filter(|held| held.as_object().is_some())
        .unwrap_or(entry)
}

/// A value that may stand alone or in an array.
fn items<'v, 'a>(value: &'v Value<'a>) -> &'v [Value<'a>] {
    value
        .as_array()
        .unwrap_or_else(|| core::slice::from_ref(value))
}

fn refused(at: &str, reason: &'static str) -> LdError {
    LdError::NotPlain {
        at: at.chars().take(128).collect(),
        reason,
    }
}

impl<'d> Reading<'d, '_> {
    /// Notes what an object describes. Two objects of one id are one node: what is in the one could as
    /// well stand in the other, where nobody looks for it.
    fn describes(&mut self, object: &'d Object<'_>) -> Result<(), LdError> {
        let Some(id) = object.get("id").and_then(Value::as_str) else {
            return Ok(());
        };
        if id.starts_with("_:") {
            return Err(refused("id", "the label of a blank node"));
        }
        if object.len() > 1 && !self.described.insert(id) {
            return Err(refused("id", "two objects of one id"));
        }
        Ok(())
    }

    /// Checks a member of a node or value object, and what is in it.
    fn member(
        &mut self,
        name: &str,
        value: &'d Value<'_>,
        within: &Object<'_>,
    ) -> Result<(), LdError> {
        match name {
            "@value" if within.get("@type").is_none() => has_no_spelling(value)?,
            "@value" | "@language" | "@direction" | "@list" => {}
            "@type" if within.get("@value").is_some() => native(value)?,
            _ if name.starts_with('@') => {
                return Err(refused(name, "a keyword that can move members"));
            }
            _ => self.name(name)?,
        }
        if LITERALS.contains(&name) {
            return Ok(());
        }
        self.value(value)
    }

    /// Checks a name that is more than a term: a full IRI, or a short form by a term of the document's
    /// own contexts, which were looked at.
    fn name(&self, name: &str) -> Result<(), LdError> {
        let Some((prefix, rest)) = name.split_once(':') else {
            return Ok(());
        };
        if touches_reserved(name) {
            return Err(refused(name, "a reserved member under its full name"));
        }
        let is_full = rest.starts_with("//") || FULL.contains(&prefix);
        let explained = self
            .contexts
            .iter()
            .any(|terms| without_wrapper(terms).get(prefix).is_some());
        if is_full || explained {
            return Ok(());
        }
        Err(refused(
            name,
            "a short form that the document does not explain",
        ))
    }

    fn value(&mut self, value: &'d Value<'_>) -> Result<(), LdError> {
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| self.value(item)),
            Value::Object(object) => {
                self.describes(object)?;
                object
                    .iter()
                    .try_for_each(|(name, value)| self.member(name, value, object))
            }
            _ => Ok(()),
        }
    }
}

/// Refuses a value that JSON can write without an object around it.
fn has_no_spelling(value: &Value<'_>) -> Result<(), LdError> {
    match value {
        Value::Bool(_) | Value::Number(_) => {
            Err(refused("@value", "a value that JSON has a spelling for"))
        }
        _ => Ok(()),
    }
}

/// Refuses the type of a value that JSON can write itself: `true` has one spelling.
fn native(value: &Value<'_>) -> Result<(), LdError> {
    let kind = value.as_str().unwrap_or_default();
    let name = kind.rsplit(['#', ':', '/']).next();
    if name.is_some_and(|name| ["boolean", "double", "integer"].contains(&name)) {
        return Err(refused("@type", "a value that JSON has a spelling for"));
    }
    Ok(())
}

/// Checks one entry of `@context`.
fn context(entry: &Value<'_>) -> Result<(), LdError> {
    let terms = match without_wrapper(entry) {
        Value::String(_) => return Ok(()),
        Value::Object(terms) => terms,
        _ => return Err(refused("@context", "neither a URL nor an object")),
    };
    for (name, definition) in terms.iter() {
        match (name, definition) {
            ("@version" | "@protected" | "@language" | "@direction", _) => {}
            ("@vocab", Value::String(iri)) => stands_for(name, iri, terms)?,
            _ if name.starts_with('@') => {
                return Err(refused(name, "a keyword that can move members"));
            }
            (_, Value::Null) => {}
            (_, Value::String(iri)) => stands_for(name, iri, terms)?,
            (_, Value::Object(definition)) => self::definition(name, definition, terms)?,
            _ => return Err(refused(name, "no definition of a term")),
        }
    }
    Ok(())
}

fn definition(name: &str, definition: &Object<'_>, terms: &Object<'_>) -> Result<(), LdError> {
    for (part, value) in definition.iter() {
        if !DEFINITION.contains(&part) {
            return Err(refused(name, "a definition that can move members"));
        }
        if part == "@container" {
            let keeps =
                |kind: &Value<'_>| matches!(kind.as_str(), Some("@list" | "@set" | "@language"));
            if !items(value).iter().all(keeps) {
                return Err(refused(name, "a container that can move members"));
            }
        }
    }
    match definition.get("@id") {
        None | Some(Value::Null) => stands_for(name, name, terms),
        Some(Value::String(iri)) => stands_for(name, iri, terms),
        Some(_) => Err(refused(name, "no definition of a term")),
    }
}

/// Checks what a term stands for: an absolute IRI, or a short form by a term of the same context.
fn stands_for(name: &str, iri: &str, terms: &Object<'_>) -> Result<(), LdError> {
    if iri.starts_with('@') {
        return Err(refused(name, "another name for a keyword"));
    }
    let Some((prefix, rest)) = iri.split_once(':') else {
        // A term alone, or a part of the vocabulary: the latter is checked where that is named.
        return if name == "@vocab" || iri == name {
            Ok(())
        } else {
            Err(refused(name, "another name for a term"))
        };
    };
    if rest.starts_with("//") || FULL.contains(&prefix) {
        return if touches_reserved(iri) || RESERVED.iter().any(|r| r.starts_with(iri)) {
            Err(refused(name, "another name for a reserved member"))
        } else {
            Ok(())
        };
    }
    let long = match terms.get(prefix) {
        Some(Value::String(long)) => Some(long.as_ref()),
        Some(definition) => definition.get("@id").and_then(Value::as_str),
        None => None,
    };
    // One step only: what a prefix stands for is no short form itself.
    match long {
        Some(long) if long.contains("://") || long.starts_with("urn:") => {
            let whole = format!("{long}{rest}");
            if touches_reserved(&whole) || RESERVED.iter().any(|r| r.starts_with(&whole)) {
                Err(refused(name, "another name for a reserved member"))
            } else {
                Ok(())
            }
        }
        _ => Err(refused(
            name,
            "a short form that this context does not explain",
        )),
    }
}

fn touches_reserved(iri: &str) -> bool {
    RESERVED.iter().any(|reserved| iri.starts_with(reserved))
}

#[cfg(test)]
mod tests;
