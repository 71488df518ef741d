//! Runnable, tested programs and a fictional parliament.

pub mod assembly;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod day;
