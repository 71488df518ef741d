//! The verdict decides what happens, and claims are read from what was verified.

use verifier_lib::{MemoryLedger, Request, Verifier, VerifyError, When};

fn open(gate: &Verifier, request: &Request, file: &[u8], when: When, ledger: &mut MemoryLedger) -> bool {
    match gate.check(file, request, when, ledger) {
        Ok(verified) => verified.credentials()[0].name() == Some("Ana Example"),
        Err(VerifyError::Refused(_)) => false,
        Err(_) => false,
    }
}

fn main() {
    let _ = open;
}
