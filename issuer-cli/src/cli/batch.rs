//! `batch issue`: many members in groups that share their writes; it can be stopped and run again.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access, Durability},
    output,
    run::system_rng,
    text::one_line,
};
use fs_err as fs;
use identity_core::credential::{Kind, Securing};
use indicatif::{ProgressBar, ProgressDrawTarget};
use serde_json::{Value as Json, json};

use super::{
    NEXT,
    credential::{THIS_IS_AN_INVITATION, has_code},
    home::Home,
    naming::file_name,
    not_in_force, now,
    outcome::put_before,
};
use crate::Code;
use crate::office::{Action, Handed, IssueOrder, OfficeCode, Refusal, Sifted, StoredOrder};

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

/// What became of the rows so far.
#[derive(Default)]
struct Count {
    issued: usize,
    before: usize,
    /// Of those before, how many are revoked since.
    revoked: usize,
    failed: usize,
    /// Why, of the first row that failed.
    first: Option<String>,
}

pub(super) fn run(command: &BatchCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    let BatchCommand::Issue(args) = command;
    let home = Home::open(context)?;
    let lines = lines(&args.enrolments)?;
    let results_path = args.out.join("results.jsonl");
    for path in [&args.out, &results_path] {
        output::allow(path, "--out")?;
    }
    if home.takes_approvals()? {
        return prepare(&home, &lines, (&args.out, &results_path), context);
    }
    let key = home.issuing_key(context)?;
    files::make_private_dir(&args.out)?;
    let mut results = private_file(&results_path)?;
    let mut rng = system_rng()?;
    let mut count = Count::default();
    let progress = progress(lines.len(), context);
    let mut desk = home.desk(context)?;
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
            let row = write_one(&args.out, line, &outcome);
            count.add(&outcome, &row);
            report.push_str(&row.to_string());
            report.push('\n');
        }
        results
            .write_all(report.as_bytes())
            .and_then(|()| results.flush())
            .map_err(|error| Failure::writing(&results_path, &error))?;
        context
            .printer
            .detail(format!("{} of {}", count.rows(), lines.len()));
        progress.set_position(u64::try_from(count.rows()).unwrap_or(u64::MAX));
        desk = desk.make_way(&home)?;
    }
    drop(desk);
    progress.finish_and_clear();
    report(&count, &results_path, context)
}

/// Puts a batch before the officers: the rows that can be issued. What was issued before is handed out, and
/// of the others it is said why not.
fn prepare(
    home: &Home,
    lines: &[Line],
    (out, results): (&Path, &Path),
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let orders: Vec<IssueOrder> = lines
        .iter()
        .filter_map(|line| line.order.as_ref().ok().cloned())
        .collect();
    let now = now();
    let sifted = home
        .reading_room()?
        .sift(&orders, false, (now, now), &mut system_rng()?);
    files::make_private_dir(out)?;
    let mut file = private_file(results)?;
    let mut count = Count::default();
    let mut waiting = Vec::new();
    let mut report_of_rows = String::new();
    let mut each = orders.iter().zip(sifted);
    for line in lines {
        let outcome = match &line.order {
            Err(reason) => Err(unreadable(reason)),
            Ok(_) => match each.next() {
                Some((order, Ok(Sifted::Ready))) => {
                    waiting.push(StoredOrder::keep(order)?);
                    Err(waits())
                }
                Some((_, Ok(Sifted::Before(handed)))) => Ok(*handed),
                Some((_, Err(refusal))) => Err(refusal),
                None => Err(unreadable("it was not looked at")),
            },
        };
        let row = write_one(out, line, &outcome);
        if !outcome.as_ref().is_err_and(|refusal| *refusal == waits()) {
            count.add(&outcome, &row);
        }
        report_of_rows.push_str(&row.to_string());
        report_of_rows.push('\n');
    }
    file.write_all(report_of_rows.as_bytes())
        .and_then(|()| file.flush())
        .map_err(|error| Failure::writing(results, &error))?;
    if waiting.is_empty() {
        return report(&count, results, context);
    }
    if count.rows() > 0 {
        context.printer.note(format!(
            "{} were issued before, {} failed: see {}",
            count.before,
            count.failed,
            results.display()
        ));
    }
    let action = Action::Issue {
        orders: waiting,
        replace: false,
    };
    put_before(home, action, context)
}

fn waits() -> Refusal {
    Refusal {
        code: OfficeCode::ApprovalPending.as_str(),
        message: "it was prepared, and waits for other officers".to_owned(),
        hint: None,
    }
}

impl Count {
    fn add(&mut self, outcome: &Result<Handed, Refusal>, row: &Json) {
        let error = &row["error"];
        match outcome {
            Ok(handed) if error.is_null() && handed.is_new => self.issued += 1,
            Ok(handed) if error.is_null() => {
                self.before += 1;
                self.revoked += usize::from(handed.credential.is_revoked(now()));
            }
            _ => {
                self.failed += 1;
                let text = |name: &str| error[name].as_str().unwrap_or_default();
                let why = || format!("{} ({})", text("message"), text("code"));
                self.first.get_or_insert_with(why);
            }
        }
    }

    const fn rows(&self) -> usize {
        self.issued + self.before + self.failed
    }
}

fn report(count: &Count, results: &Path, context: &mut Context) -> Result<ExitCode, Failure> {
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.batch/1",
            "rows": count.rows(),
            "issued": count.issued,
            "issuedBefore": count.before,
            "failed": count.failed,
            "results": results,
            "next": NEXT,
        }))?;
    }
    printer.line(format!(
        "{} enrolments: {} issued, {} issued before, {} failed",
        count.rows(),
        count.issued,
        count.before,
        count.failed
    ))?;
    if count.revoked > 0 {
        printer.warn(format!(
            "{} of them were issued before, and revoked since: for new ones, enrol reinvite MEMBER",
            count.revoked
        ));
    }
    let reasons = format!("the reasons stand in {}", results.display());
    if count.failed > 0 && count.failed == count.rows() {
        let message = format!(
            "none of the {} enrolments led to a credential",
            count.failed
        );
        let failure = Failure::failed(Code::BatchNothingIssued.as_str(), message).hint(reasons);
        return Err(match &count.first {
            Some(first) => failure.because(first),
            None => failure,
        });
    }
    if count.failed > 0 {
        printer.hint(reasons);
    }
    if count.issued > 0 || count.before > count.revoked {
        not_in_force(context);
    }
    Ok(ExitCode::Done)
}

/// Makes the bar that shows how far a batch has come: on a terminal, and for people who want to see it.
fn progress(rows: usize, context: &Context) -> ProgressBar {
    let args = &context.args;
    if args.quiet || args.verbose > 0 || context.printer.is_json() {
        return ProgressBar::hidden();
    }
    // It hides itself where standard error is no terminal.
    let target = ProgressDrawTarget::stderr();
    ProgressBar::with_draw_target(u64::try_from(rows).ok(), target)
}

fn lines(path: &Path) -> Result<Vec<Line>, Failure> {
    let bytes = files::read_bounded(path, 1 << 30)?;
    let text = core::str::from_utf8(&bytes).map_err(|_| {
        Failure::failed(
            "enrolment.malformed",
            "the file of enrolments is no UTF-8 text",
        )
        .hint("give one enrolment a line")
    })?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.map(read).collect())
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
        None if has_code(&value) => Err(THIS_IS_AN_INVITATION.to_owned()),
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

/// Writes one credential and returns its line of the results. A credential can be made again from the
/// store, so nobody waits for the disk, and a file that cannot be written is that row's failure alone.
fn write_one(folder: &Path, line: &Line, outcome: &Result<Handed, Refusal>) -> Json {
    let error = |code: &str, message: &str| json!({ "code": code, "message": one_line(message) });
    match outcome {
        Ok(handed) => {
            let name = file_name(&handed.member, "sd-jwt");
            let text = format!("{}\n", handed.credential.text);
            let path = folder.join(&name);
            let written = output::allow(&path, "--out").and_then(|()| {
                files::write_atomic(&path, text.as_bytes(), Access::Private, Durability::Cached)
            });
            let failure = written.err();
            json!({
                "member": handed.member,
                "credential": handed.credential.id,
                "file": failure.is_none().then_some(name),
                "error": failure.map(|failure| error(failure.code, &failure.to_string())),
            })
        }
        Err(refusal) => json!({
            "member": line.member,
            "credential": null,
            "file": null,
            "error": error(refusal.code, &refusal.message),
        }),
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
