//! Where a DID's files stand (section "The DID to HTTPS Transformation").

use super::{WebvhError, hash};
use crate::did::{Did, DidError, web};

const BAD: DidError = DidError::WebAddress {
    reason: "it is no did:webvh DID of an identifier, a domain and a path",
};

/// Returns the HTTPS URL of a DID's log, `did.jsonl`.
///
/// The domain must have a dot and be no IP address. Other scripts come as A-labels (`xn--`); a domain
/// with escapes is refused, since its meaning hangs on tables of Unicode that readers have in
/// different versions.
///
/// # Errors
/// [`DidError::UnsupportedMethod`] for another method, [`DidError::WebAddress`] when the identifier is
/// no hash, the domain no domain name, the port no number from 1 to 65535, or a path segment empty or
/// one that a server might read as another path.
pub fn url(did: &Did) -> Result<String, DidError> {
    file(did, "did.jsonl")
}

/// Returns the HTTPS URL of the witnesses' proofs, `did-witness.json`, beside the log.
///
/// # Errors
/// As [`url`].
pub fn witness_url(did: &Did) -> Result<String, DidError> {
    file(did, "did-witness.json")
}

fn file(did: &Did, name: &str) -> Result<String, DidError> {
    let (base, has_path) = base(did)?;
    let folder = if has_path { "" } else { "/.well-known" };
    Ok(format!("{base}{folder}/{name}"))
}

/// Returns the HTTPS URL that the domain and path of a DID name, without a file, and whether there is a
/// path.
pub(super) fn base(did: &Did) -> Result<(String, bool), DidError> {
    let (scid, place) = parts(did)?;
    if !hash::is_hash(scid) {
        return Err(BAD);
    }
    check_place(place)
}

/// Splits a DID into its identifier (SCID) and its place, which is its domain and path.
pub(super) fn parts(did: &Did) -> Result<(&str, &str), DidError> {
    if did.method() != "webvh" {
        return Err(DidError::UnsupportedMethod {
            method: did.method().to_owned(),
        });
    }
    did.specific_id().split_once(':').ok_or(BAD)
}

/// Checks a domain and path as a DID holds them, such as `example.com%3A8443:units:clerk`, and returns
/// the URL.
pub(super) fn check_place(place: &str) -> Result<(String, bool), DidError> {
    let domain = place.split(':').next().unwrap_or_default();
    let host = domain.split('%').next().unwrap_or_default();
    if !host.contains('.') {
        return Err(DidError::WebAddress {
            reason: "its domain has no dot",
        });
    }
    // An escaped space at an edge is one that a reader may trim.
    if place.split(':').skip(1).any(is_padded) {
        return Err(DidError::WebAddress {
            reason: "a path segment begins or ends with white space",
        });
    }
    web::place(place)
}

/// Tells whether a segment, once its escapes are read, begins or ends with white space.
fn is_padded(segment: &str) -> bool {
    let mut plain = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let escaped = escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escaped {
            Some(byte) if first == b'%' => {
                plain.push(byte);
                rest = &tail[2..];
            }
            _ => {
                plain.push(first);
                rest = tail;
            }
        }
    }
    // What is no text has an edge that cannot be judged.
    std::str::from_utf8(&plain).map_or(true, |text| text.trim() != text)
}

/// Returns the did:web DID of the same place.
///
/// # Errors
/// As [`url`].
pub(super) fn web_did(did: &Did) -> Result<Did, WebvhError> {
    base(did)?;
    let (_, place) = parts(did)?;
    Ok(format!("did:web:{place}").parse::<Did>()?)
}
