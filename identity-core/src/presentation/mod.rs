//! What a verifier asks for and what a holder answers.

mod answer;
pub mod request;
mod response;

pub use answer::{AnswerError, Shown, answer, unverified_envelope};
pub use response::{Form, Presented, Response, ResponseError};
