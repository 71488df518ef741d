//! From what a caller would like to what is signed.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use cli_kit::run::now;
use examples::conformance::{problem, strict};
use identity_core::{
    Code,
    did::{self, Did, DidUrl, Relationship},
    encoding::strict_json::{Object, Value},
    key::{Algorithm, SecretKey, Signer as _},
    ld,
    proof::data_integrity::{Cryptosuite, ProofOptions, sign},
    status::w3c::{Bitstring, ListDraft, Purpose, StatusEntry, StatusError, StatusSize},
    verify::{
        Budget,
        w3c::{AtHand, NotAuthentic, ProblemType, check_draft, in_words_of_2_0},
    },
};
use serde_json::{Value as Json, json};

use crate::home::Home;

/// How many entries the status list has: the fewest there may be (Bitstring Status List 1.0, section 2.2).
const ENTRIES: u64 = 131_072;

/// The context with the words of a proof.
const DATA_INTEGRITY: &str = "https://w3id.org/security/data-integrity/v2";

/// The issuer.
#[derive(Debug)]
pub(crate) struct Issuer {
    home: Home,
    pub(crate) suite: Cryptosuite,
    list: String,
    next: AtomicU64,
}

impl Issuer {
    pub(crate) fn new(home: Home, suite: Cryptosuite, list: String) -> Self {
        let next = AtomicU64::new(0);
        Self {
            home,
            suite,
            list,
            next,
        }
    }

    /// Returns the DID that signs in this suite.
    pub(crate) fn did(&self, suite: Cryptosuite) -> Did {
        did::key::create(self.key(suite).public_key())
    }

    const fn key(&self, suite: Cryptosuite) -> &SecretKey {
        match suite.algorithm() {
            Algorithm::Es256 => &self.home.p256,
            Algorithm::EdDsa => &self.home.ed25519,
        }
    }

    /// Answers 201 with the credential, or 400 with what is wrong with it.
    pub(crate) fn issue(&self, body: &[u8], suite: Cryptosuite, with_status: bool) -> Response {
        let body = match strict(body) {
            Ok(body) => body,
            Err(response) => return response,
        };
        let Some(Value::Object(credential)) = body.get("credential") else {
            return refused(Code::JsonMalformed, "credential is no object");
        };
        let mut document = credential.clone().into_owned();
        let issuer = self.did(suite).to_string();
        if document.get("issuer").is_none() {
            document.insert("issuer", issuer.into());
        }
        if with_status && document.get("credentialStatus").is_none() {
            match self.entry() {
                Ok(entry) => drop(document.insert("credentialStatus", entry)),
                Err(error) => return refused(error.code(), &error.to_string()),
            }
        }
        // The suites of the cryptosuites hand in credentials of 1.1, whose context has no words for a proof
        // (Data Integrity 1.0, section 2.4.2).
        let said = in_words_of_2_0(&document);
        if let (Some(_), Some(Value::Array(contexts))) = (&said, document.get_mut("@context")) {
            let known = |context: &Value<'_>| context.as_str() == Some(DATA_INTEGRITY);
            if !contexts.iter().any(known) {
                contexts.push(DATA_INTEGRITY.into());
            }
        }
        let said = said.as_ref().unwrap_or(&document);
        let (at_hand, budget) = (AtHand::nothing(), &mut Budget::presentation());
        if let Err(error) = check_draft(said, now(), &at_hand, budget) {
            return not_conforming(&error);
        }
        match self.sign(document, suite) {
            Ok(signed) => {
                let signed = Value::Object(signed).to_serde();
                answer(
                    StatusCode::CREATED,
                    &json!({"verifiableCredential": signed}),
                )
            }
            Err(response) => response,
        }
    }

    /// Answers with the status list, in which nothing is set.
    pub(crate) fn status_list(&self) -> Response {
        let draft = ListDraft {
            id: self.list.clone(),
            issuer: self.did(self.suite).to_string(),
            purposes: vec![Purpose::Revocation],
            valid_from: None,
            valid_until: None,
            ttl: None,
        };
        let bits = match Bitstring::new(ENTRIES, StatusSize::ONE) {
            Ok(bits) => bits,
            Err(error) => return refused(error.code(), &error.to_string()),
        };
        match self.sign(draft.document(&bits), self.suite) {
            Ok(signed) => answer(StatusCode::OK, &Value::Object(signed).to_serde()),
            Err(response) => response,
        }
    }

    fn entry(&self) -> Result<Value<'static>, StatusError> {
        let index = self.next.fetch_add(1, Ordering::Relaxed) % ENTRIES;
        let entry = StatusEntry::new(Purpose::Revocation, index, &self.list)?;
        Ok(entry.to_value())
    }

    #[expect(clippy::result_large_err, reason = "the error is the answer")]
    fn sign(
        &self,
        document: Object<'static>,
        suite: Cryptosuite,
    ) -> Result<Object<'static>, Response> {
        let did = self.did(suite);
        let method: Result<DidUrl, _> = did.with_fragment(did.specific_id());
        let method = method.map_err(|error| refused(error.code(), &error.to_string()))?;
        let purpose = Relationship::AssertionMethod;
        let options = ProofOptions::new(suite, method, purpose, now());
        // Also where JSON is signed as JSON: what a reader of JSON-LD would lose is not issued.
        let mut budget = Budget::presentation();
        let read = ld::canonicalize(&document, &ld::Contexts::standard(), &mut budget);
        read.map_err(|error| refused(error.code(), &error.to_string()))?;
        let signed = sign(document, &options, self.key(suite));
        signed.map_err(|error| refused(error.code(), &error.to_string()))
    }
}

fn answer(status: StatusCode, value: &Json) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let media_type = HeaderValue::from_static("application/json");
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    response
}

fn refused(code: Code, detail: &str) -> Response {
    let kind = ProblemType::of(code);
    problem(&json!({
        "type": kind.url(),
        "title": kind.title(),
        "detail": detail,
        "code": code.as_str(),
    }))
}

fn not_conforming(error: &NotAuthentic) -> Response {
    let details: Vec<Json> = error
        .problems()
        .iter()
        .map(|found| {
            let kind = found.problem_type();
            json!({
                "type": kind.url(),
                "title": kind.title(),
                "detail": found.detail,
                "code": found.code.as_str(),
                "pointer": found.at,
            })
        })
        .collect();
    let mut whole = details.first().cloned().unwrap_or_default();
    whole["problemDetails"] = details.into();
    problem(&whole)
}
