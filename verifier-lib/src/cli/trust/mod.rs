//! `trust`: look at evidence, keep it, fetch it.

mod bundle;
mod lint;
mod mirror;
mod network;
mod update;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use cli_kit::{Context, ExitCode, Failure, files, run::now};
use identity_core::{
    status::Instant,
    trust::{Anchor, Bundle, network::Network},
};
use jiff::Timestamp;
use serde_json::json;

use super::{
    check::anchor_list,
    evidence::{BUNDLE, MAX_BUNDLE, NETWORK, files_in},
    home::Home,
    kept::Authentic,
};
use crate::cli::evidence::Opened;

/// The verbs of `trust`.
#[derive(Subcommand, Debug)]
pub(super) enum TrustCommand {
    /// Show what evidence says, once its signatures have passed
    ///
    /// An issuer's bundle, or an accreditor's trust bundle with the parliaments in it. Without a file, what
    /// this verifier keeps.
    Show(ShowArgs),
    /// Say what is doubtful about evidence; exit 1 when something is
    Lint(FileArgs),
    /// Keep an issuer's bundle or an accreditor's trust bundle, if it is the newest seen
    ///
    /// `check` and `serve` use what is kept where there is no --trust. Exit 1 with a code on standard error when
    /// it is refused: older than what was seen (`network.rollback`, `bundle.rollback`), another history
    /// (`network.fork`, `did.log_fork`), a second one of the same number (`network.conflict`,
    /// `bundle.conflict`), not authentic, not fetched. What is kept stays then. It is exit 1 and not 12, for 10 to
    /// 12 are answers about a presentation, and a timer is to raise an alarm at any other than 0.
    Update(update::UpdateArgs),
    /// Fetch evidence again and again into a folder that the house's verifiers read
    ///
    /// Each file is verified before it replaces the one that is there; what cannot be fetched or is refused
    /// leaves that one in place, and is told on standard error. Runs until it is stopped; --once is for timers,
    /// with exit 1 when anything was refused.
    Mirror(mirror::MirrorArgs),
}

/// Arguments of `lint`.
#[derive(Args, Debug)]
pub(super) struct FileArgs {
    /// The file, or the folder in which it was published
    file: PathBuf,
}

/// Arguments of `show`.
#[derive(Args, Debug)]
pub(super) struct ShowArgs {
    /// The file, or the folder in which it was published; without it, what this verifier keeps
    file: Option<PathBuf>,
    /// Your name for an issuer or an accreditor, to be shown beside its own
    #[arg(long, value_name = "DID[=NAME]")]
    anchor: Vec<String>,
}

pub(super) fn run(command: TrustCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        TrustCommand::Show(args) => show(&args, context),
        TrustCommand::Lint(args) => match read(&args.file)? {
            Shown::Bundle(bundle) => lint::bundle(&bundle, context),
            Shown::Network(network) => lint::network(&network, context),
        },
        TrustCommand::Update(args) => update::run(&args, context),
        TrustCommand::Mirror(args) => mirror::run(&args, context),
    }
}

/// Evidence to look at.
enum Shown {
    Bundle(Box<Bundle>),
    Network(Box<Network>),
}

fn read(path: &Path) -> Result<Shown, Failure> {
    let file = published_in(path)?;
    let bytes = files::read_bounded(&file, MAX_BUNDLE)?.to_vec();
    match Authentic::open(bytes)?.into_opened() {
        Opened::Bundle(Ok(bundle)) => Ok(Shown::Bundle(bundle)),
        Opened::Network(Ok(network)) => Ok(Shown::Network(network)),
        Opened::Bundle(Err(error)) => Err(Failure::from_error(error.code().as_str(), &error)),
        Opened::Network(Err(error)) => Err(Failure::from_error(error.code().as_str(), &error)),
    }
}

/// Returns the evidence of a published folder, or the file itself.
fn published_in(path: &Path) -> Result<PathBuf, Failure> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let published = [BUNDLE, NETWORK].map(|name| path.join(name));
    if let Some(file) = published.into_iter().find(|file| file.is_file()) {
        return Ok(file);
    }
    let message = format!(
        "{} is a folder without a bundle.json or trust.bundle",
        path.display()
    );
    Err(
        Failure::failed(cli_kit::Code::FileUnreadable.as_str(), message)
            .hint("name the file that was published: an issuer's bundle.json, an accreditor's trust.bundle")
            .hint("or the folder in which it lies, which publish names with --out"),
    )
}

fn show(args: &ShowArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let mut anchors = anchor_list(&args.anchor)?;
    let files = if let Some(file) = &args.file {
        vec![file.clone()]
    } else {
        let home = Home::open(context)?;
        // The names that were given when it was kept, behind those of now.
        anchors.extend(home.names()?);
        kept(&home)?
    };
    let mut items = Vec::new();
    for file in &files {
        let value = match read(file)? {
            Shown::Bundle(found) if context.printer.is_json() => bundle::to_json(&found),
            Shown::Network(found) if context.printer.is_json() => {
                network::to_json(&found, &anchors, now())
            }
            Shown::Bundle(found) => {
                bundle::print(&found, &mut context.printer)?;
                continue;
            }
            Shown::Network(found) => {
                network::print(&found, &anchors, now(), &mut context.printer)?;
                continue;
            }
        };
        items.push(value);
    }
    if context.printer.is_json() {
        match (args.file.is_some(), items.pop()) {
            (true, Some(only)) => context.printer.json(&only)?,
            (_, last) => {
                items.extend(last);
                let value = json!({ "schema": "mandate.trust-kept/1", "items": items });
                context.printer.json(&value)?;
            }
        }
    }
    Ok(ExitCode::Done)
}

/// Returns the files that the home keeps.
fn kept(home: &Home) -> Result<Vec<PathBuf>, Failure> {
    if home.keeps_evidence() {
        return files_in(&home.kept());
    }
    Err(Failure::usage("this verifier keeps no evidence yet")
        .hint("keep some: mandate-verifier trust update FILE|DIR|URL")
        .hint("or name the file to look at"))
}

/// Returns your name for a DID.
fn name_of<'a>(anchors: &'a [Anchor], did: &identity_core::did::Did) -> Option<&'a str> {
    let mut named = anchors.iter().filter(|anchor| anchor.did() == did);
    named.find_map(Anchor::name)
}

/// Says how long ago something was, or is to be, in one unit.
fn age(now: Timestamp, then: Instant) -> String {
    let seconds = Instant::floor(now).seconds_since(then);
    let unit = |seconds: i64| match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    };
    if seconds < 0 {
        format!("in {}", unit(-seconds))
    } else {
        format!("{} ago", unit(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_said_in_one_unit() {
        let now: Timestamp = "2026-03-08T12:00:00Z".parse().unwrap();
        let at = |text: &str| age(now, text.parse().unwrap());
        assert_eq!(at("2026-03-08T11:59:30Z"), "30 s ago");
        assert_eq!(at("2026-03-08T11:15:00Z"), "45 min ago");
        assert_eq!(at("2026-03-07T12:00:00Z"), "24 h ago");
        assert_eq!(at("2026-03-11T13:00:00Z"), "in 3 days");
    }
}
