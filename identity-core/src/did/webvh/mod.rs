//! The did:webvh method, version 1.0 (DIF, "The did:webvh DID Method v1.0"): a DID whose whole history is
//! a log of signed entries, each with the hash of the one before.
//!
//! Nothing is fetched here: whoever can, hands in `did.jsonl` and `did-witness.json` as bytes.
//! [`Log::verify`] accepts a log as a whole or not at all, and only what it has accepted is a
//! [`DidHistory`]. A log cannot tell that its end was cut off or that another reader sees another one:
//! whoever remembers [`DidHistory::head`] finds out by [`DidHistory::extends`].
//!
//! A verified log says who controlled the DID, and not that the host it names ever served it: an
//! address that was moved away from is no evidence of anything (section "DID Portability").

mod address;
mod canonical;
mod content;
mod draft;
mod entry;
mod error;
mod hash;
mod history;
mod keys;
mod parameters;
mod profile;
mod proof;
mod reader;
mod resolve;
mod unsigned;
mod verify;
mod web_document;
mod witness;
mod witness_file;

#[cfg(test)]
mod tests;

pub use address::{url, witness_url};
pub use content::Content;
pub use draft::Draft;
pub use entry::Log;
pub use error::WebvhError;
pub use hash::key_hash;
pub use history::{DidHistory, Period, Version};
pub use parameters::Parameters;
pub use profile::Profile;
pub use resolve::Query;
pub use unsigned::{Signed, Unsigned};
pub use web_document::web_document;
pub use witness::{Witnesses, witness_proof};
pub use witness_file::WitnessFile;

/// The value of `method` that is read and written.
pub const METHOD: &str = "did:webvh:1.0";

/// What stands for the identifier before it is known (section "Create (Register)").
pub(crate) const PLACEHOLDER: &str = "{SCID}";
