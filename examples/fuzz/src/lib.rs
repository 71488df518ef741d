//! What the fuzz targets share: turning a fuzzer's bytes into documents that get past the first checks.

use std::borrow::Cow;

use identity_core::{
    encoding::strict_json::{self, Limits, Value},
    key::Signer,
    proof::jose::{Header, Unsigned},
};

/// Either the fuzzer's bytes as they are, or a valid document with the fuzzer's edits.
///
/// A random file is refused at its first byte; an edited one gets to the checks behind it. Each edit
/// is a place (two bytes), what to do (one byte) and a byte to do it with.
pub fn edited<'a>(valid: &[u8], input: &'a [u8]) -> Cow<'a, [u8]> {
    let Some((mode, input)) = input.split_first() else {
        return Cow::Borrowed(input);
    };
    if mode & 1 == 0 {
        return Cow::Borrowed(input);
    }
    let mut document = valid.to_vec();
    for edit in input.chunks_exact(4) {
        let [a, b, what, byte] = [edit[0], edit[1], edit[2], edit[3]];
        if document.is_empty() {
            break;
        }
        let at = usize::from(u16::from_le_bytes([a, b])) % document.len();
        match what % 5 {
            0 => document[at] = byte,
            1 => document.insert(at, byte),
            2 => drop(document.remove(at)),
            3 => {
                // A piece of the document once more, somewhere else.
                let end = (at + usize::from(byte)).min(document.len());
                let piece = document[at..end].to_vec();
                let to = document.len() / 2;
                document.splice(to..to, piece);
            }
            _ => document[at] ^= 1 << (byte % 8),
        }
    }
    Cow::Owned(document)
}

/// The bytes as a JSON document that may be signed, if they are one.
pub fn json(bytes: &[u8]) -> Option<Value<'static>> {
    strict_json::parse(bytes, &Limits::small())
        .ok()
        .map(Value::into_owned)
}

/// A JWS over any payload, by a key that counts.
pub fn sign(header: &Header, payload: &[u8], signer: &impl Signer) -> String {
    Unsigned::new(header, payload)
        .sign(signer)
        .expect("a software key signs")
}

/// The world's mandate with a Data Integrity proof, which every verifier sees whole.
///
/// # Panics
/// Never.
pub fn open_mandate() -> String {
    testkit::world::World::new().issue(|draft| {
        draft.securing = identity_core::credential::Securing::DataIntegrity;
        for name in [
            "constituency",
            "group",
            "election",
            "email",
            "languages",
            "seat",
        ] {
            draft.claims.remove(name);
        }
    })
}
