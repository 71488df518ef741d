//! Reads claims of something that nobody has verified.

use identity_core::verify::Unverified;

fn main() {
    let presentation = Unverified::new(b"a presentation".as_slice());
    println!("{:?}", presentation.credentials());
}
