//! `mandate-issuer`, one file per noun. Arguments and printing only: what is done is in
//! [`crate::office`].

mod accreditor;
mod approve;
mod audit;
mod backup;
mod batch;
mod changing;
mod control;
mod credential;
mod decoded;
mod delegation;
mod desk;
mod did;
mod doctor;
mod electoral;
mod enrol;
mod home;
mod identity;
mod key;
mod letters;
mod mandate;
mod migrate;
mod naming;
mod officer;
mod outcome;
mod places;
mod publish;
mod reading;
mod request;
mod roster;
mod status;
mod term;
mod web;

use std::path::Path;

use clap::{ArgMatches, Args, CommandFactory as _, Parser, Subcommand};
use cli_kit::{Context, ExitCode, Failure, GlobalArgs, Program, files};
use identity_core::status::{DecisionDigest, Instant};

use crate::office::Refusal;

/// Issues credentials of mandates: roster, enrolment, issuance, status, publication, audit
#[derive(Parser, Debug)]
#[command(name = "mandate-issuer", version)]
#[command(after_long_help = cli_kit::env::help(cli_kit::env::ISSUER_HOME))]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    /// Which officer of a parliament acts; the only one there is without it. An accreditor's sign with keys of their own
    #[arg(long, global = true, value_name = "ID", env = cli_kit::env::OFFICER, hide_env = true)]
    officer: Option<String>,
    #[command(subcommand)]
    noun: Noun,
}

#[derive(Subcommand, Debug)]
enum Noun {
    /// Make this parliament's issuer
    Init(Box<identity::InitArgs>),
    /// Show the issuer's card
    Id(identity::IdArgs),
    /// Look at the issuer's keys, and replace them
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// The issuer's DID and its history
    #[command(subcommand)]
    Did(did::DidCommand),
    /// Leave a trial's did:key for a DID with a history
    Migrate(Box<migrate::MigrateArgs>),
    /// Changes that are signed on a machine without a network
    #[command(subcommand)]
    Request(request::RequestCommand),
    /// The register of members
    #[command(subcommand)]
    Roster(roster::RosterCommand),
    /// Invite members to enrol their wallets
    #[command(subcommand)]
    Enrol(enrol::EnrolCommand),
    /// Issue, suspend, revoke and replace credentials
    #[command(subcommand)]
    Credential(credential::CredentialCommand),
    /// Look at mandates and end them
    #[command(subcommand)]
    Mandate(mandate::MandateCommand),
    /// Issue to many members at once
    #[command(subcommand)]
    Batch(batch::BatchCommand),
    /// Let units of the house issue a part of what the parliament may
    #[command(subcommand)]
    Delegation(delegation::DelegationCommand),
    /// End a term for the whole chamber
    #[command(subcommand)]
    Term(term::TermCommand),
    /// Who may act for the issuer, each with a passphrase of their own
    #[command(subcommand)]
    Officer(officer::OfficerCommand),
    /// Approve what another officer has prepared
    #[command(subcommand)]
    Approve(approve::ApproveCommand),
    /// Bind this office's hands before an election
    #[command(subcommand)]
    Electoral(electoral::ElectoralCommand),
    /// What would be published
    #[command(subcommand)]
    Status(status::StatusCommand),
    /// Write the site that verifiers read
    Publish(publish::PublishArgs),
    /// The journal of everything that was done
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Keep a copy, and bring it back
    #[command(subcommand)]
    Backup(backup::BackupCommand),
    /// Accredit parliaments, and publish whom to believe
    #[command(subcommand)]
    Accreditor(Box<accreditor::AccreditorCommand>),
    /// Say what needs attention; exit 1 when something does
    Doctor,
    /// The issuer's settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print completions for a shell
    Completions(CompletionsArgs),
}

#[derive(Subcommand, Debug)]
enum ConfigCommand {
    /// Show the settings and where they come from
    Show,
}

#[derive(Args, Debug)]
struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

const EXAMPLES: &[(&str, &str)] = &[
    (
        "mandate-issuer init --name 'Cortes of Example' --chamber XX-1 --country XX",
        "make this parliament's issuer",
    ),
    (
        "mandate-issuer roster import members.csv",
        "take the members in",
    ),
    (
        "mandate-issuer enrol invite --all --out invitations.jsonl",
        "make a one-time code for each",
    ),
    (
        "mandate-issuer credential issue MEMBER --enrolment FILE --out FILE",
        "issue a mandate to a member's wallet",
    ),
    (
        "mandate-issuer publish --out site",
        "write what verifiers need",
    ),
];

/// Runs the program with the arguments of the process.
pub fn main() -> std::process::ExitCode {
    let program = Program::issuer(env!("CARGO_PKG_VERSION"), EXAMPLES);
    cli_kit::run::<Cli>(program, |cli| &cli.global, dispatch)
}

fn dispatch(cli: Cli, context: &mut Context) -> Result<ExitCode, Failure> {
    context.acting = cli.officer.filter(|id| !id.is_empty());
    match cli.noun {
        Noun::Init(args) => identity::init(&args, context),
        Noun::Id(args) => identity::id(&args, context),
        Noun::Key(command) => key::run(&command, context),
        Noun::Did(command) => did::run(&command, context),
        Noun::Migrate(args) => migrate::run(&args, context),
        Noun::Request(command) => request::run(&command, context),
        Noun::Roster(command) => roster::run(&command, context),
        Noun::Enrol(command) => enrol::run(&command, context),
        Noun::Credential(command) => credential::run(&command, context),
        Noun::Mandate(command) => mandate::run(&command, context),
        Noun::Batch(command) => batch::run(&command, context),
        Noun::Delegation(command) => delegation::run(&command, context),
        Noun::Term(command) => term::run(&command, context),
        Noun::Officer(command) => officer::run(&command, context),
        Noun::Approve(command) => approve::run(&command, context),
        Noun::Electoral(command) => electoral::run(&command, context),
        Noun::Status(command) => status::run(&command, context),
        Noun::Publish(args) => publish::run(&args, context),
        Noun::Audit(command) => audit::run(&command, context),
        Noun::Backup(command) => backup::run(&command, context),
        Noun::Accreditor(command) => accreditor::run(&command, context),
        Noun::Doctor => doctor::run(context),
        Noun::Config(ConfigCommand::Show) => identity::config(context),
        Noun::Completions(args) => {
            let mut script = Vec::new();
            let name = context.program.name;
            clap_complete::generate(args.shell, &mut Cli::command(), name, &mut script);
            context.printer.data(&script)?;
            Ok(ExitCode::Done)
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let failure = Self::failed(refusal.code, refusal.message);
        failure.hint(
            refusal
                .hint
                .unwrap_or_else(|| "see: mandate-issuer --help".to_owned()),
        )
    }
}

impl From<crate::store::StoreError> for Failure {
    fn from(error: crate::store::StoreError) -> Self {
        Refusal::from(error).into()
    }
}

/// Returns what this process does, as others are told that wait for it: program, noun and verb,
/// without flags and ids.
fn command_name() -> String {
    let mut words = vec!["mandate-issuer".to_owned()];
    let matches = Cli::command().try_get_matches_from(std::env::args_os());
    let mut inner = matches.as_ref().ok().and_then(ArgMatches::subcommand);
    while let Some((word, matches)) = inner {
        words.push(word.to_owned());
        inner = matches.subcommand();
    }
    words.join(" ")
}

/// Reads the clock, in whole seconds.
fn now() -> Instant {
    Instant::floor(cli_kit::run::now())
}

/// Digests a decision's file.
fn decision(file: Option<&Path>) -> Result<Option<DecisionDigest>, Failure> {
    let Some(file) = file else { return Ok(None) };
    let bytes = files::read_bounded(file, 64 << 20)?;
    Ok(Some(DecisionDigest::of(&bytes)))
}

/// Says where a file went; what stands on standard output says so itself.
fn exported(schema: &str, out: &Path, context: &mut Context) -> Result<ExitCode, Failure> {
    if out.as_os_str() == "-" {
        return Ok(ExitCode::Done);
    }
    if context.printer.is_json() {
        let value = serde_json::json!({ "schema": schema, "file": out });
        context.printer.json(&value)?;
    }
    context
        .printer
        .line(format!("written to {}", out.display()))?;
    Ok(ExitCode::Done)
}

/// What every change ends with, for programs.
const NEXT: &str = "not in force until published: mandate-issuer publish --out DIR";

/// Says what every change ends with.
fn not_in_force(context: &mut Context) {
    context.printer.note("not in force until published");
    context
        .printer
        .hint("publish with: mandate-issuer publish --out DIR");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_flag_means_two_things() {
        Cli::command().debug_assert();
    }
}
