//! `status show`, `status check`, `status tokens`.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use cli_kit::{
    Context, ExitCode, Failure, Mark,
    files::{self, Access, Durability},
    output,
};
use serde_json::json;

use super::{home::Home, naming::file_name, now};
use crate::{
    office::{Actor, CredentialRecord, Office},
    store::{Family, RocksStore, read_all, verify},
};

/// The verbs of `status`.
#[derive(Subcommand, Debug)]
pub(super) enum StatusCommand {
    /// Count the credentials by their state
    Show,
    /// Say whether what was published is current; exit 1 when it is not
    Check,
    /// Write an in-office statement for each member who sits, good for 24 hours
    Tokens {
        /// The folder; hand each file to its member and to nobody else
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// The members, by their ids; without it all who sit and have a valid credential
        #[arg(long, value_name = "A,B", value_delimiter = ',')]
        members: Option<Vec<String>>,
    },
}

pub(super) fn run(command: &StatusCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    match command {
        StatusCommand::Show => show(&home.reading_room()?, context),
        StatusCommand::Check => check(&home.reading_room()?, context),
        StatusCommand::Tokens { out, members } => tokens(&home, out, members.as_deref(), context),
    }
}

/// Runs unattended: the status key signs, and nothing here can make a mandate.
fn tokens(
    home: &Home,
    out: &Path,
    members: Option<&[String]>,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    output::allow(out, "--out")?;
    let stated = home
        .desk_as(Actor::Machine)?
        .office
        .state_in_office(members, now())?;
    files::make_private_dir(out)?;
    let mut items = Vec::with_capacity(stated.len());
    for one in &stated {
        let path = out.join(file_name(&one.member, "jwt"));
        output::allow(&path, "--out")?;
        files::write_atomic(
            &path,
            one.text.as_bytes(),
            Access::Private,
            Durability::Cached,
        )?;
        items.push(json!({
            "id": one.member,
            "credential": one.credential,
            "file": path,
            "expires": one.expires,
        }));
    }
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json_list("mandate.in-office-tokens/1", &items)?;
    }
    printer.line(format!(
        "{} in-office statements in {}",
        stated.len(),
        out.display()
    ))?;
    printer.hint("the member keeps it with: mandate-wallet credential refresh FILE");
    Ok(ExitCode::Done)
}

fn show(office: &Office<RocksStore>, context: &mut Context) -> Result<ExitCode, Failure> {
    let now = now();
    let mut counts = std::collections::BTreeMap::new();
    read_all(
        office.store(),
        Family::Credentials,
        |record: CredentialRecord| {
            *counts.entry(record.state(now)).or_insert(0_u64) += 1;
            Ok(())
        },
    )?;
    let published = office.last_published()?;
    let unpublished = unpublished(office)?;
    let count = |state: &str| counts.get(state).copied().unwrap_or(0);
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.status/1",
            "valid": count("valid"),
            "suspended": count("suspended"),
            "revoked": count("revoked"),
            "expired": count("expired"),
            "seq": published.map(|(seq, _)| seq),
            "publishedAt": published.map(|(_, at)| at),
            "unpublished": unpublished,
        }))?;
        return Ok(ExitCode::Done);
    }
    for state in ["valid", "suspended", "revoked", "expired"] {
        printer.line(format!("{state}: {}", count(state)))?;
    }
    match published {
        Some((seq, at)) => printer.line(format!("published: number {seq} at {at}"))?,
        None => printer.line("published: never")?,
    }
    printer.line(format!("changes since: {unpublished}"))?;
    Ok(ExitCode::Done)
}

/// Returns how many changes were made since the last publication.
pub(super) fn unpublished(office: &Office<RocksStore>) -> Result<u64, Failure> {
    let mut count = 0;
    verify(office.store(), None, |entry| {
        match entry.kind.as_str() {
            "published" => count = 0,
            "credential.issued"
            | "credential.suspended"
            | "credential.reinstated"
            | "credential.revoked"
            | "delegation.added"
            | "delegation.ended"
            | "did.changed"
            | "electoral.bulk-announced"
            | "electoral.declared"
            | "mandate.ended"
            | "term.ended"
            | "term.reinstated" => count += 1,
            _ => {}
        }
        Ok(())
    })?;
    Ok(count)
}

/// Says what is wrong with what was published, if anything.
pub(super) fn doubts(office: &Office<RocksStore>) -> Result<Vec<String>, Failure> {
    let mut doubts = Vec::new();
    if office.last_published()?.is_none() {
        return Ok(vec!["nothing was published yet".to_owned()]);
    }
    let now = now();
    doubts.extend(office.overdue(now)?);
    let changes = unpublished(office)?;
    // Where the parliament chose fixed instants, changes wait for the next one.
    let waits = office.profile().publish_every_minutes.is_some();
    if changes > 0 && !(waits && office.not_due_until(now)?.is_some()) {
        doubts.push(format!(
            "{changes} changes are not in force until published"
        ));
    }
    Ok(doubts)
}

fn check(office: &Office<RocksStore>, context: &mut Context) -> Result<ExitCode, Failure> {
    let doubts = doubts(office)?;
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({ "schema": "mandate.status-check/1", "problems": doubts }))?;
    }
    for doubt in &doubts {
        printer.marked(Mark::No, doubt)?;
    }
    if doubts.is_empty() {
        printer.marked(Mark::Yes, "what was published is current")?;
        return Ok(ExitCode::Done);
    }
    printer.hint("publish with: mandate-issuer publish --out DIR");
    Ok(ExitCode::Failed)
}
