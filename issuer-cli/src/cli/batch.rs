//! `batch issue`: many members in groups that share their writes; it can be stopped and run again.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access, Durability},
    run::system_rng,
    text::one_line,
};
use fs_err as fs;
use identity_core::credential::{Kind, Securing};
use serde_json::{Value as Json, json};

use super::{file_name, home::Home, not_in_force, now};
use crate::office::{Handed, IssueOrder, Refusal};

/// How many credentials share a write; a group takes a fraction of a second.
const GROUP: usize = 512;

/// The verbs of `batch`.
#[derive(Subcommand, Debug)]
pub(super) enum BatchCommand {
    /// Issue a mandate for each enrolment of a file; run it again to go on where it stopped
    Issue(BatchArgs),
}

/// Arguments of `batch issue`.
#[derive(Args, Debug)]
pub(super) struct BatchArgs {
    /// Enrolments, one a line: the enrolment itself, or JSON with "enrolment" and perhaps "member"
    #[arg(long, value_name = "FILE.jsonl")]
    enrolments: PathBuf,
    /// Where to write the credentials and results.jsonl
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

struct Line {
    member: Option<String>,
    order: Result<IssueOrder, String>,
}

pub(super) fn run(command: &BatchCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    let BatchCommand::Issue(args) = command;
    let home = Home::open(context)?;
    let bytes = files::read_bounded(&args.enrolments, 1 << 30)?;
    let text = core::str::from_utf8(&bytes).map_err(|_| {
        Failure::failed(
            "enrolment.malformed",
            "the file of enrolments is no UTF-8 text",
        )
        .hint("give one enrolment a line")
    })?;
    let lines: Vec<Line> = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .map(read)
        .collect();
    let key = home.issuing_key(context)?;
    files::make_private_dir(&args.out)?;
    let results = args.out.join("results.jsonl");
    let mut results = private_file(&results)?;
    let mut rng = system_rng()?;
    let (mut issued, mut before, mut failed) = (0_usize, 0_usize, 0_usize);
    let mut desk = home.desk()?;
    for group in lines.chunks(GROUP) {
        let orders: Vec<IssueOrder> = group
            .iter()
            .filter_map(|line| line.order.as_ref().ok().cloned())
            .collect();
        let outcomes = desk.office.issue_group(&orders, &key, now(), &mut rng)?;
        let mut outcomes = outcomes.into_iter();
        let mut report = String::new();
        for line in group {
            let outcome = match &line.order {
                Err(reason) => Err(unreadable(reason)),
                Ok(_) => outcomes
                    .next()
                    .unwrap_or_else(|| Err(unreadable("it was not carried out"))),
            };
            match &outcome {
                Ok(handed) if handed.is_new => issued += 1,
                Ok(_) => before += 1,
                Err(_) => failed += 1,
            }
            let result = write_one(&args.out, line, &outcome)?;
            report.push_str(&result.to_string());
            report.push('\n');
        }
        results
            .write_all(report.as_bytes())
            .and_then(|()| results.flush())
            .map_err(|error| Failure::writing(&args.out.join("results.jsonl"), &error))?;
        context
            .printer
            .detail(format!("{} of {}", issued + before + failed, lines.len()));
        desk = desk.make_way(&home)?;
    }
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.batch/1",
            "rows": lines.len(),
            "issued": issued,
            "issuedBefore": before,
            "failed": failed,
            "results": args.out.join("results.jsonl"),
        }))?;
    }
    printer.line(format!(
        "{} enrolments: {issued} issued, {before} issued before, {failed} refused",
        lines.len()
    ))?;
    if failed > 0 {
        printer.hint(format!(
            "the reasons stand in {}",
            args.out.join("results.jsonl").display()
        ));
    }
    not_in_force(context);
    Ok(if failed > 0 && issued + before == 0 {
        ExitCode::Failed
    } else {
        ExitCode::Done
    })
}

fn read(line: &str) -> Line {
    let order = |member: &Option<String>, enrolment: &str| IssueOrder {
        member: member.clone(),
        enrolment: enrolment.to_owned(),
        kind: Kind::MemberMandate,
        securing: Securing::SdJwt,
        claims: None,
    };
    if !line.starts_with(['{', '"']) {
        return Line {
            member: None,
            order: Ok(order(&None, line)),
        };
    }
    let value: Json = match serde_json::from_str(line) {
        Ok(value) => value,
        Err(error) => {
            return Line {
                member: None,
                order: Err(format!("the line is not JSON: {error}")),
            };
        }
    };
    if let Json::String(enrolment) = &value {
        return Line {
            member: None,
            order: Ok(order(&None, enrolment)),
        };
    }
    let member = value["member"].as_str().map(str::to_owned);
    let order = match value["enrolment"].as_str() {
        Some(enrolment) => Ok(order(&member, enrolment)),
        None => Err("the line has no enrolment".to_owned()),
    };
    Line { member, order }
}

fn unreadable(reason: &str) -> Refusal {
    Refusal {
        code: "enrolment.malformed",
        message: reason.to_owned(),
        hint: None,
    }
}

/// Writes one credential; it can be made again from the store, so nobody waits for the disk.
fn write_one(
    folder: &Path,
    line: &Line,
    outcome: &Result<Handed, Refusal>,
) -> Result<Json, Failure> {
    match outcome {
        Ok(handed) => {
            let name = format!("{}.sd-jwt", file_name(&handed.member));
            let text = format!("{}\n", handed.credential.text);
            let path = folder.join(&name);
            files::write_atomic(&path, text.as_bytes(), Access::Private, Durability::Cached)?;
            Ok(json!({
                "member": handed.member,
                "credential": handed.credential.id,
                "file": name,
                "error": null,
            }))
        }
        Err(refusal) => Ok(json!({
            "member": line.member,
            "credential": null,
            "file": null,
            "error": { "code": refusal.code, "message": one_line(&refusal.message) },
        })),
    }
}

fn private_file(path: &Path) -> Result<Box<dyn Write>, Failure> {
    if files::is_rehearsal() {
        return Ok(Box::new(std::io::sink()));
    }
    files::write_atomic(path, b"", Access::Private, Durability::Cached)?;
    let file = fs::OpenOptions::new().append(true).open(path);
    let file = file.map_err(|error| Failure::writing(path, &error))?;
    Ok(Box::new(file))
}
