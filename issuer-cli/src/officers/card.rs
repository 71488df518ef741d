//! An officer's card: what others need to count on this officer, signed by the officer's own key.

use identity_core::{
    did::Did,
    encoding::{
        base64url, jcs,
        strict_json::{self, Limits, Value},
    },
    key::{PublicKey, SecretKey, Signature, Signer as _},
};
use serde::{Deserialize, Serialize};

use super::SealingKey;
use crate::{
    office::{OfficeCode, Refusal},
    store::MACHINE,
};

/// What keeps this signature apart from every other of the same key.
const DOMAIN: &[u8] = b"mandate-officer-card/1\n";

/// The public half of an officer.
///
/// The policy names the signing key alone: the card is signed with it, so that nobody can put another
/// sealing key in the place of the officer's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a record of the store")]
pub struct OfficerCard {
    /// `mandate.officer-card/1`.
    pub schema: String,
    /// The short name, 1 to 32 of `a-z`, `0-9`, `-` and `_`.
    pub id: String,
    /// The name, for people.
    pub name: String,
    /// What the officer is, such as `registrar`.
    pub role: String,
    /// The signing key, as a did:key.
    pub did: Did,
    /// The X25519 key, base64url.
    pub sealing_key: String,
    /// The signature over all of this, base64url.
    pub proof: String,
}

impl OfficerCard {
    /// The `schema` of a card.
    pub const SCHEMA: &'static str = "mandate.officer-card/1";

    /// Makes and signs a card.
    ///
    /// # Errors
    /// `officer.card` when a word is none, or the key cannot sign.
    pub fn new(
        (id, name, role): (&str, &str, &str),
        signing: &SecretKey,
        sealing: &SealingKey,
    ) -> Result<Self, Refusal> {
        let mut card = Self {
            schema: Self::SCHEMA.to_owned(),
            id: id.to_owned(),
            name: name.to_owned(),
            role: role.to_owned(),
            did: identity_core::did::key::create(signing.public_key()),
            sealing_key: base64url::encode(&sealing.public()?),
            proof: String::new(),
        };
        let message = card.message()?;
        let signature = signing
            .try_sign(&message)
            .map_err(|error| Refusal::core(error.code(), &error))?;
        card.proof = base64url::encode(signature.as_bytes());
        card.check()?;
        Ok(card)
    }

    /// Reads a card's file.
    ///
    /// # Errors
    /// `officer.card` when it is none, or not signed by its own key.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let card: Self = strict_json::from_slice(bytes, &Limits::small())
            .map_err(|_| refused("the file is no officer's card"))?;
        card.check()?;
        Ok(card)
    }

    /// Checks the words and the signature.
    ///
    /// # Errors
    /// `officer.card`.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.schema != Self::SCHEMA {
            return Err(refused("the file is no officer's card"));
        }
        if !is_word(&self.id) || !is_word(&self.role) {
            return Err(refused(
                "an officer's id and role are 1 to 32 of a-z, 0-9, - and _, not beginning with -",
            ));
        }
        if self.id == MACHINE {
            // The journal says who wrote it, and this is nobody.
            return Err(refused("machine is the name of what publishes unattended"));
        }
        if !identity_core::credential::is_displayable(&self.name) {
            return Err(refused(
                "an officer's name is a text of 1 to 500 characters without control characters",
            ));
        }
        self.sealing_public()?;
        let signature = base64url::decode(&self.proof).ok();
        let signature = signature.and_then(|bytes| Signature::from_slice(&bytes).ok());
        let signature = signature.ok_or_else(|| refused("the card is not signed"))?;
        self.key()?
            .verify(&self.message()?, &signature)
            .map_err(|_| refused("the card was changed since its officer signed it"))
    }

    /// Returns the signing key.
    ///
    /// # Errors
    /// `officer.card` when the DID is no did:key.
    pub fn key(&self) -> Result<PublicKey, Refusal> {
        key_of(&self.did)
    }

    /// Returns the sealing key.
    ///
    /// # Errors
    /// `officer.card` when it is none.
    pub fn sealing_public(&self) -> Result<[u8; 32], Refusal> {
        let bytes = base64url::decode(&self.sealing_key).ok();
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| refused("the card has no sealing key"))
    }

    fn message(&self) -> Result<Vec<u8>, Refusal> {
        let value = Value::object([
            ("schema", self.schema.clone()),
            ("id", self.id.clone()),
            ("name", self.name.clone()),
            ("role", self.role.clone()),
            ("did", self.did.to_string()),
            ("sealingKey", self.sealing_key.clone()),
        ]);
        let bytes =
            jcs::canonicalize(&value).map_err(|error| Refusal::core(error.code(), &error))?;
        Ok([DOMAIN, &bytes].concat())
    }
}

/// Returns the key of a did:key.
pub(crate) fn key_of(did: &Did) -> Result<PublicKey, Refusal> {
    if did.method() != "key" {
        return Err(refused("an officer's key is not named by a did:key"));
    }
    PublicKey::from_multikey(did.specific_id())
        .map_err(|_| refused("an officer's key is not named by a did:key"))
}

fn is_word(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    (1..=32).contains(&text.len()) && !text.starts_with('-') && text.bytes().all(fits)
}

fn refused(message: &str) -> Refusal {
    Refusal::new(OfficeCode::OfficerCard, message)
        .hint("an officer makes a card with: mandate-issuer officer card ID --out FILE")
}

#[cfg(test)]
mod tests {
    use cli_kit::run::system_rng;
    use identity_core::key::Algorithm;

    use super::*;

    fn card() -> OfficerCard {
        let mut rng = system_rng().unwrap();
        let signing = SecretKey::generate(Algorithm::EdDsa, &mut rng);
        let sealing = SealingKey::generate(&mut rng);
        OfficerCard::new(("anna", "Anna", "clerk"), &signing, &sealing).unwrap()
    }

    #[test]
    fn a_card_is_what_its_officer_signed() {
        let (own, other) = (card(), card());
        let bytes = serde_json::to_vec(&own).unwrap();
        assert_eq!(OfficerCard::read(&bytes).unwrap(), own);
        // Another's sealing key: what is sealed to this officer would be read by that one.
        let swaps: [fn(&mut OfficerCard, &OfficerCard); 5] = [
            |card, other| card.sealing_key.clone_from(&other.sealing_key),
            |card, other| card.did = other.did.clone(),
            |card, _| card.id = "bo".to_owned(),
            |card, _| card.role = "clerk-2".to_owned(),
            |card, _| card.name = "Bo".to_owned(),
        ];
        for swap in swaps {
            let mut changed = own.clone();
            swap(&mut changed, &other);
            assert_eq!(changed.check().unwrap_err().code, "officer.card");
        }
    }

    #[test]
    fn words_are_words() {
        let mut rng = system_rng().unwrap();
        let signing = SecretKey::generate(Algorithm::EdDsa, &mut rng);
        let sealing = SealingKey::generate(&mut rng);
        for (id, name, role) in [
            ("", "Anna", "clerk"),
            ("-a", "Anna", "clerk"),
            ("Anna", "Anna", "clerk"),
            ("../a", "Anna", "clerk"),
            ("anna", "", "clerk"),
            ("anna", "An\u{202e}na", "clerk"),
            ("anna", "Anna", "the clerk"),
        ] {
            let made = OfficerCard::new((id, name, role), &signing, &sealing);
            assert_eq!(made.unwrap_err().code, "officer.card", "{id} {name} {role}");
        }
    }
}
