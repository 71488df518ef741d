//! From a DID to the addresses of its files (section "The DID to HTTPS Transformation").

use super::*;

const SCID: &str = "QmfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQ";

fn address(place: &str) -> Result<String, Code> {
    let did: Did = format!("did:webvh:{SCID}:{place}")
        .parse()
        .map_err(|e: crate::did::DidError| e.code())?;
    url(&did).map_err(|e| e.code())
}

#[test]
fn the_examples_of_the_method_come_out() {
    for (place, expected) in [
        ("example.com", "https://example.com/.well-known/did.jsonl"),
        (
            "issuer.example.com",
            "https://issuer.example.com/.well-known/did.jsonl",
        ),
        (
            "example.com:dids:issuer",
            "https://example.com/dids/issuer/did.jsonl",
        ),
        (
            "example.com%3A3000",
            "https://example.com:3000/.well-known/did.jsonl",
        ),
        (
            "example.com%3A3000:dids:issuer",
            "https://example.com:3000/dids/issuer/did.jsonl",
        ),
        (
            "example.com%3a3000",
            "https://example.com:3000/.well-known/did.jsonl",
        ),
        ("Example.COM", "https://example.com/.well-known/did.jsonl"),
        // The international domain of the method's example, in the form that DNS has it.
        (
            "xn--jp-cd2fp15c.xn--fsq.jp:%E7%94%A8%E6%88%B7",
            "https://xn--jp-cd2fp15c.xn--fsq.jp/%E7%94%A8%E6%88%B7/did.jsonl",
        ),
        (
            "example.com:a%20b:%e7%94%a8",
            "https://example.com/a%20b/%E7%94%A8/did.jsonl",
        ),
        (
            "example.com%3A65535",
            "https://example.com:65535/.well-known/did.jsonl",
        ),
    ] {
        assert_eq!(address(place).as_deref(), Ok(expected), "{place}");
    }
    let did: Did = format!("did:webvh:{SCID}:example.com:a").parse().unwrap();
    assert_eq!(
        witness_url(&did).as_deref(),
        Ok("https://example.com/a/did-witness.json")
    );
    let did: Did = format!("did:webvh:{SCID}:example.com").parse().unwrap();
    let expected = "https://example.com/.well-known/did-witness.json";
    assert_eq!(witness_url(&did).as_deref(), Ok(expected));
}

#[test]
fn what_is_no_domain_has_no_address() {
    for place in [
        "localhost",
        "localhost%3A8080",
        "127.0.0.1",
        "127%2E0%2E0%2E1",
        "127.0.0.1%3A8080",
        "127.0.0.1%3a8080",
        "0x7f.0.0.1",
        "0x7f.1",
        "2130706433",
        "%5B%3A%3A1%5D",
        "example.com%3A",
        "example.com%3A0",
        "example.com%3A080",
        "example.com%3A65536",
        "example.com%3A80%3A80",
        "example%3A80.com",
        "example.com%2Fx",
        "example.com%23x",
        "example.com%40evil.example",
        "user%40example.com",
        "example..com",
        ".example.com",
        "example.com.",
        "-example.com",
        "b%C3%BCcher.example",
        "b%C3%BCcher.example%3A8443",
        "example_a.com",
        "example.123",
    ] {
        assert_eq!(address(place), Err(Code::DidWebAddress), "{place}");
    }
    let long = format!("{}.example", "a".repeat(64));
    assert_eq!(address(&long), Err(Code::DidWebAddress));
    let long = format!("{}example", "abcdefghi.".repeat(25));
    assert_eq!(address(&long), Err(Code::DidWebAddress));
}

/// One of the defects of other resolvers.
#[test]
fn path_traversal_in_a_did_is_refused() {
    for path in [
        "..",
        ".",
        "a:..:b",
        "%2e%2e",
        "%2E%2E",
        ".%2e",
        "%2e",
        "a%2Fb",
        "a%2fb",
        "..%2Fx",
        "a%5Cb",
        "%00",
        "a%00b",
        "a%0Ab",
        "%252e%252e",
        "a%25b",
        ":a",
        "a::b",
        "%20a",
        "a%20",
        "%09a",
        "%C2%A0a",
        "%E2%80%83",
        "%FF",
        ".well-known",
    ] {
        assert_eq!(
            address(&format!("example.com:{path}")),
            Err(Code::DidWebAddress),
            "{path}"
        );
    }
    for malformed in ["a/b", "a?b", "a#b", "a\\b", "a%2", "a%zz", "a b", "a:"] {
        assert_eq!(
            address(&format!("example.com:{malformed}")),
            Err(Code::DidMalformed),
            "{malformed}"
        );
    }
}

#[test]
fn the_identifier_is_a_hash() {
    for id in [
        "QmfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615X",
        "QmfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQQ",
        "0mfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQ",
        "ImfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQ",
        "example.com",
        "",
    ] {
        let did: Did = format!("did:webvh:{id}:example.com").parse().unwrap();
        assert_eq!(
            url(&did).map_err(|e| e.code()),
            Err(Code::DidWebAddress),
            "{id}"
        );
    }
    for (did, code) in [
        (format!("did:webvh:{SCID}"), Code::DidWebAddress),
        (
            format!("did:web:{SCID}:example.com"),
            Code::DidUnsupportedMethod,
        ),
    ] {
        assert_eq!(
            url(&did.parse().unwrap()).map_err(|e| e.code()),
            Err(code),
            "{did}"
        );
    }
}

#[test]
fn a_draft_is_written_in_one_spelling() {
    let draft = |place: &str| Draft::genesis(place, &[public(1)], Content::default()).map(drop);
    assert_eq!(draft("parliament.example%3A8443:units"), Ok(()));
    for place in [
        "Parliament.example",
        "parliament.example%3a8443",
        "parliament.example:..",
        "",
    ] {
        assert!(draft(place).is_err(), "{place}");
    }
}
