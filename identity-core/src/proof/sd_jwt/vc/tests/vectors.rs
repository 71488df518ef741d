//! The published examples of RFC 9901 and of the SD-JWT VC draft, step by step.

use std::path::{Path, PathBuf};

use super::*;
use crate::{
    encoding::jcs,
    key::PublicKey,
    proof::{
        jose::Jws,
        sd_jwt::{SdJwt, json::to_compact},
    },
};

/// The keys, the nonce and the verifiers that the examples' settings name.
const ISSUER: &str = r#"{"kty":"EC","crv":"P-256","x":"b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ","y":"Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8"}"#;
const HOLDER: &str = r#"{"kty":"EC","crv":"P-256","x":"TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc","y":"ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ"}"#;
const NONCE: &str = "1234567890";

fn public(jwk: &str) -> PublicKey {
    PublicKey::from_jwk(&parse(jwk.as_bytes(), &Limits::small()).unwrap()).unwrap()
}

fn cases(suite: &str) -> Vec<PathBuf> {
    let Some(folder) = testkit::vectors("sd-jwt") else {
        return Vec::new();
    };
    let entries = std::fs::read_dir(folder.join(suite)).unwrap();
    let mut cases: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

/// Reads an example's JSON, in which long texts are folded too.
fn json_of(case: &Path, file: &str) -> Value<'static> {
    let text = std::fs::read_to_string(case.join(file)).unwrap();
    let (mut unfolded, mut inside, mut escaped, mut folding) = (String::new(), false, false, false);
    for c in text.chars() {
        folding = inside && (c == '\n' || (folding && c == ' '));
        if folding {
            continue;
        }
        inside ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        unfolded.push(c);
    }
    parse(unfolded.as_bytes(), &Limits::small())
        .unwrap_or_else(|e| panic!("{case:?}/{file}: {e}"))
        .into_owned()
}

fn canonical(value: &Value<'_>) -> String {
    String::from_utf8(jcs::canonicalize(value).unwrap()).unwrap()
}

/// Reads an example in compact form, whichever of the two it is published in.
///
/// Texts are folded over several lines, also inside JSON strings. The examples in JSON are older than
/// RFC 9901: `disclosures` and `kb_jwt` stand at the top, while section 8.1 has them in `header`, where
/// they are put here. (The one called general is of the flattened form.)
fn text_of(case: &Path, name: &str) -> Option<String> {
    let unfold = |text: String| text.split_whitespace().collect::<String>();
    if let Ok(text) = std::fs::read_to_string(case.join(format!("{name}.txt"))) {
        return Some(unfold(text));
    }
    let text = std::fs::read_to_string(case.join(format!("{name}.json"))).ok()?;
    let text = unfold(text);
    assert!(
        to_compact(text.as_bytes(), &mut Budget::presentation())
            .unwrap()
            .ends_with('~'),
        "what stands at the top is not looked at"
    );
    let at = text.find(r#""disclosures""#).unwrap();
    let text = format!(r#"{}"header":{{{}}}"#, &text[..at], &text[at..]);
    let mut budget = Budget::presentation();
    Some(to_compact(text.as_bytes(), &mut budget).unwrap())
}

/// Takes disclosures and their digests from the page that lists them, where they are folded.
fn listed(case: &Path) -> Vec<(String, String)> {
    let page = std::fs::read_to_string(case.join("disclosures.md")).unwrap();
    let mut found = Vec::new();
    for entry in page.split("SHA-256 Hash: `").skip(1) {
        let (hash, rest) = entry.split_once('`').unwrap();
        let (_, rest) = rest.split_once("Disclosure:").unwrap();
        let (folded, _) = rest.split_once("* Contents").unwrap();
        let disclosure = folded
            .chars()
            .filter(|c| !c.is_whitespace() && !"\\`".contains(*c));
        found.push((hash.to_owned(), disclosure.collect()));
    }
    found
}

#[test]
fn every_example_discloses_what_it_says() {
    let (mut seen, mut bound, mut in_json) = (0, 0, 0);
    for suite in [
        "oauth-selective-disclosure-jwt_examples",
        "oauth-sd-jwt-vc_examples",
    ] {
        for case in cases(suite) {
            let text = text_of(&case, "sd_jwt_presentation").unwrap();
            let mut budget = Budget::presentation();
            let sd_jwt = SdJwt::parse(&text, &mut budget).unwrap();
            let disclosed = sd_jwt.verify_with_key(&public(ISSUER), &mut budget);
            let disclosed = disclosed.unwrap_or_else(|e| panic!("{case:?}: {e}"));
            let expected = json_of(&case, "verified_contents.json");
            assert_eq!(
                canonical(disclosed.claims()),
                canonical(&expected),
                "{case:?}"
            );
            // The payload that was signed is the one that is published.
            let payload = sd_jwt.issuer_jwt().unverified_payload();
            let payload = parse(payload, &Limits::small()).unwrap();
            let published = json_of(&case, "sd_jwt_payload.json");
            assert_eq!(canonical(&payload), canonical(&published), "{case:?}");
            seen += 1;
            if case.join("sd_jwt_presentation.json").exists() {
                check_json_binding(&case, &text);
                in_json += 1;
            } else if sd_jwt.is_bound() {
                let binding = sd_jwt.verify_key_binding(&public(HOLDER), &mut budget);
                let binding = binding.unwrap_or_else(|e| panic!("{case:?}: {e}"));
                let published = json_of(&case, "kb_jwt_payload.json");
                let text = |name| published.get(name).and_then(Value::as_str);
                assert_eq!(binding.nonce, NONCE);
                assert_eq!(Some(binding.nonce.as_str()), text("nonce"));
                assert_eq!(Some(binding.audience.as_str()), text("aud"));
                let made_at = published.get("iat").and_then(Value::as_i64);
                assert_eq!(Some(binding.issued_at.as_second()), made_at);
                bound += 1;
            }
        }
    }
    if testkit::vectors("sd-jwt").is_some() {
        assert_eq!((seen, bound, in_json), (18, 6, 2));
    }
}

/// The two examples in JSON have a defect: their holder's digest is over the JSON text as it was issued,
/// with the disclosures behind it, and not over the compact form (RFC 9901 sections 4.3.1 and 8.1). It is shown to be that, and the presentation is refused.
fn check_json_binding(case: &Path, compact: &str) {
    let mut budget = Budget::presentation();
    let sd_jwt = SdJwt::parse(compact, &mut budget).unwrap();
    let found = sd_jwt.verify_key_binding(&public(HOLDER), &mut budget);
    assert_eq!(found, Err(SdJwtError::KeyBinding), "{case:?}");
    let issued = text_of(case, "sd_jwt_issuance").unwrap();
    let (jwt, all) = issued.trim_end_matches('~').split_once('~').unwrap();
    let jwt: Vec<&str> = jwt.split('.').collect();
    let mut hashed = format!(
        r#"{{"payload": "{}", "protected": "{}", "signature": "{}", "disclosures": ["{}"]}}~"#,
        jwt[1],
        jwt[0],
        jwt[2],
        all.replace('~', "\", \"")
    );
    let shown: Vec<&str> = compact.split('~').skip(1).collect();
    let (binding, disclosures) = shown.split_last().unwrap();
    for disclosure in disclosures {
        hashed = hashed + disclosure + "~";
    }
    let binding = Jws::parse(binding).unwrap();
    let signed = binding.verify_with_key(&public(HOLDER)).unwrap();
    let signed = parse(signed, &Limits::small()).unwrap();
    assert_eq!(
        signed.get("sd_hash").and_then(Value::as_str),
        Some(&*digest(&hashed))
    );
    assert_eq!(signed.get("nonce").and_then(Value::as_str), Some(NONCE));
}

#[test]
fn every_example_as_issued_discloses_everything() {
    let mut digests = 0;
    for suite in [
        "oauth-selective-disclosure-jwt_examples",
        "oauth-sd-jwt-vc_examples",
    ] {
        for case in cases(suite) {
            let text = text_of(&case, "sd_jwt_issuance").unwrap();
            let mut budget = Budget::presentation();
            let sd_jwt = SdJwt::parse(&text, &mut budget).unwrap();
            let disclosed = sd_jwt
                .verify_with_key(&public(ISSUER), &mut budget)
                .unwrap();
            let claims = disclosed.claims();
            for (name, value) in json_of(&case, "user_claims.json")
                .as_object()
                .unwrap()
                .iter()
            {
                let found = claims
                    .get(name)
                    .unwrap_or_else(|| panic!("{case:?}: {name}"));
                assert_eq!(canonical(found), canonical(value), "{case:?}: {name}");
            }
            for (hash, disclosure) in listed(&case) {
                assert_eq!(digest(&disclosure), hash, "{case:?}");
                assert!(text.contains(&disclosure), "{case:?}");
                digests += 1;
            }
        }
    }
    if testkit::vectors("sd-jwt").is_some() {
        assert!(digests > 100, "only {digests} digests");
    }
}

/// The issuers of the SD-JWT VC examples, whose keys their metadata would give.
fn metadata(issuer: &str) -> IssuerMetadata {
    let mut metadata = IssuerMetadata::new(SignedDuration::from_hours(24));
    let named = ISSUER.replacen('{', r#"{"kid":"doc-signer-05-25-2022","#, 1);
    let json = format!(r#"{{"issuer":"{issuer}","jwks":{{"keys":[{named}]}}}}"#);
    metadata.insert(issuer, json.as_bytes(), at(NOW)).unwrap();
    metadata
}

#[test]
fn the_sd_jwt_vc_examples_are_credentials() {
    let mut seen = 0;
    for case in cases("oauth-sd-jwt-vc_examples") {
        let text = text_of(&case, "sd_jwt_presentation").unwrap();
        let expected = json_of(&case, "verified_contents.json");
        let expected_text = |name: &str| expected.get(name).and_then(Value::as_str);
        let issuer = expected_text("iss").unwrap();
        let metadata = metadata(issuer);
        let policy = Policy::new().with_metadata(&metadata);
        let is_bound = case.join("kb_jwt_payload.json").exists();
        let published = is_bound.then(|| json_of(&case, "kb_jwt_payload.json"));
        let audience = published.as_ref().and_then(|kb| kb.get("aud")?.as_str());
        let binding = match audience {
            None => Binding::NotRequired,
            Some(audience) => Binding::Required {
                audience,
                nonce: NONCE,
                max_age: SignedDuration::from_hours(24 * 3650),
            },
        };
        let found = verify(
            &text,
            &policy,
            binding,
            at(NOW),
            &mut Budget::presentation(),
        );
        let verified = found.unwrap_or_else(|e| panic!("{case:?}: {e}"));
        assert_eq!(
            Some(verified.registered().vct.as_str()),
            expected_text("vct")
        );
        assert_eq!(verified.key_binding().is_some(), is_bound);
        assert_eq!(canonical(verified.claims()), canonical(&expected));
        seen += 1;
    }
    if testkit::vectors("sd-jwt").is_some() {
        assert_eq!(seen, 3);
    }
}
