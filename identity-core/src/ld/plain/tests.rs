use jiff::Timestamp;

use super::*;
use crate::ld::{Contexts, canonicalize_object};
use crate::{
    Code,
    did::{self, LocalResolver, Relationship},
    encoding::strict_json::{Limits, parse},
    key::{Algorithm, SecretKey, Signer as _},
    proof::data_integrity::{self, Cryptosuite, Expected, ProofOptions, Strictness},
    verify::Budget,
};

fn object(text: &str) -> Object<'static> {
    match parse(text.as_bytes(), &Limits::large())
        .unwrap()
        .into_owned()
    {
        Value::Object(object) => object,
        other => panic!("{other:?}"),
    }
}

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const LATER: Timestamp = Timestamp::MAX;

/// A credential that expired, of a subject with a restriction, and revocable.
const SIGNED: &str = r#"{
  "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2",
    {"knows": {"@id": "https://example.org/knows", "@type": "@id"}}],
  "id": "urn:example:credential",
  "type": ["VerifiableCredential"],
  "issuer": "ISSUER",
  "validUntil": "2020-01-01T00:00:00Z",
  "credentialSubject": {"id": "urn:example:subject", "restricted": true, "knows": "urn:example:other"},
  "credentialStatus": {"id": "urn:example:status", "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
    "statusListIndex": "7", "statusListCredential": "https://example.org/status"}
}"#;

fn key() -> SecretKey {
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &[5; 32]).unwrap()
}

/// The credential, signed over its RDF.
fn signed() -> Object<'static> {
    sign(SIGNED)
}

fn sign(text: &str) -> Object<'static> {
    let key = key();
    let did = did::key::create(key.public_key());
    let method = did.with_fragment(did.specific_id()).unwrap();
    let mut options = ProofOptions::new(
        Cryptosuite::EddsaRdfc2022,
        method,
        Relationship::AssertionMethod,
        NOW,
    );
    options.expires = Some(LATER);
    let document = object(&text.replace("ISSUER", did.as_str()));
    data_integrity::sign(document, &options, &key).unwrap()
}

/// What a proof over the document signs: the statements of both, whatever the JSON looks like.
fn statements(document: &Object<'_>) -> (String, String) {
    let canonical = |object: &Object<'_>, absent| {
        let (contexts, mut budget) = (Contexts::standard(), Budget::presentation());
        canonicalize_object(object, Some(absent), Wording::Any, &contexts, &mut budget)
    };
    let proof = document.get("proof").and_then(Value::as_object);
    let mut proof = proof.unwrap().clone();
    proof.insert("@context", document.get("@context").unwrap().clone());
    let statements = canonical(document, "proof").unwrap();
    (statements, canonical(&proof, "proofValue").unwrap())
}

fn verify(document: &Object<'_>) -> Result<(), Code> {
    let expected = Expected {
        strictness: Strictness::W3c,
        ..Expected::mandate(Relationship::AssertionMethod, NOW)
    };
    let mut budget = Budget::presentation();
    data_integrity::verify(document, &expected, &LocalResolver::new(), &mut budget)
        .map(drop)
        .map_err(|error| error.code())
}

fn with_context(document: &mut Object<'static>, context: &str) {
    let Some(Value::Array(contexts)) = document.get_mut("@context") else {
        panic!("no contexts");
    };
    contexts.push(object(context).into());
}

/// What a holder can do to the JSON without touching what is signed: each turns the signed document
/// into another of the same RDF.
fn attacks() -> Vec<(&'static str, Object<'static>)> {
    let mut attacks = Vec::new();
    let mut attack = |name, change: &dyn Fn(&mut Object<'static>)| {
        let mut document = signed();
        change(&mut document);
        attacks.push((name, document));
    };
    let date = r#"{"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": "2020-01-01T00:00:00Z"}"#;
    attack("another name by a context", &|document| {
        let term = r#"{"ends": {"@id": "https://www.w3.org/2018/credentials#validUntil",
            "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}}"#;
        with_context(document, term);
        let value = document.remove("validUntil").unwrap();
        document.insert("ends", value);
    });
    attack("another name by a prefix", &|document| {
        with_context(document, r#"{"c": "https://www.w3.org/2018/credentials#"}"#);
        document.remove("validUntil");
        document.insert("c:validUntil", object(date).into());
    });
    attack("another name by a short prefix", &|document| {
        with_context(
            document,
            r#"{"c": {"@id": "https://www.w3.org/2018/cred", "@prefix": true}}"#,
        );
        document.remove("validUntil");
        document.insert("c:entials#validUntil", object(date).into());
    });
    attack("another name in two steps", &|document| {
        let terms = r#"{"w": "https://www.w3.org/2018/", "ends": {"@id": "w:credentials#validUntil",
            "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}}"#;
        with_context(document, terms);
        let value = document.remove("validUntil").unwrap();
        document.insert("ends", value);
    });
    attack("the full name", &|document| {
        document.remove("validUntil");
        document.insert(
            "https://www.w3.org/2018/credentials#validUntil",
            object(date).into(),
        );
    });
    attack("another object of the same id, included", &|document| {
        let value = document.remove("validUntil").unwrap();
        let mut again =
            object(r#"{"id": "urn:example:credential", "type": "VerifiableCredential"}"#);
        again.insert("validUntil", value);
        document.insert("@included", Value::Array(vec![again.into()]));
    });
    attack("an alias of included", &|document| {
        with_context(document, r#"{"more": "@included"}"#);
        let value = document.remove("validUntil").unwrap();
        let mut again =
            object(r#"{"id": "urn:example:credential", "type": "VerifiableCredential"}"#);
        again.insert("validUntil", value);
        document.insert("more", again.into());
    });
    attack("the status in another object", &|document| {
        let status = document.remove("credentialStatus").unwrap();
        document.insert(
            "credentialStatus",
            object(r#"{"id": "urn:example:status"}"#).into(),
        );
        document.insert("@included", status);
    });
    attack("the status from behind", &|document| {
        let Some(Value::Object(mut status)) = document.remove("credentialStatus") else {
            panic!("no status");
        };
        let back = r#"{"https://www.w3.org/2018/credentials#credentialStatus": {"id": "urn:example:credential"}}"#;
        status.insert("@reverse", object(back).into());
        document.insert("@included", status.into());
    });
    attack("a set around the subject", &|document| {
        let subject = document.remove("credentialSubject").unwrap();
        document.insert("credentialSubject", Value::object([("@set", subject)]));
    });
    attack("the subject's id as a keyword", &|document| {
        let Some(Value::Object(subject)) = document.get_mut("credentialSubject") else {
            panic!("no subject");
        };
        let id = subject.remove("id").unwrap();
        subject.insert("@id", id);
    });
    attack("an alias of id", &|document| {
        with_context(document, r#"{"ident": "@id"}"#);
        let Some(Value::Object(subject)) = document.get_mut("credentialSubject") else {
            panic!("no subject");
        };
        let id = subject.remove("id").unwrap();
        subject.insert("ident", id);
    });
    attack(
        "a claim in another object of the subject's id",
        &|document| {
            let Some(Value::Object(subject)) = document.remove("credentialSubject") else {
                panic!("no subject");
            };
            let mut bare = subject.clone();
            let claim = bare.remove("restricted").unwrap();
            let mut rest = object(r#"{"id": "urn:example:subject"}"#);
            rest.insert("restricted", claim);
            document.insert(
                "credentialSubject",
                Value::Array(vec![bare.into(), rest.into()]),
            );
        },
    );
    attack("true in words", &|document| {
        let Some(Value::Object(subject)) = document.get_mut("credentialSubject") else {
            panic!("no subject");
        };
        let claim = r#"{"@type": "http://www.w3.org/2001/XMLSchema#boolean", "@value": "true"}"#;
        subject.insert("restricted", object(claim).into());
    });
    attack("the end of the proof under another name", &|document| {
        let Some(Value::Array(contexts)) = document.get_mut("@context") else {
            panic!("no contexts");
        };
        contexts.insert(1, "https://w3id.org/security/v1".into());
        let Some(Value::Object(proof)) = document.get_mut("proof") else {
            panic!("no proof");
        };
        let value = proof.remove("expires").unwrap();
        proof.insert("expiration", value);
    });
    attack("the end of the proof by another's prefix", &|document| {
        let Some(Value::Array(contexts)) = document.get_mut("@context") else {
            panic!("no contexts");
        };
        contexts.insert(1, "https://w3id.org/security/v1".into());
        let Some(Value::Object(proof)) = document.get_mut("proof") else {
            panic!("no proof");
        };
        let value = proof.remove("expires").unwrap();
        proof.insert(
            "sec:expiration",
            Value::object([
                (
                    "@type",
                    Value::from("http://www.w3.org/2001/XMLSchema#dateTime"),
                ),
                ("@value", value),
            ]),
        );
    });
    attack("a context inside", &|document| {
        let Some(Value::Object(subject)) = document.get_mut("credentialSubject") else {
            panic!("no subject");
        };
        let claim = subject.remove("restricted").unwrap();
        let context = r#"{"free": "https://www.w3.org/ns/credentials/examples#restricted"}"#;
        subject.insert("@context", object(context).into());
        subject.insert("free", claim);
    });
    attack("JSON by its name that is none", &|document| {
        with_context(
            document,
            r#"{"jsonSchema": {"@id": "https://example.org/knows", "@type": "@id"}}"#,
        );
        let value = document.remove("validUntil").unwrap();
        let mut again =
            object(r#"{"id": "urn:example:credential", "type": "VerifiableCredential"}"#);
        again.insert("validUntil", value);
        let Some(Value::Object(subject)) = document.get_mut("credentialSubject") else {
            panic!("no subject");
        };
        let mut other = object(r#"{"id": "urn:example:other"}"#);
        subject.remove("knows");
        other.insert("@included", again.into());
        subject.insert("jsonSchema", other.into());
    });
    attack("the list's URL in short", &|document| {
        with_context(document, r#"{"s": "https://example.org/"}"#);
        let Some(Value::Object(status)) = document.get_mut("credentialStatus") else {
            panic!("no status");
        };
        status.insert("statusListCredential", "s:status".into());
    });
    attack("the subject's id in full and in short", &|document| {
        with_context(document, r#"{"s": "urn:example:"}"#);
        let Some(Value::Object(subject)) = document.remove("credentialSubject") else {
            panic!("no subject");
        };
        let mut bare = subject.clone();
        let claim = bare.remove("restricted").unwrap();
        let mut rest = object(r#"{"id": "s:subject"}"#);
        rest.insert("restricted", claim);
        document.insert(
            "credentialSubject",
            Value::Array(vec![bare.into(), rest.into()]),
        );
    });
    attack("a vocabulary that is half an address", &|document| {
        with_context(
            document,
            r#"{"@vocab": "https:", "https": "https://example.org/"}"#,
        );
        document.remove("validUntil");
        document.insert(
            "//www.w3.org/2018/credentials#validUntil",
            object(date).into(),
        );
        let Some(Value::Object(subject)) = document.get_mut("credentialSubject") else {
            panic!("no subject");
        };
        let claim = subject.remove("restricted").unwrap();
        subject.insert("//www.w3.org/ns/credentials/examples#restricted", claim);
    });
    attack("a type in full before its name", &|document| {
        let Some(Value::Object(status)) = document.get_mut("credentialStatus") else {
            panic!("no status");
        };
        let types = [
            "https://www.w3.org/ns/credentials/status#BitstringStatusListEntry",
            "BitstringStatusListEntry",
        ];
        status.insert("type", Value::array(types));
    });
    attack("true as a value object", &|document| {
        let Some(Value::Object(subject)) = document.get_mut("credentialSubject") else {
            panic!("no subject");
        };
        subject.insert("restricted", object(r#"{"@value": true}"#).into());
    });
    attacks
}

#[test]
fn the_document_as_signed_is_plain() {
    let document = signed();
    assert_eq!(verify(&document), Ok(()));
    assert!(has_contexts_of_its_own(&document));
}

#[test]
fn a_proof_says_what_the_standard_names_and_no_more() {
    // Signed with the document's own words for it, and so covered; but no reader knows what it does.
    let mut document = signed();
    let Some(Value::Object(proof)) = document.get_mut("proof") else {
        panic!("no proof");
    };
    proof.insert("audience", "somebody else".into());
    assert_eq!(verify(&document), Err(Code::LdNotPlain));
    let proof = object(r#"{"type": "DataIntegrityProof", "expires": "2030-01-01T00:00:00Z"}"#);
    assert_eq!(check_proof(&proof), Ok(()));
}

#[test]
fn a_document_that_says_the_same_in_other_places_is_refused() {
    let as_signed = statements(&signed());
    let mut missed = Vec::new();
    for (name, document) in attacks() {
        // The signature would let it pass: that is why the check is there.
        assert_eq!(statements(&document), as_signed, "{name}: no attack");
        if verify(&document) != Err(Code::LdNotPlain) {
            missed.push((name, verify(&document)));
        }
    }
    assert_eq!(missed, []);
}

#[test]
fn contexts_may_name_what_is_theirs() {
    for context in [
        r#"{"ex": "https://example.org/", "votes": "ex:votes"}"#,
        r#"{"votes": {"@id": "https://example.org/votes", "@type": "@id", "@container": "@list"}}"#,
        r#"{"@vocab": "https://example.org/#", "votes": null}"#,
        r#"{"vote": "urn:example:vote", "did": "did:example:1"}"#,
    ] {
        let mut document = object(SIGNED);
        with_context(&mut document, context);
        assert_eq!(check(&document), Ok(()), "{context}");
    }
}

#[test]
fn contexts_may_not_name_what_is_reserved_or_move_members() {
    for context in [
        r#"{"a": "https://w3id.org/security#proof"}"#,
        r#"{"a": "https://www.w3.org/ns/credentials/status#statusListIndex"}"#,
        r#"{"a": "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"}"#,
        r#"{"a": "https://"}"#,
        r#"{"a": "urn:mandate:vocab:1#term"}"#,
        r#"{"@vocab": "https://www.w3.org/2018/credentials#"}"#,
        r#"{"@import": "https://example.org/context"}"#,
        r#"{"@base": "https://example.org/"}"#,
        r#"{"@propagate": false}"#,
        r#"{"a": {"@id": "https://example.org/a", "@context": {}}}"#,
        r#"{"a": {"@reverse": "https://example.org/a"}}"#,
        r#"{"a": {"@id": "https://example.org/a", "@container": "@graph"}}"#,
        r#"{"a": {"@id": "https://example.org/a", "@nest": "b"}}"#,
        r#"{"a": {"@id": "@type"}}"#,
        r#"{"a": {"@id": 7}}"#,
        r#"{"a": 7}"#,
        r#"{"a": "validUntil"}"#,
        r#"{"a": "cred:validUntil"}"#,
        r#"{"b": "https://example.org/", "a": "c:x", "c": "b:y"}"#,
    ] {
        let mut document = object(SIGNED);
        with_context(&mut document, context);
        let refused = check(&document).map_err(|error| error.code());
        assert_eq!(refused, Err(Code::LdNotPlain), "{context}");
    }
    let mut document = object(SIGNED);
    document.insert("@context", Value::Array(vec![Value::Null]));
    assert!(check(&document).is_err());
}

#[test]
fn a_blank_node_has_no_name_to_be_found_by() {
    let mut document = object(SIGNED);
    document.insert("id", "_:a".into());
    assert!(check(&document).is_err());
}

#[test]
fn json_inside_a_literal_is_its_own() {
    let mut document = object(SIGNED);
    let schema =
        r#"{"type": "JsonSchema", "jsonSchema": {"properties": {"@context": {"@id": 1}}}}"#;
    document.insert("credentialSubject", object(schema).into());
    assert_eq!(check(&document), Ok(()));
}

/// What a holder can do to a credential of Data Model 1.1: its context has prefixes inside.
#[test]
fn a_prefix_that_a_type_defines_anew_is_refused() {
    let contexts = r#"["https://www.w3.org/2018/credentials/v1", "https://w3id.org/security/data-integrity/v2"]"#;
    let dates =
        r#""issuanceDate": "2019-01-01T00:00:00Z", "expirationDate": "2020-01-01T00:00:00Z""#;
    let text = format!(
        r#"{{"@context": {contexts}, "type": ["VerifiableCredential"], "issuer": "ISSUER", {dates},
            "credentialSubject": {{"id": "urn:example:subject"}}}}"#
    );
    let document = sign(&text);
    assert_eq!(verify(&document), Ok(()));
    let mut attack = document.clone();
    with_context(&mut attack, r#"{"cred": "https://example.org/"}"#);
    attack.remove("expirationDate");
    let date = r#"{"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": "2020-01-01T00:00:00Z"}"#;
    attack.insert("cred:expirationDate", object(date).into());
    assert_eq!(statements(&attack), statements(&document), "no attack");
    assert_eq!(verify(&attack), Err(Code::LdNotPlain));
}

/// A context that a caller hands in is known, and the holder still chooses among those that are.
#[test]
fn contexts_at_hand_may_give_no_other_names_either() {
    const URL: &str = "https://example.org/context";
    let date = r#"{"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": "2020-01-01T00:00:00Z"}"#;
    for (terms, member, value) in [
        (
            r#"{"ends": "https://www.w3.org/2018/credentials#validUntil"}"#,
            "ends",
            date.to_owned(),
        ),
        (
            r#"{"more": "@nest"}"#,
            "more",
            r#"{"validUntil": "2020-01-01T00:00:00Z"}"#.to_owned(),
        ),
        (
            r#"{"more": "@included"}"#,
            "more",
            r#"{"id": "urn:example:credential", "type": "VerifiableCredential", "validUntil": "2020-01-01T00:00:00Z"}"#
                .to_owned(),
        ),
    ] {
        let document = format!(r#"{{"@context": {terms}}}"#);
        let contexts = Contexts::standard().with(URL, document.as_bytes()).unwrap();
        let expected = Expected {
            strictness: Strictness::W3c,
            ..Expected::mandate(Relationship::AssertionMethod, NOW)
        };
        let verified = |document: &Object<'_>| {
            let mut budget = Budget::presentation();
            let resolver = LocalResolver::new();
            data_integrity::verify_with_contexts(document, &expected, &contexts, &resolver, &mut budget)
                .map(drop)
                .map_err(|error| error.code())
        };
        let mut attack = signed();
        let Some(Value::Array(list)) = attack.get_mut("@context") else {
            panic!("no contexts");
        };
        list.push(URL.into());
        assert_eq!(verified(&attack), Ok(()), "{terms}");
        attack.remove("validUntil");
        attack.insert(member, object(&value).into());
        assert_eq!(verified(&attack), Err(Code::LdNotPlain), "{terms}");
    }
}

/// What a holder asserts without a proof is secured by that of the presentation, and read as much.
#[test]
fn what_stands_in_a_presentation_without_a_proof_is_looked_at() {
    let mut inner = object(SIGNED);
    let document = |inner: &Object<'static>| {
        let mut presentation = object(
            r#"{"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiablePresentation"]}"#,
        );
        presentation.insert(
            "verifiableCredential",
            Value::Array(vec![inner.clone().into()]),
        );
        presentation
    };
    assert_eq!(check(&document(&inner)), Ok(()));
    let value = inner.remove("validUntil").unwrap();
    let mut again = object(r#"{"id": "urn:example:credential", "type": "VerifiableCredential"}"#);
    again.insert("validUntil", value);
    inner.insert("@included", again.into());
    let code = |document| check(&document).map_err(|error| error.code());
    assert_eq!(code(document(&inner)), Err(Code::LdNotPlain));
    // One with a proof is looked at with that, if the proof is over RDF.
    inner.insert(
        "proof",
        Value::object([("type", Value::from("DataIntegrityProof"))]),
    );
    assert_eq!(code(document(&inner)), Ok(()));
}

#[test]
fn what_is_called_a_credential_is_one() {
    let text = SIGNED.replace(
        r#""credentialSubject""#,
        r#""note": {"id": "urn:example:note", "says": "so"}, "credentialSubject""#,
    );
    let document = sign(&text);
    assert_eq!(verify(&document), Ok(()));
    let mut attack = document.clone();
    let name = r#"{"verifiableCredential": "https://www.w3.org/ns/credentials/examples#note"}"#;
    with_context(&mut attack, name);
    let value = attack.remove("validUntil").unwrap();
    let mut again = object(r#"{"id": "urn:example:credential", "type": "VerifiableCredential"}"#);
    again.insert("validUntil", value);
    let Some(Value::Object(mut note)) = attack.remove("note") else {
        panic!("no note");
    };
    note.insert("@included", again.into());
    // It looks as if another proof covered it.
    note.insert("proof", Value::Array(Vec::new()));
    attack.insert("verifiableCredential", note.into());
    assert_eq!(statements(&attack), statements(&document), "no attack");
    assert_eq!(verify(&attack), Err(Code::LdNotPlain));
}
