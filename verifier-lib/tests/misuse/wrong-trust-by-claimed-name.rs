//! Looks evidence up by the issuer that a credential claims, instead of the one whose key signed.

use verifier_lib::{Did, TrustSet};

fn is_trusted(trust: &TrustSet, claimed: &Did) -> bool {
    matches!(trust.evidence(claimed), identity_core::trust::Evidence::Held { .. })
}

fn main() {
    let _ = is_trusted;
}
