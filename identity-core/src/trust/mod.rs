//! Trust: anchors, the parliament's bundle, freshness.
