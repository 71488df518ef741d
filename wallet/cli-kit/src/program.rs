//! What a program says of itself.

use crate::env;

/// One of the three programs: its name, its home and its examples.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Program {
    /// The name of the program, such as `mandate-wallet`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The folder below the data directory, `mandate/<folder>`.
    pub folder: &'static str,
    /// The environment variable that moves its home.
    pub home_variable: &'static str,
    /// Commands to begin with and what each does, shown when the program is run without arguments.
    pub examples: &'static [(&'static str, &'static str)],
}

impl Program {
    /// Describes mandate-issuer.
    pub const fn issuer(
        version: &'static str,
        examples: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self {
            name: "mandate-issuer",
            version,
            folder: "issuer",
            home_variable: env::ISSUER_HOME,
            examples,
        }
    }

    /// Describes mandate-wallet.
    pub const fn wallet(
        version: &'static str,
        examples: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self {
            name: "mandate-wallet",
            version,
            folder: "wallet",
            home_variable: env::WALLET_HOME,
            examples,
        }
    }

    /// Describes mandate-verifier.
    pub const fn verifier(
        version: &'static str,
        examples: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self {
            name: "mandate-verifier",
            version,
            folder: "verifier",
            home_variable: env::VERIFIER_HOME,
            examples,
        }
    }
}
