//! `mandate-wallet`, one file per noun. Arguments and printing only.

mod backup;
mod credential;
mod enrol;
mod identity;
mod present;
mod verifier;

use clap::{Args, CommandFactory as _, Parser, Subcommand};
use cli_kit::{Context, ExitCode, Failure, GlobalArgs, Program, passphrase::Purpose, sealed::Cost};
use identity_core::status::Instant;

use crate::{
    code::Refusal,
    vault::{FILE_NAME, Vault},
};

/// Holds a member's credentials and shows what the member chooses
#[derive(Parser, Debug)]
#[command(name = "mandate-wallet", version)]
#[command(after_long_help = cli_kit::env::help(cli_kit::env::WALLET_HOME))]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    noun: Noun,
}

#[derive(Subcommand, Debug)]
enum Noun {
    /// Make this wallet
    Init,
    /// Show the wallet's DIDs, one for each issuer
    Id,
    /// The verifiers that you answer
    #[command(subcommand)]
    Verifier(verifier::VerifierCommand),
    /// Enrol with a one-time code
    Enrol(enrol::EnrolArgs),
    /// The credentials that you hold
    #[command(subcommand)]
    Credential(credential::CredentialCommand),
    /// Answer a verifier's request
    Present(present::PresentArgs),
    /// Keep a copy, and bring it back
    #[command(subcommand)]
    Backup(backup::BackupCommand),
    /// Say what needs attention; exit 1 when something does
    Doctor,
    /// Print completions for a shell
    Completions(CompletionsArgs),
}

#[derive(Args, Debug)]
struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

const EXAMPLES: &[(&str, &str)] = &[
    ("mandate-wallet init", "make this wallet"),
    (
        "mandate-wallet enrol --code-file code.txt --issuer issuer.json --out enrolment.txt",
        "answer the secretariat's letter",
    ),
    (
        "mandate-wallet credential add mandate.txt",
        "keep the credential",
    ),
    (
        "mandate-wallet present request.jwt --preview",
        "see who asks for what",
    ),
    (
        "mandate-wallet present request.jwt --out answer.txt",
        "answer",
    ),
];

/// Runs the program with the arguments of the process.
pub fn main() -> std::process::ExitCode {
    let program = Program::wallet(env!("CARGO_PKG_VERSION"), EXAMPLES);
    cli_kit::run::<Cli>(program, |cli| &cli.global, dispatch)
}

fn dispatch(cli: Cli, context: &mut Context) -> Result<ExitCode, Failure> {
    match cli.noun {
        Noun::Init => identity::init(context),
        Noun::Id => identity::id(context),
        Noun::Verifier(command) => verifier::run(&command, context),
        Noun::Enrol(args) => enrol::run(&args, context),
        Noun::Credential(command) => credential::run(&command, context),
        Noun::Present(args) => present::run(&args, context),
        Noun::Backup(command) => backup::run(&command, context),
        Noun::Doctor => identity::doctor(context),
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
        let failure = refusal.hints.into_iter().fold(failure, Self::hint);
        if refusal.is_usage {
            failure.exit(ExitCode::Usage)
        } else {
            failure
        }
    }
}

/// Opens the vault with the member's passphrase.
fn open(context: &mut Context) -> Result<Vault, Failure> {
    let path = context.home()?.join(FILE_NAME);
    if !path.exists() {
        let message = format!("there is no wallet in {}", path.display());
        return Err(Failure::failed("vault.missing", message)
            .hint("make one with: mandate-wallet init")
            .hint("or name its folder with --home"));
    }
    let passphrase = context.input.passphrase("the wallet", Purpose::Open)?;
    Ok(Vault::open(&path, passphrase, Cost::STANDARD)?)
}

fn now() -> Instant {
    Instant::floor(cli_kit::run::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_flag_means_two_things() {
        Cli::command().debug_assert();
    }
}
