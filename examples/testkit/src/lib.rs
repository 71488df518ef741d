//! Test fixtures: a fixed clock, a seeded generator, published vectors, a small parliament.

pub mod assembly;
pub mod network;
pub mod world;

use std::path::{Path, PathBuf};

/// Returns the folder of published test vectors, or `None` after saying what is skipped.
///
/// `MANDATE_VECTORS` names it; without that it is `../shared/vectors` beside the workspace.
///
/// # Panics
/// When the folder is missing and `MANDATE_REQUIRE_DATA` is set: a skipped vector must not look like a passed one.
pub fn vectors(what: &str) -> Option<PathBuf> {
    shared("MANDATE_VECTORS", "vectors", what)
}

/// Returns the folder of real rosters (it holds `popolo/*.json`), or `None` after saying what is skipped.
///
/// # Panics
/// When the folder is missing and `MANDATE_REQUIRE_DATA` is set.
pub fn data(what: &str) -> Option<PathBuf> {
    shared("MANDATE_DATA", "data", what)
}

fn shared(variable: &str, folder: &str, what: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).map_or_else(
        || {
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../../../shared")
                .join(folder)
        },
        PathBuf::from,
    );
    let found = path.join(what);
    if found.exists() {
        return Some(found);
    }
    assert!(
        std::env::var_os("MANDATE_REQUIRE_DATA").is_none(),
        "{} is missing: set {variable}",
        found.display()
    );
    skipped(&found);
    None
}

#[expect(
    clippy::print_stderr,
    reason = "a skipped test must say so, and tests have no other voice"
)]
fn skipped(path: &Path) {
    eprintln!("SKIPPED: {} is not here", path.display());
}
