//! Sealed files: bytes at rest, under a passphrase or under a key.
//!
//! Layout, integers big-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 17 | `mandate-sealed/1`, line feed |
//! | 1 | how: 1 passphrase, 2 key |
//! | 12 | Argon2id memory in KiB, passes, lanes; zeros for a key |
//! | 16 | salt |
//! | 24 | nonce |
//! | 16 | check value of the secret |
//! | 16 | first half of SHA-256 over everything above |
//! | n + 16 | ciphertext and tag, XChaCha20-Poly1305 with everything above as associated data |
//!
//! Key and check value are parts of one output: of Argon2id (RFC 9106) over the passphrase, or of
//! HKDF-SHA256 (RFC 5869) over the key, both with the salt. The digest tells an accident to the header
//! from a wrong passphrase, and spares the derivation; the check value tells a wrong passphrase from
//! damage to the body. Neither is a defence against forgery, the tag is. Neither helps a guesser: the
//! tag tests a guess as well as the check value does.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::{Code, Failure, Passphrase};

const MAGIC: &[u8] = b"mandate-sealed/1\n";
const FAMILY: &[u8] = b"mandate-sealed/";
const SALT: usize = 16;
const NONCE: usize = 24;
const CHECK: usize = 16;
const DIGEST: usize = 16;
/// Where the digest begins, and what it covers.
const DIGEST_AT: usize = MAGIC.len() + 1 + 12 + SALT + NONCE + CHECK;
/// The length of the header.
const HEADER: usize = DIGEST_AT + DIGEST;
const TAG: usize = 16;

/// How dear it is to try one passphrase: the parameters of Argon2id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// 64 MiB, 3 passes, 1 lane: the second recommendation of RFC 9106 section 4 with one lane, since
    /// the lanes are computed one after the other.
    pub const STANDARD: Self = Self {
        memory_kib: 64 * 1024,
        passes: 3,
        lanes: 1,
    };
    /// The most memory accepted, 1 GiB.
    const MAX_MEMORY_KIB: u32 = 1024 * 1024;
    const MAX_PASSES: u32 = 16;
    const MAX_LANES: u32 = 16;

    /// Takes parameters: memory in KiB (8 for each lane, to 1 GiB), passes (1 to 16), lanes (1 to 16).
    ///
    /// # Errors
    /// [`SealedError::Cost`] outside these bounds, so that no file exhausts who opens it.
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, SealedError> {
        let bounded = memory_kib <= Self::MAX_MEMORY_KIB
            && passes >= 1
            && passes <= Self::MAX_PASSES
            && lanes >= 1
            && lanes <= Self::MAX_LANES;
        if !bounded || memory_kib < 8 * lanes {
            return Err(SealedError::Cost);
        }
        Ok(Self {
            memory_kib,
            passes,
            lanes,
        })
    }
}

/// Why a file was not sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealedError {
    /// Sealed at a cost beyond what is accepted.
    #[error("the file asks for more memory or time than is accepted")]
    Cost,
    /// Cut short, or changed since it was sealed.
    #[error("the file is damaged: {part}")]
    Damaged {
        /// The part that is not as it was written.
        part: &'static str,
    },
    /// No sealed file, or one that opens with the other kind of secret.
    #[error("this is not {expected}")]
    Foreign {
        /// What was expected.
        expected: &'static str,
    },
    /// The system gave no memory to derive the key in.
    #[error("there is not enough memory to derive the key")]
    Memory,
    /// Of a version this program does not know.
    #[error("the file is of a newer version than this program knows")]
    Version,
    /// Sealed with another key.
    #[error("the key is not the one the file was sealed with")]
    WrongKey,
    /// Sealed with another passphrase.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
}

impl SealedError {
    /// Returns the stable code.
    pub const fn code(self) -> Code {
        match self {
            Self::Cost | Self::Memory => Code::FileSealedCost,
            Self::Damaged { .. } => Code::FileSealedDamaged,
            Self::Foreign { .. } => Code::FileSealedForeign,
            Self::Version => Code::FileSealedVersion,
            Self::WrongKey => Code::FileSealedWrongKey,
            Self::WrongPassphrase => Code::PassphraseWrong,
        }
    }

    /// Makes the failure a program prints, naming the file.
    pub fn failure(self, path: &std::path::Path) -> Failure {
        let message = format!("cannot open {}", path.display());
        let hint = match self {
            Self::Cost | Self::Memory => "check where the file comes from",
            Self::Damaged { .. } => "restore it from a backup",
            Self::Foreign { .. } => "check that this is the file meant",
            Self::Version => "install the newer version of this program",
            Self::WrongKey => "restore the key and the file from the same backup",
            Self::WrongPassphrase => "try again; the file is not damaged",
        };
        Failure::failed(self.code().as_str(), message)
            .caused_by(&self)
            .hint(hint)
    }
}

/// Seals bytes under a passphrase.
///
/// # Errors
/// [`SealedError::Memory`].
pub fn seal(
    plain: &[u8],
    passphrase: &Passphrase,
    cost: Cost,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealedError> {
    let secret = |salt: &[u8]| from_passphrase(passphrase, cost, salt);
    seal_with(plain, Kind::Passphrase(cost), secret, rng)
}

/// Opens what [`seal`] sealed.
///
/// # Errors
/// [`SealedError`].
pub fn open(bytes: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, SealedError> {
    let header = Header::parse(bytes)?;
    let Kind::Passphrase(cost) = header.kind else {
        let expected = "a file sealed with a passphrase";
        return Err(SealedError::Foreign { expected });
    };
    let secret = from_passphrase(passphrase, cost, header.salt)?;
    header.open(&secret, SealedError::WrongPassphrase)
}

/// Seals bytes under a key that the machine keeps, so that no person is needed to open them.
///
/// # Errors
/// None today; the signature is that of [`seal`].
pub fn seal_with_key(
    plain: &[u8],
    key: &[u8; 32],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealedError> {
    seal_with(plain, Kind::Key, |salt| Ok(from_key(key, salt)), rng)
}

/// Opens what [`seal_with_key`] sealed.
///
/// # Errors
/// [`SealedError`].
pub fn open_with_key(bytes: &[u8], key: &[u8; 32]) -> Result<Zeroizing<Vec<u8>>, SealedError> {
    let header = Header::parse(bytes)?;
    if header.kind != Kind::Key {
        let expected = "a file sealed with a machine's key";
        return Err(SealedError::Foreign { expected });
    }
    header.open(&from_key(key, header.salt), SealedError::WrongKey)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Passphrase(Cost),
    Key,
}

/// A sealed file in its parts; the digest over its header has been checked.
struct Header<'a> {
    kind: Kind,
    salt: &'a [u8],
    nonce: [u8; NONCE],
    check: &'a [u8],
    associated: &'a [u8],
    ciphertext: &'a [u8],
}

impl<'a> Header<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, SealedError> {
        let expected = "a sealed file";
        let Some(version) = bytes.strip_prefix(FAMILY) else {
            return Err(SealedError::Foreign { expected });
        };
        if !bytes.starts_with(MAGIC) {
            return Err(other_version(version));
        }
        let short = SealedError::Damaged {
            part: "it is cut short",
        };
        let (associated, ciphertext) = bytes.split_at_checked(HEADER).ok_or(short)?;
        let (header, digest) = associated.split_at(DIGEST_AT);
        if digest != &Sha256::digest(header)[..DIGEST] {
            let part = "its first bytes are not as they were written";
            return Err(SealedError::Damaged { part });
        }
        if ciphertext.len() < TAG {
            return Err(short);
        }
        let mut rest = &header[MAGIC.len()..];
        let mut take = |count: usize| {
            let (part, after) = rest.split_at(count);
            rest = after;
            part
        };
        let how = take(1)[0];
        let mut number = || {
            let mut bytes = [0; 4];
            bytes.copy_from_slice(take(4));
            u32::from_be_bytes(bytes)
        };
        let numbers = [number(), number(), number()];
        let kind = match (how, numbers) {
            (1, [memory_kib, passes, lanes]) => {
                Kind::Passphrase(Cost::new(memory_kib, passes, lanes)?)
            }
            (2, [0, 0, 0]) => Kind::Key,
            _ => return Err(SealedError::Foreign { expected }),
        };
        let salt = take(SALT);
        let mut nonce = [0; NONCE];
        nonce.copy_from_slice(take(NONCE));
        Ok(Self {
            kind,
            salt,
            nonce,
            check: take(CHECK),
            associated,
            ciphertext,
        })
    }

    fn open(&self, secret: &Secret, wrong: SealedError) -> Result<Zeroizing<Vec<u8>>, SealedError> {
        if !bool::from(secret.check().ct_eq(self.check)) {
            return Err(wrong);
        }
        let payload = Payload {
            msg: self.ciphertext,
            aad: self.associated,
        };
        let opened = secret.cipher().decrypt(&XNonce::from(self.nonce), payload);
        opened
            .map(Zeroizing::new)
            .map_err(|_| SealedError::Damaged {
                part: "its contents are not as they were written",
            })
    }
}

/// Tells a file of a later version, which has a number and a line feed there, from a damaged one.
fn other_version(rest: &[u8]) -> SealedError {
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if (1..=4).contains(&digits) && rest.get(digits) == Some(&b'\n') {
        return SealedError::Version;
    }
    let part = "its first line is not as it was written";
    SealedError::Damaged { part }
}

/// The cipher's key, then the check value.
struct Secret(Zeroizing<[u8; 32 + CHECK]>);

impl Secret {
    fn cipher(&self) -> XChaCha20Poly1305 {
        let mut key = Zeroizing::new([0; 32]);
        key.copy_from_slice(&self.0[..32]);
        XChaCha20Poly1305::new((&*key).into())
    }

    fn check(&self) -> &[u8] {
        &self.0[32..]
    }
}

fn from_passphrase(
    passphrase: &Passphrase,
    cost: Cost,
    salt: &[u8],
) -> Result<Secret, SealedError> {
    let mut out = Zeroizing::new([0; 32 + CHECK]);
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(out.len()))
        .map_err(|_| SealedError::Cost)?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.secret_bytes(), salt, out.as_mut_slice())
        .map_err(|_| SealedError::Memory)?;
    Ok(Secret(out))
}

fn from_key(key: &[u8; 32], salt: &[u8]) -> Secret {
    let mut out = Zeroizing::new([0; 32 + CHECK]);
    Hkdf::<Sha256>::new(Some(salt), key)
        .expand(b"mandate sealed file key v1", out.as_mut_slice())
        .expect("48 bytes are fewer than HKDF-SHA256 can give");
    Secret(out)
}

fn seal_with(
    plain: &[u8],
    kind: Kind,
    secret: impl FnOnce(&[u8]) -> Result<Secret, SealedError>,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealedError> {
    let (mut salt, mut nonce) = ([0; SALT], [0; NONCE]);
    rng.fill_bytes(&mut salt);
    rng.fill_bytes(&mut nonce);
    let secret = secret(&salt)?;
    let (how, numbers) = match kind {
        Kind::Passphrase(cost) => (1, [cost.memory_kib, cost.passes, cost.lanes]),
        Kind::Key => (2, [0; 3]),
    };
    let mut out = Vec::with_capacity(HEADER + plain.len() + TAG);
    out.extend_from_slice(MAGIC);
    out.push(how);
    for number in numbers {
        out.extend_from_slice(&number.to_be_bytes());
    }
    out.extend_from_slice(&salt);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(secret.check());
    let digest = Sha256::digest(&out);
    out.extend_from_slice(&digest[..DIGEST]);
    let payload = Payload {
        msg: plain,
        aad: &out,
    };
    let ciphertext = secret
        .cipher()
        .encrypt(&XNonce::from(nonce), payload)
        .expect("what is kept in memory is shorter than the cipher's 256 GiB");
    out.extend_from_slice(&ciphertext);
    Ok(out)
}

#[cfg(test)]
mod tests;
