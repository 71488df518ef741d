//! Verification: from Unverified through the checks to Verified, with the verdict and its reasons.

mod budget;
mod verdict;

pub use budget::{Budget, BudgetExhausted};
pub use verdict::{
    CredentialCheck, CredentialReport, Finding, Outcome, PresentationCheck, Report, Verdict,
};
