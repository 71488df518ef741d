//! did:webvh logs of several lengths, resolved by us and by `didwebvh-rs`, and their signature checks
//! alone, in turns in one run.
//!
//! Each entry has a control key of its own, announced by the one before, as our profile A has it, and a
//! document of three keys. Both start at the text and end with every version verified. The signature
//! checks have their keys and what was signed at hand.

use core::hint::black_box;
use std::time::{Duration, Instant};

use didwebvh_rs::prelude::DIDWebVHState;
use identity_core::{
    did::{
        Relationship,
        webvh::{Content, Draft, Log, Profile},
    },
    key::{Algorithm, PublicKey, SecretKey, Signature, Signer as _},
    verify::Budget,
};
use jiff::{SignedDuration, Timestamp};
use mandate_peers::at_once;

/// One check: whose key, what was signed, and the signature.
type Check = (PublicKey, [u8; 64], Signature);

fn key(seed: u16, algorithm: Algorithm) -> SecretKey {
    let mut bytes = [7; 32];
    bytes[..2].copy_from_slice(&seed.to_le_bytes());
    SecretKey::from_secret_bytes(algorithm, &bytes).expect("a key")
}

fn control(number: u16) -> SecretKey {
    key(number, Algorithm::EdDsa)
}

/// Makes a log, and returns its DID, its text and its signature checks.
fn make(entries: u16) -> (String, String, Vec<Check>) {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("an instant");
    let public = |seed, algorithm| key(seed, algorithm).public_key().clone();
    let content = Content {
        methods: vec![
            (
                public(5001, Algorithm::EdDsa),
                vec![Relationship::AssertionMethod],
            ),
            (
                public(5002, Algorithm::EdDsa),
                vec![Relationship::CapabilityInvocation],
            ),
            (
                public(5003, Algorithm::Es256),
                vec![Relationship::AssertionMethod],
            ),
        ],
        ..Content::default()
    };
    let (mut log, mut checks, mut did) = (String::new(), Vec::new(), String::new());
    let now = start + SignedDuration::from_hours(24 * 365);
    for number in 1..=entries {
        let time = start + SignedDuration::from_hours(number.into());
        let mut budget = Budget::did_log();
        let history = (number > 1).then(|| {
            let parsed = Log::parse(log.as_bytes(), &mut budget).expect("a log");
            parsed
                .verify(None, None, now, &mut budget)
                .expect("a good log")
        });
        let signer = control(number);
        let keys = [signer.public_key().clone()];
        let draft = match &history {
            None => Draft::genesis("parliament.example", &keys, content.clone()),
            Some(history) => Draft::update(history).map(|draft| draft.control(&keys)),
        };
        let next = [control(number + 1).public_key().clone()];
        let draft = draft.expect("a draft").announce(&next);
        let unsigned = draft.prepare(Profile::A, time).expect("a good draft");
        let bytes = unsigned
            .to_be_signed(&keys[0], time)
            .expect("an Ed25519 key");
        let signature = signer.try_sign(&bytes).expect("it signs");
        let signed = unsigned
            .complete(&keys[0], time, &signature)
            .expect("a good entry");
        did = signed.version.document.id().to_string();
        log.push_str(&signed.line);
        checks.push((keys[0].clone(), bytes, signature));
    }
    (did, log, checks)
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn main() {
    let now: Timestamp = "2026-11-01T00:00:00Z".parse().expect("an instant");
    let resolve = |log: &str| {
        let mut budget = Budget::did_log();
        let parsed = Log::parse(log.as_bytes(), &mut budget);
        parsed.and_then(|log| log.verify(None, None, now, &mut budget))
    };
    let (did_400, log_400, checks_400) = make(400);
    println!("did:webvh logs, median of turns, in ms");
    println!("entries   bytes  signatures     ours  didwebvh-rs  ours/signatures  theirs/ours");
    for entries in [5, 10, 100, 400] {
        // The first entries of a log are a log.
        let log: String = log_400.split_inclusive('\n').take(entries).collect();
        let checks = &checks_400[..entries];
        let ours = || resolve(&log).is_ok_and(|history| black_box(history).head().0 > 0);
        let raw = || {
            let good = |(key, bytes, signature): &Check| key.verify(bytes, signature).is_ok();
            checks.iter().all(good)
        };
        let theirs = || {
            let mut state = DIDWebVHState::default();
            let found = at_once(state.resolve_log(&did_400, &log, None));
            found.is_ok_and(|(_, metadata)| metadata.version_number as usize == entries)
        };
        let turns = (4000 / entries).clamp(20, 400);
        let mut times: [Vec<Duration>; 3] = Default::default();
        let runs: [&dyn Fn() -> bool; 3] = [&raw, &ours, &theirs];
        for _ in 0..turns {
            for (run, times) in runs.iter().zip(&mut times) {
                let start = Instant::now();
                assert!(black_box(run()), "it was refused");
                times.push(start.elapsed());
            }
        }
        let [raw, ours, theirs] = times.map(median);
        println!(
            "{entries:>7} {:>7}  {raw:>10.3} {ours:>8.3}  {theirs:>11.3}  {:>15.2}  {:>11.2}",
            log.len(),
            ours / raw,
            theirs / ours
        );
    }
}
