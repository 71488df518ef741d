//! What `webpki` does not say of a certificate: its key usage and its common name.

const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// `[3]`, under which the extensions stand (RFC 5280 section 4.1).
const EXTENSIONS: u8 = 0xa3;

/// `id-ce-keyUsage` (RFC 5280 section 4.2.1.3).
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
/// `id-at-commonName` (RFC 5280 appendix A.1).
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

const BROKEN: &str = "it is not a well-formed X.509 certificate of version 3";

/// Tells whether the certificate's key may verify signatures: it names no key usage, or the digital
/// signature among them (RFC 5280 section 4.2.1.3).
pub(super) fn may_sign(certificate: &[u8]) -> Result<bool, &'static str> {
    let (tag, certificate, _) = next(certificate).ok_or(BROKEN)?;
    let (tbs_tag, mut fields, _) = next(certificate).ok_or(BROKEN)?;
    if (tag, tbs_tag) != (SEQUENCE, SEQUENCE) {
        return Err(BROKEN);
    }
    while !fields.is_empty() {
        let (tag, content, rest) = next(fields).ok_or(BROKEN)?;
        fields = rest;
        if tag != EXTENSIONS {
            continue;
        }
        let (_, mut extensions, _) = next(content).ok_or(BROKEN)?;
        while !extensions.is_empty() {
            let (_, extension, rest) = next(extensions).ok_or(BROKEN)?;
            extensions = rest;
            let (_, id, mut value) = next(extension).ok_or(BROKEN)?;
            if id != KEY_USAGE {
                continue;
            }
            // `critical` may stand between.
            let mut octets = None;
            while !value.is_empty() {
                let (tag, content, rest) = next(value).ok_or(BROKEN)?;
                value = rest;
                if tag == OCTET_STRING {
                    octets = Some(content);
                }
            }
            let (tag, bits, _) = next(octets.ok_or(BROKEN)?).ok_or(BROKEN)?;
            // The first byte says how many bits of the last are unused; the first bit is the usage.
            return match bits {
                [_, first, ..] if tag == BIT_STRING => Ok(first & 0x80 != 0),
                _ => Ok(false),
            };
        }
    }
    Ok(true)
}

/// Returns the first common name of a distinguished name, when it is text that people can be shown.
pub(super) fn common_name(mut name: &[u8]) -> Option<String> {
    while let Some((SET, mut attributes, rest)) = next(name) {
        name = rest;
        while let Some((SEQUENCE, attribute, rest)) = next(attributes) {
            attributes = rest;
            let (OBJECT_IDENTIFIER, id, value) = next(attribute)? else {
                return None;
            };
            // PrintableString and UTF8String (RFC 5280 section 4.1.2.4).
            if let (true, Some((0x0c | 0x13, text, _))) = (id == COMMON_NAME, next(value)) {
                let text = std::str::from_utf8(text).ok()?;
                return crate::credential::is_displayable(text).then(|| text.to_owned());
            }
        }
    }
    None
}

/// Splits off one element: its tag, its content, and what follows.
fn next(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = input.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if bytes.is_empty() || bytes.len() > 3 {
            return None;
        }
        let length = bytes
            .iter()
            .fold(0, |length, byte| length * 256 + usize::from(*byte));
        (length, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).unwrap();
        assert!(length < 0x80);
        [&[tag, length][..], content].concat()
    }

    /// Lengths in their short form, and in one to three bytes; not without an end, nor in more.
    #[test]
    fn an_element_says_how_long_it_is() {
        let content = vec![7; 70_000];
        let whole = |head: &[u8], length: usize| {
            let input = [head, &content[..length], &[9]].concat();
            let found = next(&input).map(|(tag, content, rest)| (tag, content.len(), rest.len()));
            found == Some((SEQUENCE, length, 1))
        };
        assert!(whole(&[SEQUENCE, 0], 0) && whole(&[SEQUENCE, 0x7f], 127));
        assert!(whole(&[SEQUENCE, 0x81, 0xff], 255));
        assert!(whole(&[SEQUENCE, 0x82, 0x01, 0x02], 258));
        assert!(whole(&[SEQUENCE, 0x83, 0x01, 0x00, 0x03], 65_539));
        assert!(!whole(&[SEQUENCE, 0x84, 0, 0, 0, 5], 5));
        let endless = [&[SEQUENCE, 0x80][..], &content].concat();
        assert!(next(&endless).is_none());
        assert!(next(&[SEQUENCE, 2, 1]).is_none() && next(&[SEQUENCE]).is_none());
    }

    #[test]
    fn a_key_usage_is_a_bit_string() {
        let usage = |tag: u8, bits: &[u8]| {
            let id = element(OBJECT_IDENTIFIER, KEY_USAGE);
            let value = element(OCTET_STRING, &element(tag, bits));
            let extension = element(SEQUENCE, &[id, value].concat());
            let extensions = element(EXTENSIONS, &element(SEQUENCE, &extension));
            may_sign(&element(SEQUENCE, &element(SEQUENCE, &extensions)))
        };
        assert_eq!(usage(BIT_STRING, &[7, 0x80]), Ok(true));
        assert_eq!(usage(BIT_STRING, &[5, 0x20]), Ok(false));
        assert_eq!(usage(BIT_STRING, &[0]), Ok(false));
        assert_eq!(usage(OCTET_STRING, &[7, 0x80]), Ok(false));
    }
}
