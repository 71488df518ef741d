//! What to do about a check that did not pass.

use super::{CredentialCheck, PresentationCheck, Report};
use crate::Code;

impl Report {
    /// Returns what the verifier can do, one sentence for each reason, none twice.
    pub fn hints(&self) -> Vec<&'static str> {
        let of_presentation = PresentationCheck::ALL.map(|check| self.finding(check));
        let of_credentials = self
            .credentials
            .iter()
            .flat_map(|credential| CredentialCheck::ALL.map(|check| credential.finding(check)));
        let mut hints: Vec<&'static str> = Vec::new();
        for finding in of_presentation.into_iter().chain(of_credentials) {
            if let Some(hint) = finding.code.and_then(hint)
                && !hints.contains(&hint)
            {
                hints.push(hint);
            }
        }
        hints
    }
}

const fn hint(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::BundleMissing => {
            "Fetch the issuer's bundle.json from where it publishes, and name it with --trust."
        }
        Code::BundleExpired | Code::BundleStale => {
            "Fetch the issuer's newest bundle.json; if there is none, ask the issuer to publish."
        }
        Code::BundleRollback => {
            "A newer bundle was seen before: fetch the newest one, and ask who handed you this one."
        }
        Code::BundleConflict => {
            "Keep both bundles and call the issuer: its status key may be in other hands."
        }
        Code::BundleMalformed | Code::BundleSignature | Code::BundleStatusKey => {
            "The bundle was changed or is not the issuer's: fetch it again from where the issuer publishes."
        }
        Code::BundleNotYetIssued => "Check this machine's clock.",
        Code::IssuerNotTrusted => {
            "If this issuer is to be trusted, compare its DID with its card by a second way, then name it with --anchor."
        }
        Code::IssuerMismatch | Code::SignatureInvalid => {
            "Do not rely on it: somebody may have changed or forged it. Tell the issuer."
        }
        Code::HolderMixed => "Ask each person for a presentation of their own.",
        Code::HolderProof | Code::PresentationAudience | Code::PresentationNonce => {
            "Ask the holder to answer your own request with their wallet."
        }
        Code::RequestAlreadyUsed => {
            "Make a new request; to look again at an answer that was checked before, use --recheck."
        }
        // Looking again would not help: --recheck skips the ledger and nothing else.
        Code::RequestExpired => "Make a new request and ask the holder to answer that one.",
        Code::RequestClaimMissing => {
            "Ask the holder to disclose what the request requires, or make a request that requires less."
        }
        Code::StatusNotValid | Code::StatusRevoked | Code::StatusSuspended | Code::TermEnded => {
            "Ask the issuer if this surprises you; the holder may have a newer credential."
        }
        Code::StatusHistoryMissing => {
            "The issuer keeps suspensions private: ask it about that date."
        }
        Code::CredentialExpired => "The holder can ask the secretariat for a new credential.",
        Code::PresentationMalformed => {
            "Ask for the file again: it was cut off, changed, or is not a presentation."
        }
        Code::PresentationTime => "Check the clocks of this machine and of the holder's.",
        _ => return None,
    })
}
