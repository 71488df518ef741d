//! What is refused, because it would be lost or cost too much.

use super::*;

/// A credential with further members, given as JSON without its braces.
fn with(members: &str) -> String {
    format!(
        r#"{{"@context":["{V2}"],"id":"urn:uuid:1","type":["VerifiableCredential"],
        "issuer":"did:example:i","credentialSubject":{{"id":"did:example:s"}},{members}}}"#
    )
}

#[test]
fn nothing_is_dropped_without_a_word() {
    assert_eq!(code(&with(r#""name":"x""#)), None);
    let cases = [
        (r#""unheard":"x""#, Code::LdTermUndefined),
        (r#""evidence":{"type":"Unheard"}"#, Code::LdTermUndefined),
        (r#""evidence":{"id":"relative"}"#, Code::LdIri),
        (r#""evidence":{"id":""}"#, Code::LdIri),
        (r##""evidence":{"id":"#x"}"##, Code::LdIri),
        (r#""evidence":{"id":"https://a b"}"#, Code::LdIri),
        (r#""evidence":{"id":"urn:a>b"}"#, Code::LdIri),
        (r#""evidence":{"id":"@unheard"}"#, Code::LdIri),
        (r#""evidence":{"id":"_:"}"#, Code::LdIri),
        (r#""termsOfUse":"relative""#, Code::LdIri),
        (r#""evidence":{"id":1}"#, Code::LdMalformed),
        (r#""evidence":{"type":[1]}"#, Code::LdMalformed),
        (r#""@unheard":"x""#, Code::LdTermUndefined),
        (r#""_:b":"x""#, Code::LdTermUndefined),
        (r#""@value":"x""#, Code::LdMalformed),
        (r#""@graph":["x"]"#, Code::LdMalformed),
        (r#""@graph":[{"id":"urn:a"}]"#, Code::LdMalformed),
        (r#""@included":{"id":"urn:a"}"#, Code::LdMalformed),
        (r#""@id":"urn:a""#, Code::LdMalformed),
        (
            r#""name":{"@value":"x","@language":"-"}"#,
            Code::LdMalformed,
        ),
        (
            r#""name":{"@value":"x","@direction":"up"}"#,
            Code::LdMalformed,
        ),
        (r#""name":{"@value":["x"]}"#, Code::LdMalformed),
        (r#""name":{"@value":1,"@language":"en"}"#, Code::LdMalformed),
        (r#""name":{"@value":"x","unheard":1}"#, Code::LdMalformed),
        (
            r#""name":{"@list":["x"],"@type":"urn:t"}"#,
            Code::LdMalformed,
        ),
        (r#""name":9007199254740993"#, Code::JsonNumber),
        (r#""name":0.30000000000000004"#, Code::JsonNumber),
    ];
    for (members, expected) in cases {
        assert_eq!(code(&with(members)), Some(expected), "{members}");
    }
}

#[test]
fn null_and_the_empty_array_say_nothing() {
    let plain = canonical(&with(r#""name":"x""#)).unwrap();
    for nothing in [
        r#""name":"x","description":null"#,
        r#""name":["x",[]],"evidence":[]"#,
    ] {
        assert_eq!(canonical(&with(nothing)).unwrap(), plain);
    }
}

#[test]
fn contexts_are_at_hand_or_refused() {
    let with = |context: &str| code(&format!(r#"{{"@context":{context},"urn:p":"x"}}"#));
    assert_eq!(with("[]"), None);
    let unknown = r#""https://www.w3.org/ns/credentials/v3""#;
    let text = format!(r#"{{"@context":{unknown},"urn:p":"x"}}"#);
    let error = canonical(&text).unwrap_err();
    assert_eq!(error.code(), Code::LdContextUnknown);
    assert!(error.to_string().contains("credentials/v3"), "{error}");
    assert_eq!(with(&format!("[[{unknown}]]")), Some(Code::LdContext));
    for (context, expected) in [
        (
            r#"{"@import":"https://a.example/"}"#,
            Code::LdContextUnknown,
        ),
        (r#""relative""#, Code::LdContext),
        ("1", Code::LdContext),
        (r#"{"a":1}"#, Code::LdContext),
        (r#"{"a":{"@id":"b"},"b":{"@id":"a:x"}}"#, Code::LdContext),
        (r#"{"@language":"-"}"#, Code::LdContext),
        (r#"{"@version":1.0}"#, Code::LdContext),
        (r#"{"@type":"urn:t"}"#, Code::LdContext),
    ] {
        assert_eq!(with(context), Some(expected), "{context}");
    }
}

#[test]
fn a_protected_term_is_not_redefined() {
    for inside in [
        r#"{"name":"urn:n"}"#,
        "null",
        r#"{"VerifiableCredential":"urn:v"}"#,
        r#"{"id":"urn:i"}"#,
    ] {
        let text = format!(r#"{{"@context":["{V2}",{inside}],"urn:p":"x"}}"#);
        assert_eq!(code(&text), Some(Code::LdContext), "{inside}");
        let nested = format!(
            r#"{{"@context":"{V2}","id":"urn:x","urn:p":{{"@context":{inside},"urn:p":"x"}}}}"#
        );
        assert_eq!(code(&nested), Some(Code::LdContext), "{inside}");
    }
}

#[test]
fn callers_add_contexts_but_replace_none() {
    let document = br#"{"@context":{"motto":"https://a.example/ns#motto"}}"#;
    let url = "https://a.example/v1";
    let contexts = Contexts::standard().with(url, document).unwrap();
    let text = format!(r#"{{"@context":["{V2}","{url}"],"id":"urn:x","motto":"x"}}"#);
    let found = canonicalize(&object(&text), &contexts, &mut Budget::presentation()).unwrap();
    assert_eq!(found, "<urn:x> <https://a.example/ns#motto> \"x\" .\n");
    assert_eq!(code(&text), Some(Code::LdContextUnknown));
    let refused = |url: &str, document: &[u8]| contexts.with(url, document).unwrap_err().code();
    assert_eq!(refused(url, document), Code::LdContext);
    assert_eq!(refused(V2, document), Code::LdContext);
    assert_eq!(refused("https://b.example/", b"{}"), Code::LdContext);
    assert_eq!(refused("https://b.example/", b"{"), Code::JsonMalformed);
    let other = br#"{"@context":"https://c.example/"}"#;
    assert_eq!(refused("https://b.example/", other), Code::LdContextUnknown);
}

/// Two threads' worth of a small stack: whatever the limits of strict JSON let through must fit.
fn on_a_small_stack(text: String) -> Option<Code> {
    let thread = std::thread::Builder::new().stack_size(2 << 20);
    thread.spawn(move || code(&text)).unwrap().join().unwrap()
}

#[test]
fn depth_fits_the_stack() {
    let nested = r#"{"urn:p":"#.repeat(31) + "1" + &"}".repeat(31);
    assert_eq!(on_a_small_stack(nested), None);
    let lists = r#"{"urn:p":{"@list":"#.to_owned() + &"[".repeat(30) + &"]".repeat(30) + "}}";
    assert_eq!(on_a_small_stack(lists), None);
    let included = format!(
        r#"{{"@context":"{V2}","id":"urn:x","verifiableCredential":{}{}}}"#,
        r#"{"@context":"https://www.w3.org/ns/credentials/v2","type":"VerifiableCredential","evidence":"#.repeat(29) + r#"{"name":"x"}"#,
        "}".repeat(29)
    );
    assert_eq!(on_a_small_stack(included), Some(Code::LdTermUndefined));
}

#[test]
fn a_long_chain_of_terms_is_bounded() {
    let chain = |n: usize| {
        let terms: Vec<String> = (0..n)
            .map(|i| format!(r#""t{i}":{{"@id":"t{}:x","@prefix":true}}"#, i + 1))
            .collect();
        format!(
            r#"{{"@context":{{"t{n}":"urn:t:",{}}},"t0:a":"x"}}"#,
            terms.join(",")
        )
    };
    assert_eq!(on_a_small_stack(chain(60)), None);
    assert_eq!(on_a_small_stack(chain(80)), None);
    assert_eq!(on_a_small_stack(chain(5000)), Some(Code::LdContext));
}

#[test]
fn many_contexts_are_bounded() {
    let one = format!(r#"{{"@context":["{V2}",{{"a":"urn:a"}}],"id":"urn:x","a":1}}"#);
    let many = vec![one.as_str(); 1000].join(",");
    assert_eq!(
        code(&format!(r#"{{"@graph":[{many}]}}"#)),
        Some(Code::BudgetExhausted)
    );
    let urls = vec![format!("\"{V2}\""); 2000].join(",");
    assert_eq!(
        code(&format!(r#"{{"@context":[{urls}],"urn:p":1}}"#)),
        Some(Code::LdContext)
    );
}

#[test]
fn a_poisoned_graph_is_refused() {
    // Everybody knows everybody: nothing tells these blank nodes apart.
    let nodes: Vec<String> = (0..12)
        .map(|i| {
            let others: Vec<String> = (0..12)
                .filter(|j| *j != i)
                .map(|j| format!(r#"{{"@id":"_:n{j}"}}"#))
                .collect();
            format!(r#"{{"@id":"_:n{i}","urn:knows":[{}]}}"#, others.join(","))
        })
        .collect();
    let text = format!(r#"{{"@graph":[{}]}}"#, nodes.join(","));
    assert_eq!(code(&text), Some(Code::BudgetExhausted));
    // A ring that can only be told apart by going around it.
    let ring: Vec<String> = (0..2000)
        .map(|i| {
            format!(
                r#"{{"@id":"_:n{i}","urn:next":{{"@id":"_:n{}"}}}}"#,
                (i + 1) % 2000
            )
        })
        .collect();
    let ring = format!(r#"{{"@graph":[{}]}}"#, ring.join(","));
    let found = on_a_small_stack(ring);
    assert!(
        matches!(found, Some(Code::BudgetExhausted | Code::LdMalformed)),
        "{found:?}"
    );
}

#[test]
fn a_context_in_a_wrapper_is_the_context_and_no_more() {
    let text = |context: &str| {
        format!(r#"{{"@context":["{V2}",{context}],"type":"VerifiableCredential","alumniOf":"x"}}"#)
    };
    let term = r#"{"alumniOf":"https://example.org/alumniOf"}"#;
    let plain = canonical(&text(term)).unwrap();
    let wrapped = format!(r#"{{"@context":{term}}}"#);
    assert_eq!(canonical(&text(&wrapped)).unwrap(), plain);
    for wrong in [
        format!(r#"{{"@context":{wrapped}}}"#),
        format!(r#"{{"@context":{term},"other":"https://example.org/other"}}"#),
        r#"{"@context":"https://www.w3.org/ns/credentials/examples/v2"}"#.to_owned(),
        r#"{"@context":null}"#.to_owned(),
        // A wrapper is no way around what is protected.
        r#"{"@context":{"VerifiableCredential":"https://example.org/other"}}"#.to_owned(),
    ] {
        assert!(code(&text(&wrong)).is_some(), "{wrong}");
    }
    // Nor around what may not be hidden from whoever reads JSON.
    let hidden = r#"{"@context":{"until":"https://www.w3.org/2018/credentials#validUntil"}}"#;
    let document = object(&text(hidden));
    assert!(matches!(
        plain::check(&document),
        Err(LdError::NotPlain { .. })
    ));
    assert_eq!(plain::check(&object(&text(&wrapped))), Ok(()));
}
