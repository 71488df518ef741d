//! Others' implementations against ours: they sign and we verify, we sign and they verify, and a change
//! is refused by both. `make interop` installs them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod data_integrity;
mod generate;
mod jose;
mod peer;
mod sd_jwt;
mod status;
mod webvh;
