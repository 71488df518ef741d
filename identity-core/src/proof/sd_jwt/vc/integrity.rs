//! Integrity of documents that are referred to (draft-ietf-oauth-sd-jwt-vc section "Integrity of
//! Referenced Documents"; the text's syntax is that of W3C Subresource Integrity section 3).

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::TypeError;

/// Longest text that is read, in bytes.
const MAX: usize = 4096;

/// What a document's bytes have to be: one of these digests, all of the strongest function named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integrity {
    function: Function,
    digests: Vec<Vec<u8>>,
}

/// In the order of their strength.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Function {
    Sha256,
    Sha384,
    Sha512,
}

impl Integrity {
    /// Reads a text such as `sha256-vJKa…=`, or several separated by spaces.
    ///
    /// # Errors
    /// [`TypeError::Integrity`] when no part of it is a digest in a function known here.
    pub fn parse(text: &str) -> Result<Self, TypeError> {
        let mut found: Vec<(Function, Vec<u8>)> = Vec::new();
        if text.len() > MAX {
            return Err(TypeError::Integrity);
        }
        for part in text.split_ascii_whitespace() {
            // Options behind a question mark are defined for nothing yet.
            let hash = part.split('?').next().unwrap_or_default();
            let Some((name, digest)) = hash.split_once('-') else {
                continue;
            };
            let (function, length) = match name {
                "sha256" => (Function::Sha256, 32),
                "sha384" => (Function::Sha384, 48),
                "sha512" => (Function::Sha512, 64),
                _ => continue,
            };
            match decode(digest) {
                Some(digest) if digest.len() == length => found.push((function, digest)),
                _ => return Err(TypeError::Integrity),
            }
        }
        let strongest = found.iter().map(|(function, _)| *function).max();
        let function = strongest.ok_or(TypeError::Integrity)?;
        found.retain(|(other, _)| *other == function);
        Ok(Self {
            function,
            digests: found.into_iter().map(|(_, digest)| digest).collect(),
        })
    }

    /// Checks the bytes of a document as they were received.
    ///
    /// # Errors
    /// [`TypeError::Integrity`] when they have another digest.
    pub fn check(&self, document: &[u8]) -> Result<(), TypeError> {
        let digest = match self.function {
            Function::Sha256 => Sha256::digest(document).to_vec(),
            Function::Sha384 => Sha384::digest(document).to_vec(),
            Function::Sha512 => Sha512::digest(document).to_vec(),
        };
        if self.digests.contains(&digest) {
            Ok(())
        } else {
            Err(TypeError::Integrity)
        }
    }

    /// Returns the integrity text of a document, in SHA-256.
    pub fn of(document: &[u8]) -> String {
        let engine = base64::engine::general_purpose::STANDARD;
        format!("sha256-{}", engine.encode(Sha256::digest(document)))
    }
}

/// Decodes base64 of either alphabet, as the syntax allows.
fn decode(text: &str) -> Option<Vec<u8>> {
    const CONFIG: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let standard = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
    standard
        .decode(text.replace('-', "+").replace('_', "/"))
        .ok()
}
