//! What a verifier asks for and what a holder answers.

pub mod request;
