//! Fetching evidence: the one place where this program speaks to a network, and only when told to.
//!
//! https, and http to this machine alone; never with credentials; a redirect to another host is refused, for
//! whoever may answer is decided by whoever runs the verifier. What comes is not believed for where it comes
//! from: its signatures are looked at before anything else.

use core::{net::IpAddr, time::Duration};
use std::{io::Read as _, path::Path};

use cli_kit::{ExitCode, Failure, files};
use ureq::{
    Agent,
    http::{Uri, header},
    tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem},
};

use super::CliCode;

/// Redirects within one host that are followed.
const REDIRECTS: usize = 3;

/// Tells whether a positional names something to be fetched, and no file.
pub(super) fn is_url(text: &str) -> bool {
    text.contains("://")
}

/// Checks that something may be fetched from an address.
///
/// # Errors
/// `fetch.address` (exit 2).
pub(super) fn address(url: &str) -> Result<Uri, Failure> {
    let refused = |reason: &str| {
        Failure::new(
            ExitCode::Usage,
            CliCode::FetchAddress.as_str(),
            format!("{url}: {reason}"),
        )
    };
    let uri: Uri = url.parse().map_err(|_| refused("it is no URL"))?;
    let authority = uri.authority().ok_or_else(|| refused("it names no host"))?;
    if authority.as_str().contains('@') {
        return Err(refused(
            "it holds a name or a password, and none is ever sent",
        ));
    }
    match uri.scheme_str() {
        Some("https") => Ok(uri),
        Some("http") if is_this_machine(authority.host()) => Ok(uri),
        _ => Err(refused("only https, and http to this machine, is spoken")),
    }
}

fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Fetches at most `max` bytes; `authorities` are the certificate authorities of the house, which count alone
/// then.
///
/// # Errors
/// `fetch.address` (exit 2), `fetch.failed`, `fetch.redirected`, `fetch.too_large`.
pub(super) fn get(url: &str, max: u64, authorities: Option<&Path>) -> Result<Vec<u8>, Failure> {
    let first = address(url)?;
    let agent = agent(&first, authorities.map(roots).transpose()?);
    let failed = |reason: String| {
        Failure::failed(CliCode::FetchFailed.as_str(), format!("{url}: {reason}"))
            .hint("what is at hand already stays; try again later")
    };
    let mut uri = first.clone();
    for _ in 0..=REDIRECTS {
        let answer = agent.get(uri.clone()).call();
        let answer = answer.map_err(|error| failed(error.to_string()))?;
        let status = answer.status();
        if status.is_redirection() {
            let place = answer.headers().get(header::LOCATION);
            let place = place.and_then(|place| place.to_str().ok());
            uri = place
                .and_then(|place| within(&first, place))
                .ok_or_else(|| redirected(url, place))?;
            continue;
        }
        if status != 200 {
            return Err(failed(format!("the answer is {status}")));
        }
        let mut bytes = Vec::new();
        let mut body = answer.into_body().into_reader().take(max.saturating_add(1));
        body.read_to_end(&mut bytes)
            .map_err(|error| failed(error.to_string()))?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > max {
            let message = format!("{url}: it is larger than {max} bytes");
            return Err(Failure::failed(CliCode::FetchTooLarge.as_str(), message));
        }
        return Ok(bytes);
    }
    Err(redirected(url, None))
}

/// Where a redirect leads, if it stays with the host, the port and the scheme.
fn within(first: &Uri, place: &str) -> Option<Uri> {
    if place.starts_with('/') && !place.starts_with("//") {
        let scheme = first.scheme_str()?;
        let authority = first.authority()?;
        return format!("{scheme}://{authority}{place}").parse().ok();
    }
    let uri: Uri = place.parse().ok()?;
    let stays = uri.scheme() == first.scheme() && uri.authority() == first.authority();
    (stays && uri.authority().is_some()).then_some(uri)
}

fn redirected(url: &str, place: Option<&str>) -> Failure {
    let message = match place {
        Some(place) => {
            let place: String = place.chars().take(200).collect();
            format!("{url} leads to {place}, which is another host or none")
        }
        None => format!("{url} leads from one place to the next"),
    };
    Failure::failed(CliCode::FetchRedirected.as_str(), message)
        .hint("if that is where it is published now, name that address")
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

fn agent(first: &Uri, authorities: Option<Vec<Certificate<'static>>>) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_recv_response(Some(Duration::from_secs(30)))
        .timeout_global(Some(Duration::from_secs(300)))
        .user_agent(concat!("mandate-verifier/", env!("CARGO_PKG_VERSION")));
    // No proxy stands between this machine and itself.
    let is_here = first.host().is_some_and(is_this_machine);
    let config = if is_here { config.proxy(None) } else { config };
    let config = match authorities {
        Some(own) => {
            let roots = RootCerts::new_with_certs(&own);
            config.tls_config(TlsConfig::builder().root_certs(roots).build())
        }
        None => config,
    };
    config.build().new_agent()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_asked_in_clear_of_another_machine_and_no_password_is_sent() {
        for good in [
            "https://id.example.org/trust.bundle",
            "http://127.0.0.1:8080/bundle.json",
            "http://localhost/bundle.json",
            "http://[::1]:81/bundle.json",
        ] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in [
            "http://id.example.org/bundle.json",
            "http://127.0.0.1.example.org/bundle.json",
            "http://localhost.example.org/",
            "https://me:secret@id.example.org/bundle.json",
            "http://127.0.0.1@id.example.org/bundle.json",
            "ftp://127.0.0.1/bundle.json",
            "file:///etc/passwd",
            "https://",
        ] {
            let failure = address(bad).unwrap_err();
            assert_eq!(failure.code, "fetch.address", "{bad}");
            assert_eq!(failure.exit, ExitCode::Usage);
        }
    }

    #[test]
    fn a_redirect_stays_with_the_host() {
        let first: Uri = "https://id.example.org/a".parse().unwrap();
        let to = |place| within(&first, place).map(|uri| uri.to_string());
        assert_eq!(to("/b").unwrap(), "https://id.example.org/b");
        assert_eq!(
            to("https://id.example.org/c").unwrap(),
            "https://id.example.org/c"
        );
        for away in [
            "https://other.example.org/b",
            "//other.example.org/b",
            "http://id.example.org/b",
            "https://id.example.org:8443/b",
            "https://me@id.example.org/b",
            "b",
            "",
        ] {
            assert_eq!(to(away), None, "{away}");
        }
    }
}
