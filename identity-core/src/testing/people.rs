//! Officers with their keys.

use crate::{
    did,
    encoding::strict_json::Object,
    key::{Algorithm, SecretKey, Signer as _},
    status::Instant,
    trust::officers::{self, Officer, PolicyDraft},
};

pub(crate) fn key(seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).unwrap()
}

pub(crate) fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

/// An officer called `o<seed>`.
pub(crate) fn officer(seed: u8) -> Officer {
    Officer {
        id: format!("o{seed}"),
        did: did::key::create(key(seed).public_key()),
        roles: vec!["registrar".to_owned()],
    }
}

/// The first version of a policy of the DID whose key has this seed.
pub(crate) fn policy(body: u8, officers: &[u8], threshold: usize) -> PolicyDraft {
    PolicyDraft {
        issuer: did::key::create(key(body).public_key()),
        version: 1,
        epoch: 0,
        threshold,
        officers: officers.iter().map(|seed| officer(*seed)).collect(),
        publishing: Vec::new(),
        issued_at: instant("2026-01-01T00:00:00Z"),
    }
}

/// Signs a policy with the keys of these seeds.
pub(crate) fn signed(draft: &PolicyDraft, seeds: &[u8]) -> Object<'static> {
    let now = draft.issued_at.timestamp();
    let unsigned = draft.document().unwrap();
    let add = |document, seed: &u8| officers::sign(document, &key(*seed), now).unwrap();
    seeds.iter().fold(unsigned, add)
}
