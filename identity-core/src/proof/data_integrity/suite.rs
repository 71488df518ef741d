//! The cryptosuites: which bytes each signs (Data Integrity `EdDSA` Cryptosuites 1.0 and Data Integrity
//! ECDSA Cryptosuites 1.0, sections 3.2 and 3.3 of both).

use sha2::{Digest as _, Sha256};

use super::{ProofError, Strictness};
use crate::{
    encoding::{
        jcs,
        strict_json::{Object, Value},
    },
    key::Algorithm,
    verify::Budget,
};

/// How a document is made canonical and signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cryptosuite {
    /// ECDSA over P-256 and canonical JSON.
    EcdsaJcs2019,
    /// ECDSA over P-256 and canonical RDF; needs the feature `rdfc`.
    EcdsaRdfc2019,
    /// Ed25519 and canonical JSON.
    EddsaJcs2022,
    /// Ed25519 and canonical RDF; needs the feature `rdfc`.
    EddsaRdfc2022,
}

impl Cryptosuite {
    /// Every cryptosuite that has a name here.
    pub const ALL: [Self; 4] = [
        Self::EcdsaJcs2019,
        Self::EcdsaRdfc2019,
        Self::EddsaJcs2022,
        Self::EddsaRdfc2022,
    ];

    /// Returns the suite that signs canonical JSON with keys of this algorithm.
    pub const fn jcs(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::EdDsa => Self::EddsaJcs2022,
            Algorithm::Es256 => Self::EcdsaJcs2019,
        }
    }

    /// Returns the suite that signs canonical RDF with keys of this algorithm.
    pub const fn rdfc(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::EdDsa => Self::EddsaRdfc2022,
            Algorithm::Es256 => Self::EcdsaRdfc2019,
        }
    }

    /// Returns the suite's name, the value of `cryptosuite`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EcdsaJcs2019 => "ecdsa-jcs-2019",
            Self::EcdsaRdfc2019 => "ecdsa-rdfc-2019",
            Self::EddsaJcs2022 => "eddsa-jcs-2022",
            Self::EddsaRdfc2022 => "eddsa-rdfc-2022",
        }
    }

    /// Reads the value of `cryptosuite`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.as_str() == name)
    }

    /// Returns the algorithm of the keys that sign in this suite.
    pub const fn algorithm(self) -> Algorithm {
        match self {
            Self::EcdsaJcs2019 | Self::EcdsaRdfc2019 => Algorithm::Es256,
            Self::EddsaJcs2022 | Self::EddsaRdfc2022 => Algorithm::EdDsa,
        }
    }

    /// Returns whether JSON is signed as JSON, not as RDF.
    pub(super) const fn is_jcs(self) -> bool {
        matches!(self, Self::EcdsaJcs2019 | Self::EddsaJcs2022)
    }
}

/// An object, as if it lacked the member named.
#[derive(Clone, Copy)]
pub(super) struct Without<'o, 'a> {
    pub(super) object: &'o Object<'a>,
    pub(super) absent: Option<&'static str>,
}

impl<'o, 'a> Without<'o, 'a> {
    pub(super) const fn nothing(object: &'o Object<'a>) -> Self {
        Self {
            object,
            absent: None,
        }
    }
}

/// What canonicalisation needs beside the document.
pub(super) struct Setting<'s> {
    pub(super) strictness: Strictness,
    #[cfg(feature = "rdfc")]
    pub(super) contexts: &'s crate::ld::Contexts,
    #[cfg(not(feature = "rdfc"))]
    pub(super) contexts: core::marker::PhantomData<&'s ()>,
    pub(super) budget: &'s mut Budget,
}

/// Returns what is signed: the hash of the proof's configuration, then that of the document.
pub(super) fn hash_data<'a>(
    suite: Cryptosuite,
    document: Without<'_, 'a>,
    proof: Without<'_, 'a>,
    setting: &mut Setting<'_>,
) -> Result<[u8; 64], ProofError> {
    if suite.is_jcs() {
        return hash_json(document, proof, setting.strictness);
    }
    #[cfg(feature = "rdfc")]
    {
        hash_rdf(document, proof, setting)
    }
    #[cfg(not(feature = "rdfc"))]
    {
        Err(ProofError::NotBuiltIn { suite })
    }
}

/// The document is signed with the proof's own `@context`, of which the document's must be a
/// continuation: what was added behind it later does not change what was meant (section 3.3.2).
fn hash_json<'a>(
    document: Without<'_, 'a>,
    proof: Without<'_, 'a>,
    strictness: Strictness,
) -> Result<[u8; 64], ProofError> {
    let shortened;
    let contexts = (
        document.object.get("@context"),
        proof.object.get("@context"),
    );
    let object = match contexts {
        (None, None) => document.object,
        // A proof without `@context` covers the whole of the document's.
        (Some(_), None) if strictness == Strictness::W3c => document.object,
        (Some(present), Some(signed)) if list(present).starts_with(list(signed)) => {
            if present == signed {
                document.object
            } else {
                let mut copy = document.object.clone();
                copy.insert("@context", signed.clone());
                shortened = copy;
                &shortened
            }
        }
        _ => return Err(ProofError::Context),
    };
    let configuration = jcs::canonicalize_object(proof.object, proof.absent)?;
    let document = jcs::canonicalize_object(object, document.absent)?;
    Ok(join(&configuration, &document))
}

/// The proof is canonicalised under the document's `@context`, whatever its own (section 3.2.5).
#[cfg(feature = "rdfc")]
fn hash_rdf<'a>(
    document: Without<'_, 'a>,
    proof: Without<'_, 'a>,
    setting: &mut Setting<'_>,
) -> Result<[u8; 64], ProofError> {
    let mut configuration = proof.object.clone();
    match document.object.get("@context") {
        Some(context) => drop(configuration.insert("@context", context.clone())),
        None => drop(configuration.remove("@context")),
    }
    let Setting {
        contexts, budget, ..
    } = setting;
    let configuration =
        crate::ld::canonicalize_plain(&configuration, proof.absent, contexts, budget)?;
    let document =
        crate::ld::canonicalize_plain(document.object, document.absent, contexts, budget)?;
    Ok(join(configuration.as_bytes(), document.as_bytes()))
}

fn join(configuration: &[u8], document: &[u8]) -> [u8; 64] {
    let mut hashes = [0; 64];
    hashes[..32].copy_from_slice(&Sha256::digest(configuration));
    hashes[32..].copy_from_slice(&Sha256::digest(document));
    hashes
}

/// A value that may stand alone or in an array.
pub(super) fn list<'v, 'a>(value: &'v Value<'a>) -> &'v [Value<'a>] {
    value
        .as_array()
        .unwrap_or_else(|| std::slice::from_ref(value))
}
