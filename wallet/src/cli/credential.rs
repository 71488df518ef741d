//! `credential add`, `list`, `show`, `check`, `refresh`, `remove`.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use cli_kit::{Context, ExitCode, Failure, Mark, files, run::system_rng, text::one_line};
use identity_core::presentation;
use serde_json::json;

use super::{enrol::read_card, now, open};
use crate::{
    accept,
    answer::{self, issuer_name},
    code::Code,
    in_office, issuers,
    vault::{Contents, StoredCredential},
};

/// The verbs of `credential`.
#[derive(Subcommand, Debug)]
pub(super) enum CredentialCommand {
    /// Check a credential and keep it
    Add {
        /// The file that the secretariat handed out
        file: PathBuf,
        /// The issuer's newest card, where its keys have changed since you enrolled
        #[arg(long, value_name = "FILE")]
        issuer: Option<PathBuf>,
    },
    /// List the credentials
    List,
    /// Show what a credential says
    Show {
        /// Its id, as the list prints it
        id: String,
    },
    /// Check a credential again, as far as that is possible offline
    Check {
        /// Its id
        id: String,
    },
    /// Keep an in-office statement beside its mandate, to be shown with it while it is in force
    Refresh {
        /// The file that the secretariat handed out
        file: PathBuf,
    },
    /// Remove a credential
    Remove {
        /// Its id
        id: String,
    },
}

pub(super) fn run(command: &CredentialCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        CredentialCommand::Add { file, issuer } => add(file, issuer.as_deref(), context),
        CredentialCommand::List => list(context),
        CredentialCommand::Show { id } => show(id, context),
        CredentialCommand::Check { id } => check(id, context),
        CredentialCommand::Refresh { file } => refresh(file, context),
        CredentialCommand::Remove { id } => remove(id, context),
    }
}

fn add(file: &Path, issuer: Option<&Path>, context: &mut Context) -> Result<ExitCode, Failure> {
    let bytes = files::read_bounded(file, 8 << 20)?;
    let text = core::str::from_utf8(&bytes).unwrap_or_default();
    let card = issuer.map(read_card).transpose()?;
    let mut vault = open(context)?;
    if let Some(card) = &card {
        if !issuers::knows(vault.contents(), card) {
            let message = format!("this wallet never enrolled with {}", card.did);
            return Err(Failure::failed(Code::IssuerUnknown.as_str(), message)
                .hint("enrol with the issuer first: mandate-wallet enrol"));
        }
        issuers::keep(vault.contents_mut(), card, now())?;
    }
    let accepted = accept::check(vault.contents(), text, now())?;
    let (id, kind, did) = (
        accepted.credential.id.clone(),
        accepted.credential.kind.clone(),
        accepted.credential.issuer.clone(),
    );
    let issuer = issuer_name(vault.contents(), &accepted.credential.issuer);
    let is_new = vault.contents_mut().add_credential(accepted.credential);
    if is_new || card.is_some() {
        vault.save(&mut system_rng()?)?;
    }
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.credential-added/1",
            "id": id,
            "type": kind,
            "issuer": did,
            "issuerName": issuer,
            "new": is_new,
            "validUntil": accepted.envelope.valid_until.to_string(),
        }))?;
    }
    if is_new {
        printer.line(format!("kept: {kind} from {issuer}, id {id}"))?;
    } else {
        printer.line(format!("the wallet has this credential already, id {id}"))?;
    }
    printer.hint("keep a copy of the wallet: mandate-wallet backup create --out FILE");
    Ok(ExitCode::Done)
}

fn list(context: &mut Context) -> Result<ExitCode, Failure> {
    let vault = open(context)?;
    let contents = vault.contents();
    if context.printer.is_json() {
        let items: Vec<_> = contents
            .credentials
            .iter()
            .map(|c| {
                json!({
                    "id": c.id,
                    "type": c.kind,
                    "issuer": c.issuer,
                    "issuerName": issuer_name(contents, &c.issuer),
                    "securing": c.securing,
                    "added": c.added,
                })
            })
            .collect();
        context
            .printer
            .json_list("mandate.wallet-credentials/1", &items)?;
        return Ok(ExitCode::Done);
    }
    for credential in &contents.credentials {
        let issuer = issuer_name(contents, &credential.issuer);
        context
            .printer
            .line(format!("{}  {}  {issuer}", credential.id, credential.kind))?;
    }
    Ok(ExitCode::Done)
}

fn find<'c>(contents: &'c Contents, id: &str) -> Result<&'c StoredCredential, Failure> {
    contents
        .credential(id)
        .ok_or_else(|| answer::unknown(id).into())
}

fn show(id: &str, context: &mut Context) -> Result<ExitCode, Failure> {
    let vault = open(context)?;
    let credential = find(vault.contents(), id)?;
    let envelope = presentation::unverified_envelope(&credential.text)
        .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
    let claims = identity_core::encoding::strict_json::Value::from(envelope.claims).to_serde();
    let issuer = issuer_name(vault.contents(), &credential.issuer);
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.wallet-credential/1",
            "id": credential.id,
            "type": credential.kind,
            "issuer": credential.issuer,
            "issuerName": issuer,
            "securing": credential.securing,
            "claims": claims,
            "validFrom": envelope.valid_from.to_string(),
            "validUntil": envelope.valid_until.to_string(),
        }))?;
        return Ok(ExitCode::Done);
    }
    printer.heading(format!("{} from {issuer}", credential.kind))?;
    for (name, value) in claims.as_object().into_iter().flatten() {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        printer.line(format!("{name}: {}", one_line(&text)))?;
    }
    printer.line(format!(
        "valid: {} to {}",
        envelope.valid_from, envelope.valid_until
    ))?;
    Ok(ExitCode::Done)
}

fn check(id: &str, context: &mut Context) -> Result<ExitCode, Failure> {
    let vault = open(context)?;
    let credential = find(vault.contents(), id)?;
    accept::check(vault.contents(), &credential.text, now())?;
    if context.printer.is_json() {
        context
            .printer
            .json(&json!({ "schema": "mandate.credential-checked/1", "id": id, "sound": true }))?;
    }
    context.printer.marked(
        Mark::Yes,
        "signature, issuer, dates and binding to your key are sound",
    )?;
    context
        .printer
        .note("whether it was revoked or suspended, only the issuer's newest bundle says");
    Ok(ExitCode::Done)
}

fn refresh(file: &Path, context: &mut Context) -> Result<ExitCode, Failure> {
    let bytes = files::read_bounded(file, 1 << 16)?;
    let text = core::str::from_utf8(&bytes).unwrap_or_default();
    let mut vault = open(context)?;
    let kept = in_office::keep(vault.contents_mut(), text, now())?;
    vault.save(&mut system_rng()?)?;
    if context.printer.is_json() {
        context.printer.json(&json!({
            "schema": "mandate.credential-refreshed/1",
            "id": kept.credential,
            "expires": kept.expires,
        }))?;
    }
    context.printer.line(format!(
        "kept: an in-office statement about {}, shown with it until {}",
        kept.credential, kept.expires
    ))?;
    Ok(ExitCode::Done)
}

fn remove(id: &str, context: &mut Context) -> Result<ExitCode, Failure> {
    let mut vault = open(context)?;
    let kind = find(vault.contents(), id)?.kind.clone();
    context
        .input
        .require(&format!("Remove the {kind} {id} from this wallet?"))?;
    vault.contents_mut().remove_credential(id);
    vault.save(&mut system_rng()?)?;
    if context.printer.is_json() {
        context
            .printer
            .json(&json!({ "schema": "mandate.credential-removed/1", "id": id }))?;
    }
    context.printer.line(format!("removed: {kind} {id}"))?;
    Ok(ExitCode::Done)
}
