//! What a verifier asks for and what a holder answers.

mod answer;
pub mod request;
mod response;

pub use answer::{AnswerError, Shown, answer, shown_claims};
pub use response::{Form, Presented, Response, ResponseError};
