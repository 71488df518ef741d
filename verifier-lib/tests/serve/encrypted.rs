use std::{fs, io::Write as _, sync::Arc};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring,
    pki_types::CertificateDer,
};

use crate::{
    http::{connect, read},
    sidecar::{Sidecar, home},
};

/// Makes a certificate for this machine, and returns it with its two files' texts.
fn certificate() -> (CertificateDer<'static>, String, String) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    (
        made.cert.der().clone(),
        made.cert.pem(),
        made.signing_key.serialize_pem(),
    )
}

/// Asks over TLS, and returns the status, or nothing when the certificate is another.
fn ask(sidecar: &Sidecar, trusted: &CertificateDer<'static>) -> Option<u16> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "127.0.0.1".try_into().unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, connect(sidecar.address));
    let head = "GET /healthz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).ok()?;
    Some(read(&mut stream)?.status)
}

#[test]
fn it_speaks_tls_and_takes_a_newer_certificate_when_told() {
    let folder = home();
    let (first, chain, key) = certificate();
    let (second, newer_chain, newer_key) = certificate();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (chain_file, key_file) = (path("chain.pem"), path("key.pem"));
    fs::write(&chain_file, chain).unwrap();
    fs::write(&key_file, key).unwrap();
    let flags = [
        "--tls-cert",
        &chain_file,
        "--tls-key",
        &key_file,
        "--read-timeout",
        "1s",
    ];
    let sidecar = Sidecar::start_in(folder, &flags);
    assert_eq!(ask(&sidecar, &first), Some(200));
    assert_eq!(ask(&sidecar, &second), None);
    // Plain text is no handshake, and one that never ends is closed.
    let mut plain = connect(sidecar.address);
    plain.write_all(b"GET /healthz HTTP/1.1\r\n\r\n").unwrap();
    assert!(read(&mut plain).is_none());
    let mut silent = connect(sidecar.address);
    assert!(read(&mut silent).is_none());
    fs::write(&chain_file, "no certificate").unwrap();
    sidecar.signal("-HUP");
    Sidecar::until("it is reported", || sidecar.log().contains("serve.tls"));
    assert_eq!(ask(&sidecar, &first), Some(200));
    fs::write(&chain_file, newer_chain).unwrap();
    fs::write(&key_file, newer_key).unwrap();
    sidecar.signal("-HUP");
    Sidecar::until("it counts", || ask(&sidecar, &second) == Some(200));
}
