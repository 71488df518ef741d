//! Entries written by hand: with good hashes and signatures, whatever they say.

use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::{key, multikey};
use crate::{
    encoding::{jcs, multibase, strict_json::Value},
    key::Signer as _,
};

/// One entry to be forged.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) parameters: Json,
    pub(super) state: Json,
    pub(super) time: String,
    /// The seeds of the keys that sign.
    pub(super) signers: Vec<u8>,
    /// What is changed in each proof before it is signed.
    pub(super) in_proof: Vec<(&'static str, Json)>,
}

/// A log as it is written, without any check: `{SCID}` stands for the identifier everywhere.
#[derive(Clone, Debug, Default)]
pub(super) struct Forge {
    pub(super) steps: Vec<Step>,
}

impl Forge {
    /// A first entry at parliament.example that control key 1 signs, with more parameters.
    pub(super) fn genesis(more: Json) -> Self {
        let mut parameters = json!({
            "method": "did:webvh:1.0", "scid": "{SCID}", "updateKeys": [multikey(1)],
        });
        merge(&mut parameters, more);
        Self::default().step(Step {
            parameters,
            state: state("parliament.example"),
            time: "2026-01-01T00:00:00Z".to_owned(),
            signers: vec![1],
            in_proof: Vec::new(),
        })
    }

    /// One more entry, a day later, signed by this key.
    pub(super) fn update(self, signer: u8, parameters: Json) -> Self {
        let state = self.steps.last().unwrap().state.clone();
        let day = self.steps.len() + 1;
        self.step(Step {
            parameters,
            state,
            time: format!("2026-01-{day:02}T00:00:00Z"),
            signers: vec![signer],
            in_proof: Vec::new(),
        })
    }

    pub(super) fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Changes the last entry.
    pub(super) fn with(mut self, change: impl FnOnce(&mut Step)) -> Self {
        change(self.steps.last_mut().unwrap());
        self
    }

    /// The lines of the log, without newlines.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut scid = None;
        let mut previous = String::new();
        let mut lines = Vec::new();
        for (nth, step) in self.steps.iter().enumerate() {
            let entry = |version_id: &str| {
                json!({"versionId": version_id, "versionTime": step.time,
                    "parameters": step.parameters, "state": step.state})
            };
            let scid = scid.get_or_insert_with(|| hash(&entry("{SCID}")));
            let fill = |value: &Json| -> Json {
                serde_json::from_str(&value.to_string().replace("{SCID}", scid)).unwrap()
            };
            if nth == 0 {
                previous = scid.clone();
            }
            let mut filled = fill(&entry(&previous));
            previous = format!("{}-{}", nth + 1, hash(&filled));
            filled["versionId"] = json!(previous);
            let proofs = step.signers.iter();
            let proofs: Vec<Json> = proofs
                .map(|by| prove(&filled, *by, &step.in_proof))
                .collect();
            filled["proof"] = json!(proofs);
            lines.push(filled.to_string());
        }
        lines
    }

    pub(super) fn log(&self) -> String {
        self.lines().join("\n") + "\n"
    }
}

/// The smallest document at a place.
pub(super) fn state(place: &str) -> Json {
    json!({"@context": ["https://www.w3.org/ns/did/v1"], "id": format!("did:webvh:{{SCID}}:{place}")})
}

pub(super) fn merge(into: &mut Json, more: Json) {
    let Json::Object(more) = more else {
        panic!("{more}")
    };
    for (name, value) in more {
        match value {
            Json::String(text) if text == "ABSENT" => {
                drop(into.as_object_mut().unwrap().remove(&name));
            }
            value => into[name] = value,
        }
    }
}

fn canonical(value: &Json) -> Vec<u8> {
    jcs::canonicalize(&Value::from_serde(value)).unwrap()
}

fn hash(value: &Json) -> String {
    let mut bytes = vec![0x12, 0x20];
    bytes.extend(Sha256::digest(canonical(value)));
    multibase::encode_z(&bytes)[1..].to_owned()
}

/// Signs a document in `eddsa-jcs-2022`, with these members changed in the proof.
pub(super) fn prove(document: &Json, seed: u8, changed: &[(&'static str, Json)]) -> Json {
    let name = multikey(seed);
    let mut proof = json!({"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": format!("did:key:{name}#{name}"), "created": "2026-01-01T00:00:00Z",
        "proofPurpose": "assertionMethod"});
    for (name, value) in changed {
        proof[*name] = value.clone();
    }
    let mut signed = Sha256::digest(canonical(&proof)).to_vec();
    signed.extend(Sha256::digest(canonical(document)));
    let signature = key(seed).try_sign(&signed).unwrap();
    proof["proofValue"] = json!(multibase::encode_z(signature.as_bytes()));
    proof
}

/// A witness's proof for a version.
pub(super) fn witness(version_id: &str, seed: u8) -> Json {
    prove(&json!({"versionId": version_id}), seed, &[])
}

/// The ids of the versions of a log, as it was forged.
pub(super) fn ids(lines: &[String]) -> Vec<String> {
    let id = |line: &String| {
        let entry: Json = serde_json::from_str(line).unwrap();
        entry["versionId"].as_str().unwrap().to_owned()
    };
    lines.iter().map(id).collect()
}

#[test]
fn what_is_forged_by_the_rules_is_good() {
    let log = Forge::genesis(json!({}))
        .update(1, json!({}))
        .update(1, json!({}));
    let history = super::verify(&log.log()).unwrap();
    assert_eq!(history.head().0, 3);
    assert_eq!(history.did().method(), "webvh");
}
