//! Enrolment: a member's wallet proves its key against a one-time code handed over in person.

mod code;

pub use code::{Code, CodeError};
