use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::{
    did::{self, LocalResolver},
    encoding::{
        base64url,
        strict_json::{Limits, Value, parse},
    },
    key::{Algorithm, SecretKey, Signer as _},
    proof::sd_jwt::{self, SdJwtError, disclosed::digest},
    verify::Budget,
};

#[cfg(feature = "x5c")]
mod certificates;
mod forms;
mod issuers;
mod json;
mod types;
mod vectors;

const LOCAL: LocalResolver = LocalResolver::new();

/// 2027-01-15T08:00:00Z
const NOW: i64 = 1_800_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(Algorithm::Es256, &[seed; 32]).unwrap()
}

fn did_of(key: &SecretKey) -> did::Did {
    did::key::create(key.public_key())
}

fn kid_of(key: &SecretKey) -> String {
    let did = did_of(key);
    format!("{did}#{}", did.specific_id())
}

/// Signs header and payload as they are written.
fn jws(header: &str, payload: &str, key: &SecretKey) -> String {
    let input = format!(
        "{}.{}",
        base64url::encode(header.as_bytes()),
        base64url::encode(payload.as_bytes())
    );
    let signature = key.try_sign(input.as_bytes()).unwrap();
    format!("{input}.{}", base64url::encode(signature.as_bytes()))
}

/// A credential by the DID of key 1 with more claims and disclosures.
fn issued(claims: &str, disclosures: &[String]) -> String {
    let header = format!(
        r#"{{"alg":"ES256","typ":"dc+sd-jwt","kid":"{}"}}"#,
        kid_of(&key(1))
    );
    let mut text = jws(&header, claims, &key(1)) + "~";
    for disclosure in disclosures {
        text = text + disclosure + "~";
    }
    text
}

/// A disclosure of a claim, and its digest.
fn disclosure(json: &str) -> (String, String) {
    let text = base64url::encode(json.as_bytes());
    let digest = digest(&text);
    (text, digest)
}

fn by_did(text: &str) -> Result<VerifiedVc, VcError> {
    verify(
        text,
        &Policy::new().with_dids(&LOCAL),
        Binding::NotRequired,
        at(NOW),
        &mut Budget::presentation(),
    )
}

fn code(text: &str) -> Result<(), Code> {
    by_did(text).map(|_| ()).map_err(|e| e.code())
}
