//! `accreditor publish`, `accreditor recover`.

use std::path::{Path, PathBuf};

use clap::Args;
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access, Durability},
    output,
    text::count,
};
use fs_err as fs;
use jiff::SignedDuration;
use serde_json::json;

use super::{command, papers, writing};
use crate::{
    accreditor::{self, Archive, Due, Release, Spans},
    cli::{command_name, now},
    store::Lock,
};

/// Arguments of `accreditor publish`.
#[derive(Args, Debug)]
pub(in crate::cli) struct PublishArgs {
    /// Copies of a trust list that officers signed; it is recorded first
    #[arg(value_name = "FILE")]
    copies: Vec<PathBuf>,
    /// The folder of the site, or the trust bundle's file (one whose name has an ending)
    #[arg(long, value_name = "FILE|DIR")]
    out: PathBuf,
    /// Where to write a trust list that officers have to sign; it stays in the home too
    #[arg(long, value_name = "FILE")]
    list_out: Option<PathBuf>,
    /// While a new list waits for signatures, publish the one in force: for a timer
    #[arg(long)]
    meanwhile: bool,
    /// How long a trust list is good, until the next is due
    #[arg(long, value_name = "DURATION", default_value = "90d", value_parser = cli_kit::instant::duration)]
    list_next: SignedDuration,
    /// How long a trust list can be used at all
    #[arg(long, value_name = "DURATION", default_value = "180d", value_parser = cli_kit::instant::duration)]
    list_expires: SignedDuration,
    /// How long a trust bundle is fresh
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = cli_kit::instant::duration)]
    next: SignedDuration,
    /// How long a trust bundle can be used at all
    #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = cli_kit::instant::duration)]
    expires: SignedDuration,
}

/// Arguments of `accreditor recover`.
#[derive(Args, Debug)]
pub(in crate::cli) struct RecoverArgs {
    /// The trust bundle that was published last
    #[arg(long, value_name = "FILE")]
    bundle: PathBuf,
    /// The history that was published with it
    #[arg(long, value_name = "FILE")]
    history: PathBuf,
}

const BUNDLE: &str = "trust.bundle";
const HISTORY: &str = "history.bundle";

pub(super) fn run(args: &PublishArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let papers = papers(&args.copies)?;
    output::allow(&args.out, "--out")?;
    if let Some(out) = &args.list_out {
        output::allow(out, "--list-out")?;
    }
    let spans = Spans {
        list_next: args.list_next,
        list_expires: args.list_expires,
        snapshot_next: args.next,
        snapshot_expires: args.expires,
    };
    if spans.list_next > spans.list_expires || spans.snapshot_next > spans.snapshot_expires {
        return Err(
            Failure::usage("what expires before the next is due is never fresh")
                .hint("give a longer --expires or --list-expires"),
        );
    }
    let (mut archive, _lock) = writing(context)?;
    let now = now();
    if !papers.is_empty() {
        archive.record(papers, "publish", now)?;
    }
    let due = archive.due_list(&spans, now)?;
    if let Some(due) = &due {
        if let Some(out) = &args.list_out {
            let bytes = due.paper.to_bytes();
            files::write_output(&mut context.printer, out, &bytes, Access::Public)?;
        }
        if !due.is_renewal && !args.meanwhile {
            return pending(&archive, due, args.list_out.as_deref(), context);
        }
    }
    let folder = (args.out.as_os_str() != "-" && is_folder(&args.out)).then_some(&args.out);
    let at = folder.map_or_else(|| args.out.clone(), |folder| folder.join(BUNDLE));
    let there = if at.is_file() {
        Some(fs::read(&at).map_err(|error| Failure::reading(&at, &error))?)
    } else {
        None
    };
    let released = archive.release(there.as_deref(), &spans, now)?;
    let names = if let Some(folder) = folder {
        write_site(folder, &released)?
    } else {
        files::write_output(&mut context.printer, &at, &released.bundle, Access::Public)?;
        vec![at.display().to_string()]
    };
    say(&released, due.as_ref(), &names, args, context)
}

/// A folder that is there, or a name without an ending.
fn is_folder(out: &Path) -> bool {
    out.is_dir() || (!out.exists() && out.extension().is_none())
}

/// Writes the files, the trust bundle last: readers see the old one until the others are there.
fn write_site(folder: &Path, released: &Release) -> Result<Vec<String>, Failure> {
    let mut files: Vec<(&str, &[u8])> = released
        .files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    files.push((HISTORY, &released.history));
    files.push((BUNDLE, &released.bundle));
    for (name, bytes) in &files {
        let path = folder.join(name);
        output::allow(&path, "--out")?;
        if let Some(folder) = path.parent().filter(|_| !files::is_rehearsal()) {
            fs::create_dir_all(folder).map_err(|error| Failure::writing(folder, &error))?;
        }
        files::write_atomic(&path, bytes, Access::Public, Durability::Synced)?;
    }
    Ok(files.iter().map(|(name, _)| (*name).to_owned()).collect())
}

/// Says that officers have to sign before anything is published.
fn pending(
    archive: &Archive,
    due: &Due,
    list_out: Option<&Path>,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let needed = archive.policy()?.threshold();
    let kept = context
        .home()?
        .join(format!("pending/{}.json", due.paper.id()));
    let file = list_out.map_or(kept, Path::to_owned);
    let next = command("publish FILE ... --out DIR");
    let printer = &mut context.printer;
    // What stands there already goes on counting, until it is too old.
    let nothing = match archive.published().seq {
        0 => "nothing is published before officers have signed".to_owned(),
        seq => format!("nothing new was published, number {seq} stays"),
    };
    if list_out.is_some_and(|out| out.as_os_str() == "-") {
        printer.note(format!("{nothing}: {}", due.why));
        return Ok(ExitCode::Done);
    }
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.accreditor-pending/1",
            "id": due.paper.id(),
            "why": due.why,
            "changed": due.changed,
            "needed": needed,
            "file": file,
            "next": next,
        }))?;
    }
    printer.line(format!("{nothing}: {}", due.why))?;
    printer.line(format!(
        "a new trust list waits for {}: {}",
        count(needed, "officer", "officers"),
        file.display()
    ))?;
    for did in &due.changed {
        printer.line(format!("  changed: {did}"))?;
    }
    printer.hint("each officer signs a copy: mandate-issuer accreditor approve FILE --officer-key KEY --out COPY");
    printer.hint(format!("then publish with the copies: {next}"));
    printer.hint("until then the list in force goes out with --meanwhile");
    Ok(ExitCode::Done)
}

fn say(
    released: &Release,
    due: Option<&Due>,
    names: &[String],
    args: &PublishArgs,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let printer = &mut context.printer;
    if args.out.as_os_str() != "-" {
        if printer.is_json() {
            printer.json(&json!({
                "schema": "mandate.accreditor-published/1",
                "seq": released.seq,
                "listSeq": released.list_seq,
                "issuedAt": released.times.issued_at,
                "nextUpdate": released.times.next_update,
                "expires": released.times.expires,
                "bundles": released.bundles,
                "bytes": released.bundle.len(),
                "without": released.without,
                "old": released.old,
                "waiting": due.map(|due| due.paper.id()),
                "out": args.out,
                "files": names,
            }))?;
        }
        printer.line(format!(
            "published number {} with trust list {} and {} to {}",
            released.seq,
            released.list_seq,
            count(released.bundles, "bundle", "bundles"),
            args.out.display()
        ))?;
    }
    for did in &released.without {
        printer.warn(format!(
            "no bundle of {did} is held: nothing can be decided about it"
        ));
    }
    for did in &released.old {
        printer.warn(format!("the bundle of {did} is old: collect a newer one"));
    }
    if let Some(due) = due {
        printer.warn(format!("a trust list waits for signatures: {}", due.why));
    }
    printer.note(format!(
        "publish again before {}",
        released.times.next_update
    ));
    printer.hint(
        "verifiers use the trust bundle with --trust, and the accreditor's DID with --anchor",
    );
    Ok(ExitCode::Done)
}

pub(super) fn recover(args: &RecoverArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let bundle = files::read_bounded(&args.bundle, 256 << 20)?;
    let history = files::read_bounded(&args.history, 256 << 20)?;
    let path = context.home()?;
    let profile = accreditor::profile(&path)?;
    context.input.require(&format!(
        "Bring the home of {} up to what was published?",
        profile.name
    ))?;
    if context.args.dry_run {
        context.printer.note("nothing is changed");
        return Ok(ExitCode::Done);
    }
    let _lock = Lock::take(&path, &command_name())?;
    let archive = accreditor::recover(&path, &bundle, &history, now())?;
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.accreditor-recovered/1",
            "did": archive.profile().did,
            "seq": archive.published().seq,
            "policies": archive.published().policies,
            "statements": archive.published().statements,
            "lists": archive.published().lists,
        }))?;
    }
    printer.line(format!(
        "the home has {} and goes on after number {}",
        count(archive.published().statements, "statement", "statements"),
        archive.published().seq
    ))?;
    Ok(ExitCode::Done)
}
