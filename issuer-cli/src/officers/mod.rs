//! Officers in this house: the keys each one has, and the issuing secret that no single one of them opens.
//!
//! Who is an officer, and how many approvals it takes, is the
//! [policy](identity_core::trust::officers); what they approve is an
//! [approval](identity_core::trust::approval). Here is what is kept at home: slots, cards, pads
//! (`spec/100-officers.md`). What is done with them is in [`crate::office`].

mod card;
mod envelope;
mod pads;
mod slot;

pub use card::OfficerCard;
pub use envelope::SealingKey;
pub use pads::{Opened, Pads, Release, Shared};
pub use slot::{OfficerKeys, Slot};

/// Most officers of one house: the pads of ten are a few hundred.
pub const MOST_OFFICERS: usize = 10;

/// Returns how many approvals it takes where nobody said: two, and with two officers one, since whoever
/// prepares something never approves it.
pub const fn default_threshold(officers: usize) -> usize {
    match officers {
        0..=2 => 1,
        _ => 2,
    }
}

/// Returns how many persons stand behind an action: who prepares it, and those who approve it. As many
/// open the issuing secret together.
pub const fn persons(officers: usize, threshold: usize) -> usize {
    if officers < 2 { 1 } else { threshold + 1 }
}
