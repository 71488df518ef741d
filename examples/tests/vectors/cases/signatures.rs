//! Signatures, disclosures, and what can be read at all.

use super::*;

pub(super) fn signatures() -> Vec<Vector> {
    let whole = sound("", "").presentation;
    let jwt_end = whole.find('~').expect("a tilde");
    vec![
        fault(
            "signature-changed",
            "a byte of the issuer's signature",
            (10, "signature.invalid"),
            |v| {
                v.presentation = changed(&whole, jwt_end - 40);
            },
        ),
        fault(
            "payload-changed",
            "a byte of what the issuer signed",
            (10, "signature.invalid"),
            |v| {
                v.presentation = changed(&whole, whole.find('.').expect("a dot") + 60);
            },
        ),
        fault(
            "signature-not-canonical",
            "the same signature bytes in another spelling",
            (10, "presentation.malformed"),
            |v| {
                let last = whole.as_bytes()[jwt_end - 1];
                // 64 bytes leave four bits unused in the last character.
                let other = if last == b'A' {
                    'B'
                } else {
                    char::from(last + 1)
                };
                v.presentation = format!("{}{other}{}", &whole[..jwt_end - 1], &whole[jwt_end..]);
            },
        ),
        fault(
            "algorithm-none",
            "an unsigned credential",
            (10, "presentation.malformed"),
            |v| {
                let header = base64url::encode(br#"{"alg":"none","typ":"dc+sd-jwt"}"#);
                let payload = whole.split('.').nth(1).expect("a payload");
                v.presentation = format!("{header}.{payload}.{}", &whole[jwt_end..]);
            },
        ),
        fault(
            "kid-of-another",
            "signed by a stranger whose header names the issuer's key",
            (10, "signature.invalid"),
            |v| {
                v.presentation = resigned(&issuer_header(), 9, |_| ());
            },
        ),
        fault(
            "issuer-claimed",
            "signed by a stranger's own DID; the payload names the issuer",
            (10, "issuer.mismatch"),
            |v| {
                let did = identity_core::did::key::create(identity_core::key::Signer::public_key(
                    &key(9),
                ));
                let method = did.with_fragment(did.specific_id()).expect("its own key");
                let header = Header::with_kid(Algorithm::EdDsa, "dc+sd-jwt", &method);
                v.presentation = resigned(&header, 9, |_| ());
            },
        ),
        fault(
            "type-of-another-document",
            "a JWS of another kind passed off as a credential",
            (10, "jws.type"),
            |v| {
                let header = Header::with_kid(
                    Algorithm::EdDsa,
                    "mandate-request+jwt",
                    &World::new().method(),
                );
                v.presentation = resigned(&header, 1, |_| ());
            },
        ),
        fault(
            "disclosure-foreign",
            "a disclosure that nothing signed refers to",
            (10, "sd_jwt.disclosure_unreferenced"),
            |v| {
                let extra = base64url::encode(br#"["c2FsdC1zYWx0LXNhbHQ","role","president"]"#);
                v.presentation = bound(&format!("{}{extra}~", unbound()));
            },
        ),
        fault(
            "disclosure-repeated",
            "one disclosure twice",
            (10, "sd_jwt.digest_repeated"),
            |v| {
                let text = unbound();
                let disclosure = text.split('~').nth(1).expect("a disclosure").to_owned();
                v.presentation = bound(&format!("{text}{disclosure}~"));
            },
        ),
        fault(
            "disclosure-changed",
            "another name in the disclosure",
            (10, "sd_jwt.disclosure_unreferenced"),
            |v| {
                let text = unbound();
                v.presentation = bound(&changed(&text, text.len() - 9));
            },
        ),
        fault(
            "data-integrity-changed",
            "a claim of a W3C credential",
            (10, "signature.invalid"),
            |v| {
                let text = World::present(&request(), &World::new().issue(data_integrity), &[]);
                v.presentation = text.replace("Ana Example", "Ann Example");
            },
        ),
        fault(
            "data-integrity-proof-in-array",
            "the one proof stands in an array",
            (10, "proof.malformed"),
            |v| {
                let text = World::present(&request(), &World::new().issue(data_integrity), &[]);
                let start = text.rfind("\"proof\":{").expect("the credential's proof") + 8;
                let end = start + text[start..].find('}').expect("its end") + 1;
                v.presentation =
                    format!("{}[{}]{}", &text[..start], &text[start..end], &text[end..]);
            },
        ),
        fault(
            "not-a-presentation",
            "text that is none",
            (10, "presentation.malformed"),
            |v| {
                v.presentation = String::from("hello");
            },
        ),
        fault(
            "member-unknown",
            "a file of several with a member that is not known",
            (10, "presentation.malformed"),
            |v| {
                v.presentation = serde_json::json!({ "vp_token": {}, "extra": 1 }).to_string();
            },
        ),
        fault(
            "type-of-another-credential",
            "a mandate that stands under another type",
            (10, "presentation.malformed"),
            |v| {
                let token = serde_json::json!({ "OfficeHolder": [v.presentation] });
                v.presentation = serde_json::json!({ "vp_token": token }).to_string();
            },
        ),
        fault(
            "credential-repeated",
            "one mandate, counted twice",
            (10, "presentation.malformed"),
            |v| {
                let twice = [&v.presentation, &v.presentation];
                let token = serde_json::json!({ "MemberMandate": twice });
                v.presentation = serde_json::json!({ "vp_token": token }).to_string();
            },
        ),
    ]
}
