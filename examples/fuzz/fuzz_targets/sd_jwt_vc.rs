//! SD-JWT VCs of others, and everything that is handed in to judge them by.
//!
//! The first byte says what the rest is: a presentation or an edit of one, its JSON form, a payload that
//! its issuer signs, a certificate, an issuer's metadata, or type metadata.

#![no_main]

use std::sync::LazyLock;

use identity_core::{
    did::{self, LocalResolver},
    encoding::base64url,
    key::{SecretKey, Signer as _},
    proof::sd_jwt::{
        self, json,
        vc::{
            self, Binding, Integrity, IssuerMetadata, MediaType, Policy, TrustAnchors,
            types::{Shown, TypeDocuments},
        },
    },
    verify::Budget,
};
use jiff::{SignedDuration, Timestamp};
use libfuzzer_sys::fuzz_target;
use mandate_fuzz::edited;
use testkit::world::{key, now};

const AUDIENCE: &str = "https://gate.example";
const NONCE: &str = "n0nce";

struct Scene {
    issuer: SecretKey,
    kid: String,
    presentation: String,
}

static SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let (issuer, holder) = (key(1), key(3));
    let did = did::key::create(issuer.public_key());
    let kid = format!("{did}#{}", did.specific_id());
    let shown = base64url::encode(br#"["c2FsdHNhbHRzYWx0","l",[{"a":1},2]]"#);
    let digest = base64url::encode(&sha256(&shown));
    let holder_did = did::key::create(holder.public_key());
    let payload = format!(
        r#"{{"vct":"urn:a","iss":"{did}","_sd":["{digest}"],"exp":4000000000,"cnf":{{"kid":"{holder_did}#{}"}},
        "n":{{"_sd":["AAAA"]}},"m":[{{"...":"BBBB"}},3]}}"#,
        holder_did.specific_id()
    );
    let credential = format!("{}~{shown}~", sign(&issuer, &kid, payload.as_bytes()));
    let presentation = sd_jwt::bind(&credential, AUDIENCE, NONCE, now(), &holder);
    Scene {
        issuer,
        kid,
        presentation: presentation.expect("a software key signs"),
    }
});

fn sha256(text: &str) -> [u8; 32] {
    // The digest of a document, in the text that refers to it, is the one there is from outside.
    let text = Integrity::of(text.as_bytes());
    let digest = text.strip_prefix("sha256-").expect("it is of SHA-256");
    let digest = digest
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_");
    base64url::decode(&digest)
        .expect("it is base64url now")
        .try_into()
        .expect("of 32 bytes")
}

fn sign(key: &SecretKey, kid: &str, payload: &[u8]) -> String {
    let header = format!(
        r#"{{"alg":"{}","kid":"{kid}","typ":"dc+sd-jwt","new":1}}"#,
        key.algorithm().as_jose()
    );
    sign_with(key, header.as_bytes(), payload)
}

fn sign_with(key: &SecretKey, header: &[u8], payload: &[u8]) -> String {
    let input = format!(
        "{}.{}",
        base64url::encode(header),
        base64url::encode(payload)
    );
    let signature = key
        .try_sign(input.as_bytes())
        .expect("a software key signs");
    format!("{input}.{}", base64url::encode(signature.as_bytes()))
}

fn judge(text: &str, policy: &Policy<'_>, at: Timestamp) -> Option<vc::VerifiedVc> {
    let binding = Binding::Required {
        audience: AUDIENCE,
        nonce: NONCE,
        max_age: SignedDuration::from_hours(1),
    };
    let bound = vc::verify(text, policy, binding, at, &mut Budget::presentation());
    let free = vc::verify(
        text,
        policy,
        Binding::NotRequired,
        at,
        &mut Budget::presentation(),
    );
    assert!(
        free.is_ok() || bound.is_err(),
        "a proof more makes nothing valid"
    );
    bound.ok()
}

fuzz_target!(|input: &[u8]| {
    let Some((what, input)) = input.split_first() else {
        return;
    };
    let scene = &*SCENE;
    let local = LocalResolver::new();
    let policy = Policy::new()
        .with_dids(&local)
        .with_media_type(MediaType::Transitional);
    match what % 6 {
        0 => {
            let file = edited(scene.presentation.as_bytes(), input);
            if let Ok(text) = core::str::from_utf8(&file)
                && judge(text, &policy, now()).is_some()
            {
                assert_eq!(text, scene.presentation, "a changed presentation is valid");
            }
        }
        1 => {
            if let Ok(text) = json::to_compact(input, &mut Budget::presentation()) {
                judge(&text, &policy, now());
            }
        }
        2 => {
            let text = sign(&scene.issuer, &scene.kid, input) + "~";
            let free = Binding::NotRequired;
            let budget = &mut Budget::presentation();
            if let Ok(verified) = vc::verify(&text, &policy, free, now(), budget) {
                assert!(!verified.registered().vct.is_empty());
                assert!(verified.signed_by().did().is_some());
                let mut documents = TypeDocuments::new();
                let everything = br#"{"vct":"urn:a","claims":[{"path":["a",null,"b"],"sd":"always","mandatory":true},
                    {"path":["a",0]},{"path":["c"],"sd":"never"}]}"#;
                documents.insert(everything).expect("well formed");
                if let Ok(resolved) = documents.resolve(verified.registered()) {
                    let part = resolved.check(&verified, Shown::Part);
                    let all = resolved.check(&verified, Shown::Everything);
                    assert!(part.is_ok() || all.is_err(), "who sees more misses more");
                }
            }
        }
        3 => {
            // A certificate as the fuzzer writes it, signed for by a key that it does not hold.
            let mut base64 = base64url::encode(input).replace('-', "+").replace('_', "/");
            while base64.len() % 4 != 0 {
                base64.push('=');
            }
            let header = format!(r#"{{"alg":"EdDSA","typ":"dc+sd-jwt","x5c":["{base64}"]}}"#);
            let text = sign_with(&scene.issuer, header.as_bytes(), br#"{"vct":"a"}"#) + "~";
            if let Ok(anchors) = TrustAnchors::new(&[input], []) {
                let policy = policy.with_certificates(&anchors, vc::CertificateNames::Ignore);
                judge(&text, &policy, now());
            }
        }
        4 => {
            let issuer = "https://issuer.example/a";
            let mut metadata = IssuerMetadata::new(SignedDuration::from_hours(1));
            let keys = metadata.insert(issuer, input, now());
            if let Ok(Some(uri)) = keys.map(|uri| uri.map(str::to_owned)) {
                let _ = metadata.insert_keys(issuer, &uri, input);
            }
            let payload = format!(r#"{{"vct":"a","iss":"{issuer}"}}"#);
            let text = sign(&scene.issuer, "1", payload.as_bytes()) + "~";
            judge(&text, &policy.with_metadata(&metadata), now());
            if let Ok(text) = core::str::from_utf8(input) {
                let _ = vc::metadata_url(text);
            }
        }
        _ => {
            let mut documents = TypeDocuments::new();
            if documents.insert(input).is_ok() {
                let verified = judge(&scene.presentation, &policy, now()).expect("unchanged");
                if let Ok(resolved) = documents.resolve(verified.registered()) {
                    let _ = resolved.check(&verified, Shown::Part);
                    let _ = resolved.check(&verified, Shown::Everything);
                }
            }
            if let Ok(text) = core::str::from_utf8(input) {
                let _ = Integrity::parse(text).map(|integrity| integrity.check(input));
            }
        }
    }
});
