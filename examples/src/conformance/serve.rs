//! A server on this machine alone.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use clap::Args;
use cli_kit::{Failure, files};
use identity_core::encoding::strict_json::{self, Limits, Value};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use serde_json::Value as Json;

/// Where to listen, and with which certificate.
#[derive(Args, Clone, Debug)]
#[non_exhaustive]
pub struct Listen {
    /// Where to listen, on this machine; port 0 takes any that is free
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// The certificate chain, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
}

/// Serves until the process ends. `make` is given the URL that it is reached at, before anybody is let in.
///
/// # Errors
/// [`Failure`] when the address is not this machine's alone, or cannot be listened on, or the
/// certificate cannot be used.
pub fn serve(
    listen: &Listen,
    make: impl FnOnce(&str) -> Result<Router, Failure>,
) -> Result<(), Failure> {
    if !listen.listen.ip().is_loopback() {
        let message = format!("{} is not this machine alone", listen.listen);
        return Err(Failure::usage(message).hint("anybody could have anything signed"));
    }
    let config = match (&listen.tls_cert, &listen.tls_key) {
        (Some(certificate), Some(key)) => Some(tls(certificate, key)?),
        _ => None,
    };
    let unheard = |error: &std::io::Error| {
        let message = format!("cannot listen on {}", listen.listen);
        Failure::failed("conformance.address", message).caused_by(error)
    };
    let listener = TcpListener::bind(listen.listen).map_err(|error| unheard(&error))?;
    let address = listener.local_addr().map_err(|error| unheard(&error))?;
    let scheme = if config.is_some() { "https" } else { "http" };
    let router = make(&format!("{scheme}://{address}"))?.into_make_service();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| unheard(&error))?;
    let ended = runtime.block_on(async {
        let server = axum_server::from_tcp(listener)?;
        match config {
            None => server.serve(router).await,
            Some(config) => {
                let acceptor = RustlsAcceptor::new(RustlsConfig::from_config(config));
                server.acceptor(acceptor).serve(router).await
            }
        }
    });
    ended.map_err(|error| unheard(&error))
}

fn tls(certificate: &std::path::Path, key: &std::path::Path) -> Result<Arc<ServerConfig>, Failure> {
    let unusable = |reason: String| Failure::failed("conformance.tls", reason);
    let chain = files::read_bounded(certificate, 1 << 20)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&chain).collect();
    let chain = chain.map_err(|error| unusable(error.to_string()))?;
    let secret = files::read_bounded(key, 1 << 20)?;
    let secret =
        PrivateKeyDer::from_pem_slice(&secret).map_err(|error| unusable(error.to_string()))?;
    let provider = Arc::new(ring::default_provider());
    let config =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| unusable(error.to_string()))?;
    let config = config.with_no_client_auth().with_single_cert(chain, secret);
    let mut config = config.map_err(|error| unusable(error.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Reads a body as strict JSON.
///
/// # Errors
/// The answer that says why it is none.
#[expect(clippy::result_large_err, reason = "the error is the answer")]
pub fn strict(body: &[u8]) -> Result<Value<'_>, Response> {
    strict_json::parse(body, &Limits::small()).map_err(|error| {
        let title = "PARSING_ERROR";
        let url = "https://www.w3.org/TR/vc-data-model#PARSING_ERROR";
        problem(&serde_json::json!({"type": url, "title": title, "detail": error.to_string()}))
    })
}

/// Returns 400 with problem details (RFC 9457).
pub fn problem(details: &Json) -> Response {
    let mut details = details.clone();
    details["status"] = 400.into();
    let mut response = Response::new(Body::from(details.to_string()));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    let media_type = HeaderValue::from_static("application/problem+json");
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    response
}
