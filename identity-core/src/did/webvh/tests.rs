//! Logs of others and of our own, whole and broken.

mod addresses;
mod drafts;
mod forged;
mod histories;
mod made;
mod moves;
mod mutations;
mod profiles;
mod refused;
mod rotation;
mod vectors;
mod witnesses;

use forged::Forge;
use jiff::Timestamp;

use super::*;
use crate::{
    Code,
    did::{Did, Relationship},
    key::{Algorithm, PublicKey, SecretKey, Signer as _},
    verify::Budget,
};

/// Later than every log here.
fn now() -> Timestamp {
    "2026-11-25T00:00:00Z".parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).unwrap()
}

fn public(seed: u8) -> PublicKey {
    key(seed).public_key().clone()
}

fn multikey(seed: u8) -> String {
    public(seed).to_multikey()
}

fn p256(seed: u8) -> PublicKey {
    let key = SecretKey::from_secret_bytes(Algorithm::Es256, &[seed; 32]).unwrap();
    key.public_key().clone()
}

/// Verifies a log that has no witnesses.
fn verify(log: &str) -> Result<DidHistory, WebvhError> {
    verify_with(log, None)
}

fn verify_with(log: &str, witnesses: Option<&str>) -> Result<DidHistory, WebvhError> {
    let mut budget = Budget::did_log();
    let log = Log::parse(log.as_bytes(), &mut budget)?;
    log.verify(None, witnesses.map(str::as_bytes), now(), &mut budget)
}

/// Why a log is refused, or nothing.
fn refusal(log: &str) -> Option<Code> {
    verify(log).err().map(|error| error.code())
}
