//! W3C Data Integrity 1.0 proofs over canonical JSON.
