//! How much one request, one connection and all of them together may cost.

use core::time::Duration;

use identity_core::encoding::strict_json;

/// Longest headers, in bytes of names and values; beyond [`HEADERS_READ`] the HTTP layer answers by itself.
pub(super) const HEADERS: usize = 16 << 10;

/// From how many bytes on headers are not even read.
pub(super) const HEADERS_READ: usize = 64 << 10;

/// Most requests on one connection, so that nobody holds one for ever.
pub(super) const REQUESTS: u64 = 10_000;

/// Most requests at once on one connection (RFC 9113, section 5.1.2).
pub(super) const STREAMS: u32 = 32;

/// How many connections beyond the limit are told so; those beyond are closed without a word.
pub(super) const REFUSED: usize = 32;

/// How long the requests at hand may take after the sidecar was told to stop.
pub(super) const STOPPING: Duration = Duration::from_secs(10);

/// How often the files of the evidence are looked at.
pub(super) const WATCH: Duration = Duration::from_secs(2);

/// The limits that can be set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Largest body, in bytes.
    pub(crate) max_body: usize,
    /// From the last header to the answer.
    pub(crate) timeout: Duration,
    /// From the first byte, or the last answer, to the last header; and from there to the body's end.
    pub(crate) read_timeout: Duration,
    /// Most requests that are being answered at once.
    pub(crate) max_concurrent: usize,
    /// Most connections.
    pub(crate) max_connections: usize,
    /// How many of the requests at once compute; the others wait.
    pub(crate) workers: usize,
}

impl Limits {
    /// Returns what of a body is read as JSON: 32 levels, 16,384 values.
    pub(super) const fn json(&self) -> strict_json::Limits {
        let mut limits = strict_json::Limits::small();
        limits.max_bytes = self.max_body;
        limits
    }
}
