//! did:webvh logs beside `didwebvh-ts`: each resolves what the other makes, and both refuse what was
//! changed.

use identity_core::{
    did::{
        Relationship,
        webvh::{Content, DidHistory, Draft, Log, Profile, WitnessFile, Witnesses, witness_proof},
    },
    key::{Algorithm, PublicKey, SecretKey, Signer as _},
    verify::Budget,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::peer::Peer;

/// Their entry that ends a DID has the time of day, so that ours is read tomorrow.
fn tomorrow() -> Timestamp {
    cli_kit::run::now() + SignedDuration::from_hours(24)
}

fn ours(log: &str, witnesses: Option<&str>) -> Result<DidHistory, String> {
    let mut budget = Budget::did_log();
    Log::parse(log.as_bytes(), &mut budget)
        .and_then(|log| log.verify(None, witnesses.map(str::as_bytes), tomorrow(), &mut budget))
        .map_err(|error| error.to_string())
}

fn theirs(peer: &mut Peer, log: &str, witnesses: Option<&str>) -> Result<Value, String> {
    peer.ask("webvh.resolve", json!({"log": log, "witnesses": witnesses}))
}

/// Both resolve it, and to the same version of the same DID.
fn both_agree(peer: &mut Peer, log: &str, witnesses: Option<&str>) -> DidHistory {
    let history = ours(log, witnesses).unwrap();
    let found = theirs(peer, log, witnesses).unwrap();
    assert_eq!(found["did"], history.did().as_str());
    assert_eq!(found["versionId"], history.latest().version_id);
    assert_eq!(
        found["deactivated"].as_bool().unwrap_or_default(),
        history.is_deactivated()
    );
    // A DID that has ended has no document.
    if history.is_deactivated() {
        assert_eq!(found["document"], Value::Null);
        return history;
    }
    // They add the two services that every such DID has without saying so.
    let mut document = found["document"].clone();
    let own: Value = serde_json::from_str(&history.latest().document_json).unwrap();
    let implied = |service: &Value| {
        let id = service["id"].as_str().unwrap_or_default();
        id.ends_with("#files") || id.ends_with("#whois")
    };
    if let Some(Value::Array(services)) = document.get_mut("service") {
        services.retain(|service| !implied(service));
        if services.is_empty() {
            document.as_object_mut().unwrap().remove("service");
        }
    }
    assert_eq!(document, own);
    history
}

/// A few changes that break a log, each in its last entry.
fn broken(log: &str) -> Vec<(&'static str, String)> {
    let mut lines: Vec<String> = log.lines().map(str::to_owned).collect();
    let last = lines.pop().unwrap();
    let entry: Value = serde_json::from_str(&last).unwrap();
    let mut found = Vec::new();
    let stranger = key(99).public_key().to_multikey();
    let own = entry["proof"][0]["verificationMethod"].as_str().unwrap();
    let (_, fragment) = own.split_once('#').unwrap();
    for (pointer, value) in [
        ("/versionTime", json!("2026-01-01T12:00:00Z")),
        ("/parameters/updateKeys", json!([stranger])),
        ("/state/verificationMethod", json!([])),
        ("/proof/0/proofPurpose", json!("authentication")),
        ("/proof/0/cryptosuite", json!("ecdsa-jcs-2019")),
        ("/proof/0/proofValue", json!(format!("z{}", "2".repeat(87)))),
        (
            "/proof/0/verificationMethod",
            json!(format!("did:key:{stranger}#{fragment}")),
        ),
    ] {
        let mut changed = entry.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[name] = value;
        let mut log = lines.clone();
        log.push(changed.to_string());
        found.push((pointer, log.join("\n") + "\n"));
    }
    let twice = [lines.as_slice(), &[last.clone(), last]].concat();
    found.push(("the last entry twice", twice.join("\n") + "\n"));
    found
}

fn refused_by_both(peer: &mut Peer, log: &str, witnesses: Option<&str>) {
    for (what, log) in broken(log) {
        assert!(ours(&log, witnesses).is_err(), "ours: {what}");
        assert!(theirs(peer, &log, witnesses).is_err(), "theirs: {what}");
    }
}

#[test]
fn they_make_a_log_and_we_resolve_it() {
    let Some(mut peer) = Peer::node() else { return };
    for announced in [false, true] {
        let made = peer
            .ask("webvh.make", json!({"announced": announced}))
            .unwrap();
        for log in made.as_array().unwrap() {
            let log = log.as_str().unwrap();
            let history = both_agree(&mut peer, log, None);
            assert_eq!(history.latest().parameters.has_pre_rotation(), announced);
            refused_by_both(&mut peer, log, None);
        }
    }
    let made = peer.ask("webvh.makeWitnessed", json!({})).unwrap();
    let (log, witnesses) = (made["log"].as_str().unwrap(), made["witnesses"].as_str());
    both_agree(&mut peer, log, witnesses);
    for witnesses in [None, Some("[]")] {
        assert!(ours(log, witnesses).is_err());
        assert!(theirs(&mut peer, log, witnesses).is_err());
    }
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).unwrap()
}

fn public(seed: u8) -> PublicKey {
    key(seed).public_key().clone()
}

fn day(number: u8) -> Timestamp {
    format!("2026-01-{number:02}T00:00:00Z").parse().unwrap()
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

#[test]
fn we_make_a_log_and_they_resolve_it() {
    let Some(mut peer) = Peer::node() else { return };
    let draft = Draft::genesis("parliament.example", &[public(1)], content(21)).unwrap();
    let draft = draft.announce(&[public(2)]).portable(true);
    let unsigned = draft.prepare(Profile::A, day(1)).unwrap();
    let mut log = unsigned.sign(&key(1), day(1)).unwrap().line;
    for number in 2..=5 {
        let history = both_agree(&mut peer, &log, None);
        refused_by_both(&mut peer, &log, None);
        let draft = Draft::update(&history).unwrap().control(&[public(number)]);
        let draft = match number {
            3 => draft.move_to("chamber.example").unwrap(),
            5 => draft.deactivate(),
            other => draft.content(content(20 + other)),
        };
        let draft = if number < 5 {
            draft.announce(&[public(number + 1)])
        } else {
            draft
        };
        let unsigned = draft.prepare(Profile::A, day(number)).unwrap();
        log += &unsigned.sign(&key(number), day(number)).unwrap().line;
    }
    assert!(both_agree(&mut peer, &log, None).is_deactivated());
}

#[test]
fn our_witnesses_sign_and_they_resolve_it() {
    let Some(mut peer) = Peer::node() else { return };
    let list = [11, 12, 13].map(|seed| public(seed).to_multikey());
    let list = Witnesses::new(2, list.to_vec()).unwrap();
    let draft = Draft::genesis("parliament.example", &[public(1)], content(21)).unwrap();
    let draft = draft.announce(&[public(2)]).witness(&list);
    let unsigned = draft.prepare(Profile::A, day(1)).unwrap();
    let signed = unsigned.sign(&key(1), day(1)).unwrap();
    let id = &signed.version.version_id;
    let mut file = WitnessFile::new();
    for (seed, enough) in [(11, false), (13, true)] {
        file.add(id, witness_proof(id, &key(seed), day(1)).unwrap());
        let json = file.to_json().unwrap();
        assert_eq!(ours(&signed.line, Some(&json)).is_ok(), enough);
        assert_eq!(theirs(&mut peer, &signed.line, Some(&json)).is_ok(), enough);
    }
    both_agree(&mut peer, &signed.line, Some(&file.to_json().unwrap()));
}
