//! `check`: the verdict.

use std::path::{Path, PathBuf};

use clap::Args;
use cli_kit::{Context, ExitCode, Failure, files, run::now};
use identity_core::{
    presentation::request::{Request, RequestError},
    proof::jose::JwsError,
    status::Instant,
    trust::{Anchor, TrustSet},
    verify::{Question, Recheck, Report, Unverified, Verdict, VerifyError},
};
use jiff::SignedDuration;
use zeroize::Zeroizing;

use super::{demand::Demand, evidence, home::Home, sentence};

/// Largest presentation and request read; the budget for what is verified is smaller.
const MAX_FILE: u64 = 8 << 20;

/// Arguments of `check`.
#[derive(Args, Debug)]
pub(super) struct CheckArgs {
    /// The file with which the member answered; - for standard input
    presentation: PathBuf,
    /// The request that it answers
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// An issuer's bundle.json, an accreditor's trust.bundle, or a folder with several; without it, what
    /// `trust update` has kept
    #[arg(long, value_name = "FILE|DIR")]
    trust: Vec<PathBuf>,
    /// An issuer to trust, or an accreditor whose word you take, and your name for it
    #[arg(long, value_name = "DID[=NAME]")]
    anchor: Vec<String>,
    /// Ask about a past instant, RFC 3339 with an offset
    #[arg(long, value_name = "INSTANT", value_parser = cli_kit::instant::instant)]
    at: Option<Instant>,
    /// Accept issuers' bundles up to this age, such as 15m or 48h, whatever the preset says
    #[arg(long, value_name = "DURATION", value_parser = cli_kit::instant::duration)]
    max_age: Option<SignedDuration>,
    #[command(flatten)]
    demand: Demand,
    /// Look again at an answer that was checked before; skips the ledger of requests and nothing else
    #[arg(long)]
    recheck: bool,
}

pub(super) fn run(args: &CheckArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let now = now();
    let at = args.at.map(Instant::timestamp);
    if at.is_some_and(|at| at > now) {
        return Err(
            Failure::usage("--at lies ahead: nothing can speak for it yet")
                .hint("leave --at out to ask about now"),
        );
    }
    // What is wrong with the flags is said first.
    let _ = anchors(&args.anchor)?;
    let mut home = Home::open(context)?;
    let mut trust = set(home.with_names(anchor_list(&args.anchor)?)?)?;
    home.recall(&mut trust)?;
    let mut found = Vec::new();
    for path in sources(&args.trust, &home)? {
        evidence::read(&path, &mut found)?;
    }
    evidence::add(&mut trust, found, |_, _| ());
    home.keep(&trust)?;
    let request = files::read_bounded(&args.request, MAX_FILE)?;
    let request = core::str::from_utf8(&request).unwrap_or_default();
    let opened = Request::open(request);
    let advice = opened.as_ref().err().and_then(advice);
    let report = match opened {
        Err(error) => Report::of_refused_request(now, at.unwrap_or(now), &error),
        Ok(request) => match read_presentation(&args.presentation)? {
            None => Report::of_oversized_presentation(now, at.unwrap_or(now)),
            Some(presentation) => {
                let own = home.did.clone();
                let question = Question {
                    verifier: &own,
                    request: &request,
                    trust: &trust,
                    now,
                    at,
                    policy: args
                        .demand
                        .policy(None, args.max_age.map(SignedDuration::unsigned_abs)),
                };
                judge(&presentation, &question, args.recheck, &mut home)?
            }
        },
    };
    if context.printer.is_json() {
        context.printer.json(&json(&report, args.recheck, advice))?;
    } else {
        sentence::print(&report, args.recheck, &mut context.printer)?;
        if let Some(advice) = advice {
            context.printer.hint(advice);
        }
    }
    Ok(match report.verdict() {
        Verdict::Valid => ExitCode::Done,
        Verdict::Invalid => ExitCode::NotValid,
        Verdict::Ended => ExitCode::Revoked,
        Verdict::Indeterminate => ExitCode::Undecided,
    })
}

/// Returns where the evidence lies: where the flags say, else in the home.
fn sources(flags: &[PathBuf], home: &Home) -> Result<Vec<PathBuf>, Failure> {
    if !flags.is_empty() {
        return Ok(flags.to_vec());
    }
    if home.keeps_evidence() {
        return Ok(vec![home.kept()]);
    }
    Err(
        Failure::usage("there is no --trust, and this verifier keeps no evidence yet")
            .hint(
                "name the issuer's bundle.json or the accreditor's trust.bundle: --trust FILE|DIR",
            )
            .hint("or have it kept: mandate-verifier trust update FILE|DIR|URL"),
    )
}

/// What is said beside a nonce that passed, because nobody looked whether it was used.
pub(super) const NOT_LOOKED_UP: &str = "not looked up: --recheck";

/// Says what may have happened when the file is no request at all, be it good or bad.
pub(crate) const fn advice(error: &RequestError) -> Option<&'static str> {
    match error {
        RequestError::Signature(JwsError::Malformed { .. } | JwsError::Type { .. }) => {
            Some("Are --request and the presentation swapped?")
        }
        _ => None,
    }
}

/// Returns the verdict, with what only this command line knows.
pub(crate) fn json(report: &Report, recheck: bool, advice: Option<&str>) -> serde_json::Value {
    let mut value = report.to_json();
    let checks = value["presentation"]["checks"].as_array_mut();
    for check in checks.into_iter().flatten() {
        if recheck && check["check"] == "nonce" && check["result"] == "pass" {
            check["detail"] = NOT_LOOKED_UP.into();
        }
    }
    if let (Some(advice), Some(hints)) = (advice, value["hints"].as_array_mut()) {
        hints.push(advice.into());
    }
    value
}

fn judge(
    presentation: &[u8],
    question: &Question<'_>,
    recheck: bool,
    home: &mut Home,
) -> Result<Report, Failure> {
    let unverified = Unverified::new(presentation);
    let found = if recheck {
        unverified.verify(question, &mut Recheck)
    } else {
        unverified.verify(question, home)
    };
    match found {
        Ok(verified) => Ok(verified.report().clone()),
        Err(VerifyError::Refused(report)) => Ok(*report),
        Err(error) => Err(Failure::from_error("verifier.damaged", &error)),
    }
}

/// Reads the presentation; `None` when it is too large, which is a verdict and no failure.
fn read_presentation(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    match files::read_bounded(path, MAX_FILE) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(failure) if failure.code == cli_kit::Code::FileTooLarge.as_str() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Reads the anchors of the flags.
pub(crate) fn anchor_list(flags: &[String]) -> Result<Vec<Anchor>, Failure> {
    let anchors = flags.iter().map(|flag| {
        flag.parse().map_err(|error| {
            Failure::usage(format!("--anchor {flag}: {error}"))
                .hint("write the issuer's DID, then = and your name for it")
        })
    });
    anchors.collect()
}

pub(crate) fn anchors(flags: &[String]) -> Result<TrustSet, Failure> {
    set(anchor_list(flags)?)
}

/// Trusts these, one at least.
fn set(anchors: Vec<Anchor>) -> Result<TrustSet, Failure> {
    TrustSet::new(anchors).map_err(|error| {
        Failure::failed(error.code().as_str(), error.to_string())
            .exit(ExitCode::Usage)
            .hint("name whom you trust: --anchor DID=NAME, with the DID from the issuer's card")
    })
}
