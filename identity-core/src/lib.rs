//! DIDs, keys, mandate credentials, proofs, status, trust and verification, without input or output.
//!
//! Time and randomness are arguments; nothing here reads a clock, a file, the network or the environment.

pub mod card;
pub mod credential;
pub mod did;
pub mod encoding;
pub mod enrolment;
pub mod error;
pub mod key;
#[cfg(feature = "rdfc")]
pub mod ld;
pub mod presentation;
pub mod proof;
pub mod status;
#[cfg(test)]
mod testing;
pub mod trust;
pub mod verify;

pub use error::Code;
