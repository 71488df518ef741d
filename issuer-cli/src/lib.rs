//! mandate-issuer: roster, enrolment, issuance, status, publication and audit for a secretariat.

pub mod accreditor;
#[cfg(feature = "cli")]
pub mod cli;
pub mod code;
pub mod did;
pub mod keys;
pub mod office;
pub mod officers;
pub mod records;
pub mod roster;
pub mod store;

pub use code::Code;
