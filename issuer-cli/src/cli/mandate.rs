//! `mandate list`, `show`, `end`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use cli_kit::{
    Context, ExitCode, Failure,
    text::{count, one_line},
};
use identity_core::status::Instant;
use serde_json::json;

use super::{
    NEXT,
    credential::{is_backdated, reasons, warn_backdated},
    decision,
    home::Home,
    naming::id,
    not_in_force, now,
    outcome::put_before,
};
use crate::office::{Action, Reason};

/// The verbs of `mandate`.
#[derive(Subcommand, Debug)]
pub(super) enum MandateCommand {
    /// List the mandates
    List,
    /// Show a member's mandates
    Show {
        /// The member's id
        #[arg(allow_hyphen_values = true, value_parser = id)]
        member: String,
    },
    /// End a member's mandate, and revoke what rests on it
    End(EndArgs),
}

/// Arguments of `mandate end`.
#[derive(Args, Debug)]
pub(super) struct EndArgs {
    /// The member's id
    #[arg(allow_hyphen_values = true, value_parser = id)]
    member: String,
    /// From when, RFC 3339 with an offset; may lie ahead
    #[arg(long, value_name = "INSTANT", value_parser = cli_kit::instant::instant)]
    at: Instant,
    /// Why; never published
    #[arg(long, value_parser = reasons())]
    reason: Reason,
    /// The decision behind it; its digest lets it reach back before its publication
    #[arg(long, value_name = "FILE")]
    decision: Option<PathBuf>,
}

pub(super) fn run(command: &MandateCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    match command {
        MandateCommand::List => {
            let office = home.reading_room()?;
            let register = office.register()?;
            let zone = office.zone();
            let now = now().timestamp();
            let items: Vec<_> = register
                .mandates
                .values()
                .map(|mandate| {
                    let term = register.terms.get(&mandate.term);
                    (mandate, mandate.sits_at(term, zone, now))
                })
                .collect();
            if context.printer.is_json() {
                let items: Vec<_> = items
                    .iter()
                    .map(|(mandate, sits)| {
                        let mut value = json!(mandate);
                        value["held"] = (*sits).into();
                        value
                    })
                    .collect();
                context.printer.json_list("mandate.mandates/1", &items)?;
                return Ok(ExitCode::Done);
            }
            for (mandate, sits) in items {
                let state = if sits { "held" } else { "not held" };
                context
                    .printer
                    .line(format!("{}  {state}", one_line(&mandate.id)))?;
            }
            Ok(ExitCode::Done)
        }
        MandateCommand::Show { member } => {
            let office = home.reading_room()?;
            office.member(member)?;
            let mandates = office.mandates_of(member)?;
            if context.printer.is_json() {
                context.printer.json_list("mandate.mandates/1", &mandates)?;
                return Ok(ExitCode::Done);
            }
            for mandate in mandates {
                let end = mandate
                    .end
                    .map_or_else(|| "open".to_owned(), |end| end.to_string());
                let ended = mandate
                    .ended
                    .map_or_else(String::new, |e| format!(", ended {} ({})", e.at, e.reason));
                context.printer.line(format!(
                    "{}: {} to {end}{ended}",
                    one_line(&mandate.id),
                    mandate.start
                ))?;
            }
            Ok(ExitCode::Done)
        }
        MandateCommand::End(args) => {
            let member = home.reading_room()?.member(&args.member)?;
            let backdated = is_backdated(args.at, args.reason, args.decision.as_deref());
            // Before the question, since it cannot be ended a second time.
            if backdated {
                warn_backdated(context);
            }
            let question = format!(
                "End the mandate of {} at {} ({})?",
                one_line(&member.name.display),
                args.at,
                args.reason
            );
            context.input.require(&question)?;
            let why = (args.reason, decision(args.decision.as_deref())?);
            if home.takes_approvals()? {
                let action = Action::EndMandate {
                    member: args.member.clone(),
                    at: args.at,
                    reason: why.0,
                    decision: why.1,
                };
                return put_before(&home, action, context);
            }
            let ended =
                home.desk(context)?
                    .office
                    .end_mandate(&args.member, args.at, why, now())?;
            if context.printer.is_json() {
                context.printer.json(&json!({
                    "schema": "mandate.mandate-ended/1",
                    "member": args.member,
                    "mandate": ended.mandate,
                    "at": args.at,
                    "credentials": ended.credentials,
                    "next": NEXT,
                }))?;
            }
            let from = if args.reason.voids() {
                "for every instant"
            } else if backdated {
                "from the publication on"
            } else {
                "from then"
            };
            context.printer.line(format!(
                "mandate {} ends at {}; {} revoked {from}",
                one_line(&ended.mandate),
                args.at,
                count(ended.credentials.len(), "credential is", "credentials are")
            ))?;
            not_in_force(context);
            Ok(ExitCode::Done)
        }
    }
}
