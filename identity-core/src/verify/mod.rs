//! Verification: from [`Unverified`] through the checks to [`Verified`], with the verdict and its
//! reasons.
//!
//! [`Unverified::verify`] runs the checks in the order of the report. Reading order for an auditor:
//! `presentation.rs` (the four checks of a presentation), `reading.rs` (what was signed, and by whom),
//! `credential.rs` (the seven checks of each credential), `authority.rs` (who vouches for its issuer),
//! `verdict.rs` (what follows from them), `clock.rs` (what is left of it when this machine's clock was set back).
//!
//! [`w3c`] is apart from all this: it says whether anybody's credential is authentic, and gives no verdict.

mod authority;
mod budget;
mod clock;
mod credential;
mod electoral;
mod hints;
mod in_office;
mod ledger;
mod presentation;
mod reading;
mod render;
mod verdict;
pub mod w3c;

#[cfg(test)]
mod tests;

pub use budget::{Budget, BudgetExhausted};
pub use ledger::{Ledger, LedgerError, MemoryLedger, Recheck};
pub use presentation::{
    Presentation, PresentedCredential, Question, Unverified, Verified, VerifyError,
};
pub use verdict::{
    CredentialCheck, CredentialReport, Finding, Note, Outcome, PresentationCheck, Report, Verdict,
};
