//! Forgets the ledger, so that an answer would count any number of times.

use verifier_lib::{Request, Verifier, When};

fn open(gate: &Verifier, request: &Request, file: &[u8], when: When) -> bool {
    gate.check(file, request, when).is_ok()
}

fn main() {
    let _ = open;
}
