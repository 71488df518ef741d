//! The contract, with the three programs in three homes, as acceptance runs use them.

#![expect(clippy::print_stderr, reason = "a skipped test must say so")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../programs/mod.rs"]
mod programs;
mod world;

mod accreditor;
mod asking;
mod backups;
mod batch;
mod bundle;
mod clients;
mod electoral;
mod embed;
mod enrolment;
mod imports;
mod in_office;
mod listings;
mod office;
mod officers;
mod outputs;
mod people;
mod presentation;
mod self_suspend;
mod status;
mod tampered;
mod together;
#[cfg(unix)]
mod token;
mod verifier;
mod wallet;
mod webvh;
