//! Whether a W3C credential or presentation of anybody is authentic and well formed.
//!
//! "Authentic" says: the document is one of VC Data Model 2.0, every proof of it verifies, and the DID
//! it names as issuer (or holder) is one whose key signed it. It says nothing about trust: whether
//! that DID may state such things is not asked here, and an [`Authentic`] document never is a
//! [`Verified`](super::Verified) one. A verdict on a mandate is made by [`Unverified`](super::Unverified).
//!
//! Nothing is fetched: what a document refers to is looked up [`AtHand`]. What is not at hand is
//! reported as unchecked, never taken for fine. The order of the checks is that of the files:
//! `proofs.rs` or `enveloped.rs`, `binding.rs`, `terms.rs`, `validity.rs`, `status.rs`, `schema.rs`,
//! `related.rs`.

mod at_hand;
mod authentic;
mod binding;
mod checks;
mod earlier;
mod enveloped;
mod problem;
mod proofs;
mod question;
mod related;
mod schema;
mod status;
mod terms;
mod validity;

#[cfg(test)]
mod tests;

pub use crate::proof::data_integrity::Binding;
pub use at_hand::{AtHand, Documents};
pub use authentic::{Authentic, Credential, Presentation, Presented, Secured};
pub use checks::{
    check_draft, verify_credential, verify_credential_1_1, verify_presentation, verify_status_list,
};
pub use earlier::{CONTEXT_V1, in_words_of_2_0};
pub use problem::{NotAuthentic, Problem, ProblemType};
pub use question::{IssuerPolicy, Question, StatusPolicy, ValidityPolicy};
