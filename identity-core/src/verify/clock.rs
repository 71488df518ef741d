//! What is left of a verdict when this machine's clock was set back.
//!
//! A clock in the past makes expired credentials valid again and old evidence young, so nothing that was judged
//! by it stands, neither for nor against anybody. What needs no clock does: signatures, holders, whose issuer
//! it is, and that something is revoked, which no later day undoes.

use super::{CredentialCheck, Finding, Outcome, PresentationCheck, Report};
use crate::{Code, status::Instant};

/// Sets undecided what was judged by a clock that is earlier than `seen`, an instant that had come before.
pub(super) fn doubt(report: &mut Report, seen: Instant) {
    let detail =
        format!("this machine's clock was set back: it is earlier than {seen}, which it has seen");
    let unknown = || Finding::unknown(Code::ClockRollback, detail.clone());
    for check in [PresentationCheck::Request, PresentationCheck::Nonce] {
        if report.finding(check).code.is_some_and(is_of_the_clock) {
            report.set(check, unknown());
        }
    }
    let is_about_now = report.at == report.checked_at;
    for credential in &mut report.credentials {
        for check in CredentialCheck::ALL {
            let found = credential.finding(check);
            let falls = match check {
                CredentialCheck::Signature | CredentialCheck::Issuer => false,
                CredentialCheck::Freshness => true,
                // An accreditation that was withdrawn then may have been given anew since.
                CredentialCheck::Accreditation => {
                    is_about_now && found.code.is_some_and(is_of_the_clock)
                }
                CredentialCheck::Status => is_about_now && found.code != Some(Code::StatusRevoked),
                CredentialCheck::Validity | CredentialCheck::Term => is_about_now,
            };
            if falls && found.outcome != Outcome::Skipped {
                credential.set(check, unknown());
            }
        }
    }
}

/// Whether a finding may be another one by a clock that is right.
const fn is_of_the_clock(code: Code) -> bool {
    matches!(
        code,
        Code::RequestExpired
            | Code::RequestNotYetIssued
            | Code::PresentationTime
            | Code::AccreditationEnded
            | Code::AccreditationNotYet
            | Code::AccreditationSuspended
            | Code::AccreditationWithdrawn
    )
}
