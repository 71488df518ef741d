//! `accreditor`: says which parliaments may issue what, and publishes it. What is done is in
//! [`crate::accreditor`].

mod approve;
mod collect;
pub(super) mod doctor;
mod founding;
mod officers;
mod prepare;
mod publish;
mod record;
mod show;
mod words;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use cli_kit::{Context, ExitCode, Failure, files};

use super::{command_name, now};
use crate::{
    accreditor::{Archive, Paper},
    store::Lock,
};

/// The verbs of `accreditor`.
#[derive(Subcommand, Debug)]
pub(super) enum AccreditorCommand {
    /// Make an accreditor, and the first policy for its officers to sign
    Init(founding::InitArgs),
    /// Make an officer's key, wherever the officer is
    OfficerKey(founding::OfficerKeyArgs),
    /// Draw up what the officers are to sign
    #[command(subcommand)]
    Prepare(prepare::PrepareCommand),
    /// Show what a document says, and sign it as an officer; needs nothing but the file and the key
    Approve(approve::ApproveArgs),
    /// Record an accreditation that enough officers have signed
    Accredit(Copies),
    /// Record a suspension that enough officers have signed
    Suspend(Copies),
    /// Record that a suspension is over
    Reinstate(Copies),
    /// Record that an accreditation is taken back
    Withdraw(Copies),
    /// Record that a parliament does not function any more
    Dissolve(Copies),
    /// Record that a parliament's keys are in other hands
    Compromised(Copies),
    /// The accreditor's officers, and changes of them
    #[command(subcommand)]
    Officers(officers::OfficersCommand),
    /// Let the announced control key of a did:webvh take over, and announce another
    RotateControl,
    /// Take in the newest bundles of parliaments and units
    Collect(collect::CollectArgs),
    /// Compile the trust list, and write the trust bundle
    Publish(publish::PublishArgs),
    /// List the parliaments with their states
    List,
    /// Show the accreditor, a parliament, or a document
    Show(show::ShowArgs),
    /// Write out statements, lists and policies one by one
    Export(show::ExportArgs),
    /// Say what needs attention; exit 1 when something does
    Doctor,
    /// Bring a home that was put back from an old copy up to what was published
    Recover(publish::RecoverArgs),
}

/// Copies of one document, each signed by some of the officers.
#[derive(Args, Debug)]
pub(super) struct Copies {
    /// The copies that officers signed
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) fn run(command: &AccreditorCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        AccreditorCommand::Init(args) => founding::init(args, context),
        AccreditorCommand::OfficerKey(args) => founding::officer_key(args, context),
        AccreditorCommand::Prepare(command) => prepare::run(command, context),
        AccreditorCommand::Approve(args) => approve::run(args, context),
        AccreditorCommand::Accredit(copies) => record::run(&copies.files, "accredit", context),
        AccreditorCommand::Suspend(copies) => record::run(&copies.files, "suspend", context),
        AccreditorCommand::Reinstate(copies) => record::run(&copies.files, "reinstate", context),
        AccreditorCommand::Withdraw(copies) => record::run(&copies.files, "withdraw", context),
        AccreditorCommand::Dissolve(copies) => record::run(&copies.files, "dissolve", context),
        AccreditorCommand::Compromised(copies) => {
            record::run(&copies.files, "compromised", context)
        }
        AccreditorCommand::Officers(command) => officers::run(command, context),
        AccreditorCommand::RotateControl => founding::rotate_control(context),
        AccreditorCommand::Collect(args) => collect::run(args, context),
        AccreditorCommand::Publish(args) => publish::run(args, context),
        AccreditorCommand::List => show::list(context),
        AccreditorCommand::Show(args) => show::run(args, context),
        AccreditorCommand::Export(args) => show::export(args, context),
        AccreditorCommand::Doctor => doctor::run(context),
        AccreditorCommand::Recover(args) => publish::recover(args, context),
    }
}

/// Opens the home to read.
fn reading(context: &Context) -> Result<Archive, Failure> {
    Archive::open(&context.home()?, now())
}

/// Opens the home to change it; the lock is held for as long as it lives.
fn writing(context: &Context) -> Result<(Archive, Option<Lock>), Failure> {
    let path = context.home()?;
    // Before the lock, which would make files in a folder that is no home.
    let archive = Archive::open(&path, now())?;
    if context.args.dry_run {
        return Ok((archive, None));
    }
    drop(archive);
    let lock = Lock::take(&path, &command_name())?;
    Ok((Archive::open(&path, now())?, Some(lock)))
}

/// Reads copies of a document.
fn papers(files: &[PathBuf]) -> Result<Vec<Paper>, Failure> {
    let read = files.iter().map(|file| {
        let paper = Paper::read(&files::read_bounded(file, 256 << 20)?);
        paper.map_err(|failure| failure.because(format!("in {}", file.display())))
    });
    read.collect()
}

/// Writes a command of this noun to copy.
fn command(rest: &str) -> String {
    format!("mandate-issuer accreditor {rest}")
}
