//! `mandate-verifier`, one file per noun.

pub(crate) mod check;
mod completions;
pub(crate) mod demand;
pub(crate) mod evidence;
mod fetch;
pub(crate) mod home;
mod identity;
mod kept;
mod names;
pub(crate) mod request;
mod seen;
mod sentence;
#[cfg(feature = "serve")]
mod serve;
mod trust;

use clap::{Parser, Subcommand};
use cli_kit::{Context, ExitCode, Failure, GlobalArgs, Program};

identity_core::codes! {
    /// A stable code of the verifier's command line.
    pub enum CliCode {
        /// Nothing is fetched from such an address: only https, and http from this machine, without a password.
        FetchAddress = "fetch.address",
        /// What was to be fetched could not be.
        FetchFailed = "fetch.failed",
        /// What was to be fetched is said to lie on another host.
        FetchRedirected = "fetch.redirected",
        /// What was to be fetched is larger than it may be.
        FetchTooLarge = "fetch.too_large",
        /// The verifier's home holds something that is not what was written there.
        HomeDamaged = "verifier.damaged",
        /// There is a verifier in this home already.
        HomeExists = "verifier.exists",
        /// There is no verifier in this home.
        HomeMissing = "verifier.missing",
        /// An accredited parliament has no bundle in the trust bundle.
        LintNoBundle = "lint.no_bundle",
        /// Less than a third of the time is left in which the trust list may be used.
        LintListEnds = "lint.list_ends",
        /// An officer policy has one officer: whoever has that key decides alone.
        LintOneOfficer = "lint.one_officer",
        /// The key that publishes unattended is, or was, an officer's, or controls the DID.
        LintPublishingKey = "lint.publishing_key",
        /// A bundle in the trust bundle is refused.
        LintRefusedBundle = "lint.refused_bundle",
        /// One officer of several is enough.
        LintThresholdOne = "lint.threshold_one",
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
    /// Look at evidence, keep it, fetch it
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
    (
        "mandate-verifier trust update https://accreditor.example/trust.bundle --anchor DID",
        "fetch and keep the trust bundle of many parliaments",
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
        Noun::Trust(command) => trust::run(command, context),
        Noun::Completions(args) => completions::run::<Cli>(&args, context),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_flag_means_two_things() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
