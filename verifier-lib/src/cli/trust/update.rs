//! `trust update`: keep the newest evidence.

use std::path::{Path, PathBuf};

use clap::Args;
use cli_kit::{Context, ExitCode, Failure, files, run::now};
use identity_core::{Code, trust::Anchor};
use serde_json::json;

use super::super::{
    check::anchor_list,
    evidence::MAX_BUNDLE,
    fetch,
    home::Home,
    kept::{Authentic, Taken},
};
use super::published_in;

/// Arguments of `trust update`.
#[derive(Args, Debug)]
pub(in crate::cli) struct UpdateArgs {
    /// The file or the folder in which it was published, or where to fetch it: https, or http from this machine;
    /// - for standard input
    #[arg(value_name = "FILE|DIR|URL")]
    source: String,
    /// Whose it must be, and your name for them, which is kept; without it, anybody's is kept, and counts for
    /// nothing until an --anchor of `check` names them
    #[arg(long, value_name = "DID[=NAME]")]
    anchor: Vec<String>,
    /// For https: the certificate authorities of the house, PEM, which count alone then
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

pub(super) fn run(args: &UpdateArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let anchors = anchor_list(&args.anchor)?;
    let home = Home::open(context)?;
    let bytes = if fetch::is_url(&args.source) {
        fetch::get(&args.source, MAX_BUNDLE, args.ca.as_deref())?
    } else {
        let file = published_in(Path::new(&args.source))?;
        files::read_bounded(&file, MAX_BUNDLE)?.to_vec()
    };
    let new = Authentic::open(bytes)?;
    expected(&new, &anchors)?;
    let (did, seq, times, is_network) = (new.did.clone(), new.seq, new.times, new.is_network);
    let code = new.age_code(now());
    let (taken, silent) = home.take(new)?;
    home.keep_names(&anchors)?;
    let (kind, words) = if is_network {
        ("network", "trust bundle")
    } else {
        ("bundle", "bundle")
    };
    if let Some(code) = code {
        let meaning = code.meaning().trim_end_matches('.');
        context.printer.warn(format!("{meaning} ({code})"));
    }
    if silent > 0 {
        context.printer.warn(format!(
            "of what the bundle before it told revoked or ended, it is silent about {silent}"
        ));
        context.printer.hint(
            "neither is ever taken back: ask the issuer whether its office was restored, and from what",
        );
    }
    if anchors.is_empty() {
        let hint = format!("compare {did} by a second way before you name it with --anchor");
        context.printer.hint(hint);
    }
    let outcome = match taken {
        Taken::Unchanged => "unchanged",
        Taken::Replaced => "replaced",
    };
    if context.printer.is_json() {
        context.printer.json(&json!({
            "schema": "mandate.trust-updated/1",
            "id": did,
            "kind": kind,
            "seq": seq,
            "issuedAt": times.issued_at,
            "nextUpdate": times.next_update,
            "expires": times.expires,
            "outcome": outcome,
            "code": code.map(Code::as_str),
        }))?;
    }
    context.printer.line(match taken {
        Taken::Unchanged => format!("{words} {seq} of {did} is kept already"),
        Taken::Replaced => format!("kept {words} {seq} of {did}, signed {}", times.issued_at),
    })?;
    Ok(ExitCode::Done)
}

/// Checks that it is of one of those expected.
fn expected(new: &Authentic, anchors: &[Anchor]) -> Result<(), Failure> {
    let did = &new.did;
    let names = |anchor: &Anchor| anchor.did() == did || new.former.contains(anchor.did());
    if anchors.is_empty() || anchors.iter().any(names) {
        return Ok(());
    }
    let message = format!("it is from {did}, whom no --anchor names");
    Err(Failure::failed(Code::IssuerNotTrusted.as_str(), message)
        .hint("ask whoever publishes there; what is kept stays as it was"))
}
