//! Runnable, tested programs and a fictional parliament.

pub mod day;
