//! The contexts compiled in are those that are published.

use ssi_json_ld::syntax::Print as _;

use super::*;
use crate::encoding::jcs;

#[test]
fn contexts_compiled_in_are_the_published_ones() {
    let Some(folder) = testkit::vectors("contexts/w3c-credentials") else {
        return;
    };
    let canonical = |text: &[u8]| {
        let value = parse(text, &Limits::small()).unwrap();
        String::from_utf8(jcs::canonicalize(&value).unwrap()).unwrap()
    };
    let known = Contexts::standard().known();
    for (file, url) in [
        ("v1", "https://www.w3.org/2018/credentials/v1"),
        ("v2", V2),
        (
            "examples/v2",
            "https://www.w3.org/ns/credentials/examples/v2",
        ),
        (
            "undefined-terms/v2",
            "https://www.w3.org/ns/credentials/undefined-terms/v2",
        ),
        ("security/v1", "https://w3id.org/security/v1"),
    ] {
        let published = std::fs::read(folder.join(file)).unwrap();
        let ours = known[url].compact_print().to_string();
        assert_eq!(canonical(ours.as_bytes()), canonical(&published), "{file}");
    }
}

/// Every context at hand can be processed, alone and behind the one that credentials begin with.
#[test]
fn every_context_compiled_in_is_usable() {
    let known = Contexts::standard().known();
    assert_eq!(known.len(), 11);
    for url in known.keys() {
        let text = format!(r#"{{"@context":"{url}","@id":"urn:x","urn:p":"x"}}"#);
        assert_eq!(
            canonical(&text).as_deref(),
            Ok("<urn:x> <urn:p> \"x\" .\n"),
            "{url}"
        );
    }
}
