//! Runnable, tested programs and a fictional parliament.

#[cfg(feature = "conformance")]
pub mod conformance;
pub mod day;
