//! Adding a proof to a document.

use jiff::Timestamp;

use super::{ProofError, suite};
use crate::{
    did::{DidUrl, Relationship},
    encoding::{
        multibase,
        strict_json::{Object, Value},
    },
    key::{Algorithm, Signer},
};

/// What a new proof says of itself (Data Integrity 1.0 section 2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProofOptions {
    /// The verification method (`verificationMethod`).
    pub method: DidUrl,
    /// What the proof is for (`proofPurpose`).
    pub purpose: Relationship,
    /// When it is made (`created`), in whole seconds.
    pub created: Timestamp,
    /// From when on it no longer counts (`expires`), in whole seconds.
    pub expires: Option<Timestamp>,
    /// The nonce of the request it answers (`challenge`).
    pub challenge: Option<String>,
    /// Whom it is for (`domain`).
    pub domain: Option<String>,
    /// Its own name (`id`), for later proofs to rest on.
    pub id: Option<String>,
    /// The proofs it rests on (`previousProof`).
    pub previous: Vec<String>,
}

impl ProofOptions {
    /// A proof with nothing but what every proof has.
    pub const fn new(method: DidUrl, purpose: Relationship, created: Timestamp) -> Self {
        Self {
            method,
            purpose,
            created,
            expires: None,
            challenge: None,
            domain: None,
            id: None,
            previous: Vec::new(),
        }
    }

    fn configuration(
        &self,
        cryptosuite: &'static str,
        context: Option<Value<'static>>,
    ) -> Object<'static> {
        let second = |instant: Timestamp| format!("{instant:.0}");
        let mut members = Object::default();
        let mut put = |name: &'static str, text: Option<String>| {
            if let Some(text) = text {
                members.insert(name, text.into());
            }
        };
        put("id", self.id.clone());
        put("type", Some("DataIntegrityProof".to_owned()));
        put("cryptosuite", Some(cryptosuite.to_owned()));
        put("created", Some(second(self.created)));
        put("expires", self.expires.map(second));
        put("verificationMethod", Some(self.method.to_string()));
        put("proofPurpose", Some(self.purpose.as_str().to_owned()));
        put("challenge", self.challenge.clone());
        put("domain", self.domain.clone());
        if let Some(context) = context {
            members.insert("@context", context);
        }
        if !self.previous.is_empty() {
            members.insert("previousProof", Value::array(self.previous.iter().cloned()));
        }
        members
    }
}

/// Adds a proof beside those that the document has (Data Integrity 1.0 sections 4.2 and 4.3).
///
/// # Errors
/// [`ProofError`] when an earlier proof it shall rest on is not there, or the key could not sign.
pub fn sign(
    mut document: Object<'static>,
    options: &ProofOptions,
    signer: &impl Signer,
) -> Result<Object<'static>, ProofError> {
    let mut proofs = match document.remove("proof") {
        None => Vec::new(),
        Some(Value::Array(proofs)) => proofs,
        Some(proof) => vec![proof],
    };
    let suite = suite::name(signer.public_key().algorithm());
    let mut proof = options.configuration(suite, document.get("@context").cloned());
    let input = with_previous(&document, &proofs, &options.previous)?;
    let input = input.as_ref().unwrap_or(&document);
    let signature = signer.try_sign(&suite::hash_data((input, None), (&proof, None))?)?;
    proof.insert(
        "proofValue",
        multibase::encode_z(signature.as_bytes()).into(),
    );
    proofs.push(proof.into());
    let proof = if proofs.len() == 1 {
        proofs.remove(0)
    } else {
        Value::Array(proofs)
    };
    document.insert("proof", proof);
    Ok(document)
}

/// Returns the bytes that the first proof of a document will sign: a hash of the proof's
/// configuration and one of the document.
///
/// # Errors
/// [`ProofError`] when the document cannot be written canonically.
pub fn to_be_signed(
    document: &Object<'static>,
    options: &ProofOptions,
    algorithm: Algorithm,
) -> Result<[u8; 64], ProofError> {
    let proof = options.configuration(suite::name(algorithm), document.get("@context").cloned());
    suite::hash_data((document, None), (&proof, None))
}

/// Returns the document with the named earlier proofs, as what a proof in a chain signs; `None` when
/// none are named.
pub(super) fn with_previous<'a>(
    document: &Object<'a>,
    proofs: &[Value<'a>],
    previous: &[String],
) -> Result<Option<Object<'a>>, ProofError> {
    if previous.is_empty() {
        return Ok(None);
    }
    let named = |proof: &Value<'_>, id: &str| proof.get("id").and_then(Value::as_str) == Some(id);
    if let Some(id) = previous
        .iter()
        .find(|id| !proofs.iter().any(|proof| named(proof, id)))
    {
        return Err(ProofError::Chain { id: id.clone() });
    }
    let rests_on = proofs
        .iter()
        .filter(|proof| previous.iter().any(|id| named(proof, id)));
    let mut document = document.clone();
    document.insert("proof", Value::Array(rests_on.cloned().collect()));
    Ok(Some(document))
}
