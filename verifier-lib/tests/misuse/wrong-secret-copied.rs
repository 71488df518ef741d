//! Copies a secret key.

use verifier_lib::SecretKey;

fn keep(key: &SecretKey) -> SecretKey {
    key.clone()
}

fn main() {
    let _ = keep;
}
