//! The cryptosuites.

use core::{fmt, str::FromStr};

use identity_core::{
    did::{DidUrl, Relationship},
    encoding::strict_json::Object,
    key::{Algorithm, SecretKey},
    proof::data_integrity::{Cryptosuite, ProofError, ProofOptions, sign},
};
use jiff::Timestamp;

/// How a credential is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    EcdsaJcs2019,
    EddsaJcs2022,
}

impl Suite {
    pub(crate) const ALL: [Self; 2] = [Self::EcdsaJcs2019, Self::EddsaJcs2022];

    /// Returns the algorithm of its keys.
    pub(crate) const fn algorithm(self) -> Algorithm {
        match self {
            Self::EcdsaJcs2019 => Algorithm::Es256,
            Self::EddsaJcs2022 => Algorithm::EdDsa,
        }
    }

    /// Returns the name under which it signs.
    const fn cryptosuite(self) -> Cryptosuite {
        match self {
            Self::EcdsaJcs2019 => Cryptosuite::EcdsaJcs2019,
            Self::EddsaJcs2022 => Cryptosuite::EddsaJcs2022,
        }
    }

    /// Adds a proof.
    pub(crate) fn sign(
        self,
        document: Object<'static>,
        method: DidUrl,
        now: Timestamp,
        key: &SecretKey,
    ) -> Result<Object<'static>, ProofError> {
        let options = ProofOptions::new(
            self.cryptosuite(),
            method,
            Relationship::AssertionMethod,
            now,
        );
        sign(document, &options, key)
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EcdsaJcs2019 => "ecdsa-jcs-2019",
            Self::EddsaJcs2022 => "eddsa-jcs-2022",
        })
    }
}

impl FromStr for Suite {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL
            .into_iter()
            .find(|suite| suite.to_string() == name);
        found.ok_or_else(|| format!("there is no cryptosuite {name} here"))
    }
}
