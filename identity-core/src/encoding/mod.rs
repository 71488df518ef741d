//! Text and document encodings: base64url, multibase, strict JSON, canonical JSON, Merkle trees.
//!
//! Signed bytes have one reading here: what another parser might take two ways is refused.

mod base58;
pub mod base64url;
pub mod jcs;
pub mod merkle;
pub mod multibase;
pub mod strict_json;
