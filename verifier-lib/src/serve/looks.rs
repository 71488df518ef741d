//! Whether files have changed, without reading them.

use std::path::PathBuf;

use fs_err as fs;

/// A file as far as it can be told from another without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Looks {
    path: PathBuf,
    modified: Option<std::time::SystemTime>,
    bytes: u64,
    number: u64,
}

impl Looks {
    /// Looks at a file; one that is not there looks like nothing.
    pub(super) fn of(path: PathBuf) -> Self {
        let metadata = fs::metadata(&path).ok();
        Self {
            modified: metadata.as_ref().and_then(|found| found.modified().ok()),
            bytes: metadata.as_ref().map_or(0, std::fs::Metadata::len),
            number: metadata.as_ref().map_or(0, number),
            path,
        }
    }
}

/// Returns the number of the file on its disk: another one when it was replaced.
#[cfg(unix)]
fn number(metadata: &std::fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt as _;

    metadata.ino()
}

#[cfg(not(unix))]
const fn number(_metadata: &std::fs::Metadata) -> u64 {
    0
}
