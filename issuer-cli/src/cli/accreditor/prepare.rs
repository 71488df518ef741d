//! `accreditor prepare`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access},
    output,
    run::system_rng,
    text::count,
};
use identity_core::{
    card::IssuerCard,
    did::Did,
    encoding::strict_json::{self, Limits},
    status::Instant,
    trust::accreditation::{Csirt, Grant, Parliament, State},
};
use serde_json::json;

use super::{command, words, writing};
use crate::{
    accreditor::{OfficerCard, OfficerChange, Paper, StateOrder},
    cli::{decision, now},
};

/// What can be drawn up: by the verb that records it.
#[derive(Subcommand, Debug)]
pub(in crate::cli) enum PrepareCommand {
    /// That a parliament is accredited, or accredited anew with other terms
    Accredit(Box<AccreditArgs>),
    /// That an accreditation is suspended
    Suspend(StateArgs),
    /// That a suspension is over, or an accreditation in force again
    Reinstate(StateArgs),
    /// That an accreditation is taken back
    Withdraw(StateArgs),
    /// That a parliament does not function any more: its mandates have ended
    Dissolve(StateArgs),
    /// That a parliament's keys are in other hands
    Compromised(StateArgs),
    /// Who the officers are from now on, and how many of them it takes
    Officers(OfficersArgs),
}

/// Arguments of `accreditor prepare accredit`.
#[derive(Args, Debug)]
pub(in crate::cli) struct AccreditArgs {
    /// A file that describes the parliament, as JSON
    #[arg(required_unless_present = "card", conflicts_with = "card")]
    file: Option<PathBuf>,
    /// The parliament's issuer card, instead of a file
    #[arg(long, value_name = "FILE")]
    card: Option<PathBuf>,
    /// With --card: a name by language, such as fr=Assemblée; the card's without it
    #[arg(long = "name", value_name = "LANG=NAME", requires = "card", value_parser = crate::cli::delegation::by_language)]
    names: Vec<(String, String)>,
    /// With --card: a further chamber that it issues for
    #[arg(long = "chamber", value_name = "CODE", requires = "card")]
    chambers: Vec<String>,
    /// With --card: its domain name
    #[arg(long = "domain", value_name = "NAME", requires = "card")]
    domains: Vec<String>,
    /// With --card: a type that it may issue, and the longest validity; MemberMandate:1830d without it
    #[arg(long = "grant", value_name = "TYPE[:DURATION]", requires = "card", value_parser = grant)]
    grants: Vec<(String, u32)>,
    /// With --card: a type that it may delegate to a unit of its house
    #[arg(long = "delegable", value_name = "TYPE", requires = "card")]
    delegable: Vec<String>,
    /// With --card: how many of its officers have to approve each credential
    #[arg(long, value_name = "K", default_value_t = 0)]
    approvals: u32,
    /// With --card: how its incident response team is reached
    #[arg(long, value_name = "CONTACT", requires = "card")]
    csirt: Option<String>,
    /// From when; now without it
    #[arg(long, value_name = "INSTANT", value_parser = cli_kit::instant::instant)]
    from: Option<Instant>,
    /// Until when; without end without it
    #[arg(long, value_name = "INSTANT", value_parser = cli_kit::instant::instant)]
    until: Option<Instant>,
    /// Where to write the document
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Arguments of the changes of state.
#[derive(Args, Debug)]
pub(in crate::cli) struct StateArgs {
    /// The parliament's DID
    parliament: Did,
    /// From when; now without it
    #[arg(long, value_name = "INSTANT", value_parser = cli_kit::instant::instant)]
    from: Option<Instant>,
    /// Why, in a word; published
    #[arg(long, value_name = "WORD")]
    reason: Option<String>,
    /// The decision behind it; its digest lets it reach back before its recording
    #[arg(long, value_name = "FILE")]
    decision: Option<PathBuf>,
    /// Where to write the document
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Arguments of `accreditor prepare officers`.
#[derive(Args, Debug)]
pub(in crate::cli) struct OfficersArgs {
    /// The card of an officer who comes
    #[arg(long = "add", value_name = "CARD")]
    add: Vec<PathBuf>,
    /// The id of an officer who goes
    #[arg(long = "remove", value_name = "ID")]
    remove: Vec<String>,
    /// How many officers have to sign from then on; as before without it
    #[arg(long, value_name = "K")]
    threshold: Option<usize>,
    /// Let a new publishing key take the place of the one in use
    #[arg(long)]
    new_publishing_key: bool,
    /// Let the numbers begin anew: after a thief of the publishing key ran them up
    #[arg(long)]
    new_epoch: bool,
    /// Where to write the document
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

fn grant(text: &str) -> Result<(String, u32), String> {
    let Some((kind, duration)) = text.split_once(':') else {
        return Ok((text.to_owned(), DAYS));
    };
    let days = cli_kit::instant::duration(duration)?.as_hours() / 24;
    let days = u32::try_from(days).map_err(|_| "that is too long".to_owned())?;
    Ok((kind.to_owned(), days))
}

/// A term of five years, with a few days for the oath.
const DAYS: u32 = 1830;

pub(super) fn run(command: &PrepareCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        PrepareCommand::Accredit(args) => accredit(args, context),
        PrepareCommand::Suspend(args) => state(args, State::Suspended, context),
        PrepareCommand::Reinstate(args) => state(args, State::Active, context),
        PrepareCommand::Withdraw(args) => state(args, State::Withdrawn, context),
        PrepareCommand::Dissolve(args) => state(args, State::Dissolved, context),
        PrepareCommand::Compromised(args) => state(args, State::KeyCompromised, context),
        PrepareCommand::Officers(args) => officers(args, context),
    }
}

fn accredit(args: &AccreditArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let parliament = match (&args.file, &args.card) {
        (Some(file), _) => {
            let bytes = files::read_bounded(file, 1 << 20)?;
            strict_json::from_slice::<Parliament>(&bytes, &Limits::small()).map_err(|error| {
                Failure::from_error(error.code().as_str(), &error)
                    .because(format!("{} does not describe a parliament", file.display()))
                    .hint("its members are id, name, country, chambers, accreditedFor: see spec/120-trust.md")
                    .hint("or give the parliament's card with --card")
            })?
        }
        (None, Some(card)) => of_card(args, card)?,
        (None, None) => {
            return Err(
                Failure::usage("no parliament is named").hint("give a file, or --card CARD")
            );
        }
    };
    output::allow(&args.out, "--out")?;
    let (archive, _lock) = writing(context)?;
    let paper = archive.prepare_accreditation(parliament, (args.from, args.until), now())?;
    let needed = archive.policy()?.threshold();
    archive.keep_pending(&paper)?;
    prepared(&paper, needed, &args.out, context)
}

fn of_card(args: &AccreditArgs, file: &Path) -> Result<Parliament, Failure> {
    let card = IssuerCard::parse(&files::read_bounded(file, 1 << 24)?).map_err(|error| {
        Failure::from_error(error.code().as_str(), &error)
            .hint("the parliament makes its card with: mandate-issuer id --out FILE")
    })?;
    let mut name: BTreeMap<String, String> = args.names.iter().cloned().collect();
    if name.is_empty() {
        // The card does not say in which language it is.
        name.insert("und".to_owned(), card.name);
    }
    let mut chambers = vec![card.chamber];
    for chamber in &args.chambers {
        if !chambers.contains(chamber) {
            chambers.push(chamber.clone());
        }
    }
    let mut grants = args.grants.clone();
    if grants.is_empty() {
        grants.push(("MemberMandate".to_owned(), DAYS));
    }
    if let Some(kind) = args
        .delegable
        .iter()
        .find(|kind| grants.iter().all(|(granted, _)| granted != *kind))
    {
        return Err(
            Failure::usage(format!("{kind} is not granted, so it cannot be delegated"))
                .hint(format!("grant it too: --grant {kind}")),
        );
    }
    let grants = grants.into_iter().map(|(kind, days)| Grant {
        chambers: chambers.clone(),
        max_validity_days: days,
        may_delegate: args.delegable.contains(&kind),
        approvals: args.approvals,
        kind,
    });
    Ok(Parliament {
        id: card.did,
        name,
        country: card.country,
        accredited_for: grants.collect(),
        chambers,
        domains: args.domains.clone(),
        csirt: args.csirt.clone().map(|contact| Csirt {
            contact,
            security_txt: None,
        }),
    })
}

fn state(args: &StateArgs, state: State, context: &mut Context) -> Result<ExitCode, Failure> {
    let decision = decision(args.decision.as_deref())?;
    output::allow(&args.out, "--out")?;
    let (archive, _lock) = writing(context)?;
    let now = now();
    let paper = archive.prepare_state(
        StateOrder {
            parliament: args.parliament.clone(),
            state,
            from: args.from,
            reason: args.reason.clone(),
            decision,
        },
        now,
    )?;
    if args.from.is_some_and(|from| from < now) && args.decision.is_none() {
        context
            .printer
            .warn("without --decision it counts from now on; give --decision FILE to reach back");
    }
    let needed = archive.policy()?.threshold();
    archive.keep_pending(&paper)?;
    prepared(&paper, needed, &args.out, context)
}

fn officers(args: &OfficersArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let add = args.add.iter();
    let add = add.map(|file| OfficerCard::read(&files::read_bounded(file, 1 << 16)?));
    let change = OfficerChange {
        add: add.collect::<Result<_, _>>()?,
        remove: args.remove.clone(),
        threshold: args.threshold,
        new_publishing_key: args.new_publishing_key,
        new_epoch: args.new_epoch,
    };
    if change == OfficerChange::default() {
        return Err(Failure::usage("nothing would change")
            .hint("give --add, --remove, --threshold, --new-publishing-key or --new-epoch"));
    }
    output::allow(&args.out, "--out")?;
    let (archive, _lock) = writing(context)?;
    let paper = archive.prepare_policy(&change, now(), &mut system_rng()?)?;
    let needed = archive.policy()?.to_change();
    archive.keep_pending(&paper)?;
    context.printer.note(
        "it takes enough officers of the policy in force, and enough of the new one; one who is in both counts for both",
    );
    prepared(&paper, needed, &args.out, context)
}

/// Writes a document that was drawn up, and says what comes next.
fn prepared(
    paper: &Paper,
    needed: usize,
    out: &Path,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let printer = &mut context.printer;
    files::write_output(printer, out, &paper.to_bytes(), Access::Public)?;
    let verb = paper.says().verb();
    let next = command(&format!("{verb} FILE ..."));
    if out.as_os_str() == "-" {
        return Ok(ExitCode::Done);
    }
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.accreditor-prepared/1",
            "id": paper.id(),
            "verb": verb,
            "needed": needed,
            "drawnUp": paper.says().drawn_up(),
            "file": out,
            "next": next,
        }))?;
    }
    for line in words::lines(paper.says()) {
        printer.line(line)?;
    }
    printer.line(format!(
        "waits for {}: {}",
        count(needed, "officer", "officers"),
        out.display()
    ))?;
    printer.hint("each officer signs a copy: mandate-issuer accreditor approve FILE --officer-key KEY --out COPY");
    printer.hint(format!("then record the copies within 45 days: {next}"));
    Ok(ExitCode::Done)
}
