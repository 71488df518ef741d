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
use crate::store::{Entry, verify};

/// The verbs of `audit`.
#[derive(Subcommand, Debug)]
pub(super) enum AuditCommand {
    /// List everything that was done
    List,
    /// Recompute the whole chain; exit 1 when an entry was changed or is missing
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
    let keep = !matches!(command, AuditCommand::Verify);
    let (entries, summary) = home.examine(|office, acknowledged| {
        let mut entries: Vec<Entry> = Vec::new();
        let summary = verify(office.store(), Some(acknowledged), |entry| {
            if keep {
                entries.push(entry.clone());
            }
            Ok(())
        })?;
        Ok((entries, summary))
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
        AuditCommand::List => {
            for entry in &entries {
                let body = one_line(&entry.body.to_string());
                printer.line(format!(
                    "{}  {}  {}  {body}",
                    entry.seq, entry.at, entry.kind
                ))?;
            }
        }
        AuditCommand::Verify => {
            if printer.is_json() {
                printer.json(&json!({
                    "schema": "mandate.audit/1",
                    "verified": true,
                    "entries": summary.entries,
                    "abandoned": summary.abandoned,
                }))?;
            }
            printer.marked(
                Mark::Yes,
                format!(
                    "{} entries, each follows from the one before",
                    summary.entries
                ),
            )?;
            if summary.abandoned > 0 {
                printer.note(format!(
                    "{} were intended and never issued: the program was interrupted, and nothing was handed out",
                    summary.abandoned
                ));
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
