//! `electoral declare`, `sign`, `announce`, `list`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use cli_kit::{Context, ExitCode, Failure, files};
use identity_core::{
    status::{DecisionDigest, Instant},
    trust::electoral::PeriodDraft,
};
use serde_json::json;

use super::{NEXT, home::Home, not_in_force, now};
use crate::office::{Declared, PeriodRecord};

/// The verbs of `electoral`.
#[derive(Subcommand, Debug)]
pub(super) enum ElectoralCommand {
    /// Bind this office's hands in the weeks before an election
    Declare(DeclareArgs),
    /// Announce a change in bulk within a period, a day ahead
    Announce {
        /// From when, for 24 hours; RFC 3339 with an offset, at least 24 hours after its publication
        #[arg(long, value_name = "INSTANT", value_parser = cli_kit::instant::instant)]
        at: Instant,
    },
    /// Sign the period that another officer has declared
    Sign,
    /// List the periods
    List,
}

/// Arguments of `electoral declare`.
#[derive(Args, Debug)]
pub(super) struct DeclareArgs {
    /// From when, RFC 3339 with an offset; it has to be published before
    #[arg(long, value_name = "INSTANT", value_parser = cli_kit::instant::instant)]
    from: Instant,
    /// Until when
    #[arg(long, value_name = "INSTANT", value_parser = cli_kit::instant::instant)]
    to: Instant,
    /// The law or decree that it rests on; its digest is published
    #[arg(long, value_name = "FILE")]
    legal_basis: PathBuf,
}

pub(super) fn run(command: &ElectoralCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    match command {
        ElectoralCommand::Declare(args) => declare(&home, args, context),
        ElectoralCommand::Announce { at } => {
            home.desk(context)?.office.announce_bulk(*at, now())?;
            if context.printer.is_json() {
                context.printer.json(&json!({
                    "schema": "mandate.bulk-announced/1",
                    "at": at,
                    "next": NEXT,
                }))?;
            }
            context
                .printer
                .line(format!("announced: a change in bulk from {at} on"))?;
            not_in_force(context);
            Ok(ExitCode::Done)
        }
        ElectoralCommand::Sign => sign(&home, context),
        ElectoralCommand::List => list(&home, context),
    }
}

fn declare(home: &Home, args: &DeclareArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let basis = files::read_bounded(&args.legal_basis, 64 << 20)?;
    let basis = DecisionDigest::of(&basis);
    let question = format!(
        "Bind this office from {} to {}? It cannot be taken back.",
        args.from, args.to
    );
    context.input.require(&question)?;
    let now = now();
    let has_officers = home.reading_room()?.officers().is_some();
    let key = if has_officers {
        None
    } else {
        Some(home.issuing_key(context)?)
    };
    let mut desk = home.desk(context)?;
    let draft = desk.office.draw_up_period((args.from, args.to), basis, now);
    let declared = desk.office.declare_period(&draft, key.as_ref(), now)?;
    said(&draft, &declared, context)
}

fn sign(home: &Home, context: &mut Context) -> Result<ExitCode, Failure> {
    let (_, draft) = home.reading_room()?.open_period()?;
    let question = format!(
        "Bind this office from {} to {}, by the law with SHA-256 {}? It cannot be taken back.",
        draft.from, draft.to, draft.legal_basis
    );
    context.input.require(&question)?;
    let declared = home.desk(context)?.office.sign_period(now())?;
    said(&draft, &declared, context)
}

fn said(
    draft: &PeriodDraft,
    declared: &Declared,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let missing = match declared {
        Declared::Done(_) => 0,
        Declared::Waiting { found, needed } => needed.saturating_sub(*found),
    };
    if context.printer.is_json() {
        context.printer.json(&json!({
            "schema": "mandate.electoral-declared/1",
            "from": draft.from,
            "to": draft.to,
            "legalBasis": draft.legal_basis,
            "announced": draft.announced,
            "missing": missing,
            "next": if missing == 0 { NEXT } else { SIGN },
        }))?;
    }
    context.printer.line(format!(
        "electoral period from {} to {}",
        draft.from, draft.to
    ))?;
    if missing > 0 {
        context
            .printer
            .note(format!("{missing} more officers have to sign: {SIGN}"));
        return Ok(ExitCode::Done);
    }
    context.printer.note(format!(
        "it has to be published before {}, or verifiers refuse it",
        draft.from
    ));
    not_in_force(context);
    Ok(ExitCode::Done)
}

/// What the other officers do.
const SIGN: &str = "mandate-issuer electoral sign";

fn list(home: &Home, context: &mut Context) -> Result<ExitCode, Failure> {
    let periods = home.reading_room()?.electoral_periods()?;
    let now = now();
    let state = |period: &PeriodRecord| {
        if period.covers(now) {
            "on"
        } else if now < period.from {
            "ahead"
        } else {
            "over"
        }
    };
    let printer = &mut context.printer;
    if printer.is_json() {
        let items: Vec<_> = (1..)
            .zip(&periods)
            .map(|(number, period): (u32, _)| {
                let bulk = period.bulk.iter();
                json!({
                    "id": number.to_string(),
                    "from": period.from,
                    "to": period.to,
                    "legalBasis": period.legal_basis,
                    "announced": period.announced,
                    "published": period.published,
                    "state": state(period),
                    "bulkChanges": bulk.map(|bulk| json!({
                        "at": bulk.at,
                        "published": bulk.published,
                    })).collect::<Vec<_>>(),
                })
            })
            .collect();
        printer.json_list("mandate.electoral-periods/1", &items)?;
        return Ok(ExitCode::Done);
    }
    for period in &periods {
        let published = if period.published.is_some() {
            ""
        } else {
            ", not published"
        };
        printer.line(format!(
            "{} to {}: {}{published}",
            period.from,
            period.to,
            state(period)
        ))?;
    }
    Ok(ExitCode::Done)
}
