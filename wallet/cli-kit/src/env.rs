//! Every environment variable the programs read, in one list.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// `human` or `json`; the flag `--format` goes first.
pub const FORMAT: &str = "MANDATE_FORMAT";
/// Where mandate-issuer keeps its data; the flag `--home` goes first.
pub const ISSUER_HOME: &str = "MANDATE_ISSUER_HOME";
/// Where mandate-wallet keeps its data; the flag `--home` goes first.
pub const WALLET_HOME: &str = "MANDATE_WALLET_HOME";
/// Where mandate-verifier keeps its data; the flag `--home` goes first.
pub const VERIFIER_HOME: &str = "MANDATE_VERIFIER_HOME";
/// A file that holds the passphrase; the passphrase flags go first.
pub const PASSPHRASE_FILE: &str = "MANDATE_PASSPHRASE_FILE";
/// Which officer acts in mandate-issuer; the flag `--officer` goes first.
pub const OFFICER: &str = "MANDATE_OFFICER";
/// The base of the data directories (XDG Base Directory Specification), used when no home is given.
pub const XDG_DATA_HOME: &str = "XDG_DATA_HOME";
/// The user's home directory, used when `XDG_DATA_HOME` is not set.
pub const HOME: &str = "HOME";
/// Set to `1`, a fault shows where it happened.
pub const RUST_BACKTRACE: &str = "RUST_BACKTRACE";

/// The variables above and what they do, for the reference page. `NO_COLOR`, `CLICOLOR`,
/// `CLICOLOR_FORCE` and `TERM` are read by the library that colours, as everywhere.
pub const ALL: &[(&str, &str)] = &[
    (FORMAT, "human or json, when --format is not given"),
    (
        ISSUER_HOME,
        "where mandate-issuer keeps its data, when --home is not given",
    ),
    (
        WALLET_HOME,
        "where mandate-wallet keeps its data, when --home is not given",
    ),
    (
        VERIFIER_HOME,
        "where mandate-verifier keeps its data, when --home is not given",
    ),
    (
        PASSPHRASE_FILE,
        "a file with the passphrase, when no passphrase flag is given",
    ),
    (
        OFFICER,
        "which officer acts in mandate-issuer, when --officer is not given",
    ),
    (
        XDG_DATA_HOME,
        "the base of the data directories, when no home is given",
    ),
    (
        HOME,
        "the user's home directory, when XDG_DATA_HOME is not set",
    ),
    (RUST_BACKTRACE, "1 shows where a fault happened"),
];

/// Returns what the long help says of the environment: the program's home, the passphrase, the format.
pub fn help(home_variable: &str) -> String {
    let mut text = "Environment:\n".to_owned();
    for (name, meaning) in ALL {
        if [home_variable, PASSPHRASE_FILE, FORMAT].contains(name) {
            text.push_str("  ");
            text.push_str(name);
            text.push_str("\n          ");
            text.push_str(meaning);
            text.push('\n');
        }
    }
    text
}

/// The environment as it was when the program began.
#[derive(Clone, Default, Debug)]
pub struct Variables(BTreeMap<OsString, OsString>);

impl Variables {
    /// Reads the variables of [`ALL`] from the process; an empty one counts as not set.
    pub fn of_process() -> Self {
        ALL.iter()
            .filter_map(|(name, _)| Some((*name, std::env::var_os(name)?)))
            .collect()
    }

    /// Returns the value of one variable, if it is set and not empty.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str)
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let pairs = pairs
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        Self(pairs.filter(|(_, value)| !value.is_empty()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let variables = Variables::from_iter([(HOME, ""), (FORMAT, "json")]);
        assert_eq!(variables.get(HOME), None);
        assert_eq!(variables.get(FORMAT), Some(OsStr::new("json")));
        assert_eq!(variables.get(XDG_DATA_HOME), None);
    }
}
