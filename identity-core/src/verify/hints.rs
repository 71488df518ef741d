//! What to do about a check that did not pass.

use super::{CredentialCheck, Outcome, PresentationCheck, Report};
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
            // What passed with a remark was accepted knowingly: there is nothing to do about it.
            if finding.outcome != Outcome::Pass
                && let Some(hint) = finding.code.and_then(hint)
                && !hints.contains(&hint)
            {
                hints.push(hint);
            }
        }
        hints
    }
}

/// One sentence for whoever stands at the gate or looks after the verifier.
const fn hint(code: Code) -> Option<&'static str> {
    if let Some(hint) = of_authority(code) {
        return Some(hint);
    }
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

/// What to do about who vouches for an issuer, about officers, and about the history of a DID.
const fn of_authority(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::AccreditationChamber | Code::AccreditationType | Code::AccreditationValidity => {
            "Do not accept it: the issuer may not issue this. Tell the issuer and whoever accredits it."
        }
        Code::AccreditationDissolved => {
            "The parliament does not function any more: its mandates have ended."
        }
        Code::AccreditationEnded | Code::AccreditationWithdrawn => {
            "Do not accept it; whoever accredits the issuer can say why, and since when."
        }
        Code::AccreditationKeyCompromised => {
            "Do not accept it: call the issuer's incident response team (mandate-verifier trust show -v), and ask the holder for a new credential."
        }
        Code::AccreditationNotYet => {
            "It was issued before its issuer was accredited: the holder can ask the secretariat for a new one."
        }
        Code::AccreditationSuspended => {
            "Ask who decides here: to admit parliaments that are suspended, --accept-suspended."
        }
        Code::ApprovalExpired
        | Code::ApprovalForeign
        | Code::ApprovalManifest
        | Code::ApprovalPolicyVersion
        | Code::ApprovalPreparer
        | Code::ApprovalSignature
        | Code::ApprovalStranger
        | Code::ApprovalUnprepared => {
            "Do not accept it: the approvals with it are not those of the issuer's officers for this credential. Tell the issuer."
        }
        Code::ApprovalMalformed | Code::ApprovalTooFew => {
            "Ask the holder for a credential that enough officers approved; older ones may have no approvals."
        }
        Code::ClockRollback => {
            "Set this machine's clock: it was right once, and is behind now. Until then nothing can be decided here."
        }
        Code::DelegationPeriod | Code::DelegationWider => {
            "Do not accept it: the unit that issued it may not. Tell the parliament that delegated to it."
        }
        Code::IssuerDidDeactivated => {
            "The issuer has given its DID up: ask it, or whoever accredits it, for the new one."
        }
        Code::IssuerKeyPeriod => {
            "Do not rely on it: the key that signed was not the issuer's then. Tell the issuer."
        }
        Code::DidLogFork | Code::NetworkFork => {
            "Keep the file and call whoever publishes it by a second way: its history was written anew, and a key may be in other hands."
        }
        Code::NetworkConflict => {
            "Keep both files and call the accreditor: the key that publishes may be in other hands."
        }
        Code::NetworkRollback | Code::DidLogRollback => {
            "A newer one was seen before: fetch the newest (mandate-verifier trust update), and ask who handed you this one."
        }
        Code::NetworkExpired | Code::NetworkStale => {
            "Fetch the accreditor's newest trust bundle (mandate-verifier trust update); if there is none, ask it to publish."
        }
        Code::NetworkNotYetIssued => "Check this machine's clock.",
        Code::NetworkMalformed
        | Code::NetworkMixed
        | Code::NetworkPublishingKey
        | Code::NetworkSignature
        | Code::AccreditationForeign
        | Code::AccreditationMalformed
        | Code::AccreditationNoPolicy
        | Code::AccreditationSignature
        | Code::AccreditationStranger
        | Code::AccreditationTooFew => {
            "The trust bundle was changed or put together wrongly: fetch it again from where the accreditor publishes."
        }
        Code::PolicyMalformed
        | Code::PolicySignature
        | Code::PolicyStranger
        | Code::PolicyTooFew
        | Code::PolicyVersion => {
            "Too few officers stand behind it: fetch it again, and call whoever publishes it by a second way if that changes nothing."
        }
        Code::DidLogDeactivated
        | Code::DidLogEntryHash
        | Code::DidLogMalformed
        | Code::DidLogMethod
        | Code::DidLogMoved
        | Code::DidLogNoVersion
        | Code::DidLogOther
        | Code::DidLogParameter
        | Code::DidLogPreRotation
        | Code::DidLogProof
        | Code::DidLogScid
        | Code::DidLogSignature
        | Code::DidLogTime
        | Code::DidLogUnauthorised
        | Code::DidLogVersion
        | Code::DidLogWitnesses => {
            "The history of the issuer's DID does not hold: fetch its bundle again, and call the issuer by a second way if that changes nothing."
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_refused_for_want_of_authority_is_told_what_to_do() {
        let told = |code: &&Code| hint(**code).is_some();
        // What is met when bundles are written and in no verdict, and what only stands beside one.
        let elsewhere =
            |code: &Code| matches!(code, Code::DidLogProfile | Code::AccreditationLater);
        for room in [
            "accreditation.",
            "approval.",
            "clock.",
            "delegation.",
            "did.log_",
            "network.",
            "policy.",
        ] {
            let mut codes = Code::ALL
                .iter()
                .filter(|code| code.as_str().starts_with(room));
            let untold = codes.find(|code| !told(code) && !elsewhere(code));
            assert_eq!(untold, None);
        }
    }

    /// Each kind of trouble has a sentence of its own; what no verifier can mend has none.
    #[test]
    fn whoever_can_do_something_is_told_what() {
        let alike: [&[Code]; 22] = [
            &[Code::BundleMissing],
            &[Code::BundleExpired, Code::BundleStale],
            &[Code::BundleRollback],
            &[Code::BundleConflict],
            &[
                Code::BundleMalformed,
                Code::BundleSignature,
                Code::BundleStatusKey,
            ],
            &[Code::BundleNotYetIssued, Code::NetworkNotYetIssued],
            &[Code::IssuerNotTrusted],
            &[Code::IssuerMismatch, Code::SignatureInvalid],
            &[Code::HolderMixed],
            &[
                Code::HolderProof,
                Code::PresentationAudience,
                Code::PresentationNonce,
            ],
            &[Code::RequestAlreadyUsed],
            &[Code::RequestExpired],
            &[Code::RequestClaimMissing],
            &[
                Code::StatusNotValid,
                Code::StatusRevoked,
                Code::StatusSuspended,
                Code::TermEnded,
            ],
            &[Code::StatusHistoryMissing],
            &[Code::CredentialExpired],
            &[Code::PresentationMalformed],
            &[Code::PresentationTime],
            &[Code::IssuerDidDeactivated],
            &[Code::IssuerKeyPeriod],
            &[Code::ClockRollback],
            &[Code::AccreditationSuspended],
        ];
        let mut told = std::collections::BTreeSet::new();
        for codes in alike {
            let sentences: Vec<_> = codes.iter().map(|code| hint(*code)).collect();
            let Some(sentence) = sentences[0] else {
                panic!("{codes:?}")
            };
            assert!(sentences.iter().all(|other| *other == Some(sentence)));
            assert!(
                sentence.ends_with('.') && told.insert(sentence),
                "{sentence}"
            );
        }
        for code in [
            Code::CredentialNotYetValid,
            Code::TermMissing,
            Code::DidLogProfile,
        ] {
            assert_eq!(hint(code), None, "{code}");
        }
    }
}
