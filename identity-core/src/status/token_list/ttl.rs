//! How long a copy may be kept.

/// How long a copy of a Token Status List may be used before a newer one should be fetched, in
/// **seconds** (`ttl`, section 5.1).
///
/// A W3C list counts in milliseconds, in a [type of its own](crate::status::w3c::TtlMillis):
///
/// ```compile_fail
/// # use identity_core::status::{token_list::TtlSeconds, w3c::TtlMillis};
/// let ttl: TtlSeconds = TtlMillis::from_millis(43_200_000); // expected `TtlSeconds`
/// ```
///
/// ```
/// # use identity_core::status::{token_list::TtlSeconds, w3c::TtlMillis};
/// let ttl: TtlSeconds = TtlSeconds::from_secs(43_200);
/// assert_eq!(ttl.duration(), TtlMillis::from_millis(43_200_000).duration());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TtlSeconds(u64);

impl TtlSeconds {
    /// Takes a number of seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Takes a duration, in whole seconds.
    pub const fn from_duration(duration: core::time::Duration) -> Self {
        Self(duration.as_secs())
    }

    /// Returns the duration.
    pub const fn duration(self) -> core::time::Duration {
        core::time::Duration::from_secs(self.0)
    }

    /// Returns the number of seconds.
    pub const fn as_secs(self) -> u64 {
        self.0
    }
}
