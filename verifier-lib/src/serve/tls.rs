//! The certificate of the sidecar.

use std::{path::Path, sync::Arc};

use cli_kit::{Failure, files};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};

use super::ServeCode;

/// Largest certificate chain and largest key read.
const MAX_FILE: u64 = 1 << 20;

/// Reads certificate chain and key, both PEM, for TLS 1.2 and 1.3 and both versions of HTTP.
pub(super) fn config(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, Failure> {
    let chain = files::read_bounded(certificate, MAX_FILE)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&chain).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| unusable(certificate, "it holds no PEM certificate"))?;
    let secret = files::read_bounded(key, MAX_FILE)?;
    let secret = PrivateKeyDer::from_pem_slice(&secret)
        .map_err(|_| unusable(key, "it holds no PEM private key"))?;
    let provider = Arc::new(ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(certificate, &error.to_string()))?;
    let mut config = config
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| unusable(certificate, &error.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn unusable(path: &Path, reason: &str) -> Failure {
    let message = format!("{} cannot be used: {reason}", path.display());
    Failure::failed(ServeCode::Tls.as_str(), message)
        .hint("give --tls-cert the chain and --tls-key its key, both PEM and not encrypted")
}
