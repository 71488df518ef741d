//! The accreditor: says which parliaments may issue what, and publishes it with their newest bundles.
//!
//! Its home is a folder of files, so that a person can read every one of them:
//!
//! ```text
//! accreditor.json        profile: DID, name
//! policies/0001.json     officer policies, each resting on the one before
//! statements/<id>.json   signed statements, added to and never changed; <id> is the SHA-256 digest
//! lists/0001.json        signed trust lists
//! pending/<id>.json      what waits for officers' signatures
//! members/<id>.json      the newest bundle of each parliament and unit
//! published.json         how far the numbers have got
//! did.jsonl              the log of its DID, where it has one
//! secrets/control.key    sealed with a passphrase: controls the DID, founds the first policy
//! secrets/next.key       for a did:webvh, the control key after it
//! secrets/machine.key    mode 0600: opens the next, so that publishing runs unattended
//! secrets/publishing.key signs snapshots
//! ```
//!
//! Officers are not here. What is prepared goes to them as a file, a [`Paper`]; each signs a copy with a
//! key of their own, wherever they are; here the copies are merged, held against the policy and recorded.
//! Whatever stands in the home is verified anew each time it is opened.
//!
//! Nothing here prints, asks, or reads a clock.

mod archive;
mod control;
mod error;
mod founding;
mod health;
mod keys;
mod members;
mod papers;
mod prepare;
mod publish;
mod record;
mod recover;
mod site;

#[cfg(test)]
mod tests;

pub use archive::{Archive, Profile, Published, profile};
pub use error::AccreditorCode;
pub use founding::{Founding, Place, found};
pub use health::Health;
pub use keys::{OfficerCard, OfficerKey, open_sealed, seal};
pub use members::{Collected, Fate};
pub(crate) use papers::merge_proofs;
pub use papers::{Paper, Says};
pub use prepare::{OfficerChange, StateOrder};
pub use publish::{Due, Release, Spans};
pub use record::Recorded;
pub use recover::recover;

/// The suffix of hints that end in a command of this program.
pub(crate) const PROGRAM: &str = "mandate-issuer accreditor";

/// Writes bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use core::fmt::Write as _;

    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
