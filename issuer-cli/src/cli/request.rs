//! `request show`, `sign`, `apply`: changes that are signed on a machine without a network.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access, Durability},
    output,
    passphrase::Purpose as PassphraseFor,
};
use identity_core::key::Signer as _;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{control::Keeper, did::changed, exported, home::Home};
use crate::did::{Answer, Control, DidCode, DidError, DidLog, Pending, Purpose, Request};

/// The verbs of `request`.
#[derive(Subcommand, Debug)]
pub(super) enum RequestCommand {
    /// Show what a request asks to be signed
    Show {
        /// The request
        file: PathBuf,
    },
    /// Sign a request, on the machine that holds the control keys; it needs no home
    Sign {
        /// The request
        file: PathBuf,
        /// Where the control keys are: a folder, or a token's place
        #[arg(long, value_name = "DIR|pkcs11:...")]
        keys: String,
        /// Open the control keys with the passphrase in this file
        #[arg(long, value_name = "FILE")]
        control_passphrase_file: Option<PathBuf>,
        /// Where to write the answer
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Do what was asked for, with the answer
    Apply {
        /// The answer
        file: PathBuf,
    },
}

pub(super) fn run(command: &RequestCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        RequestCommand::Show { file } => {
            let request: Request = read(file, Request::SCHEMA)?;
            let log = request.verified_log(cli_kit::run::now())?;
            show(&request, &log, context)?;
            Ok(ExitCode::Done)
        }
        RequestCommand::Sign {
            file,
            keys,
            control_passphrase_file,
            out,
        } => sign(file, keys, control_passphrase_file.as_deref(), out, context),
        RequestCommand::Apply { file } => {
            let home = Home::open(context)?;
            let answer: Answer = read(file, Answer::SCHEMA)?;
            let (log, _desk) = home.apply(&answer, context)?;
            changed(&log, "change finished", context)
        }
    }
}

fn read<T: DeserializeOwned>(file: &Path, schema: &str) -> Result<T, Failure> {
    let bytes = files::read_bounded(file, 16 << 20)?;
    let refused = || {
        let message = format!("{} is no {schema}", file.display());
        Failure::failed(DidCode::RequestMalformed.as_str(), message)
            .hint("name the file that mandate-issuer has written")
    };
    let value = identity_core::encoding::strict_json::parse(
        &bytes,
        &identity_core::encoding::strict_json::Limits::large(),
    )
    .map_err(|_| refused())?
    .to_serde();
    if value["schema"] != schema {
        return Err(refused());
    }
    serde_json::from_value(value).map_err(|_| refused())
}

/// Says in words what would be signed.
fn show(request: &Request, log: &DidLog, context: &mut Context) -> Result<(), Failure> {
    let before = log.document()?;
    let digest = request.digest()?;
    let mut lines = Vec::new();
    let after = &request.document;
    for (name, old, new) in [
        ("issuing key", &before.keys.issuing, &after.keys.issuing),
        ("status key", &before.keys.status, &after.keys.status),
    ] {
        if old != new {
            lines.push(format!("{name}: {old} becomes {new}"));
        }
    }
    let names = |of: &[String], not_in: &[String]| -> Vec<String> {
        let those = of.iter().filter(|name| !not_in.contains(name));
        those.cloned().collect()
    };
    for name in names(&after.also_known_as, &before.also_known_as) {
        lines.push(format!("also known as, from now on: {name}"));
    }
    for name in names(&before.also_known_as, &after.also_known_as) {
        lines.push(format!("no longer also known as: {name}"));
    }
    match request.purpose {
        Purpose::Deactivate => lines.push("the DID ends, for good".to_owned()),
        _ => lines.push("the control key is replaced by the one that was announced".to_owned()),
    }
    let printer = &mut context.printer;
    if printer.is_json() {
        return printer.json(&json!({
            "schema": "mandate.request/1",
            "did": request.did,
            "digest": digest,
            "at": request.at,
            "behind": log.history().latest().version_id,
            "changes": lines,
        }));
    }
    printer.line(format!("DID: {}", request.did))?;
    printer.line(format!(
        "behind version {}, in force from {}",
        log.history().latest().version_id,
        request.at
    ))?;
    for line in lines {
        printer.line(line)?;
    }
    printer.line(format!("digest of the request: {digest}"))
}

fn sign(
    file: &Path,
    keys: &str,
    passphrase_file: Option<&Path>,
    out: &Path,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let request: Request = read(file, Request::SCHEMA)?;
    let log = request.verified_log(cli_kit::run::now())?;
    output::allow(out, "--out")?;
    if !context.printer.is_json() {
        show(&request, &log, context)?;
    }
    context.input.require("Sign this change of the DID?")?;
    let here = Path::new("");
    let keeper = Keeper::open(here, keys, passphrase_file, PassphraseFor::Open, context)?;
    let key = keeper.announced(&log, context)?;
    let number = log.live()?.number + 1;
    let next = match request.purpose {
        Purpose::Deactivate => None,
        _ => Some(Control::new(number + 1, &keeper.make(number + 1, context)?)),
    };
    let change = Pending {
        schema: Pending::SCHEMA.to_owned(),
        purpose: request.purpose,
        at: request.at,
        document: request.document.clone(),
        signer: Some(Control::new(number, key.public_key())),
        next,
        replaced: None,
        version_id: String::new(),
        request: None,
    };
    let signed = change
        .prepare(&log)?
        .sign(&key, request.at.timestamp())
        .map_err(DidError::from)?;
    let answer = Answer {
        schema: Answer::SCHEMA.to_owned(),
        request: request.digest()?,
        line: signed.line,
    };
    let text = format!("{:#}\n", json!(answer));
    files::write_atomic(out, text.as_bytes(), Access::Public, Durability::Synced)?;
    context
        .printer
        .hint("take it back to the home: mandate-issuer request apply FILE");
    exported("mandate.request-signed-offline/1", out, context)
}
