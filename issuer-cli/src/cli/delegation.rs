//! `delegation prepare`, `sign`, `add`, `end`, `list`: what units of the house may issue.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access},
    output,
    text::{count, one_line},
};
use identity_core::{
    card::IssuerCard,
    encoding::strict_json::{self, Limits, Object, Value},
    status::Instant,
    trust::accreditation::{DelegationDraft, Grant},
};
use serde_json::json;

use super::{NEXT, home::Home, not_in_force, now, outcome::put_before};
use crate::office::{Action, DelegationRecord, delegation_id};

/// The verbs of `delegation`.
#[derive(Subcommand, Debug)]
pub(super) enum DelegationCommand {
    /// Draw up what a unit may issue
    Prepare(PrepareArgs),
    /// Sign a copy as an officer, where the office has officers
    Sign {
        /// What was drawn up
        file: PathBuf,
        /// Where to write the signed copy
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Record a delegation: signed with the issuing key now, or by officers before
    Add {
        /// What was drawn up, or the copies that officers signed
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// End a delegation before its own end
    End {
        /// The delegation's id
        id: String,
        /// From when; now without it
        #[arg(long, value_name = "INSTANT", value_parser = cli_kit::instant::instant)]
        at: Option<Instant>,
    },
    /// List the delegations
    List,
}

/// Arguments of `delegation prepare`.
#[derive(Args, Debug)]
pub(super) struct PrepareArgs {
    /// The unit's issuer card
    #[arg(long, value_name = "FILE")]
    card: PathBuf,
    /// What the unit is called by language, such as fr=Bureau; the card's name without it
    #[arg(long = "name", value_name = "LANG=NAME", value_parser = by_language)]
    names: Vec<(String, String)>,
    /// A type that the unit may issue, and the longest validity
    #[arg(long = "grant", value_name = "TYPE:DURATION", required = true, value_parser = grant)]
    grants: Vec<(String, u32)>,
    /// The chambers it may issue for; the issuer's own without it
    #[arg(long = "chamber", value_name = "CODE")]
    chambers: Vec<String>,
    /// How many officers have to approve each credential
    #[arg(long, value_name = "K", default_value_t = 0)]
    approvals: u32,
    /// From when; now without it
    #[arg(long, value_name = "INSTANT", value_parser = cli_kit::instant::instant)]
    from: Option<Instant>,
    /// Until when
    #[arg(long, value_name = "INSTANT", value_parser = cli_kit::instant::instant)]
    until: Instant,
    /// Where to write it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn by_language(text: &str) -> Result<(String, String), String> {
    let split = text.split_once('=').filter(|(_, name)| !name.is_empty());
    let (language, name) = split.ok_or("a language and a name, such as fr=Assemblée")?;
    Ok((language.to_owned(), name.to_owned()))
}

/// Reads a type and the longest validity of such a credential, in days.
pub(super) fn grant(text: &str) -> Result<(String, u32), String> {
    let expected = || "a type and a duration in days, such as StaffAccreditation:365d".to_owned();
    let (kind, duration) = text.split_once(':').ok_or_else(expected)?;
    let days = cli_kit::instant::duration(duration)?.as_hours() / 24;
    match u32::try_from(days) {
        Ok(days) if days > 0 => Ok((kind.to_owned(), days)),
        _ => Err(expected()),
    }
}

pub(super) fn run(command: &DelegationCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        DelegationCommand::Prepare(args) => prepare(args, context),
        DelegationCommand::Sign { file, out } => sign(file, out, context),
        DelegationCommand::Add { files } => add(files, context),
        DelegationCommand::End { id, at } => end(id, *at, context),
        DelegationCommand::List => list(context),
    }
}

fn prepare(args: &PrepareArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let profile = home.profile()?;
    let office = home.reading_room()?;
    let (policy_version, needed) = (office.delegates_under(), office.delegation_signers());
    drop(office);
    let card = IssuerCard::parse(&files::read_bounded(&args.card, 1 << 24)?).map_err(|error| {
        Failure::from_error(error.code().as_str(), &error)
            .hint("the unit makes its card with: mandate-issuer id --out FILE")
    })?;
    output::allow(&args.out, "--out")?;
    let mut name: BTreeMap<String, String> = args.names.iter().cloned().collect();
    if name.is_empty() {
        // The card does not say in which language it is.
        name.insert("und".to_owned(), card.name);
    }
    let chambers = if args.chambers.is_empty() {
        vec![profile.chamber]
    } else {
        args.chambers.clone()
    };
    let grants = args.grants.iter().map(|(kind, days)| Grant {
        kind: kind.clone(),
        chambers: chambers.clone(),
        max_validity_days: *days,
        may_delegate: false,
        approvals: args.approvals,
    });
    let now = now();
    let draft = DelegationDraft {
        parliament: profile.did,
        policy_version,
        recorded: now,
        unit: card.did,
        name,
        grants: grants.collect(),
        from: args.from.unwrap_or(now),
        until: args.until,
    };
    let document = draft
        .document()
        .map_err(|error| failed(error.code(), &error))?;
    let id = delegation_id(&document)?;
    let bytes = format!("{:#}\n", Value::Object(document).to_serde()).into_bytes();
    files::write_output(&mut context.printer, &args.out, &bytes, Access::Public)?;
    if args.out.as_os_str() == "-" {
        return Ok(ExitCode::Done);
    }
    let printer = &mut context.printer;
    let next = if needed == 0 {
        "mandate-issuer delegation add FILE"
    } else {
        "mandate-issuer delegation sign FILE --officer OFFICER --out COPY"
    };
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.delegation-prepared/1",
            "id": id,
            "unit": draft.unit,
            "needed": needed,
            "file": args.out,
            "next": next,
        }))?;
    }
    for line in lines(&draft) {
        printer.line(line)?;
    }
    if needed > 0 {
        printer.line(format!(
            "waits for {}: {}",
            count(needed, "officer", "officers"),
            args.out.display()
        ))?;
        printer.hint(format!("each signs a copy: {next}"));
        printer.hint("then record the copies: mandate-issuer delegation add COPY ...");
    } else {
        printer.hint(format!("sign and record it with: {next}"));
    }
    Ok(ExitCode::Done)
}

fn sign(file: &Path, out: &Path, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let document = document(&files::read_bounded(file, 1 << 20)?)?;
    output::allow(out, "--out")?;
    let draft = DelegationDraft::read(&document).map_err(|error| failed(error.code(), &error))?;
    show(&draft, context)?;
    context.input.require("Sign this?")?;
    let desk = home.desk(context)?;
    let signed = desk.office.sign_delegation(document, now())?;
    drop(desk);
    let id = delegation_id(&signed)?;
    let bytes = format!("{:#}\n", Value::Object(signed).to_serde()).into_bytes();
    files::write_output(&mut context.printer, out, &bytes, Access::Public)?;
    let printer = &mut context.printer;
    if out.as_os_str() == "-" {
        return Ok(ExitCode::Done);
    }
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.delegation-signed/1",
            "id": id,
            "unit": draft.unit,
            "file": out,
        }))?;
    }
    printer.line(format!("signed: {}", out.display()))?;
    printer.hint("record the copies with: mandate-issuer delegation add COPY ...");
    Ok(ExitCode::Done)
}

fn add(files: &[PathBuf], context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let read = files.iter();
    let read = read.map(|file| document(&files::read_bounded(file, 1 << 20)?));
    let copies = read.collect::<Result<Vec<_>, Failure>>()?;
    let mut unsigned = copies.first().cloned().unwrap_or_default();
    unsigned.remove("proof");
    let draft = DelegationDraft::read(&unsigned).map_err(|error| failed(error.code(), &error))?;
    show(&draft, context)?;
    context
        .input
        .require("Let this unit issue these credentials?")?;
    let key = match home.reading_room()?.delegation_signers() {
        0 => Some(home.issuing_key(context)?),
        _ => None,
    };
    let mut desk = home.desk(context)?;
    let record = desk.office.delegate(copies, key.as_ref(), now())?;
    drop(desk);
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.delegation-added/1",
            "id": record.id,
            "unit": draft.unit,
            "from": draft.from,
            "until": draft.until,
            "next": NEXT,
        }))?;
    }
    printer.line(format!("recorded: delegation {}", record.id))?;
    not_in_force(context);
    Ok(ExitCode::Done)
}

/// Shows what is signed, beside JSON as a note.
fn show(draft: &DelegationDraft, context: &mut Context) -> Result<(), Failure> {
    for line in lines(draft) {
        if context.printer.is_json() {
            context.printer.note(line);
        } else {
            context.printer.line(line)?;
        }
    }
    Ok(())
}

fn end(id: &str, at: Option<Instant>, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let now = now();
    let at = at.unwrap_or(now);
    context
        .input
        .require(&format!("End delegation {} at {at}?", one_line(id)))?;
    if home.takes_approvals()? {
        let action = Action::EndDelegation {
            delegation: id.to_owned(),
            at,
        };
        return put_before(&home, action, context);
    }
    let record = home.desk(context)?.office.end_delegation(id, at, now)?;
    let draft = record.draft()?;
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.delegation-ended/1",
            "id": record.id,
            "unit": draft.unit,
            "ended": at,
            "next": NEXT,
        }))?;
    }
    printer.line(format!("delegation {} ends at {at}", record.id))?;
    printer.note("what the unit issued before stays good");
    not_in_force(context);
    Ok(ExitCode::Done)
}

fn list(context: &mut Context) -> Result<ExitCode, Failure> {
    let records = Home::open(context)?.reading_room()?.delegations()?;
    let now = now();
    let read = |record: DelegationRecord| Ok((record.draft()?, record));
    let records: Vec<(DelegationDraft, DelegationRecord)> = records
        .into_iter()
        .map(read)
        .collect::<Result<_, Failure>>()?;
    let printer = &mut context.printer;
    if printer.is_json() {
        let items: Vec<_> = records
            .iter()
            .map(|(draft, record)| {
                let types: Vec<&String> = draft.grants.iter().map(|grant| &grant.kind).collect();
                json!({
                    "id": record.id,
                    "unit": draft.unit,
                    "name": name(draft),
                    "types": types,
                    "from": draft.from,
                    "until": draft.until,
                    "ended": record.ended,
                    "state": state(draft, record, now),
                })
            })
            .collect();
        printer.json_list("mandate.delegations/1", &items)?;
        return Ok(ExitCode::Done);
    }
    for (draft, record) in &records {
        printer.line(format!(
            "{}  {}  {}  {}",
            record.id,
            one_line(name(draft)),
            state(draft, record, now),
            draft.unit
        ))?;
    }
    Ok(ExitCode::Done)
}

fn name(draft: &DelegationDraft) -> &str {
    let name = draft.name.get("en").or_else(|| draft.name.values().next());
    name.map_or("", String::as_str)
}

fn state(draft: &DelegationDraft, record: &DelegationRecord, now: Instant) -> &'static str {
    let over = record
        .ended
        .map_or(draft.until, |ended| ended.min(draft.until));
    if now >= over {
        "over"
    } else if now < draft.from {
        "not-yet"
    } else {
        "active"
    }
}

fn lines(draft: &DelegationDraft) -> Vec<String> {
    let mut lines = vec![
        format!("delegates to {}: {}", name(draft), draft.unit),
        format!("from {} until {}", draft.from, draft.until),
    ];
    for grant in &draft.grants {
        lines.push(format!(
            "may issue {} for {}, valid for {} days at most",
            grant.kind,
            grant.chambers.join(", "),
            grant.max_validity_days
        ));
    }
    lines.iter().map(|line| one_line(line)).collect()
}

fn document(bytes: &[u8]) -> Result<Object<'static>, Failure> {
    if let Ok(Value::Object(object)) = strict_json::parse(bytes, &Limits::small()) {
        return Ok(object.into_owned());
    }
    let code = identity_core::Code::AccreditationMalformed;
    Err(Failure::failed(code.as_str(), "the file is no delegation")
        .hint("draw one up with: mandate-issuer delegation prepare"))
}

fn failed(code: identity_core::Code, error: &dyn std::error::Error) -> Failure {
    Failure::from_error(code.as_str(), error).hint("see: mandate-issuer delegation prepare --help")
}
