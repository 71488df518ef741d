//! W3C Bitstring Status List 1.0 (Recommendation of 15 May 2025): gzip, the first entry on the left,
//! `ttl` in milliseconds.
//!
//! A [`StatusEntry`] stands in a credential and names a [`ListCredential`], which is a credential of
//! its own. [`evaluate`] reads the one against the other. Nothing is fetched: whoever has lists at
//! hand is a [`StatusLists`].
//!
//! ```
//! # use identity_core::status::w3c::{Bitstring, Purpose, StatusEntry, StatusSize};
//! let mut bits = Bitstring::new(131_072, StatusSize::ONE)?;
//! bits.set(94_567, StatusSize::ONE, 1)?;
//! let list = "https://parliament.example/status/3";
//! let entry = StatusEntry::new(Purpose::Revocation, 94_567, list)?;
//! assert_eq!(bits.get(94_567, entry.size()), Some(1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bits;
mod entry;
mod error;
mod evaluate;
mod list;

#[cfg(test)]
mod tests;

pub use bits::{Bitstring, StatusSize};
pub use entry::{Purpose, StatusEntry, StatusIndex, StatusMessage};
pub use error::StatusError;
pub use evaluate::{
    Effect, EntryStatus, KnownLists, StatusLists, check_entries, evaluate, evaluate_all,
};
pub use list::{ListCredential, ListDraft, TtlMillis};

pub use super::issuers::{ListDelegation, ListIssuers};
