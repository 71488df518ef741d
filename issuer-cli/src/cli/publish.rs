//! `publish`.

use std::path::PathBuf;

use clap::Args;
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access, Durability},
    output,
};
use fs_err as fs;
use identity_core::{status::Instant, trust::Bundle, verify::Budget};
use serde_json::json;

use super::{home::Home, now};
use crate::{
    Code,
    office::{Actor, Office},
    store::Store,
};

/// The largest bundle that is read back.
const MAX_BUNDLE: u64 = 64 << 20;

/// Arguments of `publish`.
#[derive(Args, Debug)]
pub(super) struct PublishArgs {
    /// The folder of the site; files are replaced one by one, the bundle last
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Do nothing unless a regular publication is due: for a timer (init --publish-every)
    #[arg(long)]
    if_due: bool,
}

pub(super) fn run(args: &PublishArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    output::allow(&args.out, "--out")?;
    home.check_status_token()?;
    let mut desk = home.desk_as(Actor::Machine)?;
    if desk.office.officers().is_some()
        // A record that no officer's entry tells of would be signed here by a key that works unattended.
        && let Some(difference) = desk.office.audit(None)?.differences.into_iter().next()
    {
        let message = format!("nothing is published: {}", difference.message);
        return Err(
            Failure::failed(Code::JournalRecordDiffers.as_str(), message)
                .hint("look at all of it: mandate-issuer audit verify"),
        );
    }
    let now = now();
    if args.if_due
        && let Some(due) = desk.office.not_due_until(now)?
    {
        return not_due(&desk.office, due, context);
    }
    let before = args.out.join("bundle.json");
    // Read as what is replaced, and not as an input, which never is.
    let size = fs::metadata(&before).map(|found| found.len());
    if size.is_ok_and(|size| size <= MAX_BUNDLE) {
        let bytes = fs::read(&before).map_err(|error| Failure::reading(&before, &error))?;
        // What is none any more, cut off or of an older form, is replaced.
        if let Ok(bundle) = Bundle::open(&bytes, &mut Budget::bundle()) {
            desk.office.may_follow(&bundle, now)?;
        }
    }
    let published = desk.office.publish(now)?;
    // The lock is held until the last file lies there: of two publications the later one stays.
    for file in &published.files {
        let path = args.out.join(&file.path);
        output::allow(&path, "--out")?;
        if let Some(folder) = path.parent().filter(|_| !files::is_rehearsal()) {
            fs::create_dir_all(folder).map_err(|error| Failure::writing(folder, &error))?;
        }
        files::write_atomic(&path, &file.content, Access::Public, Durability::Synced)?;
    }
    drop(desk);
    let printer = &mut context.printer;
    if printer.is_json() {
        let names: Vec<&str> = published
            .files
            .iter()
            .map(|file| file.path.as_str())
            .collect();
        printer.json(&json!({
            "schema": "mandate.published/1",
            "seq": published.seq,
            "issuedAt": published.issued_at,
            "nextUpdate": published.next_update,
            "expires": published.expires,
            "out": args.out,
            "files": names,
        }))?;
    }
    printer.line(format!(
        "published number {} to {}",
        published.seq,
        args.out.display()
    ))?;
    for id in &published.left_out {
        printer.warn(format!(
            "delegation {id} is left out: officers came since, and it has not their signatures"
        ));
        printer.hint("have them sign it: mandate-issuer delegation prepare, delegation sign, then delegation add");
    }
    printer.note(format!("publish again before {}", published.next_update));
    printer.note(
        "whoever checks by an accreditor's trust bundle sees it once the accreditor has collected and published it",
    );
    printer.hint(format!(
        "verifiers use {} with --trust",
        args.out.join("bundle.json").display()
    ));
    Ok(ExitCode::Done)
}

/// Says when there will be something to do.
fn not_due(
    office: &Office<impl Store>,
    due: Instant,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let published = office.last_published()?;
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.publish-not-due/1",
            "seq": published.map(|(seq, _)| seq),
            "publishedAt": published.map(|(_, at)| at),
            "due": due,
        }))?;
    }
    printer.line(format!("not due before {due}"))?;
    printer.hint("what cannot wait goes out with: mandate-issuer publish --out DIR");
    Ok(ExitCode::Done)
}
