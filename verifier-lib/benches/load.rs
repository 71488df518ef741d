//! A thousand connections for a minute: what the sidecar answers, and what it needs meanwhile.
//!
//! Each connection asks for verdicts one after another, and waits a second where it is told to try again
//! later. `MANDATE_LOAD_CONNECTIONS` and `MANDATE_LOAD_SECONDS` say how many and how long. Ends with 1 when
//! anything but an answer or a limit of the sidecar's own came back, or when its memory went on growing.

#![expect(clippy::print_stdout, reason = "a measurement is printed")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]

mod common;
#[path = "../tests/serve/http.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod http;
#[path = "../tests/serve/sidecar.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod sidecar;

use std::{
    io::BufReader,
    net::{SocketAddr, TcpStream},
    process::ExitCode,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use sidecar::{Sidecar, answered, mandate};

/// What came back.
#[derive(Default)]
struct Counts {
    served: AtomicU64,
    limited: AtomicU64,
    closed: AtomicU64,
    errors: AtomicU64,
    slowest: AtomicU64,
}

fn main() -> ExitCode {
    let number = |name: &str, usual: u64| {
        let told = std::env::var(name).ok();
        told.map_or(usual, |told| told.parse().unwrap())
    };
    let connections = number("MANDATE_LOAD_CONNECTIONS", 1000);
    let seconds = number("MANDATE_LOAD_SECONDS", 60);
    let mut good = true;
    for (what, flags) in [
        ("as it is started", &[][..]),
        (
            "all let in at once",
            &["--max-concurrent", "1024", "--timeout", "60s"],
        ),
    ] {
        println!("{connections} connections for {seconds} s, {what}:");
        good &= run(connections, Duration::from_secs(seconds), flags);
    }
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn run(connections: u64, time: Duration, flags: &[&str]) -> bool {
    let sidecar = Sidecar::start(flags);
    let request = sidecar.request();
    let answer = answered(&request, &mandate(), &["name"]);
    let body = json!({"presentation": answer, "request": request, "recheck": true}).to_string();
    let head = "POST /verdict HTTP/1.1\r\nHost: load\r\nContent-Type: application/json";
    let whole = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let (counts, over) = (Counts::default(), AtomicBool::new(false));
    let mut memory = Vec::new();
    let mut healthy = Vec::new();
    thread::scope(|scope| {
        for _ in 0..connections {
            let ask = || client(sidecar.address, whole.as_bytes(), &counts, &over);
            let builder = thread::Builder::new().stack_size(128 << 10);
            builder.spawn_scoped(scope, ask).unwrap();
        }
        let began = Instant::now();
        while began.elapsed() < time {
            thread::sleep(Duration::from_millis(500));
            memory.push(sidecar.memory());
            let asked = Instant::now();
            assert_eq!(sidecar.get("/healthz").status, 200);
            healthy.push(asked.elapsed());
        }
        over.store(true, Ordering::Relaxed);
    });
    let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let (served, errors) = (of(&counts.served), of(&counts.errors));
    println!(
        "  served {served} ({} a second)",
        served / time.as_secs().max(1)
    );
    println!(
        "  limited {}, closed between two requests {}, errors {errors}",
        of(&counts.limited),
        of(&counts.closed)
    );
    println!("  slowest verdict {} ms", of(&counts.slowest));
    println!(
        "  slowest /healthz meanwhile {} ms",
        healthy.iter().max().map_or(0, Duration::as_millis)
    );
    // The first fifth is for what a running program gathers.
    let early = memory.get(memory.len() / 5).copied().unwrap_or_default();
    let late = memory.last().copied().unwrap_or_default();
    println!("  memory {early} KiB after a fifth of the time, {late} KiB at its end");
    println!(
        "  faults {}",
        u8::from(
            !sidecar
                .get("/metrics")
                .body
                .contains("mandate_faults_total 0")
        )
    );
    errors == 0 && served > 0 && late <= early + early / 10 + 8192
}

fn client(address: SocketAddr, request: &[u8], counts: &Counts, over: &AtomicBool) {
    let add = |count: &AtomicU64| count.fetch_add(1, Ordering::Relaxed);
    let mut open: Option<BufReader<TcpStream>> = None;
    while !over.load(Ordering::Relaxed) {
        let fresh = open.is_none();
        let connect = || TcpStream::connect(address).ok().map(BufReader::new);
        let Some(mut stream) = open.take().or_else(connect) else {
            add(&counts.errors);
            thread::sleep(Duration::from_millis(100));
            continue;
        };
        let began = Instant::now();
        match common::exchange(&mut stream, request) {
            Some(200) => {
                add(&counts.served);
                let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                counts.slowest.fetch_max(took, Ordering::Relaxed);
                open = Some(stream);
            }
            Some(503) => {
                add(&counts.limited);
                open = Some(stream);
                thread::sleep(Duration::from_secs(1));
            }
            // One that was kept open may be closed at any time; a new one may not.
            None if !fresh => {
                add(&counts.closed);
            }
            _ => {
                add(&counts.errors);
            }
        }
    }
}
