//! did:webvh logs of several lengths, resolved by us and by `didwebvh-rs`, and their signature checks
//! alone, in turns in one run.
//!
//! Of two kinds: each entry has a control key of its own, announced by the one before, as our profile A
//! has it; or one key controls them all, as it may in profile B. Both start at the text and end with
//! every version verified. The signature checks have what was signed at hand, and take each key from its 32
//! bytes where it is another than the one before: its point on the curve has to be found to check anything
//! with it (RFC 8032 section 5.1.7). Beside that stands what they cost with every point at hand.

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
fn make(profile: Profile, entries: u16) -> (String, String, Vec<Check>) {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("an instant");
    let public = |seed, algorithm| key(seed, algorithm).public_key().clone();
    let assertion = vec![Relationship::AssertionMethod];
    let p256 = (public(5003, Algorithm::Es256), assertion.clone());
    let content = match profile {
        Profile::A => Content {
            methods: vec![
                (public(5001, Algorithm::EdDsa), assertion),
                (
                    public(5002, Algorithm::EdDsa),
                    vec![Relationship::CapabilityInvocation],
                ),
                p256,
            ],
            ..Content::default()
        },
        Profile::B => Content {
            methods: vec![p256],
            ..Content::default()
        },
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
        let signer = match profile {
            Profile::A => control(number),
            Profile::B => control(1),
        };
        let keys = [signer.public_key().clone()];
        let draft = match &history {
            None => Draft::genesis("parliament.example", &keys, content.clone()),
            Some(history) => Draft::update(history),
        };
        let next = [control(number + 1).public_key().clone()];
        let draft = draft.expect("a draft");
        let draft = match profile {
            Profile::A => draft.control(&keys).announce(&next),
            Profile::B => draft.ttl(3600 + u32::from(number)),
        };
        let unsigned = draft.prepare(profile, time).expect("a good draft");
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

/// What it costs where nothing else runs: the shortest of many turns, in milliseconds.
fn shortest(times: &[Duration]) -> f64 {
    times.iter().min().map_or(f64::NAN, Duration::as_secs_f64) * 1e3
}

fn main() {
    for (name, profile) in [
        ("a new control key in each entry", Profile::A),
        ("one control key", Profile::B),
    ] {
        println!("did:webvh logs, {name}, shortest of turns, in ms");
        println!(
            "entries   bytes  signatures  (points at hand)     ours  didwebvh-rs  ours/signatures  (points at hand)  theirs/ours"
        );
        run(&make(profile, 400));
    }
}

/// Times the first entries of a log, which are a log.
fn run((did_400, log_400, checks_400): &(String, String, Vec<Check>)) {
    let now: Timestamp = "2026-11-01T00:00:00Z".parse().expect("an instant");
    let resolve = |log: &str| {
        let mut budget = Budget::did_log();
        let parsed = Log::parse(log.as_bytes(), &mut budget);
        parsed.and_then(|log| log.verify(None, None, now, &mut budget))
    };
    for entries in [5, 10, 100, 400] {
        let log: String = log_400.split_inclusive('\n').take(entries).collect();
        let checks = &checks_400[..entries];
        let ours = || resolve(&log).is_ok_and(|history| black_box(history).head().0 > 0);
        let at_hand = || {
            let good = |(key, bytes, signature): &Check| key.verify(bytes, signature).is_ok();
            checks.iter().all(good)
        };
        let keys: Vec<Vec<u8>> = checks.iter().map(|(key, ..)| key.to_bytes()).collect();
        let raw = || {
            let mut held: Option<(&[u8], PublicKey)> = None;
            checks
                .iter()
                .zip(&keys)
                .all(|((_, bytes, signature), own)| {
                    if held.as_ref().is_none_or(|(held, _)| held != own) {
                        let point = PublicKey::from_bytes(Algorithm::EdDsa, own);
                        held = point.ok().map(|key| (own.as_slice(), key));
                    }
                    let key = held.as_ref().map(|(_, key)| key);
                    key.is_some_and(|key| key.verify(bytes, signature).is_ok())
                })
        };
        let theirs = || {
            let mut state = DIDWebVHState::default();
            let found = at_once(state.resolve_log(did_400, &log, None));
            found.is_ok_and(|(_, metadata)| usize::try_from(metadata.version_number) == Ok(entries))
        };
        let turns = (4000 / entries).clamp(20, 400);
        let mut times: [Vec<Duration>; 4] = Default::default();
        let runs: [&dyn Fn() -> bool; 4] = [&at_hand, &raw, &ours, &theirs];
        for _ in 0..turns {
            for (run, times) in runs.iter().zip(&mut times) {
                let start = Instant::now();
                assert!(black_box(run()), "it was refused");
                times.push(start.elapsed());
            }
        }
        let [at_hand, raw, ours, theirs] = times.each_ref().map(|times| shortest(times));
        println!(
            "{entries:>7} {:>7}  {raw:>10.3}  {at_hand:>16.3} {ours:>8.3}  {theirs:>11.3}  {:>15.2}  {:>16.2}  {:>11.2}",
            log.len(),
            ours / raw,
            ours / at_hand,
            theirs / ours
        );
    }
}
