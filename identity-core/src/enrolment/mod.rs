//! Enrolment: a member's wallet proves its own key against a one-time code handed over in person.

mod code;
mod proof;

pub use code::{Code, CodeError};
pub use proof::{Enrolment, EnrolmentError, TYP, TYP_PROOF, prove};
