//! The one-time code: 80 random bits, a digest of the issuer's DID, and a checksum.
//!
//! The random bits make the code a secret; the digest lets a wallet refuse another issuer's card
//! before anything is sent; the checksum tells a slip of the pen from a wrong code.

use core::{fmt, str::FromStr};

use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, Zeroizing};

use crate::{
    did::Did,
    error,
    key::{Algorithm, SecretKey},
};

/// Crockford's base 32: no letter that can be taken for another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Symbols of the random part, of the issuer's digest and of the checksum; five bits each.
const RANDOM: usize = 16;
const DIGEST: usize = 12;
const CHECKSUM: usize = 4;
const SYMBOLS: usize = RANDOM + DIGEST + CHECKSUM;

/// A one-time code, as 32 symbols of five bits; not printed by `Debug`, wiped when dropped.
pub struct Code([u8; SYMBOLS]);

/// Reports why a code cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// The code was made by another issuer than the card's.
    #[error("this code was given out by another issuer than the one on the card")]
    CardMismatch,
    /// The code has a wrong symbol, or too few or too many.
    #[error("the code is mistyped: it has 8 groups of 4 letters and digits, and a checksum")]
    Mistyped,
}

impl CodeError {
    /// Returns the stable code.
    pub const fn code(&self) -> error::Code {
        match self {
            Self::CardMismatch => error::Code::IssuerCardMismatch,
            Self::Mistyped => error::Code::EnrolmentCodeMistyped,
        }
    }
}

impl Code {
    /// Makes a new code of this issuer.
    pub fn generate(issuer: &Did, rng: &mut impl CryptoRng) -> Self {
        let mut random = Zeroizing::new([0; RANDOM]);
        rng.fill_bytes(random.as_mut_slice());
        let mut symbols = [0; SYMBOLS];
        for (symbol, byte) in symbols.iter_mut().zip(random.iter()) {
            *symbol = byte & 31;
        }
        symbols[RANDOM..RANDOM + DIGEST]
            .copy_from_slice(&symbols_of::<DIGEST>(issuer.as_str().as_bytes()));
        let sum = checksum(&symbols[..RANDOM + DIGEST]);
        symbols[RANDOM + DIGEST..].copy_from_slice(&sum);
        Self(symbols)
    }

    /// Derives the key by which the holder of the code proves to have it.
    ///
    /// The issuer keeps only the public half: a reader of its store cannot enrol.
    ///
    /// # Errors
    /// [`CodeError::CardMismatch`] when another issuer made the code.
    pub fn key(&self, issuer: &Did) -> Result<SecretKey, CodeError> {
        self.derive(issuer, b"mandate enrolment key v1")
    }

    /// Derives the key by which a code for suspending is known; one code never serves both ends.
    ///
    /// # Errors
    /// [`CodeError::CardMismatch`] when another issuer made the code.
    pub fn suspension_key(&self, issuer: &Did) -> Result<SecretKey, CodeError> {
        self.derive(issuer, b"mandate suspension key v1")
    }

    /// # Panics
    /// Never: HKDF can give 32 bytes, and any 32 bytes are an Ed25519 seed.
    fn derive(&self, issuer: &Did, purpose: &[u8]) -> Result<SecretKey, CodeError> {
        let expected: [u8; DIGEST] = symbols_of(issuer.as_str().as_bytes());
        if !bool::from(self.0[RANDOM..RANDOM + DIGEST].ct_eq(&expected)) {
            return Err(CodeError::CardMismatch);
        }
        let mut seed = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(issuer.as_str().as_bytes()), &self.0[..RANDOM])
            .expand(purpose, seed.as_mut_slice())
            .expect("32 bytes are within what HKDF gives");
        Ok(SecretKey::from_secret_bytes(Algorithm::EdDsa, &seed).expect("any seed is a key"))
    }

    /// Returns the code as handed over: 8 groups of 4, such as `7ZKD-…`; this is the secret.
    pub fn secret_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(SYMBOLS + 7));
        for (i, symbol) in self.0.iter().enumerate() {
            if i > 0 && i % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(ALPHABET[usize::from(*symbol)]));
        }
        text
    }
}

impl FromStr for Code {
    type Err = CodeError;

    /// Reads a code in either case, with or without hyphens and spaces; `I` and `L` are read as
    /// `1`, `O` as `0`.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let mut symbols = Zeroizing::new([0; SYMBOLS]);
        let mut count = 0;
        for c in text.trim().chars().filter(|c| !matches!(c, '-' | ' ')) {
            let c = match c.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            };
            let symbol = ALPHABET.iter().position(|&known| char::from(known) == c);
            let symbol = symbol.and_then(|symbol| u8::try_from(symbol).ok());
            let slot = symbols.get_mut(count).ok_or(CodeError::Mistyped)?;
            *slot = symbol.ok_or(CodeError::Mistyped)?;
            count += 1;
        }
        if count != SYMBOLS || checksum(&symbols[..RANDOM + DIGEST]) != symbols[RANDOM + DIGEST..] {
            return Err(CodeError::Mistyped);
        }
        Ok(Self(*symbols))
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code").finish_non_exhaustive()
    }
}

fn checksum(symbols: &[u8]) -> [u8; CHECKSUM] {
    symbols_of(symbols)
}

/// Takes five bits of each of the first bytes of the SHA-256 digest.
fn symbols_of<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let digest = Sha256::digest(bytes);
    let mut symbols = [0; N];
    for (symbol, byte) in symbols.iter_mut().zip(digest.iter()) {
        *symbol = byte & 31;
    }
    symbols
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{key::Signer as _, testing::Steps};

    fn issuer(name: &str) -> Did {
        format!("did:web:{name}.example").parse().unwrap()
    }

    #[test]
    fn the_key_is_what_any_hkdf_makes_of_code_and_issuer() {
        // RFC 5869 with SHA-256, computed by other software: the input is the sixteen random symbols,
        // the salt the issuer's DID.
        let code = Code::generate(&issuer("a"), &mut Steps(0));
        let seed = code.key(&issuer("a")).unwrap().secret_bytes();
        let expected = "HBDKF-vQzzNS3GjPRwK5t0WO7mpwOlX1_8jc1u-J4XU";
        assert_eq!(crate::encoding::base64url::encode(&*seed), expected);
        const { assert!(RANDOM * 5 >= 80, "at least 80 random bits") };
    }

    #[test]
    fn a_code_for_one_end_is_none_for_the_other() {
        let code = Code::generate(&issuer("a"), &mut Steps(0));
        let (enrols, suspends) = (code.key(&issuer("a")), code.suspension_key(&issuer("a")));
        assert_ne!(enrols.unwrap().public_key(), suspends.unwrap().public_key());
        let foreign = code.suspension_key(&issuer("b"));
        assert_eq!(foreign.err(), Some(CodeError::CardMismatch));
    }

    #[test]
    fn a_code_comes_back_however_it_is_written() {
        let code = Code::generate(&issuer("a"), &mut Steps(0));
        let text = code.secret_text();
        assert_eq!(text.len(), 39);
        let lazy = text
            .to_lowercase()
            .replace('-', " ")
            .replace('1', "l")
            .replace('0', "o");
        for written in [
            text.as_str(),
            &lazy,
            &format!("  {}\n", text.replace('-', "")),
        ] {
            let read: Code = written.parse().unwrap();
            assert_eq!(
                read.key(&issuer("a")).unwrap().public_key(),
                code.key(&issuer("a")).unwrap().public_key()
            );
        }
    }

    #[test]
    fn every_single_slip_is_noticed() {
        let text = Code::generate(&issuer("a"), &mut Steps(0))
            .secret_text()
            .replace('-', "");
        for at in 0..text.len() {
            for &symbol in ALPHABET {
                let mut slip = text.clone();
                slip.replace_range(at..=at, &char::from(symbol).to_string());
                let is_same = slip == text;
                assert_eq!(slip.parse::<Code>().is_ok(), is_same, "{at}");
            }
        }
        for wrong in ["", "U", &text[1..], &format!("{text}0"), "é"] {
            assert_eq!(
                wrong.parse::<Code>().err(),
                Some(CodeError::Mistyped),
                "{wrong}"
            );
        }
    }

    #[test]
    fn another_issuers_card_is_refused() {
        let code = Code::generate(&issuer("a"), &mut Steps(0));
        assert_eq!(code.key(&issuer("b")).err(), Some(CodeError::CardMismatch));
    }

    #[test]
    fn two_codes_have_two_keys_and_print_no_secret() {
        let mut rng = Steps(0);
        let (a, b) = (
            Code::generate(&issuer("a"), &mut rng),
            Code::generate(&issuer("a"), &mut rng),
        );
        assert_ne!(
            a.key(&issuer("a")).unwrap().public_key(),
            b.key(&issuer("a")).unwrap().public_key()
        );
        assert_eq!(format!("{a:?}"), "Code { .. }");
    }
}
