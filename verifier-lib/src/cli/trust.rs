//! `trust show` and `trust lint`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use cli_kit::{Context, ExitCode, Failure, Mark, files, run::now, text::one_line};
use identity_core::{
    trust::{Bundle, Freshness},
    verify::Budget,
};
use serde_json::json;

use super::check::MAX_BUNDLE;

/// The verbs of `trust`.
#[derive(Subcommand, Debug)]
pub(super) enum TrustCommand {
    /// Show what a bundle says, once its signature has passed
    Show(FileArgs),
    /// Say what is doubtful about a bundle; exit 1 when something is
    Lint(FileArgs),
}

/// Arguments of both.
#[derive(Args, Debug)]
pub(super) struct FileArgs {
    /// The bundle, or the folder in which bundle.json was published
    file: PathBuf,
}

pub(super) fn run(command: &TrustCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    let (TrustCommand::Show(args) | TrustCommand::Lint(args)) = command;
    let file = bundle_in(&args.file)?;
    let bytes = files::read_bounded(&file, MAX_BUNDLE)?;
    let bundle = Bundle::open(&bytes, &mut Budget::bundle()).map_err(|error| {
        Failure::from_error(error.code().as_str(), &error)
            .hint("fetch it again from where the issuer publishes")
    })?;
    match command {
        TrustCommand::Show(_) => show(&bundle, context),
        TrustCommand::Lint(_) => lint(&bundle, context),
    }
}

/// Returns the bundle of a published folder, or the file itself.
fn bundle_in(path: &Path) -> Result<PathBuf, Failure> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let bundle = path.join("bundle.json");
    if bundle.is_file() {
        return Ok(bundle);
    }
    let message = format!("{} is a folder without a bundle.json", path.display());
    Err(
        Failure::failed(cli_kit::Code::FileUnreadable.as_str(), message)
            .hint("name the issuer's bundle.json, or the folder in which it was published"),
    )
}

fn show(bundle: &Bundle, context: &mut Context) -> Result<ExitCode, Failure> {
    let times = bundle.times();
    let printer = &mut context.printer;
    if printer.is_json() {
        let lists: Vec<_> = bundle
            .lists()
            .map(|(uri, held)| json!({ "id": uri, "slots": held.list.slots(), "set": held.list.set_slots().count() }))
            .collect();
        printer.json(&json!({
            "schema": "mandate.trust/1",
            "issuer": bundle.signer().did(),
            "claimedName": bundle.claimed_name(),
            "chamber": bundle.chamber(),
            "trial": bundle.is_trial(),
            "seq": bundle.seq(),
            "issuedAt": times.issued_at,
            "nextUpdate": times.next_update,
            "expires": times.expires,
            "statusLists": lists,
            "terms": bundle.terms().collect::<Vec<_>>(),
            "types": bundle.types(),
        }))?;
        return Ok(ExitCode::Done);
    }
    let name = one_line(bundle.claimed_name());
    printer.heading(format!(
        "Bundle {} of \"{name}\" (its own name)",
        bundle.seq()
    ))?;
    printer.line(format!("issuer: {}", bundle.signer().did()))?;
    printer.line(format!("chamber: {}", one_line(bundle.chamber())))?;
    printer.line(format!("signed: {}", times.issued_at))?;
    printer.line(format!(
        "next: {}, expires: {}",
        times.next_update, times.expires
    ))?;
    for (uri, held) in bundle.lists() {
        let set = held.list.set_slots().count();
        printer.line(format!("status list {uri}: {set} not valid"))?;
    }
    for term in bundle.terms() {
        let mut line = format!("term {}: from {}", one_line(&term.id), term.start);
        for ending in &term.endings {
            line = format!("{line}, ended {}", ending.at);
            if let Some(annulled) = ending.annulled_at {
                line = format!("{line} until {annulled}");
            }
        }
        printer.line(line)?;
    }
    Ok(ExitCode::Done)
}

fn lint(bundle: &Bundle, context: &mut Context) -> Result<ExitCode, Failure> {
    let mut problems: Vec<(&'static str, String)> = Vec::new();
    let freshness = bundle.times().freshness(now(), None);
    if let Some(code) = freshness.code() {
        problems.push((code.as_str(), code.meaning().to_owned()));
    }
    if freshness == Freshness::Fresh && bundle.terms().next().is_none() {
        problems.push(("term.missing", "The bundle holds no term.".to_owned()));
    }
    if bundle.lists().next().is_none() {
        problems.push((
            "status.list_missing",
            "The bundle holds no status list.".to_owned(),
        ));
    }
    let printer = &mut context.printer;
    if printer.is_json() {
        let items: Vec<_> = problems
            .iter()
            .map(|(code, message)| json!({ "id": code, "message": message }))
            .collect();
        printer.json_list("mandate.trust-lint/1", &items)?;
    }
    for (code, message) in &problems {
        printer.marked(Mark::No, format!("{message} ({code})"))?;
    }
    if bundle.is_trial() {
        printer.warn("the issuer's DID is one for trials: its key can never be replaced");
    }
    if problems.is_empty() {
        printer.marked(Mark::Yes, "nothing doubtful")?;
        return Ok(ExitCode::Done);
    }
    Ok(ExitCode::Failed)
}
