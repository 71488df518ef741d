//! Status: one model, two encodings, and what a term's end does.
//!
//! A [`StatusList`] holds one small number for each credential. The same list is written as a
//! [bitstring of the W3C](w3c) or as a [token list of the IETF](token_list); the two differ in bit
//! order, compression, text form and unit of `ttl`, which is why each lives in a folder of its own. A list says what is so at the
//! moment it was signed. [`ListHistory`] adds since when, and [`Term`] ends a whole chamber at once.
//! [`status_at`] and [`term_at`] turn them into an answer for one instant.

mod answer;
mod decide;
mod error;
mod form;
mod history;
pub(crate) mod inflate;
mod instant;
mod issuers;
mod list;
mod term;
pub mod token_list;
pub mod w3c;

pub use answer::{Ender, StatusOutcome, TermOutcome, UnknownStatus};
pub use decide::{status_at, term_at};
pub use error::StatusListError;
pub use history::{
    DecisionDigest, ListHistory, ParseDecisionError, Revocation, SlotHistory, Suspension,
};
pub(crate) use instant::is_rfc3339;
pub use instant::{Instant, LEEWAY, ParseInstantError};
pub use list::{ListUri, ParseListUriError, SLOTS, SlotBits, SlotRef, StatusList, values};
pub use term::{Term, TermEnding};

#[cfg(test)]
mod tests;
