//! did:web: addresses, documents handed in, and their age.

use jiff::SignedDuration;

use super::*;

fn url(did: &str) -> Result<String, Code> {
    web::url(&did.parse().unwrap()).map_err(|e| e.code())
}

#[test]
fn the_examples_of_the_specification_lead_where_it_says() {
    for (did, expected) in [
        (
            "did:web:w3c-ccg.github.io",
            "https://w3c-ccg.github.io/.well-known/did.json",
        ),
        (
            "did:web:w3c-ccg.github.io:user:alice",
            "https://w3c-ccg.github.io/user/alice/did.json",
        ),
        (
            "did:web:example.com%3A3000",
            "https://example.com:3000/.well-known/did.json",
        ),
        (
            "did:web:example.com%3A3000:user:alice",
            "https://example.com:3000/user/alice/did.json",
        ),
        (
            "did:web:example.com:u:bob",
            "https://example.com/u/bob/did.json",
        ),
    ] {
        assert_eq!(url(did).as_deref(), Ok(expected));
        assert_eq!(
            web::from_url(expected).map(|d| d.to_string()).as_deref(),
            Ok(did)
        );
    }
}

#[test]
fn one_address_is_written_in_one_way() {
    for (did, expected) in [
        (
            "did:web:Example.COM:Alice",
            "https://example.com/Alice/did.json",
        ),
        (
            "did:web:example.com%3a8443",
            "https://example.com:8443/.well-known/did.json",
        ),
        (
            "did:web:example.com:a%c3%a9:b%7Ec",
            "https://example.com/a%C3%A9/b%7Ec/did.json",
        ),
        (
            "did:web:xn--bcher-kva.example",
            "https://xn--bcher-kva.example/.well-known/did.json",
        ),
        (
            "did:web:localhost%3A8443",
            "https://localhost:8443/.well-known/did.json",
        ),
        (
            "did:web:example.com:a%3Ab",
            "https://example.com/a%3Ab/did.json",
        ),
        (
            "did:web:3com.example:...",
            "https://3com.example/.../did.json",
        ),
    ] {
        assert_eq!(url(did).as_deref(), Ok(expected));
    }
}

#[test]
fn hosts_that_are_no_domain_name_are_refused() {
    for host in [
        "192.0.2.1",
        "2130706433",
        "0x7f000001",
        "127.0.0.0x1",
        "127.1",
        "%5B%3A%3A1%5D",
        "a..example",
        ".example",
        "example.",
        "-a.example",
        "a-.example",
        "a_b.example",
        "ex%61mple.com",
        "example.com%2Fpath",
        "user%40example.com",
        "example.com%3A",
        "example.com%3A0",
        "example.com%3A080",
        "example.com%3A65536",
        "example.com%3A+80",
        "example.com%3A80%3A80",
        "example.com%3A8x",
    ] {
        // Some are no DID at all.
        let Ok(did) = format!("did:web:{host}").parse() else {
            continue;
        };
        assert_eq!(
            web::url(&did).map_err(|e| e.code()),
            Err(Code::DidWebAddress),
            "{host}"
        );
    }
    let long = format!("did:web:{}.example", "a".repeat(64));
    assert_eq!(url(&long), Err(Code::DidWebAddress));
    let long = format!("did:web:{}example", "a.".repeat(124));
    assert_eq!(url(&long), Err(Code::DidWebAddress));
    assert_eq!(url("did:key:z6Mk"), Err(Code::DidUnsupportedMethod));
}

#[test]
fn paths_that_could_be_read_as_another_are_refused() {
    for path in [
        ":a",
        "a::b",
        ".",
        "..",
        "a:..:b",
        "%2e%2E",
        ".%2e",
        "a%2Fb",
        "a%2fb",
        "a%5Cb",
        "a%00",
        "a%0d%0a",
        "a%7f",
        "a%252e",
        ".well-known",
    ] {
        assert_eq!(
            url(&format!("did:web:example.com:{path}")),
            Err(Code::DidWebAddress),
            "{path}"
        );
    }
}

#[test]
fn addresses_that_no_did_leads_to_are_refused() {
    for address in [
        "http://example.com/.well-known/did.json",
        "https://example.com",
        "https://example.com/",
        "https://example.com/did.json",
        "https://example.com//did.json",
        "https://example.com/a//b/did.json",
        "https://example.com/a/did.jsonld",
        "https://example.com/../did.json",
        "https://example.com/a/did.json?x=1",
        "https://example.com/a/did.json#f",
        "https://user@example.com/a/did.json",
        "https://user:pass@example.com/a/did.json",
        "https://example.com:/a/did.json",
        "https://192.0.2.1/a/did.json",
        "https://[::1]/a/did.json",
        "https://example.com/a:b/did.json",
        "https://example.com/a b/did.json",
        "https://example.com/~a/did.json",
        "https://example.com/é/did.json",
        "https://example.com/.well-known/did.json/did.json?",
        "https://example.com/%/did.json",
    ] {
        assert_eq!(
            web::from_url(address).map_err(|e| e.code()),
            Err(Code::DidWebAddress),
            "{address}"
        );
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// A document with one key for statements.
fn text_of(did: &str) -> String {
    let key = public(Algorithm::Es256).to_multikey();
    format!(
        r##"{{"@context":["https://www.w3.org/ns/did/v1"],"id":"{did}","alsoKnownAs":["did:web:other"],
        "verificationMethod":[{{"id":"#k","type":"Multikey","controller":"{did}","publicKeyMultibase":"{key}"}}],
        "assertionMethod":["{did}#k"]}}"##
    )
}

#[test]
fn a_document_counts_for_its_own_did_only() {
    let did: Did = "did:web:example.com".parse().unwrap();
    let read = |text: &str| web::read_document(&did, text.as_bytes()).map_err(|error| error.code());
    let document = read(&text_of("did:web:example.com")).unwrap();
    let method = did.with_fragment("k").unwrap();
    assert!(
        document
            .method(&method, Relationship::AssertionMethod)
            .is_ok()
    );
    assert!(
        document
            .method(&method, Relationship::Authentication)
            .is_err()
    );
    for other in [
        "did:web:example.org",
        "did:web:EXAMPLE.com",
        "did:web:example.com:a",
        "did:web:other",
    ] {
        assert_eq!(read(&text_of(other)), Err(Code::DidDocument), "{other}");
    }
    let twice = text_of("did:web:example.com").replacen('{', r#"{"id":"did:web:a","#, 1);
    assert_eq!(read(&twice), Err(Code::DidDocument));
    assert_eq!(read("not JSON"), Err(Code::DidDocument));
    let nowhere: Did = "did:web:192.0.2.1".parse().unwrap();
    let found = web::read_document(&nowhere, text_of(nowhere.as_str()).as_bytes());
    assert_eq!(found.map_err(|e| e.code()), Err(Code::DidWebAddress));
}

#[test]
fn documents_are_held_with_their_age() {
    let did: Did = "did:web:example.com".parse().unwrap();
    let day = SignedDuration::from_hours(24);
    let mut documents = PinnedDocuments::new();
    let code = |documents: &PinnedDocuments, now: i64| {
        let found = documents.at(at(now), day).resolve(&did).map(|_| ());
        found.map_err(|e| (e.code(), e.is_undecided()))
    };
    assert_eq!(code(&documents, 0), Err((Code::DidDocumentMissing, true)));
    let text = text_of("did:web:example.com");
    documents.insert(&did, text.as_bytes(), at(0)).unwrap();
    assert_eq!(code(&documents, 0), Ok(()));
    assert_eq!(code(&documents, 86_400), Ok(()));
    assert_eq!(
        code(&documents, 86_401),
        Err((Code::DidDocumentStale, true))
    );
    // Fetched by a clock a little ahead, and by one that is wrong.
    assert_eq!(code(&documents, -300), Ok(()));
    assert_eq!(code(&documents, -301), Err((Code::DidDocumentStale, true)));
    // An older copy does not replace a later one.
    documents.insert(&did, text.as_bytes(), at(-50)).unwrap();
    assert_eq!(code(&documents, 86_400), Ok(()));
    documents.insert(&did, text.as_bytes(), at(50)).unwrap();
    assert_eq!(code(&documents, 86_401), Ok(()));
}

#[test]
fn only_did_web_is_held_and_the_rest_comes_from_the_did() {
    let local = key::create(&public(Algorithm::EdDsa));
    let mut documents = PinnedDocuments::new();
    let text = text_of(local.as_str());
    let held = documents.insert(&local, text.as_bytes(), at(0));
    assert_eq!(held.map_err(|e| e.code()), Err(Code::DidUnsupportedMethod));
    let resolver = documents.at(at(0), SignedDuration::from_hours(1));
    let found = resolver.resolve(&local).unwrap();
    assert_eq!(found.methods()[0].key(), &public(Algorithm::EdDsa));
    for (did, expected) in [
        ("did:web:192.0.2.1", Code::DidWebAddress),
        ("did:webvh:Q:example.com", Code::DidUnsupportedMethod),
    ] {
        let found = resolver.resolve(&did.parse().unwrap()).map(|_| ());
        assert_eq!(found.map_err(|e| e.code()), Err(expected), "{did}");
    }
}

proptest! {
    #[test]
    fn what_has_an_address_comes_back_from_it(
        text in "did:web:[a-zA-Z0-9.-]{1,12}(%3[Aa][0-9]{1,5})?(:[a-zA-Z0-9._%-]{0,8}){0,3}",
        address in "https://[a-z0-9.@:-]{0,12}/[a-zA-Z0-9./%:?#~-]{0,20}(did.json)?",
    ) {
        if let Ok(did) = text.parse::<Did>()
            && let Ok(url) = web::url(&did)
        {
            let again = web::from_url(&url).unwrap();
            prop_assert_eq!(web::url(&again), Ok(url));
        }
        if let Ok(did) = web::from_url(&address) {
            prop_assert!(web::url(&did).is_ok(), "{} {}", address, did);
        }
    }
}
