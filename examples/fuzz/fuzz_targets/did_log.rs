//! did:webvh logs: as they come, with their witnesses' proofs, and entries that the controller did sign.

#![no_main]

use std::sync::LazyLock;

use identity_core::{
    did::{
        self, Relationship,
        webvh::{self, Content, DidHistory, Draft, Log, Profile, Query, Witnesses},
    },
    encoding::{
        jcs,
        strict_json::{Object, Value},
    },
    key::Signer as _,
    proof::data_integrity::{self, Cryptosuite, ProofOptions},
    verify::Budget,
};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use mandate_fuzz::edited;
use testkit::world::key;

/// A log of three entries with two of two witnesses, and the proofs of both for the last.
struct Valid {
    log: String,
    witnesses: String,
    history: DidHistory,
}

fn day(number: u8) -> Timestamp {
    format!("2026-01-{number:02}T00:00:00Z")
        .parse()
        .expect("an instant")
}

fn verify(log: &[u8], witnesses: &[u8]) -> Option<DidHistory> {
    let mut budget = Budget::did_log();
    let log = Log::parse(log, &mut budget).ok()?;
    log.verify(None, Some(witnesses), day(28), &mut budget).ok()
}

/// The proofs of both witnesses for this version.
fn witnessed(version_id: &str) -> String {
    let mut file = webvh::WitnessFile::new();
    for seed in [11, 12] {
        let proof = webvh::witness_proof(version_id, &key(seed), day(4)).expect("a proof");
        file.add(version_id, proof);
    }
    file.to_json().expect("JSON")
}

static VALID: LazyLock<Valid> = LazyLock::new(|| {
    let public = |seed| key(seed).public_key().clone();
    let list = [11, 12].map(|seed| public(seed).to_multikey());
    let list = Witnesses::new(2, list.to_vec()).expect("a list");
    let (mut log, mut file) = (String::new(), String::new());
    let mut history: Option<DidHistory> = None;
    for number in 1..=3 {
        let content = Content {
            methods: vec![(public(20 + number), vec![Relationship::AssertionMethod])],
            ..Content::default()
        };
        let draft = match &history {
            None => Draft::genesis("parliament.example", &[public(1)], content)
                .map(|draft| draft.witness(&list).portable(true)),
            Some(history) => Draft::update(history)
                .map(|draft| draft.control(&[public(number)]).content(content)),
        };
        let draft = draft.expect("a draft").announce(&[public(number + 1)]);
        let unsigned = draft.prepare(Profile::A, day(number)).expect("good");
        let signed = unsigned.sign(&key(number), day(number)).expect("signed");
        log.push_str(&signed.line);
        file = witnessed(&signed.version.version_id);
        history = verify(log.as_bytes(), file.as_bytes());
    }
    Valid {
        log,
        witnesses: file,
        history: history.expect("a good log"),
    }
});

/// Signs an entry behind the valid ones, whatever it says.
fn signed(parameters: Object<'static>, state: Value<'static>, time: String) -> Option<String> {
    let mut entry = Object::default();
    let before = VALID.history.latest();
    for (name, value) in [
        ("versionId", Value::from(before.version_id.clone())),
        ("versionTime", time.into()),
        ("parameters", parameters.into()),
        ("state", state),
    ] {
        entry.insert(name, value);
    }
    let text = String::from_utf8(jcs::canonicalize_object(&entry, None).ok()?).ok()?;
    let id = format!("{}-{}", before.number + 1, webvh::key_hash(&text));
    entry.insert("versionId", id.into());
    let own = did::key::create(key(4).public_key());
    let method = own.with_fragment(own.specific_id()).ok()?;
    let purpose = Relationship::AssertionMethod;
    let options = ProofOptions::new(Cryptosuite::EddsaJcs2022, method, purpose, day(4));
    let entry = data_integrity::sign(entry, &options, &key(4)).ok()?;
    String::from_utf8(jcs::canonicalize_object(&entry, None).ok()?).ok()
}

/// Asks everything that can be asked of a history.
fn ask(history: &DidHistory) {
    let union = history.union_document();
    for method in union.methods() {
        for purpose in Relationship::ALL {
            let periods = history.periods(method.id(), method.key(), purpose);
            if !method.purposes().contains(&purpose) {
                assert_eq!(periods, []);
            } else if !history.is_deactivated() {
                assert_ne!(periods, []);
            }
        }
    }
    let (number, hash) = history.head();
    history.extends(number, hash).expect("it extends itself");
    for version in history.versions() {
        let at = history.at(version.version_time);
        assert_eq!(at.is_none(), version.parameters.deactivated);
        let _ = history.metadata(version);
        let number = Query::VersionNumber(version.number);
        assert_eq!(history.resolve(&number), Ok(version));
    }
    for did in history.dids() {
        webvh::url(did).expect("every DID of a log has an address");
    }
    let _ = webvh::web_document(history);
    let _ = (Profile::A.check(history), Profile::B.check(history));
    if let Ok(draft) = Draft::update(history) {
        let _ = draft.prepare(Profile::A, day(28));
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((which, input)) = input.split_first() else {
        return;
    };
    match which % 3 {
        0 => {
            let log = edited(VALID.log.as_bytes(), input);
            let Some(history) = verify(&log, VALID.witnesses.as_bytes()) else {
                return;
            };
            ask(&history);
            // The proofs are for the last entry, so that not even a shorter log is good.
            assert_eq!(history, VALID.history, "a changed log was accepted");
        }
        1 => {
            let file = edited(VALID.witnesses.as_bytes(), input);
            if verify(VALID.log.as_bytes(), &file).is_none() {
                return;
            }
            let text = String::from_utf8_lossy(&file);
            let valid = VALID.witnesses.split('"');
            for signature in valid.filter(|text| text.starts_with('z') && text.len() > 80) {
                assert!(text.contains(signature), "a witness was not needed");
            }
        }
        _ => {
            let lines = VALID.log.lines();
            let last = lines.last().expect("a line");
            let at = last.find("\"parameters\":").expect("parameters");
            let plain = format!("{{{}", &last[at..last.rfind(",\"proof\":").expect("a proof")]);
            let hash = |seed: u8| webvh::key_hash(&key(seed).public_key().to_multikey());
            let multikey = |seed: u8| key(seed).public_key().to_multikey();
            // The next keys in place of the last ones.
            let plain = plain.replace(&hash(4), &hash(5)).replace(&multikey(3), &multikey(4)) + "}";
            let Some(Value::Object(mut entry)) =
                mandate_fuzz::json(&edited(plain.as_bytes(), input))
            else {
                return;
            };
            let (Some(Value::Object(parameters)), Some(state)) =
                (entry.remove("parameters"), entry.remove("state"))
            else {
                return;
            };
            let Some(line) = signed(parameters, state, day(4).to_string()) else {
                return;
            };
            let log = format!("{}{line}\n", VALID.log);
            let id = line.split('"').find(|text| text.starts_with("4-")).expect("an id");
            if let Some(history) = verify(log.as_bytes(), witnessed(id).as_bytes()) {
                assert_eq!(history.scid(), VALID.history.scid());
                let (number, hash) = VALID.history.head();
                history.extends(number, hash).expect("it goes on from the valid one");
                assert_eq!(history.head().0, 4);
                ask(&history);
            }
        }
    }
});
