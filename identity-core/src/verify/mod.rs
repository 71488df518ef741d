//! Verification: from Unverified through the checks to Verified, with the verdict and its reasons.

mod budget;

pub use budget::{Budget, BudgetExhausted};
