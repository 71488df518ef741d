//! `mandate-verifier`, one file per noun.

pub(crate) mod check;
mod completions;
pub(crate) mod home;
mod identity;
pub(crate) mod request;
mod sentence;
#[cfg(feature = "serve")]
mod serve;
mod trust;

use clap::{Parser, Subcommand};
use cli_kit::{Context, ExitCode, Failure, GlobalArgs, Program};

identity_core::codes! {
    /// A stable code of the verifier's command line.
    pub enum CliCode {
        /// The verifier's home holds something that is not what was written there.
        HomeDamaged = "verifier.damaged",
        /// There is a verifier in this home already.
        HomeExists = "verifier.exists",
        /// There is no verifier in this home.
        HomeMissing = "verifier.missing",
    }
}

/// Checks presentations of mandates, offline, and says why
#[derive(Parser, Debug)]
#[command(name = "mandate-verifier", version, arg_required_else_help = false)]
#[command(after_long_help = cli_kit::env::help(cli_kit::env::VERIFIER_HOME))]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    noun: Noun,
}

#[derive(Subcommand, Debug)]
enum Noun {
    /// Make this verifier's key and card
    Init(identity::InitArgs),
    /// Show this verifier's card
    Id(identity::IdArgs),
    /// Ask members for presentations
    #[command(subcommand)]
    Request(request::RequestCommand),
    /// Check a presentation against a request
    ///
    /// Exit codes: 0 valid, 10 not valid, 11 revoked, suspended or ended, 12 could not decide, 2 wrong
    /// use (no anchor, an instant ahead of now), 1 a file could not be read.
    Check(check::CheckArgs),
    /// Answer checks over HTTP, for programs on this machine
    ///
    /// Listens on this machine alone unless told otherwise, and ends with exit code 0 on SIGTERM or SIGINT,
    /// once the requests at hand are answered.
    #[cfg(feature = "serve")]
    Serve(Box<serve::ServeArgs>),
    /// Look at trust bundles
    #[command(subcommand)]
    Trust(trust::TrustCommand),
    /// Print completions for a shell
    Completions(completions::CompletionsArgs),
}

const EXAMPLES: &[(&str, &str)] = &[
    (
        "mandate-verifier init --name 'Chamber e-voting'",
        "make this verifier's key",
    ),
    (
        "mandate-verifier id --out verifier.json",
        "write the card that members trust",
    ),
    (
        "mandate-verifier request create --claims MemberMandate:name --purpose 'Vote 12' --out request.jwt",
        "ask for a mandate and the name",
    ),
    (
        "mandate-verifier check answer.txt --request request.jwt --trust bundle.json --anchor DID=Chamber",
        "check the answer",
    ),
];

/// Runs the program with the arguments of the process.
pub fn main() -> std::process::ExitCode {
    let program = Program::verifier(env!("CARGO_PKG_VERSION"), EXAMPLES);
    cli_kit::run::<Cli>(program, |cli| &cli.global, dispatch)
}

fn dispatch(cli: Cli, context: &mut Context) -> Result<ExitCode, Failure> {
    match cli.noun {
        Noun::Init(args) => identity::init(&args, context),
        Noun::Id(args) => identity::id(&args, context),
        Noun::Request(command) => request::run(command, context),
        Noun::Check(args) => check::run(&args, context),
        #[cfg(feature = "serve")]
        Noun::Serve(args) => serve::run(*args, context),
        Noun::Trust(command) => trust::run(&command, context),
        Noun::Completions(args) => completions::run::<Cli>(&args, context),
    }
}
