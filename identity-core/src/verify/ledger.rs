//! The ledger of open nonces: what makes an answer count once.

use std::collections::BTreeSet;

/// Where a verifier keeps the nonces of its requests that have not been answered.
///
/// There is no default: a verifier that forgets its nonces accepts the same answer twice.
pub trait Ledger {
    /// Returns whether the nonce was given out here and has not been used.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger cannot be read.
    fn is_open(&self, nonce: &str) -> Result<bool, LedgerError>;

    /// Uses the nonce up, durably; returns whether it was still open, so that of two checks at the
    /// same moment only one counts.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger cannot be written; then nothing was verified.
    fn consume(&mut self, nonce: &str) -> Result<bool, LedgerError>;
}

/// Reports a ledger that cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger of open requests cannot be used: {reason}")]
#[non_exhaustive]
pub struct LedgerError {
    /// What is wrong.
    pub reason: String,
}

impl LedgerError {
    /// Reports a fault.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

/// A ledger in memory, for a process that makes its requests itself.
#[derive(Clone, Debug, Default)]
pub struct MemoryLedger(BTreeSet<String>);

/// No ledger: for looking again at an answer that was checked before.
///
/// The same answer passes any number of times; whoever opens a door on it opens it to replays.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "it holds nothing")]
pub struct Recheck;

impl MemoryLedger {
    /// Adds the nonce of a request that was made.
    pub fn open(&mut self, nonce: impl Into<String>) {
        self.0.insert(nonce.into());
    }
}

impl Ledger for MemoryLedger {
    fn is_open(&self, nonce: &str) -> Result<bool, LedgerError> {
        Ok(self.0.contains(nonce))
    }

    fn consume(&mut self, nonce: &str) -> Result<bool, LedgerError> {
        Ok(self.0.remove(nonce))
    }
}

impl Ledger for Recheck {
    fn is_open(&self, _nonce: &str) -> Result<bool, LedgerError> {
        Ok(true)
    }

    fn consume(&mut self, _nonce: &str) -> Result<bool, LedgerError> {
        Ok(true)
    }
}
