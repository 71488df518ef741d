//! What an embedder could do wrong, and the compiler does not let them.
//!
//! Each file under `misuse/` is one mistake, with what the compiler says of it; `right.rs` is the same
//! program without any.

#[test]
#[cfg_attr(
    feature = "serve",
    ignore = "the compiler's examples of a trait are others when more crates are there"
)]
fn the_compiler_stops_every_misuse() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/misuse/right.rs");
    cases.compile_fail("tests/misuse/wrong-*.rs");
}
