//! The member's wallet: vault, enrolment, presentation, backup, and mandate-wallet, its command line.

pub mod vault;
