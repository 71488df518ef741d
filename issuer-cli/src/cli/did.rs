//! `did show`, `update`, `rotate`, `deactivate`, `check`, `resume`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use cli_kit::{Context, ExitCode, Failure, Mark};
use identity_core::did::webvh;
use serde_json::json;

use super::{
    changing::{Change, LOG, WITNESS, read_text},
    control::{ControlKeys, ControlPlace},
    home::Home,
    web,
};
use crate::did::{DidCode, DidLog, Purpose};

/// The verbs of `did`.
#[derive(Subcommand, Debug)]
pub(super) enum DidCommand {
    /// Show the DID, its keys and where its log belongs
    Show,
    /// Change what the DID's document says
    Update(UpdateArgs),
    /// Replace the control key by the one that was announced, and announce the next
    Rotate(ControlArgs),
    /// End the DID for good: nothing can be issued in its name any more
    Deactivate(ControlArgs),
    /// Compare what is published with what this home has
    Check {
        /// The site: a folder, or the HTTPS address of did.jsonl; the DID's own address without it
        site: Option<String>,
        /// For https: the certificate authorities of the house, PEM, which count alone then
        #[arg(long, value_name = "FILE")]
        ca: Option<PathBuf>,
    },
    /// Finish a change that was interrupted
    Resume {
        #[command(flatten)]
        control: ControlArgs,
        /// Drop the change instead, if it does not stand in the log yet
        #[arg(long)]
        discard: bool,
    },
}

/// What every change needs.
#[derive(Args, Debug)]
pub(super) struct ControlArgs {
    #[command(flatten)]
    pub(super) keys: ControlPlace,
    /// Write a request instead, to be signed on the machine that holds the control keys
    #[arg(long, value_name = "FILE")]
    pub(super) request: Option<PathBuf>,
}

/// Arguments of `did update`.
#[derive(Args, Debug)]
pub(super) struct UpdateArgs {
    #[command(flatten)]
    control: ControlArgs,
    /// Another DID or address of the same parliament; repeat it for several
    #[arg(long, value_name = "URI")]
    also_known_as: Vec<String>,
    /// One that is no longer to be named
    #[arg(long, value_name = "URI")]
    not_known_as: Vec<String>,
}

pub(super) fn run(command: &DidCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    match command {
        DidCommand::Show => show(&home, context),
        DidCommand::Update(args) => update(&home, args, context),
        DidCommand::Rotate(args) => {
            let change = Change {
                purpose: Purpose::Rotate,
                document: None,
                replaced: None,
                keys: &args.keys,
            };
            home.nothing_pending()?;
            if let Some(exit) = home.gate("rotate-control-key", None, context)? {
                return Ok(exit);
            }
            let log = home.change_or_ask(change, args.request.as_deref(), context)?;
            done(log, "control key replaced", args, context)
        }
        DidCommand::Deactivate(args) => {
            home.nothing_pending()?;
            home.history()?.live()?;
            let question = "End the DID for good? Every credential of it ends with it.";
            context.input.require(question)?;
            if let Some(exit) = home.gate("end", None, context)? {
                return Ok(exit);
            }
            let change = Change {
                purpose: Purpose::Deactivate,
                document: None,
                replaced: None,
                keys: &args.keys,
            };
            let log = home.change_or_ask(change, args.request.as_deref(), context)?;
            done(log, "ended", args, context)
        }
        DidCommand::Check { site, ca } => check(&home, (site.as_deref(), ca.as_deref()), context),
        DidCommand::Resume { discard: true, .. } => {
            home.discard()?;
            changed(&home.history()?, "unfinished change dropped", context)
        }
        DidCommand::Resume { control, .. } => {
            let (log, _desk) = home.resume(&control.keys, context)?;
            changed(&log, "change finished", context)
        }
    }
}

fn update(home: &Home, args: &UpdateArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    home.nothing_pending()?;
    let mut document = home.history()?.document()?;
    let before = document.clone();
    document
        .also_known_as
        .retain(|name| !args.not_known_as.contains(name));
    for name in &args.also_known_as {
        if !name.contains(':') || name.len() > 2048 || name.chars().any(char::is_whitespace) {
            return Err(Failure::usage(format!("{name:?} is no URI"))
                .hint("write it with its scheme, such as https://parliament.example"));
        }
        if !document.also_known_as.contains(name) {
            document.also_known_as.push(name.clone());
        }
    }
    if document == before {
        return Err(
            Failure::usage("the document says so already: nothing would change")
                .hint("name what is to change with --also-known-as or --not-known-as"),
        );
    }
    if let Some(exit) = home.gate("update", Some(&document.also_known_as), context)? {
        return Ok(exit);
    }
    let change = Change {
        purpose: Purpose::Update,
        document: Some(document),
        replaced: None,
        keys: &args.control.keys,
    };
    let log = home.change_or_ask(change, args.control.request.as_deref(), context)?;
    done(log, "document changed", &args.control, context)
}

/// Says what became of a change, or where the request for it is.
pub(super) fn done(
    log: Option<DidLog>,
    what: &str,
    args: &ControlArgs,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    match (log, &args.request) {
        (None, Some(out)) => {
            context
                .printer
                .note("nothing is changed before the answer is there");
            context.printer.hint(
                "on the machine with the control keys: mandate-issuer request sign FILE --keys DIR --out ANSWER",
            );
            context
                .printer
                .hint("then here: mandate-issuer request apply ANSWER");
            super::exported("mandate.did-requested/1", out, context)
        }
        (Some(log), _) => changed(&log, what, context),
        (None, None) => Ok(ExitCode::Done),
    }
}

/// Says what became of the DID.
pub(super) fn changed(
    log: &DidLog,
    what: &str,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let latest = log.history().latest();
    if context.printer.is_json() {
        context.printer.json(&json!({
            "schema": "mandate.did-changed/1",
            "did": log.history().did(),
            "change": what,
            "versionId": latest.version_id,
            "versionTime": latest.version_time.to_string(),
            "next": super::NEXT,
        }))?;
    }
    context
        .printer
        .line(format!("{what}: version {}", latest.version_id))?;
    super::not_in_force(context);
    Ok(ExitCode::Done)
}

fn show(home: &Home, context: &mut Context) -> Result<ExitCode, Failure> {
    let log = home.history()?;
    let control = ControlKeys::read(&home.path)?;
    let history = log.history();
    let latest = history.latest();
    let url = webvh::url(history.did())
        .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
    let document = log.document().ok();
    let pending = home.pending()?.map(|pending| pending.version_id);
    if context.printer.is_json() {
        let keys = document.as_ref().map(|document| &document.keys);
        context.printer.json(&json!({
            "schema": "mandate.did/1",
            "did": history.did(),
            "versionId": latest.version_id,
            "versionTime": latest.version_time.to_string(),
            "url": url,
            "ended": history.deactivated_at().map(|at| at.to_string()),
            "issuingKey": keys.map(|keys| &keys.issuing),
            "statusKey": keys.map(|keys| &keys.status),
            "alsoKnownAs": document.as_ref().map(|document| &document.also_known_as),
            "control": {
                "place": control.place,
                "number": latest.number,
                "publicKeyMultibase": latest.parameters.update_keys.first(),
                "next": log.live().is_ok().then(|| latest.number + 1),
            },
            "pending": pending,
        }))?;
        return Ok(ExitCode::Done);
    }
    let printer = &mut context.printer;
    printer.line(format!("DID: {}", history.did()))?;
    printer.line(format!(
        "version: {} of {}",
        latest.version_id, latest.version_time
    ))?;
    printer.line(format!("its log belongs at: {url}"))?;
    if let Some(document) = &document {
        printer.line(format!("issuing key: {}", document.keys.issuing))?;
        printer.line(format!("status key: {}", document.keys.status))?;
        for name in &document.also_known_as {
            printer.line(format!("also known as: {name}"))?;
        }
    }
    printer.line(format!(
        "control key: number {} in {}",
        latest.number, control.place
    ))?;
    if let Some(at) = history.deactivated_at() {
        printer.warn(format!("the DID was ended at {at}"));
    }
    if pending.is_some() {
        printer.warn("a change of the DID was begun and not finished");
        printer.hint("finish it with: mandate-issuer did resume");
    }
    Ok(ExitCode::Done)
}

/// What is published, by folder or address.
fn published(
    site: Option<&str>,
    own: &str,
    ca: Option<&Path>,
) -> Result<(String, Option<String>), Failure> {
    let site = site.unwrap_or(own);
    if site.starts_with("https://") || site.starts_with("http://") {
        return Ok((fetch(site, ca)?, None));
    }
    let folder = PathBuf::from(site);
    let well_known = folder.join(".well-known");
    let folder = if well_known.join(LOG).exists() {
        well_known
    } else {
        folder
    };
    let witness = folder.join(WITNESS);
    let witness = witness.exists().then(|| read_text(&witness)).transpose()?;
    Ok((read_text(&folder.join(LOG))?, witness))
}

fn fetch(url: &str, ca: Option<&Path>) -> Result<String, Failure> {
    let agent = web::agent(30, 0, ca)?;
    let unreachable = |error: ureq::Error| {
        let message = format!("{url} cannot be fetched");
        Failure::failed(DidCode::DidUnreachable.as_str(), message)
            .caused_by(&error)
            .hint("publish the site there, or name its folder: mandate-issuer did check DIR")
    };
    let mut response = agent.get(url).call().map_err(unreachable)?;
    let body = response.body_mut().with_config().limit(16 << 20);
    body.read_to_string().map_err(unreachable)
}

fn check(
    home: &Home,
    (site, ca): (Option<&str>, Option<&Path>),
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let own = home.history()?;
    let did = own.history().did().clone();
    let url =
        webvh::url(&did).map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
    let (text, witness) = published(site, &url, ca)?;
    let there = DidLog::read(&did, text, witness, cli_kit::run::now())?;
    let (home_head, there_head) = (own.history().head(), there.history().head());
    let state = if home_head == there_head {
        "current"
    } else if own.history().extends(there_head.0, there_head.1).is_ok() {
        "behind"
    } else if there.history().extends(home_head.0, home_head.1).is_ok() {
        "ahead"
    } else {
        "another"
    };
    if context.printer.is_json() {
        context.printer.json(&json!({
            "schema": "mandate.did-checked/1",
            "did": did,
            "state": state,
            "home": own.history().latest().version_id,
            "published": there.history().latest().version_id,
        }))?;
    }
    let printer = &mut context.printer;
    match state {
        "current" => {
            printer.marked(Mark::Yes, "what is published is what this home has")?;
            return Ok(ExitCode::Done);
        }
        "behind" => {
            let message = format!(
                "published is version {}, this home has {}",
                there.history().latest().version_id,
                own.history().latest().version_id
            );
            printer.marked(Mark::No, message)?;
            printer.hint("publish with: mandate-issuer publish --out DIR");
        }
        "ahead" => {
            printer.marked(
                Mark::No,
                "published is a later version than this home has: somebody changed the DID elsewhere, or \
                 this home was restored from an old backup",
            )?;
            printer.hint(
                "never publish from this home before the two agree: verifiers would refuse it",
            );
        }
        _ => {
            printer.marked(
                Mark::No,
                "published is another history than this home has: two stories were told of this DID",
            )?;
            printer.hint("find out who else has the control keys, before anything is published");
        }
    }
    Ok(ExitCode::Failed)
}
