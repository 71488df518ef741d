//! The trust bundle of many parliaments: its size, what it costs to load it cold, and what a check with it
//! costs beside one with a single anchor's bundle. Prints ratios; everything runs in one go.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use std::{
    hint::black_box,
    num::NonZeroUsize,
    thread,
    time::{Duration, Instant as Stopwatch},
};

use identity_core::verify::Budget;
use testkit::{
    assembly::{Parliament, Union, Unit},
    world::{World, key, now},
};
use verifier_lib::{Network, Recheck, Verifier, When};

fn main() {
    let (small, file) = world(192);
    let (large, large_file) = world(1_920);
    let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    for threads in [NonZeroUsize::MIN, cores] {
        // In turns, so that what else the machine does meets both alike; ten small ones to a large one,
        // so that both last as long.
        let (mut one, mut ten) = (Vec::new(), Vec::new());
        for _ in 0..9 {
            one.extend((0..10).map(|_| load(&small, &file, threads)));
            ten.push(load(&large, &large_file, threads));
        }
        println!("threads: {threads}");
        let one = told("192 parliaments, 24 units", &file, one);
        let ten = told("1,920 parliaments, 240 units", &large_file, ten);
        let (median, shortest) = (ten.0 / one.0, ten.1 / one.1);
        println!(
            "ten times the parliaments: {median:.2} times the median, {shortest:.2} times the shortest"
        );
    }
    check(&small, &file);
}

/// Parliaments with two log entries each; every eighth delegates to a unit.
fn world(count: u32) -> (Union, Vec<u8>) {
    let mut union = Union::new();
    let mut bundles = Vec::new();
    for number in 0..count {
        let parliament = Parliament::new(number);
        union.accredit(Union::terms(&parliament));
        bundles.push(parliament.bundle(|content| {
            if number % 8 == 0 {
                let unit = Unit::new(number);
                content.delegations.push(parliament.delegate(&unit, |_| ()));
            }
        }));
        if number % 8 == 0 {
            bundles.push(Unit::new(number).bundle());
        }
    }
    let file = union.parts(&bundles, |_| ()).to_bytes();
    (union, file)
}

/// Loads it cold; what was loaded is given back when the watch has stopped.
fn load(union: &Union, file: &[u8], threads: NonZeroUsize) -> Duration {
    let watch = Stopwatch::now();
    let loaded = black_box(verifier(union, file, threads));
    let time = watch.elapsed();
    drop(loaded);
    time
}

/// Prints the median and the shortest, and returns them in seconds.
fn told(what: &str, file: &[u8], mut times: Vec<Duration>) -> (f64, f64) {
    times.sort();
    let (stored, shortest, median) = (file.len(), times[0], times[times.len() / 2]);
    println!("{what}: {stored} bytes stored, loaded and verified cold in {median:?}, {shortest:?}");
    (median.as_secs_f64(), shortest.as_secs_f64())
}

/// As [`Verifier::add_network`] does on every core.
fn verifier(union: &Union, file: &[u8], threads: NonZeroUsize) -> Verifier {
    let anchor = format!("{}=Union", union.did).parse().unwrap();
    let mut gate = Verifier::new("Gate", key(4), [anchor]).unwrap();
    let network = Network::open_with(file, threads, &mut Budget::network()).unwrap();
    gate.trust_mut().add_network(network);
    gate
}

/// A mandate of one of the parliaments, beside the same mandate of an anchor under did:key.
fn check(union: &Union, file: &[u8]) {
    let (request, _) = World::new().request("MemberMandate:name");
    let abroad = verifier(union, file, NonZeroUsize::MIN);
    let many = World::present(&request, &Parliament::new(100).issue(|_| ()), &["name"]);
    let world = World::new();
    let anchor = format!("{}=Chamber", world.issuer).parse().unwrap();
    let mut home = Verifier::new("Gate", key(4), [anchor]).unwrap();
    home.add_bundle(world.bundle(|_| ()).as_bytes()).unwrap();
    let one = World::present(&request, &world.issue(|_| ()), &["name"]);
    let (mut of_many, mut of_one) = (Vec::new(), Vec::new());
    for _ in 0..15 {
        for (gate, answer, times) in [(&abroad, &many, &mut of_many), (&home, &one, &mut of_one)] {
            let watch = Stopwatch::now();
            for _ in 0..200 {
                let when = When::now(now());
                black_box(
                    gate.check(answer.as_bytes(), &request, when, &mut Recheck)
                        .unwrap(),
                );
            }
            times.push(watch.elapsed() / 200);
        }
    }
    of_many.sort();
    of_one.sort();
    let ratio = of_many[7].as_secs_f64() / of_one[7].as_secs_f64();
    println!(
        "a check with it: {:?}; with the bundle of one anchor: {:?}; ratio {ratio:.2}",
        of_many[7], of_one[7]
    );
}
