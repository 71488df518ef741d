//! The issuer's own did:webvh: its log in the home, and the changes that are made to it.

mod change;
mod document;
mod error;
mod log;
mod request;

#[cfg(test)]
mod tests;

pub use change::{Control, Pending, Purpose, Replaced, genesis};
pub use document::{Document, Keys};
pub use error::{DidCode, DidError};
pub use log::DidLog;
pub use request::{Answer, Request};
