//! `accreditor list`, `show`, `export`.

use std::path::PathBuf;

use clap::Args;
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access, Durability},
    output,
    text::{count, one_line},
};
use fs_err as fs;
use identity_core::{
    did::Did,
    encoding::strict_json::Value,
    status::Instant,
    trust::{
        accreditation::{Listed, digest},
        network::History,
        officers::OfficerPolicy,
    },
    verify::Budget,
};
use serde_json::json;

use super::{command, reading, words};
use crate::{
    accreditor::{AccreditorCode, Archive, Paper, hex},
    cli::now,
};

/// Arguments of `accreditor show`.
#[derive(Args, Debug)]
pub(in crate::cli) struct ShowArgs {
    /// A parliament's DID; the accreditor itself without it
    parliament: Option<Did>,
    /// A document for officers to sign, signed or not
    #[arg(long, value_name = "FILE", conflicts_with = "parliament")]
    file: Option<PathBuf>,
}

/// Arguments of `accreditor export`.
#[derive(Args, Debug)]
pub(in crate::cli) struct ExportArgs {
    /// A history that was published (history.bundle); the home's own without it
    file: Option<PathBuf>,
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(args: &ShowArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    match (&args.parliament, &args.file) {
        (_, Some(file)) => {
            let paper = Paper::read(&files::read_bounded(file, 256 << 20)?)?;
            document(&paper, context)
        }
        (Some(did), None) => parliament(did, context),
        (None, None) => accreditor(context),
    }
}

fn document(paper: &Paper, context: &mut Context) -> Result<ExitCode, Failure> {
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.accreditor-document/1",
            "id": paper.id(),
            "verb": paper.says().verb(),
            "signers": paper.claimed_signers(),
            "document": Value::Object(paper.document().clone()).to_serde(),
        }))?;
    }
    for line in words::lines(paper.says()) {
        printer.line(line)?;
    }
    for signer in paper.claimed_signers() {
        printer.line(format!(
            "signature under: {} (not verified here)",
            one_line(&signer)
        ))?;
    }
    Ok(ExitCode::Done)
}

/// The parliaments as the statements have them by now, signed in a list or not.
fn parliaments(archive: &Archive, now: Instant) -> Result<Vec<Listed>, Failure> {
    archive.parliaments(now)
}

pub(super) fn list(context: &mut Context) -> Result<ExitCode, Failure> {
    let archive = reading(context)?;
    let now = now();
    let parliaments = parliaments(&archive, now)?;
    let printer = &mut context.printer;
    if printer.is_json() {
        let items: Vec<_> = parliaments.iter().map(|l| summary(l, now)).collect();
        printer.json_list("mandate.accreditor-parliaments/1", &items)?;
        return Ok(ExitCode::Done);
    }
    for listed in &parliaments {
        printer.line(one_line(&words::of_listed(listed, now)))?;
    }
    Ok(ExitCode::Done)
}

fn summary(listed: &Listed, now: Instant) -> serde_json::Value {
    let latest = listed.latest().map(|latest| &latest.parliament);
    let (state, since) = words::state_of(listed, now);
    json!({
        "id": listed.id,
        "name": latest.map(|p| &p.name),
        "country": latest.map(|p| &p.country),
        "chambers": latest.map(|p| &p.chambers),
        "state": state,
        "since": since,
    })
}

fn parliament(did: &Did, context: &mut Context) -> Result<ExitCode, Failure> {
    let archive = reading(context)?;
    let now = now();
    let found = parliaments(&archive, now)?
        .into_iter()
        .find(|listed| listed.id.subject() == did.subject());
    let listed = found.ok_or_else(|| {
        let code = AccreditorCode::AccreditorUnknownParliament.as_str();
        Failure::failed(code, format!("no statement accredits {did}")).hint(format!(
            "those that are accredited are shown by: {}",
            command("list")
        ))
    })?;
    let printer = &mut context.printer;
    if printer.is_json() {
        let mut value = summary(&listed, now);
        value["schema"] = "mandate.accreditor-parliament/1".into();
        value["versions"] = json!(listed.versions);
        value["states"] = json!(listed.states);
        printer.json(&value)?;
        return Ok(ExitCode::Done);
    }
    printer.heading(one_line(&words::of_listed(&listed, now)))?;
    for version in &listed.versions {
        let until = version
            .until
            .map_or_else(String::new, |until| format!(" until {until}"));
        printer.line(format!("accredited from {}{until}:", version.from))?;
        for line in words::of_parliament(&version.parliament) {
            printer.line(format!("  {}", one_line(&line)))?;
        }
    }
    for change in &listed.states {
        let reason = change.reason.as_deref().unwrap_or("no reason named");
        printer.line(format!(
            "{} from {}: {}",
            change.state.as_str(),
            change.counts_from(),
            one_line(reason)
        ))?;
    }
    Ok(ExitCode::Done)
}

fn accreditor(context: &mut Context) -> Result<ExitCode, Failure> {
    let archive = reading(context)?;
    let now = now();
    let pending = archive.pending()?;
    let policy = archive.policy().ok();
    let published = archive.published();
    let profile = archive.profile();
    let printer = &mut context.printer;
    if printer.is_json() {
        let pending: Vec<_> = pending
            .iter()
            .map(|paper| {
                json!({
                    "id": paper.id(),
                    "verb": paper.says().verb(),
                    "drawnUp": paper.says().drawn_up(),
                })
            })
            .collect();
        printer.json(&json!({
            "schema": "mandate.accreditor/1",
            "did": profile.did,
            "name": profile.name,
            "trial": profile.did.method() == "key",
            "policyVersion": policy.map(OfficerPolicy::version),
            "threshold": policy.map(OfficerPolicy::threshold),
            "officers": policy.map(|policy| policy.officers().len()),
            "statements": archive.statements().count(),
            "listSeq": archive.list().map(|list| list.seq),
            "listNextUpdate": archive.list().map(|list| list.next_update),
            "listExpires": archive.list().map(|list| list.expires),
            "seq": published.seq,
            "publishedAt": published.issued_at,
            "pending": pending,
        }))?;
        return Ok(ExitCode::Done);
    }
    printer.heading(one_line(&profile.name))?;
    printer.line(format!("DID: {}", profile.did))?;
    match policy {
        Some(policy) => printer.line(format!(
            "officer policy {}: {} of {} have to sign",
            policy.version(),
            policy.threshold(),
            policy.officers().len()
        ))?,
        None => printer.line("its officers have not signed their first policy yet")?,
    }
    printer.line(format!("statements: {}", archive.statements().count()))?;
    if let Some(list) = archive.list() {
        let state = if now >= list.expires {
            "expired"
        } else if now >= list.next_update {
            "due"
        } else {
            "in force"
        };
        printer.line(format!(
            "trust list {}: {state}, next due {}, expires {}",
            list.seq, list.next_update, list.expires
        ))?;
    }
    match published.issued_at {
        Some(at) => printer.line(format!("published: number {} at {at}", published.seq))?,
        None => printer.line("published: nothing yet")?,
    }
    for paper in &pending {
        printer.line(format!(
            "waits for signatures: pending/{}.json, for {}",
            paper.id(),
            command(paper.says().verb())
        ))?;
    }
    Ok(ExitCode::Done)
}

pub(super) fn export(args: &ExportArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let history = match &args.file {
        None => reading(context)?.history_file(),
        Some(file) => {
            let bytes = files::read_bounded(file, 256 << 20)?;
            History::from_bytes(&bytes, &mut Budget::network()).map_err(|error| {
                Failure::from_error(error.code().as_str(), &error)
                    .hint("name the history.bundle that an accreditor published")
            })?
        }
    };
    output::allow(&args.out, "--out")?;
    let mut written = Vec::new();
    let numbered = |folder: &'static str, texts: &[String]| {
        let names = (1..)
            .zip(texts)
            .map(move |(n, text)| (format!("{folder}/{n:04}.json"), text.clone()));
        names.collect::<Vec<_>>()
    };
    written.extend(numbered("policies", &history.policies));
    written.extend(numbered("lists", &history.lists));
    for text in &history.statements {
        let paper = Paper::read(text.as_bytes())?;
        let digest = digest(paper.document())
            .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
        written.push((format!("statements/{}.json", hex(&digest)), text.clone()));
    }
    if let Some(log) = &history.did_log {
        written.push(("did.jsonl".to_owned(), log.clone()));
    }
    for (name, text) in &written {
        let path = args.out.join(name);
        output::allow(&path, "--out")?;
        if let Some(folder) = path.parent().filter(|_| !files::is_rehearsal()) {
            fs::create_dir_all(folder).map_err(|error| Failure::writing(folder, &error))?;
        }
        files::write_atomic(&path, text.as_bytes(), Access::Public, Durability::Synced)?;
    }
    let printer = &mut context.printer;
    if printer.is_json() {
        let names: Vec<&String> = written.iter().map(|(name, _)| name).collect();
        printer.json(&json!({
            "schema": "mandate.accreditor-exported/1",
            "out": args.out,
            "files": names,
        }))?;
    }
    printer.line(format!(
        "{} written to {}",
        count(written.len(), "file", "files"),
        args.out.display()
    ))?;
    printer.note("their signatures are verified when a home or a trust bundle is opened, not here");
    Ok(ExitCode::Done)
}
