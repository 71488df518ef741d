//! Adding a proof to a document.

use jiff::Timestamp;

use super::{
    Cryptosuite, ProofError, Strictness,
    suite::{self, Setting, Without},
};
use crate::{
    did::{DidUrl, Relationship},
    encoding::{
        multibase,
        strict_json::{Object, Value},
    },
    key::Signer,
    verify::Budget,
};

/// What a new proof says of itself (Data Integrity 1.0 section 2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProofOptions {
    /// How the document is made canonical and signed (`cryptosuite`).
    pub cryptosuite: Cryptosuite,
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
    /// Whom it is for (`domain`): nobody in particular, one, or several.
    pub domain: Vec<String>,
    /// What keeps two proofs of one document apart (`nonce`).
    pub nonce: Option<String>,
    /// Its own name (`id`), for later proofs to rest on.
    pub id: Option<String>,
    /// The proofs it rests on (`previousProof`).
    pub previous: Vec<String>,
}

impl ProofOptions {
    /// A proof with nothing but what every proof has.
    pub const fn new(
        cryptosuite: Cryptosuite,
        method: DidUrl,
        purpose: Relationship,
        created: Timestamp,
    ) -> Self {
        Self {
            cryptosuite,
            method,
            purpose,
            created,
            expires: None,
            challenge: None,
            domain: Vec::new(),
            nonce: None,
            id: None,
            previous: Vec::new(),
        }
    }

    /// What is signed of the proof: everything but `proofValue`. Over canonical JSON its `@context` is
    /// part of it; over RDF the document's is used and stands nowhere else.
    fn configuration(&self, document: &Object<'static>) -> Object<'static> {
        let second = |instant: Timestamp| format!("{instant:.0}");
        let mut members = Object::default();
        let mut put = |name: &'static str, text: Option<String>| {
            if let Some(text) = text {
                members.insert(name, text.into());
            }
        };
        put("id", self.id.clone());
        put("type", Some("DataIntegrityProof".to_owned()));
        put("cryptosuite", Some(self.cryptosuite.as_str().to_owned()));
        put("created", Some(second(self.created)));
        put("expires", self.expires.map(second));
        put("verificationMethod", Some(self.method.to_string()));
        put("proofPurpose", Some(self.purpose.as_str().to_owned()));
        put("challenge", self.challenge.clone());
        put("nonce", self.nonce.clone());
        match self.domain.as_slice() {
            [] => {}
            [one] => drop(members.insert("domain", one.clone().into())),
            several => drop(members.insert("domain", Value::array(several.iter().cloned()))),
        }
        if let (true, Some(context)) = (self.cryptosuite.is_jcs(), document.get("@context")) {
            members.insert("@context", context.clone());
        }
        if !self.previous.is_empty() {
            members.insert("previousProof", Value::array(self.previous.iter().cloned()));
        }
        members
    }
}

/// Adds a proof beside those that the document has (Data Integrity 1.0 sections 4.2 and 4.3).
///
/// The suites over RDF know the contexts that are compiled in.
///
/// # Errors
/// [`ProofError`] when the key is not one of the suite's, an earlier proof it shall rest on is not
/// there, the document cannot be made canonical or the key could not sign.
pub fn sign(
    document: Object<'static>,
    options: &ProofOptions,
    signer: &impl Signer,
) -> Result<Object<'static>, ProofError> {
    with_standard(|setting| sign_in(document, options, signer, setting))
}

/// Signs as [`sign`] does, under the contexts given.
///
/// # Errors
/// As [`sign`].
#[cfg(feature = "rdfc")]
pub fn sign_with_contexts(
    document: Object<'static>,
    options: &ProofOptions,
    signer: &impl Signer,
    contexts: &crate::ld::Contexts,
) -> Result<Object<'static>, ProofError> {
    let mut setting = Setting {
        strictness: Strictness::W3c,
        contexts,
        budget: &mut Budget::presentation(),
    };
    sign_in(document, options, signer, &mut setting)
}

fn sign_in(
    mut document: Object<'static>,
    options: &ProofOptions,
    signer: &impl Signer,
    setting: &mut Setting<'_>,
) -> Result<Object<'static>, ProofError> {
    let suite = options.cryptosuite;
    if suite.algorithm() != signer.public_key().algorithm() {
        return Err(ProofError::Cryptosuite {
            name: suite.as_str().to_owned(),
        });
    }
    let mut proofs = match document.remove("proof") {
        None => Vec::new(),
        Some(Value::Array(proofs)) => proofs,
        Some(proof) => vec![proof],
    };
    let mut proof = options.configuration(&document);
    let input = with_previous(&document, &proofs, &options.previous)?;
    let input = Without::nothing(input.as_ref().unwrap_or(&document));
    let message = suite::hash_data(suite, input, Without::nothing(&proof), setting)?;
    let signature = signer.try_sign(&message)?;
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
) -> Result<[u8; 64], ProofError> {
    let proof = options.configuration(document);
    with_standard(|setting| {
        let (document, proof) = (Without::nothing(document), Without::nothing(&proof));
        suite::hash_data(options.cryptosuite, document, proof, setting)
    })
}

/// Runs with the contexts that are compiled in and the budget of one presentation.
fn with_standard<T>(run: impl FnOnce(&mut Setting<'_>) -> T) -> T {
    #[cfg(feature = "rdfc")]
    let contexts = crate::ld::Contexts::standard();
    run(&mut Setting {
        strictness: Strictness::W3c,
        #[cfg(feature = "rdfc")]
        contexts: &contexts,
        #[cfg(not(feature = "rdfc"))]
        contexts: core::marker::PhantomData,
        budget: &mut Budget::presentation(),
    })
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
