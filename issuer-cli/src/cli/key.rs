//! `key list`, `key rotate`, `key export`.

use std::path::PathBuf;

use clap::Subcommand;
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access},
};
use identity_core::{
    card::document_json,
    did::{LocalResolver, Resolver as _},
    trust::status_key,
};
use serde_json::json;

use super::{exported, home::Home};

/// The verbs of `key`.
#[derive(Subcommand, Debug)]
pub(super) enum KeyCommand {
    /// List the issuer's public keys
    List,
    /// Replace the issuing key
    Rotate,
    /// Write the DID document with the public keys
    Export {
        /// Where to; standard output without it
        #[arg(
            long,
            value_name = "FILE",
            default_value = "-",
            hide_default_value = true
        )]
        out: PathBuf,
    },
}

pub(super) fn run(command: &KeyCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let profile = home.profile()?;
    match command {
        KeyCommand::List => {
            let (_, status) = status_key::verify(&profile.status_key)
                .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
            let issuing = profile.did.specific_id().to_owned();
            let items = [
                (
                    "issuing",
                    issuing,
                    if home.token_record("issuing")?.is_some() {
                        "signs credentials; on a token"
                    } else {
                        "signs credentials; sealed with the passphrase"
                    },
                ),
                (
                    "status",
                    status.to_multikey(),
                    "signs bundles; works unattended",
                ),
            ];
            let mut list = Vec::new();
            for (id, key, purpose) in items {
                let place = home.token_record(id)?.map(|record| record.uri.to_string());
                let mut item = json!({ "id": id, "publicKeyMultibase": key, "purpose": purpose });
                if let Some(place) = &place {
                    item["place"] = place.as_str().into();
                }
                list.push(item);
                if !context.printer.is_json() {
                    let place = place.map_or_else(String::new, |place| format!("  {place}"));
                    context
                        .printer
                        .line(format!("{id}  {key}  {purpose}{place}"))?;
                }
            }
            if context.printer.is_json() {
                context.printer.json_list("mandate.keys/1", &list)?;
            }
            Ok(ExitCode::Done)
        }
        KeyCommand::Rotate => Err(Failure::failed(
            "key.did_key_cannot_rotate",
            "the DID is the key: with another key it would be another issuer",
        )
        .hint("a did:key is for trials; make a new issuer, and have members enrol again")),
        KeyCommand::Export { out } => {
            let resolver = LocalResolver::new();
            let document = resolver
                .resolve(&profile.did)
                .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
            let json = format!("{:#}\n", document_json(&document));
            files::write_output(&mut context.printer, out, json.as_bytes(), Access::Public)?;
            exported("mandate.key-exported/1", out, context)
        }
    }
}
