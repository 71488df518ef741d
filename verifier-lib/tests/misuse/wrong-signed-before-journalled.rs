//! Signs a credential that no journal knows of.

use identity_core::{credential::Checked, key::SecretKey};

fn hand_out(checked: Checked, key: &SecretKey) {
    let _ = checked.sign(key);
}

fn main() {
    let _ = hand_out;
}
