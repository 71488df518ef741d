//! Runnable, tested programs and a fictional parliament.

mod approvals;
pub mod assembly;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod day;
