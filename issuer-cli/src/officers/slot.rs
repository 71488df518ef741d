//! An officer's slot: both secret keys under the officer's own passphrase, the public halves in clear.

use core::fmt;

use cli_kit::{
    passphrase::Passphrase,
    sealed::{self, Cost, SealedError},
};
use identity_core::{
    encoding::{
        base64url,
        strict_json::{self, Limits},
    },
    key::{Algorithm, SecretKey, Signer as _},
};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{OfficerCard, SealingKey};
use crate::office::{OfficeCode, Refusal};

/// An officer's two secret keys.
#[expect(clippy::exhaustive_structs, reason = "two keys, both needed")]
pub struct OfficerKeys {
    /// Signs what the officer did, and approvals.
    pub signing: SecretKey,
    /// Opens what is sealed to the officer.
    pub sealing: SealingKey,
}

/// The file `secrets/officers/<id>.slot`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a file, complete")]
pub struct Slot {
    /// `mandate.officer-slot/1`.
    pub schema: String,
    /// The public half.
    pub card: OfficerCard,
    /// Both secret keys, 64 bytes, sealed with the passphrase; base64url.
    pub sealed: String,
}

impl OfficerKeys {
    /// Makes the keys of a new officer.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self {
            signing: SecretKey::generate(Algorithm::EdDsa, rng),
            sealing: SealingKey::generate(rng),
        }
    }
}

impl fmt::Debug for OfficerKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfficerKeys")
            .field("public", self.signing.public_key())
            .finish_non_exhaustive()
    }
}

impl Slot {
    /// The `schema` of a slot.
    pub const SCHEMA: &'static str = "mandate.officer-slot/1";

    /// Seals an officer's keys.
    ///
    /// # Errors
    /// `officer.card` when id, name or role is none; `file.sealed_cost` when there is not enough memory.
    pub fn seal(
        about: (&str, &str, &str),
        keys: &OfficerKeys,
        passphrase: &Passphrase,
        cost: Cost,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, Refusal> {
        let card = OfficerCard::new(about, &keys.signing, &keys.sealing)?;
        let mut secrets = Zeroizing::new([0; 64]);
        secrets[..32].copy_from_slice(keys.signing.secret_bytes().as_slice());
        secrets[32..].copy_from_slice(keys.sealing.secret_bytes().as_slice());
        let sealed = sealed::seal(secrets.as_slice(), passphrase, cost, rng).map_err(of_seal)?;
        Ok(Self {
            schema: Self::SCHEMA.to_owned(),
            card,
            sealed: base64url::encode(&sealed),
        })
    }

    /// Reads a slot's file.
    ///
    /// # Errors
    /// `officer.slot` when it is none, `officer.card` when its card is not signed by its own key.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let slot: Self = strict_json::from_slice(bytes, &Limits::small()).map_err(|_| damaged())?;
        if slot.schema != Self::SCHEMA {
            return Err(damaged());
        }
        slot.card.check()?;
        Ok(slot)
    }

    /// Opens the keys.
    ///
    /// # Errors
    /// `passphrase.wrong`; `officer.slot` when the secret keys are not those of the card.
    pub fn open(&self, passphrase: &Passphrase) -> Result<OfficerKeys, Refusal> {
        let bytes = base64url::decode(&self.sealed).map_err(|_| damaged())?;
        let secrets = sealed::open(&bytes, passphrase).map_err(of_seal)?;
        let (signing, sealing) = secrets.split_first_chunk::<32>().ok_or_else(damaged)?;
        let sealing: [u8; 32] = sealing.try_into().map_err(|_| damaged())?;
        let keys = OfficerKeys {
            signing: SecretKey::from_secret_bytes(Algorithm::EdDsa, signing)
                .map_err(|_| damaged())?,
            sealing: SealingKey::from_secret_bytes(Zeroizing::new(sealing)),
        };
        let own = keys.signing.public_key() == &self.card.key()?
            && keys.sealing.public()? == self.card.sealing_public()?;
        if own { Ok(keys) } else { Err(damaged()) }
    }
}

fn of_seal(error: SealedError) -> Refusal {
    Refusal {
        code: error.code().as_str(),
        message: format!("the officer's slot cannot be used: {error}"),
        hint: Some("every officer has a passphrase of their own: is --officer right?".to_owned()),
    }
}

fn damaged() -> Refusal {
    Refusal::new(
        OfficeCode::OfficerSlot,
        "the officer's slot is not what was written there",
    )
    .hint("restore a backup: mandate-issuer backup restore FILE")
}

#[cfg(test)]
mod tests {
    use cli_kit::run::system_rng;

    use super::*;

    pub(crate) fn cheap() -> Cost {
        Cost::new(8, 1, 1).unwrap()
    }

    fn words(text: &str) -> Passphrase {
        Passphrase::new(Zeroizing::new(text.to_owned())).unwrap()
    }

    #[test]
    fn a_slot_opens_with_its_own_passphrase_and_to_its_own_keys() {
        let mut rng = system_rng().unwrap();
        let about = ("anna", "Anna", "clerk");
        let keys = OfficerKeys::generate(&mut rng);
        let slot = Slot::seal(about, &keys, &words("a"), cheap(), &mut rng).unwrap();
        let read = Slot::read(&serde_json::to_vec(&slot).unwrap()).unwrap();
        let opened = read.open(&words("a")).unwrap();
        assert_eq!(opened.signing.public_key(), keys.signing.public_key());
        assert_eq!(read.open(&words("b")).unwrap_err().code, "passphrase.wrong");
        // The secrets of one under the card of another.
        let keys = OfficerKeys::generate(&mut rng);
        let other = Slot::seal(about, &keys, &words("a"), cheap(), &mut rng).unwrap();
        let mixed = Slot {
            sealed: other.sealed,
            ..slot
        };
        assert_eq!(mixed.open(&words("a")).unwrap_err().code, "officer.slot");
    }
}
