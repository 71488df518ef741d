//! DIDs, DID URLs, DID documents, multikeys and JWKs: read, resolved, written, read again.

#![no_main]

use identity_core::{
    did::{self, Did, DidDocument, DidUrl, LocalResolver, PinnedDocuments, Resolver as _},
    key::PublicKey,
};
use jiff::{SignedDuration, Timestamp};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(text) = core::str::from_utf8(input) {
        if let Ok(did) = did::web::from_url(text) {
            did::web::url(&did).expect("a DID made from an address leads to one");
        }
        if let Ok(did) = text.parse::<Did>() {
            assert_eq!(did.as_str(), text, "a DID is kept as it is written");
            if let Ok(url) = did::web::url(&did) {
                let again = did::web::from_url(&url).expect("an address leads back");
                assert_eq!(did::web::url(&again), Ok(url));
            }
            if let Ok(document) = LocalResolver::new().resolve(&did) {
                let document = document.into_owned();
                assert_eq!(*document.id(), did);
                let again = DidDocument::from_value(&document.to_value())
                    .expect("what is written can be read");
                assert_eq!(again.methods().len(), document.methods().len());
                for method in document.methods() {
                    // Of the two methods that hold a key, each key has one spelling in each.
                    let made = match did.method() {
                        "key" => did::key::create(method.key()),
                        _ => continue,
                    };
                    assert_eq!(made, did, "a did:key has one spelling");
                }
            }
        }
        if let Ok(url) = text.parse::<DidUrl>() {
            assert_eq!(url.to_string(), text);
        }
        if let Ok(key) = PublicKey::from_multikey(text) {
            assert_eq!(key.to_multikey(), text, "a multikey has one spelling");
        }
    }
    if let Some(value) = mandate_fuzz::json(input) {
        if let Ok(key) = PublicKey::from_jwk(&value) {
            assert_eq!(
                PublicKey::from_jwk(&key.to_jwk()).expect("what is written can be read"),
                key
            );
        }
        if let Ok(document) = DidDocument::from_value(&value) {
            let again =
                DidDocument::from_value(&document.to_value()).expect("what is written can be read");
            assert_eq!(again, document);
            let did = document.id();
            let mut held = PinnedDocuments::new();
            let now = Timestamp::UNIX_EPOCH;
            if held.insert(did, input, now).is_ok() {
                let resolver = held.at(now, SignedDuration::ZERO);
                let resolved = resolver.resolve(did).expect("it was just handed in");
                assert_eq!(resolved.into_owned(), document);
            }
        }
    }
});
