//! `accreditor officers list`, `accreditor officers record`.

use clap::Subcommand;
use cli_kit::{Context, ExitCode, Failure};
use serde_json::json;

use super::{Copies, reading, record};

/// The verbs of `accreditor officers`.
#[derive(Subcommand, Debug)]
pub(in crate::cli) enum OfficersCommand {
    /// List the officers, and how many of them it takes
    List,
    /// Record an officer policy that enough officers have signed
    Record(Copies),
}

pub(super) fn run(command: &OfficersCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        OfficersCommand::Record(copies) => record::run(&copies.files, "officers record", context),
        OfficersCommand::List => list(context),
    }
}

fn list(context: &mut Context) -> Result<ExitCode, Failure> {
    let archive = reading(context)?;
    let policy = archive.policy()?;
    let printer = &mut context.printer;
    if printer.is_json() {
        let items: Vec<_> = policy
            .officers()
            .iter()
            .map(|officer| json!({ "id": officer.id, "did": officer.did, "roles": officer.roles }))
            .collect();
        printer.json(&json!({
            "schema": "mandate.accreditor-officers/1",
            "version": policy.version(),
            "threshold": policy.threshold(),
            "since": policy.issued_at(),
            "items": items,
        }))?;
    }
    printer.heading(format!(
        "officer policy {}: {} of {} have to sign",
        policy.version(),
        policy.threshold(),
        policy.officers().len()
    ))?;
    for officer in policy.officers() {
        printer.line(format!(
            "{}  {}  {}",
            officer.id,
            officer.did,
            officer.roles.join(", ")
        ))?;
    }
    Ok(ExitCode::Done)
}
