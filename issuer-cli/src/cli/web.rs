//! What is fetched over the network, by the two commands that do: `did check` and `accreditor collect`.

use core::time::Duration;
use std::path::Path;

use cli_kit::{Failure, files};
use ureq::{
    Agent,
    tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem},
};

/// Makes a client; `authorities` are the certificate authorities of the house, which count alone then.
///
/// # Errors
/// `usage.invalid` (exit 2) when the file holds no certificate.
pub(super) fn agent(
    seconds: u64,
    redirects: u32,
    authorities: Option<&Path>,
) -> Result<Agent, Failure> {
    let config = Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(seconds)))
        .max_redirects(redirects);
    let config = match authorities {
        Some(path) => {
            let roots = RootCerts::new_with_certs(&roots(path)?);
            config.tls_config(TlsConfig::builder().root_certs(roots).build())
        }
        None => config,
    };
    Ok(config.build().new_agent())
}

/// Reads the certificates of authorities, PEM.
fn roots(path: &Path) -> Result<Vec<Certificate<'static>>, Failure> {
    let pem = files::read_bounded(path, 1 << 20)?;
    let read: Result<Vec<PemItem<'static>>, _> = parse_pem(&pem).collect();
    let items = read.unwrap_or_default().into_iter();
    let found: Vec<_> = items
        .filter_map(|item| match item {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        })
        .collect();
    if found.is_empty() {
        let message = format!("{} holds no PEM certificate", path.display());
        return Err(
            Failure::usage(message).hint("give the authority's certificate, PEM, with --ca")
        );
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::agent;

    #[test]
    fn a_file_without_a_certificate_is_no_authority() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, "no certificate").unwrap();
        let refused = agent(1, 0, Some(&path)).unwrap_err();
        assert_eq!(refused.code, "usage.invalid");
        assert!(agent(1, 0, None).is_ok());
    }
}
