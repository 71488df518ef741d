//! The did:web method (W3C CCG, "did:web Method Specification"): from a DID to the address of its
//! document and back, and the reading of that document.
//!
//! Nothing is fetched here: whoever can, hands the bytes to
//! [`PinnedDocuments`](super::PinnedDocuments). Whether a host may be reached at all (an internal
//! name, say) is for whoever fetches to decide.

use super::{Did, DidDocument, DidError};
use crate::encoding::strict_json::{self, Limits};

/// Where the document of a whole host stands (section "Create (Register)").
const WELL_KNOWN: &str = ".well-known";

/// Returns the HTTPS URL of the document (section "Read (Resolve)").
///
/// The host is written in lower case and escapes with upper-case digits (RFC 3986 section 6.2.2.1);
/// the DID itself is compared as it is written, so that no second spelling of it gains anything.
///
/// # Errors
/// [`DidError::UnsupportedMethod`] for another method, [`DidError::WebAddress`] when the host is no
/// domain name (an IP address is none), the port no number from 1 to 65535, or a path segment empty
/// or one that a server might read as another path.
pub fn url(did: &Did) -> Result<String, DidError> {
    if did.method() != "web" {
        return Err(DidError::UnsupportedMethod {
            method: did.method().to_owned(),
        });
    }
    let (base, path) = place(did.specific_id())?;
    let folder = if path { "" } else { "/.well-known" };
    Ok(format!("{base}{folder}/did.json"))
}

/// Reads a domain with an optional port and path as DIDs write them, `example.com%3A8443:a:b`, and
/// returns the HTTPS URL that they name, `https://example.com:8443/a/b`, and whether there is a path.
pub(super) fn place(place: &str) -> Result<(String, bool), DidError> {
    let mut parts = place.split(':');
    let domain = parts.next().unwrap_or_default();
    let (host, port) = match domain.find('%') {
        None => (domain, None),
        Some(at) => {
            let (host, rest) = domain.split_at(at);
            let port = rest
                .strip_prefix("%3A")
                .or_else(|| rest.strip_prefix("%3a"));
            (host, Some(port.ok_or(BAD_HOST)?))
        }
    };
    check_host(host)?;
    let mut url = format!("https://{}", host.to_ascii_lowercase());
    if let Some(port) = port {
        check_port(port)?;
        url.push(':');
        url.push_str(port);
    }
    let path: Vec<&str> = parts.collect();
    if path == [WELL_KNOWN] {
        return Err(WELL_KNOWN_PATH);
    }
    for segment in &path {
        check_segment(segment)?;
        url.push('/');
        url.push_str(&upper_escapes(segment));
    }
    Ok((url, !path.is_empty()))
}

/// Returns the DID whose document stands at this URL.
///
/// # Errors
/// [`DidError::WebAddress`] when no did:web DID leads there: another scheme, user information, a
/// query or fragment, another file name, or a character that a DID cannot have and that is not
/// written as an escape.
pub fn from_url(url: &str) -> Result<Did, DidError> {
    let bad = |reason| DidError::WebAddress { reason };
    let rest = url
        .strip_prefix("https://")
        .ok_or_else(|| bad("its scheme is not https"))?;
    let (authority, path) = rest.split_once('/').ok_or(NO_DOCUMENT)?;
    let (host, port) = match authority.split_once(':') {
        None => (authority, None),
        Some((host, port)) => (host, Some(port)),
    };
    check_host(host)?;
    let mut did = format!("did:web:{}", host.to_ascii_lowercase());
    if let Some(port) = port {
        check_port(port)?;
        did.push_str("%3A");
        did.push_str(port);
    }
    if path != ".well-known/did.json" {
        let path = path.strip_suffix("/did.json").ok_or(NO_DOCUMENT)?;
        if path == WELL_KNOWN {
            return Err(WELL_KNOWN_PATH);
        }
        for segment in path.split('/') {
            check_segment(segment)?;
            if segment.contains(':') {
                return Err(bad("a colon in a path has to be written as an escape"));
            }
            did.push(':');
            did.push_str(&upper_escapes(segment));
        }
    }
    did.parse()
        .map_err(|_| bad("it has a character that a DID cannot have"))
}

/// Reads the document that was fetched from [`url`].
///
/// # Errors
/// [`DidError`] when it is not strict JSON, not well formed, or that of another DID (section "Read
/// (Resolve)", last step).
pub fn read_document(did: &Did, json: &[u8]) -> Result<DidDocument, DidError> {
    url(did)?;
    let reason = |reason| DidError::Document { reason };
    let value = strict_json::parse(json, &Limits::small())
        .map_err(|_| reason("it is not strict JSON of at most 1 MiB"))?;
    let document = DidDocument::from_value(&value)?;
    if document.id() != did {
        return Err(reason("it is that of another DID"));
    }
    Ok(document)
}

/// Splits an HTTPS URL of host, port and path alone into the authority and the path with its leading
/// slash, or none.
pub(crate) fn split_https(url: &str) -> Result<(&str, &str), DidError> {
    let rest = url.strip_prefix("https://").ok_or(BAD_HOST)?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = match authority.split_once(':') {
        None => (authority, None),
        Some((host, port)) => (host, Some(port)),
    };
    check_host(host)?;
    port.map_or(Ok(()), check_port)?;
    // What RFC 3986 section 3.3 allows in a path; a dot segment would make another path of it.
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/".contains(&b);
    let climbs = path.split('/').any(|segment| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        segment == "." || segment == ".."
    });
    if path.bytes().all(is_allowed) && !climbs {
        Ok((authority, path))
    } else {
        Err(DidError::WebAddress {
            reason: "its path has a character or a segment that it may not have",
        })
    }
}

const BAD_HOST: DidError = DidError::WebAddress {
    reason: "its host is no domain name",
};

const NO_DOCUMENT: DidError = DidError::WebAddress {
    reason: "no DID document has that name",
};

/// Two DIDs would share one document.
const WELL_KNOWN_PATH: DidError = DidError::WebAddress {
    reason: "the path .well-known belongs to the DID of the whole host",
};

/// Checks a domain name (RFC 1123 section 2.1), in letters, digits and hyphens only: other scripts
/// come as A-labels (RFC 5890 section 2.3.2.1), which are left as they are.
///
/// A last label that begins with a digit and is a number, decimal or hexadecimal, makes the name an
/// IPv4 address to some readers; no top-level domain is one.
fn check_host(host: &str) -> Result<(), DidError> {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    let is_number = last.bytes().all(|b| b.is_ascii_digit())
        || hex.is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    if host.len() <= 253 && host.split('.').all(is_label) && !is_number {
        Ok(())
    } else {
        Err(BAD_HOST)
    }
}

fn check_port(port: &str) -> Result<(), DidError> {
    let digits = !port.starts_with('0') && port.bytes().all(|b| b.is_ascii_digit());
    match port.parse::<u16>() {
        Ok(_) if digits => Ok(()),
        _ => Err(DidError::WebAddress {
            reason: "its port is no number from 1 to 65535",
        }),
    }
}

/// Refuses a path segment that could be read as another path: an empty one, one of dots, or one with
/// an escaped slash, backslash, control character or percent sign (which another reader may take
/// for an escape in its turn).
fn check_segment(segment: &str) -> Result<(), DidError> {
    let mut plain = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first != b'%' {
            plain.push(first);
            continue;
        }
        let escaped = tail.get(..2).and_then(|hex| {
            let hex = std::str::from_utf8(hex).ok()?;
            hex.bytes()
                .all(|b| b.is_ascii_hexdigit())
                .then(|| u8::from_str_radix(hex, 16).ok())?
        });
        match escaped {
            Some(byte) if !matches!(byte, b'/' | b'\\' | b'%' | 0..=0x1f | 0x7f) => {
                plain.push(byte);
                rest = &tail[2..];
            }
            _ => {
                return Err(DidError::WebAddress {
                    reason: "a path segment has an escape that is not accepted",
                });
            }
        }
    }
    if plain.is_empty() || plain == b"." || plain == b".." {
        return Err(DidError::WebAddress {
            reason: "a path segment is empty or of dots",
        });
    }
    Ok(())
}

/// Writes the digits of escapes in upper case (RFC 3986 section 6.2.2.1).
fn upper_escapes(segment: &str) -> String {
    let mut in_escape = 0;
    segment
        .chars()
        .map(|c| {
            if c == '%' {
                in_escape = 2;
                return c;
            }
            if in_escape > 0 {
                in_escape -= 1;
                return c.to_ascii_uppercase();
            }
            c
        })
        .collect()
}
