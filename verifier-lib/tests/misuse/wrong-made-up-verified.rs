//! Makes a verified presentation without verifying one.

use verifier_lib::{Policy, Presentation, Report, Verified};

fn pretend(inner: Presentation, report: Report) -> Verified<Presentation> {
    Verified { inner, report, policy: Policy::as_published() }
}

fn main() {
    let _ = pretend;
}
