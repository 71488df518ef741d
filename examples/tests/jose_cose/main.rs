//! The conformance program `vc-jose-cose`: what it issues it verifies, with every feature and key, and
//! what is wrong it refuses for that.

#![cfg(feature = "conformance")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod keys;
mod refused;
mod sound;

use std::{path::PathBuf, process::Command};

use identity_core::{
    encoding::{base64url, jcs, strict_json::Value},
    key::{SecretKey, Signer as _},
};
use serde_json::{Value as Json, json};

/// A folder in which one test writes its files.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Runs the program and returns `result` and `data`.
    fn run(
        &self,
        verb: &str,
        feature: &str,
        key: &Json,
        input: &str,
        more: &[&str],
    ) -> (String, String) {
        let input = self.file("input", input);
        let key = self.file("key.json", &key.to_string());
        let output = self.0.path().join("output.json");
        let _ = std::fs::remove_file(&output);
        let status = Command::new(env!("CARGO_BIN_EXE_vc-jose-cose"))
            .arg(verb)
            .arg("--input")
            .arg(&input)
            .arg("--key")
            .arg(&key)
            .args(["--feature", feature])
            .args(more)
            .arg("--output")
            .arg(&output)
            .status()
            .unwrap();
        assert!(status.success(), "{verb} {feature}: {status}");
        let written: Json =
            serde_json::from_str(&std::fs::read_to_string(output).unwrap()).unwrap();
        let text = |name: &str| written[name].as_str().unwrap().to_owned();
        (text("result"), text("data"))
    }

    fn issue(&self, feature: &str, key: &Json, input: &Json, more: &[&str]) -> (String, String) {
        self.run("issue", feature, key, &input.to_string(), more)
    }

    fn verify(&self, feature: &str, key: &Json, input: &str) -> (String, String) {
        self.run("verify", feature, key, input, &[])
    }

    /// Issues what must be issued.
    fn issued(&self, feature: &str, key: &Json, input: &Json, more: &[&str]) -> String {
        let (result, data) = self.issue(feature, key, input, more);
        assert_eq!(result, "success", "{data}");
        data
    }
}

const ISSUER: &str = "https://parliament.example/issuer";

fn credential() -> Json {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
        "type": ["VerifiableCredential", "ExampleCredential"],
        "issuer": ISSUER,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:ana",
            "name": "Ana",
            "languages": ["es", "ca"],
            "address": { "street": "Calle Mayor 1", "city": "Toledo" },
        },
    })
}

/// A presentation of secured credentials.
fn presentation(ids: &[&str]) -> Json {
    let envelopes: Vec<Json> = ids
        .iter()
        .map(|id| {
            json!({
                "@context": "https://www.w3.org/ns/credentials/v2",
                "type": "EnvelopedVerifiableCredential",
                "id": id,
            })
        })
        .collect();
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": ISSUER,
        "verifiableCredential": envelopes,
    })
}

/// Signs any payload under any header, as no issuer should.
fn by_hand(header: &Json, payload: &Json, key: &SecretKey) -> String {
    let part =
        |json: &Json| base64url::encode(&jcs::canonicalize(&Value::from_serde(json)).unwrap());
    let input = format!("{}.{}", part(header), part(payload));
    let signature = key.try_sign(input.as_bytes()).unwrap();
    format!("{input}.{}", base64url::encode(signature.as_bytes()))
}
