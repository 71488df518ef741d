//! Takes a verified presentation from JSON.

use verifier_lib::{Presentation, Verified};

fn main() {
    let _: Verified<Presentation> = serde_json::from_str("{}").unwrap();
}
