use std::{io::Write as _, time::Duration};

use serde_json::json;
use testkit::world::World;

use crate::{
    http::{connect, read},
    sidecar::{Sidecar, home, run},
};

#[test]
fn told_to_end_it_answers_what_is_at_hand() {
    for signal in ["-TERM", "-INT"] {
        let mut sidecar = Sidecar::start(&[]);
        let body = json!({}).to_string();
        let mut stream = connect(sidecar.address);
        let head = "POST /verdict HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        Sidecar::until("it is at hand", || {
            sidecar
                .get("/metrics")
                .body
                .contains("mandate_in_flight 2\n")
        });
        sidecar.signal(signal);
        Sidecar::until("nobody new is let in", || {
            std::net::TcpStream::connect(sidecar.address).is_err()
        });
        stream.write_all(body.as_bytes()).unwrap();
        assert_eq!(read(&mut stream).unwrap().problem().1, "serve.malformed");
        assert_eq!(sidecar.end(Duration::from_secs(5)), Some(0), "{signal}");
        assert!(sidecar.log().contains("\"stopped\""));
    }
}

#[test]
fn it_does_not_wait_for_ever_for_what_is_at_hand() {
    let mut sidecar = Sidecar::start(&["--read-timeout", "60s", "--timeout", "60s"]);
    let mut stream = connect(sidecar.address);
    let head = "POST /verdict HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    Sidecar::until("it is at hand", || {
        sidecar
            .get("/metrics")
            .body
            .contains("mandate_in_flight 2\n")
    });
    sidecar.signal("-TERM");
    assert_eq!(sidecar.end(Duration::from_secs(15)), Some(0));
}

#[test]
fn other_machines_are_not_let_in_without_tls() {
    let folder = home();
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let (exit, said) = run(&folder, &["serve", "--listen", listen]);
        assert_eq!(exit, 2);
        assert_eq!(said["error"]["code"], "serve.plain_http", "{listen}");
        let hints = said["error"]["hints"].to_string();
        assert!(hints.contains("--insecure-plain-http") && hints.contains("--tls-cert"));
    }
    let listen = [
        "serve",
        "--listen",
        "0.0.0.0:0",
        "--insecure-plain-http",
        "--dry-run",
    ];
    assert_eq!(run(&folder, &listen).0, 0);
}

#[test]
fn what_cannot_be_served_is_said_before_it_starts() {
    let folder = home();
    let issuer = World::new().issuer.to_string();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (flags, exit, code) in [
        (vec!["--listen", "localhost"], 2, "usage.invalid"),
        (vec!["--listen", &taken], 1, "serve.address"),
        (vec!["--trust", "trust"], 2, "usage.invalid"),
        (vec!["--anchor", "did:key:none"], 2, "usage.invalid"),
        (
            vec!["--anchor", &issuer, "--trust", "none.json"],
            1,
            "file.unreadable",
        ),
        (vec!["--tls-cert", "none.pem"], 2, "usage.invalid"),
        (
            vec![
                "--tls-cert",
                "home/verifier.json",
                "--tls-key",
                "home/verifier.json",
            ],
            1,
            "serve.tls",
        ),
        (vec!["--max-body", "0"], 2, "usage.invalid"),
        (vec!["--timeout", "0s"], 2, "usage.invalid"),
        (vec!["--max-connections", "many"], 2, "usage.invalid"),
    ] {
        let (got, said) = run(&folder, &[&["serve"], &flags[..]].concat());
        assert_eq!(
            (got, said["error"]["code"].as_str()),
            (exit, Some(code)),
            "{flags:?}"
        );
    }
    let nobody = tempfile::tempdir().unwrap();
    let (exit, said) = run(&nobody, &["serve", "--anchor", &issuer]);
    assert_eq!(
        (exit, said["error"]["code"].as_str()),
        (1, Some("verifier.missing"))
    );
}

#[test]
fn without_an_anchor_there_are_no_verdicts() {
    let sidecar = Sidecar::start_in(home(), &[]);
    assert_eq!(sidecar.get("/healthz").status, 200);
    for path in ["/verdict", "/requests"] {
        let answer = sidecar.post(path, &json!({}));
        assert_eq!(answer.problem(), (404, "serve.not_offered".to_owned()));
    }
    assert_eq!(
        sidecar.get("/verdict").problem(),
        (405, "serve.method".to_owned())
    );
}

#[test]
fn both_versions_of_http_are_spoken() {
    use std::io::Read as _;

    let sidecar = Sidecar::start(&["--read-timeout", "1s"]);
    let mut stream = connect(sidecar.address);
    // RFC 9113: the preface, empty settings, and one request whose fields are indexed or literal (RFC 7541).
    let mut fields = vec![0x82, 0x86, 0x04, 8];
    fields.extend_from_slice(b"/healthz");
    fields.extend_from_slice(&[0x01, 4]);
    fields.extend_from_slice(b"test");
    let length = u8::try_from(fields.len()).unwrap();
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .unwrap();
    stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).unwrap();
    stream.write_all(&[0, 0, length, 1, 5, 0, 0, 0, 1]).unwrap();
    stream.write_all(&fields).unwrap();
    // It is closed once idle, as the other version is.
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer);
    assert!(text.contains("mandate.health/1"), "{text}");
}
