//! `credential suspend --code-file`: a member suspends what is theirs.

use std::path::Path;

use cli_kit::{Context, ExitCode, Failure, files, text::one_line};
use identity_core::enrolment::Code;
use serde_json::json;
use zeroize::Zeroizing;

use super::super::{NEXT, home::Home, not_in_force, now};
use crate::office::Actor;

pub(super) fn suspend(file: &Path, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let code = read(file)?;
    let now = now();
    let suspended = home
        .desk_as(Actor::Machine)?
        .office
        .suspend_by_code(&code, now)?;
    let printer = &mut context.printer;
    if printer.is_json() {
        let items: Vec<_> = suspended
            .iter()
            .map(|record| {
                json!({
                    "id": record.id,
                    "member": record.member,
                    "type": record.kind,
                    "state": record.state(now),
                })
            })
            .collect();
        printer.json(&json!({
            "schema": "mandate.credentials-suspended/1",
            "items": items,
            "next": NEXT,
        }))?;
    }
    for record in &suspended {
        printer.line(format!(
            "suspended: credential {} of {}, by the member's code",
            record.id,
            one_line(&record.member)
        ))?;
    }
    printer.note("only an officer lifts it: mandate-issuer credential reinstate ID");
    not_in_force(context);
    Ok(ExitCode::Done)
}

/// Reads the code alone, or the line that `enrol invite --suspend-codes` wrote.
fn read(file: &Path) -> Result<Code, Failure> {
    let bytes = files::read_bounded(file, 1 << 16)?;
    let text = core::str::from_utf8(&bytes).unwrap_or_default().trim();
    let line: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let inside = line.and_then(|line| line["suspendCode"].as_str().map(str::to_owned));
    let inside = inside.map(Zeroizing::new);
    let code = inside.as_ref().map_or(text, |inside| inside.as_str());
    code.parse::<Code>().map_err(|error| {
        Failure::failed(error.code().as_str(), error.to_string()).hint(
            "the file holds the second code of one letter, alone or as --suspend-codes wrote it",
        )
    })
}
