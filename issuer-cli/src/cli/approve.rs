//! `approve list`, `show`, `sign`: what one officer has prepared, and others approve.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access},
    output,
    run::system_rng,
};
use identity_core::encoding::base64url;
use serde_json::{Value as Json, json};

use super::{
    home::Home,
    naming::command,
    now,
    outcome::{report, show as show_one, state_of, summary},
};
use crate::office::{Approved, OfficeCode, Officers, Refusal};

/// The verbs of `approve`.
#[derive(Subcommand, Debug)]
pub(super) enum ApproveCommand {
    /// List what was prepared and what became of it
    List {
        /// Also what was carried out, rejected or has expired
        #[arg(long)]
        all: bool,
    },
    /// Show what would be done, decoded
    Show {
        /// The action's id
        id: String,
        /// Write every item there, one JSON line each
        #[arg(long, value_name = "FILE.jsonl")]
        out: Option<PathBuf>,
    },
    /// Show what would be done, and approve it; the last approval that it takes carries it out
    Sign(SignArgs),
}

/// Arguments of `approve sign`.
#[derive(Args, Debug)]
pub(super) struct SignArgs {
    /// The action's id
    id: String,
    /// Say no: it is never carried out; also for who prepared it
    #[arg(long)]
    reject: bool,
    /// Where to write credentials, should this be the last approval that it takes
    #[arg(long, value_name = "DIR", conflicts_with = "reject")]
    out: Option<PathBuf>,
}

pub(super) fn run(command: &ApproveCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    match command {
        ApproveCommand::List { all } => list(&home, *all, context),
        ApproveCommand::Show { id, out } => show(&home, id, out.as_deref(), context),
        ApproveCommand::Sign(args) => sign(&home, args, context),
    }
}

fn list(home: &Home, all: bool, context: &mut Context) -> Result<ExitCode, Failure> {
    let office = home.reading_room()?;
    let mut items: Vec<Json> = Vec::new();
    if let Some(officers) = office.officers() {
        for pending in office.prepared()? {
            if all || ["open", "interrupted"].contains(&state_of(&pending)) {
                items.push(summary(&pending, officers)?);
            }
        }
    }
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json_list("mandate.approvals/1", &items)?;
        return Ok(ExitCode::Done);
    }
    for item in &items {
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let approvers = item["approvers"].as_array().map_or(0, Vec::len);
        printer.line(format!(
            "{}  {}  {}  by {}  {approvers} of {}  until {}",
            text("id"),
            text("action"),
            text("state"),
            text("preparer"),
            item["needed"],
            text("expires")
        ))?;
    }
    if items.is_empty() {
        printer.note("nothing waits for approval");
    }
    Ok(ExitCode::Done)
}

fn show(
    home: &Home,
    id: &str,
    out: Option<&Path>,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let office = home.reading_room()?;
    let pending = office.pending(id)?;
    let officers = officers(office.officers())?;
    if let Some(out) = out {
        let mut lines = String::new();
        for content in &pending.contents {
            lines.push_str(&content.to_string());
            lines.push('\n');
        }
        files::write_output(&mut context.printer, out, lines.as_bytes(), Access::Private)?;
        if out.as_os_str() == "-" {
            return Ok(ExitCode::Done);
        }
    }
    if context.printer.is_json() {
        let draft = pending.draft()?;
        let mut value = summary(&pending, officers)?;
        value["schema"] = "mandate.approval-shown/1".into();
        value["digest"] = base64url::encode(&draft.manifest).into();
        value["home"] = draft.home.to_string().into();
        value["policyVersion"] = draft.policy_version.into();
        value["contents"] = json!(pending.contents);
        context.printer.json(&value)?;
        return Ok(ExitCode::Done);
    }
    show_one(&pending, officers, context)?;
    Ok(ExitCode::Done)
}

fn sign(home: &Home, args: &SignArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    if let Some(out) = &args.out {
        output::allow(out, "--out")?;
    }
    let actor = home.actor(context)?;
    if args.reject {
        home.reading_room()?.pending(&args.id)?;
        let question = format!("Reject {} for good?", args.id);
        context.input.require(&question)?;
        home.desk_as(actor)?.office.reject(&args.id, now())?;
        if context.printer.is_json() {
            context.printer.json(&json!({
                "schema": "mandate.approval-signed/1",
                "id": args.id,
                "state": "rejected",
            }))?;
        }
        context.printer.line(format!("rejected: {}", args.id))?;
        return Ok(ExitCode::Done);
    }
    // Judged before it is shown: what is shown is then what would be done.
    let mut office = home.reading_room()?;
    office.act_as(actor)?;
    let pending = office.pending(&args.id)?;
    let listed = officers(office.officers())?;
    office.judge(&pending, listed, now())?;
    if !context.printer.is_json() {
        show_one(&pending, listed, context)?;
    }
    let question = format!("Approve {} ({})?", args.id, pending.action.name());
    context.input.require(&question)?;
    let actor = office.stand_down();
    drop(office);
    let mut desk = home.desk_as(actor)?;
    // What was shown and asked about is what is approved, whatever was written meanwhile.
    if desk.office.pending(&args.id)?.contents != pending.contents {
        return Err(Failure::failed(
            OfficeCode::ApprovalChanged.as_str(),
            "what is to be approved was changed while it was shown",
        )
        .hint("look at it again: mandate-issuer approve show ID"));
    }
    let unlock = |secret: &[u8]| home.unlock(secret).map_err(|failure| refusal(&failure));
    let approved = desk
        .office
        .approve(&args.id, &unlock, now(), &mut system_rng()?)?;
    drop(desk);
    match approved {
        Approved::Done(outcome) => report((&args.id, &outcome), args.out.as_deref(), context),
        Approved::Waiting { given, needed } => {
            if context.printer.is_json() {
                context.printer.json(&json!({
                    "schema": "mandate.approval-signed/1",
                    "id": args.id,
                    "state": "open",
                    "given": given,
                    "needed": needed,
                }))?;
            }
            context.printer.line(format!(
                "approved: {} has {given} of {needed} approvals",
                args.id
            ))?;
            let next = command("approve sign", &args.id, "--officer OTHER");
            context
                .printer
                .hint(format!("another officer goes on with: {next}"));
            Ok(ExitCode::Done)
        }
    }
}

fn refusal(failure: &Failure) -> Refusal {
    Refusal {
        code: failure.code,
        message: failure.to_string(),
        hint: failure.hints.first().cloned(),
    }
}

fn officers(officers: Option<&Officers>) -> Result<&Officers, Failure> {
    officers.ok_or_else(|| {
        Failure::failed(
            OfficeCode::OfficerNeeded.as_str(),
            "this office has no officers",
        )
        .hint("make the first one: mandate-issuer officer add ID")
    })
}
