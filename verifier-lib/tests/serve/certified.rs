//! Evidence fetched over TLS, from a site whose certificate only the house's own authority vouches for.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    process::Command,
    sync::Arc,
};

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{PrivateKeyDer, pem::PemObject as _},
};
use serde_json::Value;

use crate::sidecar::bundle;

/// Serves a file over TLS to whoever asks, and returns where, with the certificate.
fn site(body: String) -> (SocketAddr, String) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::from_pem_slice(made.signing_key.serialize_pem().as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            let mut asked = Vec::new();
            let mut byte = [0];
            // Whoever does not believe the certificate hangs up.
            while !asked.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n > 0) {
                asked.push(byte[0]);
            }
            let head = format!(
                "HTTP/1.1 200 x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(body.as_bytes());
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    (address, made.cert.pem())
}

#[test]
fn a_house_with_an_authority_of_its_own_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let run = |words: &[&str]| {
        let ran = Command::new(env!("CARGO_BIN_EXE_mandate-verifier"))
            .args(["--home", &path("home"), "--format", "json"])
            .args(words)
            .output()
            .unwrap();
        let said = if ran.status.success() {
            ran.stdout
        } else {
            ran.stderr
        };
        let said: Value = serde_json::from_slice(&said).unwrap_or_default();
        (ran.status.code(), said)
    };
    assert_eq!(run(&["init", "--name", "Gate"]).0, Some(0));
    let (address, own) = site(bundle(7, |_| ()));
    let (_, other) = site(String::new());
    for (name, text) in [("own.pem", &own), ("other.pem", &other)] {
        fs::write(path(name), text).unwrap();
    }
    fs::write(path("none.pem"), "no certificate").unwrap();
    let url = format!("https://{address}/bundle.json");
    let update = |ca: &[&str]| {
        let (exit, said) = run(&[&["trust", "update", &url], ca].concat());
        (exit, said["error"]["code"].clone(), said["seq"].clone())
    };
    // Neither the world's authorities nor another's vouch for it.
    let failed = (Some(1), Value::from("fetch.failed"), Value::Null);
    assert_eq!(update(&[]), failed);
    assert_eq!(update(&["--ca", &path("other.pem")]), failed);
    let wrong = update(&["--ca", &path("none.pem")]);
    assert_eq!(wrong, (Some(2), "usage.invalid".into(), Value::Null));
    let taken = (Some(0), Value::Null, Value::from(7));
    assert_eq!(update(&["--ca", &path("own.pem")]), taken);
}
