//! Signs one recorded intent twice.

use identity_core::{credential::Recorded, key::SecretKey};

fn hand_out(recorded: Recorded, key: &SecretKey) {
    let _ = recorded.sign(key);
    let _ = recorded.sign(key);
}

fn main() {
    let _ = hand_out;
}
