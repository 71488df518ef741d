//! Sealing bytes to one officer: HPKE in its base mode (RFC 9180), DHKEM(X25519, HKDF-SHA256),
//! HKDF-SHA256, `ChaCha20Poly1305`.

use core::fmt;

use hpke::{
    Deserializable as _, Kem as _, OpModeR, OpModeS, Serializable as _, aead::ChaCha20Poly1305,
    kdf::HkdfSha256, kem::X25519HkdfSha256, single_shot_open, single_shot_seal_with_rng,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::office::{OfficeCode, Refusal};

/// What keeps these envelopes apart from those of every other use of the same key.
const INFO: &[u8] = b"mandate/officers/1";
/// The length of an encapsulated key.
const ENCAPSULATED: usize = 32;

/// An officer's secret key for what is sealed to them: not cloned, not printed, wiped when dropped.
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// Makes a new key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(bytes)
    }

    /// Takes the 32 secret bytes.
    pub const fn from_secret_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// Returns the 32 secret bytes, to be sealed and for nothing else.
    pub const fn secret_bytes(&self) -> &Zeroizing<[u8; 32]> {
        &self.0
    }

    /// Returns the public half, 32 bytes.
    ///
    /// # Errors
    /// `officer.slot` when the bytes are no key.
    pub fn public(&self) -> Result<[u8; 32], Refusal> {
        let secret = self.hpke()?;
        Ok(X25519HkdfSha256::sk_to_pk(&secret).to_bytes().into())
    }

    /// Opens an envelope sealed to this key under the same associated data.
    ///
    /// # Errors
    /// `officer.pads` when it was sealed to another key or in another place.
    pub(super) fn open(&self, sealed: &[u8], aad: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let (encapsulated, ciphertext) =
            sealed.split_at_checked(ENCAPSULATED).ok_or_else(unopened)?;
        let encapsulated = <X25519HkdfSha256 as hpke::Kem>::EncappedKey::from_bytes(encapsulated)
            .map_err(|_| unopened())?;
        let secret = self.hpke()?;
        single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &secret,
            &encapsulated,
            INFO,
            ciphertext,
            aad,
        )
        .map(Zeroizing::new)
        .map_err(|_| unopened())
    }

    fn hpke(&self) -> Result<<X25519HkdfSha256 as hpke::Kem>::PrivateKey, Refusal> {
        <X25519HkdfSha256 as hpke::Kem>::PrivateKey::from_bytes(self.0.as_slice())
            .map_err(|_| unopened())
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(..)")
    }
}

/// Seals bytes to a public key; the associated data say where they belong.
pub(super) fn seal(
    plain: &[u8],
    to: &[u8; 32],
    aad: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, Refusal> {
    let failed = |_| {
        let message = "nothing can be sealed to the key on an officer's card";
        Refusal::new(OfficeCode::OfficerCard, message)
            .hint("let the officer make the card again: mandate-issuer officer card --out FILE")
    };
    let public = <X25519HkdfSha256 as hpke::Kem>::PublicKey::from_bytes(to).map_err(failed)?;
    let (encapsulated, ciphertext) = single_shot_seal_with_rng::<
        ChaCha20Poly1305,
        HkdfSha256,
        X25519HkdfSha256,
    >(&OpModeS::Base, &public, INFO, plain, aad, rng)
    .map_err(failed)?;
    let mut sealed = encapsulated.to_bytes().to_vec();
    sealed.extend_from_slice(&ciphertext);
    Ok(sealed)
}

fn unopened() -> Refusal {
    let message = "what was sealed to this officer does not open with their key here";
    Refusal::new(OfficeCode::OfficerPads, message)
        .hint("keep the folder as it is and restore a backup: mandate-issuer backup restore FILE")
}

#[cfg(test)]
mod tests {
    use cli_kit::run::system_rng;

    use super::*;

    #[test]
    fn only_the_key_it_was_sealed_to_opens_it_and_only_in_its_place() {
        let mut rng = system_rng().unwrap();
        let (own, other) = (
            SealingKey::generate(&mut rng),
            SealingKey::generate(&mut rng),
        );
        let sealed = seal(b"pad", &own.public().unwrap(), b"here", &mut rng).unwrap();
        assert_eq!(own.open(&sealed, b"here").unwrap().as_slice(), b"pad");
        let code =
            |key: &SealingKey, bytes: &[u8], aad: &[u8]| key.open(bytes, aad).unwrap_err().code;
        assert_eq!(code(&other, &sealed, b"here"), "officer.pads");
        assert_eq!(code(&own, &sealed, b"there"), "officer.pads");
        for at in [0, ENCAPSULATED, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(code(&own, &changed, b"here"), "officer.pads", "{at}");
        }
        assert_eq!(
            code(&own, &sealed[..ENCAPSULATED - 1], b"here"),
            "officer.pads"
        );
    }
}
