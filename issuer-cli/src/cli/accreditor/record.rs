//! The verbs that record what officers have signed.

use std::path::PathBuf;

use cli_kit::{Context, ExitCode, Failure, text::count};
use serde_json::json;

use super::{command, papers, words, writing};
use crate::cli::now;

pub(super) fn run(
    files: &[PathBuf],
    verb: &str,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let papers = papers(files)?;
    let (mut archive, _lock) = writing(context)?;
    let recorded = archive.record(papers, verb, now())?;
    let printer = &mut context.printer;
    let next = command("publish --out DIR");
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.accreditor-recorded/1",
            "id": recorded.id,
            "verb": verb,
            "signers": recorded.signers,
            "next": format!("not in force until published: {next}"),
        }))?;
    }
    for line in words::lines(&recorded.says) {
        printer.line(line)?;
    }
    printer.line(format!(
        "recorded, with {}",
        count(recorded.signers.len(), "signature", "signatures")
    ))?;
    printer.note("not in force until published");
    printer.hint(format!("publish with: {next}"));
    Ok(ExitCode::Done)
}
