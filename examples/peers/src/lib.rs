//! See `tests/` and `benches/`: ours and others' implementations over the same inputs.

use std::{
    future::Future,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

/// Runs a future that waits for nothing.
///
/// # Panics
/// When it waits.
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waited for something"),
    }
}

/// Times two verifications of one text in turns, and prints both medians and the ratio.
///
/// # Panics
/// When one of them says no.
pub fn compare(name: &str, text: &str, ours: impl Fn(&str) -> bool, theirs: impl Fn(&str) -> bool) {
    const TURNS: usize = 400;
    let time = |run: &dyn Fn(&str) -> bool| {
        let start = Instant::now();
        assert!(black_box(run(black_box(text))), "it was refused");
        start.elapsed()
    };
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        our_times.push(time(&ours));
        their_times.push(time(&theirs));
    }
    let (ours, theirs) = (median(our_times), median(their_times));
    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    println!("{name}, {} bytes, median of {TURNS} in turns", text.len());
    println!("  identity-core {ours:>10.1?}");
    println!("  ssi           {theirs:>10.1?}");
    println!("  ratio         {ratio:>9.2}");
}
