//! `serve`: the verification sidecar.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use cli_kit::{Context, ExitCode, Failure};
use identity_core::verify::w3c::IssuerPolicy;
use jiff::SignedDuration;

use super::{check::anchors, demand::Demand, home::Home};
use crate::serve::{self, Limits, ReferenceFiles, ServeCode, Settings, Sources};

/// Arguments of `serve`.
#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    /// Where to listen; port 0 takes any that is free
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8470")]
    listen: SocketAddr,
    /// The certificate chain, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key, PEM, not encrypted
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Let other machines in without TLS: whoever is on the way reads what members show
    #[arg(long, hide_short_help = true, conflicts_with = "tls_cert")]
    insecure_plain_http: bool,

    /// An issuer's bundle.json, an accreditor's trust.bundle, or a folder with several; read again when it
    /// changes; without it, what `trust update` keeps
    #[arg(long, value_name = "FILE|DIR", requires = "anchor")]
    trust: Vec<PathBuf>,
    /// An issuer to trust, or an accreditor whose word you take, and your name for it; without one there
    /// are no verdicts
    #[arg(long, value_name = "DID[=NAME]")]
    anchor: Vec<String>,
    #[command(flatten)]
    demand: Demand,

    /// The document of a did:web, which names its DID
    #[arg(long, value_name = "FILE")]
    did_document: Vec<PathBuf>,
    /// How old such a document may be, by the time its file was written
    #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = cli_kit::instant::duration)]
    max_document_age: SignedDuration,
    /// A JSON-LD context, by its URL
    #[arg(long, value_name = "URL=FILE", value_parser = named)]
    context: Vec<(String, PathBuf)>,
    /// Another resource that credentials refer to by a digest, by its URL
    #[arg(long, value_name = "URL=FILE", value_parser = named)]
    resource: Vec<(String, PathBuf)>,
    /// A JSON Schema, by its URL
    #[arg(long, value_name = "URL=FILE", value_parser = named)]
    schema: Vec<(String, PathBuf)>,
    /// A status list credential, which names its URL; or the folder of an issuer's, its keeper.jwt among them
    #[arg(long, value_name = "FILE|DIR")]
    status_list: Vec<PathBuf>,

    /// Verify credentials of VC Data Model 2.0 alone, and not those of 1.1
    #[arg(long)]
    refuse_vc_1_1: bool,
    /// Only warn when the issuer is a web address: anybody may have signed in its name. For test suites
    #[arg(long)]
    accept_unbound_issuers: bool,

    /// Largest body read
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 21, value_parser = bytes)]
    max_body: usize,
    /// Longest time to an answer, such as 30s
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = timeout)]
    timeout: SignedDuration,
    /// Longest time for a request's headers to arrive, and for its body
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = timeout)]
    read_timeout: SignedDuration,
    /// Most requests answered at once
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = some)]
    max_concurrent: usize,
    /// Most connections open at once
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = some)]
    max_connections: usize,
    /// How many requests compute at once; as many as there are processors without it
    #[arg(long, value_name = "N", value_parser = some)]
    workers: Option<usize>,
}

pub(super) fn run(args: ServeArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let tls = args.tls_cert.zip(args.tls_key);
    if tls.is_none() && !args.listen.ip().is_loopback() && !args.insecure_plain_http {
        let message = format!(
            "{} is not this machine alone, and there is no TLS",
            args.listen
        );
        return Err(
            Failure::new(ExitCode::Usage, ServeCode::PlainHttp.as_str(), message)
                .hint("give --tls-cert FILE and --tls-key FILE")
                .hint("or listen on this machine alone: --listen 127.0.0.1:8470")
                .hint("behind a proxy that speaks TLS: --insecure-plain-http"),
        );
    }
    if tls.is_none() && !args.listen.ip().is_loopback() {
        let warning = "plain HTTP to other machines: what members show can be read on the way";
        context.printer.warn(warning);
    }
    let sources = if args.anchor.is_empty() {
        let warning = "no --anchor: nobody is trusted, so /verdict and /requests are not offered";
        context.printer.warn(warning);
        None
    } else {
        let home = Home::open(context)?;
        if args.trust.is_empty() && !home.keeps_evidence() {
            let warning = "no --trust: without a bundle of the issuer no verdict can be valid";
            context.printer.warn(warning);
        }
        Some(Sources {
            anchors: anchors(&args.anchor)?,
            bundles: args.trust,
            demand: args.demand,
            home,
        })
    };
    let cores = std::thread::available_parallelism().map_or(1, core::num::NonZero::get);
    let limits = Limits {
        max_body: args.max_body,
        timeout: args.timeout.unsigned_abs(),
        read_timeout: args.read_timeout.unsigned_abs(),
        max_concurrent: args.max_concurrent,
        max_connections: args.max_connections,
        workers: args.workers.unwrap_or(cores),
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    let settings = Settings {
        listen: args.listen,
        tls,
        sources,
        references: ReferenceFiles {
            did_documents: args.did_document,
            max_document_age: args.max_document_age,
            contexts: args.context,
            schemas: args.schema,
            status_lists: args.status_list,
            resources: args.resource,
            accept_1_1: !args.refuse_vc_1_1,
            issuer: if args.accept_unbound_issuers {
                IssuerPolicy::Report
            } else {
                IssuerPolicy::Demand
            },
        },
        limits,
    };
    serve::run(settings, context, |context, address| {
        let url = format!("{scheme}://{address}");
        if context.printer.is_json() {
            context.printer.json(&serde_json::json!({
                "schema": "mandate.serving/1",
                "url": url,
            }))?;
        }
        context.printer.line(format!("serving on {url}"))
    })?;
    Ok(ExitCode::Done)
}

/// Reads `URL=FILE`; the last `=` parts them, for a URL may have others.
fn named(text: &str) -> Result<(String, PathBuf), String> {
    let parts = text
        .rsplit_once('=')
        .filter(|(url, file)| url.contains(':') && !file.is_empty());
    let (url, file) = parts.ok_or_else(|| format!("not URL=FILE: {text}"))?;
    Ok((url.to_owned(), PathBuf::from(file)))
}

/// Reads a number of bytes: at most 64 MiB, for every request at hand may hold so many.
fn bytes(text: &str) -> Result<usize, String> {
    between(text, 64 << 20)
}

/// Reads how many of something there may be.
fn some(text: &str) -> Result<usize, String> {
    between(text, 1 << 20)
}

fn between(text: &str, most: usize) -> Result<usize, String> {
    let number = text.parse().ok();
    let number = number.filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| format!("not a number from 1 to {most}: {text}"))
}

/// Reads a time that is not zero.
fn timeout(text: &str) -> Result<SignedDuration, String> {
    let duration = cli_kit::instant::duration(text)?;
    if duration.is_zero() || duration > SignedDuration::from_hours(1) {
        return Err(format!("not between 1s and 1h: {text}"));
    }
    Ok(duration)
}
