//! Trust: anchors, officers, accreditation, the bundle of one parliament and the one of many, and how
//! fresh they are.

pub mod accreditation;
mod anchor;
pub mod approval;
mod bundle;
pub mod electoral;
mod freshness;
pub mod in_office;
pub mod network;
pub mod officers;
mod policy;
mod set;
pub mod status_key;
pub mod successor;

#[cfg(test)]
mod tests;

pub use anchor::{Anchor, TrustError};
pub use bundle::{
    Bundle, BundleError, Content, HeldList, PublishedDelegation, PublishedList, RefusedDelegation,
    SCHEMA, TYP,
};
pub use freshness::{BundleTimes, Freshness};
pub use policy::{ParsePresetError, Policy, Preset};
pub use set::{
    Added, Authority, Evidence, LogHead, NetworkSeen, Path, PolicySeen, Seen, Standing, TrustSet,
};
