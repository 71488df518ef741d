//! Trust: anchors, the parliament's bundle, and how fresh it is.

pub mod accreditation;
mod anchor;
pub mod approval;
mod bundle;
mod freshness;
pub mod in_office;
pub mod officers;
pub mod status_key;

#[cfg(test)]
mod tests;

pub use anchor::{Added, Anchor, Evidence, Seen, Standing, TrustError, TrustSet};
pub use bundle::{Bundle, BundleError, Content, HeldList, PublishedList, SCHEMA, TYP};
pub use freshness::{BundleTimes, Freshness};
