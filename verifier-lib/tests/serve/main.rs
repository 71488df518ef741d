//! The sidecar as a program of its own, over real sockets.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod certified;
mod encrypted;
mod http;
mod lifecycle;
mod limits;
mod lists;
mod networks;
mod sidecar;
mod verdicts;
mod w3c;
mod watching;
