//! `verifier trust`, `list`, `remove`.

use std::path::PathBuf;

use clap::Subcommand;
use cli_kit::{Context, ExitCode, Failure, files, run::system_rng, text::one_line};
use identity_core::{
    card::{IssuerCard, VerifierCard},
    did::Did,
};
use serde_json::json;

use super::{now, open};
use crate::vault::TrustedVerifier;

/// The verbs of `verifier`.
#[derive(Subcommand, Debug)]
pub(super) enum VerifierCommand {
    /// Trust a verifier by its card
    Trust {
        /// The card
        file: PathBuf,
    },
    /// List the verifiers that you trust
    List,
    /// Trust a verifier no longer
    Remove {
        /// Its id, as the list prints it
        id: String,
    },
}

pub(super) fn run(command: &VerifierCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        VerifierCommand::Trust { file } => {
            let bytes = files::read_bounded(file, 1 << 20)?;
            let card = VerifierCard::parse(&bytes).map_err(|error| {
                let code = error.code().as_str();
                let failure = if IssuerCard::parse(&bytes).is_ok() {
                    Failure::failed(code, "this is an issuer's card, not a verifier's")
                } else {
                    Failure::from_error(code, &error)
                };
                failure.hint("give the file that mandate-verifier id --out has written")
            })?;
            let mut vault = open(context)?;
            let verifier = TrustedVerifier {
                did: card.did.clone(),
                name: card.name.clone(),
                added: now(),
            };
            let is_new = vault.contents_mut().trust_verifier(verifier);
            vault.save(&mut system_rng()?)?;
            let printer = &mut context.printer;
            if printer.is_json() {
                printer.json(&json!({
                    "schema": "mandate.verifier-trusted/1",
                    "id": card.did,
                    "name": card.name,
                    "new": is_new,
                }))?;
            }
            printer.line(format!("you now answer {}", one_line(&card.name)))?;
            printer.line(format!("DID: {}", card.did))?;
            printer.note(
                "a card is not signed: compare the DID by a second way, such as a telephone call",
            );
            Ok(ExitCode::Done)
        }
        VerifierCommand::List => {
            let vault = open(context)?;
            let verifiers = &vault.contents().verifiers;
            if context.printer.is_json() {
                let items: Vec<_> = verifiers
                    .iter()
                    .map(|v| json!({ "id": v.did, "name": v.name, "added": v.added }))
                    .collect();
                context.printer.json_list("mandate.verifiers/1", &items)?;
                return Ok(ExitCode::Done);
            }
            for verifier in verifiers {
                context
                    .printer
                    .line(format!("{}  {}", verifier.did, one_line(&verifier.name)))?;
            }
            Ok(ExitCode::Done)
        }
        VerifierCommand::Remove { id } => {
            let mut vault = open(context)?;
            let removed = id
                .parse::<Did>()
                .ok()
                .and_then(|did| vault.contents_mut().remove_verifier(&did));
            let Some(removed) = removed else {
                return Err(Failure::failed(
                    "verifier.unknown",
                    format!("no verifier has the id {id}"),
                )
                .hint("see the ids with: mandate-wallet verifier list"));
            };
            vault.save(&mut system_rng()?)?;
            if context.printer.is_json() {
                context
                    .printer
                    .json(&json!({ "schema": "mandate.verifier-removed/1", "id": removed.did }))?;
            }
            context
                .printer
                .line(format!("you no longer answer {}", one_line(&removed.name)))?;
            Ok(ExitCode::Done)
        }
    }
}
