//! Counting those who signed: each once, and nobody who is not counted.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Officer;
use crate::{
    did::{self, Did, LocalResolver, Relationship},
    encoding::strict_json::Object,
    key::{PublicKey, Signer},
    proof::{
        SignerDid,
        data_integrity::{self, Cryptosuite, Expected, ProofError, ProofOptions},
    },
    verify::Budget,
};

/// Those whose signatures a document carries; every one of them has been verified.
#[derive(Clone, Debug)]
pub(crate) struct Signers(Vec<SignerDid>);

impl Signers {
    /// Verifies every proof of a document. All keys are did:keys, which say themselves what they are.
    pub(crate) fn verify(
        document: &Object<'_>,
        now: Timestamp,
        budget: &mut Budget,
    ) -> Result<Self, ProofError> {
        let expected = Expected::mandate(Relationship::AssertionMethod, now);
        let resolver = LocalResolver::new();
        data_integrity::verify(document, &expected, &resolver, budget).map(Self)
    }

    /// Returns how many of these officers signed.
    pub(crate) fn count(&self, officers: &[Officer]) -> usize {
        self.among(officers).count()
    }

    /// Returns the officers who signed, each once.
    pub(crate) fn among<'o>(&self, officers: &'o [Officer]) -> impl Iterator<Item = &'o Officer> {
        let dids: BTreeSet<Did> = self.0.iter().map(|signer| signer.did().clone()).collect();
        officers
            .iter()
            .filter(move |officer| dids.contains(&officer.did))
    }

    /// Returns whether a key for which this holds signed.
    pub(crate) fn any(&self, mut is: impl FnMut(&PublicKey) -> bool) -> bool {
        self.0.iter().any(|signer| is(signer.key()))
    }

    /// Returns the first who is nobody of these.
    pub(crate) fn stranger(&self, mut knows: impl FnMut(&SignerDid) -> bool) -> Option<&SignerDid> {
        self.0.iter().find(|signer| !knows(signer))
    }
}

/// Adds the proof of a key under its did:key.
pub(crate) fn add_proof(
    document: Object<'static>,
    signer: &impl Signer,
    now: Timestamp,
    expires: Option<Timestamp>,
) -> Result<Object<'static>, ProofError> {
    let did = did::key::create(signer.public_key());
    let method = did.with_fragment(did.specific_id())?;
    let cryptosuite = match signer.public_key().algorithm() {
        crate::key::Algorithm::EdDsa => Cryptosuite::EddsaJcs2022,
        crate::key::Algorithm::Es256 => Cryptosuite::EcdsaJcs2019,
    };
    let mut options = ProofOptions::new(cryptosuite, method, Relationship::AssertionMethod, now);
    options.expires = expires;
    data_integrity::sign(document, &options, signer)
}
