//! `audit list`, `verify`, `export`.

use std::path::PathBuf;

use clap::Subcommand;
use cli_kit::{
    Context, ExitCode, Failure, Mark,
    files::{self, Access},
    text::one_line,
};
use serde_json::json;

use super::{exported, home::Home};
use crate::{
    Code,
    store::{Entry, verify},
};

/// The verbs of `audit`.
#[derive(Subcommand, Debug)]
pub(super) enum AuditCommand {
    /// List everything that was done
    List,
    /// Recompute the whole chain and compare the records with it; exit 1 when anything was changed or is missing
    Verify,
    /// Write the entries, one JSON line each
    Export {
        /// Where to; standard output without it
        #[arg(
            long,
            value_name = "FILE.jsonl",
            default_value = "-",
            hide_default_value = true
        )]
        out: PathBuf,
    },
}

pub(super) fn run(command: &AuditCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    if matches!(command, AuditCommand::Verify) {
        return verify_all(&home, context);
    }
    let entries = home.examine(|office, acknowledged| {
        let mut entries: Vec<Entry> = Vec::new();
        verify(office.store(), Some(acknowledged), |entry| {
            entries.push(entry.clone());
            Ok(())
        })?;
        Ok(entries)
    })?;
    let printer = &mut context.printer;
    match command {
        AuditCommand::List if printer.is_json() => {
            let items: Vec<_> = entries
                .iter()
                .map(|entry| {
                    let mut value = json!(entry);
                    value["id"] = entry.seq.to_string().into();
                    value
                })
                .collect();
            printer.json_list("mandate.journal/1", &items)?;
        }
        AuditCommand::List | AuditCommand::Verify => {
            for entry in &entries {
                let body = one_line(&entry.body.to_string());
                let by = entry
                    .by
                    .as_ref()
                    .map_or_else(String::new, |by| format!("{by}  "));
                printer.line(format!(
                    "{}  {}  {by}{}  {body}",
                    entry.seq, entry.at, entry.kind
                ))?;
            }
        }
        AuditCommand::Export { out } => {
            let mut lines = String::new();
            for entry in &entries {
                lines.push_str(&json!(entry).to_string());
                lines.push('\n');
            }
            files::write_output(printer, out, lines.as_bytes(), Access::Private)?;
            return exported("mandate.audit-exported/1", out, context);
        }
    }
    Ok(ExitCode::Done)
}

/// Recomputes the chain, and holds every record against what the entries say of it.
fn verify_all(home: &Home, context: &mut Context) -> Result<ExitCode, Failure> {
    let found = home.examine(|office, acknowledged| Ok(office.audit(Some(acknowledged))?))?;
    let is_sound = found.differences.is_empty();
    let code = Code::JournalRecordDiffers.as_str();
    let printer = &mut context.printer;
    if printer.is_json() {
        let differences: Vec<_> = found
            .differences
            .iter()
            .map(|difference| {
                let record = difference.record.as_ref();
                json!({
                    "code": code,
                    "entry": difference.entry,
                    "record": record.map(|(family, id)| json!({ "family": family.as_str(), "id": id })),
                    "message": difference.message,
                })
            })
            .collect();
        printer.json(&json!({
            "schema": "mandate.audit/1",
            "verified": is_sound,
            "entries": found.entries,
            "abandoned": found.abandoned,
            "differences": differences,
        }))?;
    }
    let entries = found.entries;
    printer.marked(
        Mark::Yes,
        format!("{entries} entries, each follows from the one before"),
    )?;
    for difference in &found.differences {
        let message = one_line(&difference.message);
        printer.marked(Mark::No, format!("{message} ({code})"))?;
    }
    if is_sound {
        printer.marked(Mark::Yes, "the records are what the entries say")?;
    }
    if found.abandoned > 0 {
        printer.note(format!(
            "{} were intended and never issued: the program was interrupted, and nothing was handed out",
            found.abandoned
        ));
    }
    if is_sound {
        return Ok(ExitCode::Done);
    }
    printer
        .hint("keep the folder as it is and restore a backup: mandate-issuer backup restore FILE");
    Ok(ExitCode::Failed)
}
