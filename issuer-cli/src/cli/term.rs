//! `term list`, `end`, `reinstate`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use cli_kit::{
    Context, ExitCode, Failure, files,
    text::{count, one_line},
};
use identity_core::status::{DecisionDigest, Instant};
use serde_json::json;

use super::{NEXT, decision, home::Home, naming::id, not_in_force, now, outcome::put_before};
use crate::office::Action;

/// The verbs of `term`.
#[derive(Subcommand, Debug)]
pub(super) enum TermCommand {
    /// List the terms
    List,
    /// End a term for the whole chamber
    End(EndArgs),
    /// Let an ended term run again
    Reinstate {
        /// The term's id
        #[arg(allow_hyphen_values = true, value_parser = id)]
        term: String,
        /// The decision: a reference whose digest is published
        #[arg(long, value_name = "REF")]
        decision: String,
    },
}

/// Arguments of `term end`.
#[derive(Args, Debug)]
pub(super) struct EndArgs {
    /// The term's id
    #[arg(allow_hyphen_values = true, value_parser = id)]
    term: String,
    /// From when, RFC 3339 with an offset; may lie ahead
    #[arg(long, value_name = "INSTANT", value_parser = cli_kit::instant::instant)]
    at: Instant,
    /// Those whose mandates go on: ids of members or mandates, one a line
    #[arg(long, value_name = "FILE")]
    except: Option<PathBuf>,
    /// The decision behind it; its digest is published, and without one verifiers call the end contested
    #[arg(long, value_name = "FILE")]
    decision: Option<PathBuf>,
}

pub(super) fn run(command: &TermCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    match command {
        TermCommand::List => {
            let register = home.reading_room()?.register()?;
            if context.printer.is_json() {
                let terms: Vec<_> = register.terms.values().collect();
                context.printer.json_list("mandate.terms/1", &terms)?;
                return Ok(ExitCode::Done);
            }
            for term in register.terms.values() {
                let end = term
                    .end
                    .map_or_else(|| "open".to_owned(), |end| end.to_string());
                let ended = term.endings.iter().find(|e| e.annulled_at.is_none());
                let ended = ended.map_or_else(String::new, |e| format!(", ended {}", e.at));
                context.printer.line(format!(
                    "{}  {}: {} to {end}{ended}",
                    one_line(&term.id),
                    one_line(&term.label),
                    term.start
                ))?;
            }
            Ok(ExitCode::Done)
        }
        TermCommand::End(args) => {
            let except = match &args.except {
                None => Vec::new(),
                Some(file) => {
                    let bytes = files::read_bounded(file, 16 << 20)?;
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                    lines.map(str::to_owned).collect()
                }
            };
            home.reading_room()?.term(&args.term)?;
            let question = format!(
                "End term {} for the whole chamber at {}, but for {} named?",
                one_line(&args.term),
                args.at,
                except.len()
            );
            context.input.require(&question)?;
            let decision = decision(args.decision.as_deref())?;
            if home.takes_approvals()? {
                let action = Action::EndTerm {
                    term: args.term.clone(),
                    at: args.at,
                    except,
                    decision,
                };
                return put_before(&home, action, context);
            }
            let term = home.desk(context)?.office.end_term(
                &args.term,
                args.at,
                (&except, decision),
                now(),
            )?;
            let exceptions = term.endings.last().map_or(0, |e| e.exceptions.len());
            if context.printer.is_json() {
                context.printer.json(&json!({
                    "schema": "mandate.term-ended/1",
                    "term": args.term,
                    "at": args.at,
                    "exceptions": exceptions,
                    "next": NEXT,
                }))?;
            }
            context.printer.line(format!(
                "term {} ends at {}; {} on",
                one_line(&args.term),
                args.at,
                count(exceptions, "mandate goes", "mandates go")
            ))?;
            not_in_force(context);
            Ok(ExitCode::Done)
        }
        TermCommand::Reinstate { term, decision } => {
            let decision = DecisionDigest::of(decision.as_bytes());
            if home.takes_approvals()? {
                let term = term.clone();
                let action = Action::ReinstateTerm { term, decision };
                return put_before(&home, action, context);
            }
            home.desk(context)?
                .office
                .reinstate_term(term, decision, now())?;
            if context.printer.is_json() {
                context.printer.json(&json!({
                    "schema": "mandate.term-reinstated/1",
                    "term": term,
                    "next": NEXT,
                }))?;
            }
            context
                .printer
                .line(format!("term {} runs again", one_line(term)))?;
            not_in_force(context);
            Ok(ExitCode::Done)
        }
    }
}
