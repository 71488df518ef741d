//! Makes a verified presentation without verifying one.

use verifier_lib::{Presentation, Report, Verified};

fn pretend(inner: Presentation, report: Report) -> Verified<Presentation> {
    Verified { inner, report, max_age: None }
}

fn main() {
    let _ = pretend;
}
