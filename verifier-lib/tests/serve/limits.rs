use std::{
    io::{Read as _, Write as _},
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    http::{self, connect, post_bytes, read, send},
    sidecar::Sidecar,
};

const JSON: &str = "POST /verdict HTTP/1.1\r\nContent-Type: application/json";

/// A normal request is served, and soon.
fn serves(sidecar: &Sidecar) {
    let began = Instant::now();
    assert_eq!(sidecar.get("/healthz").status, 200);
    sidecar.request();
    assert!(began.elapsed() < Duration::from_secs(5));
}

/// How often a limit was met, as the metrics say.
fn met(sidecar: &Sidecar, code: &str) -> u64 {
    let text = sidecar.get("/metrics").body;
    let line = format!("mandate_limits_total{{code=\"{code}\"}} ");
    let line = text.lines().find_map(|found| found.strip_prefix(&line));
    line.map_or(0, |count| count.parse().unwrap())
}

#[test]
fn a_body_too_large_is_refused_before_it_has_arrived() {
    let sidecar = Sidecar::start(&["--max-body", "1000"]);
    let head = format!("{JSON}\r\nContent-Length: 104857600");
    let answer = send(sidecar.address, &head, &[b' '; 100]).unwrap();
    assert_eq!(answer.problem(), (413, "serve.body_too_large".to_owned()));
    // One that does not say how large it is.
    let head = format!("{JSON}\r\nTransfer-Encoding: chunked");
    let chunk = format!("800\r\n{}\r\n", " ".repeat(0x800));
    let answer = send(sidecar.address, &head, chunk.as_bytes()).unwrap();
    assert_eq!(answer.problem(), (413, "serve.body_too_large".to_owned()));
    assert_eq!(met(&sidecar, "serve.body_too_large"), 2);
    serves(&sidecar);
}

#[test]
fn a_hundred_megabytes_are_not_kept_in_memory() {
    let sidecar = Sidecar::start(&[]);
    let mut stream = connect(sidecar.address);
    let head = format!("{JSON}\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = format!("100000\r\n{}\r\n", " ".repeat(1 << 20));
    let mut sent = 0;
    while sent < 100 && stream.write_all(chunk.as_bytes()).is_ok() {
        sent += 1;
    }
    // It was cut off long before.
    assert!(sent < 50, "{sent} MiB were taken");
    serves(&sidecar);
    assert_eq!(met(&sidecar, "serve.body_too_large"), 1);
}

#[test]
fn compressed_bodies_are_refused_whatever_is_in_them() {
    let sidecar = Sidecar::start(&[]);
    for encoding in ["gzip", "deflate", "br", "zstd", "identity, gzip", "GZIP"] {
        let head = format!("{JSON}\r\nContent-Encoding: {encoding}\r\nContent-Length: 4");
        let answer = send(sidecar.address, &head, b"\x1f\x8b\x08\x00").unwrap();
        assert_eq!(
            answer.problem(),
            (415, "serve.content_encoding".to_owned()),
            "{encoding}"
        );
    }
    let head = format!("{JSON}\r\nContent-Encoding: identity\r\nContent-Length: 2");
    let plain = send(sidecar.address, &head, b"{}").unwrap();
    assert_eq!(plain.problem().1, "serve.malformed");
    serves(&sidecar);
}

#[test]
fn what_is_not_declared_to_be_json_is_refused() {
    let sidecar = Sidecar::start(&[]);
    for declared in [
        "",
        "\r\nContent-Type: text/plain",
        "\r\nContent-Type: multipart/form-data",
    ] {
        let head = format!("POST /verdict HTTP/1.1{declared}\r\nContent-Length: 2");
        let answer = send(sidecar.address, &head, b"{}").unwrap();
        assert_eq!(answer.problem(), (415, "serve.content_type".to_owned()));
    }
}

#[test]
fn no_page_of_a_browser_may_ask() {
    let sidecar = Sidecar::start(&[]);
    for origin in ["http://evil.example", "null", "http://127.0.0.1"] {
        let head = format!(
            "POST /requests HTTP/1.1\r\nContent-Type: application/json\r\nOrigin: {origin}\r\nContent-Length: 2"
        );
        let answer = send(sidecar.address, &head, b"{}").unwrap();
        assert_eq!(answer.problem(), (403, "serve.origin".to_owned()));
    }
    serves(&sidecar);
}

#[test]
fn json_bombs_are_refused_by_what_is_wrong_with_them() {
    let sidecar = Sidecar::start(&["--max-body", "9000000"]);
    let deep = "[".repeat(1_000_000);
    let values = format!("[{}0]", "0,".repeat(1_000_000));
    for (body, code) in [
        (deep.as_str(), "json.too_deep"),
        (values.as_str(), "json.too_large"),
        (r#"{"request":"a","request":"b"}"#, "json.duplicate_name"),
        (r#"{"request":"#, "json.malformed"),
        ("\u{feff}{}", "json.malformed"),
    ] {
        let answer = post_bytes(sidecar.address, "/verdict", body.as_bytes());
        assert_eq!(answer.problem(), (400, code.to_owned()));
        serves(&sidecar);
    }
}

#[test]
fn a_slow_client_is_closed_and_nobody_else_suffers() {
    let sidecar = Sidecar::start(&["--read-timeout", "1s"]);
    let began = Instant::now();
    // Nothing at all; half a request line; half of the other version's first bytes; a header that trickles.
    let mut silent = connect(sidecar.address);
    let mut half = connect(sidecar.address);
    half.write_all(b"POST /ver").unwrap();
    let mut preface = connect(sidecar.address);
    preface.write_all(b"PRI * HTTP/2.0\r\n").unwrap();
    let mut trickling = connect(sidecar.address);
    trickling
        .write_all(b"GET /healthz HTTP/1.1\r\nX: ")
        .unwrap();
    serves(&sidecar);
    for _ in 0..30 {
        std::thread::sleep(Duration::from_millis(100));
        if trickling.write_all(b"x").is_err() {
            break;
        }
    }
    for stream in [&mut silent, &mut half, &mut preface, &mut trickling] {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    }
    assert!(began.elapsed() < Duration::from_secs(6));
    assert_eq!(met(&sidecar, "serve.slow_client"), 4);
    serves(&sidecar);
}

#[test]
fn a_body_that_trickles_is_answered_408() {
    let sidecar = Sidecar::start(&["--read-timeout", "1s"]);
    let mut stream = connect(sidecar.address);
    let head = format!("{JSON}\r\nHost: test\r\nConnection: close\r\nContent-Length: 100\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    for _ in 0..5 {
        std::thread::sleep(Duration::from_millis(100));
        stream.write_all(b" ").unwrap();
    }
    serves(&sidecar);
    let answer = read(&mut stream).unwrap();
    assert_eq!(answer.problem(), (408, "serve.body_timeout".to_owned()));
}

#[test]
fn an_idle_connection_is_closed_after_its_answer() {
    let sidecar = Sidecar::start(&["--read-timeout", "1s"]);
    let mut stream = connect(sidecar.address);
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n")
        .unwrap();
    let began = Instant::now();
    let answer = read(&mut stream).unwrap();
    assert_eq!(answer.status, 200);
    assert!(began.elapsed() < Duration::from_secs(5));
    // Waiting between two requests is no limit met.
    assert_eq!(met(&sidecar, "serve.slow_client"), 0);
}

#[test]
fn headers_too_large_are_refused() {
    let sidecar = Sidecar::start(&[]);
    let head = format!("GET /healthz HTTP/1.1\r\nX: {}", "x".repeat(20 << 10));
    let answer = send(sidecar.address, &head, b"").unwrap();
    assert_eq!(
        answer.problem(),
        (431, "serve.headers_too_large".to_owned())
    );
    // Beyond four times that the HTTP layer does not even read.
    let head = format!("GET /healthz HTTP/1.1\r\nX: {}", "x".repeat(200 << 10));
    let answer = send(sidecar.address, &head, b"");
    assert!(answer.is_none_or(|answer| answer.status == 431));
    serves(&sidecar);
}

#[test]
fn more_requests_than_may_be_at_once_are_turned_away() {
    let sidecar = Sidecar::start(&["--max-concurrent", "2", "--read-timeout", "3s"]);
    let head = format!("{JSON}\r\nHost: test\r\nConnection: close\r\nContent-Length: 100\r\n\r\n");
    let mut clients: Vec<_> = (0..2).map(|_| connect(sidecar.address)).collect();
    for stream in &mut clients {
        stream.write_all(head.as_bytes()).unwrap();
    }
    Sidecar::until("both are held", || {
        sidecar
            .get("/metrics")
            .body
            .contains("mandate_in_flight 3\n")
    });
    let turned = sidecar.post("/verdict", &json!({}));
    assert_eq!(turned.problem(), (503, "serve.busy".to_owned()));
    assert!(turned.head.contains("retry-after: 1"));
    // Whoever watches is answered all the same.
    assert_eq!(sidecar.get("/healthz").status, 200);
    for stream in &mut clients {
        assert_eq!(read(stream).unwrap().status, 408);
    }
    serves(&sidecar);
}

#[test]
fn more_connections_than_may_be_open_are_told_so() {
    let sidecar = Sidecar::start(&["--max-connections", "2", "--read-timeout", "2s"]);
    let held: Vec<_> = (0..2).map(|_| connect(sidecar.address)).collect();
    std::thread::sleep(Duration::from_millis(200));
    let turned = http::get(sidecar.address, "/healthz");
    assert_eq!(turned.problem(), (503, "serve.connections".to_owned()));
    // Far more are closed without a word.
    let more: Vec<_> = (0..60).map(|_| connect(sidecar.address)).collect();
    std::thread::sleep(Duration::from_millis(200));
    drop((held, more));
    Sidecar::until("there is place again", || {
        send(sidecar.address, "GET /healthz HTTP/1.1", b"").is_some_and(|a| a.status == 200)
    });
    assert!(met(&sidecar, "serve.connections") > 60);
}

#[cfg(unix)]
#[test]
fn an_answer_that_takes_too_long_is_given_up() {
    // The one worker waits for a key that does not come, and the next request waits for the worker.
    let sidecar = Sidecar::start(&["--workers", "1", "--timeout", "1s"]);
    let key = sidecar.path("home/secrets/verifier.key");
    let bytes = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&key).status();
    assert!(made.unwrap().success());
    let body = json!({"claims": ["MemberMandate:name"], "purpose": "a vote"});
    for _ in 0..2 {
        let began = Instant::now();
        let late = sidecar.post("/requests", &body);
        assert_eq!(late.problem(), (503, "serve.timeout".to_owned()));
        assert!(late.head.contains("retry-after: 1"));
        assert!(began.elapsed() < Duration::from_secs(3));
        assert_eq!(sidecar.get("/healthz").status, 200);
    }
    assert_eq!(met(&sidecar, "serve.timeout"), 2);
    std::fs::write(&key, &bytes).unwrap();
    std::fs::remove_file(&key).unwrap();
    std::fs::write(&key, &bytes).unwrap();
    serves(&sidecar);
}
