//! `key list`, `key rotate`, `key export`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access},
    run::system_rng,
};
use identity_core::{
    card::document_json,
    did::Relationship,
    key::{Algorithm, Signer as _},
    trust::status_key,
};
use serde_json::json;

use super::{
    changing::Change,
    did::{ControlArgs, done},
    exported,
    home::Home,
    now,
    places::{NewKey, check_unattended},
};
use crate::{
    did::{Purpose, Replaced},
    keys::token::TokenUri,
    office::OfficeCode,
};

/// The verbs of `key`.
#[derive(Subcommand, Debug)]
pub(super) enum KeyCommand {
    /// List the issuer's public keys
    List,
    /// Replace the issuing key, or the status key: what the old one signed stays valid
    Rotate(Box<RotateArgs>),
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

/// A key that can be replaced.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    /// The one that signs credentials
    Issuing,
    /// The one that signs bundles
    Status,
}

/// Arguments of `key rotate`.
#[derive(Args, Debug)]
pub(super) struct RotateArgs {
    /// Which key
    #[arg(value_enum, default_value_t = Which::Issuing)]
    which: Which,
    /// Where the new key is, or is to be made: a token's place; in a sealed file without it
    #[arg(long, value_name = "pkcs11:...")]
    to: Option<TokenUri>,
    /// The key is in other hands: in an electoral period it is replaced for this reason only
    #[arg(long)]
    compromise: bool,
    #[command(flatten)]
    control: ControlArgs,
}

/// Makes another key, lets the DID's document name it instead, and then puts it in the old one's place.
fn rotate(home: &Home, args: &RotateArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let name = match args.which {
        Which::Issuing => "issuing",
        Which::Status => "status",
    };
    home.reading_room()?
        .allow_key_rotation(args.compromise, now())?;
    home.nothing_pending()?;
    let mut document = home.history()?.document()?;
    if args.which == Which::Status {
        check_unattended(args.to.as_ref())?;
    }
    // Before anybody approves it.
    let is_shared = args.which == Which::Issuing && home.takes_approvals()?;
    if is_shared && args.to.is_some() {
        let message = "an issuing key that officers share is not moved to a token: only the token's PIN could \
                       be shared then, and that is done with the second officer";
        return Err(Failure::failed(OfficeCode::OfficerPads.as_str(), message)
            .hint("leave --to out: the new key is shared among the officers")
            .hint("what to do for a token all the same: OPERATIONS.md, A trial with officers, and an issuing key on a token"));
    }
    let question = format!("Replace the {name} key?");
    context.input.require(&question)?;
    let what = format!("replace-{name}-key");
    if let Some(exit) = home.gate(&what, None, context)? {
        return Ok(exit);
    }
    let key = NewKey::make(args.to.as_ref(), Algorithm::EdDsa, context)?;
    let multikey = key.public_key().to_multikey();
    let named = match args.which {
        Which::Issuing => &mut document.keys.issuing,
        Which::Status => &mut document.keys.status,
    };
    if *named == multikey {
        return Err(Failure::usage("the key in that place is in force already")
            .hint("name another place, or another label on the token"));
    }
    named.clone_from(&multikey);
    // Sealed before anything names it: whatever happens then, it is there.
    let replaced = match &key {
        NewKey::Secret(secret) if is_shared => {
            let mut desk = home.desk(context)?;
            let next = (multikey.as_str(), &secret.secret_bytes()[..]);
            desk.office
                .keep_next_secret(next, now(), &mut system_rng()?)?;
            None
        }
        key => Some(Replaced {
            name: name.to_owned(),
            file: home.keep_next(name, key, context)?,
        }),
    };
    let change = Change {
        purpose: Purpose::ReplaceKey,
        document: Some(document),
        replaced,
        keys: &args.control.keys,
    };
    let request = args.control.request.as_deref();
    let log = home.change_or_ask(change, request, context)?;
    let what = format!("{name} key replaced");
    done(log, &what, &args.control, context)
}

pub(super) fn run(command: &KeyCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let profile = home.profile()?;
    match command {
        KeyCommand::List => {
            let (issuing, status) = if let Some(log) = home.did_log()? {
                let document = log.last_document();
                let key_for = |purpose| {
                    let mut methods = document.methods().iter();
                    let method = methods.find(|method| method.purposes().contains(&purpose));
                    method.map_or_else(String::new, |method| method.key().to_multikey())
                };
                (
                    key_for(Relationship::AssertionMethod),
                    key_for(Relationship::CapabilityInvocation),
                )
            } else {
                let (_, status) = status_key::verify(&profile.status_key)
                    .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
                (profile.did.specific_id().to_owned(), status.to_multikey())
            };
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
                ("status", status, "signs bundles; works unattended"),
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
        KeyCommand::Rotate(_) if profile.did.method() == "key" => Err(Failure::failed(
            "key.did_key_cannot_rotate",
            "the DID is the key: with another key it would be another issuer",
        )
        .hint("a did:key is for trials; make a new issuer, and have members enrol again")),
        KeyCommand::Rotate(args) => rotate(&home, args, context),
        KeyCommand::Export { out } => {
            let document = home.document()?;
            let json = format!("{:#}\n", document_json(&document));
            files::write_output(&mut context.printer, out, json.as_bytes(), Access::Public)?;
            exported("mandate.key-exported/1", out, context)
        }
    }
}
