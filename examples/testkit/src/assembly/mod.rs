//! A world of many parliaments: an accreditor with five officers, parliaments under did:webvh, units that
//! they delegate to, and the trust bundle of all. Every key is known; what is made is the same in every run.

mod parliament;
mod union;

pub use parliament::{Parliament, Unit};
pub use union::Union;

use identity_core::{
    did::{self, Did},
    encoding::{
        jcs,
        strict_json::{Object, Value},
    },
    key::{Algorithm, SecretKey, Signer as _},
    status::Instant,
};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// The key of somebody: a role and a number.
///
/// # Panics
/// Never: any 32 bytes are an Ed25519 key.
pub fn key_of(role: &str, number: u32) -> SecretKey {
    let seed = Sha256::digest(format!("{role} {number}"));
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &seed.into()).expect("any 32 bytes are a key")
}

/// The did:key of somebody.
pub fn did_of(role: &str, number: u32) -> Did {
    did::key::create(key_of(role, number).public_key())
}

/// So many hours after [`now`](crate::world::now).
///
/// # Panics
/// When the hour is beyond the calendar.
pub fn hours(hours: i64) -> Instant {
    let instant = Timestamp::from_second(1_800_000_000 + hours * 3_600);
    Instant::floor(instant.expect("an hour of this era"))
}

/// A document in canonical JSON.
///
/// # Panics
/// When a number in it has no canonical form.
pub fn text(document: &Object<'static>) -> String {
    let bytes = jcs::canonicalize(&Value::Object(document.clone()));
    let bytes = bytes.expect("whole numbers have a canonical form");
    String::from_utf8(bytes).expect("canonical JSON is UTF-8")
}
