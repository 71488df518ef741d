//! `didwebvh-rs` and ours: logs that either makes, the other resolves; broken ones both refuse.

use std::sync::Arc;

use didwebvh_rs::{Multibase, prelude::*};
use identity_core::{
    did::{
        Did, Relationship,
        webvh::{self, Content, DidHistory, Draft, Log, Profile, WitnessFile, witness_proof},
    },
    key::{Algorithm, PublicKey, SecretKey, Signer as _},
    verify::Budget,
};
use jiff::Timestamp;
use mandate_peers::at_once;
use serde_json::{Value, json};

/// The same key for both.
fn key(seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).expect("a key")
}

fn public(seed: u8) -> PublicKey {
    key(seed).public_key().clone()
}

fn their_key(seed: u8) -> Secret {
    let mut secret = Secret::generate_ed25519(None, Some(&[seed; 32]));
    let name = secret.get_public_keymultibase().expect("a multikey");
    assert_eq!(name, public(seed).to_multikey());
    secret.id = format!("did:key:{name}#{name}");
    secret
}

fn multibase(seed: u8) -> Multibase {
    Multibase::new(public(seed).to_multikey())
}

fn day(number: usize) -> String {
    format!("2026-01-{number:02}T00:00:00Z")
}

fn ours(log: &str, witnesses: Option<&str>) -> Result<DidHistory, String> {
    let now: Timestamp = "2026-06-01T00:00:00Z".parse().expect("an instant");
    let mut budget = Budget::did_log();
    Log::parse(log.as_bytes(), &mut budget)
        .and_then(|log| log.verify(None, witnesses.map(str::as_bytes), now, &mut budget))
        .map_err(|error| error.to_string())
}

/// Resolves a whole log with theirs, and returns the `versionId` and the state.
fn theirs(did: &str, log: &str, witnesses: Option<&str>) -> Result<(String, Value), String> {
    let mut state = DIDWebVHState::default();
    let found = at_once(state.resolve_log_owned(did, log, witnesses));
    let (entry, metadata) = found.map_err(|error| error.to_string())?;
    // It may stop at the last good entry: that is a refusal of the log.
    if usize::try_from(metadata.version_number) != Ok(log.lines().count()) {
        return Err(format!("it stops at {}", metadata.version_id));
    }
    Ok((metadata.version_id, entry.get_state().clone()))
}

/// Both read the whole log, and the same in it.
fn both_agree(log: &str, witnesses: Option<&str>) -> DidHistory {
    let history = ours(log, witnesses).expect("ours resolves it");
    let (id, state) = theirs(history.did().as_str(), log, witnesses).expect("theirs resolves it");
    assert_eq!(history.latest().version_id, id);
    let own: Value = serde_json::from_str(&history.latest().document_json).expect("JSON");
    assert_eq!(own, state);
    history
}

/// A log of theirs, entry by entry.
#[derive(Default)]
struct Theirs {
    state: DIDWebVHState,
    lines: Vec<String>,
}

impl Theirs {
    fn add(&mut self, document: &Value, parameters: &Parameters, signer: u8) {
        let time = day(self.lines.len() + 1).parse().expect("an instant");
        let key = their_key(signer);
        let made = self
            .state
            .create_log_entry(Some(time), document, parameters, &key);
        let made = at_once(made).expect("theirs makes an entry");
        self.lines
            .push(serde_json::to_string(&made.log_entry).expect("JSON"));
    }

    fn log(&self) -> String {
        self.lines.join("\n") + "\n"
    }

    fn document(&self) -> Value {
        let last = self.state.log_entries().last().expect("an entry");
        last.get_state().clone()
    }
}

fn document(place: &str) -> Value {
    let did = format!("did:webvh:{{SCID}}:{place}");
    json!({"@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did, "assertionMethod": [format!("{did}#key-0")],
        "verificationMethod": [{"id": format!("{did}#key-0"), "type": "Multikey", "controller": did,
            "publicKeyMultibase": public(21).to_multikey()}]})
}

fn keys(seeds: &[u8]) -> Option<Arc<Vec<Multibase>>> {
    Some(Arc::new(
        seeds.iter().map(|seed| multibase(*seed)).collect(),
    ))
}

fn hashes(seeds: &[u8]) -> Option<Arc<Vec<Multibase>>> {
    let hash = |seed: &u8| Multibase::new(webvh::key_hash(&public(*seed).to_multikey()));
    Some(Arc::new(seeds.iter().map(hash).collect()))
}

#[test]
fn ours_resolves_what_theirs_makes() {
    let mut log = Theirs::default();
    let mut parameters = Parameters {
        update_keys: keys(&[1]),
        portable: Some(true),
        ..Parameters::default()
    };
    log.add(&document("parliament.example"), &parameters, 1);
    let history = both_agree(&log.log(), None);
    let method = history.did().with_fragment("key-0").expect("a fragment");
    let purpose = Relationship::AssertionMethod;
    assert_eq!(history.periods(&method, &public(21), purpose).len(), 1);

    parameters.update_keys = keys(&[2]);
    log.add(&log.document(), &parameters, 1);
    both_agree(&log.log(), None);

    // Keys are announced, and then taken over.
    parameters.next_key_hashes = hashes(&[3]);
    log.add(&log.document(), &parameters, 2);
    parameters.update_keys = keys(&[3]);
    parameters.next_key_hashes = hashes(&[4]);
    log.add(&log.document(), &parameters, 3);
    let history = both_agree(&log.log(), None);
    assert_eq!(history.latest().update_keys, [public(3)]);

    // It moves.
    let former = history.did().to_string();
    let text = log
        .document()
        .to_string()
        .replace("parliament.example", "chamber.example");
    let mut moved: Value = serde_json::from_str(&text).expect("JSON");
    moved["alsoKnownAs"] = json!([former]);
    parameters.update_keys = keys(&[4]);
    parameters.next_key_hashes = hashes(&[5]);
    log.add(&moved, &parameters, 4);
    assert_eq!(both_agree(&log.log(), None).dids().len(), 2);

    // Their writer ends a DID in two steps: first nothing is announced any more, then it ends.
    parameters.update_keys = keys(&[5]);
    parameters.next_key_hashes = Some(Arc::new(Vec::new()));
    log.add(&log.document(), &parameters, 5);
    parameters.update_keys = Some(Arc::new(Vec::new()));
    parameters.deactivated = Some(true);
    log.add(&log.document(), &parameters, 5);
    assert!(both_agree(&log.log(), None).is_deactivated());
    refused_by_both(&log.log(), None);
}

#[test]
fn ours_resolves_what_their_witnesses_sign() {
    let mut log = Theirs::default();
    let witnesses = Witnesses::builder()
        .threshold(2)
        .witnesses([11, 12, 13].map(multibase))
        .build();
    let parameters = Parameters {
        update_keys: keys(&[1]),
        witness: Some(Arc::new(witnesses.expect("a list"))),
        ..Parameters::default()
    };
    log.add(&document("parliament.example"), &parameters, 1);
    let mut with_ttl = parameters;
    with_ttl.ttl = Some(60);
    log.add(&log.document(), &with_ttl, 1);
    assert!(ours(&log.log(), None).is_err());
    let secrets = [11, 12, 13].map(|seed| {
        let id = format!("did:key:{}", public(seed).to_multikey());
        (id, their_key(seed))
    });
    let secrets = secrets.into_iter().collect();
    let mut proofs = WitnessProofCollection::default();
    let list = with_ttl.witness.clone();
    let last = log.state.log_entries().last().expect("an entry");
    let signed = didwebvh_rs::create::sign_witness_proofs(&mut proofs, last, &list, &secrets);
    at_once(signed).expect("their witnesses sign");
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(format!("did-witness-{}.json", std::process::id()));
    proofs
        .save_to_file(file.to_str().expect("a path"))
        .expect("they are written");
    let proofs = std::fs::read_to_string(&file).expect("they were written");
    std::fs::remove_file(file).expect("the file was there");
    both_agree(&log.log(), Some(&proofs));
}

fn content(issuing: u8) -> Content {
    Content {
        methods: vec![
            (public(issuing), vec![Relationship::AssertionMethod]),
            (public(31), vec![Relationship::CapabilityInvocation]),
        ],
        ..Content::default()
    }
}

/// A log of ours: announced keys, new keys in the document, a move and an end.
fn made() -> Vec<String> {
    let instant = |number| -> Timestamp { day(number).parse().expect("an instant") };
    let mut lines: Vec<String> = Vec::new();
    let draft = Draft::genesis("parliament.example", &[public(1)], content(21));
    let draft = draft
        .expect("a place")
        .announce(&[public(2)])
        .portable(true);
    let signed = draft.prepare(Profile::A, instant(1)).expect("a good draft");
    lines.push(signed.sign(&key(1), instant(1)).expect("it is signed").line);
    for number in 2_u8..=6 {
        let history = ours(&lines.concat(), None).expect("ours resolves it");
        let draft = Draft::update(&history)
            .expect("it lasts")
            .control(&[public(number)]);
        let draft = match number {
            4 => draft.move_to("chamber.example").expect("it is portable"),
            6 => draft.deactivate(),
            other => draft.content(content(20 + other)),
        };
        let draft = if number < 6 {
            draft.announce(&[public(number + 1)])
        } else {
            draft
        };
        let instant = instant(usize::from(number));
        let unsigned = draft.prepare(Profile::A, instant).expect("a good draft");
        lines.push(
            unsigned
                .sign(&key(number), instant)
                .expect("it is signed")
                .line,
        );
    }
    lines
}

#[test]
fn theirs_resolves_what_ours_makes() {
    let lines = made();
    for many in 1..=lines.len() {
        both_agree(&lines[..many].concat(), None);
    }
    refused_by_both(&lines.concat(), None);
}

#[test]
fn theirs_resolves_what_our_witnesses_sign() {
    let list = [11, 12, 13].map(|seed| public(seed).to_multikey());
    let list = webvh::Witnesses::new(2, list.to_vec()).expect("a list");
    let instant: Timestamp = day(1).parse().expect("an instant");
    let draft = Draft::genesis("parliament.example", &[public(1)], content(21));
    let draft = draft
        .expect("a place")
        .announce(&[public(2)])
        .witness(&list);
    let unsigned = draft.prepare(Profile::A, instant).expect("a good draft");
    let signed = unsigned.sign(&key(1), instant).expect("it is signed");
    let id = &signed.version.version_id;
    let mut file = WitnessFile::new();
    for (seed, enough) in [(11, false), (13, true)] {
        file.add(id, witness_proof(id, &key(seed), instant).expect("a proof"));
        let json = file.to_json().expect("JSON");
        let did = signed.version.document.id().as_str();
        assert_eq!(ours(&signed.line, Some(&json)).is_ok(), enough);
        assert_eq!(theirs(did, &signed.line, Some(&json)).is_ok(), enough);
    }
    let json = file.to_json().expect("JSON");
    both_agree(&signed.line, Some(&json));
    refused_by_both(&signed.line, Some(&json));
}

#[test]
fn both_make_the_same_did_web_document() {
    let log = &made()[..3].concat();
    let history = ours(log, None).expect("ours resolves it");
    let own = webvh::web_document(&history)
        .expect("a document")
        .to_serde();
    let mut state = DIDWebVHState::default();
    at_once(state.resolve_log(history.did().as_str(), log, None)).expect("theirs resolves it");
    let their = state.log_entries().last().expect("an entry").to_web_did();
    let mut their = their.expect("a document");
    // They name the did:webvh DID as its controller, of which the method says nothing; both have the
    // same services and names, in an order of their own.
    let controller = their
        .as_object_mut()
        .expect("an object")
        .remove("controller");
    assert_eq!(controller, Some(json!(history.did().as_str())));
    let mut own = own;
    for name in ["alsoKnownAs", "service"] {
        for document in [&mut own, &mut their] {
            let list = document[name].as_array_mut().expect("an array");
            list.sort_by_key(Value::to_string);
        }
    }
    assert_eq!(own, their);
}

#[test]
fn both_ask_the_same_address() {
    let scid = "QmfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQ";
    for (place, good) in [
        ("example.com", true),
        ("example.com%3A8443", true),
        ("example.com:units:clerk", true),
        ("example.com%3A8443:units", true),
        ("example.com:a%20b", true),
        ("127.0.0.1", false),
        ("127%2E0%2E0%2E1", false),
        ("127.0.0.1%3a8080", false),
        ("example.com:..", false),
        ("example.com:%2e%2e:x", false),
        ("example.com:a%2Fb", false),
    ] {
        let did = format!("did:webvh:{scid}:{place}");
        let own = did
            .parse::<Did>()
            .ok()
            .and_then(|did| webvh::url(&did).ok());
        let their = didwebvh_rs::url::WebVHURL::parse_did_url(&did)
            .and_then(|url| url.get_http_url(Some("did.jsonl")));
        let their = their.map(|url| url.to_string()).ok();
        assert_eq!(own.is_some(), good, "{place}");
        assert_eq!(own, their, "{place}");
    }
    // They take port 0, which the method does not have.
    let did: Did = format!("did:webvh:{scid}:example.com%3A0")
        .parse()
        .expect("a DID");
    assert!(webvh::url(&did).is_err());
}

/// Every line taken out (but the last), moved, doubled or changed in one value, both refuse.
fn refused_by_both(log: &str, witnesses: Option<&str>) {
    let history = ours(log, witnesses).expect("ours resolves it");
    let did = history.did().as_str();
    let lines: Vec<&str> = log.lines().collect();
    let mut broken: Vec<(String, Vec<String>)> = Vec::new();
    let owned = |lines: &[&str]| lines.iter().map(ToString::to_string).collect::<Vec<_>>();
    for nth in 0..lines.len() {
        if nth + 1 < lines.len() {
            let mut fewer = lines.clone();
            fewer.remove(nth);
            broken.push((format!("without {nth}"), owned(&fewer)));
            let mut swapped = lines.clone();
            swapped.swap(nth, nth + 1);
            broken.push((format!("{nth} and the next swapped"), owned(&swapped)));
        }
        let mut twice = lines.clone();
        twice.insert(nth, lines[nth]);
        broken.push((format!("{nth} twice"), owned(&twice)));
        let entry: Value = serde_json::from_str(lines[nth]).expect("JSON");
        for (pointer, value) in [
            ("/versionTime", json!("2026-01-01T00:00:01Z")),
            (
                "/versionId",
                json!(format!("{}-{}", nth + 1, webvh::key_hash("x"))),
            ),
            ("/parameters/ttl", json!(1)),
            ("/parameters/updateKeys", json!([public(99).to_multikey()])),
            ("/parameters/nextKeyHashes", json!([webvh::key_hash("x")])),
            ("/parameters/method", json!("did:webvh:0.9")),
            ("/state/verificationMethod", json!([])),
            (
                "/state/id",
                json!(format!("did:webvh:{}:x.example", webvh::key_hash("x"))),
            ),
            ("/proof/0/cryptosuite", json!("ecdsa-jcs-2019")),
            ("/proof/0/proofPurpose", json!("authentication")),
            ("/proof/0/proofValue", json!(format!("z{}", "2".repeat(87)))),
            ("/proof/0/verificationMethod", {
                let (own, other) = (public(nth as u8 + 1), public(99));
                json!(format!(
                    "did:key:{}#{}",
                    other.to_multikey(),
                    own.to_multikey()
                ))
            }),
        ] {
            let mut changed = entry.clone();
            let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
            changed.pointer_mut(parent).expect("it is there")[name] = value;
            if changed == entry {
                continue;
            }
            let mut lines = owned(&lines);
            lines[nth] = changed.to_string();
            broken.push((format!("{nth} with another {pointer}"), lines));
        }
    }
    for (what, lines) in broken {
        let log = lines.join("\n") + "\n";
        assert!(ours(&log, witnesses).is_err(), "ours: {what}");
        assert!(theirs(did, &log, witnesses).is_err(), "theirs: {what}");
    }
}
