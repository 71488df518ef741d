//! Whether the one whom a document names is the one who signed it (VC Data Model 2.0 sections 4.7, 4.13
//! and 7.1).

use super::{Problem, problem::Findings};
use crate::{Code, credential::data_model::Place, proof::SignerDid};

/// Refuses a document that names somebody none of whose keys signed it.
///
/// Others may have signed too; whoever counts signatures reads the signers.
pub(super) fn check(
    named: &str,
    signers: &[SignerDid],
    code: Code,
    at: &Place<'_>,
    found: &mut Findings,
) {
    if signers.iter().any(|signer| signer.did().as_str() == named) {
        return;
    }
    found.refuse(Problem::new(code, at, mismatch(named, signers)));
}

/// Tells whether somebody is named by a DID, which says itself which keys are its own.
pub(super) fn is_did(named: &str) -> bool {
    named.starts_with("did:")
}

/// Warns of a document in the name of somebody of whom nothing says which keys are theirs.
pub(super) fn warn(named: &str, signers: &[SignerDid], at: &Place<'_>, found: &mut Findings) {
    found.warn(Problem::new(
        Code::IssuerUnbound,
        at,
        mismatch(named, signers),
    ));
}

fn mismatch(named: &str, signers: &[SignerDid]) -> String {
    let signed_by = signers.first().map(|signer| signer.did().as_str());
    let cut = |text: &str| text.chars().take(128).collect::<String>();
    format!(
        "it names {:?}, but was signed by {:?}",
        cut(named),
        cut(signed_by.unwrap_or_default())
    )
}
