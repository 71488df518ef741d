//! What the caller expects of a proof.

use jiff::Timestamp;

use crate::did::Relationship;

/// What the caller expects of every proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Expected<'e> {
    /// What the proof must be for.
    pub purpose: Relationship,
    /// The nonce it must answer (`challenge`).
    pub challenge: Binding<&'e str>,
    /// Whom it must be for (`domain`): the same set of names, in any order.
    pub domain: Binding<&'e [&'e str]>,
    /// The instant at which it must not have expired.
    pub now: Timestamp,
    /// What is accepted beyond the forms that this project writes.
    pub strictness: Strictness,
}

impl Expected<'_> {
    /// Expects a proof for nobody in particular, as every credential of this project has it.
    pub const fn mandate(purpose: Relationship, now: Timestamp) -> Self {
        Self {
            purpose,
            challenge: Binding::Absent,
            domain: Binding::Absent,
            now,
            strictness: Strictness::Mandate,
        }
    }
}

/// What a member of a proof must be that ties it to one verifier or request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "complete: nothing, anything or one thing"
)]
pub enum Binding<T> {
    /// It must not be there.
    Absent,
    /// It may be there or not, and say what it likes: the proof may have been made for another.
    Any,
    /// It must be there and say this.
    Exactly(T),
}

/// How much of the standard's freedom is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new degree must be weighed at every match"
)]
pub enum Strictness {
    /// One spelling only: canonical JSON, `domain` as text, instants with an offset, a lone proof
    /// outside an array, and the proof's `@context` beside the document's.
    Mandate,
    /// All that Data Integrity 1.0 allows: also canonical RDF, `domain` as a set, instants without
    /// an offset taken as UTC (section 2.1), and a lone proof in an array.
    W3c,
}
