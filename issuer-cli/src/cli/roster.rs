//! `roster import`, `roster list`, `roster show`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use cli_kit::{Context, ExitCode, Failure, files, text::one_line};
use identity_core::status::Instant;
use jiff::tz::TimeZone;
use serde_json::json;

use super::{
    home::Home,
    naming::{command, id},
    now,
};
use crate::{
    Code,
    roster::{self, Problem, Report, dates},
};

/// The verbs of `roster`.
#[derive(Subcommand, Debug)]
pub(super) enum RosterCommand {
    /// Take members and mandates in from Popolo JSON or CSV
    Import(ImportArgs),
    /// List the members
    List,
    /// Show one member
    Show {
        /// The member's id
        #[arg(allow_hyphen_values = true, value_parser = id)]
        member: String,
    },
}

/// Arguments of `roster import`.
#[derive(Args, Debug)]
#[command(after_long_help = tables())]
pub(super) struct ImportArgs {
    /// The roster; - for standard input
    file: PathBuf,
    /// The day that counts as today for who sits, such as 2026-03-12
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<jiff::civil::Date>,
}

pub(super) fn run(command: &RosterCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        RosterCommand::Import(args) => import(args, context),
        RosterCommand::List => list(context),
        RosterCommand::Show { member } => show(member, context),
    }
}

/// Says how a table is made; whoever has a spreadsheet looks for it here.
fn tables() -> String {
    format!(
        "A CSV roster is UTF-8 with commas, semicolons or tabs: a header line, then a line for each\n\
         seat. Titles are read in any case and order; of two with one meaning the first here counts,\n\
         and unknown ones are passed over with a note.\n\n\
         {}\n\n\
         Example:\n  \
           id,name,start_date,end_date,constituency,group,email\n  \
           m-001,Ana Example,2026-02-03,,North 3,Green Alliance,ana@example.org",
        roster::table_columns()
    )
}

/// Reads a day from the command line.
fn day(text: &str) -> Result<jiff::civil::Date, String> {
    let write = || format!("not a day such as 2026-03-12{}", dates::rewritten(text));
    text.parse().map_err(|_| write())
}

/// Returns noon of a day: the day as a whole, whatever the zone does at midnight.
fn noon(day: jiff::civil::Date, zone: &TimeZone) -> Result<Instant, Failure> {
    let noon = day.at(12, 0, 0, 0).to_zoned_datetime(zone.clone());
    let noon = noon.map_err(|error| Failure::usage(format!("--as-of {day}: {error}")))?;
    Ok(Instant::floor(noon.timestamp()))
}

fn import(args: &ImportArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let file = files::read_bounded(&args.file, 256 << 20)?;
    let now = now();
    let mut desk = home.draft(context)?;
    let office = &mut desk.office;
    let as_of = args.as_of.map(|day| noon(day, office.zone())).transpose()?;
    let report = office.import(&file, as_of.unwrap_or(now), now)?.report;
    // Nothing is written before the difference is out: whoever cannot be shown it has not agreed to it.
    print(&report, context)?;
    if report.imported == 0 {
        return Err(nothing_taken(&report));
    }
    desk.settle(&home)?;
    if !context.args.dry_run {
        context
            .printer
            .hint("invite the members: mandate-issuer enrol invite --all --out FILE.jsonl");
    }
    Ok(ExitCode::Done)
}

fn print(report: &Report, context: &mut Context) -> Result<(), Failure> {
    let printer = &mut context.printer;
    if printer.is_json() {
        let mut value = json!(report);
        value["schema"] = "mandate.roster-import/1".into();
        value["dryRun"] = context.args.dry_run.into();
        printer.json(&value)?;
    }
    for (title, members) in [("new", &report.new), ("changed", &report.changed)] {
        for member in members.iter().take(20) {
            let what = member.fields.join(", ");
            printer.line(format!(
                "{title}: {} {} {what}",
                member.member,
                one_line(&member.name)
            ))?;
        }
        if members.len() > 20 {
            printer.line(format!("{title}: and {} more", members.len() - 20))?;
        }
    }
    for left in &report.left {
        printer.line(format!("left: {} {}", left.member, one_line(&left.name)))?;
        let flags = "--at INSTANT --reason REASON";
        let end = command("mandate end", &left.member, flags);
        printer.line(format!("  if so: {end}"))?;
    }
    for problem in &report.problems {
        printer.warn(refusal(problem));
    }
    let shown = if printer.verbosity() > 0 {
        usize::MAX
    } else {
        10
    };
    for note in report.notes.iter().take(shown) {
        printer.note(format!(
            "{}: {}",
            one_line(note.id.as_deref().unwrap_or("the file")),
            note.message
        ));
    }
    if report.notes.len() > shown {
        let more = report.notes.len() - shown;
        printer.note(format!("and {more} notes more: -v shows them all"));
    }
    printer.line(format!(
        "{} rows: {} taken ({} unchanged), {} refused; {} mandates held",
        report.rows, report.imported, report.unchanged, report.refused, report.sitting
    ))
}

fn refusal(problem: &Problem) -> String {
    format!(
        "row {} ({}) refused: {} ({})",
        problem.row,
        one_line(problem.id.as_deref().unwrap_or("?")),
        problem.message,
        problem.code
    )
}

fn nothing_taken(report: &Report) -> Failure {
    let message = match report.rows {
        0 => "the roster has no row".to_owned(),
        rows => format!("none of the roster's {rows} rows was taken"),
    };
    let failure = Failure::failed(Code::RosterNothingTaken.as_str(), message);
    let failure = match report.problems.first() {
        Some(problem) => failure.because(refusal(problem)),
        None => failure,
    };
    let mut codes = report.problems.iter().map(|problem| problem.code);
    if report.rows > 0 && codes.all(|code| code == Code::RosterOtherChamber) {
        return failure.hint(
            "another chamber's issuer takes these seats; if they are this issuer's, write its own code \
             in the column, or leave it empty",
        );
    }
    failure.hint(
        "a roster is Popolo JSON, or a CSV file with a header row and a line for each member; \
         mandate-issuer roster import --help lists its columns",
    )
}

fn list(context: &mut Context) -> Result<ExitCode, Failure> {
    let office = Home::open(context)?.reading_room()?;
    let register = office.register()?;
    let sitting: std::collections::BTreeSet<String> =
        office.sitting_members(now())?.into_iter().collect();
    let printer = &mut context.printer;
    if printer.is_json() {
        let items: Vec<_> = register
            .members
            .values()
            .map(|member| json!({ "id": member.id, "name": member.name.display, "sitting": sitting.contains(&member.id) }))
            .collect();
        printer.json_list("mandate.members/1", &items)?;
        return Ok(ExitCode::Done);
    }
    for member in register.members.values() {
        let sits = if sitting.contains(&member.id) {
            "sits"
        } else {
            "-"
        };
        printer.line(format!(
            "{}  {}  {sits}",
            member.id,
            one_line(&member.name.display)
        ))?;
    }
    Ok(ExitCode::Done)
}

fn show(id: &str, context: &mut Context) -> Result<ExitCode, Failure> {
    let office = Home::open(context)?.reading_room()?;
    let member = office.member(id)?;
    let mandates = office.mandates_of(id)?;
    let holdings = office.holdings(id)?;
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.member/1",
            "id": member.id,
            "member": member,
            "mandates": mandates,
            "credentials": holdings.credentials,
        }))?;
        return Ok(ExitCode::Done);
    }
    printer.heading(one_line(&member.name.display))?;
    printer.line(format!("id: {}", member.id))?;
    for mandate in mandates {
        let end = mandate
            .end
            .map_or_else(|| "open".to_owned(), |end| end.to_string());
        printer.line(format!(
            "mandate {}: {} to {end}",
            mandate.id, mandate.start
        ))?;
    }
    for credential in holdings.credentials {
        printer.line(format!("credential {credential}"))?;
    }
    Ok(ExitCode::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_asked_for_the_way_it_is_written() {
        assert_eq!(day("2026-03-12"), Ok(jiff::civil::date(2026, 3, 12)));
        let refused = day("12/03/2026").unwrap_err();
        assert!(refused.starts_with("not a day such as 2026-03-12; write "));
        assert_eq!(day("soon").unwrap_err(), "not a day such as 2026-03-12");
    }

    #[test]
    fn the_help_of_an_import_lists_the_columns() {
        let mut import = ImportArgs::augment_args(clap::Command::new("import"));
        let help = import.render_long_help().to_string();
        for column in ["id", "start_date", "also chamber_id, organization_id"] {
            assert!(help.contains(&format!(" {column}")), "{help}");
        }
        assert!(help.contains("m-001,Ana Example,2026-02-03"), "{help}");
        assert!(!import.render_help().to_string().contains("organization_id"));
    }
}
