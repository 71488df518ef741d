//! Trust: anchors, the parliament's bundle, freshness.

mod freshness;

pub use freshness::{BundleTimes, Freshness};
