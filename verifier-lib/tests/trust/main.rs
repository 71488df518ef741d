//! Trust bundles on the command line: kept, fetched, mirrored, shown, and checked with.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod checked;
mod fetched;
mod home;
mod shown;
mod site;
