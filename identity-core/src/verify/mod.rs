//! Verification: from Unverified through the checks to Verified, with the verdict and its reasons.

mod budget;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the pipeline, which fills the report, comes next")
)]
mod verdict;

pub use budget::{Budget, BudgetExhausted};
pub use verdict::{
    CredentialCheck, CredentialReport, Finding, Outcome, PresentationCheck, Report, Verdict,
};
