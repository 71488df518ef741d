//! The member's wallet: vault, enrolment, presentation, backup, and mandate-wallet, its command line.

pub mod accept;
pub mod answer;
pub mod cli;
pub mod code;
pub mod enrol;
pub mod in_office;
pub mod issuers;
mod sentences;
#[cfg(test)]
mod testing;
pub mod vault;

pub use code::{Code, Refusal};
