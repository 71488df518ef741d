//! Verification against its floor: a presentation from end to end, and the two raw signature checks in
//! it, interleaved in one run. Prints the ratio of the medians.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use std::{
    hint::black_box,
    time::{Duration, Instant as Stopwatch},
};

use identity_core::{
    encoding::base64url,
    key::{PublicKey, Signature, Signer as _},
};
use jiff::Timestamp;
use testkit::world::{World, key, now};
use verifier_lib::{Recheck, Verifier, When};

const ROUNDS: usize = 15;
const REPEATS: u32 = 200;

fn main() {
    let world = World::new();
    let credential = world.issue(|_| ());
    let anchor = format!("{}=Chamber", world.issuer).parse().unwrap();
    let mut gate = Verifier::new("Gate", key(4), [anchor]).unwrap();
    gate.add_bundle(world.bundle(|_| ()).as_bytes()).unwrap();
    let (request, _) = world.request("MemberMandate:name");
    let claims = World::claims();
    let names: Vec<&str> = claims.iter().map(|(name, _)| name).collect();
    for disclosed in [1, 5, 10] {
        let file = World::present(&request, &credential, &names[..disclosed]);
        let keys = [key(1), key(3)];
        measure(
            &gate,
            &request,
            &file,
            now(),
            disclosed,
            [keys[0].public_key(), keys[1].public_key()],
        );
    }
}

fn measure(
    gate: &Verifier,
    request: &verifier_lib::Request,
    file: &str,
    now: Timestamp,
    disclosed: usize,
    keys: [&PublicKey; 2],
) {
    let jwts = [
        file.split('~').next().unwrap(),
        file.rsplit('~').next().unwrap(),
    ];
    let raw: Vec<(&PublicKey, &[u8], Signature)> = jwts
        .iter()
        .zip(keys)
        .map(|(jwt, key)| {
            let (input, signature) = jwt.rsplit_once('.').unwrap();
            let signature = Signature::from_slice(&base64url::decode(signature).unwrap()).unwrap();
            (key, input.as_bytes(), signature)
        })
        .collect();
    let (mut ours, mut floor): (Vec<Duration>, Vec<Duration>) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let watch = Stopwatch::now();
        for _ in 0..REPEATS {
            let found = gate.check(
                black_box(file.as_bytes()),
                request,
                When::now(now),
                &mut Recheck,
            );
            black_box(found.unwrap());
        }
        ours.push(watch.elapsed() / REPEATS);
        let watch = Stopwatch::now();
        for _ in 0..REPEATS {
            for (key, message, signature) in &raw {
                black_box(key.verify(black_box(message), signature)).unwrap();
            }
        }
        floor.push(watch.elapsed() / REPEATS);
    }
    ours.sort();
    floor.sort();
    let (ours, floor) = (ours[ROUNDS / 2], floor[ROUNDS / 2]);
    let ratio = ours.as_secs_f64() / floor.as_secs_f64();
    println!(
        "{disclosed:>2} of 10 claims disclosed: {ours:?}, two raw signature checks {floor:?}, ratio {ratio:.2}"
    );
}
